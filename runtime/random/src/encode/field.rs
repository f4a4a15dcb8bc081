//! One field: its content, and what says where that ends.

use super::auto::length;
use super::text::Encoded;
use super::{Encoder, Frame, Handed, Refused, Scope, find, find_units, i128_of, scope};
use crate::model::{
    Derived, Ending, Expr, Extent, Field, Form, Format, Given, Num, Order, Presence, Role, Ty, Wire,
};
use crate::values::Value;

impl<'a> Encoder<'a> {
    /// One field that is no bit field; returns where its content is.
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
                self.auto(frame, num.as_ref(), extent, derived, (index, autos), out)?;
                Ok((here.0, out.len()))
            }
            Role::Value { .. } if matches!(value, Value::None) => {
                self.absent(frame, field, out)?;
                Ok(here)
            }
            Role::Value { .. } if matches!(field.presence, Presence::Number(none) if value.number() == Some(none)) => {
                Err("the number that stands for nothing")
            }
            Role::Value { extent: Extent::In(id), .. } => {
                let sizes = frame.fields.get(*id).map(|(index, _)| &frame.values[index]);
                let (Some(Value::List(sizes)), Value::List(items)) = (sizes, value) else {
                    return Err("no lists");
                };
                let agree = |(size, item): (&Value, &Value)| size.number() == Some(i128_of(item.weight()));
                if self.strict && (sizes.len() != items.len() || !sizes.iter().zip(items).all(agree)) {
                    return Err("items of other sizes");
                }
                for item in items {
                    let Value::Bytes(bytes) = item else { return Err("no bytes") };
                    out.extend(bytes);
                }
                Ok((here.0, out.len()))
            }
            Role::Value { ty, wire, extent: Extent::Items { within, each, separator }, .. } => {
                let is_counted = matches!(**within, Extent::CountPrefixed { .. } | Extent::Count(_));
                let how = (&**each, separator.as_deref(), is_counted);
                let content = self.items(frame, (ty, wire), value, how, scope(frame, autos))?;
                self.with_extent(frame, content, value, (ty, within, 1), scope(frame, autos), out)
            }
            Role::Value { ty: Ty::Num(num), wire: Wire { form: Form::Bytes(id), order }, .. } => {
                let bytes = scope(frame, autos).eval(&Expr::Field(*id));
                let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX);
                let order = order.or(frame.order);
                out.extend(self.in_bytes(value.number().unwrap_or(0), (*num, bytes), order)?);
                Ok((here.0, out.len()))
            }
            Role::Value {
                ty: ty @ Ty::Text(_),
                wire: Wire { form: Form::Text(encoding), .. },
                extent,
                ..
            } => {
                let text = Encoded::new(*encoding, frame.order);
                let content = self.encoded(text, value)?;
                let extent = text.extent(extent);
                if let (Extent::Fixed { len, fill, .. }, 2) = (&extent, text.unit()) {
                    let fill = text.units(&[fill.unwrap_or(0)]);
                    if content.len() > *len || content.ends_with(&fill) {
                        return Err("a value that does not fit its place");
                    }
                    let units = (len - content.len()) / 2;
                    out.extend(&content);
                    let end = out.len();
                    out.extend(fill.repeat(units));
                    return Ok((here.0, end));
                }
                self.with_extent(frame, content, value, (ty, &extent, text.unit()), scope(frame, autos), out)
            }
            Role::Value { ty, wire, extent, given } => {
                let content = self.given(frame, (ty, wire), value, (extent, given), scope(frame, autos))?;
                self.with_extent(frame, content, value, (ty, extent, 1), scope(frame, autos), out)
            }
        }
    }

    /// The number of a length that stands for an absent value.
    fn absent(&self, frame: &Frame<'a>, field: &Field, out: &mut Vec<u8>) -> Result<(), Refused> {
        let Role::Value { ty, wire, extent, .. } = &field.role else { return Ok(()) };
        if let (Presence::Number(none), Ty::Num(num)) = (&field.presence, ty) {
            let number = Format { num: *num, wire: wire.clone() };
            out.extend(self.number(*none, &number, frame.order)?);
            return Ok(());
        }
        let (none, number) = match extent {
            Extent::LenPrefixed { number, rule } => (rule.none, number.clone()),
            Extent::CountPrefixed { number, none, .. } => (*none, Some(number.clone())),
            _ => return Ok(()),
        };
        if let Some(none) = none {
            let number = number.unwrap_or(Format::plain(Num::U32));
            out.extend(self.number(none, &number, frame.order)?);
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

    /// The content of a field that may hand something on.
    fn given(
        &self,
        frame: &Frame<'a>,
        (ty, wire): (&'a Ty, &Wire),
        value: &'a Value,
        (extent, given): (&Extent, &Given),
        scope: Scope<'_>,
    ) -> Result<Vec<u8>, Refused> {
        let handed = Handed {
            tag: given.tag.as_ref().and_then(|tag| scope.eval(tag)),
            ctx: given.ctx.as_ref().and_then(|ctx| scope.eval(ctx)),
        };
        if given.tag.is_some() && handed.tag.is_none() && self.strict {
            return Err("a tag that is not known");
        }
        let content = self.content(frame, ty, wire, value, (handed, extent))?;
        Ok(if given.xor || given.masked { content.iter().map(|byte| byte ^ 0x55).collect() } else { content })
    }

    /// The items of a list, each with what says where it ends, or with delimiters between them.
    fn items(
        &self,
        frame: &Frame<'a>,
        (ty, wire): (&'a Ty, &Wire),
        value: &'a Value,
        (each, separator, is_counted): (&Extent, Option<&[u8]>, bool),
        scope: Scope<'_>,
    ) -> Result<Vec<u8>, Refused> {
        let (Ty::List(ty), Value::List(items)) = (ty, value) else { return Err("no list") };
        if let Extent::Bits(width) = each {
            return self.bit_items(frame, (*width, ty), items, is_counted);
        }
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let content = self.content(frame, ty, wire, item, (Handed::default(), each))?;
            let is_last = index + 1 == items.len();
            if let Some(by) = separator {
                let behind: &[u8] = if is_last { &[] } else { by };
                let found = find(&[&content[..], behind].concat(), by);
                if self.strict && found.is_some_and(|found| is_last || found < content.len()) {
                    return Err("a separator within an item");
                }
                if self.strict && items.len() == 1 && content.is_empty() {
                    return Err("a list of nothing but an empty item");
                }
            }
            self.with_extent(frame, content, item, (ty, each, 1), scope, &mut all)?;
            all.extend(separator.filter(|_| !is_last).unwrap_or_default());
        }
        Ok(all)
    }

    /// Writes what stands around the content; returns where that is.
    fn with_extent(
        &self,
        frame: &Frame<'a>,
        content: Vec<u8>,
        value: &Value,
        (ty, extent, unit): (&Ty, &Extent, usize),
        scope: Scope<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(usize, usize), Refused> {
        let order = frame.order;
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
                if self.strict
                    && find_units(&[&content, &bytes[..]].concat(), bytes, unit) != Some(content.len())
                {
                    return Err("a delimiter within the value");
                }
                delimiter = Some(bytes.clone());
            }
            // The delimiter is written once it is known what follows.
            Extent::UntilAny { ending: Ending::Between, .. } => {}
            Extent::UntilAny { any, ending } => {
                let all = [&content, &any[0][..]].concat();
                let within = any.iter().any(|bytes| find(&all, bytes).is_some_and(|at| at < content.len()));
                if self.strict && within {
                    return Err("a delimiter within the value");
                }
                let is_written = matches!(ending, Ending::Consumed | Ending::Optional);
                delimiter = Some(any[0].clone()).filter(|_| is_written);
            }
            Extent::Stopped { size, until, fill: byte } => {
                let size = scope.eval(size).and_then(|size| usize::try_from(size).ok()).unwrap_or(0);
                if self.strict && (content.len() > size || content.contains(until)) {
                    return Err("a value that does not fit its place");
                }
                delimiter = (content.len() < size).then(|| vec![*until]);
                fill = size.checked_sub(content.len() + 1).map(|len| (len, *byte));
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
                fill = Some((len - content.len(), byte));
            }
            Extent::Fixed { len, fill: Some(byte), .. } if !matches!(ty, Ty::List(_)) => {
                if content.len() > *len && self.strict {
                    return Err("a frame that does not fit its place");
                }
                fill = Some((len.saturating_sub(content.len()), *byte));
            }
            Extent::Fixed { len, fill: Some(byte), .. } => {
                let last = content.len().checked_div(value.weight()).unwrap_or(0);
                let last = &content[content.len() - last..];
                if content.len() > *len || (!last.is_empty() && last.iter().all(|each| each == byte)) {
                    return Err("a list that does not fit its place");
                }
                fill = Some((len - content.len(), *byte));
            }
            Extent::Fixed { len, .. } if content.len() != *len && self.strict => {
                return Err("another size than the fixed one");
            }
            Extent::Fixed { .. } => {}
        }
        let start = out.len();
        out.extend(&content);
        let end = out.len();
        // Of a place that is filled up, the delimiter is the first byte behind the value.
        out.extend(delimiter.into_iter().flatten());
        if let Some((len, byte)) = fill {
            out.resize(out.len() + len, byte);
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

    /// A value of any type without what says where it ends.
    fn content(
        &self,
        frame: &Frame<'a>,
        ty: &'a Ty,
        wire: &Wire,
        value: &'a Value,
        (handed, extent): (Handed, &Extent),
    ) -> Result<Vec<u8>, Refused> {
        let order = wire.order.or(frame.order);
        let items = |types: &mut dyn Iterator<Item = &'a Ty>, values: &'a [Value]| {
            let mut all = Vec::new();
            for (ty, value) in types.zip(values) {
                all.extend(self.content(frame, ty, wire, value, (handed, &Extent::None))?);
            }
            Ok(all)
        };
        match (ty, value) {
            (Ty::Num(num) | Ty::NonZero(num), Value::Int(number)) => {
                let format = Format { num: *num, wire: wire.clone() };
                self.digits_or_number(*number, &format, order, extent)
            }
            (Ty::Bool, Value::Int(number)) => Ok(vec![u8::from(*number != 0)]),
            (Ty::Ipv4, Value::Int(number)) => {
                self.number(*number, &Format::plain(Num::U32), Some(Order::Big))
            }
            (Ty::Ipv6, Value::Int(number)) => {
                self.number(*number, &Format::plain(Num::U128), Some(Order::Big))
            }
            (Ty::Millis, Value::Int(number)) => self.number(*number, &Format::plain(Num::U32), order),
            (Ty::Even, Value::Int(number)) if number % 2 != 0 => Err("a value that does not convert"),
            (Ty::Even, Value::Int(number)) => self.number(*number, &Format::plain(Num::U16), order),
            (Ty::Text(_), Value::Bytes(bytes)) if matches!(wire.form, Form::Bcd { .. }) => {
                let Form::Bcd { bytes: len, fill, swapped } = wire.form else { return Err("no digits") };
                self.decimals(&String::from_utf8_lossy(bytes), len, fill, swapped)
            }
            (Ty::Bytes(_) | Ty::Text(_), Value::Bytes(bytes)) => Ok(bytes.clone()),
            (Ty::Array(item, _) | Ty::List(item), Value::List(values)) => {
                items(&mut std::iter::repeat(&**item), values)
            }
            (Ty::Tuple(types), Value::List(values)) => items(&mut types.iter(), values),
            (Ty::Boxed(item), value) => self.content(frame, item, wire, value, (handed, extent)),
            (Ty::Param, value) => self.content(frame, frame.argument, wire, value, (handed, extent)),
            (Ty::Frame(at), value) => self.frame(*at, frame.argument, value, handed),
            (Ty::FrameOf(at, argument), value) => self.frame(*at, argument, value, handed),
            _ => Err("no value of this type"),
        }
    }
}
