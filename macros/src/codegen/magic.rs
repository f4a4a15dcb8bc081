//! Constants: written on encode, checked on decode.

use proc_macro2::TokenStream;

use super::{Cx, q};
use crate::attr::Order;
use crate::layout::{Format, MagicValue, Number, Place};

/// The constant's bytes, as a constant expression of an array.
fn bytes(value: &MagicValue<'_>) -> TokenStream {
    let (value, number) = match value {
        MagicValue::Bytes(bytes) => return q!(*#bytes),
        MagicValue::Number { value, number } => (value, number),
    };
    let ty = &number.ty;
    match &number.format {
        Format::Order(Some(Order::Little)) => q!(<#ty>::to_le_bytes(#value)),
        Format::Order(_) => q!(<#ty>::to_be_bytes(#value)),
        Format::Odd { bytes, order } => {
            let little = *order == Some(Order::Little);
            q!(__fw::odd_constant::<#bytes>(#value, #little))
        }
        Format::Bits { width, .. } => {
            let bytes = usize::try_from(width.div_ceil(8)).unwrap_or(16);
            q!(__fw::odd_constant::<#bytes>(#value, false))
        }
        // The layout allows no other constants.
        Format::Varint { .. }
        | Format::Zigzag
        | Format::Quic
        | Format::Dec { .. }
        | Format::Hex { .. }
        | Format::As { .. } => q!([]),
    }
}

/// The number, where the constant is some bits of a run.
fn in_bits<'a>(value: &'a MagicValue<'_>) -> Option<(&'a syn::Expr, &'a Number)> {
    match value {
        MagicValue::Number { value, number } if matches!(number.format, Format::Bits { .. }) => {
            Some((value, number))
        }
        _ => None,
    }
}

pub(super) fn parse(cx: &Cx<'_>, place: &Place<'_>, value: &MagicValue<'_>) -> TokenStream {
    let (name, local, bytes) = (&place.name, &place.local, bytes(value));
    let site = super::site(cx, name);
    let read_back = match value {
        MagicValue::Number { value, number } if place.auto => {
            let ty = &number.ty;
            q!(let #local: #ty = #value;)
        }
        _ => q!(let #local = ();),
    };
    if let Some((value, number)) = in_bits(value) {
        let (get, ty) = (number.get(), &number.ty);
        return q! {
            let #local: #ty = #get.map_err(|error| __fw::in_leaf(error, #site, src, input, run))?;
            __fw::same(#local, #value).map_err(|error| __fw::in_leaf(error, #site, src, input, run))?;
        };
    }
    q! {
        let at = run;
        __fw::magic(&mut run, &#bytes).map_err(|error| __fw::in_leaf(error, #site, src, input, at))?;
        #read_back
    }
}

pub(super) fn encode(_: &Cx<'_>, place: &Place<'_>, value: &MagicValue<'_>) -> TokenStream {
    let foresee = if place.auto { foresee(place, value) } else { TokenStream::new() };
    if let Some((value, number)) = in_bits(value) {
        let set = number.set(&q!(#value));
        let name = &place.name;
        return q!(#set.map_err(|error| error.in_field(#name))?; #foresee);
    }
    let bytes = bytes(value);
    q!(__fw::fill(&mut w, #bytes); #foresee)
}

/// The constant for expressions that name it.
pub(super) fn foresee(place: &Place<'_>, value: &MagicValue<'_>) -> TokenStream {
    let MagicValue::Number { value, number } = value else { return TokenStream::new() };
    let (local, ty) = (&place.local, &number.ty);
    q!(let #local: &#ty = &#value;)
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
    let ty = match value {
        MagicValue::Bytes(_) => q!(__fw::Type::Bytes),
        MagicValue::Number { number, .. } => number.schema(),
    };
    let (field, bytes) = (place.schema(&ty), bytes(value));
    q!(#field.role(__fw::Role::Magic(const { &#bytes })))
}
