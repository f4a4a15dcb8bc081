//! Numbers computed from other fields.

use proc_macro2::TokenStream;

use super::{Cx, expression, kept, q};
use crate::layout::Calc;

impl Calc<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, name, get) = (&self.place.local, &self.place.name, self.number.get());
        let site = super::site(cx, name);
        let ty = &self.number.ty;
        if self.verify {
            let (expr, at) = (expression::on_decode(&self.expression), &self.at);
            cx.later(q! {
                if src.verifies() {
                    let expected: #ty = #expr;
                    __fw::same(#local, expected).map_err(|error| __fw::in_leaf_at(error, #site, src, input, #at))?;
                }
            });
        }
        q! {
            let at = run;
            let #local: #ty = #get.map_err(|error| __fw::in_leaf(error, #site, src, input, at))?;
        }
    }

    pub(super) fn prepare(&self) -> TokenStream {
        let (local, ty) = (&self.place.local, &self.number.ty);
        let (value, expr) = (kept(local), expression::on_encode(&self.expression));
        q! {
            let #value: #ty = #expr;
            let #local = &#value;
        }
    }

    pub(super) fn encode(&self) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        let set = self.number.set(&q!(*#local));
        q!(#set.map_err(|error| error.in_field(#name))?;)
    }

    pub(super) fn schema(&self) -> TokenStream {
        let (text, lenient) = (expression::text(&self.expression), !self.verify);
        let field = self.place.number(&self.number);
        q!(#field.role(__fw::Role::Calc(#text)).lenient(#lenient))
    }
}
