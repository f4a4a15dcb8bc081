//! Encoding of one field: its presence, and its extent.

use super::auto::length;
use super::text::Encoded;
use super::{Encoder, Frame, Refused, Values, find_units, i128_of, scope};
use crate::model::{Derived, Ending, Expr, Extent, Field, Format, Num, Order, Presence, Role, Ty};
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
        out.extend(self.prefix(&content, value, extent, frame.order)?);
        let after = self.after_content(&content, value, (ty, extent, text), scope, frame.order)?;
        let start = out.len();
        out.extend(content);
        let end = out.len();
        out.extend(after);
        Ok((start, end))
    }

    /// Returns the bytes of the prefix, if the extent has one.
    fn prefix(
        &self,
        content: &[u8],
        value: &Value,
        extent: &Extent,
        order: Option<Order>,
    ) -> Result<Vec<u8>, Refused> {
        match extent {
            Extent::LenPrefixed { number, rule } => {
                let number = number.clone().unwrap_or(Format::plain(Num::U32));
                let said = length(content.len(), number.fixed().unwrap_or(0), rule)
                    .ok_or("a length that cannot be said")?;
                if rule.none == Some(said) {
                    return Err("a length that stands for nothing");
                }
                self.number(said, &number, order)
            }
            Extent::CountPrefixed { number, max, none } => {
                let count = value.weight();
                if max.is_some_and(|max| count > max) || *none == i128::try_from(count).ok() {
                    return Err("a count that cannot be said");
                }
                self.number(i128_of(count), number, order)
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Returns the bytes after the content: a delimiter, and then padding. Refuses a content that
    /// its extent does not allow.
    fn after_content(
        &self,
        content: &[u8],
        value: &Value,
        (ty, extent, text): (&Ty, &Extent, Option<Encoded>),
        scope: Values<'_>,
        order: Option<Order>,
    ) -> Result<Vec<u8>, Refused> {
        let agrees = |expr: &Expr, size: usize| {
            !self.strict || scope.eval(expr).and_then(|said| usize::try_from(said).ok()) == Some(size)
        };
        match extent {
            Extent::Len(expr) if !agrees(expr, content.len()) => Err("another length"),
            Extent::Count(expr) if !agrees(expr, value.weight()) => Err("another count"),
            Extent::None | Extent::Rest | Extent::LenPrefixed { .. } | Extent::CountPrefixed { .. } => {
                Ok(Vec::new())
            }
            Extent::Len(_) | Extent::Count(_) => Ok(Vec::new()),
            Extent::Until(bytes) => {
                let bytes = units(text, bytes);
                let all = [content, &bytes[..]].concat();
                if self.strict && find_units(&all, &bytes, unit(text)) != Some(content.len()) {
                    return Err("a delimiter within the value");
                }
                Ok(bytes)
            }
            // This delimiter is written later, when it is known whether something follows.
            Extent::UntilAny { ending: Ending::Between, .. } => Ok(Vec::new()),
            Extent::UntilAny { any, ending } => {
                let all = [content, &units(text, &any[0])[..]].concat();
                let found = |bytes: &Vec<u8>| find_units(&all, &units(text, bytes), unit(text));
                if self.strict && any.iter().any(|bytes| found(bytes).is_some_and(|at| at < content.len())) {
                    return Err("a delimiter within the value");
                }
                let is_written = matches!(ending, Ending::Consumed | Ending::Optional);
                Ok(if is_written { units(text, &any[0]) } else { Vec::new() })
            }
            Extent::Stopped { size, until, fill } => {
                let size = scope.eval(size).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
                self.stopped(content, size, (*until, *fill), text)
            }
            Extent::Items { .. } | Extent::Bits(_) | Extent::In(_) => Err("items in items"),
            Extent::UntilItem(end) => self.last_item(ty, value, *end, order),
            Extent::UntilGreater { bound, plus } => {
                let Value::List(items) = value else { return Err("no list") };
                if items.iter().any(|item| is_too_large(ty, item, *plus)) {
                    return Err("an item for which the condition has no value");
                }
                let last = items.iter().position(|item| item.number() > Some(*bound));
                if last.is_none() || last.map(|last| last + 1) != Some(items.len()) {
                    return Err("a list without its last item at the end");
                }
                Ok(Vec::new())
            }
            Extent::Fixed { len, fill, .. } => self.padding(content, ty, *len, *fill),
        }
    }

    /// Returns the delimiter and the padding of a value in a slot of `size` bytes.
    fn stopped(
        &self,
        content: &[u8],
        size: usize,
        (until, fill): (u8, u8),
        text: Option<Encoded>,
    ) -> Result<Vec<u8>, Refused> {
        let (until, fill, unit) = (units(text, &[until]), units(text, &[fill]), unit(text));
        let room = size.saturating_sub(content.len());
        let fits = content.len() <= size && (room == 0 || room >= unit) && room % unit == 0;
        if self.strict && (!fits || find_units(content, &until, unit).is_some()) {
            return Err("a value that does not fit its place");
        }
        let delimiter = if room > 0 { until } else { Vec::new() };
        let padding = fill.repeat(room.saturating_sub(unit) / unit);
        Ok([delimiter, padding].concat())
    }

    /// Returns the bytes of the item that ends a list.
    fn last_item(&self, ty: &Ty, value: &Value, end: i128, order: Option<Order>) -> Result<Vec<u8>, Refused> {
        let Value::List(items) = value else { return Err("no list") };
        if items.iter().any(|item| item.number() == Some(end)) {
            return Err("the last item within the list");
        }
        let Ty::List(item) = ty else { return Err("no list") };
        let Ty::Num(num) = **item else { return Err("no number") };
        self.number(end, &Format::plain(num), order)
    }

    /// Returns the padding of a value in `len` bytes.
    fn padding(&self, content: &[u8], ty: &Ty, len: usize, fill: Option<u8>) -> Result<Vec<u8>, Refused> {
        let is_longer = content.len() > len;
        let padding = |fill: u8| vec![fill; len.saturating_sub(content.len())];
        match (ty, fill) {
            (Ty::Bytes(_) | Ty::Text(_), fill) => {
                let fill = fill.unwrap_or(0);
                if is_longer || content.last() == Some(&fill) {
                    return Err("a value that does not fit its place");
                }
                Ok(padding(fill))
            }
            // `last_is_told` has already checked that the last item cannot be taken for padding.
            (Ty::List(_), Some(_)) if is_longer => Err("a list that does not fit its place"),
            (Ty::List(_), Some(fill)) => Ok(padding(fill)),
            (_, Some(_)) if is_longer && self.strict => Err("a frame that does not fit its place"),
            (_, Some(fill)) => Ok(padding(fill)),
            (_, None) if content.len() != len && self.strict => Err("another size than the fixed one"),
            (_, None) => Ok(Vec::new()),
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

/// Returns `bytes` as code units of a text. Other values consist of single bytes.
fn units(text: Option<Encoded>, bytes: &[u8]) -> Vec<u8> {
    text.map_or(bytes.to_vec(), |text| text.units(bytes))
}

/// Returns the size of a code unit in bytes.
fn unit(text: Option<Encoded>) -> usize {
    text.map_or(1, Encoded::unit)
}

/// Returns `true` if the type of the items of the list `ty` cannot hold the sum of `item` and `plus`.
fn is_too_large(ty: &Ty, item: &Value, plus: i128) -> bool {
    match ty {
        // The model has only the lower half of these numbers.
        Ty::List(of) if matches!(**of, Ty::Num(Num::U128)) => false,
        Ty::List(of) => match (&**of, item.number()) {
            (Ty::Num(num), Some(number)) => number > num.limits().1 - plus,
            _ => false,
        },
        _ => false,
    }
}
