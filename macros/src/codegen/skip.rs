//! Fields that are not on the wire.

use proc_macro2::TokenStream;

use super::q;
use crate::layout::Place;

pub(super) fn parse(place: &Place<'_>, ty: &syn::Type) -> TokenStream {
    let local = &place.local;
    q!(let #local: #ty = ::core::default::Default::default();)
}
