//! Code for numbers of fixed size.

use proc_macro2::TokenStream;
use syn::Type;

use super::{Cx, InRun, Size, fault, q, tree};
use crate::layout::{Leaf, Place};

impl InRun for Leaf<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, take) = (&self.place.local, self.number.take(&super::site_of(cx, &self.place)));
        if let (Some(to), ty) = (self.converts, &self.number.ty) {
            let or_refuse = super::fault::or_refuse(&super::site_of(cx, &self.place), &q!(run));
            let convert = match items_of(ty, to) {
                Some([held, item]) => q!(items_as::<#held, #item, _>),
                None => q!(bits_as::<#ty, #to>),
            };
            return q!(let #local = match __fw::#convert(#take) #or_refuse;);
        }
        match (self.none, &self.number.ty) {
            (None, _) => q!(let #local = #take;),
            (Some(none), ty) => q! {
                let #local = #take;
                let absent: #ty = #none;
                let #local = __fw::Some(#local).filter(|number| !__fw::Absent::is_same(*number, absent));
            },
        }
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let (local, name, ty) = (&self.place.local, &self.place.name, &self.number.ty);
        if let Some(to) = self.converts {
            let or_fail = fault::or_fail(name);
            let put = self.number.put(&q!(number), name);
            let convert = match items_of(ty, to) {
                Some([held, item]) => q!(items_held::<#held, #item, _>),
                None => q!(to_wire::<#ty, #to>),
            };
            return q! {
                let number = match __fw::#convert(#local) #or_fail;
                #put
            };
        }
        let Some(none) = self.none else { return self.number.put(&q!(*#local), name) };
        let (put, or_fail) = (self.number.put(&q!(number), name), fault::or_fail(name));
        q! {
            let absent: #ty = #none;
            let number = match __fw::or_none(*#local, absent) #or_fail;
            #put
        }
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        self.number.len(cx)
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let field = self.place.number(&self.number);
        let Some(none) = self.none else { return vec![field] };
        let constant = tree::none_of(none, &self.number.ty);
        vec![q!(#field.none(__fw::Some(#constant)))]
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}

/// For an array that is converted item by item, returns the item types on the wire and in memory.
fn items_of<'t>(held: &'t Type, to: &'t Type) -> Option<[&'t Type; 2]> {
    match (held, to) {
        (Type::Array(held), Type::Array(to)) => Some([&held.elem, &to.elem]),
        _ => None,
    }
}
