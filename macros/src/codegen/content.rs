//! Code for the content of a field. The content is read by the field's type, possibly with context
//! values, or by a `with` module.

use proc_macro2::TokenStream;

use syn::Expr;

use super::{expression, q};
use crate::layout::{Chooser, Content, Converts, Expression, Given};

impl Content<'_> {
    /// Returns the schema's entry for the context values that the type or module receives.
    pub(super) fn given(&self) -> TokenStream {
        let (tag, values) = match &self.given {
            Given::Nothing => (None, &[][..]),
            Given::Context { tag, values } => (tag.as_ref(), values.as_slice()),
            Given::With { values, .. } | Given::Item(values) => (None, values.as_slice()),
        };
        if tag.is_none() && values.is_empty() {
            return TokenStream::new();
        }
        let tag = match tag {
            Some(Chooser::Field(_, by)) => {
                let by = by.schema();
                q!(__fw::Some(__fw::Chooser::Field(#by)))
            }
            Some(Chooser::Expr(expr)) => {
                let expr = expr.schema();
                q!(__fw::Some(__fw::Chooser::Expr(&#expr)))
            }
            None => q!(__fw::None),
        };
        let element = values.iter().enumerate().find_map(|(index, value)| {
            let list = value.uses.iter().find(|each| each.element)?.target()?;
            Some(q!(.element(#index, #list)))
        });
        let values = values.iter().map(Expression::schema);
        q!(.given(__fw::Given::new(#tag, &[#(#values),*])#element))
    }

    /// Returns `code` for the format. For a format with two byte orders, returns code for both, of
    /// which one is selected at run time.
    pub(super) fn in_format(&self, code: impl Fn(&TokenStream) -> TokenStream) -> TokenStream {
        self.format.either(|format| code(&format.tokens()))
    }

    /// Returns the expression that reads a self-delimiting value from `i`. Its type is `IResult`.
    pub(super) fn read(&self, site: &TokenStream) -> TokenStream {
        let (read, ty) = (self.read_as_it_stands(site), self.ty);
        match self.converts.map(|converts| converts.to) {
            Some(to) => q! {
                #read.and_then(|(rest, value)| __fw::from_wire::<#ty, #to>(value).map(|value| (rest, value)))
            },
            None => read,
        }
    }

    fn read_as_it_stands(&self, site: &TokenStream) -> TokenStream {
        let ty = self.ty;
        match &self.given {
            Given::Nothing => self.in_format(|format| q!(<#ty as __fw::Read<#format>>::read(i, src))),
            Given::Context { .. } | Given::Item(_) => {
                let context = expression::context(&self.given, site, &q!(i));
                q!(__fw::read_with::<#ty, _>(i, src, #context))
            }
            Given::With { module, .. } => {
                let arguments = self.arguments_on_decode(site, &q!(i));
                q!(__fw::hand_written::<#ty>(#module::parse(i #arguments), i, src))
            }
        }
    }

    /// Returns the expression that reads a value from all bytes of `body`. Its type is `Result`.
    pub(super) fn read_all(&self, lenient: bool, site: &TokenStream) -> TokenStream {
        let (read, ty) = (self.read_all_as_it_stands(lenient, site), self.ty);
        match self.converts.map(|converts| converts.to) {
            Some(to) => q!(#read.and_then(__fw::from_wire::<#ty, #to>)),
            None => read,
        }
    }

    fn read_all_as_it_stands(&self, lenient: bool, site: &TokenStream) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        match &self.given {
            Given::Nothing if lenient => self.in_format(
                |format| q!(<#ty as __fw::Read<#format>>::read(body, &src.bounded()).map(|(_, value)| value)),
            ),
            Given::Nothing => {
                self.in_format(|format| q!(<#ty as __fw::FromExtent<#format>>::from_extent(body, src)))
            }
            Given::Context { .. } | Given::Item(_) if self.is_list_with() => {
                let context = self.context_of_items(site, &q!(body));
                if let Some(separator) = &self.separated {
                    let separator = separator.ends();
                    return q!({
                        #context
                        __fw::read_separated::<#ty, #format, _>(body, src, #separator, context)
                    });
                }
                q!({
                    #context
                    __fw::read_all_with::<#ty, #format, _>(body, src, context)
                })
            }
            Given::Context { .. } | Given::Item(_) => {
                let context = expression::context(&self.given, site, &q!(body));
                q!(__fw::from_extent_with::<#ty, _>(body, src, #context, #lenient))
            }
            Given::With { module, .. } => {
                let arguments = self.arguments_on_decode(site, &q!(body));
                q!(__fw::hand_written_all::<#ty>(#module::parse(body #arguments), body, src, #lenient))
            }
        }
    }

    /// Returns `true` if padding is removed from `body` before the value is read. For other
    /// content, the value is read first, and the bytes after it must be padding.
    pub(super) fn is_trimmed(&self) -> bool {
        self.separated.is_some() || matches!(self.given, Given::With { .. })
    }

    /// Returns the expression that reads a value and then padding from `body`. Its type is a
    /// `Result` of the value and its size.
    pub(super) fn read_filled(&self, fill: &Expr, site: &TokenStream) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        let read = match &self.given {
            Given::Context { .. } | Given::Item(_) if self.is_list_with() => {
                let context = self.context_of_items(site, &q!(body));
                q!({
                    #context
                    __fw::read_filled_with::<#ty, #format, _>(body, src, #fill, context)
                })
            }
            Given::Context { .. } | Given::Item(_) => {
                let context = expression::context(&self.given, site, &q!(body));
                q!(__fw::read_filled_frame_with::<#ty, _>(body, src, #fill, #context))
            }
            Given::Nothing | Given::With { .. } => {
                self.in_format(|format| q!(__fw::read_filled::<#ty, #format>(body, src, #fill)))
            }
        };
        match self.converts.map(|converts| converts.to) {
            Some(to) => q! {
                #read.and_then(|(value, used)| __fw::from_wire::<#ty, #to>(value).map(|value| (value, used)))
            },
            None => read,
        }
    }

    /// Returns the expression that writes a value before its padding. Its type is `Result`.
    pub(super) fn write_filled(&self, name: &str, fill: Option<&Expr>) -> TokenStream {
        let (ty, local, format) = (self.ty, &self.local, self.format.tokens());
        let (fill, said) = (super::filled::some_fill(fill), fill);
        let by_type =
            self.in_format(|format| q!(__fw::write_filled::<#ty, #format, __S>(#local, out, #fill)));
        let Some(fill) = said.filter(|_| self.is_list_with()) else { return self.write_by(name, &by_type) };
        let context = self.context_of_items_on_encode(name);
        let write = q!({
            #context
            __fw::write_filled_with::<#ty, #format, _, __S>(#local, out, #fill, context)
        });
        self.converted(&write, &q!(__fw::Err(error)))
    }

    /// Returns the expression that writes a self-delimiting value. Its type is `Result`.
    pub(super) fn write(&self, name: &str) -> TokenStream {
        let (ty, local) = (self.ty, &self.local);
        self.write_by(name, &self.in_format(|format| q!(<#ty as __fw::Write<#format>>::write(#local, out))))
    }

    /// Returns the expression that writes a value that fills an extent. Its type is `Result`.
    pub(super) fn write_all(&self, name: &str) -> TokenStream {
        let (ty, local) = (self.ty, &self.local);
        self.write_by(name, &self.in_format(|format| q!(<#ty as __fw::Content<#format>>::write(#local, out))))
    }

    /// Returns an expression for the bytes that [`write_all`](Self::write_all) writes. Its type is
    /// `Option`, which is `None` if the value does not contain these bytes.
    pub(super) fn as_written(&self) -> TokenStream {
        if self.converts.is_some() || !matches!(self.given, Given::Nothing) {
            return q!(__fw::None);
        }
        let (ty, local) = (self.ty, &self.local);
        self.in_format(|format| q!(<#ty as __fw::Content<#format>>::as_written(#local)))
    }

    /// Wraps an expression over a converted value: `of_that` uses the converted value, and
    /// `otherwise` is the result if the conversion fails.
    pub(super) fn converted(&self, of_that: &TokenStream, otherwise: &TokenStream) -> TokenStream {
        let Some(Converts { to, by_ref }) = self.converts else { return of_that.clone() };
        let (ty, local) = (self.ty, &self.local);
        let convert = if by_ref { q!(to_wire_by_ref) } else { q!(to_wire) };
        q! {
            match __fw::#convert::<#ty, #to>(#local) {
                __fw::Ok(value) => {
                    let #local = &value;
                    #of_that
                }
                __fw::Err(error) => #otherwise,
            }
        }
    }

    fn write_by(&self, name: &str, by_type: &TokenStream) -> TokenStream {
        self.converted(&self.write_as_it_stands(name, by_type), &q!(__fw::Err(error)))
    }

    fn write_as_it_stands(&self, name: &str, by_type: &TokenStream) -> TokenStream {
        let (ty, local) = (self.ty, &self.local);
        let value = |expr: &Expression<'_>| expression::on_encode(expr).or_fail(name);
        match &self.given {
            Given::Nothing => by_type.clone(),
            Given::Context { .. } | Given::Item(_) => {
                let context = expression::context_on_encode(&self.given, local, value);
                if self.is_list_with() {
                    let context = self.for_each_item(&context);
                    let format = self.format.tokens();
                    let write = match (&self.separated, self.format.hidden()) {
                        (Some(separator), Some(item)) => {
                            let separator = separator.ends();
                            q!(__fw::write_separated::<#ty, #item, _, __S>(#local, out, #separator, context))
                        }
                        _ if self.goes_along() => {
                            q!(__fw::write_beside::<#ty, #format, _, __S>(#local, out, context))
                        }
                        _ => q!(__fw::write_all_with::<#ty, #format, _, __S>(#local, out, context)),
                    };
                    return q!({
                        #context
                        #write
                    });
                }
                q!(__fw::write_with::<#ty, _, __S>(#local, out, #context))
            }
            Given::With { module, origin, values } => {
                let values = values.iter().map(value);
                let (written, origin) = match origin {
                    true => (q!(let origin = __fw::written(out, frame);), q!(, &origin[..])),
                    false => (TokenStream::new(), TokenStream::new()),
                };
                q!({
                    #written
                    #module::encode(#local, out #origin #(, #values)*)
                })
            }
        }
    }

    /// Returns the encoded size of a self-delimiting value.
    pub(super) fn size_alone(&self) -> TokenStream {
        let (ty, format, local) = (self.ty, self.format.tokens(), &self.local);
        self.size_by(&q!(<#ty as __fw::Write<#format>>::size(#local)))
    }

    /// Returns the encoded size of a value that fills an extent.
    pub(super) fn size(&self) -> TokenStream {
        let (ty, format, local) = (self.ty, self.format.tokens(), &self.local);
        self.size_by(&q!(<#ty as __fw::Content<#format>>::size(#local)))
    }

    fn size_by(&self, by_type: &TokenStream) -> TokenStream {
        self.converted(&self.size_as_it_stands(by_type), &q!(0usize))
    }

    fn size_as_it_stands(&self, by_type: &TokenStream) -> TokenStream {
        let (ty, local) = (self.ty, &self.local);
        let fails = std::cell::Cell::new(false);
        let value = |expr: &Expression<'_>| {
            let expr = expression::on_encode(expr);
            fails.set(fails.get() || expr.fails());
            expr.or_else(&q!(return __fw::None))
        };
        // If an expression fails, encoding reports an error, so the size does not matter.
        let sized = |size: &TokenStream| match fails.get() {
            true => q!((|| __fw::Some(#size))().unwrap_or(0)),
            false => size.clone(),
        };
        match &self.given {
            Given::Nothing => by_type.clone(),
            Given::Context { .. } | Given::Item(_) => {
                let context = expression::context_on_encode(&self.given, local, value);
                if self.is_list_with() {
                    let context = self.for_each_item(&context);
                    let format = self.format.tokens();
                    let size = match &self.separated {
                        Some(separator) => {
                            let separator = separator.ends();
                            q!(__fw::size_separated::<#ty, #format, _>(#local, #separator, context))
                        }
                        None => q!(__fw::size_all_with::<#ty, #format, _>(#local, context)),
                    };
                    return sized(&q!({
                        #context
                        #size
                    }));
                }
                sized(&q!(__fw::size_with::<#ty, _>(#local, #context)))
            }
            Given::With { module, values, .. } => {
                let values = values.iter().map(value);
                sized(&q!(#module::encoded_len(#local #(, #values)*)))
            }
        }
    }

    /// Returns `true` if the items receive elements of another list: `each(size in sizes, ..)`.
    pub(super) fn goes_along(&self) -> bool {
        let values = if let Given::Item(values) = &self.given { values.as_slice() } else { &[] };
        values.iter().flat_map(|value| &value.uses).any(|each| each.element)
    }

    /// Returns the statement that sets `context` to a closure. The closure returns the context for
    /// the item with a given index.
    fn for_each_item(&self, context: &TokenStream) -> TokenStream {
        if self.goes_along() {
            return q!(let context = |index: __fw::usize| #context;);
        }
        q! {
            let context = #context;
            let context = |_| ::core::clone::Clone::clone(&context);
        }
    }

    /// Returns the statement that sets `context` in the parser; see [`Self::for_each_item`].
    pub(super) fn context_of_items(&self, site: &TokenStream, at: &TokenStream) -> TokenStream {
        self.for_each_item(&expression::context(&self.given, site, at))
    }

    /// Returns the statement that sets `context` in the encoder; see [`Self::for_each_item`].
    pub(super) fn context_of_items_on_encode(&self, name: &str) -> TokenStream {
        let value = |expr: &Expression<'_>| expression::on_encode(expr).or_fail(name);
        self.for_each_item(&expression::context_on_encode(&self.given, &self.local, value))
    }

    /// Returns the arguments of a `with` module's parser after its input. The input starts at `at`.
    fn arguments_on_decode(&self, site: &TokenStream, at: &TokenStream) -> TokenStream {
        let Given::With { origin, values, .. } = &self.given else { return TokenStream::new() };
        let origin = origin.then(|| q!(, __fw::before(input, #at)));
        let values = values.iter().map(|value| expression::on_decode(value).or_refuse(site, at));
        q!(#origin #(, #values)*)
    }

    /// Returns the schema type of a self-delimiting value.
    pub(super) fn type_alone(&self) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        self.type_by(q!(<#ty as __fw::Wire<#format>>::TYPE))
    }

    /// Returns the schema type of a value that fills an extent.
    pub(super) fn type_in_extent(&self) -> TokenStream {
        let (ty, format) = (self.ty, self.format.tokens());
        self.type_by(q!(<#ty as __fw::Shape<#format>>::TYPE))
    }

    fn type_by(&self, by_type: TokenStream) -> TokenStream {
        let ty = self.ty;
        match &self.given {
            Given::Nothing => by_type,
            Given::Context { .. } | Given::Item(_) if self.is_list_with() => by_type,
            Given::Context { .. } | Given::Item(_) => q!(__fw::frame_type::<#ty>()),
            Given::With { .. } => q!(__fw::Type::Custom),
        }
    }
}
