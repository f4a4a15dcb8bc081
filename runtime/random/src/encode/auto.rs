//! The values of `Auto` fields, calculated from the encoded frame.

use super::tag::number_tag;
use super::{Encoder, Frame, Laid, Refused, Values, i128_of, scope};
use crate::model::{Derived, Head, Id, Presence, Range, Role, Rule, Ty};
use crate::sums;
use crate::values::Value;

impl<'a> Encoder<'a> {
    /// Returns the value of each `Auto` field for the frame as encoded in `laid`, followed by the
    /// value of the type's own length prefix.
    pub(super) fn derive(&self, frame: &Frame<'a>, laid: &Laid, autos: &[Option<i128>]) -> Vec<Option<i128>> {
        let fields = &frame.fields.list;
        let mut next: Vec<_> =
            (0..fields.len()).map(|index| self.derive_one(frame, laid, autos, index)).collect();
        next.push(
            frame
                .ty
                .words
                .head
                .iter()
                .find_map(|word| match (word, laid.head_len) {
                    (Head::Len(format, rule), Some((_, end))) => length(
                        laid.out.len() - end - self.behind(frame, laid),
                        format.fixed().unwrap_or(0),
                        rule,
                    ),
                    _ => None,
                })
                .or_else(|| laid.head_len.is_none().then_some(0)),
        );
        next
    }

    /// Returns the size of the frame's delimiter if the length prefix does not count the delimiter,
    /// and zero if it does. The prefix does not count the delimiter if `until` comes before the
    /// length in the declaration.
    fn behind(&self, frame: &Frame<'a>, laid: &Laid) -> usize {
        let position = |of: fn(&Head) -> bool| frame.ty.words.head.iter().position(of);
        let len = position(|word| matches!(word, Head::Len(..)));
        let until = position(|word| matches!(word, Head::Until(_)));
        if until < len { laid.out.len() - laid.end } else { 0 }
    }

    fn derive_one(
        &self,
        frame: &Frame<'a>,
        laid: &Laid,
        autos: &[Option<i128>],
        index: usize,
    ) -> Option<i128> {
        let field = &frame.fields.list[index];
        let derived = field.derived()?;
        let scope = scope(frame, autos);
        if let Presence::When(expr) = &field.presence {
            if scope.eval(expr) != Some(1) {
                return Some(0);
            }
        }
        let target =
            |id: &Id| frame.fields.get(*id).map(|(index, _)| (&frame.values[index], &laid.spans[index]));
        let own = match &field.role {
            Role::Auto { num: Some(format), .. } => format.fixed().unwrap_or(0),
            _ => 0,
        };
        match derived {
            Derived::LenOf(Range::Content(id), rule) => match target(id)? {
                (Value::None, _) => rule.none.or_else(|| length(0, own, rule)),
                (_, span) => {
                    length(span.content.1 - span.content.0, own, rule).filter(|said| rule.none != Some(*said))
                }
            },
            Derived::LenOf(range, rule) => {
                let (from, to) = bounds(frame, laid, *range)?;
                length(to.checked_sub(from)?, own, rule)
            }
            Derived::CountOf(id, none) => match target(id)?.0 {
                Value::None => Some(none.unwrap_or(0)),
                value => Some(i128_of(value.weight())).filter(|said| *none != Some(*said)),
            },
            Derived::OffsetOf(id, bias) => match target(id)? {
                (Value::None, _) => Some(0),
                (_, span) => Some(i128_of(span.start) + bias),
            },
            Derived::TagOf(id) => {
                let (position, target) = frame.fields.get(*id)?;
                let Role::Value { ty, .. } = &target.role else { return None };
                let (ty, value) = unboxed(ty, &frame.values[position]);
                let (Ty::Frame(at), Value::Frame(variant, values)) = (ty, value) else { return Some(0) };
                number_tag(&self.declaration.types[*at], *variant, values, None).ok()
            }
            Derived::PresenceOf(id, some, none) => {
                let there = !matches!(target(id)?.0, Value::None);
                let absent = none.unwrap_or(i128::from(*some == Some(0)));
                Some(if there { some.unwrap_or(1) } else { absent })
            }
            Derived::Calc(expr, _) => scope.eval(expr),
            Derived::MagicNumber(value) => Some(*value),
            Derived::Checksum(..) | Derived::MagicBytes(_) | Derived::Pad { .. } | Derived::Align { .. } => {
                Some(0)
            }
        }
    }

    /// Computes the checksums. A checksum that is covered by another checksum is computed first.
    pub(super) fn sum_up(
        &self,
        frame: &Frame<'a>,
        laid: &mut Laid,
        scope: Values<'_>,
    ) -> Result<(), Refused> {
        let mut open: Vec<usize> = (0..frame.fields.list.len())
            .filter(|index| matches!(frame.fields.list[*index].derived(), Some(Derived::Checksum(..))))
            .collect();
        while !open.is_empty() {
            let covers = |index: usize, other: usize| {
                let Some(Derived::Checksum(_, range, _)) = frame.fields.list[index].derived() else {
                    return false;
                };
                let span = laid.spans[other];
                index != other
                    && span.start < span.end
                    && bounds(frame, laid, *range)
                        .is_some_and(|(from, to)| from <= span.start && span.end <= to)
            };
            let next = open.iter().position(|index| !open.iter().any(|other| covers(*index, *other)));
            let index = open.swap_remove(next.ok_or("checksums that cover each other")?);
            self.sum(frame, laid, scope, index)?;
        }
        Ok(())
    }

    fn sum(
        &self,
        frame: &Frame<'a>,
        laid: &mut Laid,
        scope: Values<'_>,
        index: usize,
    ) -> Result<(), Refused> {
        let field = &frame.fields.list[index];
        let (Some(Derived::Checksum(sum, range, seed)), Role::Auto { num: Some(format), extent, .. }) =
            (field.derived(), &field.role)
        else {
            return Err("no checksum");
        };
        if let Presence::When(expr) = &field.presence {
            if scope.eval(expr) != Some(1) {
                return Ok(());
            }
        }
        let own = laid.spans[index];
        let (from, to) = bounds(frame, laid, *range).ok_or("a checksum of nothing")?;
        let mut bytes: Vec<u8> = seed.iter().copied().collect();
        bytes.extend((from..to).map(|at| if (own.start..own.end).contains(&at) { 0 } else { laid.out[at] }));
        let number = i128::from(sums::compute(*sum, &bytes));
        let written = self.digits_or_number(number, &scope.turned_number(format), frame.order, extent)?;
        laid.out[own.start..own.start + written.len()].copy_from_slice(&written);
        Ok(())
    }
}

/// Returns the start and end offsets of the bytes of a range.
pub(super) fn bounds(frame: &Frame<'_>, laid: &Laid, range: Range) -> Option<(usize, usize)> {
    let span = |id: Id| frame.fields.get(id).map(|(index, _)| laid.spans[index]);
    Some(match range {
        Range::Content(id) => span(id)?.content,
        Range::Closed(from, to) => {
            let from = from.map_or(Some(0), |from| span(from).map(|span| span.start))?;
            (from, to.map_or(Some(laid.end), |to| span(to).map(|span| span.end))?)
        }
        Range::HalfOpen(from, to) => (span(from)?.start, span(to)?.start),
    })
}

/// Returns the value of a length field for content of `bytes` bytes, or `None` if no value
/// represents that length. `own` is the size of the length field.
pub(super) fn length(bytes: usize, own: usize, rule: &Rule) -> Option<i128> {
    let counted = bytes + if rule.inclusive { own } else { 0 };
    let scale = rule.scale.max(1);
    if counted % scale != 0 || rule.max.is_some_and(|max| bytes > max) {
        return None;
    }
    Some(i128_of(counted / scale) + rule.bias).filter(|said| *said >= 0)
}

fn unboxed<'v>(ty: &'v Ty, value: &'v Value) -> (&'v Ty, &'v Value) {
    match ty {
        Ty::Boxed(inner) => unboxed(inner, value),
        _ => (ty, value),
    }
}
