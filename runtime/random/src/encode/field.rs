//! Encoding of one field: its presence, and its extent.

use super::auto::length;
use super::text::Encoded;
use super::{Encoder, Frame, Refused, Values, find_units, i128_of, scope};
use crate::model::{Derived, Ending, Expr, Extent, Field, Format, Num, Presence, Role, Ty, Wire};
use crate::values::Value;

impl<'a> Encoder<'a> {
    /// Encodes a field that is not a bit field. Returns the start and end offsets of its content.
    pub(super) fn field(
        &self,
        frame: &Frame<'a>,
        index: usize,
        autos: &[Option<i128>],
        out: &mut Vec<u8>,
    ) -> Result<(usize, usize), Refused> {
        let field = &frame.fields.list[index];
        let value = &frame.values[index];
        let here = (out.len(), out.len());
        if let (Presence::Lead(lead), false) = (&field.presence, matches!(value, Value::None)) {
            out.extend(lead);
        }
        match &field.role {
            Role::Skip(_) | Role::Kept(_) | Role::Bits { .. } => Ok(here),
            Role::Auto { num, extent, derived } => {
                if let Presence::When(expr) = &field.presence {
                    if scope(frame, autos).eval(expr) != Some(1) {
                        return Ok(here);
                    }
                }
                let num = num.as_ref().map(|num| scope(frame, autos).turned_number(num));
                self.auto(frame, num.as_ref(), extent, derived, (index, autos), out)?;
                Ok((here.0, out.len()))
            }
            Role::Value { .. } if matches!(value, Value::None) => {
                self.absent(frame, field, scope(frame, autos), out)?;
                Ok(here)
            }
            Role::Value { .. } if matches!(field.presence, Presence::Number(none) if value.number() == Some(none)) => {
                Err("the number that stands for nothing")
            }
            Role::Value { ty, wire, extent, given } => {
                let scope = scope(frame, autos);
                let (wire, extent) = (scope.turned(wire), turned(extent, scope));
                self.value(frame, value, (ty, &wire), (&extent, given), scope, out)
            }
        }
    }

    /// Encodes the number that stands for an absent value, if the declaration has such a number.
    fn absent(
        &self,
        frame: &Frame<'a>,
        field: &Field,
        scope: Values<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(), Refused> {
        let Role::Value { ty, wire, extent, .. } = &field.role else { return Ok(()) };
        if let (Presence::Number(none), Ty::Num(num)) = (&field.presence, ty) {
            let number = Format { num: *num, wire: wire.clone() };
            out.extend(self.number(*none, &scope.turned_number(&number), frame.order)?);
            return Ok(());
        }
        let (none, number) = match extent {
            Extent::LenPrefixed { number, rule } => (rule.none, number.clone()),
            Extent::CountPrefixed { number, none, .. } => (*none, Some(number.clone())),
            _ => return Ok(()),
        };
        if let Some(none) = none {
            let number = number.unwrap_or(Format::plain(Num::U32));
            out.extend(self.number(none, &scope.turned_number(&number), frame.order)?);
        }
        Ok(())
    }

    fn auto(
        &self,
        frame: &Frame<'a>,
        num: Option<&Format>,
        extent: &Extent,
        derived: &Derived,
        (index, autos): (usize, &[Option<i128>]),
        out: &mut Vec<u8>,
    ) -> Result<(), Refused> {
        match (derived, num) {
            (Derived::MagicBytes(bytes), _) => out.extend(bytes),
            (Derived::Pad { len, fill, .. }, _) => {
                let len = len.as_ref().and_then(|len| scope(frame, autos).eval(len)).unwrap_or(0);
                let len = usize::try_from(len).map_err(|_| "a padding of a negative size")?;
                out.resize(out.len() + len, fill.unwrap_or(0));
            }
            (Derived::Align { to, fill, .. }, _) => {
                out.resize(out.len().next_multiple_of(*to), fill.unwrap_or(0));
            }
            (Derived::MagicNumber(value), Some(format)) => {
                out.extend(self.number(*value, format, frame.order)?);
            }
            (_, Some(format)) => {
                let value = autos[index].unwrap_or(0);
                out.extend(self.digits_or_number(value, format, frame.order, extent)?);
                if let Extent::Until(delimiter) = extent {
                    out.extend(delimiter);
                }
            }
            (_, None) => return Err("an `Auto` without a number"),
        }
        Ok(())
    }

    /// Writes the content with what its extent adds: a prefix, a delimiter or padding. Returns the
    /// start and end offsets of the content.
    pub(super) fn with_extent(
        &self,
        frame: &Frame<'a>,
        content: Vec<u8>,
        value: &Value,
        (ty, extent, text): (&Ty, &Extent, Option<Encoded>),
        scope: Values<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(usize, usize), Refused> {
        let order = frame.order;
        let units = |bytes: &[u8]| text.map_or(bytes.to_vec(), |text| text.units(bytes));
        let unit = text.map_or(1, Encoded::unit);
        let agrees = |expr: &Expr, size: usize| {
            !self.strict || scope.eval(expr).and_then(|said| usize::try_from(said).ok()) == Some(size)
        };
        let (mut fill, mut delimiter) = (None, None);
        match extent {
            Extent::None | Extent::Rest => {}
            Extent::LenPrefixed { number, rule } => {
                let number = number.clone().unwrap_or(Format::plain(Num::U32));
                let said = length(content.len(), number.fixed().unwrap_or(0), rule)
                    .ok_or("a length that cannot be said")?;
                if rule.none == Some(said) {
                    return Err("a length that stands for nothing");
                }
                out.extend(self.number(said, &number, order)?);
            }
            Extent::CountPrefixed { number, max, none } => {
                let count = value.weight();
                if max.is_some_and(|max| count > max) || *none == i128::try_from(count).ok() {
                    return Err("a count that cannot be said");
                }
                out.extend(self.number(i128_of(count), number, order)?);
            }
            Extent::Len(expr) if !agrees(expr, content.len()) => return Err("another length"),
            Extent::Count(expr) if !agrees(expr, value.weight()) => return Err("another count"),
            Extent::Len(_) | Extent::Count(_) => {}
            Extent::Until(bytes) => {
                let bytes = units(bytes);
                if self.strict
                    && find_units(&[&content, &bytes[..]].concat(), &bytes, unit) != Some(content.len())
                {
                    return Err("a delimiter within the value");
                }
                delimiter = Some(bytes);
            }
            // This delimiter is written later, when it is known whether something follows.
            Extent::UntilAny { ending: Ending::Between, .. } => {}
            Extent::UntilAny { any, ending } => {
                let all = [&content, &units(&any[0])[..]].concat();
                let found = |bytes: &Vec<u8>| find_units(&all, &units(bytes), unit);
                if self.strict && any.iter().any(|bytes| found(bytes).is_some_and(|at| at < content.len())) {
                    return Err("a delimiter within the value");
                }
                let is_written = matches!(ending, Ending::Consumed | Ending::Optional);
                delimiter = Some(units(&any[0])).filter(|_| is_written);
            }
            Extent::Stopped { size, until, fill: byte } => {
                let size = scope.eval(size).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
                let until = units(&[*until]);
                let room = size.saturating_sub(content.len());
                let fits = content.len() <= size && (room == 0 || room >= unit) && room % unit == 0;
                if self.strict && (!fits || find_units(&content, &until, unit).is_some()) {
                    return Err("a value that does not fit its place");
                }
                delimiter = (room > 0).then_some(until);
                fill = room.checked_sub(unit).map(|len| (len / unit, units(&[*byte])));
            }
            Extent::Items { .. } | Extent::Bits(_) | Extent::In(_) => return Err("items in items"),
            Extent::UntilItem(end) => {
                let Value::List(items) = value else { return Err("no list") };
                if items.iter().any(|item| item.number() == Some(*end)) {
                    return Err("the last item within the list");
                }
                let item = Value::Int(*end);
                let Ty::List(item_ty) = ty else { return Err("no list") };
                delimiter = Some(self.plain(frame, item_ty, &Wire::PLAIN, &item)?);
            }
            Extent::UntilGreater(bound) => {
                let Value::List(items) = value else { return Err("no list") };
                let last = items.iter().position(|item| item.number() > Some(*bound));
                if last.is_none() || last.map(|last| last + 1) != Some(items.len()) {
                    return Err("a list without its last item at the end");
                }
            }
            Extent::Fixed { len, fill: byte, .. } if matches!(ty, Ty::Bytes(_) | Ty::Text(_)) => {
                let byte = byte.unwrap_or(0);
                if content.len() > *len || content.last() == Some(&byte) {
                    return Err("a value that does not fit its place");
                }
                fill = Some((len - content.len(), vec![byte]));
            }
            Extent::Fixed { len, fill: Some(byte), .. } if !matches!(ty, Ty::List(_)) => {
                if content.len() > *len && self.strict {
                    return Err("a frame that does not fit its place");
                }
                fill = Some((len.saturating_sub(content.len()), vec![*byte]));
            }
            // `last_is_told` has already checked that the last item cannot be taken for padding.
            Extent::Fixed { len, fill: Some(byte), .. } => {
                if content.len() > *len {
                    return Err("a list that does not fit its place");
                }
                fill = Some((len - content.len(), vec![*byte]));
            }
            Extent::Fixed { len, .. } if content.len() != *len && self.strict => {
                return Err("another size than the fixed one");
            }
            Extent::Fixed { .. } => {}
        }
        let start = out.len();
        out.extend(&content);
        let end = out.len();
        // In a padded field, the delimiter comes directly after the value, before the padding.
        out.extend(delimiter.into_iter().flatten());
        if let Some((count, bytes)) = fill {
            out.extend(bytes.repeat(count));
        }
        Ok((start, end))
    }

    fn plain(&self, frame: &Frame<'a>, ty: &'a Ty, wire: &Wire, value: &Value) -> Result<Vec<u8>, Refused> {
        match (ty, value) {
            (Ty::Num(num), Value::Int(number)) => {
                self.number(*number, &Format { num: *num, wire: wire.clone() }, frame.order)
            }
            _ => Err("no number"),
        }
    }
}

/// Returns the extent with the byte order of its prefix resolved.
fn turned(extent: &Extent, scope: Values<'_>) -> Extent {
    let mut extent = extent.clone();
    let number = match &mut extent {
        Extent::LenPrefixed { number: Some(number), .. } | Extent::CountPrefixed { number, .. } => number,
        Extent::Items { within, .. } => {
            **within = turned(within, scope);
            return extent;
        }
        _ => return extent,
    };
    *number = scope.turned_number(number);
    extent
}
