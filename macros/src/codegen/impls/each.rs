//! The hidden structs of lists with `each` or `separated`; see `ast/each.rs` for an example.

use proc_macro2::TokenStream;
use syn::{GenericParam, Generics};

use super::generics::with_lifetime;
use super::{Emit, allow};
use crate::codegen::{nesting, q};

impl Emit<'_> {
    /// Returns the declaration of the hidden struct, and the impls that read and write an item.
    pub(super) fn item_impls(&self) -> TokenStream {
        let (ident, ty, allow) = (&self.item.ident, self.ty(), allow());
        let Some(field) = self.item.fields().next() else { return TokenStream::new() };
        let (item, local) = (&field.ty, &field.local);
        let (own, held) = (self.item.generics.split_for_impl(), self.held());
        let (plain, _, clause) = (&own.0, &own.1, &own.2);
        let decode = with_borrowed(&self.bounded(
            &with_lifetime(&self.item.generics),
            |format| q!(__fw::Read<'__de, #format>),
            &q!(__fw::Decode<'__de>),
        ));
        let encode = with_borrowed(&self.bounded(
            &self.item.generics,
            |format| q!(__fw::Write<#format>),
            &q!(__fw::Encode),
        ));
        let layout = self.bounded(&self.item.generics, |format| q!(__fw::Wire<#format>), &q!(__fw::Layout));
        let (layout, _, layout_clause) = layout.split_for_impl();
        let (decode, _, decode_clause) = decode.split_for_impl();
        let (encode, _, encode_clause) = encode.split_for_impl();
        let (parse, write, size) = (self.parse_body(), self.encode_body(), self.size_body());
        let context = self.borrowed_context();
        let unpack_to_read = self.unpack_borrowed(&q!(__fw::Err(__fw::no_element_to_read())));
        let unpack = self.unpack_borrowed(&q!(__fw::Err(__fw::no_element())));
        let unpack_to_measure = self.unpack_borrowed(&q!(0usize));
        let nests = nesting::may_be_deeper(&self.layout.steps).map(|_| {
            let check = nesting::check(&self.layout.steps);
            q! {
                #[inline]
                fn item_nests_within(#local: &Self::Item, levels: __fw::u16) -> __fw::bool {
                    #check
                    true
                }
            }
        });
        q! {
            #allow
            struct #ident #plain (::core::marker::PhantomData<#held>) #clause;
            #[automatically_derived]
            #allow
            impl #layout __fw::ItemOf for #ident #ty #layout_clause {
                type Item = #item;
                #nests
            }
            #[automatically_derived]
            #allow
            impl #decode __fw::ReadItem<'__de, #context> for #ident #ty #decode_clause {
                #[inline]
                fn read_item(
                    input: &'__de [__fw::u8],
                    src: &__fw::Source<'__de>,
                    context: #context,
                ) -> __fw::Parsed<'__de, Self::Item> {
                    #unpack_to_read
                    #parse
                }
            }
            #[automatically_derived]
            #allow
            impl #encode __fw::WriteItem<#context> for #ident #ty #encode_clause {
                #[inline]
                fn write_item<__S: __fw::Sink + ?__fw::Sized>(
                    #local: &Self::Item,
                    out: &mut __S,
                    context: #context,
                ) -> __fw::Result<(), __fw::EncodeError> {
                    #unpack
                    #write
                }
                #[inline]
                fn item_size(#local: &Self::Item, context: #context) -> __fw::usize {
                    #unpack_to_measure
                    #size
                }
            }
        }
    }

    /// Returns the fields of the hidden struct. They mention all its type parameters and lifetimes,
    /// as Rust requires.
    fn held(&self) -> TokenStream {
        let parameters = self.item.generics.params.iter().filter_map(|param| match param {
            GenericParam::Lifetime(param) => {
                let lifetime = &param.lifetime;
                Some(q!(&#lifetime ()))
            }
            GenericParam::Type(param) => {
                let ident = &param.ident;
                Some(q!(fn() -> #ident))
            }
            GenericParam::Const(_) => None,
        });
        q!((#(#parameters,)*))
    }

    /// Returns the type of the context: a tuple of references to fields of the surrounding frame.
    fn borrowed_context(&self) -> TokenStream {
        let types = self.layout.context.iter().map(|value| {
            let ty = value.ty;
            if value.element { q!(__fw::Option<&'__c #ty>) } else { q!(&'__c #ty) }
        });
        q!((#(#types,)*))
    }

    /// Returns the statements that declare the context values. They return `without` if another
    /// list has no element for this item.
    fn unpack_borrowed(&self, without: &TokenStream) -> TokenStream {
        let locals = self.layout.context.iter().map(|value| &value.local);
        let elements = self.layout.context.iter().filter(|value| value.element).map(|value| &value.local);
        q! {
            let (#(#locals,)*) = context;
            #(let __fw::Some(#elements) = #elements else { return #without; };)*
        }
    }
}

/// Adds the lifetime `'__c` of the context.
fn with_borrowed(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    generics.params.insert(0, syn::parse_quote!('__c));
    generics
}
