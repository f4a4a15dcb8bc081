//! Code for `#[check(expr, "message")]`. The parser runs each check right after its field. The
//! encoder runs all checks after all values are known.

use proc_macro2::TokenStream;

use super::{Cx, InRun, Size, expression, q};
use crate::layout::Assertion;

impl InRun for Assertion<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let message = self.message;
        let (site, at) = match &self.field {
            Some((field, at, bits)) => (super::site_in(cx, field, bits.as_ref()), q!(#at)),
            None => (super::site(cx, ""), q!(0usize)),
        };
        let expr = match &self.optional {
            Some(there) => expression::on_decode_of(&self.expression, there),
            None => expression::on_decode(&self.expression),
        };
        let holds = self.holds(&expr.or_refuse_at(&site, &at));
        q! {
            if #holds {} else {
                return __fw::Err(__fw::check_failed(#message, #site, src, input, #at));
            }
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let name = self.field.as_ref().map_or("", |(field, ..)| *field);
        let expr = expression::on_encode(&self.expression).or_fail(name);
        let (holds, message) = (self.holds(&expr), self.message);
        let field = match &self.field {
            Some((field, ..)) => q!(__fw::Some(#field)),
            None => q!(__fw::None),
        };
        cx.later(q! {
            if #holds {} else {
                return __fw::Err(__fw::check_failed_on_encode(#message, #field));
            }
        });
        TokenStream::new()
    }

    fn len(&self, _: &Cx<'_>) -> Size {
        Size::Known(0)
    }

    fn takes_bytes(&self) -> bool {
        false
    }

    fn check(&self) -> Option<TokenStream> {
        let (condition, message) = (self.expression.schema(), self.message);
        let field = match &self.field {
            Some((field, ..)) => q!(__fw::Some(#field)),
            None => q!(__fw::None),
        };
        Some(q!(__fw::SchemaCheck::new(#condition, #message, #field)))
    }
}

impl Assertion<'_> {
    /// Returns the condition, or `true` if the field is absent. The condition is not wrapped in a
    /// function call, so that the compiler's error for an expression that is not a `bool` points at
    /// the expression.
    fn holds(&self, expr: &TokenStream) -> TokenStream {
        match &self.optional {
            Some(local) => q!(match &#local {
                __fw::Some(#local) => #expr,
                __fw::None => true,
            }),
            None => expr.clone(),
        }
    }
}
