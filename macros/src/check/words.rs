//! Refuses words that cannot be combined on one field, such as `#[skip] #[len_prefixed]`.

use proc_macro2::Span;
use syn::{Expr, ExprLit, Lit, Type};

use crate::ast::{Field, auto_item, list_item, named, needs_extent, option_item, scalar};
use crate::attr::{At, Bits, DerivedKind, ExtentWord, FieldAttrs, FieldTag, NumberWord};
use crate::ctxt::Ctxt;

/// A word of a field and its span.
pub(super) type Word = (&'static str, Span);

pub(super) fn check(cx: &Ctxt, field: &Field) {
    let words = words(&field.attrs);
    let find = |name: &str| words.iter().find(|(word, _)| *word == name);
    let clash = |one: &str, others: &[&str], why: &str| {
        if find(one).is_none() {
            return;
        }
        for (other, span) in words.iter().filter(|(word, _)| others.contains(word)) {
            cx.error(*span, format!("`{one}` and `{other}` cannot be combined: {why}"));
        }
    };
    let all: Vec<_> = words.iter().map(|(word, _)| *word).filter(|word| *word != "skip").collect();
    clash("skip", &all, "a skipped field is not on the wire, so remove one of them");
    if find("skip").is_some() {
        return;
    }
    clash("bits", &EXTENTS, "a bit field ends with its last bit, so remove one of them");
    clash(
        "each(bits(..))",
        &["bits", "wire", "with", "ctx", "tag", "text", "until"],
        "items of bits are consecutive numbers, ended by a count or a size in bytes, so remove one of them",
    );
    clash("bits", &["with", "ctx"], "a bit field must be an integer, a `bool` or a fieldless enum");
    // `wire(T)` and `ctx` can be combined, because `T` may take context. The items of a list are an
    // exception.
    let is_list = list_item(option_item(&field.ty).unwrap_or(&field.ty)).is_some();
    let converted = field.attrs.wire.as_ref().and_then(|wire| wire.value.converted()).is_some();
    let reads_itself =
        !converted || (is_list && field.attrs.wire.as_ref().is_some_and(|wire| wire.value.whole.is_none()));
    if let Some(At { value, .. }) = &field.attrs.wire {
        if let (Some(span), false) = (value.whole, is_list) {
            cx.error(span, "`whole` is for lists: remove it");
        }
        if let (Some(span), true) = (value.whole.or(value.by_ref), value.converted().is_none()) {
            cx.error(span, "this is for a type that the value is converted from and to: remove it");
        }
    }
    if find("with").is_none() && reads_itself {
        clash("ctx", &["wire"], "a type with context has its own format, so remove `wire`");
    }
    if reads_itself && matches!(field.attrs.tag.as_ref().map(|tag| &tag.value), Some(FieldTag::Chosen(_))) {
        clash("tag", &["wire"], "an enum whose tag is passed in has its own format, so remove `wire`");
    }
    let number = field.attrs.wire.as_ref().and_then(|wire| wire.value.number.as_ref());
    match (number, find("none")) {
        (Some(NumberWord::Dec | NumberWord::Hex { .. }), Some((_, span))) => cx.error(
            *span,
            "`none` is not for digits: remove it, and compare the number itself where it matters",
        ),
        _ => clash("none", &EXTENTS, "a number already has a size, so remove one of them"),
    }
    clash("none", &["when", "optional", "lead"], "both decide when this is present, so remove one of them");
    clash("none", &["with", "ctx", "tag"], "it is for numbers, so remove one of them");
    if field.attrs.wire.as_ref().is_some_and(|wire| wire.value.by_ref.is_some()) {
        clash("none", &["wire"], "it is for numbers, so remove one of them");
    }
    if let Some(At { span, .. }) = &field.attrs.none {
        let number = option_item(&field.ty).is_some_and(may_be_number);
        if !number {
            cx.error(*span, "`none` is for an `Option` of a number, such as `Option<u16>`");
        }
    }
    clash("with", &["wire"], "the module determines the format, so remove `wire`");
    clash("with", &["text"], "the module determines the format, so remove `text`");
    clash(
        "text",
        &["wire", "bits", "tag", "ctx", "none"],
        "text is neither a number nor a frame, so remove one of them",
    );
    clash("with", &["tag"], "pass the tag to the module with `#[ctx(..)]` instead");
    clash(
        "with",
        &["count_prefixed", "count"],
        "the module takes bytes: give it a length, as in `#[len_prefixed]`",
    );
    let extent = field.attrs.extent.as_ref().map(|extent| &extent.value);
    if let (Some(ExtentWord::Until { delimiter: crate::attr::Delimiter::Closure(_), .. }), Some((_, span))) =
        (extent, find("with"))
    {
        cx.error(*span, "`with` takes bytes, not items: end them with a length or a delimiter of bytes");
    }
    if find("with").is_none() && !converted {
        refuse_static(cx, &field.ty);
    }
    check_bits(cx, field);
    check_item_bits(cx, field);
    match auto_item(&field.ty) {
        Some(item) => check_auto(cx, field, item, &words),
        None => check_value(cx, field, &words),
    }
}

/// Returns `true` for a number, and for a name that may be an alias of a number.
fn may_be_number(ty: &Type) -> bool {
    let has_name = matches!(named(ty), Some((_, None)));
    scalar(ty).is_some() || (has_name && !needs_extent(ty))
}

/// Refuses text and bytes that would be borrowed for ever, such as `&'static str`.
fn refuse_static(cx: &Ctxt, ty: &Type) {
    struct Static<'a>(&'a Ctxt);
    impl<'ast> syn::visit::Visit<'ast> for Static<'_> {
        fn visit_type_reference(&mut self, reference: &'ast syn::TypeReference) {
            reference.lifetime.iter().for_each(|lifetime| self.refuse(lifetime));
            self.visit_type(&reference.elem);
        }

        fn visit_path_segment(&mut self, segment: &'ast syn::PathSegment) {
            if let (true, syn::PathArguments::AngleBracketed(list)) =
                (segment.ident == "Cow", &segment.arguments)
            {
                for argument in &list.args {
                    if let syn::GenericArgument::Lifetime(lifetime) = argument {
                        self.refuse(lifetime);
                    }
                }
            }
            syn::visit::visit_path_segment(self, segment);
        }
    }
    impl Static<'_> {
        fn refuse(&self, lifetime: &syn::Lifetime) {
            if lifetime.ident == "static" {
                self.0.error(
                    lifetime.span(),
                    "a decoded value borrows from its input: write a lifetime of the type, as in `struct Packet<'a>`, or \
                     an owned type such as `String`",
                );
            }
        }
    }
    syn::visit::Visit::visit_type(&mut Static(cx), ty);
}

const EXTENTS: [&str; 7] = ["len_prefixed", "count_prefixed", "len", "count", "until", "fixed", "rest"];

pub(super) fn words(attrs: &FieldAttrs) -> Vec<Word> {
    let mut words = Vec::new();
    if let Some(At { value, span }) = &attrs.extent {
        words.push((value.name(), *span));
    }
    if let Some(At { value, span }) = &attrs.derived {
        words.push((value.word, *span));
    }
    if let Some(At { value, span }) = &attrs.presence {
        words.push((value.word(), *span));
    }
    let mut push = |word, span: Option<Span>| words.extend(span.map(|span| (word, span)));
    push("wire", attrs.wire.as_ref().map(|word| word.span));
    push("text", attrs.text.as_ref().map(|word| word.span));
    push("bits", attrs.bits.as_ref().map(|word| word.span));
    push("each(bits(..))", attrs.item_bits.as_ref().map(|word| word.span));
    push("tag", attrs.tag.as_ref().map(|word| word.span));
    push("skip", attrs.skip.as_ref().map(|word| word.span));
    push("with", attrs.with.as_ref().map(|word| word.span));
    push("none", attrs.none.as_ref().map(|word| word.span));
    push("ctx", attrs.ctx.as_ref().map(|word| word.span));
    words
}

fn check_bits(cx: &Ctxt, field: &Field) {
    let (Some(_), Some(wire)) = (&field.attrs.bits, &field.attrs.wire) else { return };
    let width = match &wire.value.number {
        Some(NumberWord::Rust(ty)) => scalar(ty),
        Some(NumberWord::Odd { bytes, .. }) => Some(*bytes),
        _ => None,
    };
    if width.is_none() || wire.value.has_order() {
        cx.error(
            wire.span,
            "on a bit field `wire` begins a new run of that width, as in `#[wire(u16)]`; \
             the byte order is that of the type",
        );
    }
}

/// Checks a list with `each(bits(n))`.
fn check_item_bits(cx: &Ctxt, field: &Field) {
    let Some(bits) = &field.attrs.item_bits else { return };
    let list = option_item(&field.ty).unwrap_or(&field.ty);
    match list_item(list) {
        None => cx.error(bits.span, "`each` is for the items of a list, and this is not a list: remove it"),
        Some(item) => {
            let item = field.attrs.bits_as.as_deref().unwrap_or(item);
            let size = scalar(item).and_then(|size| u32::try_from(8 * size).ok());
            if let (Bits::Known(width), Some(most)) = (&bits.value, size) {
                if *width > most {
                    cx.error_at(item, format!("{width} bits do not fit this type"));
                }
            }
            if named(item).is_some_and(|(name, _)| name == "f32" || name == "f64") {
                cx.error_at(item, "a bit field must be an integer, a `bool` or a fieldless enum");
            }
        }
    }
    if let Some(held) = &field.attrs.bits_as {
        if scalar(held).is_none() {
            cx.error_at(held, "write the integer type of the bits, as in `as = u8`");
        }
    }
}

fn check_auto(cx: &Ctxt, field: &Field, item: Option<&Type>, words: &[Word]) {
    if let Some(NumberWord::InBytes { .. }) =
        field.attrs.wire.as_ref().and_then(|wire| wire.value.number.as_ref())
    {
        cx.error(
            field.span,
            "the number of an `Auto` has a size of its own: write a wire type such as `u16`",
        );
    }
    for (word, span) in words.iter().filter(|(word, _)| ["with", "ctx", "tag", "text"].contains(word)) {
        cx.error(
            *span,
            format!("`{word}` is for fields with a value: an `Auto` is written by the codec, so remove it"),
        );
    }
    let Some(derived) = &field.attrs.derived else { return };
    let bytes = match &derived.value.kind {
        DerivedKind::Pad { .. } | DerivedKind::Align { .. } => true,
        DerivedKind::Magic { .. } => item.is_none() && field.attrs.bits.is_none(),
        _ => return,
    };
    let word = derived.value.word;
    if let (Some(wire), true) = (&field.attrs.wire, bytes && field.attrs.bits.is_none()) {
        cx.error(wire.span, format!("`wire` and `{word}` cannot be combined: these are bytes, not a number"));
    }
    match &derived.value.kind {
        DerivedKind::Magic { value: value @ Expr::Lit(ExprLit { lit: Lit::Int(int), .. }) } => {
            let width = field.attrs.bits.as_ref().map(|bits| &bits.value);
            if let (Some(Bits::Known(width)), Ok(number)) = (width, int.base10_parse::<u128>()) {
                if number.checked_shr(*width).is_some_and(|beyond| beyond > 0) {
                    cx.error_at(value, format!("this does not fit in {width} bits"));
                }
            }
        }
        DerivedKind::Pad { len: None, .. } if field.attrs.bits.is_some() && item.is_some() => {
            cx.error_at(&field.ty, "padding has no number in it: make the type `Auto`");
        }
        DerivedKind::Pad { len: Some(_), .. } if field.attrs.bits.is_some() => cx.error(
            derived.span,
            "`pad(N)` counts bytes, but `bits` already gives the size in bits: write `#[pad]`",
        ),
        DerivedKind::Align { .. } if field.attrs.bits.is_some() => {
            cx.error(
                derived.span,
                "`align` and `bits` cannot be combined: a run of bits fills whole bytes itself",
            );
        }
        _ => {}
    }
}

/// Returns `true` if `ty` is `String`, `Box<str>`, `Box<String>` or `Arc<str>`.
fn is_text(ty: &Type) -> bool {
    let is = |ty: &Type, what: &str| named(ty).is_some_and(|(name, _)| name == what);
    match named(ty) {
        Some((name, _)) if name == "String" => true,
        Some((name, Some(held))) if name == "Box" => is(held, "str") || is(held, "String"),
        Some((name, Some(held))) if name == "Arc" => is(held, "str"),
        _ => false,
    }
}

fn check_value(cx: &Ctxt, field: &Field, words: &[Word]) {
    let ty = option_item(&field.ty).unwrap_or(&field.ty);
    let item = list_item(ty).unwrap_or(ty);
    let plain = scalar(item).is_some() || needs_extent(item);
    let parts = matches!(crate::ast::ungroup(ty), Type::Array(_) | Type::Tuple(_));
    let chosen = matches!(field.attrs.tag.as_ref().map(|tag| &tag.value), Some(FieldTag::Chosen(_)));
    let converted = field.attrs.wire.as_ref().and_then(|wire| wire.value.converted()).is_some();
    let is_digits = matches!(
        field.attrs.wire.as_ref().and_then(|wire| wire.value.number.as_ref()),
        Some(NumberWord::Bcd { .. })
    );
    for (word, span) in words {
        let what = match *word {
            // `#[tag]` without an argument keeps the tag and passes nothing.
            "ctx" | "tag" if parts && (chosen || *word == "ctx") && field.attrs.with.is_none() => {
                cx.error(
                    *span,
                    format!(
                        "the parts of an array or tuple are handed no tag and no context: let each be a field of its own, \
                         or read them with `#[with(module)]` instead of `{word}`"
                    ),
                );
                continue;
            }
            "ctx" | "tag" | "wire" if converted => continue,
            "ctx" if plain && field.attrs.with.is_none() => "takes no context",
            // Another name may be an alias of `String`, so the compiler must check it.
            "text" if !is_text(ty) && (plain || parts) => {
                let message = "`text` is for `String`, `Box<str>` and `Arc<str>`, and this is none of them: remove it, or make \
                               it a `String`";
                cx.error(*span, message);
                continue;
            }
            "tag" if plain && chosen => "is not an enum, so there is no variant to choose",
            "wire" if needs_extent(item) && !is_digits => "contains no number for `wire`",
            _ => continue,
        };
        cx.error(*span, format!("`{}` {what}: remove `{word}`", crate::text::tokens(&quote::quote!(#item))));
    }
    if field.attrs.bits.is_some() {
        let float = named(ty).is_some_and(|(name, _)| name == "f32" || name == "f64");
        let optional = option_item(&field.ty).is_some() && field.attrs.none.is_none();
        if let Some(span) = field.attrs.strict_bits {
            cx.error(span, "`strict` is for lists of bit fields, whose last byte is padded: remove it");
        }
        if float || needs_extent(ty) || optional {
            cx.error_at(&field.ty, "a bit field must be an integer, a `bool` or a fieldless enum");
        }
    }
}
