//! Numbers of fixed size: what most runs are made of.

use proc_macro2::TokenStream;

use super::{Cx, q};
use crate::layout::{Number, Place};

pub(super) fn parse(cx: &Cx<'_>, place: &Place<'_>, number: &Number) -> TokenStream {
    let (local, take) = (&place.local, number.take(&super::site(cx, &place.name)));
    q!(let #local = #take;)
}

pub(super) fn encode(_: &Cx<'_>, place: &Place<'_>, number: &Number) -> TokenStream {
    let local = &place.local;
    number.put(&q!(*#local), &place.name)
}

pub(super) fn schema(_: &Cx<'_>, place: &Place<'_>, number: &Number) -> TokenStream {
    place.number(number)
}
