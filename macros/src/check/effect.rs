//! Refuses words that would have no effect where they are written, such as `#[wire(be)]` on a `u8`.

use proc_macro2::Span;
use syn::{Generics, Type};

use crate::ast::{Field, Item, auto_item, is_integer, list_item, named, option_item, scalar, ungroup};
use crate::attr::{At, DerivedKind, ExtentWord, HeadWord, NumberWord, Order, TagWord, WireWord};
use crate::ctxt::Ctxt;
use crate::lower::{uses_a_parameter, widest};

pub(super) fn check_type(cx: &Ctxt, item: &Item) {
    if let (Some(bound), None) = (&item.attrs.bound, item.generics.type_params().next()) {
        cx.error(bound.span, "`bound` is for type parameters, and this type has none: remove it");
    }
    if let Some(At { value: most, span }) = item.attrs.packed {
        if !item.fields().all(|field| is_aligned(&field.ty, most, &item.generics)) {
            cx.error(
                span,
                "remove `packed`: the derive determines the bytes on the wire, and Rust allows references only to those \
                 packed fields that need no larger alignment, such as `u8`",
            );
        }
    }
    for word in &item.attrs.head {
        match &word.value {
            HeadWord::LenPrefixed(prefix) => check_prefix(cx, &prefix.wire),
            HeadWord::Tag(TagWord::Number(wire)) => check_prefix(cx, wire),
            HeadWord::Magic(_) | HeadWord::Tag(_) | HeadWord::Until(_) => {}
        }
    }
}

/// Returns `true` for a number, or an array of numbers, whose alignment is at most `most`. The
/// compiler does not know the layout, and so not the alignment, of an array whose length is a
/// parameter.
fn is_aligned(ty: &Type, most: usize, generics: &Generics) -> bool {
    match ungroup(ty) {
        Type::Array(array) => {
            is_aligned(&array.elem, most, generics) && !uses_a_parameter(generics, &array.len)
        }
        // The alignment of a number is not larger than its size.
        number => scalar(number).is_some_and(|size| size <= most),
    }
}

pub(super) fn check_field(cx: &Ctxt, field: &Field) {
    match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::LenPrefixed(prefix)) => check_prefix(cx, &prefix.wire),
        Some(ExtentWord::CountPrefixed(prefix)) => check_prefix(cx, &prefix.wire),
        _ => {}
    }
    if let Some(DerivedKind::Pad { filling, .. }) = field.attrs.derived.as_ref().map(|word| &word.value.kind)
    {
        if let (Some(fill), true) = (&filling.fill, field.attrs.bits.is_some()) {
            cx.error_at(
                fill,
                "reserved bits are zeros: remove `fill`, or write `#[magic(..)]` for other bits",
            );
        }
    }
    if field.attrs.bits.is_some() {
        return;
    }
    let Some(At { value: wire, span }) = &field.attrs.wire else { return };
    if let (Some(NumberWord::Dec | NumberWord::Hex { .. }), Some(extent)) =
        (&wire.number, &field.attrs.extent)
    {
        check_digits(cx, extent);
    }
    let ty = number_type(&field.ty);
    match &wire.number {
        Some(NumberWord::Varint { ty: Some(said), .. } | NumberWord::Zigzag { ty: Some(said) }) => {
            cx.error_at(said, "the number has the type of the field anyway: remove this");
        }
        Some(NumberWord::Rust(same)) if !wire.has_order() && **same == *ty && scalar(ty).is_some() => {
            let ty = crate::text::tokens(&quote::quote!(#ty));
            cx.error(*span, format!("`{ty}` is a `{ty}` on the wire anyway: remove `wire`"));
        }
        _ => check_order(cx, wire, ty, *span),
    }
}

fn check_prefix(cx: &Ctxt, wire: &WireWord) {
    if let Some(NumberWord::Rust(ty)) = &wire.number {
        check_order(cx, wire, ty, wire.span);
    } else {
        check_order(cx, wire, &Type::Verbatim(Default::default()), wire.span);
    }
}

/// Refuses a byte order for a single byte or for a format without byte order. For a user's type the
/// compiler does the check.
fn check_order(cx: &Ctxt, wire: &WireWord, ty: &Type, span: Span) {
    let order = match wire.order {
        Some(Order::Big) => "be",
        Some(Order::Little) => "le",
        None if wire.order_by.is_some() => "order",
        None => return,
    };
    let what = match &wire.number {
        None if widest(ty) == Some(1) => "a single byte has no byte order",
        Some(NumberWord::Rust(ty)) if widest(ty) == Some(1) => "a single byte has no byte order",
        Some(NumberWord::Varint { .. } | NumberWord::Mqtt | NumberWord::Zigzag { .. } | NumberWord::Quic) => {
            "this format has a fixed byte order"
        }
        Some(NumberWord::Dec | NumberWord::Hex { .. } | NumberWord::Bcd { .. }) => {
            "digits have no byte order"
        }
        _ => return,
    };
    cx.error(span, format!("{what}: remove `{order}`"));
}

/// Refuses `lenient` for `dec` and `hex`, because all bytes of the extent must be digits.
fn check_digits(cx: &Ctxt, extent: &At<ExtentWord>) {
    let lenient = match &extent.value {
        ExtentWord::LenPrefixed(prefix) => prefix.lenient,
        ExtentWord::Len { lenient, .. }
        | ExtentWord::Until { lenient, .. }
        | ExtentWord::Fixed { lenient, .. } => *lenient,
        ExtentWord::CountPrefixed(_) | ExtentWord::Count { .. } | ExtentWord::Rest => false,
    };
    if lenient {
        cx.error(extent.span, "digits fill the whole extent, so remove `lenient`");
    }
}

/// Refuses other words on a field that keeps the tag of its variant. The tag is read before the
/// fields, so such words would have no effect.
pub(crate) fn check_kept(cx: &Ctxt, field: &Field) {
    for (word, span) in super::words::words(&field.attrs) {
        if word != "tag" {
            cx.error(
                span,
                format!("`{}` keeps the tag, which has been read already: remove `{word}`", field.plain),
            );
        }
    }
}

/// Returns the type of the numbers that a `wire` word applies to: `T` for `Option<Vec<T>>`.
pub(crate) fn number_type(ty: &Type) -> &Type {
    let ty = option_item(ty).unwrap_or(ty);
    let ty = auto_item(ty).flatten().unwrap_or(ty);
    ungroup(list_item(ty).unwrap_or(ty))
}

/// Returns an error message if the Rust type `ty` does not suit the number format `word`, such as a
/// signed type with `varint`.
pub(crate) fn misfit(word: &NumberWord, ty: &Type) -> Option<String> {
    let name = named(ty)?.0.to_string();
    if name.starts_with("NonZero") && !matches!(word, NumberWord::Rust(_)) {
        return Some(format!(
            "`{name}` has the size of its number on the wire: remove this, or make the type an integer with \
             `#[check(.., \"it is zero\")]`"
        ));
    }
    scalar(ty)?;
    let (signed, size) = (name.starts_with('i'), name.get(1..).unwrap_or_default());
    let (format, wants_sign, instead) = match word {
        NumberWord::Varint { .. } | NumberWord::Mqtt => ("varint", Some(false), "zigzag"),
        NumberWord::Zigzag { .. } => ("zigzag", Some(true), "varint"),
        NumberWord::Quic => ("quic", Some(false), ""),
        NumberWord::Dec => ("dec", None, ""),
        NumberWord::Hex { .. } => ("hex", None, ""),
        NumberWord::Bcd { .. } => ("bcd", None, ""),
        NumberWord::InBytes { .. } => ("bytes", None, ""),
        NumberWord::Odd { signed: false, .. } => ("u", Some(false), "i"),
        NumberWord::Odd { signed: true, .. } => ("i", Some(true), "u"),
        NumberWord::Rust(_) => return None,
    };
    let (format, instead) = match word {
        NumberWord::Odd { bytes, .. } => {
            (format!("{format}{}", bytes * 8), format!("{instead}{}", bytes * 8))
        }
        _ => (format.to_owned(), instead.to_owned()),
    };
    if !is_integer(ty) {
        return Some(format!("`{format}` is for integers, and `{name}` is not one: remove it"));
    }
    if matches!(word, NumberWord::Quic) && size == "128" {
        return Some(format!("`quic` carries up to 62 bits: make the type `u64` instead of `{name}`"));
    }
    let other = format!("{}{size}", if signed { 'u' } else { 'i' });
    let instead = if instead.is_empty() { String::new() } else { format!("write `{instead}`, or ") };
    match wants_sign {
        Some(false) if signed => Some(format!(
            "`{format}` is for unsigned numbers, and `{name}` is signed: {instead}make the type `{other}`"
        )),
        Some(true) if !signed => Some(format!(
            "`{format}` is for signed numbers, and `{name}` is unsigned: {instead}make the type `{other}`"
        )),
        _ => None,
    }
}
