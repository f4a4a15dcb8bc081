//! Constants: written on encode, checked on decode.

use proc_macro2::TokenStream;

use super::{Cx, q};
use crate::layout::{MagicValue, Place};

/// The constant's bytes, as a constant expression of an array.
fn bytes(cx: &Cx<'_>, value: &MagicValue<'_>) -> TokenStream {
    match value {
        MagicValue::Bytes(bytes) => q!(*#bytes),
        MagicValue::Number { value, number } => {
            let (ty, format) = (&number.ty, number.format.tokens());
            let len = number.len(cx);
            q!(__fw::constant::<{ #len }, #ty, #format>(#value))
        }
    }
}

pub(super) fn parse(cx: &Cx<'_>, place: &Place<'_>, value: &MagicValue<'_>) -> TokenStream {
    let (name, local, bytes) = (&place.name, &place.local, bytes(cx, value));
    let read_back = match value {
        MagicValue::Number { value, number } if place.auto => {
            let ty = &number.ty;
            q!(let #local: #ty = #value;)
        }
        _ => TokenStream::new(),
    };
    q! {
        let at = run;
        __fw::magic(&mut run, &#bytes).map_err(|error| __fw::in_leaf(error, #name, input, at))?;
        #read_back
    }
}

pub(super) fn encode(cx: &Cx<'_>, _: &Place<'_>, value: &MagicValue<'_>) -> TokenStream {
    let bytes = bytes(cx, value);
    q!(__fw::fill(&mut w, #bytes);)
}

pub(super) fn len(cx: &Cx<'_>, value: &MagicValue<'_>) -> TokenStream {
    match value {
        MagicValue::Bytes(bytes) => {
            let len = bytes.value().len();
            q!(#len)
        }
        MagicValue::Number { number, .. } => number.len(cx),
    }
}

pub(super) fn schema(_: &Cx<'_>, place: &Place<'_>, value: &MagicValue<'_>) -> TokenStream {
    let (ty, role) = match value {
        MagicValue::Bytes(bytes) => {
            (q!(__fw::Type::Bytes), q!(Magic(::core::option::Option::Some(#bytes), ::core::stringify!(#bytes))))
        }
        MagicValue::Number { value, number } => {
            (number.schema(), q!(Magic(::core::option::Option::None, ::core::stringify!(#value))))
        }
    };
    let field = place.schema(&ty);
    q!(#field.role(__fw::Role::#role))
}
