//! The derive macro of framewright. Depend on `framewright`, which exports it.

#![warn(missing_docs)]
#![allow(clippy::large_enum_variant, reason = "the tree of a declaration is built once and then read")]

mod ast;
mod attr;
mod check;
mod coalesce;
mod codegen;
mod ctxt;
mod expand;

mod layout;
mod lower;
mod own_name;
#[cfg(test)]
mod tests;
mod text;

use proc_macro::TokenStream;

#[doc = include_str!("docs/words.md")]
#[proc_macro_derive(
    Frame,
    attributes(
        frame,
        len_prefixed,
        count_prefixed,
        len,
        count,
        until,
        fixed,
        rest,
        wire,
        text,
        bits,
        len_of,
        count_of,
        offset_of,
        tag_of,
        presence_of,
        checksum,
        magic,
        pad,
        align,
        calc,
        tag,
        optional,
        when,
        lead,
        check,
        skip,
        with,
        ctx,
        each,
        separated,
        none
    )
)]
pub fn derive_frame(input: TokenStream) -> TokenStream {
    let input = syn::parse_macro_input!(input as syn::DeriveInput);
    expand::derive(&input).into()
}
