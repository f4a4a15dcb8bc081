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
            let at = &self.at;
            let expr = expression::on_decode_as(&self.expression, ty).or_refuse_at(&site, &q!(#at));
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
        self.computed(self.expression().or_fail(&self.place.name))
    }

    /// The number for expressions that sizes depend on.
    pub(super) fn foresee(&self) -> TokenStream {
        self.computed(self.expression().or_else(&q!(::core::default::Default::default())))
    }

    fn expression(&self) -> expression::Code {
        expression::on_encode_as(&self.expression, &self.number.ty)
    }

    fn computed(&self, expr: TokenStream) -> TokenStream {
        let (local, ty) = (&self.place.local, &self.number.ty);
        let value = kept(local);
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
        let (expr, lenient) = (self.expression.schema(), !self.verify);
        let field = self.place.number(&self.number);
        q!(#field.role(__fw::Role::Calc(&#expr)).lenient(#lenient))
    }
}
