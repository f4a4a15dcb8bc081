//! Invariants: checked on decode where they stand, on encode once every value is known.

use proc_macro2::TokenStream;

use super::{expression, q};
use crate::layout::Assertion;

impl Assertion<'_> {
    pub(super) fn parse(&self) -> TokenStream {
        let (expr, message) = (expression::on_decode(&self.expression), self.message);
        let (field, at) = match &self.field {
            Some((field, at)) => (q!(::core::option::Option::Some(#field)), q!(#at)),
            None => (q!(::core::option::Option::None), q!(0usize)),
        };
        q! {
            if !(#expr) {
                return ::core::result::Result::Err(__fw::check_failed(#message, #field, #at));
            }
        }
    }

    pub(super) fn encode(&self) -> TokenStream {
        let (expr, message) = (expression::on_encode(&self.expression), self.message);
        let field = match &self.field {
            Some((field, _)) => q!(::core::option::Option::Some(#field)),
            None => q!(::core::option::Option::None),
        };
        q! {
            if !(#expr) {
                return ::core::result::Result::Err(__fw::check_failed_on_encode(#message, #field));
            }
        }
    }
}
