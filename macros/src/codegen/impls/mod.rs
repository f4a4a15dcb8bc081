//! Combines the code of all nodes into impls.

mod describe;
mod each;
mod generics;
mod stub;

pub(crate) use stub::stub;

use proc_macro2::TokenStream;
use syn::{GenericParam, Generics};

use self::generics::with_lifetime;
use crate::ast::{Data, Item};
use crate::attr::Order;
use crate::codegen::expression::on_encode;
use crate::codegen::order::{by, on_decode};
use crate::codegen::{
    Cx, Shared, Tail, all_know_their_tag, assertions_inside, check_chosen, construct, destructure,
    encode_steps, last_on_self, nesting, parse_steps, plain_arms, q, site, size_steps, tag_of_self,
};
use crate::layout::{BitConstant, Delimited, Expression, Layout, Step, TagType};
use syn::ext::IdentExt;

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
    let (name, shared) = (item.ident.unraw().to_string(), Shared::default());
    let order = item.attrs.order.as_ref().map(|order| order.value);
    let generic = item.generics.type_params().next().is_some();
    let cx = |layout: &'a Layout<'a>, turn: Order| {
        let cx = Cx::new(&name, order, generic, variants, layout.tags.as_ref(), &shared);
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
    fn decode_impl(&self) -> TokenStream {
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

    fn parse_body(&self) -> TokenStream {
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

    /// Declares the variables for positions.
    fn marks(&self) -> TokenStream {
        let (marks, count) = (&self.layout.marks, self.layout.marks.len());
        if marks.is_empty() { TokenStream::new() } else { q!(let [#(mut #marks),*] = [0usize; #count];) }
    }

    fn encode_impl(&self) -> TokenStream {
        let generics =
            self.bounded(&self.item.generics, |format| q!(__fw::Write<#format>), &q!(__fw::Encode));
        let (ident, ty) = (&self.item.ident, self.ty());
        let (encode, size, allow) = (self.encode_body(), self.size_functions(), allow());
        let Some(context) = self.context_type() else {
            let (plain, _, clause) = generics.split_for_impl();
            return q! {
                #[automatically_derived]
                #allow
                impl #plain __fw::Encode for #ident #ty #clause {
                    #[inline]
                    fn encode_to<__S: __fw::Sink + ?__fw::Sized>(
                        &self,
                        out: &mut __S,
                    ) -> __fw::Result<(), __fw::EncodeError> {
                        #encode
                    }
                    #size
                }
            };
        };
        let (generics, unpack) = (self.with_context(generics), self.unpack_context());
        let locals = self.layout.context.iter().map(|value| &value.local);
        let by_reference = q!(#(let #locals = &#locals;)*);
        let check = self.parent_tag().map(|_| check_chosen(&self.cx));
        let (plain, _, clause) = generics.split_for_impl();
        q! {
            #[automatically_derived]
            #allow
            impl #plain __fw::EncodeWith<#context> for #ident #ty #clause {
                #[inline]
                fn encode_with_to<__S: __fw::Sink + ?__fw::Sized>(
                    &self,
                    out: &mut __S,
                    context: #context,
                ) -> __fw::Result<(), __fw::EncodeError> {
                    #unpack
                    #check
                    #by_reference
                    #encode
                }
                #size
            }
        }
    }

    /// Returns the functions for the encoded size of a value. If the value can contain frames, the
    /// outer function checks once how deep they are nested.
    fn size_functions(&self) -> TokenStream {
        let (size, nests) = (self.size_body(), !nesting::check(&self.layout.steps).is_empty());
        let (checked, inside, argument, unpack, given) = match self.context_type() {
            None => (q!(encoded_len), q!(len_inside), None, None, None),
            Some(context) => {
                let unpack = self.unpack_context();
                let locals = self.layout.context.iter().map(|value| &value.local);
                let by_reference = q!(#(let #locals = &#locals;)*);
                (
                    q!(encoded_len_with),
                    q!(len_inside_with),
                    Some(q!(, context: #context)),
                    Some(q!(#unpack #by_reference)),
                    Some(q!(, context)),
                )
            }
        };
        if !nests {
            return q! {
                #[inline]
                fn #checked(&self #argument) -> __fw::usize {
                    #unpack
                    #size
                }
            };
        }
        let own = match given {
            None => q!(__fw::Encode::len_inside(self)),
            Some(_) => q!(__fw::EncodeWith::len_inside_with(self #given)),
        };
        q! {
            #[inline]
            fn #checked(&self #argument) -> __fw::usize {
                if __fw::Layout::nests_within(self, __fw::Source::MAX_DEPTH) { #own } else { 0usize }
            }
            #[inline]
            fn #inside(&self #argument) -> __fw::usize {
                #unpack
                #size
            }
        }
    }

    fn encode_body(&self) -> TokenStream {
        self.in_order(|order| on_encode(order).or_fail(""), Self::encode_in_order)
    }

    fn encode_in_order(&self) -> TokenStream {
        let steps = encode_steps(&self.cx, &self.layout.steps);
        let (bind, marks, later) = (self.bind(), self.marks(), self.cx.take_later());
        let last = match &self.item.data {
            Data::Struct(_) => self.cx.take_last(),
            Data::Enum(_) => last_on_self(&self.cx),
        };
        let whole = self.layout.marks.iter().find(|mark| *mark == "frame_start0");
        let whole = whole.map(|mark| q!(#mark = frame;));
        let until = delimited(&self.layout.steps).map(Delimited::check);
        let limit = self.item.attrs.max.as_ref().map(|max| {
            let max = &max.value;
            q!(__fw::check_max(out.position().saturating_sub(frame), #max)?;)
        });
        let assertions = self.assertions();
        q! {
            #assertions
            #bind
            let frame = out.position();
            let mut ended = false;
            #marks
            #whole
            #steps
            #later
            #last
            #until
            #limit
            __fw::Ok(())
        }
    }

    fn size_body(&self) -> TokenStream {
        let (bind, size) = (self.bind(), size_steps(&self.cx, &self.layout.steps));
        q! {
            #bind
            let mut size = 0usize;
            #size
            size
        }
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

/// Returns the step for `#[frame(until(..))]`.
fn delimited<'a>(steps: &'a [Step<'_>]) -> Option<&'a Delimited<'a>> {
    let is_one = |step: &'a Step<'a>| if let Step::Delimited(it) = step { Some(it) } else { None };
    steps.iter().find_map(|step| step.find(&is_one))
}

/// Returns the attributes that silence lints in generated code.
fn allow() -> TokenStream {
    q!(#[allow(unused, unreachable_code, clippy::all, clippy::pedantic, clippy::restriction)])
}
