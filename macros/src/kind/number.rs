//! Numbers and their formats, named in generated code.

use proc_macro2::TokenStream;

use super::{Cx, expression, q};
use crate::attr::Order;
use crate::layout::{Content, Format, Given, Number, Place};

/// The marker type of a byte order.
pub(super) fn order_type(order: Option<Order>) -> TokenStream {
    match order {
        Some(Order::Big) => q!(__fw::Be),
        Some(Order::Little) => q!(__fw::Le),
        None => q!(__fw::NoOrder),
    }
}

impl Format {
    /// The format as a type.
    pub(crate) fn tokens(&self) -> TokenStream {
        match self {
            Self::Order(order) => order_type(*order),
            Self::Odd { bytes, order } => {
                let order = order_type(*order);
                q!(__fw::Odd<#bytes, #order>)
            }
        }
    }
}

impl Number {
    /// The size of a number whose size is known.
    pub(super) fn len(&self, _: &Cx<'_>) -> TokenStream {
        let (ty, format) = (&self.ty, self.format.tokens());
        match (crate::ast::scalar(ty), &self.format) {
            (Some(size), Format::Order(_)) => q!(#size),
            (_, Format::Odd { bytes, .. }) => q!(#bytes),
            (None, Format::Order(_)) => q!(<#ty as __fw::Fixed<#format>>::SIZE),
        }
    }

    /// Takes the number from the run as `Result<T, DecodeError>`.
    pub(super) fn get(&self) -> TokenStream {
        let (ty, format) = (&self.ty, self.format.tokens());
        q!(<#ty as __fw::Fixed<#format>>::get(&mut run))
    }

    /// Puts a value of the number's type into the run.
    pub(super) fn set(&self, value: &TokenStream) -> TokenStream {
        let (ty, format) = (&self.ty, self.format.tokens());
        q!(<#ty as __fw::Fixed<#format>>::set(#value, &mut w))
    }

    /// The number in the schema.
    pub(super) fn schema(&self) -> TokenStream {
        let (ty, format) = (&self.ty, self.format.tokens());
        q!(<#ty as __fw::Wire<#format>>::TYPE)
    }
}

impl Content<'_> {
    /// How many bytes the content takes, where it fills an extent.
    pub(super) fn size(&self) -> TokenStream {
        let (ty, format, local) = (self.ty, self.format.tokens(), &self.local);
        match &self.given {
            Given::Nothing => q!(<#ty as __fw::Content<#format>>::size(#local)),
            Given::Context { .. } => {
                let context = expression::context_on_encode(&self.given, local);
                q!(__fw::size_with::<#ty, _>(#local, #context))
            }
        }
    }
}

impl Place<'_> {
    /// The schema's entry for the field, of type `ty`.
    pub(super) fn schema(&self, ty: &TokenStream) -> TokenStream {
        let name = &self.name;
        let doc = (!self.doc.is_empty()).then(|| {
            let doc = self.doc;
            q!(.doc(#doc))
        });
        q!(__fw::Field::new(#name, #ty) #doc)
    }
}
