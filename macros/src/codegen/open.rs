//! What only constants can tell: whether a nested type goes on to the end of
//! what encloses it, and whether one behind a `rest` has one size.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use super::{Cx, magic, q};
use crate::ast::{number as literal, scalar};
use crate::layout::{Bits, Body, Content, Extent, Format, MagicValue, Quantity, Step};
use syn::spanned::Spanned;

/// Constants that do not evaluate where a nested type is misplaced, each on
/// the field it stands in. The type's `lifetimes` are unknown outside of it.
pub(crate) fn assertions(cx: &Cx<'_>, steps: &[Step<'_>], lifetimes: &[&Ident]) -> TokenStream {
    without(
        lifetimes,
        all(cx, steps)
            .into_iter()
            .map(|Rule { span, holds }| quote_spanned!(span=> const _: () = #holds;))
            .collect(),
    )
}

/// The same within a function of a generic type, for each of its instances.
pub(crate) fn assertions_inside(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    all(cx, steps).into_iter().map(|Rule { span, holds }| quote_spanned!(span=> const { #holds };)).collect()
}

/// A constant expression that panics where a rule is broken.
pub(crate) struct Rule {
    span: Span,
    holds: TokenStream,
}

impl Rule {
    pub(super) fn new(span: Span, holds: TokenStream) -> Self {
        let span = span.resolved_at(Span::mixed_site());
        // What fails is shown where the call stands.
        let at_field = |mut token: TokenTree| {
            token.set_span(span);
            token
        };
        Self { span, holds: holds.into_iter().map(at_field).collect() }
    }
}

/// What stands around a step: whether there is a `rest` in front of it, and anything behind.
#[derive(Clone, Copy, Default)]
pub(crate) struct Around {
    pub(super) rest: bool,
    pub(super) more: bool,
}

fn all(cx: &Cx<'_>, steps: &[Step<'_>]) -> Vec<Rule> {
    sequence(cx, steps, Around::default())
}

/// The rules of steps that stand one behind the other.
pub(super) fn sequence(cx: &Cx<'_>, steps: &[Step<'_>], around: Around) -> Vec<Rule> {
    let (mut rest, mut all) = (around.rest, Vec::new());
    for (index, step) in steps.iter().enumerate() {
        let more = around.more || steps[index + 1..].iter().any(|step| step.node().takes_bytes());
        all.extend(step.node().rules(cx, Around { rest, more }));
        rest |= matches!(step, Step::Body(Body { extent: Extent::Rest, .. }));
    }
    all
}

/// A constant must fit its bits. Of literals in so many bits the derive knows it.
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

/// What is filled up must be told from the fill.
pub(super) fn filled(content: &Content<'_>, fill: Option<&syn::Expr>) -> Option<Rule> {
    let (ty, format) = (content.ty, content.format.tokens());
    if content.is_trimmed() {
        return None;
    }
    fill.map(|fill| Rule::new(fill.span(), q!(__fw::is_filled::<#ty, #format>())))
}

/// A place for text whose code units have two bytes does not end within one.
pub(super) fn whole_units(content: &Content<'_>, len: &syn::Expr) -> Option<Rule> {
    let (ty, format) = (content.ty, content.format.tokens());
    content.format.is_wide().then(|| Rule::new(len.span(), q!(__fw::is_whole_units::<#ty, #format>(#len))))
}

/// The first item that goes on to the end would leave none to the others.
pub(super) fn item(item: &syn::Type, format: &TokenStream, span: Span) -> Option<Rule> {
    let open = q!(<#item as __fw::Wire<#format>>::OPEN);
    scalar(item).is_none().then(|| Rule::new(span, q!(__fw::open_is_last(#open))))
}

/// Tokens with the type's lifetimes replaced by `'static`.
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
