//! What expressions can name, and how Kaitai writes them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::ksy::id;
use crate::schema::frames::fields;
use crate::schema::{Field, Node, Op, Type};
use crate::view::language::{Language, Sort};

/// The fields that expressions can name: those of a type, and of the types around it.
#[derive(Clone)]
pub(super) struct Names(Vec<Vec<(String, String)>>);

impl Names {
    pub(super) fn new() -> Self {
        Self(Vec::from([Vec::new()]))
    }

    /// The names for a type inside of this one.
    pub(super) fn inside(&self) -> Self {
        let mut names = self.clone();
        names.0.push(Vec::new());
        names
    }

    /// Adds a field, and how its number is reached.
    pub(super) fn add(&mut self, name: &str, value: String) {
        if let Some(level) = self.0.last_mut() {
            level.push((name.to_string(), value));
        }
    }

    /// Adds the fields of a type inside of this one, reached through an attribute.
    pub(super) fn add_from(&mut self, inside: &Self, attribute: &str) {
        let fields = inside.0.last().into_iter().flatten();
        let reached: Vec<_> =
            fields.map(|(name, value)| (name.clone(), format!("{attribute}.{value}"))).collect();
        self.0.last_mut().into_iter().for_each(|level| level.extend(reached.iter().cloned()));
    }

    /// How the number of a field is reached from here.
    pub(super) fn find(&self, name: &str) -> Option<String> {
        self.0.iter().rev().enumerate().find_map(|(up, level)| {
            let (_, value) = level.iter().rev().find(|(known, _)| known == name)?;
            Some(format!("{}{value}", "_parent.".repeat(up)))
        })
    }
}

impl Language for Names {
    fn operand(&self, node: &Node) -> Option<String> {
        match node {
            Node::Field(operand) | Node::Tag(operand) => self.find(operand.name),
            Node::Member(of, name, _) => Some(format!("{}.{}", self.operand(of)?, id(name))),
            _ => None,
        }
    }

    fn not(&self, truth: &str) -> String {
        not(truth)
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        convert(value, to)
    }

    fn choose(&self, condition: &str, yes: &str, no: &str) -> String {
        choose(condition, yes, no)
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        binary(op, left, right)
    }
}

/// The same for the item of a list, which Kaitai calls `_`.
pub(super) struct ItemNames<'a> {
    /// The list.
    pub(super) field: &'a Field,
    /// How the number of an item is reached, if it is one.
    pub(super) value: &'a str,
}

impl Language for ItemNames<'_> {
    fn operand(&self, node: &Node) -> Option<String> {
        match (node, self.field.ty) {
            (Node::Item(_), _) => Some(format!("_{}", self.value)),
            (Node::Member(Node::Item(_), member, _), Type::List(Type::Frame(schema))) => {
                let field = fields(schema()).find(|field| field.name == *member)?;
                let value = match field.ty {
                    Type::Bits(bits) if bits.width == 1 => ".to_i",
                    Type::Number(format) => format.kaitai?.value,
                    Type::Int { .. } | Type::Bits(_) | Type::Bool => "",
                    _ => return None,
                };
                Some(format!("_.{}{value}", id(member)))
            }
            _ => None,
        }
    }

    fn not(&self, truth: &str) -> String {
        not(truth)
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        convert(value, to)
    }

    fn choose(&self, condition: &str, yes: &str, no: &str) -> String {
        choose(condition, yes, no)
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        binary(op, left, right)
    }
}

fn choose(condition: &str, yes: &str, no: &str) -> String {
    format!("({condition} ? {yes} : {no})")
}

fn not(truth: &str) -> String {
    format!("(not {truth})")
}

fn convert(value: &str, to: Sort) -> String {
    match to {
        Sort::Truth => format!("({value} != 0)"),
        Sort::Number => format!("({value} ? 1 : 0)"),
    }
}

fn binary(op: Op, left: &str, right: &str) -> String {
    let op = match op {
        Op::Or => "or",
        Op::And => "and",
        Op::Equal => "==",
        Op::NotEqual => "!=",
        Op::LessOrEqual => "<=",
        Op::GreaterOrEqual => ">=",
        Op::Less => "<",
        Op::Greater => ">",
        Op::BitOr => "|",
        Op::BitXor => "^",
        Op::BitAnd => "&",
        Op::ShiftLeft => "<<",
        Op::ShiftRight => ">>",
        Op::Add => "+",
        Op::Subtract => "-",
        Op::Multiply => "*",
        Op::Divide => "/",
        Op::Remainder => "%",
    };
    format!("({left} {op} {right})")
}
