//! Lowers fields that are not `Auto`, and decides where they end.

use proc_macro2::Span;
use quote::ToTokens;
use syn::{Expr, Ident, Type};

use super::claims::is_cheap;
use super::fields::derived;
use super::number::widest;
use super::{Lower, Reach, length_step};
use crate::ast::{Field, list_item, needs_extent};
use crate::attr::{
    CountPrefixed, Delimiter, DerivedKind, Encoding, ExtentWord, LenPrefixed, NumberWord, RangeKind, Stop,
};
use crate::layout::{
    Atom, Body, Content, Count, Counts, DelimiterBytes, End, Extent, Filled, Format, Given, Leaf, LengthRole,
    Number, Place, Rule, Step, StopBytes, Value,
};

impl<'a> Lower<'a> {
    pub(super) fn value(&self, field: &'a Field, place: Place<'a>, reach: Reach<'a>) -> Vec<Step<'a>> {
        let content = self.content(field, reach);
        let (ty, _) = self.value_type(field);
        let item = list_item(ty).unwrap_or(ty);
        if let Some(list) = crate::ast::in_order(ty) {
            let [ty, list] = [ty, &list].map(crate::text::ty);
            self.cx.error_at(
                &field.ty,
                format!("the order of a `{ty}` on the wire would be lost: write `{list}`"),
            );
            return Vec::new();
        }
        if let (Some(Encoding::Utf16(None)), Some(word)) = (self.encoding(field), &field.attrs.text) {
            self.cx.error(
                word.span,
                "`utf16` has the byte order of its type: say `#[frame(be)]` or `#[frame(le)]`, or write `utf16be` or \
                 `utf16le`",
            );
            return Vec::new();
        }
        if self.check_packed(field).is_none() {
            return Vec::new();
        }
        // The calls report errors in the type and in the wire type.
        let sound = match &field.attrs.wire {
            _ if field.each.is_some() => Some(()),
            _ if content.converts.is_some() => self.need_size(content.ty),
            Some(wire) => self.format(item, Some(&wire.value), None).map(drop),
            None if matches!(content.given, Given::Nothing) => self.need_size(item),
            None => Some(()),
        };
        if sound.is_none() || !self.may_end(field, &content, reach) {
            return Vec::new();
        }
        match &field.attrs.extent {
            Some(extent) => self.with_extent(field, place, content, &extent.value, reach),
            None => match self.described_by(field, reach) {
                Some(length) if length.counts == Counts::Items => {
                    self.list(field, place, content, Count::InField(Box::new(length)), reach)
                }
                Some(length) => {
                    let lenient = self.described_leniently(field, reach).is_some();
                    let extent = Extent::LenOf(Box::new(length));
                    vec![self.body(field, place, content, extent, lenient, reach)]
                }
                None => self.own_extent(field, place, content, reach),
            },
        }
    }

    /// Returns `true` if a word or another field may say where the field ends. For a type of fixed
    /// size, such as `u32` or `[u16; 4]`, reports the word that would give it another size.
    fn may_end(&self, field: &'a Field, content: &Content<'a>, reach: Reach<'a>) -> bool {
        let is_digits = matches!(content.format, Format::Bcd { .. }) && list_item(content.ty).is_none();
        let known = matches!(content.ty, Type::Array(_)) || widest(content.ty).is_some() || is_digits;
        let digits = matches!(content.format, Format::Dec { .. } | Format::Hex { .. });
        if !known || digits || field.attrs.failed || !matches!(content.given, Given::Nothing) {
            return true;
        }
        let ty = match is_digits {
            true => String::from("bcd"),
            false => crate::text::tokens(&content.ty.to_token_stream()),
        };
        if let Some(extent) = &field.attrs.extent {
            let word = extent.value.name();
            self.cx.error(extent.span, format!("`{ty}` already has a size: remove `{word}`"));
            return false;
        }
        let described = reach.fields[..field.index].iter().find_map(|other| match derived(other) {
            Some(DerivedKind::LenOf(len))
                if len.of.kind == RangeKind::Content && len.of.from.as_ref() == Some(&field.plain) =>
            {
                Some(len.of.span)
            }
            _ => None,
        });
        if let Some(span) = described {
            let name = &field.plain;
            self.cx.error(
                span,
                format!("`{ty}` already has a size: write `{name}..={name}` for the bytes it takes"),
            );
        }
        described.is_none()
    }

    /// Returns the span of `lenient` in a `len_of` for this field.
    fn described_leniently(&self, field: &'a Field, reach: Reach<'a>) -> Option<Span> {
        reach.fields.iter().find_map(|other| match derived(other) {
            Some(DerivedKind::LenOf(len)) if len.lenient && len.of.from.as_ref() == Some(&field.plain) => {
                Some(len.of.span)
            }
            _ => None,
        })
    }

    /// Returns `true` if the field has a prefix, delimiter or padding, so that its content does not
    /// have the same bytes as the field.
    pub(super) fn has_content_marks(&self, field: &'a Field) -> bool {
        field.attrs.extent.is_some()
    }

    fn body(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        extent: Extent<'a>,
        lenient: bool,
        reach: Reach<'a>,
    ) -> Step<'a> {
        if lenient && matches!(content.given, Given::Nothing) && needs_extent(content.ty) {
            let word = field.attrs.extent.as_ref().map(|extent| extent.span);
            let span = word.or_else(|| self.described_leniently(field, reach)).unwrap_or(field.span);
            self.cx.error(
                span,
                "`lenient` is for frames: bytes, text and lists take the whole extent, so remove `lenient`",
            );
        }
        let marks = match &extent {
            // Whether the delimiter is valid depends on the bytes after the field, so it is checked
            // later.
            Extent::Until(delimiter) if !delimiter.is_plain() || self.units(field).is_some() => {
                Some((self.mark("cs", field.index), self.mark("ce", field.index)))
            }
            // The length is checked against the bytes that were written.
            Extent::Len(_, None) if !lenient && !is_cheap(&content) => {
                Some((self.mark("cs", field.index), self.mark("ce", field.index)))
            }
            _ => self.content_marks(field, reach),
        };
        let enclosed = match &extent {
            Extent::Until(_) if marks.is_some() => Some(self.mark("enclosed", field.index)),
            _ => None,
        };
        let extent = extent.in_units(self.units(field));
        let patched = self.patched(field, reach);
        Step::Body(Body { place, content, extent, lenient, marks, enclosed, patched })
    }

    /// Returns the variables for the positions before and after the content, if a checksum covers
    /// the content or a length is compared with it.
    pub(super) fn content_marks(&self, field: &'a Field, reach: Reach<'a>) -> Option<(Ident, Ident)> {
        let covered = self.has_content_marks(field)
            && self.checksum_ranges(reach).any(|(from, _, over)| {
                over.kind == crate::attr::RangeKind::Content && from == Some(field.index)
            });
        let covered = covered || self.is_measured(field, &self.content(field, reach), reach);
        covered.then(|| (self.mark("cs", field.index), self.mark("ce", field.index)))
    }

    fn own_extent(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        reach: Reach<'a>,
    ) -> Vec<Step<'a>> {
        let (ty, _) = self.value_type(field);
        if content.converts.is_some() {
            return vec![Step::Value(Value { place, content })];
        }
        if let Some(NumberWord::InBytes { len }) =
            field.attrs.wire.as_ref().and_then(|wire| wire.value.number.as_ref())
        {
            if let Type::Array(_) = ty {
                self.cx.error_at(ty, "`bytes(..)` is not for arrays: write a `Vec` and `#[count(..)]`");
                return Vec::new();
            }
            let extent = Extent::InBytes(self.expression(len, field, reach));
            return vec![self.body(field, place, content, extent, false, reach)];
        }
        if matches!(content.given, Given::Nothing) || content.is_list_with() {
            // BCD digits in a `String` have a fixed size.
            let is_digits = matches!(content.format, Format::Bcd { .. }) && list_item(ty).is_none();
            if needs_extent(ty) && !is_digits {
                self.missing_extent(field, ty);
                return Vec::new();
            }
        } else {
            return vec![Step::Value(Value { place, content })];
        }
        let wire = field.attrs.wire.as_ref().map(|wire| &wire.value);
        if let Some(NumberWord::Dec | NumberWord::Hex { .. }) = wire.and_then(|wire| wire.number.as_ref()) {
            self.cx.error_at(&field.ty, "digits need an end: add `#[until(b\" \")]` or `#[fixed(4)]`");
            return Vec::new();
        }
        let Some(number) = self.format(ty, wire, None) else { return Vec::new() };
        if number.fixed || (field.attrs.none.is_some() && self.may_be_fixed(&number)) {
            return vec![Step::atom(Atom::Leaf(Leaf {
                place,
                number,
                none: none_of(field),
                converts: None,
            }))];
        }
        // `none` on a field that is not an `Option` is refused in `check/words.rs`.
        if let Some(none) = field.attrs.none.as_ref().filter(|_| crate::ast::option_item(&field.ty).is_some())
        {
            self.cx.error(none.span, "`none` needs a number of a fixed size, such as `u16` or `u24`");
            return Vec::new();
        }
        let content = Content { format: number.format, ..content };
        vec![Step::Value(Value { place, content })]
    }

    fn missing_extent(&self, field: &'a Field, ty: &'a Type) {
        if field.attrs.failed {
            return;
        }
        let counts = if list_item(ty).is_some() { " #[count_prefixed(u16)], #[count(expr)]," } else { "" };
        self.cx.error_at(
            ty,
            format!(
                "say where `{}` ends: #[len_prefixed], #[len(expr)],{counts} #[until(..)], #[fixed(N)] or #[rest], \
                 or #[len_of({})] on an earlier `Auto` field",
                field.name, field.plain
            ),
        );
    }

    fn with_extent(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        extent: &'a ExtentWord,
        reach: Reach<'a>,
    ) -> Vec<Step<'a>> {
        let (extent, lenient) = match extent {
            ExtentWord::LenPrefixed(prefix) => {
                return self.len_prefixed(field, place, content, prefix, reach);
            }
            ExtentWord::CountPrefixed(prefix) => {
                return self.count_prefixed(field, place, content, prefix, reach);
            }
            ExtentWord::Count { expr } => {
                let expr = self.expression(expr, field, reach);
                return self.list(field, place, content, Count::Expr(expr), reach);
            }
            ExtentWord::Until { delimiter, lenient, ending, optional } => {
                match self.until(delimiter, field, &content) {
                    Ends::Bytes(bytes) => {
                        let (ending, optional) = (*ending, optional.is_some());
                        (Extent::Until(DelimiterBytes { ending, optional, ..bytes }), *lenient)
                    }
                    Ends::Item(end) => {
                        self.refuse_ending(ending.word().or(optional.map(|span| ("optional", span))));
                        return self.items(field, place, content, end, reach);
                    }
                }
            }
            ExtentWord::Len { expr, lenient, stop } => {
                (Extent::Len(self.expression(expr, field, reach), stop.as_ref().map(stop_bytes)), *lenient)
            }
            ExtentWord::Fixed { len, fill, lenient, stop } => {
                if let (Format::Dec { .. } | Format::Hex { .. }, Some(fill)) = (&content.format, fill) {
                    self.cx.error_at(fill, "digits are padded with leading zeros: remove `fill`");
                    return Vec::new();
                }
                let small = !lenient && stop.is_none() && self.is_small(field, &content, len, reach);
                let fill = fill.as_ref();
                if small {
                    return vec![Step::atom(Atom::Filled(Filled { place, content, len, fill }))];
                }
                (Extent::Fixed { len, fill, stop: stop.as_ref().map(stop_bytes) }, *lenient)
            }
            ExtentWord::Rest => match self.offset_behind(field, reach) {
                Some(offset) => (Extent::UpTo(Box::new(offset)), false),
                None => (Extent::Rest, false),
            },
        };
        vec![self.body(field, place, content, extent, lenient, reach)]
    }

    fn len_prefixed(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        prefix: &'a LenPrefixed,
        reach: Reach<'a>,
    ) -> Vec<Step<'a>> {
        let Some(number) = self.number(&prefix.wire) else { return Vec::new() };
        let fixed = number.fixed || (prefix.inclusive.is_some() && self.may_be_fixed(&number));
        let number = Number { fixed, ..number };
        if let (Some(span), false) = (prefix.inclusive, fixed) {
            self.cx.error(span, "a prefix that counts itself needs a fixed size, such as `u16`");
        }
        let (rule, none) = (self.rule(prefix), prefix.none.as_ref());
        let length = self.counting(
            place.clone(),
            number,
            field,
            reach,
            Counts::Bytes,
            rule,
            none,
            LengthRole::Prefix,
            self.length_var(field),
            false,
        );
        let extent = Extent::Prefixed(Box::new(length.clone()));
        let body = self.body(field, place, content, extent, prefix.lenient, reach);
        vec![length_step(length), body]
    }

    fn count_prefixed(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        prefix: &'a CountPrefixed,
        reach: Reach<'a>,
    ) -> Vec<Step<'a>> {
        let Some(number) = self.number(&prefix.wire) else { return Vec::new() };
        let (rule, none) = (Rule { max: prefix.max.as_ref(), ..Rule::default() }, prefix.none.as_ref());
        let length = self.counting(
            place.clone(),
            number,
            field,
            reach,
            Counts::Items,
            rule,
            none,
            LengthRole::Prefix,
            self.length_var(field),
            false,
        );
        let mut steps = vec![length_step(length.clone())];
        steps.extend(self.list(field, place, content, Count::Prefixed(Box::new(length)), reach));
        steps
    }

    /// Refuses a word for a delimiter of bytes on a list that ends with an item.
    fn refuse_ending(&self, word: Option<(&str, Span)>) {
        if let Some((word, span)) = word {
            let message =
                format!("`{word}` is for delimiters of bytes, but an item ends this list: remove it");
            self.cx.error(span, message);
        }
    }

    /// Returns `true` if a `fixed(N)` field can be an atom of a run: it is short bytes or text, and
    /// nothing needs the positions of its content.
    fn is_small(&self, field: &'a Field, content: &Content<'a>, len: &Expr, reach: Reach<'a>) -> bool {
        const MOST: usize = 64;
        let literal = match len {
            Expr::Lit(syn::ExprLit { lit: syn::Lit::Int(len), .. }) => len.base10_parse::<usize>().ok(),
            _ => None,
        };
        literal.is_some_and(|len| len <= MOST)
            && matches!(content.given, Given::Nothing)
            && matches!(content.format, Format::Order(_))
            && crate::ast::size_is_cheap(content.ty)
            && self.content_marks(field, reach).is_none()
    }

    fn until(&self, delimiter: &'a Delimiter, field: &'a Field, content: &Content<'a>) -> Ends<'a> {
        let (ty, _) = self.value_type(field);
        let plain = matches!(content.format, Format::Order(_) | Format::Dec { .. } | Format::Hex { .. });
        let byte = |item| crate::ast::named(item).is_some_and(|(name, _)| name == "u8");
        let bytes = content.converts.is_some() || list_item(ty).is_none_or(|item| byte(item) && plain);
        match delimiter {
            Delimiter::Bytes(bytes) => Ends::Bytes(DelimiterBytes::consumed(bytes)),
            Delimiter::Value(value) if bytes => Ends::Bytes(DelimiterBytes::consumed(value)),
            Delimiter::Value(value) => Ends::Item(End::Dropped(value)),
            Delimiter::Closure(closure) => Ends::Item(End::Kept(closure)),
        }
    }
}

/// What ends a field with `until`.
enum Ends<'a> {
    Bytes(DelimiterBytes<'a>),
    Item(End<'a>),
}

fn stop_bytes(stop: &Stop) -> StopBytes<'_> {
    StopBytes { until: DelimiterBytes::consumed(&stop.until), fill: stop.fill.as_ref() }
}

/// Returns the value of `#[none(v)]`.
pub(super) fn none_of(field: &Field) -> Option<&Expr> {
    field.attrs.none.as_ref().map(|word| &word.value)
}
