//! The impl of `Layout`: the schema of a type, and its minimum and maximum size.

use proc_macro2::TokenStream;
use syn::GenericParam;
use syn::ext::IdentExt;

use super::{Emit, allow};
use crate::ast::Data;
use crate::codegen::{
    Bounds, Cx, assertions, checks, limit_assertions, nesting, order, order_value, q, schema_steps, scopes,
};
use crate::layout::{Arm, DelimiterBytes, Slot, Step};

impl Emit<'_> {
    pub(super) fn layout_impl(&self) -> TokenStream {
        let Bounds { min, max, open } = Bounds::sum(&self.cx, &self.layout.steps);
        let generics = self.bounded(&self.item.generics, |format| q!(__fw::Wire<#format>), &q!(__fw::Layout));
        let (plain, _, clause) = generics.split_for_impl();
        let (ident, ty) = (&self.item.ident, self.ty());
        let (name, doc) = (&self.item.name, &self.item.attrs.doc);
        let limit = self.item.attrs.max.as_ref().map(|max| &max.value);
        let max = match limit {
            Some(limit) => q!(__fw::least_max(#max, __fw::Some(#limit))),
            None => q!(#max),
        };
        let body = self.body();
        let order = self.cx.order.filter(|_| self.layout.order.is_none()).map(|order| {
            let order = order_value(Some(order));
            q!(.order(#order))
        });
        let doc = said(&q!(doc), doc);
        let limited = limit.map(|limit| q!(.max(__fw::Some(#limit))));
        let head = listed(&q!(head), &self.head());
        let (scopes, checks) = match &self.item.data {
            Data::Struct(_) => (scopes(&self.layout.steps), checks(&self.layout.steps)),
            Data::Enum(_) => (Vec::new(), Vec::new()),
        };
        let (scopes, checks) = (listed(&q!(scopes), &scopes), listed(&q!(checks), &checks));
        let nests = self.nests_within();
        let (until, measure, behind) = (self.until(), self.measure(), self.cx.take_behind());
        let item = self.item.is_item.then(|| q!(.item()));
        q! {
            #[automatically_derived]
            impl #plain __fw::Layout for #ident #ty #clause {
                const SCHEMA: &'static __fw::Schema = &__fw::Schema::new(#name, #body)
                    #doc #order #head #scopes #until #checks #limited #measure #item
                    .sizes(
                        <Self as __fw::Layout>::MIN_LEN,
                        <Self as __fw::Layout>::MAX_LEN,
                        <Self as __fw::Layout>::OPEN,
                    );
                const MIN_LEN: __fw::usize = #min;
                const MAX_LEN: __fw::Option<__fw::usize> = #max;
                const OPEN: __fw::bool = #open;
                #behind
                #nests
            }
        }
    }

    /// Returns the functions that check how deep frames are nested in a value, and how deep they may
    /// be, if the type can contain frames. Lists check their own items.
    fn nests_within(&self) -> Option<TokenStream> {
        let may = nesting::may_be_deeper(&self.layout.steps)?;
        let may = match self.has_parameters() {
            // A `static` would be shared by all parameters.
            true => may,
            false => q! {
                static __KNOWN: __fw::Depth = __fw::Depth::new();
                __KNOWN.may_exceed(levels, |levels| #may)
            },
        };
        let may = q! {
            #[inline]
            fn may_nest_deeper(levels: __fw::u16) -> __fw::bool {
                #may
            }
        };
        if self.item.is_item {
            return Some(may);
        }
        let (check, bind, allow) = (nesting::check(&self.layout.steps), self.bind(), allow());
        Some(q! {
            #may
            #allow
            #[inline]
            fn nests_within(&self, levels: __fw::u16) -> __fw::bool {
                #bind
                #check
                true
            }
        })
    }

    /// Returns the function that parses a value to find its size. A generic type or a type with
    /// context cannot be parsed alone, so it has no such function.
    fn measure(&self) -> Option<TokenStream> {
        if self.cx.generic || self.context_type().is_some() {
            return None;
        }
        if self.item.generics.lifetimes().next().is_none() && !self.item.is_item {
            return Some(q!(.measure(__fw::measure_owned::<Self>)));
        }
        let measure = if self.item.is_item { q!(measure_item) } else { q!(measure) };
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
        Some(q!(.measure(|input: &[__fw::u8], budget: &__fw::Budget| {
            __fw::#measure::<#ident<#(#arguments),*>>(input, budget)
        })))
    }

    /// Returns the schema fields of everything that the type writes.
    fn schema_fields(&self) -> Vec<TokenStream> {
        let head = self.head_len();
        let slot = |index: usize| if index < head { Slot::Head(index) } else { Slot::Field(index - head) };
        let fields = |emit: &Self| schema_steps(&emit.cx, &emit.layout.steps);
        self.in_either_order(&self.cx, fields(self), self.little.as_deref().map(fields), slot)
    }

    /// Returns the schema fields for either byte order. A field whose order is known only at run
    /// time has an entry for both.
    fn in_either_order(
        &self,
        cx: &Cx<'_>,
        big: Vec<TokenStream>,
        little: Option<Vec<TokenStream>>,
        slot: impl Fn(usize) -> Slot,
    ) -> Vec<TokenStream> {
        match little {
            Some(little) => order::schema_fields(cx, self.layout.order.as_ref(), big, little, slot),
            None => big,
        }
    }

    /// Returns the schema fields for the words of the type, such as `tag`.
    fn head(&self) -> Vec<TokenStream> {
        let all = self.schema_fields();
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
                let fields = self.schema_fields().into_iter().skip(self.head_len());
                q!(__fw::SchemaBody::Struct(&[#(#fields),*]))
            }
            Data::Enum(_) => {
                let variants = self.variants();
                q!(__fw::SchemaBody::Enum(&[#(#variants),*]))
            }
        }
    }

    fn variants(&self) -> Vec<TokenStream> {
        let variant = |arm: &Arm<'_>| {
            let (name, doc) = (arm.variant.ident.unraw().to_string(), &arm.variant.attrs.doc);
            let (tag, values, keeps) = match &self.layout.tags {
                Some(tags) => {
                    let tag = &tags.arms[arm.index];
                    (tag.text(), tag.values(arm.index, &tags.ty), tag.keeps())
                }
                None => (String::new(), Vec::new(), ""),
            };
            let cx = self.cx.of_variant(arm.index);
            let little = self.little.as_deref().and_then(|emit| {
                let steps = &emit.arms().get(arm.index)?.steps;
                Some(schema_steps(&emit.cx.of_variant(arm.index), steps))
            });
            let fields = self.in_either_order(&cx, schema_steps(&cx, &arm.steps), little, Slot::Field);
            let (doc, keeps) = (said(&q!(doc), doc), said(&q!(keeps), keeps));
            let scopes = listed(&q!(scopes), &scopes(&arm.steps));
            let checks = listed(&q!(checks), &checks(&arm.steps));
            q! {
                __fw::Variant::new(#name, #tag, &[#(#values),*], &[#(#fields),*]) #doc #keeps #scopes #checks
            }
        };
        self.arms().iter().map(variant).collect()
    }

    fn arms(&self) -> &[Arm<'_>] {
        let arms = self.layout.steps.iter().find_map(|step| {
            step.find(&|step| if let Step::Match(dispatch) = step { Some(&*dispatch.arms) } else { None })
        });
        arms.unwrap_or_default()
    }

    /// Returns the delimiter of the type, and the number of words before it.
    fn until(&self) -> Option<TokenStream> {
        self.item.attrs.head.iter().enumerate().find_map(|(index, word)| match &word.value {
            crate::attr::HeadWord::Until(delimiter) => {
                let any = DelimiterBytes::consumed(delimiter).all();
                Some(q!(.until(#any, #index)))
            }
            _ => None,
        })
    }

    /// Returns `true` if the type has type or const parameters.
    pub(super) fn has_parameters(&self) -> bool {
        let generics = &self.item.generics;
        generics.type_params().next().is_some() || generics.const_params().next().is_some()
    }

    /// Returns constants that check the declaration of a type without parameters. A misplaced open
    /// field is then a compile error.
    pub(super) fn evaluate(&self) -> TokenStream {
        if self.has_parameters() {
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
        let limits = limit_assertions(self.item, &q!(#ident #arguments), &names);
        q! {
            #assertions
            #limits
            const _: __fw::bool = <#ident #arguments as __fw::Layout>::OPEN;
        }
    }
}

/// Returns the call `.word(text)`, unless the text is empty.
fn said(word: &TokenStream, text: &str) -> Option<TokenStream> {
    (!text.is_empty()).then(|| q!(.#word(#text)))
}

/// Returns the call `.word(&[..])`, unless the list is empty.
fn listed(word: &TokenStream, list: &[TokenStream]) -> Option<TokenStream> {
    (!list.is_empty()).then(|| q!(.#word(&[#(#list),*])))
}
