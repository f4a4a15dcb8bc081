//! Code that checks how deep frames are nested in a value, such as a `Box<Node>` in a `Node`. The
//! encoder refuses values that are nested deeper than the decoder allows.

use proc_macro2::TokenStream;

use super::q;
use crate::ast::{list_item, scalar, size_is_cheap};
use crate::layout::{Content, Given, Match, Step};

/// Returns statements that return `false` if the values of `steps` contain frames nested more than
/// `levels` deep.
pub(super) fn check(steps: &[Step<'_>]) -> TokenStream {
    steps.iter().map(check_step).collect()
}

fn check_step(step: &Step<'_>) -> TokenStream {
    let inside = || step.node().inside().into_iter().map(check).collect();
    match step {
        Step::Value(value) => value.content.check(&q!(Wire)),
        Step::Body(body) => body.content.check(&q!(Shape)),
        Step::List(list) => list.content.check(&q!(Shape)),
        Step::Items(items) => items.content.check(&q!(Shape)),
        Step::Cond(cond) => {
            let (local, inside): (_, TokenStream) = (&cond.place.local, inside());
            if inside.is_empty() {
                return inside;
            }
            q!(if let __fw::Some(#local) = #local { #inside })
        }
        Step::Scope(_) | Step::Delimited(_) => inside(),
        Step::Match(dispatch) => dispatch.check(),
        Step::Run(_)
        | Step::Length(_)
        | Step::Tag(_)
        | Step::Peek(_)
        | Step::Fill(_)
        | Step::Gap(_)
        | Step::Agree(_)
        | Step::Skip(_) => TokenStream::new(),
    }
}

impl Match<'_> {
    fn check(&self) -> TokenStream {
        let arms: Vec<_> = self
            .arms
            .iter()
            .map(|arm| (super::destructure(&arm.variant.fields, Some(&arm.variant.ident)), check(&arm.steps)))
            .filter(|(_, check)| !check.is_empty())
            .map(|(pattern, check)| q!(#pattern => { #check }))
            .collect();
        if arms.is_empty() {
            return TokenStream::new();
        }
        q!(match self { #(#arms)* _ => {} })
    }
}

impl Content<'_> {
    /// Returns the statement that checks the content. `kind` is the trait with `nests_within`:
    /// `Wire` or `Shape`.
    fn check(&self, kind: &TokenStream) -> TokenStream {
        let (ty, local, format) = (self.ty, &self.local, self.format.tokens());
        let is_leaf = |ty| scalar(ty).is_some() || size_is_cheap(ty);
        let within = match &self.given {
            // A `with` module checks the depth of its own values.
            Given::With { .. } => return TokenStream::new(),
            _ if is_leaf(ty) || list_item(ty).is_some_and(|item| scalar(item).is_some()) => {
                return TokenStream::new();
            }
            Given::Context { .. } | Given::Item(_) if !self.is_list_with() => {
                q!(__fw::frame_nests_within::<#ty>(#local, levels))
            }
            Given::Nothing | Given::Context { .. } | Given::Item(_) => {
                q!(<#ty as __fw::#kind<#format>>::nests_within(#local, levels))
            }
        };
        let within = self.converted(&within, &q!(true));
        q!(if !#within { return false; })
    }
}
