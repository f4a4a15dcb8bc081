//! Code for `presence_of` fields, such as `#[presence_of(extra)] has_extra: Auto<bool>`.

use proc_macro2::{Ident, TokenStream};

use super::tree::maybe_constant;
use super::{Cx, InRun, Size, fault, kept, q};
use crate::layout::{Place, PresenceFlag};

impl InRun for PresenceFlag<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, site) = (&self.place.local, super::site_of(cx, &self.place));
        let take = self.number.take(&site);
        let (var, some, none) = (&self.var, self.value(true), self.value(false));
        let ty = &self.number.ty;
        let or_refuse = fault::or_refuse(&site, &q!(at));
        q! {
            let at = run;
            let #local: #ty = #take;
            let #var = match __fw::presence(#local, #some, #none) #or_refuse;
        }
    }

    fn prepare(&self, _: &Cx<'_>) -> TokenStream {
        let (local, target, ty) = (&self.place.local, &self.target, &self.number.ty);
        let (value, some, none) = (kept(local), self.value(true), self.value(false));
        q! {
            let #value: #ty = if #target.is_some() { #some } else { #none };
            let #local = &#value;
        }
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let local = &self.place.local;
        self.number.put(&q!(*#local), &self.place.name)
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (field, of, ty) = (self.place.number(&self.number), self.of.schema(), &self.number.ty);
        let (some, none) = (self.said(true), self.said(false));
        let (some, none) = (maybe_constant(some.as_ref(), ty), maybe_constant(none.as_ref(), ty));
        vec![q!(#field.role(__fw::Role::PresenceOf(#of, #some, #none)))]
    }

    fn foresee(&self, cx: &Cx<'_>) -> TokenStream {
        if self.place.early { self.prepare(cx) } else { TokenStream::new() }
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        self.number.len(cx)
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn binds(&self) -> Vec<Ident> {
        vec![self.place.local.clone(), self.var.clone()]
    }
}

impl PresenceFlag<'_> {
    /// Returns the number for presence or absence. By default these are `true` and `false`, or 1
    /// and 0. If the user gave the default number of one state for the other state, they are
    /// swapped: `some = 0` means that `none` is 1.
    fn value(&self, present: bool) -> TokenStream {
        let (given, other) = if present { (self.some, self.none) } else { (self.none, self.some) };
        let ty = &self.number.ty;
        match (given, other) {
            (Some(value), _) => q!(#value),
            (None, Some(other)) => q!(__fw::flag_beside::<#ty>(#present, #other)),
            (None, None) => q!(<#ty as __fw::Flag>::of(#present)),
        }
    }

    /// Like [`value`](Self::value), or `None` if it is the default number.
    fn said(&self, present: bool) -> Option<syn::Expr> {
        let (given, other) = if present { (self.some, self.none) } else { (self.none, self.some) };
        let taken = match other {
            Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Bool(other), .. })) => other.value == present,
            Some(other) => super::literal(other) == Some(i128::from(present)),
            None => false,
        };
        let flipped = || match other {
            Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Bool(_), .. })) if present => {
                syn::parse_quote!(false)
            }
            Some(syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Bool(_), .. })) => syn::parse_quote!(true),
            _ if present => syn::parse_quote!(0),
            _ => syn::parse_quote!(1),
        };
        given.cloned().or_else(|| taken.then(flipped))
    }
}
