//! Encoding of the value of a field.

use super::text::Encoded;
use super::{Encoder, Frame, Handed, Refused, Values, find, i128_of};
use crate::model::{Expr, Extent, Form, Format, Given, HANDED, Num, Order, Ty, Wire};
use crate::values::Value;

impl<'a> Encoder<'a> {
    /// Encodes a value that is present, with its extent. Returns the start and end offsets of its
    /// content.
    pub(super) fn value(
        &self,
        frame: &Frame<'a>,
        value: &'a Value,
        (ty, wire): (&'a Ty, &Wire),
        (extent, given): (&Extent, &Given),
        scope: Values<'_>,
        out: &mut Vec<u8>,
    ) -> Result<(usize, usize), Refused> {
        let start = out.len();
        if let Extent::In(id) = extent {
            let sizes = frame.fields.get(*id).map(|(index, _)| &frame.values[index]);
            out.extend(self.items_in(sizes, value)?);
            return Ok((start, out.len()));
        }
        if let Extent::Items { within, each, separator } = extent {
            let is_counted = matches!(**within, Extent::CountPrefixed { .. } | Extent::Count(_));
            let how = (&**each, separator.as_deref(), is_counted);
            let content = self.items(frame, (ty, wire), value, (how, given), scope)?;
            return self.with_extent(frame, content, value, (ty, within, None), scope, out);
        }
        match (&wire.form, ty) {
            (Form::Bytes(id), Ty::Num(num)) => {
                let bytes = scope.eval(&Expr::Field(*id));
                let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok()).unwrap_or(usize::MAX);
                let order = wire.said().or(frame.order);
                out.extend(self.in_bytes(value.number().unwrap_or(0), (*num, bytes), order)?);
                Ok((start, out.len()))
            }
            (Form::Text(encoding), Ty::Text(_)) => {
                let text = Encoded::new(*encoding, frame.order);
                let content = self.encoded(text, value)?;
                if let (Extent::Fixed { len, fill, .. }, 2) = (extent, text.unit()) {
                    let fill = text.units(&[fill.unwrap_or(0)]);
                    if content.len() > *len || content.ends_with(&fill) {
                        return Err("a value that does not fit its place");
                    }
                    let units = (len - content.len()) / 2;
                    out.extend(&content);
                    let end = out.len();
                    out.extend(fill.repeat(units));
                    return Ok((start, end));
                }
                self.with_extent(frame, content, value, (ty, extent, Some(text)), scope, out)
            }
            _ => {
                if let (Extent::Fixed { fill: Some(fill), .. }, Ty::List(item), Value::List(items)) =
                    (extent, ty, value)
                {
                    self.last_is_told(frame, (item, wire), items.last(), (*fill, given), scope)?;
                }
                let mut content = self.given(frame, (ty, wire), value, (extent, given), scope)?;
                if given.since {
                    let mut around = Vec::new();
                    let around = self.with_extent(
                        frame,
                        content.clone(),
                        value,
                        (ty, extent, None),
                        scope,
                        &mut around,
                    )?;
                    let front = (start + around.0).to_le_bytes()[0];
                    content.iter_mut().for_each(|byte| *byte ^= front);
                }
                if let (Extent::Fixed { len, fill: None, .. }, true) = (extent, given.xor) {
                    // The module is given all bytes of the field, so none are padding.
                    if content.len() != *len {
                        return Err("another size than the fixed one");
                    }
                    out.extend(content);
                    return Ok((start, out.len()));
                }
                self.with_extent(frame, content, value, (ty, extent, None), scope, out)
            }
        }
    }

    /// Encodes the items of a list. The elements of another list are the sizes of the items.
    fn items_in(&self, sizes: Option<&Value>, value: &Value) -> Result<Vec<u8>, Refused> {
        let (Some(Value::List(sizes)), Value::List(items)) = (sizes, value) else {
            return Err("no lists");
        };
        let agree = |(size, item): (&Value, &Value)| size.number() == Some(i128_of(item.weight()));
        if self.strict && (sizes.len() != items.len() || !sizes.iter().zip(items).all(agree)) {
            return Err("items of other sizes");
        }
        let bytes = items.iter().map(|item| match item {
            Value::Bytes(bytes) => Ok(&bytes[..]),
            _ => Err("no bytes"),
        });
        Ok(bytes.collect::<Result<Vec<_>, _>>()?.concat())
    }

    /// Refuses a padded list if its last item could be taken for padding.
    fn last_is_told(
        &self,
        frame: &Frame<'a>,
        (item, wire): (&'a Ty, &Wire),
        last: Option<&'a Value>,
        (fill, given): (u8, &Given),
        scope: Values<'_>,
    ) -> Result<(), Refused> {
        let Some(last) = last else { return Ok(()) };
        let bytes = self.given(frame, (item, wire), last, (&Extent::None, given), scope)?;
        let is_fill = bytes.iter().all(|byte| *byte == fill);
        if is_fill { Err("a last item that is all fill") } else { Ok(()) }
    }

    /// Encodes the content of a field. Passes a tag and context values to its type, if the
    /// declaration says so.
    fn given(
        &self,
        frame: &Frame<'a>,
        (ty, wire): (&'a Ty, &Wire),
        value: &'a Value,
        (extent, given): (&Extent, &Given),
        scope: Values<'_>,
    ) -> Result<Vec<u8>, Refused> {
        let handed = Handed {
            tag: given.tag.as_ref().and_then(|tag| scope.eval(tag)),
            ctx: values_of(&given.ctx, scope),
        };
        if given.tag.is_some() && handed.tag.is_none() && self.strict {
            return Err("a tag that is not known");
        }
        let content = self.content(frame, ty, wire, value, (handed, extent))?;
        Ok(if given.xor || given.masked { content.iter().map(|byte| byte ^ 0x55).collect() } else { content })
    }

    /// Encodes the items of a list, each with its extent, or with separators between them.
    fn items(
        &self,
        frame: &Frame<'a>,
        (ty, wire): (&'a Ty, &Wire),
        value: &'a Value,
        ((each, separator, is_counted), given): ((&Extent, Option<&[u8]>, bool), &Given),
        scope: Values<'_>,
    ) -> Result<Vec<u8>, Refused> {
        let (Ty::List(ty), Value::List(items)) = (ty, value) else { return Err("no list") };
        if let Extent::Bits(width) = each {
            return self.bit_items(frame, (*width, ty), items, is_counted);
        }
        let mut all = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let content = self.given(frame, (ty, wire), item, (each, given), scope)?;
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
            self.with_extent(frame, content, item, (ty, each, None), scope, &mut all)?;
            all.extend(separator.filter(|_| !is_last).unwrap_or_default());
        }
        Ok(all)
    }

    /// Encodes a value of any type, without its extent.
    fn content(
        &self,
        frame: &Frame<'a>,
        ty: &'a Ty,
        wire: &Wire,
        value: &'a Value,
        (handed, extent): (Handed, &Extent),
    ) -> Result<Vec<u8>, Refused> {
        let order = wire.said().or(frame.order);
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

/// Returns the values that are passed to a type.
pub(crate) fn values_of(ctx: &[Expr], scope: Values<'_>) -> [Option<i128>; HANDED] {
    let mut values = [None; HANDED];
    for (place, expr) in values.iter_mut().zip(ctx) {
        *place = scope.eval(expr);
    }
    values
}
