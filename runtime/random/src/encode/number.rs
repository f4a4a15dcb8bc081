//! Encoding of numbers in all formats.

use super::{Encoder, Refused, fits};
use crate::model::{Extent, Form, Format, Num, Order, limits};

impl<'a> Encoder<'a> {
    pub(super) fn digits_or_number(
        &self,
        value: i128,
        format: &Format,
        order: Option<Order>,
        extent: &Extent,
    ) -> Result<Vec<u8>, Refused> {
        if self.strict && !format.num.is_float() && !fits(value, format.num.limits()) {
            return Err("a number beyond its type");
        }
        let sign = if value < 0 { "-" } else { "" };
        let digits = match format.wire.form {
            Form::Dec => value.unsigned_abs().to_string(),
            Form::Hex { lower: true } => format!("{:x}", value.unsigned_abs()),
            Form::Hex { lower: false } => format!("{:X}", value.unsigned_abs()),
            _ => return self.number(value, format, order),
        };
        let Extent::Fixed { len, .. } = extent else { return Ok(format!("{sign}{digits}").into_bytes()) };
        let zeros = len.checked_sub(sign.len() + digits.len());
        match zeros {
            Some(zeros) => Ok(format!("{sign}{}{digits}", "0".repeat(zeros)).into_bytes()),
            None if self.strict => Err("more digits than there is room for"),
            None => Ok(vec![b'0'; *len]),
        }
    }

    pub(super) fn number(
        &self,
        value: i128,
        format: &Format,
        order: Option<Order>,
    ) -> Result<Vec<u8>, Refused> {
        let order = format.wire.said().or(order);
        let in_bytes = |bytes: usize, signed: bool| {
            if self.strict && !format.num.is_float() && !fits(value, limits(8 * bytes, signed)) {
                return Err("a number beyond its width");
            }
            let mut all = value.to_be_bytes()[16 - bytes..].to_vec();
            if order == Some(Order::Little) {
                all.reverse();
            }
            Ok(all)
        };
        match format.wire.form {
            Form::Plain | Form::Dec | Form::Hex { .. } => in_bytes(format.num.bytes(), format.num.signed()),
            Form::As(num) => in_bytes(num.bytes(), num.signed()),
            Form::Bytes(_) | Form::Text(_) => Err("a width that only the field knows"),
            Form::Bcd { .. } if self.strict && value < 0 => Err("digits of a negative number"),
            Form::Bcd { bytes, fill, swapped } => {
                let digits = value.unsigned_abs().to_string();
                let zeros = if fill { 0 } else { (2 * bytes).saturating_sub(digits.len()) };
                self.decimals(&format!("{}{digits}", "0".repeat(zeros)), bytes, fill, swapped)
            }
            Form::Odd(bytes) => in_bytes(bytes, format.num.signed()),
            Form::Varint(max) => self.varint(value, format.num, max),
            Form::Padded => self.varint(value, format.num, None),
            Form::Mqtt => self.varint(value, format.num, Some(4)),
            Form::Zigzag => {
                let zigzag = (bits_of(value) << 1) ^ if value < 0 { u128::MAX } else { 0 };
                self.varint(i128::from_ne_bytes(zigzag.to_ne_bytes()), Num::U128, None)
            }
            Form::Quic => {
                let (bytes, top) = match value {
                    0..=63 => (1, 0),
                    64..=16_383 => (2, 1),
                    16_384..=1_073_741_823 => (4, 2),
                    _ => (8, 3),
                };
                if self.strict && !fits(value, limits(62, false)) {
                    return Err("a number beyond QUIC's");
                }
                let mut all = value.to_be_bytes()[16 - bytes..].to_vec();
                all[0] = all[0] & 0x3f | top << 6;
                Ok(all)
            }
        }
    }

    /// Encodes decimal digits, two in each byte.
    pub(super) fn decimals(
        &self,
        digits: &str,
        bytes: usize,
        fill: bool,
        swapped: bool,
    ) -> Result<Vec<u8>, Refused> {
        let fits = digits.len() == 2 * bytes || (fill && digits.len() < 2 * bytes);
        if !fits || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
            return if self.strict { Err("digits that do not fit") } else { Ok(vec![0; bytes]) };
        }
        let nibbles = digits.bytes().map(|digit| digit - b'0').chain(std::iter::repeat(0xf));
        let nibbles: Vec<u8> = nibbles.take(2 * bytes).collect();
        let byte = |pair: &[u8]| if swapped { pair[1] << 4 | pair[0] } else { pair[0] << 4 | pair[1] };
        Ok(nibbles.chunks(2).map(byte).collect())
    }

    /// Encodes a number whose size in bytes is given by another field.
    pub(super) fn in_bytes(
        &self,
        value: i128,
        (num, bytes): (Num, usize),
        order: Option<Order>,
    ) -> Result<Vec<u8>, Refused> {
        let fits = bytes <= num.bytes()
            && if bytes == 0 { value == 0 } else { fits(value, limits(8 * bytes, num.signed())) };
        if !fits {
            return if self.strict { Err("a number beyond its bytes") } else { Ok(Vec::new()) };
        }
        let mut all = value.to_be_bytes()[16 - bytes..].to_vec();
        if order == Some(Order::Little) {
            all.reverse();
        }
        Ok(all)
    }

    fn varint(&self, value: i128, num: Num, max: Option<usize>) -> Result<Vec<u8>, Refused> {
        if self.strict && num != Num::U128 && !fits(value, num.limits()) {
            return Err("a number beyond its type");
        }
        let (mut rest, mut all) = (bits_of(value), Vec::new());
        loop {
            let low = rest.to_le_bytes()[0] & 0x7f;
            rest >>= 7;
            all.push(if rest == 0 { low } else { low | 0x80 });
            if rest == 0 {
                break;
            }
        }
        if self.strict && max.is_some_and(|max| all.len() > max) {
            return Err("a varint of too many bytes");
        }
        Ok(all)
    }
}

pub(super) fn bits_of(number: i128) -> u128 {
    u128::from_ne_bytes(number.to_ne_bytes())
}
