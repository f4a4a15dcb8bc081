//! Values of fields, decoded by their wire types.

use alloc::borrow::Cow;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use nom::IResult;

use crate::error::DecodeError;
use crate::schema::{BitKind, Bits, NumberFormat, Order, Type};
use crate::source::Source;
use crate::wire::{
    CutBits as _, WideRun, cut_bits, item_of_array, join_bytes, packed_item, packed_items, sign_extended,
};

/// A value that is decoded by its wire type.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Value<'a> {
    Unsigned(u128),
    Signed(i128),
    Single(f32),
    Double(f64),
    Bool(bool),
    V4(Ipv4Addr),
    V6(Ipv6Addr),
    Text(Cow<'a, str>),
    Bytes(&'a [u8]),
    List(Vec<Value<'a>>),
    Tuple(Vec<Value<'a>>),
}

impl<'a> Value<'a> {
    /// Decodes `bytes` as a value of type `ty`. Returns the bytes themselves if they are malformed.
    pub(crate) fn of(ty: &Type, bytes: &'a [u8]) -> Self {
        match read(ty, bytes) {
            Some((value, [])) => value,
            _ => Self::Bytes(bytes),
        }
    }

    /// Returns an integer or a boolean as an integer.
    pub(crate) fn number(&self) -> Option<i128> {
        match self {
            Self::Unsigned(number) => i128::try_from(*number).ok(),
            Self::Signed(number) => Some(*number),
            Self::Bool(value) => Some(i128::from(*value)),
            _ => None,
        }
    }

    /// Returns an integer or a boolean in 128 bits, two's complement.
    pub(crate) fn wide(&self) -> Option<u128> {
        match self {
            Self::Unsigned(number) => Some(*number),
            Self::Signed(number) => Some(u128::from_ne_bytes(number.to_ne_bytes())),
            Self::Bool(value) => Some(u128::from(*value)),
            _ => None,
        }
    }

    /// Returns the number of items or bytes, if the value has any.
    pub(crate) fn len(&self, ty: &Type) -> Option<usize> {
        match (self, ty) {
            (Self::Bytes(bytes), Type::Bytes | Type::Array(..)) => Some(bytes.len()),
            (Self::Text(text), _) => Some(text.len()),
            (Self::List(items), _) => Some(items.len()),
            _ => None,
        }
    }

    /// Removes the items that were read from the padding bits of the last byte. `items` is the true
    /// number of items, or 0 if it is unknown.
    pub(crate) fn counted(mut self, ty: &Type, items: usize) -> Self {
        if let (Self::List(all), Type::List(Type::Bits(_))) = (&mut self, ty) {
            if items > 0 {
                all.truncate(items);
            }
        }
        self
    }

    /// Formats the value. An unsigned number is written in hex with two digits for each of `bytes`
    /// bytes.
    pub(crate) fn in_hex(&self, bytes: usize) -> String {
        match self {
            Self::Unsigned(number) => format!("0x{number:0width$x}", width = bytes * 2),
            other => other.to_string(),
        }
    }
}

/// Reads a value from the start of `bytes`. Bytes, text and lists take all of the bytes.
pub(crate) fn read<'a>(ty: &Type, bytes: &'a [u8]) -> Option<(Value<'a>, &'a [u8])> {
    match ty {
        Type::Unit => Some((Value::Tuple(Vec::new()), bytes)),
        Type::Int { bytes: width, signed, order } => {
            let (number, rest) = bytes.split_at_checked(*width)?;
            let number = unsigned(number, order.unwrap_or(Order::Big))?;
            let bits = u32::try_from(*width * 8).ok()?;
            let value =
                if *signed { Value::Signed(sign_extended(number, bits)) } else { Value::Unsigned(number) };
            Some((value, rest))
        }
        Type::Float { bytes: width, order } => {
            let (number, rest) = bytes.split_at_checked(*width)?;
            let number = unsigned(number, *order)?;
            let value = match width {
                4 => Value::Single(f32::from_bits(u32::try_from(number).ok()?)),
                _ => Value::Double(f64::from_bits(u64::try_from(number).ok()?)),
            };
            Some((value, rest))
        }
        Type::Bool => match bytes {
            [flag @ (0 | 1), rest @ ..] => Some((Value::Bool(*flag == 1), rest)),
            _ => None,
        },
        Type::Number(format) => {
            let (rest, value) = format.number(bytes, Source::COMPLETE).ok()?;
            Some((value, rest))
        }
        Type::Ipv4 => {
            bytes.split_first_chunk::<4>().map(|(octets, rest)| (Value::V4(Ipv4Addr::from(*octets)), rest))
        }
        Type::Ipv6 => {
            bytes.split_first_chunk::<16>().map(|(octets, rest)| (Value::V6(Ipv6Addr::from(*octets)), rest))
        }
        Type::Bytes => Some((Value::Bytes(bytes), &[])),
        Type::Text => {
            core::str::from_utf8(bytes).ok().map(|text| (Value::Text(Cow::Borrowed(text)), &[][..]))
        }
        Type::Encoded(format) => {
            let (text, rest) = bytes.split_at_checked(format.size().unwrap_or(bytes.len()))?;
            format.read(text).ok().map(|text| (Value::Text(Cow::Owned(text)), rest))
        }
        Type::Array(Type::Int { bytes: 1, signed: false, .. }, len) => {
            bytes.split_at_checked(*len).map(|(bytes, rest)| (Value::Bytes(bytes), rest))
        }
        Type::Array(item, len) => {
            let (items, rest) = each((0..*len).map(|_| *item), bytes)?;
            Some((Value::List(items), rest))
        }
        Type::Tuple(items) => {
            let (items, rest) = each(items.iter(), bytes)?;
            Some((Value::Tuple(items), rest))
        }
        Type::List(Type::Bits(bits)) => Some((packed(bits, bytes), &[][..])),
        Type::List(item) => list(item, bytes).map(|items| (Value::List(items), &[][..])),
        Type::Bits(bits) => {
            let (run, rest) = bytes.split_at_checked(bits.run)?;
            Some((bit_field(bits, run)?, rest))
        }
        Type::Frame(_) | Type::Custom => None,
    }
}

fn each<'a, 't>(
    types: impl Iterator<Item = &'t Type>,
    mut bytes: &'a [u8],
) -> Option<(Vec<Value<'a>>, &'a [u8])> {
    let mut items = Vec::new();
    for ty in types {
        let (item, rest) = read(ty, bytes)?;
        items.push(item);
        bytes = rest;
    }
    Some((items, bytes))
}

fn list<'a>(item: &Type, mut bytes: &'a [u8]) -> Option<Vec<Value<'a>>> {
    let mut items = Vec::new();
    while !bytes.is_empty() {
        let (value, rest) = read(item, bytes)?;
        // Items without bytes would be read forever.
        if rest.len() == bytes.len() {
            return None;
        }
        items.push(value);
        bytes = rest;
    }
    Some(items)
}

/// Returns the value of a bit field; `run` contains the bytes of its run.
fn bit_field(bits: &Bits, run: &[u8]) -> Option<Value<'static>> {
    let number = WideRun::new(run, run.len(), bits.order == Order::Little).cut(bits.shift, bits.width);
    Some(value_of_bits(number, bits.width, &bits.of))
}

/// Converts the bits of a bit field to a value.
fn value_of_bits(number: u128, width: u32, kind: &BitKind) -> Value<'static> {
    match kind {
        BitKind::Array { items, lsb, of } => Value::List(
            (0..*items)
                .map(|index| {
                    let (shift, each) = item_of_array(index, *items, width, *lsb);
                    value_of_bits(cut_bits(number, shift, each), each, of)
                })
                .collect(),
        ),
        BitKind::Bool => Value::Bool(number != 0),
        kind if kind.is_signed() => Value::Signed(sign_extended(number, width)),
        _ => Value::Unsigned(number),
    }
}

/// Returns the bit fields in a packed list.
fn packed(bits: &Bits, bytes: &[u8]) -> Value<'static> {
    let item = |index| {
        let number = packed_item(bytes, index, bits.width, bits.order == Order::Little).unwrap_or(0);
        value_of_bits(number, bits.width, &bits.of)
    };
    Value::List((0..packed_items(bytes.len(), bits.width)).map(item).collect())
}

/// Joins up to 16 bytes to a number.
pub(crate) fn unsigned(bytes: &[u8], order: Order) -> Option<u128> {
    (bytes.len() <= 16).then(|| join_bytes(bytes, order == Order::Little))
}

impl NumberFormat {
    /// Reads a number of this format from the start of `bytes`.
    pub(crate) fn number<'a>(
        &self,
        bytes: &'a [u8],
        src: &Source<'a>,
    ) -> IResult<&'a [u8], Value<'a>, DecodeError> {
        let (rest, bits) = self.read(bytes, src)?;
        let value =
            if self.ty.is_signed() { Value::Signed(self.ty.number(bits)) } else { Value::Unsigned(bits) };
        Ok((rest, value))
    }
}

/// Writes the value as in dumps: text in quotes, other bytes in hex, and long values shortened.
impl fmt::Display for Value<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unsigned(number) => write!(f, "{number}"),
            Self::Signed(number) => write!(f, "{number}"),
            Self::Single(number) => write!(f, "{number:?}"),
            Self::Double(number) => write!(f, "{number:?}"),
            Self::Bool(value) => write!(f, "{value}"),
            Self::V4(address) => write!(f, "{address}"),
            Self::V6(address) => write!(f, "{address}"),
            Self::Text(text) => quoted(f, text),
            Self::Bytes(bytes) => bytes_or_text(f, bytes),
            Self::List(items) => sequence(f, items, ["[", "]"]),
            Self::Tuple(items) => sequence(f, items, ["(", ")"]),
        }
    }
}

/// Maximum numbers of characters, hex bytes and list items that are shown.
const TEXT: usize = 40;
const HEX: usize = 8;
const ITEMS: usize = 12;

fn quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    let (shown, dots) = match text.char_indices().nth(TEXT) {
        Some((end, _)) => (text.get(..end).unwrap_or_default(), "..."),
        None => (text, ""),
    };
    write!(f, "{shown:?}{dots}")
}

fn bytes_or_text(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    let plain = |byte: &u8| matches!(byte, b' '..=b'~' | b'\r' | b'\n' | b'\t');
    match core::str::from_utf8(bytes) {
        Ok(text) if bytes.iter().all(plain) => quoted(f, text),
        _ => {
            f.write_str("0x")?;
            bytes.iter().take(HEX).try_for_each(|byte| write!(f, "{byte:02x}"))?;
            f.write_str(if bytes.len() > HEX { "..." } else { "" })
        }
    }
}

fn sequence(f: &mut fmt::Formatter<'_>, items: &[Value<'_>], [open, close]: [&str; 2]) -> fmt::Result {
    f.write_str(open)?;
    for (index, item) in items.iter().take(ITEMS).enumerate() {
        write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
    }
    if let Some(more) = items.len().checked_sub(ITEMS).filter(|more| *more > 0) {
        write!(f, ", {more} more")?;
    }
    f.write_str(close)
}
