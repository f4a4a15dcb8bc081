//! Numbers as digits of text, decimal or hexadecimal.

use alloc::format;
use alloc::string::{String, ToString};

use super::format::Integer;
use super::number::{cut, place};
use super::{Content, Fault, Fixed, Format, FromExtent, Shape, Wire};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::{Code, NumberFormat, Type};
use crate::sink::Sink;
use crate::source::Source;

/// `DIGITS` decimal digits, or any number of them if `DIGITS` is 0.
#[derive(Clone, Copy, Debug)]
pub struct Dec<const DIGITS: usize = 0>;

/// `DIGITS` hexadecimal digits, or any number of them if `DIGITS` is 0.
#[derive(Clone, Copy, Debug)]
pub struct Hex<const LOWER: bool = false, const DIGITS: usize = 0>;

impl<const DIGITS: usize> Format for Dec<DIGITS> {
    const LIMIT: u128 = most(10, DIGITS);
    const LEAST: i128 = least(10, DIGITS);
}

impl<const LOWER: bool, const DIGITS: usize> Format for Hex<LOWER, DIGITS> {
    const LIMIT: u128 = most(16, DIGITS);
    const LEAST: i128 = least(16, DIGITS);
}

/// Returns the largest number of this many digits, or of any number of digits if `digits` is 0.
const fn most(radix: u128, digits: usize) -> u128 {
    let mut beyond = 1u128;
    let mut index = 0;
    while index < digits {
        beyond = beyond.saturating_mul(radix);
        index += 1;
    }
    if digits == 0 || beyond == u128::MAX { u128::MAX } else { beyond - 1 }
}

/// Returns the smallest number of this many digits. The minus counts as one of the digits.
const fn least(radix: u128, digits: usize) -> i128 {
    match digits {
        0 => i128::MIN,
        1 => 0,
        _ => 0i128.saturating_sub_unsigned(most(radix, digits - 1)),
    }
}

/// Returns the minimum and maximum size of this many digits. If `digits` is 0, any size is
/// possible.
const fn size(digits: usize) -> (usize, Option<usize>) {
    if digits == 0 { (1, None) } else { (digits, Some(digits)) }
}

const fn dec<T, const DIGITS: usize>() -> NumberFormat
where
    T: Integer + Content<Dec<DIGITS>> + for<'a> FromExtent<'a, Dec<DIGITS>>,
{
    NumberFormat::filling::<T, Dec<DIGITS>>("dec", size(DIGITS)).lua(&DEC_IN_LUA).kaitai(&DEC_IN_KAITAI)
}

const fn hexadecimal<T, const LOWER: bool, const DIGITS: usize>() -> NumberFormat
where
    T: Integer + Content<Hex<LOWER, DIGITS>> + for<'a> FromExtent<'a, Hex<LOWER, DIGITS>>,
{
    let name = if LOWER { "hex(lower)" } else { "hex" };
    NumberFormat::filling::<T, Hex<LOWER, DIGITS>>(name, size(DIGITS)).lua(&HEX_IN_LUA).kaitai(&HEX_IN_KAITAI)
}

/// Checks that an extent consists of digits as encoding would write them.
fn checked(extent: &[u8], radix: u32, fixed: bool, lower: bool) -> Result<&str, DecodeError> {
    let digits = extent.strip_prefix(b"-").unwrap_or(extent);
    let is_digit = |byte: &u8| {
        let right_case = match byte {
            b'a'..=b'f' => lower,
            b'A'..=b'F' => !lower,
            _ => true,
        };
        char::from(*byte).is_digit(radix) && right_case
    };
    let zero_ahead = digits.len() > 1 && digits.starts_with(b"0") && !fixed;
    let minus_zero = digits.len() < extent.len() && digits.iter().all(|byte| *byte == b'0');
    let at = extent.len() - digits.len();
    if digits.is_empty() {
        return Err(malformed("digits", extent, 0));
    }
    if let Some(index) = digits.iter().position(|byte| !is_digit(byte)) {
        return Err(malformed("a digit", extent, at + index));
    }
    if zero_ahead || minus_zero {
        return Err(malformed("a number without leading zeros", extent, at));
    }
    core::str::from_utf8(extent).map_err(|_| malformed("a digit", extent, 0))
}

#[cold]
fn malformed(expected: &'static str, found: &[u8], at: usize) -> DecodeError {
    let kind =
        DecodeErrorKind::Value { expected: expected.into(), found: format!("\"{}\"", found.escape_ascii()) };
    DecodeError::new(kind).after(at)
}

/// What is expected, in the error for a number that is too large.
const FITS: &str = "a number that fits the field's type";

/// Writes digits to the front of a run.
fn put(run: &mut &mut [u8], digits: &str) {
    let place = place(run, digits.len());
    // The length of the run was checked before. This test only avoids a panic.
    if place.len() == digits.len() {
        place.copy_from_slice(digits.as_bytes());
    }
}

/// Adds leading zeros to `digits`, after the sign, until there are `fixed` characters.
fn padded(digits: String, fixed: usize) -> Result<String, EncodeError> {
    if fixed == 0 {
        return Ok(digits);
    }
    if digits.len() > fixed {
        return Err(EncodeError::new(EncodeErrorKind::Range {
            expected: format!("a number of {fixed} digits").into(),
            found: digits,
        }));
    }
    let (sign, digits) = match digits.strip_prefix('-') {
        Some(digits) => ("-", digits),
        None => ("", digits.as_str()),
    };
    Ok(format!("{sign}{digits:0>width$}", width = fixed - sign.len()))
}

macro_rules! digits {
    ($($type:ty),*) => {$(
        impl<const DIGITS: usize> Shape<Dec<DIGITS>> for $type {
            const TYPE: Type = Type::Number(&dec::<Self, DIGITS>());
        }

        impl<const DIGITS: usize> Content<Dec<DIGITS>> for $type {
            fn size(&self) -> usize {
                if DIGITS == 0 { self.to_string().len() } else { DIGITS }
            }

            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                out.put(padded(self.to_string(), DIGITS)?.as_bytes())
            }
        }

        impl<'a, const DIGITS: usize> FromExtent<'a, Dec<DIGITS>> for $type {
            fn from_extent(extent: &'a [u8], _: &Source<'a>) -> Result<Self, Fault> {
                let digits = checked(extent, 10, DIGITS > 0, false).map_err(nom::Err::Error)?;
                digits.parse().map_err(|_| nom::Err::Error(malformed(FITS, extent, 0)))
            }
        }

        impl<const DIGITS: usize> Wire<Dec<DIGITS>> for $type {
            const MIN: usize = DIGITS;
            const MAX: Option<usize> = Some(DIGITS);
            const TYPE: Type = Type::Number(&dec::<Self, DIGITS>());
        }

        /// A fixed number of digits may be part of a run.
        impl<const DIGITS: usize> Fixed<Dec<DIGITS>> for $type {
            const SIZE: usize = DIGITS;
            const ZERO: Self = 0;

            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let digits = checked(cut(run, DIGITS), 10, true, false)?;
                digits.parse().map_err(|_| malformed(FITS, digits.as_bytes(), 0))
            }

            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                put(run, &padded(self.to_string(), DIGITS)?);
                Ok(())
            }
        }

        impl<const LOWER: bool, const DIGITS: usize> Wire<Hex<LOWER, DIGITS>> for $type {
            const MIN: usize = DIGITS;
            const MAX: Option<usize> = Some(DIGITS);
            const TYPE: Type = Type::Number(&hexadecimal::<Self, LOWER, DIGITS>());
        }

        impl<const LOWER: bool, const DIGITS: usize> Fixed<Hex<LOWER, DIGITS>> for $type {
            const SIZE: usize = DIGITS;
            const ZERO: Self = 0;

            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let digits = checked(cut(run, DIGITS), 16, true, LOWER)?;
                Self::from_str_radix(digits, 16).map_err(|_| malformed(FITS, digits.as_bytes(), 0))
            }

            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                put(run, &padded(hex(self, LOWER), DIGITS)?);
                Ok(())
            }
        }

        impl<const LOWER: bool, const DIGITS: usize> Shape<Hex<LOWER, DIGITS>> for $type {
            const TYPE: Type = Type::Number(&hexadecimal::<Self, LOWER, DIGITS>());
        }

        impl<const LOWER: bool, const DIGITS: usize> Content<Hex<LOWER, DIGITS>> for $type {
            fn size(&self) -> usize {
                if DIGITS == 0 { hex(*self, LOWER).len() } else { DIGITS }
            }

            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                out.put(padded(hex(*self, LOWER), DIGITS)?.as_bytes())
            }
        }

        impl<'a, const LOWER: bool, const DIGITS: usize> FromExtent<'a, Hex<LOWER, DIGITS>> for $type {
            fn from_extent(extent: &'a [u8], _: &Source<'a>) -> Result<Self, Fault> {
                let digits = checked(extent, 16, DIGITS > 0, LOWER).map_err(nom::Err::Error)?;
                Self::from_str_radix(digits, 16).map_err(|_| nom::Err::Error(malformed(FITS, extent, 0)))
            }
        }
    )*};
}

/// Numbers that can be written in hexadecimal digits.
trait HexDigits {
    fn digits(self) -> String;
}

fn hex<T: HexDigits>(value: T, lower: bool) -> String {
    let digits = value.digits();
    if lower { digits.to_lowercase() } else { digits }
}

digits!(u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);

macro_rules! unsigned_hex {
    ($($type:ty),*) => {$(
        impl HexDigits for $type {
            fn digits(self) -> String {
                format!("{self:X}")
            }
        }
    )*};
}

unsigned_hex!(u8, u16, u32, u64, u128);

macro_rules! signed_hex {
    ($($type:ty),*) => {$(
        /// A negative number is a minus and the digits of its magnitude, not of its two's
        /// complement.
        impl HexDigits for $type {
            fn digits(self) -> String {
                let sign = if self < 0 { "-" } else { "" };
                format!("{sign}{:X}", self.unsigned_abs())
            }
        }
    )*};
}

signed_hex!(i8, i16, i32, i64, i128);

static DEC_IN_LUA: Code = Code::new("digits(10)", DIGITS_IN_LUA);
static HEX_IN_LUA: Code = Code::new("digits(16)", DIGITS_IN_LUA);

const DIGITS_IN_LUA: &str = r#"local function digits(base)
  return number(function(s)
    local text = raw(s, s.limit - s.at)
    local value = tonumber(text, base)
    if not value then fail(s, "expected digits, found " .. text) end
    s.at = s.limit
    return value
  end)
end
"#;

/// Kaitai Struct reads digits as text, which it converts to a number.
static DEC_IN_KAITAI: Code = Code::new("str", "").value(".to_i");
static HEX_IN_KAITAI: Code = Code::new("str", "").value(".to_i(16)");
