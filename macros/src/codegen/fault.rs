//! Match arms for a `Result`: the value, or a `return` of the error with its location.
//!
//! They are shorter to compile than `map_err(..)?`, which instantiates two more functions for each
//! field.

use proc_macro2::TokenStream;

use super::q;

fn or_return(located: &TokenStream) -> TokenStream {
    q! {{
        __fw::Ok(value) => value,
        __fw::Err(error) => return __fw::Err(#located),
    }}
}

/// Returns arms for the encoder. The error is located in `field`.
pub(super) fn or_fail(field: &str) -> TokenStream {
    or_return(&q!(error.in_field(#field)))
}

/// Returns arms for the parser. All bytes of the value were there, so the error is never
/// "incomplete". It is located at the cursor `at`.
pub(super) fn or_refuse(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_leaf(error, #site, src, input, #at)))
}

/// Like [`or_refuse`], at the offset `at` instead of a cursor.
pub(super) fn or_refuse_at(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_leaf_at(error, #site, src, input, #at)))
}

/// Returns arms for the parser. The error may be "incomplete". It is located in a field that starts
/// at the cursor `at`.
pub(super) fn or_lack(site: &TokenStream, at: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_field(error, #site, src, input, __fw::offset(input, #at))))
}

/// Like [`or_lack`] at the cursor `i`, if at least `behind` more bytes follow the field.
pub(super) fn or_lack_before(site: &TokenStream, behind: &TokenStream) -> TokenStream {
    or_return(&q!(__fw::in_field_before(error, #site, src, input, __fw::offset(input, i), #behind)))
}

/// Returns arms that return the error unchanged.
pub(super) fn or_pass_on() -> TokenStream {
    or_return(&q!(error))
}
