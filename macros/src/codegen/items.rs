//! Code for lists that end with a special item: the first that satisfies a closure or equals a
//! value, as in `#[until(0)] values: Vec<u16>`.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::Type;

use super::open::{self, Around, Rule};
use super::{Bounds, Cx, Node, Size, Tail, add_size_of, expression, fault, q};
use crate::layout::{End, Items, Place};

impl Node for Items<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, local, behind) = (&self.place.name, &self.place.local, tail.min());
        let site = super::site(cx, name);
        let (ty, format, ends) = (self.content.ty, self.content.format.tokens(), self.ends());
        let (keep, is_last) = (matches!(self.end, End::Kept(_)), self.is_last());
        let last = self.last_size();
        let marks = self.marks.as_ref().map(|(from, to)| {
            q! {
                #from = __fw::offset(input, i);
                #to = __fw::offset(input, rest).saturating_sub(#last);
            }
        });
        let or_lack = fault::or_lack_before(&site, &behind);
        let read = if self.content.is_list_with() {
            let context = self.content.context_of_items(&site, &q!(i));
            q!({
                #context
                __fw::read_until_with::<#ty, #format, _>(i, src, #ends, #keep, context)
            })
        } else {
            self.content
                .in_format(|format| q!(__fw::read_until::<#ty, #format>(i, src, #ends, #keep, #is_last)))
        };
        q! {
            let (rest, #local) = match #read #or_lack;
            #marks
            i = rest;
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, local, field) = (&self.place.name, &self.place.local, cx.field(self.place.slot));
        let (ty, ends) = (self.content.ty, self.ends());
        let write = match &self.end {
            _ if self.content.is_list_with() => self.write_with(),
            End::Kept(_) => self
                .content
                .in_format(|format| q!(__fw::write_until::<#ty, #format, __S>(#local, out, #ends))),
            End::Dropped(value) => self.content.in_format(|format| {
                q! {{
                    let last = #value;
                    __fw::write_until_value::<#ty, #format, __S>(#local, out, &last)
                }}
            }),
        };
        let last = self.last_size();
        let marks = self
            .marks
            .as_ref()
            .map(|(from, to)| q!(#from = start; #to = out.position().saturating_sub(#last);));
        let or_fail = fault::or_fail(name);
        q! {{
            let start = __fw::mark_enter(out, #field);
            match #write #or_fail;
            __fw::mark_leave(out, #field, start);
            #marks
        }}
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        let (size, last) = (self.content.size(), self.last_size());
        let size = match &self.end {
            End::Kept(_) => size,
            End::Dropped(_) => q!(#size.saturating_add(#last)),
        };
        add_size_of(cx, &self.place.local, &size)
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        Bounds::at_least(Size::Known(1))
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let field = self.place.schema(&q!(<#ty as __fw::Shape<#format>>::TYPE));
        let text = match &self.end {
            End::Kept(closure) => crate::text::tokens(&closure.to_token_stream()),
            End::Dropped(value) => crate::text::tokens(&value.to_token_stream()),
        };
        let bytes = match &self.end {
            End::Kept(_) => q!(__fw::None),
            End::Dropped(_) if cx.generic => {
                q!(__fw::Some(|| __fw::None))
            }
            End::Dropped(value) => {
                let item = self.item;
                q!(__fw::Some(|| {
                    let last: #item = #value;
                    __fw::bytes_of::<#item, #format>(&last)
                }))
            }
        };
        let mut last = super::tree::last_item(&text, &self.end.tree(), self.item, self.on_wire);
        let is_alone = !cx.generic && !self.content.is_list_with();
        if let (End::Kept(_), Some(_), true) = (&self.end, &self.any, is_alone) {
            let is_last = self.is_last();
            last = q!(#last.recognised_by(#is_last));
        }
        let given = self.content.given();
        vec![q!(#field.extent(__fw::Extent::UntilItem(&#last, #bytes)) #given)]
    }

    fn rules(&self, _: &Cx<'_>, _: Around) -> Vec<Rule> {
        open::item(self.item, &self.content.format.tokens(), self.place.span).into_iter().collect()
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn measured_once(&self) -> Option<&Ident> {
        Some(&self.place.local)
    }
}

impl Items<'_> {
    /// Returns the size of the last item, if it is not part of the list.
    fn last_size(&self) -> TokenStream {
        let (item, format) = (self.item, self.content.format.tokens());
        match &self.end {
            End::Kept(_) => q!(0usize),
            End::Dropped(value) => q! {{
                let last: #item = #value;
                <#item as __fw::Write<#format>>::size(&last)
            }},
        }
    }

    /// Returns the code that writes items that receive context.
    fn write_with(&self) -> TokenStream {
        let (name, local) = (&self.place.name, &self.place.local);
        let (ty, format, ends) = (self.content.ty, self.content.format.tokens(), self.ends());
        let context = self.content.context_of_items_on_encode(name);
        q!({
            #context
            __fw::ends_with::<#ty>(#local, #ends)
                .and_then(|()| __fw::write_all_with::<#ty, #format, _, __S>(#local, out, context))
        })
    }

    fn ends(&self) -> TokenStream {
        self.recognises(self.item)
    }

    fn recognises(&self, item: &Type) -> TokenStream {
        match &self.end {
            End::Kept(closure) => match expression::checked_closure(closure) {
                Some(checked) => {
                    let text = crate::text::tokens(&closure.to_token_stream());
                    q!(__fw::checked_predicate::<#item>(#text, #checked))
                }
                None => q!(__fw::predicate::<#item>(#closure)),
            },
            End::Dropped(value) => q!(__fw::predicate::<#item>(|item| {
                let last: #item = #value;
                *item == last
            })),
        }
    }

    /// Returns an `Option` with a function that takes the bytes of an item and tells whether it is
    /// the last item. The `Option` is `None` if the bytes alone do not show this.
    fn is_last(&self) -> TokenStream {
        let Some(item) = &self.any else { return q!(__fw::None) };
        let (format, ends) = (self.content.format.of_any_lifetime(), self.recognises(item));
        q!(__fw::Some(|item: &[__fw::u8]| {
            __fw::is_last::<#item, #format>(item, #ends)
        }))
    }
}
