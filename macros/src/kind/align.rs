//! Filling up to a multiple of some bytes, counted from the frame's start.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, q};
use crate::layout::Align;

impl Align<'_> {
    pub(super) fn parse(&self, _: &Cx<'_>) -> TokenStream {
        let (name, to, strict) = (&self.place.name, self.to, self.strict);
        q! {
            i = __fw::take_fill(i, src, __fw::fill_to(__fw::offset(input, i), #to), #strict)
                .map_err(|error| __fw::in_field(error, #name, __fw::offset(input, i)))?;
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (field, to) = (cx.field(self.place.slot), self.to);
        q! {
            let at = out.position();
            __fw::put_zeros(out, __fw::fill_to(at.saturating_sub(frame), #to))?;
            __fw::mark_since(out, #field, __fw::Part::Value, at);
        }
    }

    pub(super) fn size(&self, _: &Cx<'_>) -> TokenStream {
        let to = self.to;
        q!(__fw::fill_to(size, #to))
    }

    pub(super) fn bounds(&self) -> Bounds {
        let to = self.to;
        let max = q!(::core::option::Option::Some(__fw::most_fill(#to)));
        Bounds { min: q!(0usize), max, open: q!(false) }
    }

    pub(super) fn schema(&self) -> TokenStream {
        let (field, to, lenient) = (self.place.schema(&q!(__fw::Type::Bytes)), self.to, !self.strict);
        q!(#field.extent(__fw::Extent::Align(#to)).role(__fw::Role::Pad).lenient(#lenient))
    }
}
