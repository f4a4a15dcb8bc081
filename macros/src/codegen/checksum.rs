//! Code for checksums, such as `#[checksum(Crc32, over = ..)] sum: Auto<u32>`. A checksum is
//! computed after all lengths are written, while its own bytes are zero.

use proc_macro2::TokenStream;

use super::{Cx, InRun, Size, expression, fault, q};
use crate::layout::{Checksum, Expression, Place};

impl InRun for Checksum<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, site, at) = (&self.place.local, super::site(cx, &self.place.name), &self.at);
        let (ty, algorithm, len) = (&self.number.ty, self.algorithm, self.number.len(cx));
        let (from, to) = (self.from(&q!(0usize)), self.to(&q!(__fw::offset(input, i))));
        let seed = match &self.seed {
            Some(seed) => {
                let seed = expression::on_decode(seed).or_refuse_at(&site, &q!(#at));
                q!(::core::convert::AsRef::<[__fw::u8]>::as_ref(&#seed))
            }
            None => q!(&[][..]),
        };
        let or_refuse = fault::or_refuse_at(&site, &q!(#at));
        cx.at_last(
            self,
            self.if_there(
                |when| expression::on_decode(when).or_refuse_at(&site, &q!(#at)),
                &q! {
                    if src.verifies() {
                        let expected = __fw::checksum::<#algorithm, #ty>(#seed, input, #from, #to, #at, #len);
                        match __fw::same_checksum(expected, #local) #or_refuse;
                    }
                },
            ),
        );
        let take = self.number.take(&site);
        q!(let #local: #ty = #take;)
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, len, at) = (&self.place.name, self.number.len(cx), &self.at);
        let (ty, algorithm) = (&self.number.ty, self.algorithm);
        let (from, to) = (self.from(&q!(frame)), self.to(&q!(out.position())));
        let seed = match &self.seed {
            Some(seed) => {
                let seed = expression::on_encode(seed).or_fail(name);
                q!(::core::convert::AsRef::<[__fw::u8]>::as_ref(&#seed))
            }
            None => q!(&[][..]),
        };
        let or_fail = fault::or_fail(name);
        let patch = self.number.format.either(|format| {
            let format = format.tokens();
            q!(__fw::patch::<#ty, #format, __S>(out, #at, sum))
        });
        cx.at_last(
            self,
            self.if_there(
                |when| expression::on_encode(when).or_fail(name),
                &q! {
                    let sum = __fw::checksum_written::<#algorithm, #ty, __S>(#seed, out, #from, #to);
                    match #patch #or_fail;
                },
            ),
        );
        q!(__fw::skip::<{ #len }>(&mut w);)
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (field, algorithm) = (self.place.number(&self.number), self.algorithm);
        let (name, over) = (crate::text::tokens(&q!(#algorithm)), self.over.schema());
        let seed = self.seed.as_ref().map(|seed| {
            let seed = seed.schema();
            q!(.given(__fw::Given::new(__fw::None, &[#seed])))
        });
        vec![q!(#field.role(__fw::Role::Checksum(#name, #over)) #seed)]
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        self.number.len(cx)
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}

impl Checksum<'_> {
    /// Wraps code in the `when` condition of the checksum. An absent checksum is neither computed
    /// nor verified.
    fn if_there(&self, value: impl Fn(&Expression<'_>) -> TokenStream, sum: &TokenStream) -> TokenStream {
        match self.when.as_ref().map(value) {
            Some(holds) => q!(if #holds { #sum }),
            None => sum.clone(),
        }
    }

    fn from(&self, start: &TokenStream) -> TokenStream {
        self.from.as_ref().map_or_else(|| start.clone(), |from| q!(#from))
    }

    fn to(&self, end: &TokenStream) -> TokenStream {
        self.to.as_ref().map_or_else(|| end.clone(), |to| q!(#to))
    }
}
