//! Lua syntax.

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::schema::frames::fields;
use crate::schema::{Body, Field, Node, Op, Order, Schema, Tags, Type};
use crate::view::language::{Language, Sort};

/// Writes expressions in Lua. The table `v` contains the numbers that have been read.
pub(super) struct Lua<'a> {
    schema: &'a Schema,
    /// Type of the items, for the condition that ends a list.
    item: Option<&'static Type>,
}

impl<'a> Lua<'a> {
    pub(super) fn new(schema: &'a Schema) -> Self {
        Self { schema, item: None }
    }

    /// Returns the syntax for the condition that ends a list.
    pub(super) fn of_item(schema: &'a Schema, list: Type) -> Self {
        let item = if let Type::List(item) = list { Some(item) } else { None };
        Self { schema, item }
    }

    /// Returns the field that is the item, if items have words of their own: they are hidden frames.
    fn hidden(&self) -> Option<&'static Field> {
        match self.item? {
            Type::Frame(schema) if schema().is_item => fields(schema()).next(),
            _ => None,
        }
    }

    /// Returns the type of a field, item or member.
    fn ty(&self, node: &Node) -> Option<Type> {
        let (schema, name) = match node {
            Node::Field(operand) => (self.schema, operand.name),
            Node::Item(_) => return self.hidden().map(|field| field.ty).or(self.item.copied()),
            Node::Member(of, name, _) => match self.ty(of)? {
                Type::Frame(schema) => (schema(), *name),
                _ => return None,
            },
            _ => return None,
        };
        Some(fields(schema).find(|field| field.name == name)?.ty)
    }
}

impl Language for Lua<'_> {
    fn operand(&self, node: &Node) -> Option<String> {
        match node {
            Node::Field(operand) | Node::Tag(operand) => Some(format!("v[{}]", Quoted(operand.name))),
            Node::Item(_) => Some(match self.hidden() {
                Some(field) => format!("item[{}]", Quoted(field.name)),
                None => String::from("item"),
            }),
            Node::Member(of, name, _) => match (of, self.ty(of)) {
                (_, Some(Type::Frame(_))) => Some(format!("{}[{}]", self.operand(of)?, Quoted(name))),
                (Node::Field(operand), Some(Type::Tuple(_))) => {
                    self.number(&format!("{}.{name}", operand.name))
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn number(&self, name: &str) -> Option<String> {
        Some(format!("v[{}]", Quoted(name)))
    }

    fn tags(&self, node: &Node, variant: &str) -> Option<&'static [Tags]> {
        let (Node::Field(_), Some(Type::Frame(schema))) = (node, self.ty(node)) else { return None };
        let Body::Enum(variants) = schema().body else { return None };
        Some(variants.iter().find(|each| each.name == variant)?.tags)
    }

    fn not(&self, truth: &str) -> String {
        format!("(not {truth})")
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        match to {
            Sort::Truth => format!("({value} ~= 0)"),
            Sort::Number => format!("({value} and 1 or 0)"),
        }
    }

    fn choose(&self, condition: &str, yes: &str, no: &str) -> String {
        format!("choose({condition}, {yes}, {no})")
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        binary(op, left, right)
    }
}

fn binary(op: Op, left: &str, right: &str) -> String {
    match op {
        Op::Or => format!("({left} or {right})"),
        Op::And => format!("({left} and {right})"),
        Op::Equal => format!("({left} == {right})"),
        Op::NotEqual => format!("({left} ~= {right})"),
        Op::LessOrEqual => format!("({left} <= {right})"),
        Op::GreaterOrEqual => format!("({left} >= {right})"),
        Op::Less => format!("({left} < {right})"),
        Op::Greater => format!("({left} > {right})"),
        Op::BitOr => format!("bor({left}, {right})"),
        Op::BitXor => format!("bxor({left}, {right})"),
        Op::BitAnd => format!("band({left}, {right})"),
        Op::ShiftLeft => format!("({left} * 2 ^ {right})"),
        Op::ShiftRight => format!("math.floor({left} / 2 ^ {right})"),
        Op::Add => format!("({left} + {right})"),
        Op::Subtract => format!("({left} - {right})"),
        Op::Multiply => format!("({left} * {right})"),
        Op::Divide => format!("math.floor({left} / {right})"),
        Op::Remainder => format!("({left} % {right})"),
    }
}

/// Returns the byte order as an argument. Big-endian order is the default, which is `nil`.
pub(super) fn order(order: Option<Order>) -> &'static str {
    match order {
        Some(Order::Little) => "\"le\"",
        Some(Order::Big) | None => "nil",
    }
}

/// Displays bytes as a string in Lua.
pub(super) struct Literal<'a>(pub(super) &'a [u8]);

impl fmt::Display for Literal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("\"")?;
        self.0.iter().try_for_each(|byte| match byte {
            b'"' | b'\\' => write!(f, "\\{}", char::from(*byte)),
            b' '..=b'~' => write!(f, "{}", char::from(*byte)),
            other => write!(f, "\\{other:03}"),
        })?;
        f.write_str("\"")
    }
}

pub(super) struct Quoted<'a>(pub(super) &'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Literal(self.0.as_bytes()).fmt(f)
    }
}
