//! What only constants can tell: whether a nested type goes on to the end of
//! what encloses it, and whether one behind a `rest` has one size.

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use quote::quote_spanned;

use super::{Bounds, Cx, q};
use crate::ast::scalar;
use crate::layout::{Body, Extent, Step, Value};

/// Constants that do not evaluate where a nested type is misplaced, each on
/// the field it stands in. The type's `lifetimes` are unknown outside of it.
pub(crate) fn assertions(cx: &Cx<'_>, steps: &[Step<'_>], lifetimes: &[&Ident]) -> TokenStream {
    let mut all = Vec::new();
    sequence(cx, steps, (false, false), &mut all);
    without(lifetimes, all.into_iter().collect())
}

/// Checks steps that stand one behind the other; `rest` and `more` say whether
/// there is a rest in front of them and anything behind.
fn sequence(cx: &Cx<'_>, steps: &[Step<'_>], (rest, more): (bool, bool), all: &mut Vec<TokenStream>) {
    let mut rest = rest;
    for (index, step) in steps.iter().enumerate() {
        let more = more || steps[index + 1..].iter().any(takes_bytes);
        match step {
            Step::Value(value) => all.push(alone(cx, value, rest, more)),
            Step::Body(Body { extent: Extent::Rest, .. }) => rest = true,
            Step::List(list) => all.extend(item(list.item, &list.content.format.tokens(), list.place.span)),
            Step::Items(items) => {
                all.extend(item(items.item, &items.content.format.tokens(), items.place.span))
            }
            Step::Cond(cond) => sequence(cx, &cond.steps, (rest, more), all),
            Step::Scope(scope) => sequence(cx, &scope.steps, (false, false), all),
            Step::Delimited(delimited) => sequence(cx, &delimited.steps, (false, false), all),
            Step::Match(dispatch) => {
                dispatch.arms.iter().for_each(|arm| sequence(cx, &arm.steps, (rest, more), all));
            }
            Step::Body(_)
            | Step::Atom(_)
            | Step::Run(_)
            | Step::Length(_)
            | Step::Peek(_)
            | Step::Fill(_)
            | Step::Tag(_)
            | Step::Agree(..)
            | Step::Skip(_) => {}
        }
    }
}

fn takes_bytes(step: &Step<'_>) -> bool {
    use crate::layout::Atom;
    match step {
        Step::Skip(_) | Step::Atom(Atom::Check(_) | Atom::Mark(_)) => false,
        Step::Run(atoms) => !atoms.iter().all(|atom| matches!(atom, Atom::Check(_) | Atom::Mark(_))),
        _ => true,
    }
}

fn alone(cx: &Cx<'_>, value: &Value<'_>, rest: bool, more: bool) -> TokenStream {
    let Bounds { min, max, open } = value.bounds(cx);
    let span = value.place.span.resolved_at(Span::mixed_site());
    let last = more.then(|| quote_spanned!(span=> const _: () = __fw::open_is_last(#open);));
    let exact =
        rest.then(|| quote_spanned!(span=> const _: ::core::primitive::usize = __fw::exact(#min, #max);));
    q!(#last #exact)
}

/// The first item that goes on to the end would leave none to the others.
fn item(item: &syn::Type, format: &TokenStream, span: Span) -> Option<TokenStream> {
    let span = span.resolved_at(Span::mixed_site());
    let open = q!(<#item as __fw::Wire<#format>>::OPEN);
    scalar(item).is_none().then(|| quote_spanned!(span=> const _: () = __fw::open_is_last(#open);))
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
