//! Joins the nodes into impls.

mod stub;

pub(crate) use stub::stub;

use std::cell::RefCell;

use proc_macro2::TokenStream;
use syn::{GenericParam, Generics, Lifetime, WherePredicate};

use crate::ast::{Data, Field, Item, needs_extent, ungroup};
use crate::attr::Order;
use crate::kind::{
    Bounds, Cx, Tail, assertions, construct, destructure, encode_steps, last_on_self, parse_steps,
    plain_arms, q, schema_steps, size_steps, tag_of_self,
};
use crate::layout::{Layout, Step, TagType};

/// The impls of a type.
pub(crate) fn emit(item: &Item, layout: &Layout<'_>) -> TokenStream {
    let variants = match &item.data {
        Data::Struct(_) => &[][..],
        Data::Enum(variants) => variants,
    };
    let (name, last) = (item.ident.to_string(), RefCell::default());
    let order = item.attrs.order.as_ref().map(|order| order.value);
    let cx = Cx::new(&name, order, variants, layout.tags.as_ref(), &last);
    let krate = krate(item.attrs.krate.as_ref().map(|path| &path.value));
    let constants = constants(layout);
    let emit = Emit { item, layout, cx };
    let (describe, decode, encode) = (emit.layout_impl(), emit.decode_impl(), emit.encode_impl());
    let (tagged, bits, open) = (emit.tagged_impl(), emit.bits_impl(), emit.evaluate());
    q! {
        const _: () = {
            use #krate::private as __fw;
            #constants
            #describe
            #decode
            #encode
            #tagged
            #bits
            #open
        };
    }
}

fn krate(path: Option<&syn::Path>) -> TokenStream {
    path.map_or_else(|| q!(::framewright), |path| q!(#path))
}

/// Generics with the lifetime of the input in front.
fn with_lifetime(generics: &Generics) -> Generics {
    let mut generics = generics.clone();
    let outlived: Vec<Lifetime> = generics.lifetimes().map(|param| param.lifetime.clone()).collect();
    let de: GenericParam = syn::parse_quote!('__de);
    generics.params.insert(0, de);
    let clause = generics.make_where_clause();
    for lifetime in outlived {
        clause.predicates.push(syn::parse_quote!('__de: #lifetime));
    }
    generics
}

/// The constants for discriminants, usable in patterns.
fn constants(layout: &Layout<'_>) -> TokenStream {
    let Some(tags) = &layout.tags else { return TokenStream::new() };
    tags.arms.iter().enumerate().map(|(index, arm)| arm.constant(index, &tags.ty)).collect()
}

struct Emit<'a> {
    item: &'a Item,
    layout: &'a Layout<'a>,
    cx: Cx<'a>,
}

impl Emit<'_> {
    /// `Layout`: what is known before any byte is seen.
    fn layout_impl(&self) -> TokenStream {
        let Bounds { min, max, open } = Bounds::sum(&self.cx, &self.layout.steps);
        let generics = self.bounded(&self.item.generics, |format| q!(__fw::Wire<#format>), &q!(__fw::Layout));
        let (plain, _, clause) = generics.split_for_impl();
        let (ident, ty) = (&self.item.ident, self.ty());
        let (name, doc) = (self.item.ident.to_string(), &self.item.attrs.doc);
        let order = match self.cx.order {
            Some(Order::Big) => q!(::core::option::Option::Some(__fw::Order::Big)),
            Some(Order::Little) => q!(::core::option::Option::Some(__fw::Order::Little)),
            None => q!(::core::option::Option::None),
        };
        let limit = match &self.item.attrs.max {
            Some(max) => {
                let max = &max.value;
                q!(::core::option::Option::Some(#max))
            }
            None => q!(::core::option::Option::None),
        };
        let (head, body, until) = (self.head(), self.body(), self.until());
        let measure = self.measure();
        q! {
            #[automatically_derived]
            impl #plain __fw::Layout for #ident #ty #clause {
                const SCHEMA: &'static __fw::Schema = &__fw::Schema {
                    name: #name,
                    doc: #doc,
                    order: #order,
                    head: &[#(#head),*],
                    body: #body,
                    until: #until,
                    max: #limit,
                    min_len: <Self as __fw::Layout>::MIN_LEN,
                    max_len: <Self as __fw::Layout>::MAX_LEN,
                    open: <Self as __fw::Layout>::OPEN,
                    measure: #measure,
                };
                const MIN_LEN: ::core::primitive::usize = #min;
                const MAX_LEN: ::core::option::Option<::core::primitive::usize> =
                    __fw::least_max(#max, #limit);
                const OPEN: ::core::primitive::bool = #open;
            }
        }
    }

    /// The function that measures a value by parsing it, if it can be parsed alone.
    fn measure(&self) -> TokenStream {
        let generic = self.item.generics.type_params().next().is_some();
        if generic || self.context_type().is_some() {
            return q!(::core::option::Option::None);
        }
        let ident = &self.item.ident;
        let arguments = self.item.generics.params.iter().map(|param| match param {
            GenericParam::Lifetime(_) => q!('_),
            GenericParam::Const(param) => {
                let ident = &param.ident;
                q!(#ident)
            }
            GenericParam::Type(param) => {
                let ident = &param.ident;
                q!(#ident)
            }
        });
        q!(::core::option::Option::Some(|input: &[::core::primitive::u8]| {
            __fw::measure::<#ident<#(#arguments),*>>(input)
        }))
    }

    /// The schema's fields for what the type's words write.
    fn head(&self) -> Vec<TokenStream> {
        let all = schema_steps(&self.cx, &self.layout.steps);
        match &self.item.data {
            Data::Enum(_) => all,
            Data::Struct(_) => {
                let count = self.head_len();
                all.into_iter().take(count).collect()
            }
        }
    }

    fn head_len(&self) -> usize {
        self.item.attrs.head.iter().filter(|word| word.value.name() != "until").count()
    }

    fn body(&self) -> TokenStream {
        match &self.item.data {
            Data::Struct(_) => {
                let fields = schema_steps(&self.cx, &self.layout.steps).into_iter().skip(self.head_len());
                q!(__fw::SchemaBody::Struct(&[#(#fields),*]))
            }
            Data::Enum(_) => {
                let variants = self.variants(&self.layout.steps);
                q!(__fw::SchemaBody::Enum(&[#(#variants),*]))
            }
        }
    }

    fn variants(&self, steps: &[Step<'_>]) -> Vec<TokenStream> {
        let arms = steps.iter().find_map(|step| match step {
            Step::Match(dispatch) => Some(&dispatch.arms),
            _ => None,
        });
        let inner = || {
            steps.iter().find_map(|step| match step {
                Step::Scope(scope) => Some(self.variants(&scope.steps)),
                Step::Delimited(delimited) => Some(self.variants(&delimited.steps)),
                _ => None,
            })
        };
        let Some(arms) = arms else { return inner().unwrap_or_default() };
        let variant = |arm: &crate::layout::Arm<'_>| {
            let (name, doc) = (arm.variant.ident.to_string(), &arm.variant.attrs.doc);
            let tag = match self.layout.tags.as_ref().map(|tags| &tags.arms[arm.index]) {
                Some(tag) => tag.text(),
                None => String::new(),
            };
            let fields = schema_steps(&self.cx, &arm.steps);
            q!(__fw::Variant { name: #name, doc: #doc, tag: #tag, fields: &[#(#fields),*] })
        };
        arms.iter().map(variant).collect()
    }

    fn until(&self) -> TokenStream {
        let delimiter = self.item.attrs.head.iter().find_map(|word| match &word.value {
            crate::attr::HeadWord::Until(delimiter) => Some(delimiter),
            _ => None,
        });
        delimiter.map_or_else(|| q!(&[]), |delimiter| q!(#delimiter))
    }

    /// `Decode`, or `DecodeWith` for a type that its parent hands something.
    fn decode_impl(&self) -> TokenStream {
        let generics = self.bounded(
            &with_lifetime(&self.item.generics),
            |format| q!(__fw::Read<'__de, #format>),
            &q!(__fw::Decode<'__de>),
        );
        let (ident, ty) = (&self.item.ident, self.ty());
        let (body, allow) = (self.parse_body(), allow());
        let arguments = q! {
            input: &'__de [::core::primitive::u8],
            src: &__fw::Source<'__de>
        };
        let Some(context) = self.context_type() else {
            let (decode, _, clause) = generics.split_for_impl();
            return q! {
                #[automatically_derived]
                #allow
                impl #decode __fw::Decode<'__de> for #ident #ty #clause {
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

    fn parse_body(&self) -> TokenStream {
        let steps = parse_steps(&self.cx, &self.layout.steps, &Tail::none());
        let (later, last) = (self.cx.take_later(), self.cx.take_last());
        let value = match &self.item.data {
            Data::Struct(fields) => construct(fields, None),
            Data::Enum(_) => q!(value),
        };
        let marks = self.marks();
        let body = q! {
            let mut i = input;
            #marks
            #steps
            #later
            #last
            ::core::result::Result::Ok((i, #value))
        };
        match &self.item.attrs.max {
            None => body,
            Some(max) => {
                let max = &max.value;
                q! {
                    __fw::limited(input, src, #max, <Self as __fw::Layout>::OPEN, move |input, src| {
                        #body
                    })
                }
            }
        }
    }

    /// The variables that note positions.
    fn marks(&self) -> TokenStream {
        let marks = &self.layout.marks;
        q!(#(let mut #marks = 0usize;)*)
    }

    /// `Encode`, or `EncodeWith` for a type that its parent hands something.
    fn encode_impl(&self) -> TokenStream {
        let generics =
            self.bounded(&self.item.generics, |format| q!(__fw::Write<#format>), &q!(__fw::Encode));
        let (ident, ty) = (&self.item.ident, self.ty());
        let (encode, size, allow) = (self.encode_body(), self.size_body(), allow());
        let Some(context) = self.context_type() else {
            let (plain, _, clause) = generics.split_for_impl();
            return q! {
                #[automatically_derived]
                #allow
                impl #plain __fw::Encode for #ident #ty #clause {
                    #[inline]
                    fn encode_to<S: __fw::Sink + ?::core::marker::Sized>(
                        &self,
                        out: &mut S,
                    ) -> ::core::result::Result<(), __fw::EncodeError> {
                        #encode
                    }
                    #[inline]
                    fn encoded_len(&self) -> ::core::primitive::usize {
                        #size
                    }
                }
            };
        };
        let (generics, unpack) = (self.with_context(generics), self.unpack_context());
        let locals = self.layout.context.iter().map(|value| &value.local);
        let by_reference = q!(#(let #locals = &#locals;)*);
        let check = self.parent_tag().map(|_| q!(__fw::check_tag(tag, __fw::Tagged::tag(self)?)?;));
        let (plain, _, clause) = generics.split_for_impl();
        q! {
            #[automatically_derived]
            #allow
            impl #plain __fw::EncodeWith<#context> for #ident #ty #clause {
                #[inline]
                fn encode_with_to<S: __fw::Sink + ?::core::marker::Sized>(
                    &self,
                    out: &mut S,
                    context: #context,
                ) -> ::core::result::Result<(), __fw::EncodeError> {
                    #unpack
                    #check
                    #by_reference
                    #encode
                }
                #[inline]
                fn encoded_len_with(&self, context: #context) -> ::core::primitive::usize {
                    #unpack
                    #by_reference
                    #size
                }
            }
        }
    }

    fn encode_body(&self) -> TokenStream {
        let steps = encode_steps(&self.cx, &self.layout.steps);
        let (bind, marks, later) = (self.bind(), self.marks(), self.cx.take_later());
        let last = match &self.item.data {
            Data::Struct(_) => self.cx.take_last(),
            Data::Enum(_) => last_on_self(&self.cx),
        };
        let whole = self.layout.marks.iter().find(|mark| *mark == "frame_start0");
        let whole = whole.map(|mark| q!(#mark = frame;));
        let limit = self.item.attrs.max.as_ref().map(|max| {
            let max = &max.value;
            q!(__fw::check_max(out.position().saturating_sub(frame), #max)?;)
        });
        q! {
            #bind
            let frame = out.position();
            #marks
            #whole
            #steps
            #later
            #last
            #limit
            ::core::result::Result::Ok(())
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

    /// The type of what the parent hands over: one value bare, several a tuple.
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

    /// Generics with a parameter for the tag, which may be any integer.
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

    /// For structs, the fields as references; enums do this in each arm.
    fn bind(&self) -> TokenStream {
        match &self.item.data {
            Data::Struct(fields) => {
                let pattern = destructure(fields, None);
                q!(let #pattern = self;)
            }
            Data::Enum(_) => TokenStream::new(),
        }
    }

    /// The tag of a variant, for parents and for itself.
    fn tagged_impl(&self) -> TokenStream {
        let Some(tags) = &self.layout.tags else { return TokenStream::new() };
        let (plain, ty, clause) = self.item.generics.split_for_impl();
        let (ident, tag, body, allow) = (&self.item.ident, tags.ty.ty(), tag_of_self(&self.cx), allow());
        q! {
            #[automatically_derived]
            #allow
            impl #plain __fw::Tagged for #ident #ty #clause {
                type Tag = #tag;
                fn tag(&self) -> ::core::result::Result<#tag, __fw::EncodeError> {
                    #body
                }
            }
        }
    }

    /// Enums of plain values may be bit fields.
    fn bits_impl(&self) -> TokenStream {
        let Some(TagType::Number(tag)) = self.layout.tags.as_ref().map(|tags| &tags.ty) else {
            return TokenStream::new();
        };
        let Some(arms) = plain_arms(&self.cx) else { return TokenStream::new() };
        let (plain, ty, clause) = self.item.generics.split_for_impl();
        let (ident, name, allow) = (&self.item.ident, self.cx.name, allow());
        let (from_bits, to_bits) = if self.layout.tag_from_parent && !self.has_negative_value() {
            (q!(__fw::tag_of_bits(bits)), q!(__fw::bits_of_tag(tag, width)))
        } else {
            (
                q!(<#tag as __fw::BitField>::from_bits(bits, width)?),
                q!(<#tag as __fw::BitField>::to_bits(&tag, width)),
            )
        };
        q! {
            #[automatically_derived]
            #allow
            impl #plain __fw::BitField for #ident #ty #clause {
                const KIND: __fw::BitKind = __fw::BitKind::Unsigned;
                #[inline]
                fn from_bits(
                    bits: ::core::primitive::u128,
                    width: ::core::primitive::u32,
                ) -> ::core::result::Result<Self, __fw::DecodeError> {
                    let tag = #from_bits;
                    ::core::result::Result::Ok(match tag {
                        #arms
                        #[allow(unreachable_patterns)]
                        _ => return ::core::result::Result::Err(__fw::unknown_bits(#name, &tag)),
                    })
                }
                #[inline]
                fn to_bits(
                    &self,
                    width: ::core::primitive::u32,
                ) -> ::core::result::Result<::core::primitive::u128, __fw::EncodeError> {
                    let tag = __fw::Tagged::tag(self)?;
                    #to_bits
                }
            }
        }
    }

    /// Whether a variant has a discriminant below zero, for which the highest
    /// bit is a sign.
    fn has_negative_value(&self) -> bool {
        let Data::Enum(variants) = &self.item.data else { return false };
        let mut discriminants = variants.iter().filter_map(|variant| variant.discriminant.as_ref());
        discriminants
            .any(|value| matches!(value, syn::Expr::Unary(syn::ExprUnary { op: syn::UnOp::Neg(_), .. })))
    }

    fn parent_tag(&self) -> Option<&syn::Type> {
        let tags = self.layout.tags.as_ref().filter(|_| self.layout.tag_from_parent)?;
        match &tags.ty {
            TagType::Number(ty) | TagType::Bytes(ty) => Some(ty),
        }
    }

    /// Types without parameters have their constants evaluated where they are
    /// declared, so that a misplaced open field is an error there.
    fn evaluate(&self) -> TokenStream {
        let parameters = self.item.generics.type_params().next().is_some()
            || self.item.generics.const_params().next().is_some();
        if parameters {
            return TokenStream::new();
        }
        let ident = &self.item.ident;
        let lifetimes = self.item.generics.lifetimes().map(|_| q!('static));
        let arguments = if self.item.generics.lifetimes().next().is_some() {
            q!(<#(#lifetimes),*>)
        } else {
            TokenStream::new()
        };
        let names: Vec<_> = self.item.generics.lifetimes().map(|param| &param.lifetime.ident).collect();
        let assertions = assertions(&self.cx, &self.layout.steps, &names);
        q! {
            #assertions
            const _: ::core::primitive::bool = <#ident #arguments as __fw::Layout>::OPEN;
        }
    }

    fn ty(&self) -> TokenStream {
        let (_, ty, _) = self.item.generics.split_for_impl();
        q!(#ty)
    }

    /// Bounds on type parameters: `leaf` for one that stands alone, so that it
    /// may be a number too, and `frame` for one inside another type's.
    fn bounded(
        &self,
        generics: &Generics,
        leaf: impl Fn(&TokenStream) -> TokenStream,
        frame: &TokenStream,
    ) -> Generics {
        let mut generics = generics.clone();
        if let Some(bound) = &self.item.attrs.bound {
            generics.make_where_clause().predicates.extend(bound.value.iter().cloned());
            return generics;
        }
        let format = self.cx.order_type();
        let names: Vec<_> = self.item.generics.type_params().map(|param| param.ident.clone()).collect();
        for name in names {
            let used: Vec<&Field> =
                self.item.fields().filter(|field| on_wire(field) && mentions(field, &name)).collect();
            if used.is_empty() {
                continue;
            }
            let alone = used.iter().all(|field| stands_alone(field, &name));
            let bound = if alone { leaf(&format) } else { frame.clone() };
            let predicate: WherePredicate = syn::parse_quote!(#name: #bound);
            generics.make_where_clause().predicates.push(predicate);
        }
        generics
    }
}

fn on_wire(field: &Field) -> bool {
    field.attrs.skip.is_none()
}

/// Whether a field's type is the parameter itself, or a list or array of it,
/// and asks no more of it than to be read and written.
fn stands_alone(field: &Field, name: &proc_macro2::Ident) -> bool {
    let mut ty = ungroup(&field.ty);
    let extent = field.attrs.extent.is_some();
    if let Some(item) = crate::ast::option_item(ty) {
        ty = ungroup(item);
    }
    if let syn::Type::Array(array) = ty {
        ty = ungroup(&array.elem);
    }
    let list = crate::ast::list_item(ty);
    if let Some(item) = list {
        ty = ungroup(item);
    }
    let is_it = matches!(ty, syn::Type::Path(path) if path.path.is_ident(name));
    is_it && (list.is_some() || !extent) && !(extent && list.is_none() && needs_extent(ty))
}

fn mentions(field: &Field, name: &proc_macro2::Ident) -> bool {
    struct Mentions<'a> {
        name: &'a proc_macro2::Ident,
        found: bool,
    }
    impl<'ast> syn::visit::Visit<'ast> for Mentions<'_> {
        fn visit_ident(&mut self, ident: &'ast proc_macro2::Ident) {
            self.found |= ident == self.name;
        }
    }
    let mut mentions = Mentions { name, found: false };
    syn::visit::Visit::visit_type(&mut mentions, &field.ty);
    mentions.found
}

/// Generated code is no place for the user's lints.
fn allow() -> TokenStream {
    q!(#[allow(unused, unreachable_code, clippy::all, clippy::pedantic, clippy::restriction)])
}
