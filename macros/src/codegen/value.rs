//! Values that say themselves where they end: nested frames, aliases, arrays
//! and tuples of any type.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Size, Tail, fault, q};
use crate::layout::{Given, Value};

impl Value<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (local, name, behind) = (&self.place.local, &self.place.name, tail.min());
        let site = super::site(cx, name);
        let (read, or_lack) = (self.content.read(&site), fault::or_lack_before(&site, &behind));
        q! {
            let (rest, #local) = match #read #or_lack;
            i = rest;
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (field, write) = (cx.field(self.place.slot), self.content.write(&self.place.name));
        let or_fail = fault::or_fail(&self.place.name);
        q! {
            let at = __fw::mark_enter(out, #field);
            match #write #or_fail;
            __fw::mark_leave(out, #field, at);
        }
    }

    pub(super) fn size(&self, _: &Cx<'_>) -> TokenStream {
        self.content.size_alone()
    }

    pub(super) fn bounds(&self, _: &Cx<'_>) -> Bounds {
        if let Given::With { .. } = self.content.given {
            return Bounds::at_least(Size::Known(0));
        }
        Bounds::of_type(self.content.ty, &self.content.format.tokens())
    }

    pub(super) fn schema(&self, _: &Cx<'_>) -> TokenStream {
        let (field, given) = (self.place.schema(&self.content.type_alone()), self.content.given());
        q!(#field #given)
    }
}
