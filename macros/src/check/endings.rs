//! Refuses delimiters that contain the delimiter of the surrounding frame or list. A frame with
//! `until(b"\r\n")` ends at the first `\r\n`, so a field in it with `until(b"\r\n")` could be
//! encoded, but not decoded.

use proc_macro2::Span;
use quote::ToTokens;
use syn::Expr;

use crate::ast::{Data, Field, Item, list_item, named, option_item};
use crate::attr::{
    Delimiter, DerivedKind, Encoding, Ending, ExtentWord, HeadWord, Order, Presence, alternatives,
    literal_bytes, literal_units,
};
use crate::ctxt::Ctxt;

pub(super) fn check(cx: &Ctxt, item: &Item) {
    let order = item.attrs.order.as_ref().map(|order| order.value);
    item.fields().for_each(|field| check_list(cx, field, order));
    let all = match &item.data {
        Data::Struct(fields) => vec![fields],
        Data::Enum(variants) => variants.iter().map(|variant| &variant.fields).collect(),
    };
    all.iter().for_each(|fields| check_left(cx, item, fields));
    let mut words = item.attrs.head.iter().map(|word| &word.value);
    let until = words.find_map(|word| match word {
        HeadWord::Until(until) => Some(until),
        _ => None,
    });
    let Some(until) = until else { return };
    let end = End { until, of: "the frame".to_owned() };
    // The delimiter ends everything after it in the attribute, which can include a `magic`.
    for word in words {
        if let HeadWord::Magic(bytes) = word {
            let written = Written::new("magic", bytes, None);
            if end.is_in(&written, false) {
                end.refuse(cx, &written, "the type", "write another delimiter");
            }
        }
    }
    all.iter().for_each(|fields| check_fields(cx, &end, fields, order));
}

/// Returns the last field that is on the wire.
fn last(fields: &[Field]) -> Option<&Field> {
    fields.iter().rfind(|field| field.attrs.skip.is_none())
}

/// Refuses `until(.., left)` on the last field: the delimiter is left for the next field, so there
/// must be one.
fn check_left(cx: &Ctxt, item: &Item, fields: &[Field]) {
    let Some(last) = last(fields) else { return };
    if let Some(span) = leaves_delimiter(last) {
        let name = if item.is_item { "an item".to_owned() } else { format!("`{}`", last.name) };
        cx.error(
            span,
            format!(
                "`left` leaves the delimiter to the next field of the same type, but none follows {name}: add \
                 `optional` if the type ends with what encloses it, or write `#[rest]`"
            ),
        );
    }
}

/// Refuses `until(.., left)` on the last field of a range that a length counts: the delimiter is
/// behind the range, where the field cannot see it. `range` are the fields of the range, and
/// `behind` those after it.
pub(crate) fn check_left_in_range(cx: &Ctxt, length: &Field, range: &[Field], behind: &[Field]) {
    // At the end of the type, `check_left` refuses it.
    let Some(field) = last(range).filter(|_| last(behind).is_some()) else { return };
    if let Some(span) = leaves_delimiter(field) {
        let (name, length) = (&field.name, &length.name);
        cx.error(
            span,
            format!(
                "`left` leaves the delimiter of `{name}` behind the bytes that `{length}` counts, so `{name}` cannot find it: \
                 let `{length}` count the next field too, or add `optional`"
            ),
        );
    }
}

/// Returns the place of `left`, if the field always leaves its delimiter to the next one. With an
/// item that ends a list, `left` is refused elsewhere.
fn leaves_delimiter(field: &Field) -> Option<Span> {
    match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::Until { ending: Ending::Left(span), optional: None, .. })
            if !ends_with_item(field) =>
        {
            Some(*span)
        }
        _ => None,
    }
}

/// Checks the fields of a frame with `until`.
fn check_fields(cx: &Ctxt, end: &End<'_>, fields: &[Field], order: Option<Order>) {
    let last = last(fields).map(|last| last.index);
    for field in fields {
        let is_last = last == Some(field.index);
        for written in written(field, order).iter().filter(|written| end.is_in(written, is_last)) {
            let instead = match (written.word, is_last) {
                ("until", true) => "write `#[rest]`, which ends with the frame, or another delimiter",
                ("magic", true) => "remove this field, since the frame writes its delimiter",
                _ => "write another delimiter",
            };
            end.refuse(cx, written, &format!("`{}`", field.name), instead);
        }
    }
}

/// Checks the items of a list that ends with a delimiter.
fn check_list(cx: &Ctxt, field: &Field, order: Option<Order>) {
    let Some(items) = &field.each else { return };
    if ends_with_item(field) {
        return;
    }
    let until = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::Until { delimiter: Delimiter::Bytes(until) | Delimiter::Value(until), .. }) => until,
        Some(ExtentWord::Fixed { stop: Some(stop), .. } | ExtentWord::Len { stop: Some(stop), .. }) => {
            &stop.until
        }
        _ => return,
    };
    let end = End { until, of: format!("`{}`", field.name) };
    for written in items.fields().flat_map(|item| written(item, order)) {
        if written.separates && end.is_like(&written) {
            cx.error_at(
                written.bytes,
                "the separator and the end of the list contain one another: choose different ones",
            );
        } else if !written.separates && end.is_in(&written, true) {
            let name = format!("each item of `{}`", field.name);
            end.refuse(
                cx,
                &written,
                &name,
                "write another delimiter, or a type with `#[frame(until(..))]` around the list",
            );
        }
    }
}

/// Constant bytes that a field always writes if it is present, such as its delimiter.
struct Written<'a> {
    word: &'static str,
    bytes: &'a Expr,
    /// Byte order of the code units, if the bytes are UTF-16 text.
    units: Option<Order>,
    ends: bool,
    /// Whether these bytes separate items.
    separates: bool,
}

impl<'a> Written<'a> {
    fn new(word: &'static str, bytes: &'a Expr, units: Option<Order>) -> Self {
        Self { word, bytes, units, ends: false, separates: false }
    }

    /// Returns the bytes if they are a literal. Of several alternatives, returns the first, which
    /// is the one that the encoder writes.
    fn literal(&self) -> Option<Vec<u8>> {
        let first = *alternatives(self.bytes).first()?;
        match self.units {
            Some(order) => literal_units(first, order),
            None => literal_bytes(first),
        }
    }
}

/// Returns the constant bytes that a field writes in addition to its content.
fn written(field: &Field, order: Option<Order>) -> Vec<Written<'_>> {
    let attrs = &field.attrs;
    let units = match attrs.text.as_ref().map(|text| text.value) {
        Some(Encoding::Utf16(own)) => match own.or(order) {
            Some(order) => Some(order),
            // In this case the macro cannot tell whether `until` has a byte string or an item.
            None => return Vec::new(),
        },
        Some(Encoding::Ascii | Encoding::Latin1) | None => None,
    };
    let mut all = Vec::new();
    if let Some(Presence::Lead(lead)) = attrs.presence.as_ref().map(|presence| &presence.value) {
        all.push(Written::new("lead", lead, None));
    }
    if let Some(DerivedKind::Magic { value }) = attrs.derived.as_ref().map(|derived| &derived.value.kind) {
        if matches!(value, Expr::Lit(syn::ExprLit { lit: syn::Lit::ByteStr(_), .. })) {
            all.push(Written { ends: true, ..Written::new("magic", value, None) });
        }
    }
    let extent = attrs.extent.as_ref().map(|extent| &extent.value);
    let items = field.each.iter().flat_map(|items| items.fields());
    let items = items.flat_map(|item| written(item, order));
    // The field ends with its last item, unless a delimiter or padding follows the items.
    let is_open = !matches!(extent, Some(ExtentWord::Until { .. } | ExtentWord::Fixed { .. }));
    all.extend(items.map(|item| Written { ends: item.ends && is_open, separates: false, ..item }));
    if let Some(ExtentWord::Until { delimiter, ending, .. }) = extent {
        let ends = matches!(ending, Ending::Consumed);
        let separates = matches!(ending, Ending::Separates);
        let word = if separates { "separated" } else { "until" };
        let is_read = !ends_with_item(field) && !matches!(ending, Ending::Left(_));
        if let (Delimiter::Bytes(bytes) | Delimiter::Value(bytes), true) = (delimiter, is_read) {
            all.push(Written { ends, separates, ..Written::new(word, bytes, units) });
        }
    }
    all
}

fn ends_with_item(field: &Field) -> bool {
    let item = list_item(option_item(&field.ty).unwrap_or(&field.ty));
    let extent = field.attrs.extent.as_ref().map(|extent| &extent.value);
    let Some(ExtentWord::Until { delimiter, .. }) = extent else { return false };
    let has_words = field.each.is_some() && field.attrs.separated.is_none();
    !matches!(delimiter, Delimiter::Bytes(_))
        && item.is_some_and(|item| {
            has_words || field.attrs.wire.is_some() || named(item).is_none_or(|(name, _)| name != "u8")
        })
}

struct End<'a> {
    until: &'a Expr,
    /// How messages call the frame or list.
    of: String,
}

impl End<'_> {
    /// Returns `true` if the delimiter starts inside the written bytes. In the last field, the
    /// delimiter may start in these bytes and end in the delimiter that follows: `b"x\r"` before
    /// `b"\r\r"`.
    fn is_in(&self, written: &Written<'_>, is_last: bool) -> bool {
        let ends = alternatives(self.until);
        if alternatives(written.bytes).first().is_some_and(|first| ends.iter().any(|end| same(first, end))) {
            return true;
        }
        let Some(bytes) = written.literal() else { return false };
        let behind = ends.first().filter(|_| is_last && written.ends).and_then(|end| literal_bytes(end));
        let all = [&bytes[..], &behind.unwrap_or_default()].concat();
        let starts = |end: &[u8]| (0..bytes.len()).any(|at| all[at..].starts_with(end));
        ends.iter().filter_map(|end| literal_bytes(end)).any(|end| starts(&end))
    }

    /// Returns `true` if one of the two byte strings contains the other. All alternatives are
    /// compared.
    fn is_like(&self, written: &Written<'_>) -> bool {
        let literals = |expr, units: Option<Order>| -> Vec<Vec<u8>> {
            let literal = |one| units.map_or_else(|| literal_bytes(one), |order| literal_units(one, order));
            alternatives(expr).into_iter().filter_map(literal).collect()
        };
        let holds = |one: &[u8], other: &[u8]| one.windows(other.len()).any(|window| window == other);
        let (ends, all) = (literals(self.until, None), literals(written.bytes, written.units));
        all.iter().any(|one| ends.iter().any(|end| holds(one, end) || holds(end, one)))
            || same(self.until, written.bytes)
    }

    fn refuse(&self, cx: &Ctxt, written: &Written<'_>, name: &str, instead: &str) {
        let text = |expr: &Expr| crate::text::tokens(&expr.to_token_stream());
        let (word, bytes, of, until) = (written.word, text(written.bytes), &self.of, text(self.until));
        cx.error_at(
            written.bytes,
            format!(
                "`{word}({bytes})` of {name} and `until({until})` of {of} conflict: {of} ends at the first \
                 occurrence of its delimiter, which is here: {instead}"
            ),
        );
    }
}

/// Returns `true` if two expressions have the same tokens, such as two uses of one constant.
fn same(one: &Expr, other: &Expr) -> bool {
    one.to_token_stream().to_string() == other.to_token_stream().to_string()
}
