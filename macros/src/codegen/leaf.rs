//! Numbers of fixed size: what most runs are made of.

use proc_macro2::TokenStream;

use super::{Cx, q};
use crate::layout::{Number, Place};

pub(super) fn parse(cx: &Cx<'_>, place: &Place<'_>, number: &Number) -> TokenStream {
    let (local, name, get) = (&place.local, &place.name, number.get());
    let site = super::site(cx, name);
    q! {
        let at = run;
        let #local = #get.map_err(|error| __fw::in_leaf(error, #site, src, input, at))?;
    }
}

pub(super) fn encode(_: &Cx<'_>, place: &Place<'_>, number: &Number) -> TokenStream {
    let (local, name) = (&place.local, &place.name);
    let set = number.set(&q!(*#local));
    q!(#set.map_err(|error| error.in_field(#name))?;)
}

pub(super) fn schema(_: &Cx<'_>, place: &Place<'_>, number: &Number) -> TokenStream {
    place.number(number)
}
