//! Runs of bit fields.

use super::number::bits_of;
use super::tag::number_tag;
use super::{Encoder, Frame, Refused, fits, usize_of};
use crate::model::{BitsOf, Field, Num, Order, Role, Ty, limits};
use crate::values::Value;

impl<'a> Encoder<'a> {
    /// One run of bit fields.
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
            if self.strict && !fits(value, limits(usize_of(*width), signed)) {
                return Err("a number too wide for its bits");
            }
            parts.push((*width, value));
        }
        let total: u32 = parts.iter().map(|(width, _)| width).sum();
        let (mut run, mut used) = (0u128, 0);
        for (width, value) in parts {
            let shift = if frame.ty.words.lsb { used } else { total.saturating_sub(used + width) };
            let mask = if width >= 128 { u128::MAX } else { (1 << width) - 1 };
            run |= (bits_of(value) & mask).checked_shl(shift).unwrap_or(0);
            used += width;
        }
        let bytes = run.to_be_bytes();
        let mut bytes = bytes[16 - usize_of(total / 8).min(16)..].to_vec();
        if frame.ty.words.order == Some(Order::Little) {
            bytes.reverse();
        }
        Ok(bytes)
    }

    /// The number of a plain enum in a bit field.
    fn discriminant(&self, ty: &Ty, value: &Value) -> Option<i128> {
        let (Ty::Frame(at), Value::Frame(variant, values)) = (ty, value) else { return None };
        number_tag(&self.declaration.types[*at], *variant, values, None).ok()
    }
}

/// How many bit fields form one run.
pub(super) fn run_len(frame: &Frame<'_>, fields: &[Field], lead: u32) -> usize {
    let words = &frame.ty.words;
    let continuous = words.order.is_none() || words.lsb == (words.order == Some(Order::Little));
    let mut total = lead;
    let mut declared = 0;
    for (index, field) in fields.iter().enumerate() {
        let Role::Bits { width, begins, .. } = &field.role else { return index };
        if index > 0 && begins.is_some() {
            return index;
        }
        declared = declared.max(begins.map_or(0, |bytes| u32::try_from(8 * bytes).unwrap_or(0)));
        total += width;
        if continuous && total % 8 == 0 && total >= declared {
            return index + 1;
        }
    }
    fields.len()
}

fn is_signed(ty: &Ty) -> bool {
    matches!(ty, Ty::Num(num) if num.signed())
}
