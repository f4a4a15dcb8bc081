//! Facts about fields that both readers and writers need.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

use super::code::Code;
use super::expr::Names;
use super::{Result, Unsayable};
use crate::schema::{
    Constant, Covered, Delimiter, Expr, Extent, Field, LengthRule, Node, Order, Presence, Role, TagOf, Type,
};
use crate::wire::{Fill, units};

/// Returns the code for a constant: a number, or bytes if its type is not an integer.
pub(super) fn constant(bytes: &[u8], ty: &Type) -> Result<Code> {
    let order = match ty {
        Type::Int { order, .. } => order.unwrap_or(Order::Big),
        Type::Bits(bits) => bits.order,
        _ => return Ok(Code::Bytes(bytes.to_vec())),
    };
    crate::schema::value::unsigned(bytes, order)
        .and_then(|number| i128::try_from(number).ok())
        .map(Code::Int)
        .ok_or_else(|| Unsayable::new("the constant does not fit in 127 bits"))
}

/// Returns the number of a `none` value.
pub(super) fn number_of_none(none: Constant) -> Result<i128> {
    none.number()
        .ok_or_else(|| Unsayable::new("the `none` value is not a plain number and cannot be translated"))
}

/// Returns the bits of a float that is a `none` value.
pub(super) fn float_of_none(none: Constant) -> Result<Code> {
    let bits = none.float().and_then(|bits| i128::try_from(bits).ok()).map(Code::Int);
    bits.ok_or_else(|| Unsayable::new("the `none` value is not a float and cannot be translated"))
}

/// Returns the bytes of the item that ends a list.
pub(super) fn last_item(bytes: fn() -> Option<Vec<u8>>) -> Result<Vec<u8>> {
    bytes().ok_or_else(|| {
        Unsayable::new("the last item depends on type parameters, so the list cannot be translated")
    })
}

/// Returns the name of a field in the paths of errors. An item of a list is named by its index.
pub(super) fn path(field: &Field) -> Code {
    Code::text(if field.is_item { "" } else { field.name })
}

/// Returns a name for a variable that no field has.
pub(super) fn free(fields: &[Field], stem: &str, field: &str) -> String {
    let escape = if field.starts_with(|first: char| first.is_ascii_digit()) { "f" } else { "" };
    let mut name = format!("{escape}{field}_{stem}");
    while fields.iter().any(|field| field.name == name) {
        name.push('_');
    }
    name
}

/// Returns the code for the alternatives of a delimiter. In UTF-16 the delimiter begins at even
/// distances only.
pub(super) fn ends(delimiter: &Delimiter) -> Code {
    let any = delimiter.any.iter().map(|bytes| Code::Bytes(bytes.to_vec())).collect();
    match delimiter.units {
        Some(_) => Code::Call("code_units", [Code::List(any)].into()),
        None => Code::List(any),
    }
}

/// Returns the code for the delimiter of a field's extent.
pub(super) fn ends_of(field: &Field) -> Code {
    match (field.stop, field.extent) {
        (Some(stop), _) => ends(&stop.delimiter),
        (None, Extent::UntilAny(delimiter)) => ends(delimiter),
        (None, Extent::Until(delimiter)) => Code::List([Code::Bytes(delimiter.to_vec())].into()),
        (None, _) => Code::List(Vec::new()),
    }
}

/// Returns the code for the byte or code unit that pads a field.
pub(super) fn filling(field: &Field) -> Code {
    let fill = match (field.stop, field.extent) {
        (Some(stop), _) => stop.filling(),
        (None, Extent::Fixed(_, fill)) => Fill::new(fill, units(&field.ty)),
        (None, _) => Fill::new(field.fill, None),
    };
    Code::Bytes(fill.unit().to_vec())
}

/// Returns the minimum size in bytes of a value of this type.
pub(super) fn least(ty: &Type) -> usize {
    match ty {
        Type::Frame(schema) => schema().min_len,
        Type::Number(format) => format.min_len,
        Type::Array(item, count) => least(item).saturating_mul(*count),
        Type::Tuple(items) => items.iter().map(least).sum(),
        ty => ty.bits().unwrap_or(0) / 8,
    }
}

/// The names in the condition that ends a list. The only value is the item.
pub(super) struct Items<'a>(pub(super) &'a Type);

impl Names for Items<'_> {
    fn field(&self, _: usize) -> Result<Code> {
        Ok(Code::var("item"))
    }

    fn ty(&self, _: usize) -> Option<Type> {
        Some(*self.0)
    }
}

/// Returns the index of the field that an `Auto` describes.
pub(super) fn described(field: &Field) -> Option<usize> {
    match field.role {
        Role::LenOf(covers, _) => match covers.what {
            Covered::Content(index) => Some(index),
            _ => None,
        },
        Role::CountOf(target, _)
        | Role::OffsetOf(target, _)
        | Role::PresenceOf(target, ..)
        | Role::TagOf(TagOf::Field(target)) => Some(target.index),
        _ => None,
    }
}

pub(super) fn may_be_absent(field: &Field) -> bool {
    matches!(field.role, Role::Value) && (!matches!(field.presence, Presence::Always) || field.none.is_some())
}

/// Returns the field with this name if it may be absent, and nothing otherwise.
pub(super) fn optional(fields: &'static [Field], name: &str) -> Vec<&'static Field> {
    fields.iter().filter(|field| field.name == name && may_be_absent(field)).collect()
}

/// Returns the fields that an expression names and that may be absent.
pub(super) fn absent(fields: &'static [Field], node: &Node) -> Vec<&'static Field> {
    match *node {
        Node::Field(operand) => {
            fields.get(operand.index).filter(|field| may_be_absent(field)).into_iter().collect()
        }
        Node::Cast(of, _) | Node::Not(of) | Node::Negative(of) | Node::Len(of) | Node::Member(of, ..) => {
            absent(fields, of)
        }
        Node::Binary(_, left, right) => [absent(fields, left), absent(fields, right)].concat(),
        Node::If(condition, yes, no) => {
            [absent(fields, condition), absent(fields, yes), absent(fields, no)].concat()
        }
        // `is_some()` also works for absent fields.
        Node::IsSome(_) => Vec::new(),
        Node::Number(..) | Node::Bool(_) | Node::Tag(_) | Node::Context(_) => Vec::new(),
        Node::Item(_) | Node::Constant(_) | Node::Opaque => Vec::new(),
    }
}

/// Collects the fields that an expression names.
pub(super) fn named_by(expr: &Expr, named: &mut Vec<usize>) {
    named_in(&expr.tree, named);
    named.extend(expr.names.iter().map(|field| field.index));
}

pub(super) fn named_in(node: &Node, named: &mut Vec<usize>) {
    match *node {
        Node::Field(operand) => named.push(operand.index),
        Node::Cast(of, _) | Node::Not(of) | Node::Negative(of) | Node::Len(of) => named_in(of, named),
        Node::IsSome(of) | Node::Member(of, ..) => named_in(of, named),
        Node::Binary(_, left, right) => [left, right].into_iter().for_each(|node| named_in(node, named)),
        Node::If(condition, yes, no) => {
            [condition, yes, no].into_iter().for_each(|node| named_in(node, named));
        }
        Node::Number(..) | Node::Bool(_) | Node::Tag(_) | Node::Context(_) => {}
        Node::Item(_) | Node::Constant(_) | Node::Opaque => {}
    }
}

/// The items of bytes.
pub(super) const BYTE: Type = Type::Int { bytes: 1, signed: false, order: None };

pub(super) fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Int { bytes: 1, signed: false, .. })
}

/// Returns `true` if an item never takes any bytes.
pub(super) fn is_empty(ty: &Type) -> bool {
    match ty {
        Type::Frame(schema) => schema().max_len == Some(0),
        ty => ty.bits() == Some(0),
    }
}

/// Returns the size of a length field in bytes if the length covers the field itself, and 0
/// otherwise.
pub(super) fn own(rule: &LengthRule, ty: &Type) -> Result<usize> {
    match (rule.inclusive, ty.bits()) {
        (false, _) => Ok(0),
        (true, Some(bits)) => Ok(bits / 8),
        (true, None) => Err(Unsayable::new("a length field that counts itself must have a fixed size")),
    }
}

/// Returns the arguments for the rule of a length or count: the size of a length field that counts
/// itself, `scale`, `bias` and `max`. Default values at the end are left out.
pub(super) fn rule_arguments(rule: &LengthRule, own: usize) -> Vec<Code> {
    let mut arguments = Vec::from([
        Code::size(own),
        Code::size(rule.scale),
        Code::Int(i128::try_from(rule.bias).unwrap_or(0)),
        rule.max.map_or(Code::Nothing, Code::size),
    ]);
    let usual = [Code::Int(0), Code::Int(1), Code::Int(0), Code::Nothing];
    while arguments.last().is_some() && arguments.last() == usual.get(arguments.len() - 1) {
        arguments.pop();
    }
    arguments
}

/// Returns the size of a checksum field in bytes. For a bit field this is the size of its run.
pub(super) fn place_of_sum(field: &Field) -> Result<usize> {
    match field.ty {
        Type::Bits(bits) => Ok(bits.run),
        ty => {
            let bits = ty.bits().ok_or_else(|| Unsayable::new("the checksum field has no fixed size"))?;
            Ok(bits / 8)
        }
    }
}

/// Returns the type of a number or `bool` in expressions.
pub(super) fn number_ty(ty: &Type) -> Option<crate::schema::Ty> {
    use crate::schema::{Int, Ty};
    let int = match ty {
        Type::Number(format) => format.ty,
        Type::Bool => return Some(Ty::Bool),
        Type::Bits(bits) if matches!(bits.of, crate::schema::BitKind::Bool) => return Some(Ty::Bool),
        Type::Int { bytes, signed, .. } => match (bytes, signed) {
            (1, false) => Int::U8,
            (2, false) => Int::U16,
            (3 | 4, false) => Int::U32,
            (5..=8, false) => Int::U64,
            (_, false) => Int::U128,
            (1, true) => Int::I8,
            (2, true) => Int::I16,
            (3 | 4, true) => Int::I32,
            (5..=8, true) => Int::I64,
            (_, true) => Int::I128,
        },
        _ => return None,
    };
    Some(Ty::Int(int))
}

/// Returns `true` if the padding of a field begins after a frame or after the last item. Bytes and
/// text are trimmed instead.
pub(super) fn fills_behind_items(field: &Field) -> bool {
    field.fills
        && match field.ty {
            Type::Frame(_) => true,
            Type::List(item) => item.bits() != Some(8),
            _ => false,
        }
}
