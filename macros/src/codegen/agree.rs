//! Code that compares the `Auto` fields that describe a field with the field that was read. If both
//! `#[len_of(body)]` and `#[count_of(body)]` exist, one of them ends `body`, and the other is
//! compared with it.

use proc_macro2::TokenStream;

use super::open::{Around, Rule};
use super::{Bounds, Cx, Node, Size, Tail, fault, q};
use crate::layout::{Agreement, Claim, Measure, Says};

impl Node for Agreement<'_> {
    fn parse(&self, cx: &Cx<'_>, _: &Tail) -> TokenStream {
        let local = &self.local;
        let hold = |there| self.claims.iter().map(move |claim| claim.parse(cx, local, there));
        let there = hold(true);
        if !self.optional {
            return q!({ let #local = &#local; #(#there)* });
        }
        let absent = hold(false);
        q! {
            match &#local {
                __fw::Some(#local) => { #(#there)* }
                __fw::None => { #(#absent)* }
            }
        }
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn size(&self, _: &Cx<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        Bounds::exactly(Size::Known(0))
    }

    fn exact_is_known(&self) -> bool {
        true
    }

    fn moves(&self) -> bool {
        false
    }

    fn takes_bytes(&self) -> bool {
        false
    }

    /// If two `tag_of` fields name one enum, the enum must not keep its tag in a field. The
    /// compiler checks this.
    fn rules(&self, _: &Cx<'_>, _: Around) -> Vec<Rule> {
        let twice = self.claims.iter().filter_map(|claim| match &claim.says {
            Says::Tag { first: Some((_, ty)) } => {
                Some(Rule::new(claim.place.span, q!(__fw::tag_is_said_twice::<#ty>())))
            }
            _ => None,
        });
        twice.collect()
    }
}

impl Claim<'_> {
    /// Returns the statement that compares the `Auto` with the value that the encoder would write.
    /// `there` is whether the described field is present.
    fn parse(&self, cx: &Cx<'_>, local: &proc_macro2::Ident, there: bool) -> TokenStream {
        let same = match &self.says {
            Says::Size { length, measure } => {
                let counted = match (there, measure) {
                    (true, Measure::Ended) => return TokenStream::new(),
                    (true, Measure::Bytes(from, to)) => q!(#to.saturating_sub(#from)),
                    (true, Measure::Content(content)) => content.size(),
                    (true, Measure::Items) => q!(#local.len()),
                    (false, _) => q!(0usize),
                };
                let var = &length.var;
                match (length.none, there) {
                    (None, _) => q!(__fw::same(#var, #counted)),
                    (Some(_), true) => q!(__fw::same_or_none(#var, __fw::Some(#counted))),
                    (Some(_), false) => q!(__fw::same_or_none(#var, __fw::None)),
                }
            }
            Says::Tag { first } => {
                let tag = &self.place.local;
                match (there, first) {
                    (true, None) => return TokenStream::new(),
                    (true, Some((first, ty))) => q! {{
                        const { __fw::tag_is_said_twice::<#ty>() };
                        __fw::same(#tag, #first)
                    }},
                    (false, _) => q!(__fw::same(#tag, __fw::Default::default())),
                }
            }
            Says::Offset { ty, none } => {
                let number = &self.place.local;
                match (there, none) {
                    (true, None) => return TokenStream::new(),
                    (true, Some(none)) => q! {{
                        let absent: #ty = #none;
                        __fw::is_not_absent(#number, absent)
                    }},
                    (false, Some(none)) => q!(__fw::same(#number, #none)),
                    (false, None) => q!(__fw::same(#number, __fw::Default::default())),
                }
            }
            Says::Presence(var) => q!(__fw::same(#var, #there)),
        };
        let (site, at) = (super::site_of(cx, &self.place), &self.at);
        let or_refuse = fault::or_refuse_at(&site, &q!(#at));
        let held = q!(match #same #or_refuse;);
        if !self.when {
            return held;
        }
        let is_there = super::cond::there(&self.place.local);
        q!(if #is_there { #held })
    }
}
