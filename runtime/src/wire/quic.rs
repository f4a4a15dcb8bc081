//! The variable-length integer of QUIC (RFC 9000, section 16). The two top bits of the first byte
//! say whether it has 1, 2, 4 or 8 bytes.
//!
//! The RFC lets a sender use more bytes than needed. Only the shortest form is accepted here,
//! because encoding must reproduce the bytes that were decoded.

use alloc::format;
use alloc::string::ToString;

use nom::IResult;

use super::{Format, Read, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::{Code, NumberFormat, Type};
use crate::sink::Sink;
use crate::source::Source;

/// The format of a number of at most 62 bits.
#[derive(Clone, Copy, Debug)]
pub struct Quic;

const LIMIT: u64 = (1 << 62) - 1;

impl Format for Quic {
    const LIMIT: u128 = (1 << 62) - 1;
}

fn read<'a>(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], u64, DecodeError> {
    let Some(first) = input.first() else { return Err(src.short(1, 0)) };
    let len = 1usize << (first >> 6);
    let Some((bytes, rest)) = input.split_at_checked(len) else { return Err(src.short(len, input.len())) };
    let value = bytes.iter().fold(0u64, |value, byte| value << 8 | u64::from(*byte));
    let value = value & (u64::MAX >> (66 - 8 * len));
    if size(value) != len {
        return Err(malformed("the shortest form", &format!("{value} in {len} bytes")));
    }
    Ok((rest, value))
}

#[cold]
fn malformed(expected: &'static str, found: &str) -> nom::Err<DecodeError> {
    nom::Err::Error(DecodeError::new(DecodeErrorKind::Value {
        expected: expected.into(),
        found: found.to_string(),
    }))
}

fn size(value: u64) -> usize {
    match value {
        0..=0x3f => 1,
        0x40..=0x3fff => 2,
        0x4000..=0x3fff_ffff => 4,
        _ => 8,
    }
}

fn write<S: Sink + ?Sized>(value: u64, out: &mut S) -> Result<(), EncodeError> {
    if value > LIMIT {
        return Err(EncodeError::new(EncodeErrorKind::Range {
            expected: format!("at most {LIMIT}").into(),
            found: value.to_string(),
        }));
    }
    let len = size(value);
    let class = u64::from(len.trailing_zeros()) << (8 * len - 2);
    let bytes = (value | class).to_be_bytes();
    out.put(bytes.get(8 - len..).unwrap_or_default())
}

macro_rules! quic {
    ($($type:ty),*) => {$(
        impl Wire<Quic> for $type {
            const MIN: usize = 1;
            const MAX: Option<usize> = Some(8);
            const TYPE: Type =
                Type::Number(const { &NumberFormat::own::<Self, Quic>("quic").lua(&IN_LUA).kaitai(&IN_KAITAI) });
        }

        impl<'a> Read<'a, Quic> for $type {
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                let (rest, value) = read(input, src)?;
                match Self::try_from(value) {
                    Ok(value) => Ok((rest, value)),
                    Err(_) => Err(malformed("a number that fits the field's type", &value.to_string())),
                }
            }
        }

        impl Write<Quic> for $type {
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                write(u64::from(*self), out)
            }

            fn size(&self) -> usize {
                size(u64::from(*self))
            }
        }
    )*};
}

quic!(u8, u16, u32, u64);

static IN_LUA: Code = Code::new(
    "quic",
    r#"local quic = number(function(s)
  local first = byte(s)
  local value = first % 64
  for _ = 2, 2 ^ math.floor(first / 64) do value = value * 256 + byte(s) end
  return value
end)
"#,
);

static IN_KAITAI: Code = Code::new(
    "quic",
    r#"  quic:
    seq:
      - id: first
        type: u1
      - id: others
        type: u1
        repeat: expr
        repeat-expr: (1 << (first >> 6)) - 1
    instances:
      low:
        value: 'others.size == 0 ? 0 : others.size == 1 ? others[0] : others[0] * 65536 + others[1] * 256 + others[2]'
      value:
        value: >-
          others.size == 0 ? first % 64
          : others.size == 1 ? (first % 64) * 256 + low
          : others.size == 3 ? (first % 64) * 16777216 + low
          : (((first % 64) * 16777216 + low) * 16777216 + others[3] * 65536 + others[4] * 256 + others[5]) * 256 + others[6]
"#,
)
.value(".value");
