//! Match arms for a `Result`: the value, or a `return` of the error with its location.
//!
//! They are shorter to compile than `map_err(..)?`, which instantiates two more functions for each
//! field.

use proc_macro2::TokenStream;

use super::q;

fn or_return(located: &TokenStream) -> TokenStream {
    q! {{
        ::core::result::Result::Ok(value) => value,
        ::core::result::Result::Err(error) => return ::core::result::Result::Err(#located),
    }}
}

/// The encoder returns the error, located in `field`.
pub(super) fn or_fail(field: &str) -> TokenStream {
    or_return(&q!(error.in_field(#field)))
}

/// The parser returns the error of a complete value, located at the cursor `at`.
pub(super) fn or_refuse(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_leaf(error, #site, src, input, #at)))
}

/// The parser returns the error of a complete value, located at the offset `at`.
pub(super) fn or_refuse_at(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_leaf_at(error, #site, src, input, #at)))
}

/// The parser returns an error that may be "incomplete", located in a field that starts at the
/// cursor `at`.
pub(super) fn or_lack(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_field(error, #site, src, input, __fw::offset(input, #at))))
}

/// Like [`or_lack`] at the cursor `i`, if at least `behind` more bytes follow the field.
pub(super) fn or_lack_before(site: &TokenStream, behind: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_field_before(error, #site, src, input, __fw::offset(input, i), #behind)))
}

/// Returns the error unchanged.
pub(super) fn or_pass_on() -> TokenStream {
    or_return(&q!(error))
}
