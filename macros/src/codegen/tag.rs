//! Code for tags, which select the variant of an enum.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, InRun, Node, Open, Size, Tail, add_size, dispatch, fault, kept, q};
use crate::layout::{Number, Place, Tag, TagOf};

impl Node for Tag<'_> {
    fn parse(&self, cx: &Cx<'_>, _: &Tail) -> TokenStream {
        let Some(number) = self.of.number() else { return TokenStream::new() };
        let (local, name) = (&self.place.local, &self.place.name);
        let site = super::site(cx, name);
        let (ty, format) = (&number.ty, number.format.tokens());
        let or_lack = fault::or_lack(&site, &q!(i));
        let at = match &self.of {
            TagOf::Own { .. } => q!(let tag_at = __fw::offset(input, i);),
            TagOf::Field { .. } => TokenStream::new(),
        };
        q! {
            #at
            let (rest, #local) = match <#ty as __fw::Read<#format>>::read(i, src) #or_lack;
            i = rest;
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let Some(number) = self.of.number() else { return TokenStream::new() };
        let (local, field) = (&self.place.local, cx.field(self.place.slot));
        let or_fail = fault::or_fail(&self.place.name);
        let (ty, format, prepare) = (&number.ty, number.format.tokens(), self.prepare(cx));
        let value = match &self.of {
            TagOf::Own { .. } => q!(&#local),
            TagOf::Field { .. } => q!(#local),
        };
        q! {
            #prepare
            {
                let at = out.position();
                match __fw::write_number::<#ty, #format, __S>(#value, out) #or_fail;
                __fw::mark_since(out, #field, __fw::Part::Value, at);
            }
        }
    }

    fn size(&self, _: &Cx<'_>) -> TokenStream {
        let foresee = self.place.early.then(|| self.foreseen());
        let size = add_size(&self.size_alone());
        q!(#foresee #size)
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        let Some(number) = self.of.number() else { return Bounds::at_least(Size::Known(0)) };
        Bounds { open: Open::Known(false), ..Bounds::of_type(&number.ty, &number.format.tokens()) }
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        InRun::schema(self, cx)
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}

impl InRun for Tag<'_> {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        let local = &self.place.local;
        let site = super::site_of(cx, &self.place);
        let at = match &self.of {
            TagOf::Own { .. } => q!(let tag_at = __fw::offset(input, run);),
            TagOf::Field { .. } => TokenStream::new(),
        };
        let take = self.of.take(&site);
        q! {
            #at
            let #local = #take;
        }
    }

    fn encode(&self, _: &Cx<'_>) -> TokenStream {
        let (local, name) = (&self.place.local, &self.place.name);
        match &self.of {
            TagOf::Own { number: Some(number), .. } => number.put(&q!(#local), name),
            TagOf::Field { number, .. } => number.put(&q!(*#local), name),
            TagOf::Own { ty, .. } => {
                let or_fail = fault::or_fail(name);
                q!(match <#ty as __fw::Fixed<__fw::NoOrder>>::set(#local, &mut w) #or_fail;)
            }
        }
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        match &self.of {
            TagOf::Own { number: Some(number), .. } | TagOf::Field { number, .. } => number.len(cx),
            TagOf::Own { ty, .. } => Size::Constant(q!(<#ty as __fw::Fixed<__fw::NoOrder>>::SIZE)),
        }
    }

    fn prepare(&self, cx: &Cx<'_>) -> TokenStream {
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

    fn foresee(&self, _: &Cx<'_>) -> TokenStream {
        if self.place.early { self.foreseen() } else { TokenStream::new() }
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
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
        vec![q!(#field.role(__fw::Role::TagOf(__fw::TagOf::#of)))]
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }
}

impl Tag<'_> {
    /// Returns the size of a variable-length tag, or 0 if the tag cannot be written.
    fn size_alone(&self) -> TokenStream {
        let Some(number) = self.of.number() else { return q!(0usize) };
        let (ty, format) = (&number.ty, number.format.tokens());
        let size = q!(map_or(0, |tag| <#ty as __fw::Write<#format>>::size(&tag)));
        match &self.of {
            TagOf::Own { .. } => q!(__fw::Tagged::tag(self).#size),
            TagOf::Field { target, optional: true, .. } => q!(match #target {
                __fw::Some(#target) => __fw::tag_to_wire::<_, #ty>(#target),
                __fw::None => __fw::Ok(__fw::Default::default()),
            }.#size),
            TagOf::Field { target, .. } => q!(__fw::tag_to_wire::<_, #ty>(#target).#size),
        }
    }

    /// Returns the tag of the field that this tag describes, or 0 if that field is absent.
    fn of_target(&self) -> TokenStream {
        let TagOf::Field { number, target, of, optional, .. } = &self.of else {
            return TokenStream::new();
        };
        let (ty, or_fail) = (&number.ty, fault::or_fail(of.name));
        let tag = q! {
            match __fw::tag_to_wire::<_, #ty>(#target) #or_fail
        };
        if !optional {
            return tag;
        }
        q!(match #target {
            __fw::Some(#target) => #tag,
            __fw::None => <#ty as __fw::Default>::default(),
        })
    }

    /// Checks that an absent tag would have its default value, which decoding assumes.
    pub(super) fn must_be_default(&self) -> TokenStream {
        let TagOf::Field { number, of, apart: false, .. } = &self.of else {
            return TokenStream::new();
        };
        let (ty, tag, or_fail) = (&number.ty, self.of_target(), fault::or_fail(of.name));
        q! {
            match __fw::check_tag(<#ty as __fw::Default>::default(), #tag) #or_fail;
        }
    }

    /// Returns the statements that compute the tag before sizes are computed, because sizes depend
    /// on it.
    fn foreseen(&self) -> TokenStream {
        let TagOf::Field { number, target, optional, .. } = &self.of else { return TokenStream::new() };
        let (local, ty) = (&self.place.local, &number.ty);
        let (value, tag) = (kept(local), q!(__fw::tag_to_wire::<_, #ty>(#target).unwrap_or_default()));
        let tag = match optional {
            true => q!(#target.as_ref().map_or_else(__fw::Default::default, |#target| #tag)),
            false => tag,
        };
        q! {
            let #value: #ty = #tag;
            let #local = &#value;
        }
    }
}

impl TagOf<'_> {
    fn number(&self) -> Option<&Number> {
        match self {
            Self::Own { number, .. } => number.as_ref(),
            Self::Field { number, .. } => Some(number),
        }
    }

    pub(super) fn take(&self, site: &TokenStream) -> TokenStream {
        match self {
            Self::Own { number: Some(number), .. } | Self::Field { number, .. } => number.take(site),
            Self::Own { ty, .. } => {
                let or_refuse = fault::or_refuse(site, &q!(at));
                q!({
                    let at = run;
                    match <#ty as __fw::Fixed<__fw::NoOrder>>::get(&mut run) #or_refuse
                })
            }
        }
    }
}
