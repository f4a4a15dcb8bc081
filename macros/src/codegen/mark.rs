//! Code that stores a position in a variable while a run is read or written. For example, `m2` is
//! the position of field 2, which a checksum covers.

use proc_macro2::TokenStream;

use super::{Cx, InRun, Size, q};
use crate::layout::Mark;

impl InRun for Mark {
    fn parse(&self, _: &Cx<'_>) -> TokenStream {
        let mark = &self.0;
        q!(#mark = __fw::offset(input, run);)
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let mark = &self.0;
        q!(#mark = base.saturating_add(size.saturating_sub(w.len()));)
    }

    fn len(&self, _: &Cx<'_>) -> Size {
        Size::Known(0)
    }

    fn takes_bytes(&self) -> bool {
        false
    }
}
