//! Handles lists with `#[each(..)]` or `#[separated(..)]`. For each such list, a hidden struct with
//! one field is made, which holds one item of the list and is expanded like a type that derives
//! `Frame`:
//!
//! ```text
//! #[each(len(size))] names: Vec<String>   // in `struct Table`, after a field `size: u8`
//! #[frame(ctx(size: u8))] struct NamesItem(#[len(size)] String);
//! ```
//!
//! `NamesItem` is its name in schemas. In Rust it is `__Item1`, after the index of the field, because
//! the user may have a type `NamesItem`, and another variant may have a list `names`.
//!
//! Earlier fields that the words of the item name become context values of the hidden struct.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::{Generics, Member, Type};

use super::{Data, Field, Item, auto_item, list_item, option_item};
use crate::attr::{
    At, Delimiter, DerivedKind, Ending, ExtentWord, FieldAttrs, FieldTag, NumberWord, TypeAttrs,
};
use crate::ctxt::Ctxt;

/// The parts of a struct or enum that are copied to the hidden structs of its lists.
pub(super) struct Around<'a> {
    pub(super) attrs: &'a TypeAttrs,
    pub(super) generics: &'a Generics,
    pub(super) name: String,
    /// Where the fields are in the type, for the names of hidden structs: `1_` in the second variant.
    pub(super) place: String,
}

/// Makes the hidden struct of each list that needs one.
pub(super) fn make(cx: &Ctxt, fields: &mut [Field], around: &Around<'_>) {
    for index in 0..fields.len() {
        let separated = fields[index].attrs.separated.clone();
        let each = fields[index].attrs.each.take();
        // `separated` alone counts as `each()`: the separator becomes the `until` of each item.
        let each = each.or(separated.as_ref().map(|word| At { value: Box::default(), span: word.span }));
        // A list with `#[wire(bytes(n))]` also needs a hidden struct, because `n` is passed to each
        // item.
        let is_list = list_item(option_item(&fields[index].ty).unwrap_or(&fields[index].ty)).is_some();
        let in_bytes = is_list && in_bytes(&fields[index].attrs);
        let each = each.or(in_bytes.then(|| At { value: Box::default(), span: fields[index].span }));
        let Some(mut each) = each else { continue };
        if let Some(At { value, span }) = separated {
            let delimiter = Delimiter::Bytes(Box::new(value));
            let (ending, optional) = (Ending::Separates, None);
            let until = ExtentWord::Until { delimiter, lenient: false, ending, optional };
            if let Some(other) = each.value.extent.replace(At { value: until, span }) {
                let word = other.value.name();
                cx.error(other.span, format!("an item ends at the separator: remove `{word}`"));
            }
        }
        let element = match each.value.element.take() {
            Some(named) => match element(cx, fields, index, named, around.attrs) {
                Some(element) => Some(element),
                // Stop here: further errors of this field could be consequences of this mistake.
                None => {
                    fields[index].attrs.failed = true;
                    continue;
                }
            },
            None => None,
        };
        let Some(attrs) = merge(cx, &mut fields[index], each, element.is_some()) else { continue };
        let ty = option_item(&fields[index].ty).unwrap_or(&fields[index].ty);
        let Some(item) = list_item(ty).cloned() else {
            let word = if fields[index].attrs.separated.is_some() { "separated" } else { "each" };
            cx.error(
                attrs.span,
                format!("`{word}` is for the items of a list, and this is not a list: remove it"),
            );
            continue;
        };
        let context = context(&attrs.value, &fields[..index], around.attrs);
        let frame = item_frame(cx, &fields[index], item, attrs.value, context, element, around);
        fields[index].each = Some(Box::new(frame));
    }
}

/// Returns `true` if `wire(bytes(n))` is among the words.
fn in_bytes(words: &FieldAttrs) -> bool {
    let wire = words.wire.as_ref().and_then(|wire| wire.value.number.as_ref());
    matches!(wire, Some(NumberWord::InBytes { .. }))
}

/// The element of `each(size in sizes, ..)`: item `i` of the list receives `sizes[i]` as `size`.
struct Element {
    name: Ident,
    ty: Type,
    list: Ident,
}

/// Resolves `each(size in sizes, ..)` for the list at `index`, and sets the extent of this list to
/// `#[count(sizes.len())]`.
fn element(
    cx: &Ctxt,
    fields: &mut [Field],
    index: usize,
    (name, list): (Ident, Ident),
    attrs: &TypeAttrs,
) -> Option<Element> {
    let front = &fields[..index];
    if attrs.ctx.iter().flat_map(|ctx| &ctx.value).any(|(value, _)| *value == name) {
        cx.error(
            name.span(),
            format!("`{name}` is already a value of `ctx(..)`: give the elements of `{list}` another name"),
        );
        return None;
    }
    if front.iter().any(|field| field.plain == name) {
        cx.error(
            name.span(),
            format!("`{name}` is a field already: give the elements of `{list}` another name"),
        );
        return None;
    }
    let Some(found) = front.iter().find(|field| field.plain == list) else {
        let names: Vec<_> = front.iter().map(|field| field.plain.to_string()).collect();
        cx.error(
            list.span(),
            format!("no field `{list}` before this one: {}", crate::ctxt::in_reach(&names)),
        );
        return None;
    };
    let ty = match super::ungroup(&found.ty) {
        Type::Array(array) => Some(&*array.elem),
        other => list_item(other),
    };
    let Some(ty) = ty.cloned() else {
        cx.error(list.span(), format!("`{list}` is not a list: name a `Vec` or an array"));
        return None;
    };
    let field = &mut fields[index];
    if let Some(extent) = &field.attrs.extent {
        let word = extent.value.name();
        cx.error(extent.span, format!("`{list}` determines the number of items: remove `{word}`"));
        return None;
    }
    let count = ExtentWord::Count { expr: syn::parse_quote!(#list.len()) };
    field.attrs.extent = Some(At { value: count, span: list.span() });
    Some(Element { name, ty, list })
}

/// Decides whether the items need a hidden struct. If they do, moves words of the list that apply
/// to its items (`wire`, `text`, `ctx`, `tag`) into the words of the item, and returns these. If
/// they do not, moves the words of the item to the list, and returns `None`: `each(bits(12))` needs
/// no hidden struct.
fn merge(
    cx: &Ctxt,
    field: &mut Field,
    each: At<Box<FieldAttrs>>,
    has_element: bool,
) -> Option<At<FieldAttrs>> {
    let At { value: mut words, span } = each;
    let is_plain =
        words.extent.is_none() && words.with.is_none() && words.each.is_none() && !in_bytes(&words);
    let is_plain = is_plain && words.none.is_none() && words.separated.is_none();
    if !is_plain || has_element || in_bytes(&field.attrs) {
        words.wire = words.wire.or(field.attrs.wire.take());
        words.text = words.text.or(field.attrs.text.take());
        words.ctx = words.ctx.or(field.attrs.ctx.take());
        words.tag = words.tag.or(field.attrs.tag.take());
        return Some(At { value: *words, span });
    }
    let twice = (words.wire.is_some() && field.attrs.wire.is_some())
        || (words.text.is_some() && field.attrs.text.is_some())
        || (words.ctx.is_some() && field.attrs.ctx.is_some())
        || (words.tag.is_some() && field.attrs.tag.is_some());
    if twice {
        cx.error(span, "on a list this word already applies to the items: remove one of them");
    }
    field.attrs.item_bits = words.bits.take();
    field.attrs.bits_as = words.bits_as.take().or(field.attrs.bits_as.take());
    field.attrs.strict_bits = words.strict_bits.or(field.attrs.strict_bits);
    field.attrs.wire = words.wire.take().or(field.attrs.wire.take());
    field.attrs.text = words.text.take().or(field.attrs.text.take());
    field.attrs.ctx = words.ctx.take().or(field.attrs.ctx.take());
    field.attrs.tag = words.tag.take().or(field.attrs.tag.take());
    field.attrs.failed |= words.failed;
    None
}

/// Returns the earlier fields and the context values of the type that the words of an item mention.
fn context(words: &FieldAttrs, fields: &[Field], attrs: &TypeAttrs) -> Vec<(Ident, Type)> {
    let mut said = expressions(words);
    said.extend(attrs.order_by.iter().map(|order| &order.value));
    let named = |plain: &Ident| said.iter().any(|expr| super::mentions(expr, plain));
    let of_fields = fields.iter().filter_map(|field| {
        let ty = match auto_item(&field.ty) {
            Some(item) => item?,
            None => &field.ty,
        };
        Some((field.plain.clone(), ty.clone()))
    });
    let handed = attrs.ctx.iter().flat_map(|ctx| ctx.value.iter().cloned());
    of_fields.chain(handed).filter(|(plain, _)| named(plain)).collect()
}

/// Returns the expressions in the words of an item, and in the words of its own items.
pub(crate) fn expressions(words: &FieldAttrs) -> Vec<&syn::Expr> {
    let mut all: Vec<_> = words.ctx.iter().flat_map(|ctx| &ctx.value).collect();
    all.extend(words.said_size());
    if let Some(FieldTag::Chosen(expr)) = words.tag.as_ref().map(|tag| &tag.value) {
        all.push(expr);
    }
    if let Some(DerivedKind::Calc { expr, .. }) = words.derived.as_ref().map(|derived| &derived.value.kind) {
        all.push(expr);
    }
    all.extend(crate::attr::orders(words));
    all.extend(words.each.iter().flat_map(|each| expressions(&each.value)));
    all
}

fn item_frame(
    cx: &Ctxt,
    field: &Field,
    ty: Type,
    words: FieldAttrs,
    mut context: Vec<(Ident, Type)>,
    element: Option<Element>,
    around: &Around<'_>,
) -> Item {
    let mut generics = around.generics.clone();
    generics.params.iter_mut().for_each(|param| match param {
        syn::GenericParam::Type(param) => param.default = None,
        syn::GenericParam::Const(param) => param.default = None,
        syn::GenericParam::Lifetime(_) => {}
    });
    let mut handed: Vec<syn::Expr> = context.iter().map(|(plain, _)| syn::parse_quote!(#plain)).collect();
    let element = element.map(|Element { name, ty, list }| {
        context.push((name, ty));
        handed.push(syn::parse_quote!(#list));
        context.len() - 1
    });
    let ctx = (!context.is_empty()).then_some(At { value: context, span: field.span });
    let attrs = TypeAttrs {
        order: around.attrs.order.clone(),
        order_by: around.attrs.order_by.clone(),
        lsb: around.attrs.lsb.clone(),
        ctx,
        bound: around.attrs.bound.clone(),
        krate: around.attrs.krate.clone(),
        ..TypeAttrs::default()
    };
    let mut fields = vec![Field {
        index: 0,
        member: Member::from(0),
        name: String::new(),
        plain: Ident::new("__item", Span::mixed_site()),
        local: format_ident!("f0", span = Span::mixed_site()),
        ty,
        attrs: words,
        span: field.span,
        each: None,
    }];
    // Nested `each(each(..))`: the inner struct is called `NamesItemItem`.
    let list = if field.name.is_empty() { around.name.clone() } else { camel(&field.name) };
    let (name, place) = (format!("{list}Item"), format!("{}{}", around.place, field.index));
    let ident = format_ident!("__Item{place}", span = Span::mixed_site());
    let inside =
        Around { attrs: &attrs, generics: &generics, name: name.clone(), place: format!("{place}_") };
    make(cx, &mut fields, &inside);
    Item { ident, name, generics, attrs, data: Data::Struct(fields), is_item: true, handed, element }
}

/// Converts `some_name` to `SomeName`. The name of a tuple field is its index: `0` becomes
/// `Field0`.
fn camel(name: &str) -> String {
    let word = |word: &str| {
        let mut letters = word.chars();
        letters.next().map(|first| first.to_uppercase().chain(letters).collect::<String>())
    };
    let name: String = name.split('_').filter_map(word).collect();
    if name.starts_with(|first: char| first.is_ascii_digit()) { format!("Field{name}") } else { name }
}
