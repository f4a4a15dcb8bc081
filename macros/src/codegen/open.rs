//! What only constants can tell: whether a nested type goes on to the end of
//! what encloses it, and whether one behind a `rest` has one size.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use super::{Bounds, Cx, magic, q};
use crate::ast::{number as literal, scalar};
use crate::layout::{
    Agreement, Atom, Bits, Body, Content, Extent, Format, Given, MagicValue, Quantity, Says, Step, Value,
};
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
struct Rule {
    span: Span,
    holds: TokenStream,
}

impl Rule {
    fn new(span: Span, holds: TokenStream) -> Self {
        let span = span.resolved_at(Span::mixed_site());
        // What fails is shown where the call stands.
        let at_field = |mut token: TokenTree| {
            token.set_span(span);
            token
        };
        Self { span, holds: holds.into_iter().map(at_field).collect() }
    }
}

fn all(cx: &Cx<'_>, steps: &[Step<'_>]) -> Vec<Rule> {
    let mut all = Vec::new();
    sequence(cx, steps, (false, false), &mut all);
    all
}

/// Checks steps that stand one behind the other; `rest` and `more` say whether
/// there is a rest in front of them and anything behind.
fn sequence(cx: &Cx<'_>, steps: &[Step<'_>], (rest, more): (bool, bool), all: &mut Vec<Rule>) {
    let mut rest = rest;
    for (index, step) in steps.iter().enumerate() {
        let more = more || steps[index + 1..].iter().any(takes_bytes);
        match step {
            Step::Value(value) => all.extend(alone(cx, value, rest, more)),
            Step::Body(Body { extent: Extent::Rest, .. }) => rest = true,
            Step::Body(Body { extent: Extent::Fixed { fill, stop: None, .. }, content, .. }) => {
                all.extend(filled(content, *fill));
            }
            Step::Atom(atom) => all.extend(of_atom(atom)),
            Step::Run(atoms) => all.extend(atoms.iter().flat_map(of_atom)),
            Step::List(list) => all.extend(item(list.item, &list.content.format.tokens(), list.place.span)),
            Step::Items(items) => {
                all.extend(item(items.item, &items.content.format.tokens(), items.place.span))
            }
            Step::Agree(agreement) => all.extend(said_twice(agreement)),
            Step::Cond(cond) => sequence(cx, &cond.steps, (rest, more), all),
            Step::Scope(scope) => sequence(cx, &scope.steps, (false, false), all),
            Step::Delimited(delimited) => sequence(cx, &delimited.steps, (false, false), all),
            Step::Match(dispatch) => {
                dispatch.arms.iter().for_each(|arm| sequence(cx, &arm.steps, (rest, more), all));
            }
            Step::Body(_)
            | Step::Length(_)
            | Step::Peek(_)
            | Step::Fill(_)
            | Step::Tag(_)
            | Step::Skip(..) => {}
        }
    }
}

fn of_atom(atom: &Atom<'_>) -> Vec<Rule> {
    match atom {
        Atom::Filled(field) => filled(&field.content, field.fill).into_iter().collect(),
        Atom::Bits(run) => run.fields.iter().flat_map(|field| of_atom(&field.atom)).collect(),
        Atom::Magic { value, .. } => fits(value).into_iter().collect(),
        Atom::Leaf { .. }
        | Atom::Length(_)
        | Atom::Tag(_)
        | Atom::Pad { .. }
        | Atom::Presence(_)
        | Atom::Checksum(_)
        | Atom::Calc(_)
        | Atom::Check(_)
        | Atom::Mark(_) => Vec::new(),
    }
}

/// A constant must fit its bits. Of literals in so many bits the derive knows it.
fn fits(value: &MagicValue<'_>) -> Option<Rule> {
    let MagicValue::Number { value, number, .. } = value else { return None };
    let width = match &number.format {
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
        | Format::Each(_)
        | Format::As { .. } => return None,
    };
    let constant = magic::constant(value, number);
    Some(Rule::new(value.span(), q!(#constant.fits(#width))))
}

/// Of a tag that is kept there cannot be two.
fn said_twice(agreement: &Agreement<'_>) -> Vec<Rule> {
    let twice = agreement.claims.iter().filter_map(|claim| match &claim.says {
        Says::Tag { first: Some((_, ty)) } => {
            Some(Rule::new(claim.place.span, q!(__fw::tag_is_said_twice::<#ty>())))
        }
        _ => None,
    });
    twice.collect()
}

/// Only bytes, text and lists of single bytes are filled up.
fn filled(content: &Content<'_>, fill: Option<&syn::Expr>) -> Option<Rule> {
    let (ty, format) = (content.ty, content.format.tokens());
    if let Given::With { .. } = content.given {
        return None;
    }
    fill.map(|fill| Rule::new(fill.span(), q!(__fw::is_filled::<#ty, #format>())))
}

fn takes_bytes(step: &Step<'_>) -> bool {
    let silent = |atom: &Atom<'_>| matches!(atom, Atom::Check(_) | Atom::Mark(_));
    match step {
        Step::Skip(..) | Step::Agree(_) => false,
        Step::Atom(atom) => !silent(atom),
        Step::Run(atoms) => !atoms.iter().all(silent),
        Step::Value(_)
        | Step::Length(_)
        | Step::Tag(_)
        | Step::Body(_)
        | Step::List(_)
        | Step::Items(_)
        | Step::Scope(_)
        | Step::Delimited(_)
        | Step::Cond(_)
        | Step::Peek(_)
        | Step::Match(_)
        | Step::Fill(_) => true,
    }
}

fn alone(cx: &Cx<'_>, value: &Value<'_>, rest: bool, more: bool) -> Vec<Rule> {
    let Bounds { min, max, open } = value.bounds(cx);
    let span = value.place.span;
    let last = more.then(|| Rule::new(span, q!(__fw::open_is_last(#open))));
    let exact = rest.then(|| Rule::new(span, q!(__fw::has_one_size(#min, #max))));
    last.into_iter().chain(exact).collect()
}

/// The first item that goes on to the end would leave none to the others.
fn item(item: &syn::Type, format: &TokenStream, span: Span) -> Option<Rule> {
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
