//! Code for `calc` fields, such as `#[calc(body.len() + 2)] size: Auto<u16>`.

use proc_macro2::TokenStream;

use super::{Cx, InRun, Size, expression, fault, kept, q};
use crate::layout::{Calc, Place};

impl InRun for Calc<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, site) = (&self.place.local, super::site_of(cx, &self.place));
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

    fn prepare(&self, _: &Cx<'_>) -> TokenStream {
        self.computed(self.expression().or_fail(&self.place.name))
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let local = &self.place.local;
        self.number.put(&q!(*#local), &self.place.name)
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (expr, lenient) = (self.expression.schema(), !self.verify);
        let field = self.place.number(&self.number);
        vec![q!(#field.role(__fw::Role::Calc(&#expr)).lenient(#lenient))]
    }

    fn foresee(&self, _: &Cx<'_>) -> TokenStream {
        if !self.place.early {
            return TokenStream::new();
        }
        self.computed(self.expression().or_else(&q!(__fw::Default::default())))
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        self.number.len(cx)
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}

impl Calc<'_> {
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
}
