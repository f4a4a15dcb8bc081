//! A second implementation of the language, which is as simple as possible. It encodes a value
//! repeatedly until every `Auto` is right.

mod auto;
mod bits;
mod field;
mod number;
mod scope;
mod tag;
mod text;
mod value;

pub(crate) use scope::{Context, Values};
pub(crate) use tag::chosen;
pub(crate) use value::values_of;

use crate::model::{
    Body, Declaration, Derived, Ending, Expr, Extent, Field, Fields, Format, HANDED, Head, Num, Order,
    Presence, Range, Role, Ty, Type,
};
use crate::values::Value;
use bits::run_len;

/// The reason why a value cannot be encoded.
pub(crate) type Refused = &'static str;

/// Encodes a value of the tested type.
pub(crate) fn encode(declaration: &Declaration, value: &Value) -> Result<Vec<u8>, Refused> {
    let root = declaration.types.len() - 1;
    let encoder = Encoder { declaration, strict: true };
    encoder.frame(root, &Ty::Num(Num::U8), value, Handed::default())
}

/// The context that the enclosing type passes to a frame.
#[derive(Clone, Copy, Default)]
struct Handed {
    tag: Option<i128>,
    ctx: [Option<i128>; HANDED],
}

/// A frame to encode: its type, its values and its context.
struct Frame<'a> {
    ty: &'a Type,
    argument: &'a Ty,
    fields: &'a Fields,
    values: &'a [Value],
    tag: Vec<u8>,
    tag_bits: Option<(u32, i128)>,
    ctx: Context,
    order: Option<Order>,
}

/// The encoded frame, with the positions of its parts.
#[derive(Default)]
struct Laid {
    out: Vec<u8>,
    spans: Vec<Span>,
    /// The start and end offsets of the length before the fields.
    head_len: Option<(usize, usize)>,
    /// The offset after the last field. The delimiter of the frame begins here.
    end: usize,
    /// The start offset of the delimited part, and the delimiter.
    until: Option<(usize, Vec<u8>)>,
}

#[derive(Clone, Copy, Default)]
struct Span {
    start: usize,
    end: usize,
    content: (usize, usize),
}

#[derive(Clone, Copy)]
struct Encoder<'a> {
    declaration: &'a Declaration,
    /// Whether invalid values are refused. This is not set while the values of `Auto` fields are
    /// still being determined.
    strict: bool,
}

impl<'a> Encoder<'a> {
    pub(super) fn frame(
        &self,
        at: usize,
        argument: &'a Ty,
        value: &'a Value,
        handed: Handed,
    ) -> Result<Vec<u8>, Refused> {
        let ty = &self.declaration.types[at];
        let (fields, values) = match (&ty.body, value) {
            (Body::Struct(fields), Value::Frame(_, values)) => (fields, values),
            (Body::Enum(variants), Value::Frame(variant, values)) => (&variants[*variant].fields, values),
            _ => return Err("no value of this type"),
        };
        let ctx = context(ty, handed.ctx);
        let by_ctx = ctx[0].filter(|_| ty.words.order_by_ctx);
        let by_ctx = by_ctx.map(|(_, said)| if said % 2 == 0 { Order::Big } else { Order::Little });
        let order = by_ctx.or(ty.words.order);
        let mut frame = Frame { ty, argument, fields, values, tag: Vec::new(), tag_bits: None, ctx, order };
        if let (Body::Enum(_), Value::Frame(variant, _)) = (&ty.body, value) {
            self.take_tag(&mut frame, *variant, handed.tag)?;
        }
        self.settle(&frame)
    }

    /// Encodes until the values of `Auto` fields no longer change, and then once more with all
    /// checks.
    fn settle(&self, frame: &Frame<'a>) -> Result<Vec<u8>, Refused> {
        let draft = Self { strict: false, ..*self };
        let mut autos = vec![Some(0); frame.fields.list.len() + 1];
        for _ in 0..64 {
            let laid = draft.lay_out(frame, &autos)?;
            let next = self.derive(frame, &laid, &autos);
            if next == autos {
                return if self.strict { self.finish(frame, &autos) } else { Ok(laid.out) };
            }
            autos = next;
        }
        Err("no lengths agree with each other")
    }

    fn finish(&self, frame: &Frame<'a>, autos: &[Option<i128>]) -> Result<Vec<u8>, Refused> {
        let written = frame
            .fields
            .list
            .iter()
            .zip(autos)
            .all(|(field, auto)| auto.is_some() || field.derived().is_none());
        if !written || autos.last().is_some_and(Option::is_none) {
            return Err("a length that its number cannot hold");
        }
        let mut laid = self.lay_out(frame, autos)?;
        let scope = scope(frame, autos);
        for (index, field) in frame.fields.list.iter().enumerate() {
            self.holds(scope, index, field)?;
        }
        let check = match &frame.ty.body {
            Body::Struct(_) => frame.ty.words.check.as_ref(),
            Body::Enum(variants) => variants
                .iter()
                .find(|variant| std::ptr::eq(&variant.fields, frame.fields))
                .and_then(|variant| variant.check.as_ref()),
        };
        if check.is_some_and(|check| scope.eval(check) != Some(1)) {
            return Err("a check does not hold");
        }
        self.sum_up(frame, &mut laid, scope)?;
        for (index, (field, value)) in frame.fields.list.iter().zip(frame.values).enumerate() {
            if let (Presence::Lead(lead), Value::None) = (&field.presence, value) {
                let end = laid.spans[extent_end(frame.fields, index)].end;
                if laid.out[laid.spans[index].end..end].starts_with(lead) {
                    return Err("something that looks like what is not there");
                }
            }
        }
        if let Some((from, delimiter)) = &laid.until {
            if find(&laid.out[*from..], delimiter) != Some(laid.end - from) {
                return Err("the delimiter of the frame within it, maybe in a sum");
            }
        }
        if frame.ty.words.max.is_some_and(|max| laid.out.len() > max) {
            return Err("longer than its type allows");
        }
        Ok(laid.out)
    }

    /// Evaluates the condition and the check of a field.
    fn holds(&self, scope: Values<'_>, index: usize, field: &Field) -> Result<(), Refused> {
        let value = &scope.values[index];
        let present = !matches!(value, Value::None);
        if let (Presence::When(expr), true) = (&field.presence, field.is_option()) {
            if scope.eval(expr) != Some(i128::from(present)) {
                return Err("presence and condition are at odds");
            }
        }
        if let Presence::Optional = field.presence {
            let end = extent_end(scope.fields, index);
            let later = scope.fields.list[index + 1..=end].iter().zip(&scope.values[index + 1..=end]);
            let more = later.clone().any(|(field, value)| match &field.role {
                Role::Value { extent: Extent::Rest, .. } => value.weight() > 0,
                Role::Value { .. } => !matches!(value, Value::None),
                _ => false,
            });
            if !present && more {
                return Err("something behind what is not there");
            }
            let is_empty =
                matches!(&field.role, Role::Value { extent: Extent::Rest, .. }) && value.weight() == 0;
            if present && is_empty {
                return Err("a value of no bytes that would be read as absent");
            }
        }
        let holds = |check: &Expr| {
            let value = if field.is_option() && !present { return true } else { check };
            scope.eval(value) == Some(1)
        };
        if field.check.as_ref().is_some_and(|check| !holds(check)) {
            return Err("a check does not hold");
        }
        Ok(())
    }

    /// Encodes a frame with these values of its `Auto` fields.
    fn lay_out(&self, frame: &Frame<'a>, autos: &[Option<i128>]) -> Result<Laid, Refused> {
        let mut laid = Laid::default();
        let order = frame.order;
        for word in &frame.ty.words.head {
            match word {
                Head::MagicBytes(bytes) => laid.out.extend(bytes),
                Head::MagicNumber(value, num) => {
                    laid.out.extend(self.number(*value, &Format::plain(*num), order)?)
                }
                Head::Tag(_) => laid.out.extend(&frame.tag),
                Head::Len(format, _) => {
                    let start = laid.out.len();
                    let said = autos.last().copied().flatten().unwrap_or(0);
                    let format = scope(frame, autos).turned_number(format);
                    laid.out.extend(self.number(said, &format, order)?);
                    laid.head_len = Some((start, laid.out.len()));
                }
                Head::Until(bytes) => laid.until = Some((laid.out.len(), bytes.clone())),
            }
        }
        self.lay_fields(frame, autos, &mut laid)?;
        laid.end = laid.out.len();
        if let Some((_, delimiter)) = &laid.until {
            laid.out.extend(delimiter);
        }
        Ok(laid)
    }

    fn lay_fields(&self, frame: &Frame<'a>, autos: &[Option<i128>], laid: &mut Laid) -> Result<(), Refused> {
        let fields = &frame.fields.list;
        let mut index = 0;
        let mut lead = frame.tag_bits;
        while index < fields.len() {
            let start = laid.out.len();
            if fields[index].is_bits() {
                let count = run_len(frame, &fields[index..], lead.map_or(0, |(width, _)| width));
                let run = self.run(frame, index..index + count, lead.take(), autos)?;
                laid.out.extend(run);
                let span = Span { start, end: laid.out.len(), content: (start, laid.out.len()) };
                laid.spans.extend(std::iter::repeat_n(span, count));
                index += count;
                continue;
            }
            let content = self.field(frame, index, autos, &mut laid.out)?;
            laid.spans.push(Span { start, end: laid.out.len(), content });
            index += 1;
        }
        for index in 0..fields.len() {
            self.stand_between(frame, index, laid)?;
        }
        Ok(())
    }
}

/// The delimiters that are written only if something follows.
impl<'a> Encoder<'a> {
    fn stand_between(&self, frame: &Frame<'a>, index: usize, laid: &mut Laid) -> Result<(), Refused> {
        let Role::Value { extent: Extent::UntilAny { any, ending: Ending::Between }, .. } =
            &frame.fields.list[index].role
        else {
            return Ok(());
        };
        if matches!(frame.values[index], Value::None) {
            return Ok(());
        }
        let span = laid.spans[index];
        let last = laid.spans[extent_end(frame.fields, index)].end;
        let follows = if last > span.end { &any[0][..] } else { &[] };
        let value = [&laid.out[span.content.0..span.content.1], follows].concat();
        if self.strict && find(&value, &any[0]).is_some_and(|at| at < span.content.1 - span.content.0) {
            return Err("a delimiter within the value");
        }
        laid.out.splice(span.end..span.end, follows.iter().copied());
        laid.spans[index].end += follows.len();
        for span in &mut laid.spans[index + 1..] {
            span.start += follows.len();
            span.end += follows.len();
            span.content.0 += follows.len();
            span.content.1 += follows.len();
        }
        Ok(())
    }
}

/// Returns the context of a type: the values passed to it, each with its [`Id`](crate::model::Id).
pub(crate) fn context(ty: &Type, handed: [Option<i128>; HANDED]) -> Context {
    let mut context = Context::default();
    for ((place, (id, _)), value) in context.iter_mut().zip(&ty.words.ctx).zip(handed) {
        *place = value.map(|value| (*id, value));
    }
    context
}

fn scope<'f>(frame: &'f Frame<'_>, autos: &'f [Option<i128>]) -> Values<'f> {
    Values { fields: frame.fields, values: frame.values, autos, ctx: frame.ctx }
}

/// Returns the index of the last field that is covered by the same length as the field at `index`.
/// If no length covers that field, returns the index of the last field.
fn extent_end(fields: &Fields, index: usize) -> usize {
    let ends = fields.list[..index].iter().filter_map(|field| match field.derived() {
        Some(Derived::LenOf(Range::Closed(_, Some(to)), _)) => fields.get(*to).map(|(to, _)| to),
        Some(Derived::LenOf(Range::HalfOpen(_, to), _)) => {
            fields.get(*to).and_then(|(to, _)| to.checked_sub(1))
        }
        _ => None,
    });
    ends.filter(|end| *end >= index).min().unwrap_or(fields.list.len() - 1)
}

fn fits(value: i128, (least, most): (i128, i128)) -> bool {
    (least..=most).contains(&value)
}

fn usize_of(number: u32) -> usize {
    usize::try_from(number).unwrap_or(usize::MAX)
}

fn i128_of(number: usize) -> i128 {
    i128::try_from(number).unwrap_or(i128::MAX)
}

/// Returns the offset of the first delimiter that begins at a multiple of `unit`.
fn find_units(bytes: &[u8], delimiter: &[u8], unit: usize) -> Option<usize> {
    (0..bytes.len()).step_by(unit).find(|at| bytes[*at..].starts_with(delimiter))
}

fn find(bytes: &[u8], delimiter: &[u8]) -> Option<usize> {
    bytes.windows(delimiter.len().max(1)).position(|window| window == delimiter)
}
