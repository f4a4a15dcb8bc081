//! Rules that only the compiler can check, in constants: open fields must be last, and the types
//! after a `rest` must have a fixed size. The macro sees only the name of a nested type such as
//! `Header`, and not whether it is open.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use super::{Cx, magic, q};
use crate::ast::{list_item, needs_extent, number as literal, scalar};
use crate::layout::{Bits, Body, Content, Extent, Format, Given, MagicValue, Quantity, Step};
use syn::spanned::Spanned;

/// Returns constants that fail to compile if a rule is broken. The compile error points at the
/// field. They are declared outside of the type, so its `lifetimes` are replaced.
pub(crate) fn assertions(cx: &Cx<'_>, steps: &[Step<'_>], lifetimes: &[&Ident]) -> TokenStream {
    without(
        lifetimes,
        all(cx, steps)
            .into_iter()
            .map(|Rule { span, holds }| quote_spanned!(span=> const _: () = #holds;))
            .collect(),
    )
}

/// Returns the checks of [`assertions`] as `const` blocks for a function of a generic type, so that
/// each instance of the type is checked.
pub(crate) fn assertions_inside(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    all(cx, steps).into_iter().map(|Rule { span, holds }| quote_spanned!(span=> const { #holds };)).collect()
}

/// A constant expression that panics if the rule is broken, and the span for the compile error.
pub(crate) struct Rule {
    span: Span,
    holds: TokenStream,
}

impl Rule {
    pub(super) fn new(span: Span, holds: TokenStream) -> Self {
        let span = span.resolved_at(Span::mixed_site());
        // The compile error points at the call inside the constant, so the call gets the span of
        // the field.
        let at_field = |mut token: TokenTree| {
            token.set_span(span);
            token
        };
        Self { span, holds: holds.into_iter().map(at_field).collect() }
    }
}

/// What surrounds a step: whether a `rest` field is before it, and whether any bytes are after it.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around {
    pub(super) rest: bool,
    pub(super) more: bool,
}

fn all(cx: &Cx<'_>, steps: &[Step<'_>]) -> Vec<Rule> {
    sequence(cx, steps, Around::default())
}

pub(super) fn sequence(cx: &Cx<'_>, steps: &[Step<'_>], around: Around) -> Vec<Rule> {
    let (mut rest, mut all) = (around.rest, Vec::new());
    for (index, step) in steps.iter().enumerate() {
        let more = around.more || steps[index + 1..].iter().any(|step| step.node().takes_bytes());
        all.extend(step.node().rules(cx, Around { rest, more }));
        rest |= matches!(step, Step::Body(Body { extent: Extent::Rest, .. }));
    }
    all
}

/// Returns the rule that a constant must fit its bit field. Literals are checked in
/// `check/words.rs`.
pub(super) fn fits(value: &MagicValue<'_>) -> Option<Rule> {
    let MagicValue::Number { value, number, .. } = value else { return None };
    let width = match number.format.now() {
        Format::Bits(Bits { width: Quantity::Known(_), .. }) if literal(value).is_some() => return None,
        Format::Bits(Bits { width, .. }) => q!(#width),
        Format::Odd { bytes, .. } => {
            let bits = u32::try_from(bytes.saturating_mul(8)).unwrap_or(u32::MAX);
            q!(#bits)
        }
        Format::Order(_)
        | Format::Varint { .. }
        | Format::Zigzag
        | Format::Quic
        | Format::Item { .. }
        | Format::Dec { .. }
        | Format::Hex { .. }
        | Format::Bcd { .. }
        | Format::InBytes(_)
        | Format::Text(_)
        | Format::Packed { .. }
        | Format::Each(_)
        | Format::Either { .. }
        | Format::As { .. } => return None,
    };
    let constant = magic::constant(value, number);
    Some(Rule::new(value.span(), q!(#constant.fits(#width))))
}

/// Returns the rule that padding must be distinguishable from the value before it.
pub(super) fn filled(content: &Content<'_>, fill: Option<&syn::Expr>) -> Option<Rule> {
    let (ty, format) = (content.ty, content.format.tokens());
    if content.is_trimmed() {
        return None;
    }
    fill.map(|fill| Rule::new(fill.span(), q!(__fw::is_filled::<#ty, #format>())))
}

/// Returns the rule that the size of UTF-16 text must be a multiple of 2.
pub(super) fn whole_units(content: &Content<'_>, len: &syn::Expr) -> Option<Rule> {
    let (ty, format) = (content.ty, content.format.tokens());
    content.format.is_wide().then(|| Rule::new(len.span(), q!(__fw::is_whole_units::<#ty, #format>(#len))))
}

/// Returns the rule that an item must not be open, because it would take the bytes of the items
/// after it.
pub(super) fn item(item: &syn::Type, format: &TokenStream, span: Span) -> Option<Rule> {
    let open = q!(<#item as __fw::Wire<#format>>::OPEN);
    scalar(item).is_none().then(|| Rule::new(span, q!(__fw::open_is_last(#open))))
}

/// Returns the rule that the items of a list that fills an extent must not be open. It also holds
/// for an alias, in which the macro does not see the list.
pub(super) fn items(content: &Content<'_>, span: Span) -> Option<Rule> {
    let (ty, format) = (content.ty, content.format.tokens());
    let may_be_open = list_item(ty).map_or(!needs_extent(ty), |item| scalar(item).is_none());
    let has_shape = matches!(content.given, Given::Nothing) || content.is_list_with();
    let follow = may_be_open && has_shape && content.separated.is_none();
    follow.then(|| Rule::new(span, q!(__fw::items_follow(<#ty as __fw::Shape<#format>>::ITEMS_OPEN))))
}

/// Replaces the lifetimes of the type in `tokens` by `'static`.
pub(super) fn without(lifetimes: &[&Ident], tokens: TokenStream) -> TokenStream {
    let mut quoted = false;
    let replace = |token: TokenTree| match token {
        TokenTree::Group(group) => {
            let mut inner = proc_macro2::Group::new(group.delimiter(), without(lifetimes, group.stream()));
            inner.set_span(group.span());
            TokenTree::Group(inner)
        }
        TokenTree::Ident(ident) if std::mem::take(&mut quoted) && lifetimes.contains(&&ident) => {
            TokenTree::Ident(Ident::new("static", ident.span()))
        }
        other => {
            quoted = matches!(&other, TokenTree::Punct(punct) if punct.as_char() == '\'');
            other
        }
    };
    tokens.into_iter().map(replace).collect()
}
