//! Code for fields with `skip`.

use proc_macro2::{Ident, TokenStream};

use super::{Bounds, Cx, Node, Size, Tail, q};
use crate::layout::Skip;

impl Node for Skip<'_> {
    fn parse(&self, _: &Cx<'_>, _: &Tail) -> TokenStream {
        let (local, ty) = (&self.place.local, self.ty);
        q!(let #local: #ty = __fw::Default::default();)
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn size(&self, _: &Cx<'_>) -> TokenStream {
        TokenStream::new()
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        Bounds::exactly(Size::Known(0))
    }

    fn binds(&self) -> Vec<Ident> {
        vec![self.place.local.clone()]
    }

    fn exact_is_known(&self) -> bool {
        true
    }

    fn moves(&self) -> bool {
        false
    }

    fn takes_bytes(&self) -> bool {
        false
    }
}
