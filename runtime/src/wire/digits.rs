//! Numbers as digits of text, decimal or hexadecimal.

use alloc::format;
use alloc::string::{String, ToString};

use super::{Content, Fault, Fixed, Format, FromExtent, Shape, Wire};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

/// Decimal digits, `DIGITS` of them unless that is 0.
#[derive(Clone, Copy, Debug)]
pub struct Dec<const DIGITS: usize = 0>;

/// Hexadecimal digits, `DIGITS` of them unless that is 0.
#[derive(Clone, Copy, Debug)]
pub struct Hex<const LOWER: bool = false, const DIGITS: usize = 0>;

impl<const DIGITS: usize> Format for Dec<DIGITS> {}
impl<const LOWER: bool, const DIGITS: usize> Format for Hex<LOWER, DIGITS> {}

/// Checks that `digits` are digits and in the one form that encoding writes.
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

/// What is expected of digits that are too large a number.
const FITS: &str = "a number that fits the field's type";

/// Takes `len` bytes from the front of a run.
fn cut<'a>(run: &mut &'a [u8], len: usize) -> &'a [u8] {
    let (digits, rest) = run.split_at_checked(len).unwrap_or_default();
    *run = rest;
    digits
}

/// Puts digits at the front of a run.
fn place(run: &mut &mut [u8], digits: &str) {
    let (place, rest) = core::mem::take(run).split_at_mut_checked(digits.len()).unwrap_or_default();
    // The run was measured before; an empty place only spares a panic.
    if place.len() == digits.len() {
        place.copy_from_slice(digits.as_bytes());
    }
    *run = rest;
}

/// `digits` with zeros in front, behind the sign, up to a fixed number.
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
            const TYPE: Type = Type::Number("dec");
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
            const TYPE: Type = Type::Number("dec");
        }

        /// A fixed number of digits may stand in a run.
        impl<const DIGITS: usize> Fixed<Dec<DIGITS>> for $type {
            const SIZE: usize = DIGITS;
            const ZERO: Self = 0;

            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let digits = checked(cut(run, DIGITS), 10, true, false)?;
                digits.parse().map_err(|_| malformed(FITS, digits.as_bytes(), 0))
            }

            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                place(run, &padded(self.to_string(), DIGITS)?);
                Ok(())
            }
        }

        impl<const LOWER: bool, const DIGITS: usize> Wire<Hex<LOWER, DIGITS>> for $type {
            const MIN: usize = DIGITS;
            const MAX: Option<usize> = Some(DIGITS);
            const TYPE: Type = Type::Number(if LOWER { "hex(lower)" } else { "hex" });
        }

        impl<const LOWER: bool, const DIGITS: usize> Fixed<Hex<LOWER, DIGITS>> for $type {
            const SIZE: usize = DIGITS;
            const ZERO: Self = 0;

            fn get(run: &mut &[u8]) -> Result<Self, DecodeError> {
                let digits = checked(cut(run, DIGITS), 16, true, LOWER)?;
                Self::from_str_radix(digits, 16).map_err(|_| malformed(FITS, digits.as_bytes(), 0))
            }

            fn set(self, run: &mut &mut [u8]) -> Result<(), EncodeError> {
                place(run, &padded(hex(self, LOWER), DIGITS)?);
                Ok(())
            }
        }

        impl<const LOWER: bool, const DIGITS: usize> Shape<Hex<LOWER, DIGITS>> for $type {
            const TYPE: Type = Type::Number(if LOWER { "hex(lower)" } else { "hex" });
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
        /// A minus and the digits of the magnitude, not the two's complement.
        impl HexDigits for $type {
            fn digits(self) -> String {
                let sign = if self < 0 { "-" } else { "" };
                format!("{sign}{:X}", self.unsigned_abs())
            }
        }
    )*};
}

signed_hex!(i8, i16, i32, i64, i128);
