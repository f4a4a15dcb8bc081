//! The words of Lua.

use alloc::format;
use alloc::string::String;
use core::fmt;

use crate::schema::{Body, Extent, Field, Order, Schema};
use crate::view::expr::{Language, Op, Sort};
use crate::view::frames::fields;

/// How Lua writes expressions over the numbers read so far.
pub(super) struct Lua<'a>(pub(super) &'a Schema);

impl Language for Lua<'_> {
    fn name(&self, name: &str) -> Option<String> {
        let prefixed =
            |field: &&Field| matches!(field.extent, Extent::LenPrefixed(_) | Extent::CountPrefixed(_));
        let is_prefix = |field: &Field| {
            name.strip_prefix(field.name).is_some_and(|part| matches!(part, ".len" | ".count"))
        };
        if fields(self.0).filter(prefixed).any(is_prefix) {
            return Some(format!("v[{}]", Quoted(name)));
        }
        let mut path = name.split('.');
        let first = path.next()?;
        if !keeps_tag(self.0, first) {
            fields(self.0).find(|field| field.name == first)?;
        }
        Some(path.fold(format!("v[{}]", Quoted(first)), |lua, part| format!("{lua}[{}]", Quoted(part))))
    }

    fn not(&self, truth: &str) -> String {
        not(truth)
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        convert(value, to)
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        binary(op, left, right)
    }
}

/// Whether a variant keeps its tag by this name.
fn keeps_tag(schema: &Schema, name: &str) -> bool {
    matches!(schema.body, Body::Enum(variants) if variants.iter().any(|variant| variant.keeps == name))
}

/// The same over the item of a list, which has this name.
pub(super) struct LuaItem<'a>(pub(super) &'a str);

impl Language for LuaItem<'_> {
    fn name(&self, name: &str) -> Option<String> {
        let mut path = name.split('.');
        (path.next()? == self.0).then_some(())?;
        Some(path.fold(String::from("item"), |lua, part| format!("{lua}[{}]", Quoted(part))))
    }

    fn not(&self, truth: &str) -> String {
        not(truth)
    }

    fn convert(&self, value: &str, to: Sort) -> String {
        convert(value, to)
    }

    fn binary(&self, op: Op, left: &str, right: &str) -> String {
        binary(op, left, right)
    }
}

fn not(truth: &str) -> String {
    format!("(not {truth})")
}

fn convert(value: &str, to: Sort) -> String {
    match to {
        Sort::Truth => format!("({value} ~= 0)"),
        Sort::Number => format!("({value} and 1 or 0)"),
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

/// The byte order as an argument; big-endian is the default.
pub(super) fn order(order: Option<Order>) -> &'static str {
    match order {
        Some(Order::Little) => "\"le\"",
        Some(Order::Big) | None => "nil",
    }
}

/// A string of Lua with these bytes.
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
