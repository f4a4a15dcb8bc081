//! Encoding of runs of bit fields.

use super::number::bits_of;
use super::tag::number_tag;
use super::{Encoder, Frame, Refused, fits, usize_of};
use crate::model::{BitsOf, Field, Num, Order, Role, Ty, limits};
use crate::values::Value;

impl<'a> Encoder<'a> {
    /// Encodes a run of bit fields.
    pub(super) fn run(
        &self,
        frame: &Frame<'a>,
        range: std::ops::Range<usize>,
        lead: Option<(u32, i128)>,
        autos: &[Option<i128>],
    ) -> Result<Vec<u8>, Refused> {
        let mut parts: Vec<_> = lead.into_iter().collect();
        for index in range {
            let Role::Bits { width, of, .. } = &frame.fields.list[index].role else { continue };
            if let (BitsOf::Value(Ty::Array(item, _)), Value::List(items)) = (of, &frame.values[index]) {
                for value in items {
                    parts.push(self.part(*width, value.number().unwrap_or(0), is_signed(item))?);
                }
                continue;
            }
            let (value, signed) = match of {
                BitsOf::Value(ty) => (
                    frame.values[index]
                        .number()
                        .or_else(|| self.discriminant(ty, &frame.values[index]))
                        .unwrap_or(0),
                    is_signed(ty),
                ),
                BitsOf::Auto(num, _) => (autos[index].unwrap_or(0), num.is_some_and(Num::signed)),
            };
            let is_even = !matches!(of, BitsOf::Value(Ty::Even)) || value % 2 == 0;
            if self.strict && !is_even {
                return Err("a value that does not convert");
            }
            parts.push(self.part(*width, value, signed)?);
        }
        let mut bytes = join(&parts, frame.ty.words.lsb);
        if frame.order == Some(Order::Little) {
            bytes.reverse();
        }
        Ok(bytes)
    }

    fn part(&self, width: u32, value: i128, signed: bool) -> Result<(u32, i128), Refused> {
        if self.strict && !fits(value, limits(usize_of(width), signed)) {
            return Err("a number too wide for its bits");
        }
        Ok((width, value))
    }

    /// Encodes the items of a list of bit fields. If the list has a count, the last byte is padded.
    pub(super) fn bit_items(
        &self,
        frame: &Frame<'a>,
        (width, item): (u32, &Ty),
        items: &[Value],
        is_counted: bool,
    ) -> Result<Vec<u8>, Refused> {
        let part = |value: &Value| self.part(width, value.number().unwrap_or(0), is_signed(item));
        let mut parts = items.iter().map(part).collect::<Result<Vec<_>, _>>()?;
        let over = usize_of(width) * items.len() % 8;
        if over > 0 && !is_counted && self.strict {
            return Err("bits that do not come out even");
        }
        parts.extend((over > 0).then(|| (u32::try_from(8 - over).unwrap_or(0), 0)));
        let mut bytes = join(&parts, frame.ty.words.lsb);
        if frame.ty.words.lsb {
            bytes.reverse();
        }
        Ok(bytes)
    }

    /// Returns the number that represents a value of a fieldless enum in a bit field.
    fn discriminant(&self, ty: &Ty, value: &Value) -> Option<i128> {
        let (Ty::Frame(at), Value::Frame(variant, values)) = (ty, value) else { return None };
        number_tag(&self.declaration.types[*at], *variant, values, None).ok()
    }
}

/// Joins bit fields into one big-endian number, which begins with the first field, or with the last
/// field if `lsb` is set.
fn join(parts: &[(u32, i128)], lsb: bool) -> Vec<u8> {
    let mut bits = Vec::new();
    for (width, value) in parts {
        let of_value = (0..*width).map(|bit| bits_of(*value).checked_shr(bit).unwrap_or(0) & 1 == 1);
        let of_value: Vec<bool> = of_value.collect();
        if lsb {
            bits.extend(of_value);
        } else {
            bits.extend(of_value.into_iter().rev());
        }
    }
    if lsb {
        bits.reverse();
    }
    bits.chunks(8).map(|byte| byte.iter().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect()
}

/// Returns the number of fields at the front of `fields` that form one run.
pub(super) fn run_len(frame: &Frame<'_>, fields: &[Field], lead: u32) -> usize {
    let words = &frame.ty.words;
    let continuous =
        !words.order_by_ctx && (words.order.is_none() || words.lsb == (words.order == Some(Order::Little)));
    let mut total = lead;
    let mut declared = 0;
    for (index, field) in fields.iter().enumerate() {
        let Role::Bits { begins, .. } = &field.role else { return index };
        if index > 0 && begins.is_some() {
            return index;
        }
        declared = declared.max(begins.map_or(0, |bytes| u32::try_from(8 * bytes).unwrap_or(0)));
        total += field.bit_width();
        if continuous && total % 8 == 0 && total >= declared {
            return index + 1;
        }
    }
    fields.len()
}

fn is_signed(ty: &Ty) -> bool {
    matches!(ty, Ty::Num(num) if num.signed())
}
