//! Code for self-delimiting values, such as a nested frame `header: Header` or a tuple
//! `(u8, Header)`.

use proc_macro2::{Ident, TokenStream};

use super::open::{Around, Rule};
use super::{Bounds, Cx, Node, Size, Tail, add_size_of, fault, q};
use crate::layout::{Given, Place, Value};

impl Node for Value<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (local, name, behind) = (&self.place.local, &self.place.name, tail.min());
        let site = super::site(cx, name);
        let (read, or_lack) = (self.content.read(&site), fault::or_lack_before(&site, &behind));
        q! {
            let (rest, #local) = match #read #or_lack;
            i = rest;
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (field, write) = (cx.field(self.place.slot), self.content.write(&self.place.name));
        let or_fail = fault::or_fail(&self.place.name);
        q! {{
            let at = __fw::mark_enter(out, #field);
            match #write #or_fail;
            __fw::mark_leave(out, #field, at);
        }}
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        add_size_of(cx, &self.place.local, &self.content.size_alone())
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        if let Given::With { .. } = self.content.given {
            return Bounds::at_least(Size::Known(0));
        }
        Bounds::of_type(self.content.ty, &self.content.format.tokens())
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
        let (field, given) = (self.place.schema(&self.content.type_alone()), self.content.given());
        vec![q!(#field #given)]
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn exact_is_known(&self) -> bool {
        true
    }

    fn rules(&self, cx: &Cx<'_>, Around { rest, more }: Around) -> Vec<Rule> {
        let (Bounds { min, max, open }, span) = (self.bounds(cx), self.place.span);
        let last = more.then(|| Rule::new(span, q!(__fw::open_is_last(#open))));
        let exact = rest.then(|| Rule::new(span, q!(__fw::has_one_size(#min, #max))));
        last.into_iter().chain(exact).collect()
    }

    fn measured_once(&self) -> Option<&Ident> {
        Some(&self.place.local)
    }
}
