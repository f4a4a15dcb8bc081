//! Code for bytes and text of a small fixed size, such as `#[fixed(8)] name: String`. They can be
//! part of a run.

use proc_macro2::TokenStream;

use super::open::{self, Rule};
use super::{Cx, InRun, Size, fault, q, run};
use crate::layout::{Content, Filled, Given, Place};

impl InRun for Filled<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        let site = super::site(cx, name);
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let (len, fill, read) =
            (Size::said(self.len), some_fill(self.fill), self.content.read_all(false, &site));
        let or_lack = fault::or_lack(&site, &q!(body));
        q! {
            let (body, behind) = run.split_at_checked(#len).unwrap_or_default();
            run = behind;
            let body = __fw::trim::<#ty, #format>(body, #fill);
            let #local = match #read #or_lack;
        }
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let (local, or_fail) = (&self.place.local, fault::or_fail(&self.place.name));
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let (len, fill) = (Size::said(self.len), some_fill(self.fill));
        q! {
            match __fw::set_filled::<#ty, #format>(#local, &mut w, #len, #fill) #or_fail;
        }
    }

    /// Marks which bytes are the value and which are padding.
    fn marks(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let (len, size) = (Size::said(self.len), self.content.size());
        let fill = q!(__fw::usize::saturating_sub(#len, #size));
        vec![
            run::mark(cx, &self.place, &q!(__fw::Part::Value), &size, &size),
            run::mark(cx, &self.place, &q!(__fw::Part::Fill), &fill, &fill),
        ]
    }

    fn len(&self, _: &Cx<'_>) -> Size {
        Size::said(self.len)
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let field = self.place.schema(&self.content.type_in_extent());
        let (len, fill) = (Size::said(self.len), shown_fill(self.fill));
        let fills = fills(&self.content, self.fill);
        vec![q!(#field.extent(__fw::Extent::Fixed(#len, #fill)).lenient(false) #fills)]
    }

    fn rules(&self) -> Vec<Rule> {
        let items = open::items(&self.content, self.place.span);
        open::filled(&self.content, self.fill).into_iter().chain(items).collect()
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}

/// Returns the padding byte as an `Option`.
pub(super) fn some_fill(fill: Option<&syn::Expr>) -> TokenStream {
    match fill {
        Some(fill) => q!(__fw::Some(#fill)),
        None => q!(__fw::None),
    }
}

/// Returns the padding byte for the schema, which is zero by default.
pub(super) fn shown_fill(fill: Option<&syn::Expr>) -> TokenStream {
    fill.map_or_else(|| q!(0u8), |fill| q!((#fill)))
}

/// Returns the schema's flag for whether shorter values are padded.
pub(super) fn fills(content: &Content<'_>, fill: Option<&syn::Expr>) -> TokenStream {
    let (ty, format, said) = (content.ty, content.format.tokens(), fill.is_some());
    match content.given {
        Given::With { .. } => q!(.fills(#said)),
        _ => q!(.fills(__fw::fills::<#ty, #format>(#said))),
    }
}
