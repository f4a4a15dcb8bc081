//! The user's expressions in generated code, with the fields that they name in scope.
//!
//! An expression that the schema fully represents follows the rules of its tree: an overflow is an
//! error at the field, never a panic. Any other expression runs as written.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

use super::{checked, q};
use crate::layout::{Chooser, Expression, Given};

/// An expression in generated code.
pub(super) struct Code {
    bind: TokenStream,
    value: TokenStream,
    /// Whether the value is an `Option`, which is `None` if the expression fails.
    fails: bool,
    text: String,
}

/// Returns the expression for decoding, in which each field is a value.
pub(super) fn on_decode(expression: &Expression<'_>) -> Code {
    code(expression, None, |local| q!(&#local))
}

/// Returns the expression for decoding, as a value of type `ty`.
pub(super) fn on_decode_as(expression: &Expression<'_>, ty: &syn::Type) -> Code {
    code(expression, Some(ty), |local| q!(&#local))
}

/// Returns the expression for decoding, in which one field is a reference to the inside of its
/// `Option`.
pub(super) fn on_decode_of(expression: &Expression<'_>, there: &Ident) -> Code {
    code(expression, None, |local| if local == there { q!(#local) } else { q!(&#local) })
}

/// Returns the expression for encoding, in which each field is a reference.
pub(super) fn on_encode(expression: &Expression<'_>) -> Code {
    code(expression, None, |local| q!(#local))
}

/// Returns the expression for encoding, as a value of type `ty`.
pub(super) fn on_encode_as(expression: &Expression<'_>, ty: &syn::Type) -> Code {
    code(expression, Some(ty), |local| q!(#local))
}

fn code(
    expression: &Expression<'_>,
    ty: Option<&syn::Type>,
    reference: impl Fn(&Ident) -> TokenStream,
) -> Code {
    let bind = expression.uses.iter().map(|each| {
        let (plain, local) = (&each.plain, &each.local);
        let field = if each.reference { q!(#local) } else { reference(local) };
        q!(let #plain = __fw::InScope(#field).get();)
    });
    let checked = if expression.tree.is_whole() { checked::rewrite(expression.expr, ty) } else { None };
    let fails = checked.is_some();
    let value = checked.unwrap_or_else(|| expression.expr.to_token_stream());
    Code { bind: bind.collect(), value, fails, text: text(expression) }
}

impl Code {
    /// Returns `true` if the expression may have no value.
    pub(super) fn fails(&self) -> bool {
        self.fails
    }

    /// Returns the value, or the statement that reports a failure.
    fn or(&self, failed: impl FnOnce(&str) -> TokenStream) -> TokenStream {
        let (bind, value) = (&self.bind, &self.value);
        if !self.fails {
            return q!({ #bind #value });
        }
        let failed = failed(&self.text);
        q! {
            match (|| { #bind ::core::option::Option::Some(#value) })() {
                ::core::option::Option::Some(value) => value,
                ::core::option::Option::None => #failed,
            }
        }
    }

    /// Returns the value, or an error of the parser at the position `at`.
    pub(super) fn or_refuse(&self, site: &TokenStream, at: &TokenStream) -> TokenStream {
        self.or(|text| {
            q!(return ::core::result::Result::Err(__fw::in_leaf(__fw::overflows(#text), #site, src, input, #at)))
        })
    }

    /// Returns the value, or an error of the parser at an offset.
    pub(super) fn or_refuse_at(&self, site: &TokenStream, at: &TokenStream) -> TokenStream {
        self.or(|text| {
            q!(return ::core::result::Result::Err(__fw::in_leaf_at(__fw::overflows(#text), #site, src, input, #at)))
        })
    }

    /// Returns the value, or an error of the encoder in a field. An empty name stands for the
    /// frame.
    pub(super) fn or_fail(&self, field: &str) -> TokenStream {
        self.or(|text| {
            let located = (!field.is_empty()).then(|| q!(.in_field(#field)));
            q!(return ::core::result::Result::Err(__fw::overflows_on_encode(#text) #located))
        })
    }

    /// Returns the value, or `otherwise` if the encoder will report the failure.
    pub(super) fn or_else(&self, otherwise: &TokenStream) -> TokenStream {
        self.or(|_| otherwise.clone())
    }
}

/// Returns the size that the expression gives, or 0 if it fails. Reading the field itself reports a
/// negative size.
pub(super) fn said_len(expression: &Expression<'_>) -> TokenStream {
    let expr = on_decode(expression).or_else(&q!(::core::default::Default::default()));
    q!(__fw::said_len(#expr).unwrap_or(0))
}

/// Returns the expression as the user wrote it.
pub(super) fn text(expression: &Expression<'_>) -> String {
    crate::text::tokens(&expression.expr.to_token_stream())
}

/// Returns the context of a nested frame on decode: a single value as it is, several values as a
/// tuple.
pub(super) fn context(given: &Given<'_>, site: &TokenStream, at: &TokenStream) -> TokenStream {
    if let Given::Item(values) = given {
        return references(values, |local| q!(&#local));
    }
    let Given::Context { tag, values } = given else { return q!(()) };
    let value = |expr: &Expression<'_>| on_decode(expr).or_refuse(site, at);
    let tag = tag.iter().map(|chooser| match chooser {
        Chooser::Field(local, _) => q!(#local),
        Chooser::Expr(expr) => value(expr),
    });
    let all: Vec<_> = tag.chain(values.iter().map(value)).collect();
    tuple(&all)
}

/// Returns the context of a nested frame on encode. The encoder takes the tag of a `#[tag_of]` from
/// the variant, not from the tag field.
pub(super) fn context_on_encode(
    given: &Given<'_>,
    target: &Ident,
    value: impl Fn(&Expression<'_>) -> TokenStream,
) -> TokenStream {
    if let Given::Item(values) = given {
        return references(values, |local| q!(#local));
    }
    let Given::Context { tag, values } = given else { return q!(()) };
    let tag = tag.iter().map(|chooser| match chooser {
        Chooser::Field(..) => q!(__fw::tag_or_zero(#target)),
        Chooser::Expr(expr) => value(expr),
    });
    let all: Vec<_> = tag.chain(values.iter().map(&value)).collect();
    tuple(&all)
}

/// Returns references to the fields that are passed to items.
fn references(values: &[Expression<'_>], reference: impl Fn(&Ident) -> TokenStream) -> TokenStream {
    let fields = values.iter().flat_map(|value| &value.uses).map(|each| {
        let local = &each.local;
        let field = if each.reference { q!(#local) } else { reference(local) };
        if each.element { q!((#field).get(index)) } else { field }
    });
    q!((#(#fields,)*))
}

fn tuple(values: &[TokenStream]) -> TokenStream {
    match values {
        [one] => one.clone(),
        several => q!((#(#several),*)),
    }
}
