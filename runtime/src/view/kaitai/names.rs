//! The names in expressions, and how Kaitai accesses them.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::in_wire_order;
use super::ksy::id;
use crate::schema::steps::{Slot, Step, steps};
use crate::schema::{Field, Node, Op, Type};
use crate::view::language::{Language, Sort};

/// The names in scope: the fields of a type, and of the types around it.
#[derive(Clone)]
pub(super) struct Names {
    levels: Vec<Vec<Name>>,
    /// Run of bit fields that begins in the head and continues in each variant: the level of the
    /// head, the name of the integer, and its size in bytes.
    bits: Option<(usize, String, usize)>,
    /// For the condition that ends a list: the type of the list, and the suffix that turns `_`
    /// (Kaitai's name for the item) into a number.
    item: Option<(Type, &'static str)>,
}

/// A name in scope.
#[derive(Clone)]
struct Name {
    name: String,
    /// The expression for its number.
    value: String,
    /// The type of a field, for its members.
    ty: Option<Type>,
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

    /// Adds a name, with the expression for its number.
    pub(super) fn add(&mut self, name: &str, value: String) {
        self.push(Name { name: name.to_string(), value, ty: None });
    }

    /// Adds a field, with the expression for its number.
    pub(super) fn add_field(&mut self, field: &Field, value: String) {
        self.push(Name { name: field.name.to_string(), value, ty: Some(field.ty) });
    }

    fn push(&mut self, name: Name) {
        if let Some(level) = self.levels.last_mut() {
            level.push(name);
        }
    }

    /// Adds the fields of a type inside this one. Expressions access them through `attribute`.
    pub(super) fn add_from(&mut self, inside: &Self, attribute: &str) {
        let fields = inside.levels.last().into_iter().flatten();
        let reached: Vec<_> = fields
            .map(|field| Name { value: format!("{attribute}.{}", field.value), ..field.clone() })
            .collect();
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
        Some(self.find_typed(name)?.0)
    }

    fn find_typed(&self, name: &str) -> Option<(String, Option<Type>)> {
        self.levels.iter().rev().enumerate().find_map(|(up, level)| {
            let known = level.iter().rev().find(|known| known.name == name)?;
            Some((format!("{}{}", "_parent.".repeat(up), known.value), known.ty))
        })
    }

    /// Returns the expression for a field, an item or a member, and its type.
    fn place(&self, node: &Node) -> Option<(String, Type)> {
        match node {
            Node::Field(operand) => {
                let (text, ty) = self.find_typed(operand.name)?;
                Some((text, ty?))
            }
            Node::Item(_) => match self.item? {
                (Type::List(item @ Type::Frame(_)), _) => Some((String::from("_"), *item)),
                _ => None,
            },
            Node::Member(of, name, _) => match self.place(of)? {
                (of, Type::Frame(schema)) => {
                    let (member, ty) = member(&steps(schema()), name)?;
                    Some((format!("{of}.{member}"), ty))
                }
                (of, Type::Tuple(items)) => {
                    let ty = *items.get(name.parse::<usize>().ok()?)?;
                    Some((format!("{of}_{name}{}", suffix(&ty)?), ty))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// Returns the expression for a member of a frame, and its type. `steps` are those of the frame.
fn member(steps: &[Step], name: &str) -> Option<(String, Type)> {
    steps.iter().find_map(|step| match step {
        Step::Field(Slot::Field(_), field) if field.name == name => {
            let suffix = if let Type::Tuple(_) = field.ty { "" } else { suffix(&field.ty)? };
            Some((id(name) + suffix, field.ty))
        }
        Step::Bits(run) => {
            let (_, field) = run.fields.iter().find(|(_, field)| field.name == name)?;
            // Kaitai reads a single bit as a boolean, if it reads the bit field itself.
            let is_bool = in_wire_order(run) && matches!(field.ty, Type::Bits(bits) if bits.width == 1);
            Some((id(name) + if is_bool { ".to_i" } else { "" }, field.ty))
        }
        Step::Scope(scope) => {
            let (inside, ty) = member(&scope.steps, name)?;
            Some((format!("{}.{inside}", id(&format!("{}_content", scope.len.name))), ty))
        }
        Step::Field(..) | Step::Delimited(..) | Step::Choice(_) => None,
    })
}

/// Returns what turns a value that Kaitai reads into a number or a frame.
fn suffix(ty: &Type) -> Option<&'static str> {
    match ty {
        Type::Number(format) => Some(format.kaitai?.value),
        Type::Int { .. } | Type::Bool => Some(""),
        Type::Frame(schema) if !schema().is_plain_enum() => Some(""),
        _ => None,
    }
}

impl Language for Names {
    fn operand(&self, node: &Node) -> Option<String> {
        match (node, self.item) {
            (Node::Item(_), Some((_, value))) => Some(format!("_{value}")),
            (Node::Field(operand) | Node::Tag(operand), _) => self.find(operand.name),
            (Node::Member(..), _) => match self.place(node)? {
                (text, Type::Int { .. } | Type::Number(_) | Type::Bits(_) | Type::Bool) => Some(text),
                _ => None,
            },
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
