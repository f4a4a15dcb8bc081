//! Code that checks how deep frames are nested in a value, such as a `Box<Node>` in a `Node`. The
//! encoder refuses values that are nested deeper than the decoder allows.

use proc_macro2::TokenStream;

use super::q;
use crate::ast::{list_item, scalar, size_is_cheap};
use crate::layout::{Content, Format, Given, Match, Step};

/// Returns an expression for whether some values may contain frames nested more than `levels` deep,
/// or `None` if no value contains a frame.
pub(super) fn may_be_deeper(steps: &[Step<'_>]) -> Option<TokenStream> {
    let contents = steps.iter().flat_map(contents).filter(|(content, _)| !content.is_without_frames());
    let all: Vec<_> = contents.map(|(content, kind)| content.may_be_deeper(&kind)).collect();
    (!all.is_empty()).then(|| q!(#(#all)||*))
}

/// Returns the contents of a step with the trait that has their `nests_within`: `Wire` or `Shape`.
fn contents<'s>(step: &'s Step<'s>) -> Vec<(&'s Content<'s>, TokenStream)> {
    match step {
        Step::Value(value) => vec![(&value.content, q!(Wire))],
        Step::Body(body) => vec![(&body.content, q!(Shape))],
        Step::List(list) => vec![(&list.content, q!(Shape))],
        Step::Items(items) => vec![(&items.content, q!(Shape))],
        _ => step.inside().flat_map(contents).collect(),
    }
}

/// Returns statements that return `false` if the values of `steps` contain frames nested more than
/// `levels` deep.
pub(super) fn check(steps: &[Step<'_>]) -> TokenStream {
    steps.iter().map(check_step).collect()
}

fn check_step(step: &Step<'_>) -> TokenStream {
    let inside = || step.node().inside().into_iter().map(check).collect();
    match step {
        Step::Value(_) | Step::Body(_) | Step::List(_) | Step::Items(_) => {
            contents(step).into_iter().map(|(content, kind)| content.check(&kind)).collect()
        }
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

impl Format {
    /// Returns whether the format alone tells that a value contains no frame, or that it may contain
    /// one. Items with words of their own are frames to the decoder.
    fn is_leaf(&self) -> Option<bool> {
        match self {
            Self::As { ty, .. } => Some(scalar(ty).is_some()),
            Self::Item { .. } => Some(false),
            Self::Each(format) | Self::Either { big: format, .. } => format.is_leaf(),
            _ => None,
        }
    }
}

impl Content<'_> {
    /// Returns the statement that checks the content. A value is converted for this only if some
    /// values of its wire type would be nested too deep.
    fn check(&self, kind: &TokenStream) -> TokenStream {
        if self.is_without_frames() {
            return TokenStream::new();
        }
        let (ty, local, format) = (self.ty, &self.local, self.format.tokens());
        let within = match self.is_alone_with() {
            true => q!(__fw::frame_nests_within::<#ty>(#local, levels)),
            false => q!(<#ty as __fw::#kind<#format>>::nests_within(#local, levels)),
        };
        if self.converts.is_none() {
            return q!(if !#within { return false; });
        }
        let (may, within) = (self.may_be_deeper(kind), self.converted(&within, &q!(true)));
        q!(if #may && !#within { return false; })
    }

    /// Returns an expression for whether some values may be nested too deep.
    fn may_be_deeper(&self, kind: &TokenStream) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        match self.is_alone_with() {
            true => q!(__fw::frame_may_nest_deeper::<#ty>(levels)),
            false => q!(<#ty as __fw::#kind<#format>>::may_nest_deeper(levels)),
        }
    }

    /// Returns `true` if no value contains a frame, as far as the declaration shows it.
    fn is_without_frames(&self) -> bool {
        let is_leaf = |ty| scalar(ty).is_some() || size_is_cheap(ty);
        let is_leaves = is_leaf(self.ty) || list_item(self.ty).is_some_and(|item| scalar(item).is_some());
        // A `with` module checks the depth of its own values.
        matches!(self.given, Given::With { .. }) || self.format.is_leaf().unwrap_or(is_leaves)
    }

    /// Returns `true` for a frame that receives context.
    fn is_alone_with(&self) -> bool {
        !matches!(self.given, Given::Nothing) && !self.is_list_with()
    }
}
