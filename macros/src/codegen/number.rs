//! Numbers and formats in generated code.

use proc_macro2::TokenStream;

use super::{Cx, Size, fault, q};
use crate::attr::{Encoding, Order};
use crate::layout::{Bits, Format, Number, Place};

/// Returns the runtime's type for a byte order.
pub(super) fn order_type(order: Option<Order>) -> TokenStream {
    match order {
        Some(Order::Big) => q!(__fw::Be),
        Some(Order::Little) => q!(__fw::Le),
        None => q!(__fw::NoOrder),
    }
}

/// Returns the byte order as an expression of type `Option<Order>`.
pub(super) fn order_value(order: Option<Order>) -> TokenStream {
    match order {
        Some(Order::Big) => q!(__fw::Some(__fw::Order::Big)),
        Some(Order::Little) => q!(__fw::Some(__fw::Order::Little)),
        None => q!(__fw::None),
    }
}

impl Format {
    /// Returns the runtime's type for the format.
    pub(crate) fn tokens(&self) -> TokenStream {
        match self {
            Self::Order(order) => order_type(*order),
            Self::Odd { bytes, order } => {
                let order = order_type(*order);
                q!(__fw::Odd<#bytes, #order>)
            }
            Self::Varint { max: None, padded: false } => q!(__fw::Varint),
            Self::Varint { max: Some(max), padded: false } => q!(__fw::Varint<{ #max }>),
            Self::Varint { max: None, padded: true } => q!(__fw::Varint<0, true>),
            Self::Varint { max: Some(max), padded: true } => q!(__fw::Varint<{ #max }, true>),
            Self::Zigzag => q!(__fw::Zigzag),
            Self::Quic => q!(__fw::Quic),
            Self::Dec { digits: None } => q!(__fw::Dec),
            Self::Dec { digits: Some(digits) } => q!(__fw::Dec<{ #digits }>),
            Self::Hex { lower, digits: None } => q!(__fw::Hex<#lower>),
            Self::Hex { lower, digits: Some(digits) } => q!(__fw::Hex<#lower, { #digits }>),
            Self::Bcd { bytes, fill, swapped } => match fill {
                Some(fill) => q!(__fw::Bcd<{ #bytes }, { #fill }, #swapped>),
                None => q!(__fw::Bcd<{ #bytes }, 0, #swapped>),
            },
            Self::InBytes(order) => {
                let order = order_type(*order);
                q!(__fw::InBytes<#order>)
            }
            Self::Text(Encoding::Ascii) => q!(__fw::Encoded<__fw::Ascii>),
            Self::Text(Encoding::Latin1) => q!(__fw::Encoded<__fw::Latin1>),
            Self::Text(Encoding::Utf16(order)) => {
                let order = order_type(*order);
                q!(__fw::Encoded<__fw::Utf16<#order>>)
            }
            Self::Packed { width, lsb, held, counted, strict } => {
                let held = match held {
                    Some(held) => q!(__fw::Holding<#held>),
                    None => q!(__fw::Bare),
                };
                q!(__fw::Packed<{ #width }, #lsb, #counted, #strict, #held>)
            }
            Self::As { ty, order } => {
                let order = order_type(*order);
                q!(__fw::As<#ty, #order>)
            }
            Self::Item { .. } => {
                let item = self.hidden();
                q!(__fw::Of<#item>)
            }
            Self::Each(item) => {
                let item = item.tokens();
                q!(__fw::EachOf<#item>)
            }
            Self::Bits(Bits { width, .. }) => q!(__fw::BitsOf<#width>),
            Self::Either { .. } => self.now().tokens(),
        }
    }
}

impl Format {
    /// Returns `true` if the format is UTF-16 text.
    pub(super) fn is_wide(&self) -> bool {
        matches!(self, Self::Text(Encoding::Utf16(_)))
    }

    /// Returns the hidden struct of a list's items.
    pub(super) fn hidden(&self) -> Option<TokenStream> {
        let Self::Item { ident, generics } = self else { return None };
        let (_, ty, _) = generics.split_for_impl();
        Some(q!(#ident #ty))
    }

    /// Returns the runtime's type for the format, with `'_` for all lifetimes.
    pub(super) fn of_any_lifetime(&self) -> TokenStream {
        let Self::Item { ident, generics } = self else { return self.tokens() };
        let lifetimes = generics.lifetimes().map(|_| q!('_));
        let constants = generics.const_params().map(|param| &param.ident);
        q!(__fw::Of<#ident<#(#lifetimes,)* #(#constants,)*>>)
    }
}

impl Number {
    /// Returns the size of a number of fixed size.
    pub(super) fn len(&self, _: &Cx<'_>) -> Size {
        let (ty, format) = (&self.ty, self.format.tokens());
        match (crate::ast::size(ty), self.format.now()) {
            (Some(size), Format::Order(_)) => Size::Known(size),
            (_, Format::Odd { bytes, .. }) => Size::Known(*bytes),
            _ => Size::Constant(q!(<#ty as __fw::Fixed<#format>>::SIZE)),
        }
    }

    /// Returns `true` if all bytes are valid and all values can be encoded.
    fn is_plain(&self, format: &Format) -> bool {
        matches!(format, Format::Order(_)) && crate::ast::is_plain(&self.ty)
    }

    /// Returns the expression that takes the number from the run.
    pub(super) fn take(&self, site: &TokenStream) -> TokenStream {
        self.format.either(|format| self.take_as(format, site))
    }

    fn take_as(&self, as_format: &Format, site: &TokenStream) -> TokenStream {
        let (ty, format) = (&self.ty, as_format.tokens());
        if self.is_plain(as_format) {
            return q!(<#ty as __fw::Plain<#format>>::take(&mut run));
        }
        match as_format {
            Format::Bits(Bits { width, shift, .. }) => {
                let or_refuse = fault::or_refuse(site, &q!(run));
                if let Some((item, items, lsb)) = self.items() {
                    return q! {
                        match __fw::items_from_bits::<#item, { #items }>(__fw::cut_bits(bits, #shift, #width), #width, #lsb)
                            #or_refuse
                    };
                }
                q! {
                    match <#ty as __fw::BitField>::from_bits(__fw::cut_bits(bits, #shift, #width), #width) #or_refuse
                }
            }
            _ => {
                let or_refuse = fault::or_refuse(site, &q!(at));
                q!({
                    let at = run;
                    match <#ty as __fw::Fixed<#format>>::get(&mut run) #or_refuse
                })
            }
        }
    }

    /// Returns the statement that puts a value into the run. The encoder returns errors located in
    /// `field`.
    pub(super) fn put(&self, value: &TokenStream, field: &str) -> TokenStream {
        self.format.either(|format| self.put_as(format, value, field))
    }

    fn put_as(&self, as_format: &Format, value: &TokenStream, field: &str) -> TokenStream {
        let (ty, format) = (&self.ty, as_format.tokens());
        if self.is_plain(as_format) {
            return q!(<#ty as __fw::Plain<#format>>::place(#value, &mut w););
        }
        let or_fail = fault::or_fail(field);
        match as_format {
            Format::Bits(Bits { width, shift, .. }) => {
                let number = match self.items() {
                    Some((item, items, lsb)) => {
                        q!(__fw::items_to_bits::<#item, { #items }>(&(#value), #width, #lsb))
                    }
                    None => q!(<#ty as __fw::BitField>::to_bits(&(#value), #width)),
                };
                q!(__fw::add_bits(&mut bits, match #number #or_fail, #shift);)
            }
            _ => q!(match <#ty as __fw::Fixed<#format>>::set(#value, &mut w) #or_fail;),
        }
    }

    /// For an array of bit fields, returns the type and the number of its items, and whether the
    /// bit order is `lsb`.
    fn items(&self) -> Option<(&syn::Type, &syn::Expr, bool)> {
        match (&self.ty, &self.format) {
            (syn::Type::Array(array), Format::Bits(bits)) => Some((&array.elem, &array.len, bits.lsb)),
            _ => None,
        }
    }

    /// Returns the schema type of the number.
    pub(super) fn schema(&self) -> TokenStream {
        let (ty, format) = (&self.ty, self.format.tokens());
        match &self.format {
            Format::Bits(bits) => match self.items() {
                Some((item, items, lsb)) => bits.schema(&q!(__fw::BitKind::Array {
                    items: #items,
                    lsb: #lsb,
                    of: &<#item as __fw::BitField>::KIND,
                })),
                None => bits.schema(&q!(<#ty as __fw::BitField>::KIND)),
            },
            _ => q!(<#ty as __fw::Wire<#format>>::TYPE),
        }
    }
}

impl Place<'_> {
    /// Returns the schema field for a number.
    pub(super) fn number(&self, number: &Number) -> TokenStream {
        let field = self.schema(&number.schema());
        match &number.format {
            Format::Dec { digits: Some(digits) } | Format::Hex { digits: Some(digits), .. } => {
                q!(#field.extent(__fw::Extent::Fixed(#digits, b'0')))
            }
            _ => field,
        }
    }

    /// Returns the schema field for a value of type `ty`.
    pub(super) fn schema(&self, ty: &TokenStream) -> TokenStream {
        // The only field of a hidden struct has no name.
        let (name, item) = if self.name.is_empty() { ("0", Some(q!(.item()))) } else { (&*self.name, None) };
        let doc = (!self.doc.is_empty()).then(|| {
            let doc = self.doc;
            q!(.doc(#doc))
        });
        let begins = self.begins.as_ref().map(|offset| {
            let offset = offset.schema();
            q!(.begins(#offset))
        });
        q!(__fw::Field::new(#name, #ty) #doc #item #begins)
    }
}
