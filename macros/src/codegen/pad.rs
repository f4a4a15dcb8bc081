//! Code for padding of a fixed size. The encoder writes zeros or the `fill` byte. The parser
//! ignores the bytes unless the padding is `strict`.

use proc_macro2::TokenStream;

use super::{Cx, InRun, Size, fault, q};
use crate::attr::Filling;
use crate::layout::{Bits, Pad, Padding, Place};

/// Returns the byte that the encoder writes.
pub(super) fn byte(filling: &Filling) -> TokenStream {
    filling.fill.as_ref().map_or_else(|| q!(0u8), |fill| q!((#fill)))
}

impl InRun for Pad<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let Self { place, len, filling } = self;
        let (strict, byte) = (filling.strict, byte(filling));
        let site = super::site_of(cx, place);
        let local = &place.local;
        let or_refuse = |at: &TokenStream| fault::or_refuse(&site, at);
        let skip = match (len, strict) {
            (Padding::Bytes(len), false) => q!(run = __fw::after(run, #len);),
            (Padding::Bytes(len), true) => {
                let or_refuse = or_refuse(&q!(at));
                q! {
                    let at = run;
                    match __fw::magic(&mut run, &[#byte; #len]) #or_refuse;
                }
            }
            (Padding::Bits(_), false) => TokenStream::new(),
            (Padding::Bits(Bits { width, shift, .. }), true) => {
                let or_refuse = or_refuse(&q!(run));
                q!(match __fw::same(__fw::cut_bits(bits, #shift, #width), 0) #or_refuse;)
            }
        };
        q!(#skip let #local = ();)
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let byte = byte(self.filling);
        match &self.len {
            Padding::Bytes(len) => q!(__fw::fill(&mut w, [#byte; #len]);),
            Padding::Bits(_) => TokenStream::new(),
        }
    }

    fn len(&self, _: &Cx<'_>) -> Size {
        match &self.len {
            Padding::Bytes(len) => Size::said(len),
            Padding::Bits(_) => Size::Known(0),
        }
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let Self { place, len, filling } = self;
        let (lenient, byte) = (!filling.strict, byte(filling));
        let (ty, extent) = match len {
            Padding::Bytes(len) => (q!(__fw::Type::Bytes), q!(.extent(__fw::Extent::Fixed(#len, #byte)))),
            Padding::Bits(bits) => (bits.schema(&q!(__fw::BitKind::Unsigned)), TokenStream::new()),
        };
        let field = place.schema(&ty);
        vec![q!(#field #extent.role(__fw::Role::Pad).lenient(#lenient))]
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}
