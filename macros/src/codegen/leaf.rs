//! Numbers of fixed size: what most runs are made of.

use proc_macro2::TokenStream;
use syn::Expr;

use super::{Cx, fault, q, tree};
use crate::layout::{Number, Place};

pub(super) fn parse(cx: &Cx<'_>, place: &Place<'_>, number: &Number, none: Option<&Expr>) -> TokenStream {
    let (local, take, ty) = (&place.local, number.take(&super::site(cx, &place.name)), &number.ty);
    match none {
        None => q!(let #local = #take;),
        Some(none) => q! {
            let #local = #take;
            let absent: #ty = #none;
            let #local = ::core::option::Option::Some(#local).filter(|number| *number != absent);
        },
    }
}

pub(super) fn encode(_: &Cx<'_>, place: &Place<'_>, number: &Number, none: Option<&Expr>) -> TokenStream {
    let (local, ty) = (&place.local, &number.ty);
    let Some(none) = none else { return number.put(&q!(*#local), &place.name) };
    let (put, or_fail) = (number.put(&q!(number), &place.name), fault::or_fail(&place.name));
    q! {
        let absent: #ty = #none;
        let number = match __fw::or_none(*#local, absent) #or_fail;
        #put
    }
}

pub(super) fn schema(_: &Cx<'_>, place: &Place<'_>, number: &Number, none: Option<&Expr>) -> TokenStream {
    let field = place.number(number);
    match none {
        None => field,
        Some(none) => {
            let constant = tree::maybe_constant(Some(none), &number.ty);
            q!(#field.none(#constant))
        }
    }
}
