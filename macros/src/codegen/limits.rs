//! Constants that fail to compile if a number in an attribute is out of range, or if a word has no
//! effect on its type. The compile error points at the number or word.

use proc_macro2::{Ident, Span, TokenStream};
use quote::quote_spanned;
use syn::spanned::Spanned;
use syn::{Expr, Type};

use super::number::{order_type, order_value};
use super::open::without;
use super::q;
use crate::ast::{Item, auto_item, number};
use crate::attr::{DerivedKind, ExtentWord, HeadWord, NumberWord, Order, Presence, TagWord, WireWord};
use crate::check::{limits, number_type};
use crate::lower::widest;

/// Returns the constants for a type whose only parameters are lifetimes. The constants are declared
/// outside of the type's impls, so the lifetimes are replaced.
pub(crate) fn limit_assertions(item: &Item, ty: &TokenStream, lifetimes: &[&Ident]) -> TokenStream {
    let numbers = limits(item).into_iter().filter(|limit| number(limit.expr).is_none()).map(|limit| {
        let (expr, least, most, message) = (limit.expr, limit.least, limit.most, limit.message);
        let span = at(expr.span());
        quote_spanned!(span=> const _: () = __fw::within(#expr, #least, #most, #message);)
    });
    let max = item.attrs.max.iter().map(|max| {
        let (span, max) = (at(max.value.span()), &max.value);
        quote_spanned!(span=> const _: () = __fw::limit_is_reachable(<#ty as __fw::Layout>::MIN_LEN, #max);)
    });
    let orders = orders(item).into_iter().map(|(wire, ty)| {
        let (span, format) = (at(wire.span), order_type(wire.order));
        quote_spanned!(span=> const _: () = __fw::has_order(&<#ty as __fw::Wire<#format>>::TYPE);)
    });
    let constants = constants(item);
    without(lifetimes, q!(#(#numbers)* #(#max)* #(#orders)* #constants))
}

/// Returns checks that constants used as `magic`, `until` or `lead` can be encoded.
fn constants(item: &Item) -> TokenStream {
    // An order that is known only at run time is as good as any.
    let by_expression = item.attrs.order_by.as_ref().map(|_| Order::Big);
    let order = order_value(item.attrs.order.as_ref().map(|order| order.value).or(by_expression));
    let literal = |expr: &Expr| matches!(expr, Expr::Lit(_)) || number(expr).is_some();
    let mut tokens = TokenStream::new();
    let mut check = |expr: &Expr, function: &str| {
        if !literal(expr) {
            let (span, function) = (at(expr.span()), Ident::new(function, Span::mixed_site()));
            tokens.extend(quote_spanned!(span=> const _: () = __fw::#function(#expr).stands(#order);));
        }
    };
    for word in &item.attrs.head {
        match &word.value {
            HeadWord::Magic(value) => check(value, "constant"),
            HeadWord::Until(delimiter) => {
                crate::attr::alternatives(delimiter).into_iter().for_each(|each| check(each, "delimiter"));
            }
            HeadWord::Tag(_) | HeadWord::LenPrefixed(_) => {}
        }
    }
    for field in item.fields() {
        if let Some(Presence::Lead(lead)) = field.attrs.presence.as_ref().map(|presence| &presence.value) {
            check(lead, "delimiter");
        }
        let untyped = matches!(auto_item(&field.ty), Some(None)) && field.attrs.bits.is_none();
        if let (Some(DerivedKind::Magic { value }), true) =
            (field.attrs.derived.as_ref().map(|derived| &derived.value.kind), untyped)
        {
            check(value, "constant");
        }
    }
    tokens
}

/// Returns each `be`, `le` or `order = ..` that applies to a user's type, with that type.
fn orders(item: &Item) -> Vec<(&WireWord, &Type)> {
    let mut all: Vec<(&WireWord, Option<&Type>)> = Vec::new();
    for word in &item.attrs.head {
        match &word.value {
            HeadWord::LenPrefixed(prefix) => all.push((&prefix.wire, None)),
            HeadWord::Tag(TagWord::Number(wire)) => all.push((wire, None)),
            HeadWord::Magic(_) | HeadWord::Tag(_) | HeadWord::Until(_) => {}
        }
    }
    for field in item.fields() {
        match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::LenPrefixed(prefix)) => all.push((&prefix.wire, None)),
            Some(ExtentWord::CountPrefixed(prefix)) => all.push((&prefix.wire, None)),
            _ => {}
        }
        let wire = field.attrs.wire.as_ref().filter(|_| field.attrs.bits.is_none());
        all.extend(wire.map(|wire| (&wire.value, Some(number_type(&field.ty)))));
    }
    let turned = all.into_iter().filter(|(wire, _)| wire.has_order());
    let of_type = turned.filter_map(|(wire, ty)| match &wire.number {
        None => Some((wire, ty?)),
        Some(NumberWord::Rust(ty)) => Some((wire, &**ty)),
        Some(_) => None,
    });
    of_type.filter(|(_, ty)| widest(ty).is_none()).collect()
}

fn at(span: Span) -> Span {
    span.resolved_at(Span::mixed_site())
}
