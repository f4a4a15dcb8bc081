//! Values that say themselves where they end: nested frames, aliases, arrays
//! and tuples of any type.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Tail, q};
use crate::layout::{Given, Value};

impl Value<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (local, name, behind) = (&self.place.local, &self.place.name, tail.min());
        let site = super::site(cx, name);
        let read = self.content.read(&site);
        q! {
            let (rest, #local) = #read
                .map_err(|error| __fw::in_field_before(error, #site, src, input, __fw::offset(input, i), #behind))?;
            i = rest;
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field, write) =
            (&self.place.name, cx.field(self.place.slot), self.content.write(&self.place.name));
        q! {
            let at = __fw::mark_enter(out, #field);
            #write.map_err(|error| error.in_field(#name))?;
            __fw::mark_leave(out, #field, at);
        }
    }

    pub(super) fn size(&self, _: &Cx<'_>) -> TokenStream {
        self.content.size_alone()
    }

    pub(super) fn bounds(&self, _: &Cx<'_>) -> Bounds {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        if let Given::With { .. } = self.content.given {
            return Bounds::at_least(q!(0usize));
        }
        Bounds {
            min: q!(<#ty as __fw::Wire<#format>>::MIN),
            max: q!(<#ty as __fw::Wire<#format>>::MAX),
            open: q!(<#ty as __fw::Wire<#format>>::OPEN),
        }
    }

    pub(super) fn schema(&self, _: &Cx<'_>) -> TokenStream {
        let (field, given) = (self.place.schema(&self.content.type_alone()), self.content.given());
        q!(#field #given)
    }
}
