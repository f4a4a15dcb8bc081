//! Tags: the number that says which variant follows.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, dispatch, kept, q};
use crate::layout::{Number, Tag, TagOf};

impl Tag<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        let site = super::site(cx, name);
        let at = match &self.of {
            TagOf::Own { .. } => q!(let tag_at = __fw::offset(input, run);),
            TagOf::Field { .. } => TokenStream::new(),
        };
        let get = self.of.get();
        q! {
            #at
            let at = run;
            let #local = #get.map_err(|error| __fw::in_leaf(error, #site, src, input, at))?;
        }
    }

    /// Reads a tag whose size varies.
    pub(super) fn parse_alone(&self, cx: &Cx<'_>) -> TokenStream {
        let Some(number) = self.of.number() else { return TokenStream::new() };
        let (local, name) = (&self.place.local, &self.place.name);
        let site = super::site(cx, name);
        let (ty, format) = (&number.ty, number.format.tokens());
        let at = match &self.of {
            TagOf::Own { .. } => q!(let tag_at = __fw::offset(input, i);),
            TagOf::Field { .. } => TokenStream::new(),
        };
        q! {
            #at
            let (rest, #local) = <#ty as __fw::Read<#format>>::read(i, src)
                .map_err(|error| __fw::in_field(error, #site, src, input, __fw::offset(input, i)))?;
            i = rest;
        }
    }

    pub(super) fn encode_alone(&self, cx: &Cx<'_>) -> TokenStream {
        let Some(number) = self.of.number() else { return TokenStream::new() };
        let (local, name, field) = (&self.place.local, &self.place.name, cx.field(self.place.slot));
        let (ty, format, prepare) = (&number.ty, number.format.tokens(), self.prepare(cx));
        let value = match &self.of {
            TagOf::Own { .. } => q!(&#local),
            TagOf::Field { .. } => q!(#local),
        };
        q! {
            #prepare
            let at = out.position();
            __fw::write_number::<#ty, #format, __S>(#value, out).map_err(|error| error.in_field(#name))?;
            __fw::mark_since(out, #field, __fw::Part::Value, at);
        }
    }

    /// The size of a tag whose size varies; one that cannot be written has none.
    pub(super) fn size_alone(&self, _: &Cx<'_>) -> TokenStream {
        let Some(number) = self.of.number() else { return q!(0usize) };
        let (ty, format) = (&number.ty, number.format.tokens());
        let size = q!(map_or(0, |tag| <#ty as __fw::Write<#format>>::size(&tag)));
        match &self.of {
            TagOf::Own { .. } => q!(__fw::Tagged::tag(self).#size),
            TagOf::Field { target, optional: true, .. } => q!(match #target {
                ::core::option::Option::Some(#target) => __fw::tag_to_wire::<_, #ty>(#target),
                ::core::option::Option::None => ::core::result::Result::Ok(::core::default::Default::default()),
            }.#size),
            TagOf::Field { target, .. } => q!(__fw::tag_to_wire::<_, #ty>(#target).#size),
        }
    }

    pub(super) fn bounds_alone(&self) -> Bounds {
        let Some(number) = self.of.number() else { return Bounds::at_least(q!(0usize)) };
        let (ty, format) = (&number.ty, number.format.tokens());
        Bounds {
            min: q!(<#ty as __fw::Wire<#format>>::MIN),
            max: q!(<#ty as __fw::Wire<#format>>::MAX),
            open: q!(false),
        }
    }

    /// Reads a tag of some bits and leaves them for the run that it begins.
    pub(super) fn peek(&self, cx: &Cx<'_>) -> TokenStream {
        let (local, name, get) = (&self.place.local, &self.place.name, self.of.get());
        let site = super::site(cx, name);
        q! {
            let tag_at = __fw::offset(input, i);
            let bits = __fw::peek_bits(i, src)
                .map_err(|error| __fw::in_field(error, #site, src, input, __fw::offset(input, i)))?;
            let #local = #get.map_err(|error| __fw::in_leaf(error, #site, src, input, i))?;
        }
    }

    /// Computes the tag from the value.
    pub(super) fn prepare(&self, cx: &Cx<'_>) -> TokenStream {
        let local = &self.place.local;
        match &self.of {
            TagOf::Own { ty, .. } => {
                let tag = dispatch::tag_of_self(cx);
                q!(let #local: #ty = #tag?;)
            }
            TagOf::Field { .. } => {
                let (value, tag) = (kept(local), self.of_target());
                q! {
                    let #value = #tag;
                    let #local = &#value;
                }
            }
        }
    }

    /// The tag of the field that it names, 0 where that is absent.
    fn of_target(&self) -> TokenStream {
        let TagOf::Field { number, target, of, optional, .. } = &self.of else {
            return TokenStream::new();
        };
        let (ty, target_name) = (&number.ty, of.name);
        let tag = q! {
            __fw::tag_to_wire::<_, #ty>(#target).map_err(|error| error.in_field(#target_name))?
        };
        if !optional {
            return tag;
        }
        q!(match #target {
            ::core::option::Option::Some(#target) => #tag,
            ::core::option::Option::None => <#ty as ::core::default::Default>::default(),
        })
    }

    /// Checks, where the tag is absent, that it would be what decoding takes it for.
    pub(super) fn must_be_default(&self) -> TokenStream {
        let TagOf::Field { number, of, apart: false, .. } = &self.of else {
            return TokenStream::new();
        };
        let (ty, tag, target_name) = (&number.ty, self.of_target(), of.name);
        q! {
            __fw::check_tag(<#ty as ::core::default::Default>::default(), #tag)
                .map_err(|error| error.in_field(#target_name))?;
        }
    }

    /// The tag for expressions that sizes depend on.
    pub(super) fn foresee(&self) -> TokenStream {
        let TagOf::Field { number, target, optional, .. } = &self.of else { return TokenStream::new() };
        let (local, ty) = (&self.place.local, &number.ty);
        let (value, tag) = (kept(local), q!(__fw::tag_to_wire::<_, #ty>(#target).unwrap_or_default()));
        let tag = match optional {
            true => q!(#target.as_ref().map_or_else(::core::default::Default::default, |#target| #tag)),
            false => tag,
        };
        q! {
            let #value: #ty = #tag;
            let #local = &#value;
        }
    }

    pub(super) fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        let set = match &self.of {
            TagOf::Own { number: Some(number), .. } => number.set(&q!(#local)),
            TagOf::Field { number, .. } => number.set(&q!(*#local)),
            TagOf::Own { ty, .. } => q!(<#ty as __fw::Fixed<__fw::NoOrder>>::set(#local, &mut w)),
        };
        q!(#set.map_err(|error| error.in_field(#name))?;)
    }

    pub(super) fn len(&self, cx: &Cx<'_>) -> TokenStream {
        match &self.of {
            TagOf::Own { number: Some(number), .. } | TagOf::Field { number, .. } => number.len(cx),
            TagOf::Own { ty, .. } => q!(<#ty as __fw::Fixed<__fw::NoOrder>>::SIZE),
        }
    }

    pub(super) fn schema(&self, _: &Cx<'_>) -> TokenStream {
        let (field, of) = match &self.of {
            TagOf::Own { number: Some(number), .. } => (self.place.number(number), q!(Own)),
            TagOf::Own { ty, .. } => {
                (self.place.schema(&q!(<#ty as __fw::Wire<__fw::NoOrder>>::TYPE)), q!(Own))
            }
            TagOf::Field { number, of, .. } => {
                let of = of.schema();
                (self.place.number(number), q!(Field(#of)))
            }
        };
        q!(#field.role(__fw::Role::TagOf(__fw::TagOf::#of)))
    }
}

impl TagOf<'_> {
    fn number(&self) -> Option<&Number> {
        match self {
            Self::Own { number, .. } => number.as_ref(),
            Self::Field { number, .. } => Some(number),
        }
    }

    fn get(&self) -> TokenStream {
        match self {
            Self::Own { number: Some(number), .. } | Self::Field { number, .. } => number.get(),
            Self::Own { ty, .. } => q!(<#ty as __fw::Fixed<__fw::NoOrder>>::get(&mut run)),
        }
    }
}
