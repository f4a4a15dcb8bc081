//! Flags that say whether another field is there.

use proc_macro2::TokenStream;

use super::tree::maybe_constant;
use super::{Cx, kept, q};
use crate::layout::PresenceFlag;

impl PresenceFlag<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, name, get) = (&self.place.local, &self.place.name, self.number.get());
        let site = super::site(cx, name);
        let (var, some, none) = (&self.var, self.value(true), self.value(false));
        let ty = &self.number.ty;
        q! {
            let at = run;
            let #local: #ty = #get.map_err(|error| __fw::in_leaf(error, #site, src, input, at))?;
            let #var = __fw::presence(#local, #some, #none)
                .map_err(|error| __fw::in_leaf(error, #site, src, input, at))?;
        }
    }

    pub(super) fn prepare(&self) -> TokenStream {
        let (local, target, ty) = (&self.place.local, &self.target, &self.number.ty);
        let (value, some, none) = (kept(local), self.value(true), self.value(false));
        q! {
            let #value: #ty = if #target.is_some() { #some } else { #none };
            let #local = &#value;
        }
    }

    pub(super) fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        let set = self.number.set(&q!(*#local));
        q!(#set.map_err(|error| error.in_field(#name))?;)
    }

    /// The number for presence or absence; `bool` has its own, others 1 and 0.
    fn value(&self, present: bool) -> TokenStream {
        let given = if present { self.some } else { self.none };
        match given {
            Some(value) => q!(#value),
            None => {
                let ty = &self.number.ty;
                q!(<#ty as __fw::Flag>::of(#present))
            }
        }
    }

    pub(super) fn schema(&self) -> TokenStream {
        let (field, of, ty) = (self.place.number(&self.number), self.of.schema(), &self.number.ty);
        let (some, none) = (maybe_constant(self.some, ty), maybe_constant(self.none, ty));
        q!(#field.role(__fw::Role::PresenceOf(#of, #some, #none)))
    }
}
