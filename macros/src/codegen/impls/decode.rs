//! The impls of `Decode` and `DecodeWith`.

use proc_macro2::TokenStream;
use syn::GenericParam;

use super::generics::with_lifetime;
use super::{Emit, allow};
use crate::ast::Data;
use crate::codegen::order::on_decode;
use crate::codegen::{Tail, construct, parse_steps, q, site};
use crate::layout::Expression;

impl Emit<'_> {
    pub(super) fn decode_impl(&self) -> TokenStream {
        let generics = self.bounded(
            &with_lifetime(&self.item.generics),
            |format| q!(__fw::Read<'__de, #format>),
            &q!(__fw::Decode<'__de>),
        );
        let (ident, ty) = (&self.item.ident, self.ty());
        let (body, allow) = (self.parse_body(), allow());
        let arguments = q! {
            input: &'__de [__fw::u8],
            src: &__fw::Source<'__de>
        };
        let Some(context) = self.context_type() else {
            let (decode, _, clause) = generics.split_for_impl();
            let owned = self.parse_owned();
            return q! {
                #[automatically_derived]
                #allow
                impl #decode __fw::Decode<'__de> for #ident #ty #clause {
                    const NAMES_ITSELF: __fw::bool = true;
                    #owned
                    #[inline]
                    fn parse_from(#arguments) -> __fw::Parsed<'__de, Self> {
                        #body
                    }
                }
            };
        };
        let (generics, unpack) = (self.with_context(generics), self.unpack_context());
        let (decode, _, clause) = generics.split_for_impl();
        q! {
            #[automatically_derived]
            #allow
            impl #decode __fw::DecodeWith<'__de, #context> for #ident #ty #clause {
                #[inline]
                fn parse_with_from(#arguments, context: #context) -> __fw::Parsed<'__de, Self> {
                    #unpack
                    let tag_at = 0usize;
                    #body
                }
            }
        }
    }

    /// Returns the parser for any lifetime, if the type borrows nothing.
    fn parse_owned(&self) -> TokenStream {
        let is_constant = |param: &GenericParam| matches!(param, GenericParam::Const(_));
        if !self.item.generics.params.iter().all(is_constant) {
            return TokenStream::new();
        }
        q! {
            const IS_OWNED: __fw::bool = true;
            #[inline]
            fn parse_owned<'__x>(
                input: &'__x [__fw::u8],
                src: &__fw::Source<'__x>
            ) -> __fw::Parsed<'__x, Self> {
                <Self as __fw::Decode<'__x>>::parse_from(input, src)
            }
        }
    }

    pub(super) fn parse_body(&self) -> TokenStream {
        let order = |order: &Expression<'_>| on_decode(order, &site(&self.cx, ""), &q!(input));
        let body = self.in_order(order, Self::parse_steps);
        match &self.item.attrs.max {
            None => body,
            Some(max) => {
                let (max, site) = (&max.value, site(&self.cx, ""));
                q! {
                    __fw::limited(input, src, #site, #max, <Self as __fw::Layout>::OPEN, move |input, src| {
                        #body
                    })
                }
            }
        }
    }

    fn parse_steps(&self) -> TokenStream {
        let assertions = self.assertions();
        let steps = parse_steps(&self.cx, &self.layout.steps, &Tail::default());
        let (later, last) = (self.cx.take_later(), self.cx.take_last());
        let value = match &self.item.data {
            Data::Struct(fields) if self.item.is_item => {
                let locals = fields.iter().map(|field| &field.local);
                q!(#(#locals)*)
            }
            Data::Struct(fields) => construct(fields, None),
            Data::Enum(_) => q!(value),
        };
        let marks = self.marks();
        q! {
            #assertions
            let mut i = input;
            #marks
            #steps
            #later
            #last
            __fw::Ok((i, #value))
        }
    }
}
