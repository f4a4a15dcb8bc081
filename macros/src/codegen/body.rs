//! Code for values that fill an extent, such as `#[len_prefixed(u16)] body: Vec<u8>` or
//! `#[until(b"\n")] line: String`.

use proc_macro2::{Ident, TokenStream};
use syn::Expr;
use syn::spanned::Spanned;

use super::filled::{fills, shown_fill, some_fill};
use super::open::{self, Around, Rule};
use super::{Bounds, Cx, Most, Node, Open, Size, Tail, add_size_of, expression, fault, q};
use crate::ast::needs_extent;
use crate::attr::Ending;
use crate::layout::{Body, DelimiterBytes, Expression, Extent, Format, Place, StopBytes, WhenKnown};

impl Node for Body<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (name, local) = (&self.place.name, &self.place.local);
        let site = super::site(cx, name);
        let find = self.find(cx, tail);
        let marks = self.marks.as_ref().map(|(from, to)| {
            q! {
                #from = __fw::offset(input, body);
                #to = #from.saturating_add(body.len());
            }
        });
        let or_lack = fault::or_lack(&site, &q!(body));
        if let Some(fill) = self.filled_by() {
            let read = self.content.read_filled(fill, &site);
            return q! {
                let at = i;
                #find
                let (#local, used) = match #read #or_lack;
                let body = body.get(..used).unwrap_or(body);
                #marks
            };
        }
        let read = self.content.read_all(self.lenient, &site);
        q! {
            let at = i;
            #find
            #marks
            let #local = match #read #or_lack;
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field) = (&self.place.name, cx.field(self.place.slot));
        let (write, finish, or_fail) = (self.write(), self.finish(cx), fault::or_fail(name));
        let marks = self.marks.as_ref().map(|(from, to)| q!(#from = start; #to = out.position();));
        let counted = q!(counted);
        let patched = self.patched.iter().map(|length| length.patch(&counted));
        let patched = (!self.patched.is_empty())
            .then(|| q!(let counted = out.position().saturating_sub(start); #(#patched)*));
        let encode = q! {
            let start = __fw::mark_enter(out, #field);
            match #write #or_fail;
            __fw::mark_leave(out, #field, start);
            #marks
            #patched
            #finish
        };
        // A number that is patched may be an `Auto` that later expressions name.
        if self.patched.is_empty() && !self.is_patched() { q!({ #encode }) } else { encode }
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        let size = add_size_of(cx, &self.place.local, &self.len());
        if !self.ends_between() {
            return size;
        }
        let between = self.between();
        q!(#size #between = __fw::Some(size);)
    }

    fn exact(&self, cx: &Cx<'_>) -> Option<TokenStream> {
        match &self.extent {
            Extent::LenOf(length) => {
                let var = &length.var;
                Some(q!(#var))
            }
            Extent::Len(expr, _) | Extent::InBytes(expr) => Some(expression::said_len(expr)),
            Extent::Fixed { .. } => {
                let Bounds { min, max, .. } = self.bounds(cx);
                Some(q!(const { __fw::exact(#min, #max) }))
            }
            Extent::Prefixed(_) | Extent::Until(_) | Extent::Rest | Extent::UpTo(_) => None,
        }
    }

    fn exact_is_known(&self) -> bool {
        matches!(self.extent, Extent::LenOf(_) | Extent::Fixed { .. } | Extent::Len(..) | Extent::InBytes(_))
    }

    fn rules(&self, _: &Cx<'_>, _: Around) -> Vec<Rule> {
        let items = open::items(&self.content, self.place.span);
        let of_extent = match &self.extent {
            Extent::Until(delimiter) => [self.is_no_list(delimiter), None],
            Extent::Fixed { len, fill, stop } => {
                let filled = if stop.is_none() { open::filled(&self.content, *fill) } else { None };
                [filled, open::whole_units(&self.content, len)]
            }
            _ => [None, None],
        };
        items.into_iter().chain(of_extent.into_iter().flatten()).collect()
    }

    fn bounds(&self, _: &Cx<'_>) -> Bounds {
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                let max = length.most();
                Bounds { min: Size::Known(0), max, open: Open::Known(false) }
            }
            Extent::Len(..) | Extent::UpTo(_) => Bounds::at_least(Size::Known(0)),
            Extent::InBytes(_) => {
                let ty = self.content.ty;
                let max = Most::Constant(q!(__fw::Some(::core::mem::size_of::<#ty>())));
                Bounds { min: Size::Known(0), max, open: Open::Known(false) }
            }
            Extent::Until(delimiter) if !delimiter.is_plain() => delimiter.bounds(),
            Extent::Until(delimiter) => Bounds::at_least(delimiter.len()),
            Extent::Fixed { len, .. } => Bounds::exactly(Size::said(len)),
            Extent::Rest => Bounds { min: Size::Known(0), max: Most::Endless, open: Open::Known(true) },
        }
    }

    fn schema(&self, _: &Cx<'_>) -> Vec<TokenStream> {
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
            Extent::Len(expr, _) | Extent::InBytes(expr) => {
                let expr = expr.schema();
                q!(Len(&#expr))
            }
            Extent::Until(delimiter) => delimiter.extent(),
            Extent::Fixed { len, fill, .. } => {
                let fill = shown_fill(*fill);
                q!(Fixed(#len, #fill))
            }
            Extent::Rest | Extent::UpTo(_) => q!(Rest),
        };
        let given = self.content.given();
        let fills = match &self.extent {
            Extent::Fixed { stop: Some(stop), .. } | Extent::Len(_, Some(stop)) => {
                let stop = stop.tokens();
                q!(.stop(#stop))
            }
            Extent::Fixed { fill, .. } => fills(&self.content, *fill),
            _ => TokenStream::new(),
        };
        vec![q!(#field.extent(__fw::Extent::#extent).lenient(#lenient) #given #fills)]
    }

    fn depends_on(&self) -> Option<&Expression<'_>> {
        match &self.extent {
            Extent::Len(expr, _) | Extent::InBytes(expr) => Some(expr),
            _ => None,
        }
    }

    fn places(&self) -> Vec<&Place<'_>> {
        vec![&self.place]
    }

    fn measured_once(&self) -> Option<&Ident> {
        Some(&self.place.local)
    }
}

impl Body<'_> {
    /// Returns `true` if the length is an `Auto` that is written once the bytes are.
    fn is_patched(&self) -> bool {
        match &self.extent {
            Extent::LenOf(length) => matches!(length.known, WhenKnown::Patched),
            _ => false,
        }
    }

    /// Returns the padding byte of `#[fixed(N, fill = v)]` if the content is self-delimiting, such
    /// as a nested frame. Then the content ends by itself, and the rest of the `N` bytes is
    /// padding.
    fn filled_by(&self) -> Option<&syn::Expr> {
        match &self.extent {
            Extent::Fixed { fill, stop: None, .. } if !self.content.is_trimmed() && !self.lenient => *fill,
            _ => None,
        }
    }

    /// Returns the statements that move the bytes of the extent from the input to the variable
    /// `body`.
    fn find(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let site = super::site(cx, &self.place.name);
        let behind = tail.min();
        let take = |len: &TokenStream, cut: Option<TokenStream>| {
            q! {
                let __fw::Some((body, rest)) = i.split_at_checked(#len) else {
                    return __fw::Err(
                        __fw::short_body(src, input, i, #len, #behind, #site)
                    );
                };
                #cut
                i = rest;
            }
        };
        let (or_lack, or_refuse) = (fault::or_lack(&site, &q!(at)), fault::or_refuse(&site, &q!(at)));
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                let var = &length.var;
                take(&q!(#var), None)
            }
            Extent::Len(expr, stop) => {
                let expr = expression::on_decode(expr).or_refuse(&site, &q!(i));
                let take = take(&q!(len), stop.as_ref().map(StopBytes::cut));
                q! {
                    let len = match __fw::len_from_wire(#expr, &__fw::LenRule::PLAIN) #or_refuse;
                    #take
                }
            }
            Extent::InBytes(expr) => {
                let (ty, expr) = (self.content.ty, expression::on_decode(expr).or_refuse(&site, &q!(i)));
                let take = take(&q!(len), None);
                q! {
                    let len = match __fw::bytes_from_wire::<#ty, _>(#expr) #or_refuse;
                    #take
                }
            }
            Extent::Until(delimiter) => {
                let take = delimiter.take();
                q! {
                    let (body, rest) = match #take #or_lack;
                    i = rest;
                }
            }
            Extent::Fixed { len, stop: Some(stop), .. } => take(&q!(const { #len }), Some(stop.cut())),
            Extent::Fixed { len, fill, stop: None } => take(&q!(const { #len }), self.trim(*fill)),
            Extent::UpTo(offset) => {
                let (len, take) = (offset.distance(cx), take(&q!(len), None));
                q! {
                    let len = #len;
                    #take
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

    /// Returns the statement that removes the padding of a `fixed(N)` field from `body`. Returns
    /// `None` if the content is self-delimiting or the field is `lenient`: then all bytes after the
    /// content are padding.
    fn trim(&self, fill: Option<&Expr>) -> Option<TokenStream> {
        if self.lenient || self.filled_by().is_some() {
            return None;
        }
        let (ty, format) = (self.content.ty, self.content.format.tokens());
        let fill = some_fill(fill);
        Some(match self.content.is_trimmed() {
            true => q!(let body = __fw::trim_bytes(body, #fill);),
            false => q!(let body = __fw::trim::<#ty, #format>(body, #fill);),
        })
    }

    /// Returns an expression of type `Result` that writes the content.
    fn write(&self) -> TokenStream {
        let name = &self.place.name;
        match &self.extent {
            Extent::Fixed { fill, stop: None, .. } if !self.content.is_trimmed() && !self.lenient => {
                return self.content.write_filled(name, *fill);
            }
            _ => {}
        }
        let Extent::InBytes(len) = &self.extent else { return self.content.write_all(name) };
        let (ty, local) = (self.content.ty, &self.content.local);
        let (len, or_fail) = (expression::on_encode(len).or_fail(name), fault::or_fail(name));
        self.content.format.either(|format| {
            let Format::InBytes(order) = format else { return self.content.write_all(name) };
            let order = super::number::order_type(*order);
            q! {
                __fw::put_in_bytes::<#ty, #order, __S>(
                    #local,
                    match __fw::bytes_to_wire::<#ty, _>(#len) #or_fail,
                    out
                )
            }
        })
    }

    /// Returns the statements that run after the content is written: for example, they write a
    /// delimiter or padding. `start` is the position where the content begins.
    fn finish(&self, cx: &Cx<'_>) -> TokenStream {
        let (name, field) = (&self.place.name, cx.field(self.place.slot));
        let or_fail = fault::or_fail(name);
        match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => {
                length.patch(&q!(out.position().saturating_sub(start)))
            }
            Extent::Len(expr, Some(stop)) => {
                let len = expression::on_encode(expr).or_fail(name);
                stop.put(cx, &self.place, &q!(match __fw::said_len(#len) #or_fail))
            }
            Extent::Len(expr, None) if self.lenient => {
                let len = expression::on_encode(expr).or_fail(name);
                self.slack(cx, &q!(match __fw::said_len(#len) #or_fail))
            }
            Extent::Len(expr, None) => {
                let expr = expression::on_encode(expr).or_fail(name);
                let size = match &self.marks {
                    Some((from, to)) => q!(#to.saturating_sub(#from)),
                    None => self.content.size(),
                };
                cx.later(q!(match __fw::check_len(#expr, #size, "bytes") #or_fail;));
                TokenStream::new()
            }
            Extent::Until(delimiter) if !delimiter.is_plain() => self.finish_any(cx, delimiter),
            Extent::Until(delimiter) => {
                let (value, delimiter) = (self.content.as_written(), delimiter.tokens());
                q! {
                    let at = out.position();
                    match __fw::put_delimiter(out, start, #value, &#delimiter) #or_fail;
                    __fw::mark_since(out, #field, __fw::Part::Until, at);
                }
            }
            Extent::Fixed { len, stop: Some(stop), .. } => stop.put(cx, &self.place, &q!((#len))),
            Extent::Fixed { len, stop: None, .. } if self.lenient => self.slack(cx, &q!((#len))),
            Extent::Fixed { len, fill, stop: None } => {
                let (ty, format) = (self.content.ty, self.content.format.tokens());
                let fill = some_fill(*fill);
                let put = match self.content.is_trimmed() {
                    true => q!(__fw::put_fill_bytes::<__S>),
                    false => q!(__fw::put_fill::<#ty, #format, __S>),
                };
                q! {
                    let at = out.position();
                    match #put(out, start, #len, #fill) #or_fail;
                    __fw::mark_since(out, #field, __fw::Part::Fill, at);
                }
            }
            Extent::InBytes(_) | Extent::UpTo(_) => TokenStream::new(),
            Extent::Rest => q! {
                match __fw::not_ended(ended && out.position() > start) #or_fail;
            },
        }
    }

    /// Returns a rule against `#[until(0)] values: Units` with `type Units = Vec<u16>`. In
    /// `#[until(0)] values: Vec<u16>` the `0` is an item, but the macro sees no list in an alias
    /// and would look for the byte `0`.
    fn is_no_list(&self, delimiter: &DelimiterBytes<'_>) -> Option<Rule> {
        let ty = self.content.ty;
        let is_bytes =
            |each: &&Expr| matches!(each, Expr::Lit(syn::ExprLit { lit: syn::Lit::ByteStr(_), .. }));
        let by_hand = matches!(self.content.given, crate::layout::Given::With { .. });
        if needs_extent(ty)
            || by_hand
            || self.content.converts.is_some()
            || delimiter.any.iter().all(is_bytes)
        {
            return None;
        }
        let holds = q!(__fw::ends_with_bytes(<__fw::Probe<#ty>>::HAS_WIDE_ITEMS));
        delimiter.any.first().map(|first| Rule::new(first.span(), holds))
    }

    /// Pads the content to `len` bytes. Decoding ignores the padding.
    fn slack(&self, cx: &Cx<'_>, len: &TokenStream) -> TokenStream {
        let (field, or_fail) = (cx.field(self.place.slot), fault::or_fail(&self.place.name));
        q! {
            let at = out.position();
            match __fw::put_slack(out, start, #len) #or_fail;
            __fw::mark_since(out, #field, __fw::Part::Fill, at);
        }
    }

    /// Returns the statements that write a delimiter that is not plain: it has alternatives, or is
    /// `left`, `between` or `optional`.
    fn finish_any(&self, cx: &Cx<'_>, delimiter: &DelimiterBytes<'_>) -> TokenStream {
        let (field, ends) = (cx.field(self.place.slot), delimiter.ends());
        let or_fail = fault::or_fail(&self.place.name);
        if let (Some((from, to)), Some(enclosed), false) =
            (&self.marks, &self.enclosed, matches!(delimiter.ending, Ending::Separates))
        {
            cx.later(q!(match __fw::check_any(out, #from..#to, #enclosed, #ends) #or_fail;));
        }
        let put = match delimiter.is_between() {
            true => {
                let between = self.between();
                q!(#between = __fw::Some(match __fw::put_between(out, start, #ends) #or_fail);)
            }
            false => q!(match __fw::put_any(out, start, #ends) #or_fail;),
        };
        q! {
            let at = out.position();
            #put
            __fw::mark_since(out, #field, __fw::Part::Until, at);
        }
    }

    /// Returns the encoded size of the content and its delimiter.
    fn len(&self) -> TokenStream {
        let content = match &self.extent {
            Extent::Prefixed(length) | Extent::LenOf(length) => length.measured(),
            _ => None,
        };
        let content = content.unwrap_or_else(|| self.content.size());
        let said = |expr: &Expression<'_>| {
            let expr = expression::on_encode(expr).or_else(&q!(__fw::Default::default()));
            q!(__fw::said_len(#expr).unwrap_or(0))
        };
        match &self.extent {
            Extent::Until(delimiter) if matches!(delimiter.ending, Ending::Left(_) | Ending::Separates) => {
                content
            }
            Extent::Until(delimiter) => {
                let len = delimiter.len();
                q!(#content.saturating_add(#len))
            }
            Extent::Fixed { len, .. } => q!((#len)),
            Extent::Len(expr, stop) if stop.is_some() || self.lenient => said(expr),
            Extent::InBytes(expr) => said(expr),
            Extent::Prefixed(_) | Extent::LenOf(_) | Extent::Len(..) | Extent::Rest | Extent::UpTo(_) => {
                content
            }
        }
    }

    /// Returns `true` if the body has `until(.., between)`: the delimiter is written only if
    /// something follows.
    pub(super) fn ends_between(&self) -> bool {
        matches!(&self.extent, Extent::Until(delimiter) if delimiter.is_between())
    }

    /// Returns the variable for the position after a `between` delimiter.
    pub(super) fn between(&self) -> proc_macro2::Ident {
        quote::format_ident!("between_{}", self.place.local)
    }
}
