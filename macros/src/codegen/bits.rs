//! Bit fields: a run of them is one integer, split by shift and mask.

use proc_macro2::TokenStream;

use super::{Cx, q};
use crate::layout::{Atom, BitRun, Tag, TagOf};

impl BitRun<'_> {
    /// Reads the integer; `run` stays in front of it while its fields are
    /// taken, so that errors in them are located there.
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (bytes, little) = (self.bytes, self.little);
        let fields = self.fields.iter().map(|field| field.atom.parse(cx));
        q! {
            let bits = __fw::read_bits::<#bytes>(run, #little);
            #(#fields)*
            run = __fw::after(run, #bytes);
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (bytes, little) = (self.bytes, self.little);
        let fields = self.fields.iter().map(|field| field.atom.encode(cx));
        q! {
            let mut bits = 0u128;
            #(#fields)*
            __fw::fill(&mut w, __fw::write_bits::<#bytes>(bits, #little));
        }
    }

    /// Each field is marked with the bytes of the whole run.
    pub(super) fn marks(&self, cx: &Cx<'_>) -> TokenStream {
        let bytes = self.bytes;
        let fields = self.fields.iter().filter_map(|field| {
            let entry = cx.field(field.atom.place()?.slot);
            // The tag of the type is described by the byte it is read from.
            let bytes =
                if matches!(field.atom, Atom::Tag(Tag { of: TagOf::Own { .. }, .. })) { 1 } else { bytes };
            Some(q!(__fw::mark_next(out, #entry, __fw::Part::Value, at, #bytes);))
        });
        q! {
            #(#fields)*
            at = at.saturating_add(#bytes);
        }
    }
}
