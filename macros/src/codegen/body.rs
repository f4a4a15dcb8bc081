//! Values that fill an extent of bytes.

use proc_macro2::TokenStream;
use syn::{Expr, ExprLit, Lit};

use super::filled::{fills, shown_fill, some_fill};
use super::magic::{constant_bytes, constant_len};
use super::{Bounds, Cx, Size, Tail, expression, fault, q};
use crate::ast::number;
use crate::layout::{Body, DelimiterBytes, Extent, Given};

impl Body<'_> {
    pub(super) fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, local) = (&self.place.name, &self.place.local);
        let site = super::site(cx, name);
        let find = self.find(cx, tail);
        let marks = self.marks.as_ref().map(|(from, to)| {
            q! {
                #from = __fw::offset(input, body);
                #to = #from.saturating_add(body.len());
            }
        });
        let (read, or_lack) = (self.content.read_all(self.lenient, &site), fault::or_lack(&site, &q!(body)));
        q! {
            let at = i;
            #find
            #marks
            let #local = match #read #or_lack;
        }
    }

    /// The statements that split the extent, `body`, off the input.
    fn find(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, behind) = (&self.place.name, tail.min());
        let site = super::site(cx, name);
        let or_lack = fault::or_lack(&site, &q!(at));
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                let var = &length.var;
                q! {
                    let ::core::option::Option::Some((body, rest)) = i.split_at_checked(#var) else {
                        return ::core::result::Result::Err(
                            __fw::short_body(src, input, i, #var, #behind, #site)
                        );
                    };
                    i = rest;
                }
            }
            Extent::Len(expr) => {
                let expr = expression::on_decode(expr).or_refuse(&site, &q!(i));
                let or_refuse = fault::or_refuse(&site, &q!(at));
                q! {
                    let len = match __fw::len_from_wire(#expr, &__fw::LenRule::PLAIN) #or_refuse;
                    let ::core::option::Option::Some((body, rest)) = i.split_at_checked(len) else {
                        return ::core::result::Result::Err(
                            __fw::short_body(src, input, i, len, #behind, #site)
                        );
                    };
                    i = rest;
                }
            }
            Extent::Until(delimiter) => {
                let delimiter = delimiter.tokens();
                q! {
                    let (body, rest) = match __fw::take_until(i, src, &#delimiter) #or_lack;
                    i = rest;
                }
            }
            Extent::Fixed { len, fill } => {
                let (ty, format) = (self.content.ty, self.content.format.tokens());
                let fill = some_fill(*fill);
                let trim = match self.content.given {
                    Given::With { .. } => q!(__fw::trim_bytes),
                    _ => q!(__fw::trim::<#ty, #format>),
                };
                q! {
                    let ::core::option::Option::Some((body, rest)) = i.split_at_checked(const { #len }) else {
                        return ::core::result::Result::Err(
                            __fw::short_body(src, input, i, const { #len }, #behind, #site)
                        );
                    };
                    let body = #trim(body, #fill);
                    i = rest;
                }
            }
            Extent::Rest => {
                let behind = tail.exact();
                q! {
                    let (body, rest) = match __fw::take_rest(i, src, #behind) #or_lack;
                    i = rest;
                }
            }
        }
    }

    pub(super) fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field) = (&self.place.name, cx.field(self.place.slot));
        let (write, finish, or_fail) = (self.content.write_all(name), self.finish(cx), fault::or_fail(name));
        let marks = self.marks.as_ref().map(|(from, to)| q!(#from = start; #to = out.position();));
        let counted = q!(counted);
        let patched = self.patched.iter().map(|length| length.patch(&counted));
        let patched = (!self.patched.is_empty())
            .then(|| q!(let counted = out.position().saturating_sub(start); #(#patched)*));
        q! {
            let start = __fw::mark_enter(out, #field);
            match #write #or_fail;
            __fw::mark_leave(out, #field, start);
            #marks
            #patched
            #finish
        }
    }

    /// What is to be done once the content stands from `start` on.
    fn finish(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field) = (&self.place.name, cx.field(self.place.slot));
        let or_fail = fault::or_fail(name);
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                length.patch(&q!(out.position().saturating_sub(start)))
            }
            Extent::Len(expr) => {
                let (expr, size) = (expression::on_encode(expr).or_fail(name), self.content.size());
                cx.later(q!(match __fw::check_len(#expr, #size, "bytes") #or_fail;));
                TokenStream::new()
            }
            Extent::Until(delimiter) => {
                let delimiter = delimiter.tokens();
                q! {
                    let at = out.position();
                    match __fw::put_delimiter(out, start, &#delimiter) #or_fail;
                    __fw::mark_since(out, #field, __fw::Part::Until, at);
                }
            }
            Extent::Fixed { len, fill } => {
                let (ty, format) = (self.content.ty, self.content.format.tokens());
                let fill = some_fill(*fill);
                let put = match self.content.given {
                    Given::With { .. } => q!(__fw::put_fill_bytes::<__S>),
                    _ => q!(__fw::put_fill::<#ty, #format, __S>),
                };
                q! {
                    let at = out.position();
                    match #put(out, start, #len, #fill) #or_fail;
                    __fw::mark_since(out, #field, __fw::Part::Fill, at);
                }
            }
            Extent::Rest => q! {
                match __fw::not_ended(ended && out.position() > start) #or_fail;
            },
        }
    }

    pub(super) fn size(&self, _: &Cx<'_>) -> TokenStream {
        let content = match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => length.measured(),
            _ => None,
        };
        let content = content.unwrap_or_else(|| self.content.size());
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
                Bounds { min: Size::Known(0), max, open: q!(false) }
            }
            Extent::Len(_) => Bounds::at_least(Size::Known(0)),
            Extent::Until(delimiter) => Bounds::at_least(delimiter.len()),
            Extent::Fixed { len, .. } => Bounds::exactly(Size::said(len)),
            Extent::Rest => {
                Bounds { min: Size::Known(0), max: q!(::core::option::Option::None), open: q!(true) }
            }
        }
    }

    pub(super) fn schema(&self, _: &Cx<'_>) -> TokenStream {
        let (field, lenient) = (self.place.schema(&self.content.type_in_extent()), self.lenient);
        let extent = match &self.extent {
            Extent::Prefixed(length) => {
                let prefix = length.schema_prefix();
                q!(LenPrefixed(#prefix))
            }
            Extent::LenOf(length) => {
                let by = length.target();
                q!(LenOf(#by))
            }
            Extent::Len(expr) => {
                let expr = expr.schema();
                q!(Len(&#expr))
            }
            Extent::Until(delimiter) => {
                let delimiter = delimiter.tokens();
                q!(Until(&#delimiter))
            }
            Extent::Fixed { len, fill } => {
                let fill = shown_fill(*fill);
                q!(Fixed(#len, #fill))
            }
            Extent::Rest => q!(Rest),
        };
        let given = self.content.given();
        let fills = match &self.extent {
            Extent::Fixed { fill, .. } => fills(&self.content, *fill),
            _ => TokenStream::new(),
        };
        q!(#field.extent(__fw::Extent::#extent).lenient(#lenient) #given #fills)
    }
}

impl DelimiterBytes<'_> {
    /// The delimiter as an array.
    pub(super) fn tokens(&self) -> TokenStream {
        let expr = self.0;
        match expr {
            Expr::Lit(ExprLit { lit: Lit::ByteStr(bytes), .. }) => q!(*#bytes),
            _ if number(expr).is_some() => q!([#expr]),
            _ => constant_bytes(&q!(__fw::delimiter(#expr)), None),
        }
    }

    /// How many bytes it has, as a constant.
    pub(super) fn len(&self) -> Size {
        let expr = self.0;
        match expr {
            Expr::Lit(ExprLit { lit: Lit::ByteStr(bytes), .. }) => Size::Known(bytes.value().len()),
            _ if number(expr).is_some() => Size::Known(1),
            _ => constant_len(&q!(__fw::delimiter(#expr))),
        }
    }
}
