//! Code for tags of fewer than 8 bits: `#[frame(tag = bits(2))]`. The tag is read without moving
//! the cursor, because its byte is read again as part of the variant's first bit run.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, InRun, Node, Size, Tail, fault, q};
use crate::layout::{Peek, Place};

impl Node for Peek<'_> {
    fn parse(&self, cx: &Cx<'_>, _: &Tail) -> TokenStream {
        let (local, site) = (&self.0.place.local, super::site(cx, &self.0.place.name));
        let (take, or_lack) = (self.0.of.take(&site), fault::or_lack(&site, &q!(i)));
        q! {
            let tag_at = __fw::offset(input, i);
            let bits = match __fw::peek_bits(i, src) #or_lack;
            let run = i;
            let #local = #take;
        }
    }

    /// Computes the tag. The bit run writes it.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        self.0.prepare(cx)
    }

    fn size(&self, _: &Cx<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        Bounds::exactly(Size::Known(0))
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        InRun::schema(&self.0, cx)
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.0.place]
    }

    fn moves(&self) -> bool {
        false
    }
}
