//! Values that say themselves where they end: nested frames, aliases, arrays
//! and tuples of any type.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Tail, expression, q};
use crate::layout::{Given, Value};

impl Value<'_> {
    pub(super) fn parse(&self, _: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let (local, name, behind) = (&self.place.local, &self.place.name, tail.min());
        let read = match &self.content.given {
            Given::Nothing => q!(<#ty as __fw::Read<#format>>::read(i, src)),
            Given::Context { .. } => {
                let context = expression::context(&self.content.given);
                q!(__fw::read_with::<#ty, _>(i, src, #context))
            }
        };
        q! {
            let (rest, #local) = #read
                .map_err(|error| __fw::in_field_before(error, #name, __fw::offset(input, i), #behind))?;
            i = rest;
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let (local, name, field) = (&self.place.local, &self.place.name, cx.field(self.place.slot));
        let write = match &self.content.given {
            Given::Nothing => q!(<#ty as __fw::Write<#format>>::write(#local, out)),
            Given::Context { .. } => {
                let context = expression::context_on_encode(&self.content.given, &self.content.local);
                q!(__fw::write_with::<#ty, _, S>(#local, out, #context))
            }
        };
        q! {
            let at = __fw::mark_enter(out, #field);
            #write.map_err(|error| error.in_field(#name))?;
            __fw::mark_leave(out, #field, at);
        }
    }

    pub(super) fn size(&self, _: &Cx<'_>) -> TokenStream {
        let (ty, format, local) = (self.content.ty, self.content.format.tokens(), &self.place.local);
        match &self.content.given {
            Given::Nothing => q!(<#ty as __fw::Write<#format>>::size(#local)),
            Given::Context { .. } => {
                let context = expression::context_on_encode(&self.content.given, &self.content.local);
                q!(__fw::size_with::<#ty, _>(#local, #context))
            }
        }
    }

    pub(super) fn bounds(&self, _: &Cx<'_>) -> Bounds {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        Bounds {
            min: q!(<#ty as __fw::Wire<#format>>::MIN),
            max: q!(<#ty as __fw::Wire<#format>>::MAX),
            open: q!(<#ty as __fw::Wire<#format>>::OPEN),
        }
    }

    pub(super) fn schema(&self, _: &Cx<'_>) -> TokenStream {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        self.place.schema(&q!(<#ty as __fw::Wire<#format>>::TYPE))
    }
}
