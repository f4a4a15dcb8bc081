//! Conversion of leaves, which are values without fields, from JSON to bytes.

use core::net::{Ipv4Addr, Ipv6Addr};

use serde_json::Value as Json;

use super::error::{JsonError, Path};
use crate::schema::known::Says;
use crate::schema::{BitKind, Bits, Order, TextFormat, Type};
use crate::wire::{BitField as _, split_bytes};

/// An integer of any type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Whole {
    negative: bool,
    magnitude: u128,
}

impl From<i128> for Whole {
    fn from(number: i128) -> Self {
        Self { negative: number < 0, magnitude: number.unsigned_abs() }
    }
}

impl Says {
    /// Returns the value of an integer in JSON.
    pub(super) fn whole(json: &Json) -> Option<Self> {
        let number = Whole::of(json)?;
        number.in_bits(128, number.negative).map(Self::Number)
    }
}

impl From<u128> for Whole {
    fn from(magnitude: u128) -> Self {
        Self { negative: false, magnitude }
    }
}

impl Whole {
    /// Converts a JSON number without a fraction, or text of decimal or hexadecimal digits.
    pub(super) fn of(json: &Json) -> Option<Self> {
        match json {
            Json::Number(number) => match (number.as_u64(), number.as_i64()) {
                (Some(number), _) => Some(Self::from(u128::from(number))),
                (None, Some(number)) => Some(Self::from(i128::from(number))),
                (None, None) => None,
            },
            Json::String(text) => Self::parse(text),
            _ => None,
        }
    }

    fn parse(text: &str) -> Option<Self> {
        let (negative, digits) = match text.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, text),
        };
        let magnitude = match digits.strip_prefix("0x") {
            // `parse` and `from_str_radix` would accept a plus sign here.
            _ if digits.starts_with('+') => return None,
            Some(digits) if !digits.starts_with('+') => u128::from_str_radix(digits, 16).ok()?,
            _ => digits.parse().ok()?,
        };
        Some(Self { negative: negative && magnitude > 0, magnitude })
    }

    /// Returns the number of type `ty` with these 128 bits, two's complement.
    pub(super) fn from_wide(bits: u128, ty: &Type) -> Self {
        let signed = i128::from_ne_bytes(bits.to_ne_bytes());
        match ty.range() {
            Some((least, _)) if least < 0 => Self::from(signed),
            _ => Self::from(bits),
        }
    }

    pub(super) fn signed(self) -> Option<i128> {
        match self.negative {
            true => 0i128.checked_sub_unsigned(self.magnitude),
            false => i128::try_from(self.magnitude).ok(),
        }
    }

    /// Returns the number in two's complement with `width` bits, if it fits.
    fn in_bits(self, width: u32, signed: bool) -> Option<u128> {
        match (signed, self.negative) {
            (true, _) => self.signed()?.to_bits(width).ok(),
            (false, false) => self.magnitude.to_bits(width).ok(),
            (false, true) => None,
        }
    }
}

/// Encodes an integer of type `ty`. Returns `None` if the integer does not fit.
pub(super) fn put(ty: &Type, number: Whole) -> Option<Vec<u8>> {
    match ty {
        Type::Int { bytes, signed, order } => {
            let width = u32::try_from(bytes.checked_mul(8)?).ok()?;
            Some(in_order(number.in_bits(width, *signed)?, *bytes, order.unwrap_or(Order::Big)))
        }
        Type::Bool => match number {
            Whole { negative: false, magnitude: 0 } => Some(vec![0]),
            Whole { negative: false, magnitude: 1 } => Some(vec![1]),
            _ => None,
        },
        Type::Number(format) => {
            let mut bytes = Vec::new();
            let number = number.in_bits(format.ty.bits(), format.ty.is_signed())?;
            format.write(number, &mut bytes).ok().map(|()| bytes)
        }
        _ => None,
    }
}

/// Returns the `bytes` least significant bytes of a number in this byte order.
pub(super) fn in_order(number: u128, bytes: usize, order: Order) -> Vec<u8> {
    let mut run = vec![0; bytes];
    split_bytes(number, &mut run, order == Order::Little);
    run
}

/// Describes the integers that fit the type, for error messages.
fn range(ty: &Type) -> String {
    match ty.range() {
        Some((least, most)) => format!("an integer from {least} to {most}"),
        None => format!("an integer ({ty})"),
    }
}

/// Encodes an integer of type `ty` from JSON.
pub(super) fn number(ty: &Type, json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let bytes = Whole::of(json).and_then(|number| put(ty, number));
    bytes.ok_or_else(|| path.expected(&range(ty), json))
}

/// Encodes an integer of `len` bytes from JSON.
pub(super) fn in_bytes(ty: &Type, len: usize, json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let bytes = Whole::of(json).and_then(|number| {
        let Type::Number(format) = ty else { return None };
        let width = u32::try_from(format.max_len.filter(|most| len <= *most).map(|_| len * 8)?).ok()?;
        Some(in_order(number.in_bits(width, format.ty.is_signed())?, len, format.in_bytes?))
    });
    bytes.ok_or_else(|| path.expected(&format!("an integer of {len} bytes"), json))
}

/// Converts JSON into the value of a bit field.
pub(super) fn bits(bits: &Bits, json: &Json, path: &Path<'_>) -> Result<u128, JsonError> {
    match json {
        Json::Bool(value) if matches!(bits.of, BitKind::Bool) => return Ok(u128::from(*value)),
        _ if matches!(bits.of, BitKind::Bool) => return Err(path.expected("true or false", json)),
        _ => {}
    }
    let number = Whole::of(json).and_then(|number| bits_of(bits, number));
    number.ok_or_else(|| path.expected(&range(&Type::Bits(*bits)), json))
}

/// Converts a number into the value of a bit field, if it fits.
pub(super) fn bits_of(bits: &Bits, number: Whole) -> Option<u128> {
    number.in_bits(bits.width, bits.of.is_signed())
}

/// Encodes an IEEE 754 number from a JSON number, `"inf"`, `"-inf"`, `"NaN"`, or its bits in hex.
pub(super) fn float(bytes: usize, order: Order, json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let bits = match json {
        Json::Number(number) => float_bits(&number.to_string(), bytes),
        Json::String(text) if text.starts_with("0x") => hex(text)
            .filter(|given| given.len() == bytes)
            .and_then(|given| crate::schema::value::unsigned(&given, Order::Big)),
        Json::String(text) => float_bits(text, bytes),
        _ => None,
    };
    let bits = bits.ok_or_else(|| path.expected("a number that fits, \"inf\", \"-inf\" or \"NaN\"", json))?;
    Ok(in_order(bits, bytes, order))
}

fn float_bits(text: &str, bytes: usize) -> Option<u128> {
    // A finite number that is too large must not become infinite.
    let infinite = text.trim_start_matches('-').starts_with("inf");
    if bytes == 4 {
        let number = text.parse::<f32>().ok().filter(|number| infinite || !number.is_infinite())?;
        return Some(u128::from(number.to_bits()));
    }
    let number = text.parse::<f64>().ok().filter(|number| infinite || !number.is_infinite())?;
    Some(u128::from(number.to_bits()))
}

pub(super) fn bool(json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    match json {
        Json::Bool(value) => Ok(vec![u8::from(*value)]),
        _ => Err(path.expected("true or false", json)),
    }
}

pub(super) fn ipv4(json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let address = json.as_str().and_then(|text| text.parse::<Ipv4Addr>().ok());
    let address = address.ok_or_else(|| path.expected("an IPv4 address such as \"10.0.0.1\"", json))?;
    Ok(address.octets().to_vec())
}

pub(super) fn ipv6(json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let address = json.as_str().and_then(|text| text.parse::<Ipv6Addr>().ok());
    let address = address.ok_or_else(|| path.expected("an IPv6 address such as \"::1\"", json))?;
    Ok(address.octets().to_vec())
}

pub(super) fn text(json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    match json {
        Json::String(text) => Ok(text.clone().into_bytes()),
        _ => Err(path.expected("a string", json)),
    }
}

/// Encodes text from JSON in the encoding of the schema.
pub(super) fn encoded(format: &TextFormat, json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let Json::String(text) = json else { return Err(path.expected("a string", json)) };
    let mut bytes = Vec::new();
    match format.write(text, &mut bytes) {
        Ok(()) => Ok(bytes),
        Err(error) => Err(path.error(error.kind().to_string())),
    }
}

/// Reads bytes from text of hexadecimal digits, or from `{"text": ".."}`.
pub(super) fn bytes(json: &Json, path: &Path<'_>) -> Result<Vec<u8>, JsonError> {
    let given = match json {
        Json::String(text) => hex(text),
        Json::Object(members) if members.len() == 1 => {
            members.get("text").and_then(Json::as_str).map(|text| text.as_bytes().to_vec())
        }
        _ => None,
    };
    given.ok_or_else(|| path.expected("bytes in hex such as \"0x6869\", or {\"text\": \"hi\"}", json))
}

/// Parses hexadecimal digits, with or without `0x`.
pub(crate) fn hex(text: &str) -> Option<Vec<u8>> {
    let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
    let digit = |byte: &u8| char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(digit(high)? << 4 | digit(low)?),
        _ => None,
    });
    pairs.collect()
}

/// Reads bytes from text of hexadecimal digits that begins with `0x`. This form is accepted for
/// every value that is not text.
pub(super) fn raw(json: &Json) -> Option<Vec<u8>> {
    json.as_str().filter(|text| text.starts_with("0x")).and_then(hex)
}
