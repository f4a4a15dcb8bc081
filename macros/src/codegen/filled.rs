//! Bytes and text of a small fixed size: they stand in runs like numbers.

use proc_macro2::TokenStream;

use super::{Cx, q};
use crate::layout::{Content, Filled, Given};

impl Filled<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        let site = super::site(cx, name);
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let (len, fill, read) = (self.len(), some_fill(self.fill), self.content.read_all(false, &site));
        q! {
            let (body, behind) = run.split_at_checked(#len).unwrap_or_default();
            run = behind;
            let body = __fw::trim::<#ty, #format>(body, #fill);
            let #local = #read
                .map_err(|error| __fw::in_field(error, #site, src, input, __fw::offset(input, body)))?;
        }
    }

    pub(super) fn encode(&self) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let (len, fill) = (self.len(), some_fill(self.fill));
        q! {
            __fw::set_filled::<#ty, #format>(#local, &mut w, #len, #fill)
                .map_err(|error| error.in_field(#name))?;
        }
    }

    /// Tells a recording sink what of the bytes at `at` is the value, and what filling.
    pub(super) fn marks(&self, cx: &Cx<'_>) -> TokenStream {
        let (field, len, size) = (cx.field(self.place.slot), self.len(), self.content.size());
        q! {
            let end = at.saturating_add(#len);
            at = __fw::mark_next(out, #field, __fw::Part::Value, at, #size);
            if at < end {
                at = __fw::mark_next(out, #field, __fw::Part::Fill, at, end.saturating_sub(at));
            }
        }
    }

    pub(super) fn len(&self) -> TokenStream {
        let len = self.len;
        q!((#len))
    }

    pub(super) fn schema(&self) -> TokenStream {
        let field = self.place.schema(&self.content.type_in_extent());
        let (len, fill) = (self.len(), shown_fill(self.fill));
        let fills = fills(&self.content, self.fill);
        q!(#field.extent(__fw::Extent::Fixed(#len, #fill)).lenient(false) #fills)
    }
}

/// The byte that a fixed field is said to be filled up with.
pub(super) fn some_fill(fill: Option<&syn::Expr>) -> TokenStream {
    match fill {
        Some(fill) => q!(::core::option::Option::Some(#fill)),
        None => q!(::core::option::Option::None),
    }
}

/// The same as schemas have it: zero if nothing is said.
pub(super) fn shown_fill(fill: Option<&syn::Expr>) -> TokenStream {
    fill.map_or_else(|| q!(0u8), |fill| q!((#fill)))
}

/// What the schema says of whether shorter values are filled up.
pub(super) fn fills(content: &Content<'_>, fill: Option<&syn::Expr>) -> TokenStream {
    let (ty, format, said) = (content.ty, content.format.tokens(), fill.is_some());
    match content.given {
        Given::With { .. } => q!(.fills(#said)),
        _ => q!(.fills(__fw::fills::<#ty, #format>(#said))),
    }
}
