//! Values that fill an extent of bytes.

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Tail, expression, q};
use crate::layout::{Body, DelimiterBytes, Extent, Given};

impl Body<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, local) = (&self.place.name, &self.place.local);
        let find = self.find(cx, tail);
        let read = self.read();
        q! {
            let at = i;
            #find
            let #local = #read
                .map_err(|error| __fw::in_field(error, #name, __fw::offset(input, body)))?;
        }
    }

    /// The statements that split the extent, `body`, off the input.
    fn find(&self, _: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, behind) = (&self.place.name, tail.min());
        let located = q!(.map_err(|error| __fw::in_field(error, #name, __fw::offset(input, at)))?);
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                let var = &length.var;
                q! {
                    let (body, rest) = __fw::take(i, src, #var, #behind) #located;
                    i = rest;
                }
            }
            Extent::Len(expr) => {
                let expr = expression::on_decode(expr);
                q! {
                    let len = __fw::len_from_wire(#expr, &__fw::LenRule::PLAIN)
                        .map_err(|error| __fw::in_leaf(error, #name, input, at))?;
                    let (body, rest) = __fw::take(i, src, len, #behind) #located;
                    i = rest;
                }
            }
            Extent::Until(delimiter) => {
                let delimiter = delimiter.tokens();
                q! {
                    let (body, rest) = __fw::take_until(i, src, &#delimiter) #located;
                    i = rest;
                }
            }
            Extent::Fixed { len, fill } => {
                let (ty, format) = (self.content.ty, self.content.format.tokens());
                let fill = fill.map_or_else(|| q!(0u8), |fill| q!((#fill)));
                q! {
                    let (body, rest) = __fw::take(i, src, const { #len }, #behind) #located;
                    let body = __fw::trim::<#ty, #format>(body, #fill);
                    i = rest;
                }
            }
            Extent::Rest => {
                let behind = tail.exact();
                q! {
                    let (body, rest) = __fw::take_rest(i, src, #behind) #located;
                    i = rest;
                }
            }
        }
    }

    /// The expression that makes a value of `body`.
    fn read(&self) -> TokenStream {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        match (&self.content.given, self.lenient) {
            (Given::Nothing, false) => q!(<#ty as __fw::FromExtent<#format>>::from_extent(body, src)),
            (Given::Nothing, true) => {
                q!(<#ty as __fw::Read<#format>>::read(body, &src.bounded()).map(|(_, value)| value))
            }
            (Given::Context { .. }, lenient) => {
                let context = expression::context(&self.content.given);
                q!(__fw::from_extent_with::<#ty, _>(body, src, #context, #lenient))
            }
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field) = (&self.place.name, cx.field(self.place.slot));
        let (write, finish) = (self.write(), self.finish(cx));
        q! {
            let start = __fw::mark_enter(out, #field);
            #write.map_err(|error| error.in_field(#name))?;
            __fw::mark_leave(out, #field, start);
            #finish
        }
    }

    fn write(&self) -> TokenStream {
        let (ty, format, local) = (self.content.ty, self.content.format.tokens(), &self.place.local);
        match &self.content.given {
            Given::Nothing => q!(<#ty as __fw::Content<#format>>::write(#local, out)),
            Given::Context { .. } => {
                let context = expression::context_on_encode(&self.content.given, local);
                q!(__fw::write_with::<#ty, _, S>(#local, out, #context))
            }
        }
    }

    /// What is to be done once the content stands from `start` on.
    fn finish(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field) = (&self.place.name, cx.field(self.place.slot));
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                length.patch(&q!(out.position().saturating_sub(start)))
            }
            Extent::Len(expr) => {
                let expr = expression::on_encode(expr);
                q! {
                    let written = out.position().saturating_sub(start);
                    __fw::check_len(#expr, written, "bytes").map_err(|error| error.in_field(#name))?;
                }
            }
            Extent::Until(delimiter) => {
                let delimiter = delimiter.tokens();
                q! {
                    let at = out.position();
                    __fw::put_delimiter(out, start, &#delimiter).map_err(|error| error.in_field(#name))?;
                    __fw::mark_since(out, #field, __fw::Part::Until, at);
                }
            }
            Extent::Fixed { len, fill } => {
                let (ty, format) = (self.content.ty, self.content.format.tokens());
                let fill = fill.map_or_else(|| q!(0u8), |fill| q!((#fill)));
                q! {
                    let at = out.position();
                    __fw::put_fill::<#ty, #format, S>(out, start, #len, #fill)
                        .map_err(|error| error.in_field(#name))?;
                    __fw::mark_since(out, #field, __fw::Part::Fill, at);
                }
            }
            Extent::Rest => TokenStream::new(),
        }
    }

    pub(super) fn size(&self, _: &Cx<'_>) -> TokenStream {
        let content = self.content.size();
        match &self.extent {
            Extent::Until(delimiter) => {
                let len = delimiter.len();
                q!(#content.saturating_add(#len))
            }
            Extent::Fixed { len, .. } => q!((#len)),
            Extent::Prefixed(_) | Extent::LenOf(_) | Extent::Len(_) | Extent::Rest => content,
        }
    }

    pub(super) fn bounds(&self, _: &Cx<'_>) -> Bounds {
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                let max = length.most();
                Bounds { min: q!(0usize), max, open: q!(false) }
            }
            Extent::Len(_) => Bounds::at_least(q!(0usize)),
            Extent::Until(delimiter) => {
                let len = delimiter.len();
                Bounds::at_least(q!(#len))
            }
            Extent::Fixed { len, .. } => Bounds::exactly(q!((#len))),
            Extent::Rest => Bounds { min: q!(0usize), max: q!(::core::option::Option::None), open: q!(true) },
        }
    }

    pub(super) fn schema(&self, _: &Cx<'_>) -> TokenStream {
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let ty = match &self.content.given {
            Given::Nothing => q!(<#ty as __fw::Shape<#format>>::TYPE),
            Given::Context { .. } => q!(__fw::frame_type::<#ty>()),
        };
        let field = self.place.schema(&ty);
        let extent = match &self.extent {
            Extent::Prefixed(length) => {
                let prefix = length.schema_prefix();
                q!(LenPrefixed(#prefix))
            }
            Extent::LenOf(length) => {
                let name = &length.place.name;
                q!(Len(#name))
            }
            Extent::Len(expr) => {
                let text = expression::text(expr);
                q!(Len(#text))
            }
            Extent::Until(delimiter) => {
                let delimiter = delimiter.tokens();
                q!(Until(&#delimiter))
            }
            Extent::Fixed { len, fill } => {
                let fill = fill.map_or_else(|| q!(0u8), |fill| q!((#fill)));
                q!(Fixed(#len, #fill))
            }
            Extent::Rest => q!(Rest),
        };
        q!(#field.extent(__fw::Extent::#extent))
    }
}

impl DelimiterBytes<'_> {
    /// The delimiter as an array.
    pub(super) fn tokens(&self) -> TokenStream {
        match self {
            Self::Literal(bytes) => q!(*#bytes),
            Self::Byte(byte) => q!([#byte]),
        }
    }

    fn len(&self) -> usize {
        match self {
            Self::Literal(bytes) => bytes.value().len(),
            Self::Byte(_) => 1,
        }
    }
}
