//! The names in expressions, and how Kaitai accesses them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::ksy::id;
use crate::schema::frames::fields;
use crate::schema::{Node, Op, Type};
use crate::view::language::{Language, Sort};

/// The names in scope: the fields of a type, and of the types around it.
#[derive(Clone)]
pub(super) struct Names {
    levels: Vec<Vec<(String, String)>>,
    /// Run of bit fields that begins in the head and continues in each variant: the level of the
    /// head, the name of the integer, and its size in bytes.
    bits: Option<(usize, String, usize)>,
    /// For the condition that ends a list: the type of the list, and the suffix that turns `_`
    /// (Kaitai's name for the item) into a number.
    item: Option<(Type, &'static str)>,
}

impl Names {
    pub(super) fn new() -> Self {
        Self { levels: Vec::from([Vec::new()]), bits: None, item: None }
    }

    /// Returns the names for a type inside this one.
    pub(super) fn inside(&self) -> Self {
        let mut names = self.clone();
        names.levels.push(Vec::new());
        names
    }

    /// Returns the names for the condition that ends a list.
    pub(super) fn of_item(&self, list: Type, value: &'static str) -> Self {
        Self { item: Some((list, value)), ..self.clone() }
    }

    /// Adds a field, with the expression for its number.
    pub(super) fn add(&mut self, name: &str, value: String) {
        if let Some(level) = self.levels.last_mut() {
            level.push((name.to_string(), value));
        }
    }

    /// Adds the fields of a type inside this one. Expressions access them through `attribute`.
    pub(super) fn add_from(&mut self, inside: &Self, attribute: &str) {
        let fields = inside.levels.last().into_iter().flatten();
        let reached: Vec<_> =
            fields.map(|(name, value)| (name.clone(), format!("{attribute}.{value}"))).collect();
        self.levels.last_mut().into_iter().for_each(|level| level.extend(reached.iter().cloned()));
    }

    /// Stores the run that continues in the variants.
    pub(super) fn begin_bits(&mut self, name: String, bytes: usize) {
        self.bits = Some((self.levels.len(), name, bytes));
    }

    /// Takes the run that continues in the variants, and its size. Later calls return `None`.
    pub(super) fn take_bits(&mut self) -> Option<(String, usize)> {
        let (level, name, bytes) = self.bits.take()?;
        Some((format!("{}{name}", "_parent.".repeat(self.levels.len() - level)), bytes))
    }

    /// Returns the expression with which this type accesses the number in a field.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        self.levels.iter().rev().enumerate().find_map(|(up, level)| {
            let (_, value) = level.iter().rev().find(|(known, _)| known == name)?;
            Some(format!("{}{value}", "_parent.".repeat(up)))
        })
    }
}

impl Language for Names {
    fn operand(&self, node: &Node) -> Option<String> {
        match (node, self.item) {
            (Node::Item(_), Some((_, value))) => Some(format!("_{value}")),
            (Node::Member(Node::Item(_), member, _), Some((Type::List(Type::Frame(schema)), _))) => {
                let field = fields(schema()).find(|field| field.name == *member)?;
                let value = match field.ty {
                    Type::Bits(bits) if bits.width == 1 => ".to_i",
                    Type::Number(format) => format.kaitai?.value,
                    Type::Int { .. } | Type::Bits(_) | Type::Bool => "",
                    _ => return None,
                };
                Some(format!("_.{}{value}", id(member)))
            }
            (Node::Field(operand) | Node::Tag(operand), _) => self.find(operand.name),
            (Node::Member(of, name, _), _) => Some(format!("{}.{}", self.operand(of)?, id(name))),
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<String> {
        self.find(name)
    }

    fn not(&self, truth: &str) -> String {
        format!("(not {truth})")
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        match to {
            Sort::Truth => format!("({value} != 0)"),
            Sort::Number => format!("({value} ? 1 : 0)"),
        }
    }

    fn choose(&self, condition: &str, yes: &str, no: &str) -> String {
        format!("({condition} ? {yes} : {no})")
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        let op = match op {
            Op::Or => "or",
            Op::And => "and",
            op => op.symbol(),
        };
        format!("({left} {op} {right})")
    }
}
