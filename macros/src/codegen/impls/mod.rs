//! Combines the code of all nodes into impls.

mod decode;
mod describe;
mod each;
mod encode;
mod generics;
mod stub;

pub(crate) use stub::stub;

use proc_macro2::TokenStream;
use syn::Generics;

use crate::ast::{Data, Item};
use crate::attr::Order;
use crate::codegen::order::by;
use crate::codegen::{
    Cx, Shared, all_know_their_tag, assertions_inside, destructure, plain_arms, q, tag_of_self,
};
use crate::layout::{BitConstant, Expression, Layout, TagType};

/// Returns the impls of a type, which is the last of `items`. The other items are its hidden
/// structs.
pub(crate) fn emit(items: &[&Item], layouts: &[Layout<'_>]) -> TokenStream {
    let krate = items.last().and_then(|item| item.attrs.krate.as_ref());
    let krate = krate_or_default(krate.map(|path| &path.value));
    let impls = items.iter().zip(layouts).map(|(item, layout)| emit_one(item, layout));
    q! {
        // The generated code may use the user's deprecated items.
        #[allow(deprecated)]
        const _: () = {
            use #krate::__private as __fw;
            #[allow(unused_imports)]
            use __fw::operators::*;
            #(#impls)*
        };
    }
}

fn emit_one<'a>(item: &'a Item, layout: &'a Layout<'a>) -> TokenStream {
    let variants = match &item.data {
        Data::Struct(_) => &[][..],
        Data::Enum(variants) => variants,
    };
    let (name, shared) = (&item.name, Shared::default());
    let order = item.attrs.order.as_ref().map(|order| order.value);
    let generic = item.generics.type_params().next().is_some();
    let cx = |layout: &'a Layout<'a>, turn: Order| {
        let cx = Cx::new(name, order, generic, variants, layout.tags.as_ref(), &shared);
        cx.of_steps(&layout.steps).in_order(layout.order.as_ref().map(|_| turn), layout)
    };
    let little = layout.little.as_deref();
    let little =
        little.map(|little| Emit { item, layout: little, cx: cx(little, Order::Little), little: None });
    let cx = cx(layout, Order::Big);
    let (constants, widths) = (constants(layout), layout.bits.iter().map(BitConstant::tokens));
    let emit = Emit { item, layout, cx, little: little.map(Box::new) };
    // The parser uses constants of `Layout`, so a hidden struct needs this impl too.
    if item.is_item {
        let item = emit.item_impls();
        let (describe, open) = (emit.layout_impl(), emit.evaluate());
        return q!(#(#widths)* #describe #item #open);
    }
    let (decode, encode) = (emit.decode_impl(), emit.encode_impl());
    let describe = emit.layout_impl();
    let (tagged, bits, open) = (emit.tagged_impl(), emit.bits_impl(), emit.evaluate());
    q! {
        #constants
        #(#widths)*
        #describe
        #decode
        #encode
        #tagged
        #bits
        #open
    }
}

fn krate_or_default(path: Option<&syn::Path>) -> TokenStream {
    path.map_or_else(|| q!(::framewright), |path| q!(#path))
}

/// Returns the constants of the tags.
fn constants(layout: &Layout<'_>) -> TokenStream {
    let Some(tags) = &layout.tags else { return TokenStream::new() };
    let constants = tags.arms.iter().enumerate().map(|(index, arm)| arm.constants(index, &tags.ty));
    constants.chain(tags.apart()).collect()
}

struct Emit<'a> {
    item: &'a Item,
    layout: &'a Layout<'a>,
    cx: Cx<'a>,
    /// The same for little-endian order, if a byte order is known only at run time. `self` is then
    /// for big-endian order.
    little: Option<Box<Self>>,
}

impl Emit<'_> {
    /// Returns the checks of nested types for a generic type. They are inside its functions, so
    /// that each instance is checked.
    fn assertions(&self) -> TokenStream {
        if self.has_parameters() {
            assertions_inside(&self.cx, &self.layout.steps)
        } else {
            TokenStream::new()
        }
    }

    /// Returns the code, or the code for both byte orders if the type's order is known only at run
    /// time.
    fn in_order(
        &self,
        order: impl Fn(&Expression<'_>) -> TokenStream,
        code: impl Fn(&Self) -> TokenStream,
    ) -> TokenStream {
        match (&self.layout.order, &self.little) {
            (Some(expression), Some(little)) => by(&order(expression), &code(self), &code(little)),
            _ => code(self),
        }
    }

    /// Declares the variables for positions.
    fn marks(&self) -> TokenStream {
        let (marks, count) = (&self.layout.marks, self.layout.marks.len());
        if marks.is_empty() { TokenStream::new() } else { q!(let [#(mut #marks),*] = [0usize; #count];) }
    }

    /// Returns the type of the context: one value as it is, several values as a tuple.
    fn context_type(&self) -> Option<TokenStream> {
        let tag = self.parent_tag().map(|_| q!(__C));
        let values = self.layout.context.iter().map(|value| {
            let ty = value.ty;
            q!(#ty)
        });
        let all: Vec<_> = tag.into_iter().chain(values).collect();
        match all.as_slice() {
            [] => None,
            [one] => Some(one.clone()),
            several => Some(q!((#(#several),*))),
        }
    }

    /// Adds a type parameter for the parent's tag, which may have any integer type.
    fn with_context(&self, mut generics: Generics) -> Generics {
        if let Some(tag) = self.parent_tag() {
            generics.params.push(syn::parse_quote!(__C));
            generics.make_where_clause().predicates.push(syn::parse_quote!(__C: __fw::TagValue<#tag>));
        }
        generics
    }

    fn unpack_context(&self) -> TokenStream {
        let tag = self.parent_tag();
        let tag_name = tag.map(|_| q!(tag));
        let locals = self.layout.context.iter().map(|value| {
            let local = &value.local;
            q!(#local)
        });
        let all: Vec<_> = tag_name.into_iter().chain(locals).collect();
        let convert = tag.map(|ty| q!(let tag: #ty = __fw::TagValue::to_tag(tag);));
        match all.as_slice() {
            [one] => q!(let #one = context; #convert),
            several => q!(let (#(#several),*) = context; #convert),
        }
    }

    /// Returns the statement that binds the fields of a struct as references. In an enum, each
    /// match arm binds its fields.
    fn bind(&self) -> TokenStream {
        match &self.item.data {
            // The variable of the item is a parameter of the function.
            Data::Struct(_) if self.item.is_item => TokenStream::new(),
            Data::Struct(fields) => {
                let pattern = destructure(fields, None);
                q!(let #pattern = self;)
            }
            Data::Enum(_) => TokenStream::new(),
        }
    }

    /// Returns the impl of `Tagged`, which returns the tag of a value, if the encoder knows a tag
    /// for every variant.
    fn tagged_impl(&self) -> TokenStream {
        let tags = self.layout.tags.as_ref().filter(|tags| all_know_their_tag(tags));
        let Some(tags) = tags else { return TokenStream::new() };
        let keeps = tags.arms.iter().any(|arm| !arm.keeps().is_empty());
        let (plain, ty, clause) = self.item.generics.split_for_impl();
        let (ident, tag, body, allow) = (&self.item.ident, tags.ty.ty(), tag_of_self(&self.cx), allow());
        q! {
            #[automatically_derived]
            #allow
            impl #plain __fw::Tagged for #ident #ty #clause {
                type Tag = #tag;
                const KEEPS: __fw::bool = #keeps;
                fn tag(&self) -> __fw::Result<#tag, __fw::EncodeError> {
                    #body
                }
            }
        }
    }

    /// Returns the impl of `BitField` for a fieldless enum.
    fn bits_impl(&self) -> TokenStream {
        let Some(TagType::Number(tag)) = self.layout.tags.as_ref().map(|tags| &tags.ty) else {
            return TokenStream::new();
        };
        let Some(arms) = plain_arms(&self.cx) else { return TokenStream::new() };
        let (plain, ty, clause) = self.item.generics.split_for_impl();
        let (ident, name, allow) = (&self.item.ident, self.cx.name, allow());
        let (kind, from_bits, to_bits) = if self.layout.tag_from_parent && !self.has_negative_value() {
            (q!(__fw::BitKind::Unsigned), q!(__fw::tag_of_bits(bits)), q!(__fw::bits_of_tag(tag, width)))
        } else {
            (
                q!(<#tag as __fw::BitField>::KIND),
                q!(<#tag as __fw::BitField>::from_bits(bits, width)?),
                q!(<#tag as __fw::BitField>::to_bits(&tag, width)),
            )
        };
        q! {
            #[automatically_derived]
            #allow
            impl #plain __fw::BitField for #ident #ty #clause {
                const KIND: __fw::BitKind = __fw::enum_bits::<Self>(#kind);
                #[inline]
                fn from_bits(
                    bits: __fw::u128,
                    width: __fw::u32,
                ) -> __fw::Result<Self, __fw::DecodeError> {
                    let tag = #from_bits;
                    __fw::Ok(match tag {
                        #arms
                        #[allow(unreachable_patterns)]
                        _ => return __fw::Err(__fw::unknown_bits(#name, &tag)),
                    })
                }
                #[inline]
                fn to_bits(
                    &self,
                    width: __fw::u32,
                ) -> __fw::Result<__fw::u128, __fw::EncodeError> {
                    let tag = __fw::Tagged::tag(self)?;
                    #to_bits
                }
            }
        }
    }

    /// Returns `true` if a variant has a negative discriminant, so that its bits are signed.
    fn has_negative_value(&self) -> bool {
        let Data::Enum(variants) = &self.item.data else { return false };
        let mut discriminants = variants.iter().filter_map(|variant| variant.discriminant.as_ref());
        discriminants
            .any(|value| matches!(value, syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), .. })))
    }

    fn parent_tag(&self) -> Option<&syn::Type> {
        let tags = self.layout.tags.as_ref().filter(|_| self.layout.tag_from_parent)?;
        Some(tags.ty.ty())
    }

    fn ty(&self) -> TokenStream {
        let (_, ty, _) = self.item.generics.split_for_impl();
        q!(#ty)
    }
}

/// Returns the attributes that silence lints in generated code.
fn allow() -> TokenStream {
    q!(#[allow(unused, unreachable_code, clippy::all, clippy::pedantic, clippy::restriction)])
}
