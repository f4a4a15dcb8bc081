//! Padding: zeros on encode, ignored on decode unless `strict`.

use proc_macro2::TokenStream;

use super::q;
use crate::layout::Place;

pub(super) fn parse(place: &Place<'_>, len: &syn::Expr, strict: bool) -> TokenStream {
    if !strict {
        return q!(run = __fw::after(run, #len););
    }
    let name = &place.name;
    q! {
        let at = run;
        __fw::magic(&mut run, &[0u8; #len]).map_err(|error| __fw::in_leaf(error, #name, input, at))?;
    }
}

pub(super) fn encode(len: &syn::Expr) -> TokenStream {
    q!(__fw::skip::<{ #len }>(&mut w);)
}

pub(super) fn schema(place: &Place<'_>, len: &syn::Expr) -> TokenStream {
    let field = place.schema(&q!(__fw::Type::Bytes));
    q!(#field.extent(__fw::Extent::Fixed(#len, 0)).role(__fw::Role::Pad))
}
