//! Padding of a known size: zeros, or another byte, on encode; ignored on
//! decode unless `strict`.

use proc_macro2::TokenStream;

use super::{Cx, Size, fault, q};
use crate::attr::Filling;
use crate::layout::{Bits, Padding, Place};

/// The byte that padding consists of.
pub(super) fn byte(filling: &Filling) -> TokenStream {
    filling.fill.as_ref().map_or_else(|| q!(0u8), |fill| q!((#fill)))
}

pub(super) fn parse(cx: &Cx<'_>, place: &Place<'_>, len: &Padding<'_>, filling: &Filling) -> TokenStream {
    let (name, strict, byte) = (&place.name, filling.strict, byte(filling));
    let site = super::site(cx, name);
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

pub(super) fn encode(len: &Padding<'_>, filling: &Filling) -> TokenStream {
    let byte = byte(filling);
    match len {
        Padding::Bytes(len) => q!(__fw::fill(&mut w, [#byte; #len]);),
        Padding::Bits(_) => TokenStream::new(),
    }
}

pub(super) fn len(len: &Padding<'_>) -> Size {
    match len {
        Padding::Bytes(len) => Size::said(len),
        Padding::Bits(_) => Size::Known(0),
    }
}

pub(super) fn schema(place: &Place<'_>, len: &Padding<'_>, filling: &Filling) -> TokenStream {
    let (lenient, byte) = (!filling.strict, byte(filling));
    let (ty, extent) = match len {
        Padding::Bytes(len) => (q!(__fw::Type::Bytes), q!(.extent(__fw::Extent::Fixed(#len, #byte)))),
        Padding::Bits(bits) => (bits.schema(&q!(__fw::BitKind::Unsigned)), TokenStream::new()),
    };
    let field = place.schema(&ty);
    q!(#field #extent.role(__fw::Role::Pad).lenient(#lenient))
}
