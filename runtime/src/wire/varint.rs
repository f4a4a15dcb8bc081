//! LEB128: seven bits in each byte, lowest bits first. The top bit of a byte says that more bytes
//! follow.

use alloc::format;
use alloc::string::{String, ToString};

use nom::IResult;

use super::{Format, Read, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::{Code, NumberFormat, Type};
use crate::sink::Sink;
use crate::source::Source;

/// The format of a varint of at most `MAX` bytes, or of as many as its type needs if `MAX` is 0.
/// With `PADDED`, forms that are longer than the shortest are accepted.
#[derive(Clone, Copy, Debug)]
pub struct Varint<const MAX: usize = 0, const PADDED: bool = false>;

/// The format of a signed number as a varint of its zigzag code, in which the lowest bit is the
/// sign.
#[derive(Clone, Copy, Debug)]
pub struct Zigzag;

/// Name of the format of varints that accepts longer forms.
pub(crate) const PADDED_VARINT: &str = "varint(padded)";

impl<const MAX: usize, const PADDED: bool> Format for Varint<MAX, PADDED> {
    const LIMIT: u128 = match MAX {
        0 | 19.. => u128::MAX,
        max => (1 << (7 * max)) - 1,
    };
}

impl Format for Zigzag {}

/// Returns the maximum size of a varint with `bits` bits, which is at most `max` unless `max` is 0.
const fn most_bytes(bits: u32, max: usize) -> usize {
    let whole = match bits {
        8 => 2,
        16 => 3,
        32 => 5,
        64 => 10,
        _ => 19,
    };
    if max == 0 || max > whole { whole } else { max }
}

/// Reads a varint of at most `most` bytes with a value of at most `limit`. Varints of one or two
/// bytes, the most frequent ones, are read first.
#[inline(always)]
fn read<'a>(
    input: &'a [u8],
    src: &Source<'a>,
    most: usize,
    limit: u128,
    padded: bool,
) -> IResult<&'a [u8], u128, DecodeError> {
    match input {
        [byte @ ..0x80, rest @ ..] => Ok((rest, u128::from(*byte))),
        [low, high @ 1..0x80, rest @ ..] if most > 2 => {
            Ok((rest, u128::from(u16::from(low & 0x7f) | u16::from(*high) << 7)))
        }
        _ => read_long(input, src, most, limit, padded),
    }
}

#[inline(never)]
fn read_long<'a>(
    input: &'a [u8],
    src: &Source<'a>,
    most: usize,
    limit: u128,
    padded: bool,
) -> IResult<&'a [u8], u128, DecodeError> {
    let mut value = 0u128;
    for (index, byte) in input.iter().enumerate() {
        if index == most {
            break;
        }
        // No type needs more than 19 bytes: 18 with 7 bits of the number each, and one with 2 bits.
        let low = u128::from(byte & 0x7f);
        let shift = u32::try_from(7 * index).unwrap_or(u32::MAX);
        let part = low.checked_shl(shift).filter(|part| part.checked_shr(shift) == Some(low));
        let Some(part) = part else { break };
        value |= part;
        if byte & 0x80 == 0 {
            let rest = input.get(index + 1..).unwrap_or_default();
            if *byte == 0 && index > 0 && !padded {
                return Err(malformed(
                    "the shortest form, without a zero byte at its end",
                    "a longer one",
                    index,
                ));
            }
            if value > limit {
                return Err(malformed(&format!("at most {limit}"), &value.to_string(), 0));
            }
            return Ok((rest, value));
        }
    }
    if input.len() < most {
        return Err(src.short(input.len() + 1, input.len()));
    }
    Err(malformed(&format!("a varint of at most {most} bytes"), "a longer one", 0))
}

#[cold]
#[inline(never)]
fn malformed(expected: &str, found: &str, at: usize) -> nom::Err<DecodeError> {
    let kind = DecodeErrorKind::Value { expected: String::from(expected).into(), found: found.into() };
    nom::Err::Error(DecodeError::new(kind).after(at))
}

/// Writes `value` in at most `most` bytes.
#[inline(always)]
fn write<S: Sink + ?Sized>(value: u128, out: &mut S, most: usize) -> Result<(), EncodeError> {
    let (low, high) = (low_bits(value), low_bits(value >> 7));
    match size(value) {
        1 => out.put(&[low]),
        2 if most >= 2 => out.put(&[low | 0x80, high]),
        len => write_long(value, out, len, most),
    }
}

fn write_long<S: Sink + ?Sized>(
    mut value: u128,
    out: &mut S,
    len: usize,
    most: usize,
) -> Result<(), EncodeError> {
    if len > most {
        return Err(too_wide(value, most));
    }
    let mut bytes = [0u8; 19];
    for place in bytes.iter_mut().take(len) {
        let low = low_bits(value);
        value >>= 7;
        *place = if value == 0 { low } else { low | 0x80 };
    }
    out.put(bytes.get(..len).unwrap_or_default())
}

#[cold]
fn too_wide(value: u128, most: usize) -> EncodeError {
    EncodeError::new(EncodeErrorKind::Range {
        expected: format!("a number whose varint has at most {most} bytes").into(),
        found: value.to_string(),
    })
}

#[inline(always)]
fn low_bits(value: u128) -> u8 {
    u8::try_from(value & 0x7f).unwrap_or(0)
}

#[inline(always)]
fn size(value: u128) -> usize {
    if value < 1 << 14 {
        return if value < 1 << 7 { 1 } else { 2 };
    }
    let bits = 128 - (value | 1).leading_zeros();
    usize::try_from(bits.div_ceil(7)).unwrap_or(19)
}

macro_rules! varint {
    ($($type:ty),*) => {$(
        impl<const MAX: usize, const PADDED: bool> Wire<Varint<MAX, PADDED>> for $type {
            const MIN: usize = 1;
            const MAX: Option<usize> = Some(most_bytes(<$type>::BITS, MAX));
            // The block makes the value a constant, which Rust versions before 1.89 require.
            const TYPE: Type = Type::Number(const {
                &NumberFormat::own::<Self, Varint<MAX, PADDED>>(if PADDED { PADDED_VARINT } else { "varint" })
                    .lua(&VARINT_IN_LUA).kaitai(&VARINT_IN_KAITAI)
            });
        }

        impl<'a, const MAX: usize, const PADDED: bool> Read<'a, Varint<MAX, PADDED>> for $type {
            #[inline]
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                let most = most_bytes(<$type>::BITS, MAX);
                let (rest, value) = read(input, src, most, u128::from(<$type>::MAX), PADDED)?;
                Ok((rest, Self::try_from(value).unwrap_or(<$type>::MAX)))
            }
        }

        impl<const MAX: usize, const PADDED: bool> Write<Varint<MAX, PADDED>> for $type {
            // Without this attribute the compiler makes a function call, which takes longer than
            // writing the number.
            #[inline(always)]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                write(u128::from(*self), out, most_bytes(<$type>::BITS, MAX))
            }

            #[inline]
            fn size(&self) -> usize {
                size(u128::from(*self))
            }
        }
    )*};
}

varint!(u8, u16, u32, u64, u128);

macro_rules! zigzag {
    ($($type:ty as $unsigned:ty),*) => {$(
        impl Wire<Zigzag> for $type {
            const MIN: usize = 1;
            const MAX: Option<usize> = Some(most_bytes(<$type>::BITS, 0));
            const TYPE: Type = Type::Number(const {
                &NumberFormat::own::<Self, Zigzag>("zigzag").lua(&ZIGZAG_IN_LUA).kaitai(&ZIGZAG_IN_KAITAI)
            });
        }

        impl<'a> Read<'a, Zigzag> for $type {
            #[inline]
            fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
                let (rest, value) = <$unsigned as Read<'a, Varint>>::read(input, src)?;
                let half = <$type>::from_ne_bytes((value >> 1).to_ne_bytes());
                Ok((rest, if value & 1 == 0 { half } else { !half }))
            }
        }

        impl Write<Zigzag> for $type {
            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                <$unsigned as Write<Varint>>::write(&zigzag(*self), out)
            }

            #[inline]
            fn size(&self) -> usize {
                <$unsigned as Write<Varint>>::size(&zigzag(*self))
            }
        }

        impl ZigzagCode for $type {
            type Unsigned = $unsigned;

            #[inline]
            fn code(self) -> $unsigned {
                let doubled = <$unsigned>::from_ne_bytes(self.to_ne_bytes()) << 1;
                if self < 0 { !doubled } else { doubled }
            }
        }
    )*};
}

/// A signed number that can be converted to and from its zigzag code, in which the lowest bit is
/// the sign.
trait ZigzagCode {
    type Unsigned;
    fn code(self) -> Self::Unsigned;
}

fn zigzag<T: ZigzagCode>(value: T) -> T::Unsigned {
    value.code()
}

zigzag!(i8 as u8, i16 as u16, i32 as u32, i64 as u64, i128 as u128);

static VARINT_IN_LUA: Code = Code::new(
    "varint",
    r#"local function leb128(s)
  local value, place = 0, 1
  for _ = 1, 19 do
    local next = byte(s)
    value = value + next % 128 * place
    if next < 128 then return value end
    place = place * 128
  end
  fail(s, "a varint of more than 19 bytes")
end

local varint = number(leb128)
"#,
);

static ZIGZAG_IN_LUA: Code = Code::new(
    "zigzag",
    r#"local zigzag = number(function(s)
  local value = leb128(s)
  if value % 2 == 1 then return -(value + 1) / 2 end
  return value / 2
end)
"#,
)
.needs(&VARINT_IN_LUA);

static VARINT_IN_KAITAI: Code = Code::new(
    "varint",
    r#"  varint:
    seq:
      - id: groups
        type: u1
        repeat: until
        repeat-until: _ < 128
    instances:
      value:
        value: >-
          groups[0] % 128
          + (groups.size > 1 ? (groups[1] % 128) * 128 : 0)
          + (groups.size > 2 ? (groups[2] % 128) * 16384 : 0)
          + (groups.size > 3 ? (groups[3] % 128) * 2097152 : 0)
          + (groups.size > 4 ? (groups[4] % 128) * 268435456 : 0)
          + (groups.size > 5 ? (groups[5] % 128) * 34359738368 : 0)
          + (groups.size > 6 ? (groups[6] % 128) * 4398046511104 : 0)
          + (groups.size > 7 ? (groups[7] % 128) * 562949953421312 : 0)
"#,
)
.value(".value");

static ZIGZAG_IN_KAITAI: Code = Code::new(
    "zigzag",
    r#"  zigzag:
    seq:
      - id: raw
        type: varint
    instances:
      value:
        value: 'raw.value % 2 == 1 ? 0 - (raw.value + 1) / 2 : raw.value / 2'
"#,
)
.value(".value")
.needs(&VARINT_IN_KAITAI);
