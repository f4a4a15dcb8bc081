//! Binary-coded decimals: two digits in each byte, one in each nibble.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use nom::IResult;

use super::number::{cut, place, read_all_fixed, read_fixed};
use super::{Fault, Fixed, Format, Read, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::{Code, NumberFormat, TextFormat, Type};
use crate::sink::Sink;
use crate::source::Source;

/// Digits in `BYTES` bytes. If `FILL` is not 0, it is the nibble that pads the number at its end.
/// With `SWAPPED`, the low nibble of each byte comes first (TBCD).
#[derive(Clone, Copy, Debug)]
pub struct Bcd<const BYTES: usize, const FILL: u8 = 0, const SWAPPED: bool = false>;

impl<const BYTES: usize, const FILL: u8, const SWAPPED: bool> Format for Bcd<BYTES, FILL, SWAPPED> {
    const LIMIT: u128 = most(BYTES);
    const LEAST: i128 = 0;
}

/// Returns the largest number in `bytes` bytes of two digits each.
const fn most(bytes: usize) -> u128 {
    let mut beyond = 1u128;
    let mut index = 0;
    while index < bytes {
        beyond = beyond.saturating_mul(100);
        index += 1;
    }
    if beyond == u128::MAX { u128::MAX } else { beyond - 1 }
}

/// Returns the name in the annotation language, without the size.
///
/// # Panics
/// Panics if the padding is not a nibble from 0xa to 0xf. During constant evaluation this is a
/// compile error.
const fn name(fill: u8, swapped: bool) -> &'static str {
    match (swapped, fill) {
        (false, 0xa) => "bcd(fill = 0xa)",
        (false, 0xb) => "bcd(fill = 0xb)",
        (false, 0xc) => "bcd(fill = 0xc)",
        (false, 0xd) => "bcd(fill = 0xd)",
        (false, 0xe) => "bcd(fill = 0xe)",
        (false, 0xf) => "bcd(fill = 0xf)",
        (false, 0) => "bcd",
        (true, 0xa) => "bcd(swapped, fill = 0xa)",
        (true, 0xb) => "bcd(swapped, fill = 0xb)",
        (true, 0xc) => "bcd(swapped, fill = 0xc)",
        (true, 0xd) => "bcd(swapped, fill = 0xd)",
        (true, 0xe) => "bcd(swapped, fill = 0xe)",
        (true, 0xf) => "bcd(swapped, fill = 0xf)",
        (true, 0) => "bcd(swapped)",
        _ => panic!("`fill` must be a nibble from 0xa to 0xf"),
    }
}

/// Returns the nibbles of `bytes`, in the order of their digits.
fn nibbles(bytes: &[u8], swapped: bool) -> impl Iterator<Item = u8> {
    bytes.iter().flat_map(move |byte| match swapped {
        false => [byte >> 4, byte & 0xf],
        true => [byte & 0xf, byte >> 4],
    })
}

/// Returns the number of digits before the padding.
fn digits(bytes: &[u8], fill: u8, swapped: bool) -> Result<usize, DecodeError> {
    let is_fill = |nibble: u8| fill > 0 && nibble == fill;
    let count = nibbles(bytes, swapped).take_while(|nibble| *nibble <= 9).count();
    let wrong = nibbles(bytes, swapped).skip(count).position(|nibble| !is_fill(nibble));
    match wrong {
        None => Ok(count),
        Some(index) => Err(no_digit(bytes, count + index, swapped)),
    }
}

#[cold]
fn no_digit(bytes: &[u8], nibble: usize, swapped: bool) -> DecodeError {
    let found = nibbles(bytes, swapped).nth(nibble).unwrap_or(0);
    let expected = if found <= 9 { "no digit after a fill nibble" } else { "a digit" };
    malformed(expected, format!("{found:#x}")).after(nibble / 2)
}

#[cold]
fn malformed(expected: &'static str, found: String) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value { expected: expected.into(), found })
}

/// Reads the number in `bytes`.
fn number(bytes: &[u8], fill: u8, swapped: bool) -> Result<u128, DecodeError> {
    let count = digits(bytes, fill, swapped)?;
    let mut number = 0u128;
    for digit in nibbles(bytes, swapped).take(count) {
        let next = number.checked_mul(10).and_then(|number| number.checked_add(u128::from(digit)));
        number = next.ok_or_else(|| malformed(FITS, text_of(bytes, count, swapped)))?;
    }
    if fill > 0 && count == 0 {
        return Err(malformed("a digit", format!("{fill:#x}")));
    }
    // Each number must have only one encoding, so leading zeros are refused.
    if fill > 0 && count > 1 && nibbles(bytes, swapped).next() == Some(0) {
        return Err(malformed("a number without leading zeros", text_of(bytes, count, swapped)));
    }
    Ok(number)
}

/// What is expected, in the error for a number that is too large.
const FITS: &str = "a number that fits the field's type";

fn text_of(bytes: &[u8], count: usize, swapped: bool) -> String {
    nibbles(bytes, swapped).take(count).map(|digit| char::from(b'0' + digit)).collect()
}

/// Writes the digits of `text` to `place`. They must fill it unless padding is allowed.
fn put(text: &str, place: &mut [u8], fill: u8, swapped: bool) -> Result<(), EncodeError> {
    let room = 2 * place.len();
    if text.len() > room
        || (fill == 0 && text.len() < room)
        || text.bytes().any(|byte| !byte.is_ascii_digit())
    {
        return Err(wrong_digits(text, room, fill > 0));
    }
    let mut digits = text.bytes().map(|digit| digit.wrapping_sub(b'0')).chain(core::iter::repeat(fill));
    for byte in place {
        let [first, second] = [digits.next().unwrap_or(fill), digits.next().unwrap_or(fill)];
        *byte = if swapped { second << 4 | first } else { first << 4 | second };
    }
    Ok(())
}

#[cold]
fn wrong_digits(text: &str, room: usize, may_be_fewer: bool) -> EncodeError {
    let up_to = if may_be_fewer { "up to " } else { "" };
    EncodeError::new(EncodeErrorKind::Range {
        expected: format!("{up_to}{room} digits").into(),
        found: format!("{text:?}"),
    })
}

/// Writes a number to `place`.
fn put_number(number: &str, place: &mut [u8], fill: u8, swapped: bool) -> Result<(), EncodeError> {
    let room = 2 * place.len();
    if number.len() > room || number.starts_with('-') {
        return Err(EncodeError::new(EncodeErrorKind::Range {
            expected: format!("a number of {room} digits").into(),
            found: number.to_string(),
        }));
    }
    match fill {
        0 => put(&format!("{number:0>room$}"), place, fill, swapped),
        _ => put(number, place, fill, swapped),
    }
}

macro_rules! numbers {
    ($($type:ty),*) => {$(
        impl<const BYTES: usize, const FILL: u8, const SWAPPED: bool> Wire<Bcd<BYTES, FILL, SWAPPED>> for $type {
            const MIN: usize = BYTES;
            const MAX: Option<usize> = Some(BYTES);
            const TYPE: Type = Type::Number(const {
                &NumberFormat::own::<Self, Bcd<BYTES, FILL, SWAPPED>>(name(FILL, SWAPPED)).lua(lua(SWAPPED))
            });
        }

        impl<const BYTES: usize, const FILL: u8, const SWAPPED: bool> Fixed<Bcd<BYTES, FILL, SWAPPED>> for $type {
            const SIZE: usize = BYTES;
            const ZERO: Self = 0;

            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let number = number(cut(run, BYTES), FILL, SWAPPED)?;
                Self::try_from(number).map_err(|_| malformed(FITS, number.to_string()))
            }

            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                put_number(&self.to_string(), place(run, BYTES), FILL, SWAPPED)
            }
        }

        impl<'a, const BYTES: usize, const FILL: u8, const SWAPPED: bool> Read<'a, Bcd<BYTES, FILL, SWAPPED>> for $type {
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                read_fixed::<Self, Bcd<BYTES, FILL, SWAPPED>>(input, src)
            }

            fn read_all(extent: &'a [u8], src: &Source<'a>) -> Result<Vec<Self>, Fault> {
                read_all_fixed::<Self, Bcd<BYTES, FILL, SWAPPED>>(extent, src)
            }
        }

        impl<const BYTES: usize, const FILL: u8, const SWAPPED: bool> Write<Bcd<BYTES, FILL, SWAPPED>> for $type {
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                let mut bytes = [0; BYTES];
                Fixed::<Bcd<BYTES, FILL, SWAPPED>>::set(*self, &mut &mut bytes[..])?;
                out.put(&bytes)
            }

            fn size(&self) -> usize {
                BYTES
            }
        }
    )*};
}

numbers!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);

fn read_text<const FILL: u8, const SWAPPED: bool>(bytes: &[u8]) -> Result<String, DecodeError> {
    let count = digits(bytes, FILL, SWAPPED)?;
    Ok(text_of(bytes, count, SWAPPED))
}

fn write_text<const BYTES: usize, const FILL: u8, const SWAPPED: bool>(
    text: &str,
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    let mut bytes = [0; BYTES];
    put(text, &mut bytes, FILL, SWAPPED)?;
    out.extend_from_slice(&bytes);
    Ok(())
}

const fn text<const BYTES: usize, const FILL: u8, const SWAPPED: bool>() -> TextFormat {
    TextFormat {
        name: name(FILL, SWAPPED),
        min_len: BYTES,
        max_len: Some(BYTES),
        units: None,
        reader: read_text::<FILL, SWAPPED>,
        writer: write_text::<BYTES, FILL, SWAPPED>,
        letters: &["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"],
        lua: Some(lua(SWAPPED)),
        kaitai: None,
    }
}

/// The impls for text of digits, which keeps leading zeros.
macro_rules! texts {
    ($($type:ty),*) => {$(
        impl<const BYTES: usize, const FILL: u8, const SWAPPED: bool> Wire<Bcd<BYTES, FILL, SWAPPED>> for $type {
            const MIN: usize = BYTES;
            const MAX: Option<usize> = Some(BYTES);
            const TYPE: Type = Type::Encoded(const { &text::<BYTES, FILL, SWAPPED>() });
        }

        impl<'a, const BYTES: usize, const FILL: u8, const SWAPPED: bool> Read<'a, Bcd<BYTES, FILL, SWAPPED>> for $type {
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                let Some((bytes, rest)) = input.split_at_checked(BYTES) else {
                    return Err(src.short(BYTES, input.len()));
                };
                src.take_memory(2 * BYTES)?;
                match read_text::<FILL, SWAPPED>(bytes) {
                    Ok(text) => Ok((rest, text.into())),
                    Err(error) => Err(nom::Err::Error(error)),
                }
            }
        }

        impl<const BYTES: usize, const FILL: u8, const SWAPPED: bool> Write<Bcd<BYTES, FILL, SWAPPED>> for $type {
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                let mut bytes = [0; BYTES];
                put(self, &mut bytes, FILL, SWAPPED)?;
                out.put(&bytes)
            }

            fn size(&self) -> usize {
                BYTES
            }
        }
    )*};
}

texts!(String, alloc::boxed::Box<str>, alloc::sync::Arc<str>);

const fn lua(swapped: bool) -> &'static Code {
    if swapped { &SWAPPED_IN_LUA } else { &IN_LUA }
}

static IN_LUA: Code = Code::new("bcd(false)", DIGITS_IN_LUA);
static SWAPPED_IN_LUA: Code = Code::new("bcd(true)", DIGITS_IN_LUA);

const DIGITS_IN_LUA: &str = r#"local function bcd(swapped)
  return { field = "string", read = function(s, tree, field)
    local count, digits = s.limit - s.at, ""
    for at = s.at, s.limit - 1 do
      local byte = s.tvb(at, 1):uint()
      local first, second = math.floor(byte / 16), byte % 16
      if swapped then first, second = second, first end
      for _, digit in ipairs({ first, second }) do
        if digit <= 9 then digits = digits .. digit end
      end
    end
    show(s, tree, field, count, digits)
    return tonumber(digits)
  end }
end
"#;

#[cfg(test)]
mod tests {
    use super::{most, name};

    #[test]
    fn numbers_have_as_many_digits_as_there_are_nibbles() {
        assert_eq!((most(1), most(3), most(19)), (99, 999_999, 10u128.pow(38) - 1));
        assert_eq!(most(20), u128::MAX);
        assert_eq!(name(0xf, true), "bcd(swapped, fill = 0xf)");
    }
}
