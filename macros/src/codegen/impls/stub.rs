//! Impls for a type whose declaration has errors.

use proc_macro2::TokenStream;
use syn::{DeriveInput, GenericParam, Generics};

use super::generics::with_lifetime;
use super::krate_or_default;
use crate::ast::{Data, Item};
use crate::codegen::q;
use crate::ctxt::Ctxt;
use crate::lower::handed_over;

/// Returns impls that return an error when called. Without them, every use of the type would be a
/// further compile error.
pub(crate) fn stub(input: &DeriveInput) -> TokenStream {
    let krate = krate_or_default(explicit_crate(input).as_ref());
    let ident = &input.ident;
    let (_, ty, clause) = input.generics.split_for_impl();
    let decoding = with_lifetime(&input.generics);
    let (plain, _, _) = input.generics.split_for_impl();
    let (decode, _, _) = decoding.split_for_impl();
    let nested = nested_stub(input);
    q! {
        const _: () = {
            use #krate::__private as __fw;
            #[automatically_derived]
            impl #plain __fw::Layout for #ident #ty #clause {
                const SCHEMA: &'static __fw::Schema = &__fw::NO_SCHEMA;
                const MIN_LEN: __fw::usize = 0;
                const MAX_LEN: __fw::Option<__fw::usize> = __fw::None;
                const OPEN: __fw::bool = false;
            }
            #[automatically_derived]
            impl #decode __fw::Decode<'__de> for #ident #ty #clause {
                fn parse_from(
                    _: &'__de [__fw::u8],
                    _: &__fw::Source<'__de>,
                ) -> __fw::Parsed<'__de, Self> {
                    __fw::Err(__fw::not_derived())
                }
            }
            #[automatically_derived]
            impl #plain __fw::Encode for #ident #ty #clause {
                fn encode_to<__S: __fw::Sink + ?__fw::Sized>(
                    &self,
                    _: &mut __S,
                ) -> __fw::Result<(), __fw::EncodeError> {
                    __fw::Err(__fw::not_derived_either())
                }
                fn encoded_len(&self) -> __fw::usize {
                    0
                }
            }
            #nested
        };
    }
}

/// Returns stub impls for types that are only used inside other types: types with context, and
/// enums whose tag comes from the parent.
fn nested_stub(input: &DeriveInput) -> TokenStream {
    let with_context = |mut generics: Generics| {
        generics.params.push(GenericParam::Type(syn::parse_quote!(__C)));
        generics
    };
    let ident = &input.ident;
    let (decoding, encoding) =
        (with_context(with_lifetime(&input.generics)), with_context(input.generics.clone()));
    let (plain, ty, clause) = input.generics.split_for_impl();
    let ((decode, _, _), (encode, _, _)) = (decoding.split_for_impl(), encoding.split_for_impl());
    let item = Item::parse(&Ctxt::default(), input);
    let tag = item.and_then(|item| match item.data {
        Data::Enum(variants) => Some(handed_over(&variants)),
        Data::Struct(_) => None,
    });
    let tagged = tag.map(|tag| {
        let tag = tag.ty();
        q! {
            #[automatically_derived]
            impl #plain __fw::Tagged for #ident #ty #clause {
                type Tag = #tag;
                const KEEPS: __fw::bool = false;
                fn tag(&self) -> __fw::Result<#tag, __fw::EncodeError> {
                    __fw::Err(__fw::not_derived_either())
                }
            }
            #[automatically_derived]
            impl #plain __fw::BitField for #ident #ty #clause {
                const KIND: __fw::BitKind = __fw::BitKind::Unsigned;
                fn from_bits(
                    _: __fw::u128,
                    _: __fw::u32,
                ) -> __fw::Result<Self, __fw::DecodeError> {
                    __fw::Err(__fw::DecodeError::custom("the declaration of this type has errors"))
                }
                fn to_bits(
                    &self,
                    _: __fw::u32,
                ) -> __fw::Result<__fw::u128, __fw::EncodeError> {
                    __fw::Err(__fw::not_derived_either())
                }
            }
        }
    });
    q! {
        #[automatically_derived]
        impl #decode __fw::DecodeWith<'__de, __C> for #ident #ty #clause {
            fn parse_with_from(
                _: &'__de [__fw::u8],
                _: &__fw::Source<'__de>,
                _: __C,
            ) -> __fw::Parsed<'__de, Self> {
                __fw::Err(__fw::not_derived())
            }
        }
        #[automatically_derived]
        impl #encode __fw::EncodeWith<__C> for #ident #ty #clause {
            fn encode_with_to<__S: __fw::Sink + ?__fw::Sized>(
                &self,
                _: &mut __S,
                _: __C,
            ) -> __fw::Result<(), __fw::EncodeError> {
                __fw::Err(__fw::not_derived_either())
            }
            fn encoded_len_with(&self, _: __C) -> __fw::usize {
                0
            }
        }
        #tagged
    }
}

/// Returns the path in `crate = path`, even if other words have errors.
fn explicit_crate(input: &DeriveInput) -> Option<syn::Path> {
    crate::attr::TypeAttrs::parse(&crate::ctxt::Ctxt::default(), &input.attrs).krate.map(|path| path.value)
}
