//! Arms of a `match` on a `Result`: the value, or an early return with the error located.
//!
//! They replace `map_err(..)?`, which would be two more functions to compile for each field of each
//! declaration.

use proc_macro2::TokenStream;

use super::q;

fn or_return(located: &TokenStream) -> TokenStream {
    q! {{
        ::core::result::Result::Ok(value) => value,
        ::core::result::Result::Err(error) => return ::core::result::Result::Err(#located),
    }}
}

/// Returns an encoder's error, located in a field.
pub(super) fn or_fail(field: &str) -> TokenStream {
    or_return(&q!(error.in_field(#field)))
}

/// Returns an error in a complete value, located at the cursor `at`.
pub(super) fn or_refuse(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_leaf(error, #site, src, input, #at)))
}

/// Returns an error in a complete value, located at an offset.
pub(super) fn or_refuse_at(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_leaf_at(error, #site, src, input, #at)))
}

/// Returns the error of a parser that may be incomplete, located in a field that begins at the
/// cursor `at`.
pub(super) fn or_lack(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_field(error, #site, src, input, __fw::offset(input, #at))))
}

/// Returns the error of a parser that may be incomplete, located at the cursor of the frame, with
/// at least `behind` more bytes to follow.
pub(super) fn or_lack_before(site: &TokenStream, behind: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_field_before(error, #site, src, input, __fw::offset(input, i), #behind)))
}

/// Returns an error that already has its location.
pub(super) fn or_pass_on() -> TokenStream {
    or_return(&q!(error))
}
