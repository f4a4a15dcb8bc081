//! Numbers computed from other fields.

use proc_macro2::TokenStream;

use super::{Cx, expression, fault, kept, q};
use crate::layout::Calc;

impl Calc<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, site) = (&self.place.local, super::site(cx, &self.place.name));
        let ty = &self.number.ty;
        if self.verify {
            let at = &self.at;
            let expr = expression::on_decode_as(&self.expression, ty).or_refuse_at(&site, &q!(#at));
            let or_refuse = fault::or_refuse_at(&site, &q!(#at));
            cx.later(q! {
                if src.verifies() {
                    let expected: #ty = #expr;
                    match __fw::same(#local, expected) #or_refuse;
                }
            });
        }
        let take = self.number.take(&site);
        q!(let #local: #ty = #take;)
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
        let local = &self.place.local;
        self.number.put(&q!(*#local), &self.place.name)
    }

    pub(super) fn schema(&self) -> TokenStream {
        let (expr, lenient) = (self.expression.schema(), !self.verify);
        let field = self.place.number(&self.number);
        q!(#field.role(__fw::Role::Calc(&#expr)).lenient(#lenient))
    }
}
