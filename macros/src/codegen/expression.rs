//! The user's expressions, with the fields they name in scope.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::q;
use crate::layout::{Chooser, Expression, Given};

/// The expression while decoding, where each field is a value.
pub(super) fn on_decode(expression: &Expression<'_>) -> TokenStream {
    let bind = expression.uses.iter().map(|(plain, local)| q!(let #plain = __fw::InScope(&#local).get();));
    in_scope(bind.collect(), expression)
}

/// The expression while decoding, where one field is a reference to what is in its `Option`.
pub(super) fn on_decode_of(expression: &Expression<'_>, there: &proc_macro2::Ident) -> TokenStream {
    let bind = expression.uses.iter().map(|(plain, local)| match local == there {
        true => q!(let #plain = __fw::InScope(#local).get();),
        false => q!(let #plain = __fw::InScope(&#local).get();),
    });
    in_scope(bind.collect(), expression)
}

/// The expression while encoding, where each field is a reference.
pub(super) fn on_encode(expression: &Expression<'_>) -> TokenStream {
    let bind = expression.uses.iter().map(|(plain, local)| q!(let #plain = __fw::InScope(#local).get();));
    in_scope(bind.collect(), expression)
}

fn in_scope(bind: TokenStream, expression: &Expression<'_>) -> TokenStream {
    let expr = expression.expr;
    q!({
        #[allow(unused_imports)]
        use __fw::ByReference as _;
        #bind
        #expr
    })
}

/// The size that the expression says, as far as it says one: where the field
/// itself is read, a negative one is an error.
pub(super) fn said_len(expression: &Expression<'_>) -> TokenStream {
    let expr = on_decode(expression);
    q!(__fw::said_len(#expr).unwrap_or(0))
}

/// The expression as the user wrote it.
pub(super) fn text(expression: &Expression<'_>) -> String {
    crate::text::tokens(&expression.expr.to_token_stream())
}

/// The context of a nested frame on decode: one value bare, several a tuple.
pub(super) fn context(given: &Given<'_>) -> TokenStream {
    let Given::Context { tag, values } = given else { return q!(()) };
    let tag = tag.iter().map(|chooser| match chooser {
        Chooser::Field(local) => q!(#local),
        Chooser::Expr(expr) => on_decode(expr),
    });
    let all: Vec<_> = tag.chain(values.iter().map(on_decode)).collect();
    tuple(&all)
}

/// The same on encode, where the tag of `#[tag_of]` is the variant's own.
pub(super) fn context_on_encode(given: &Given<'_>, target: &proc_macro2::Ident) -> TokenStream {
    let Given::Context { tag, values } = given else { return q!(()) };
    let tag = tag.iter().map(|chooser| match chooser {
        Chooser::Field(_) => q!(__fw::tag_or_zero(#target)),
        Chooser::Expr(expr) => on_encode(expr),
    });
    let all: Vec<_> = tag.chain(values.iter().map(on_encode)).collect();
    tuple(&all)
}

fn tuple(values: &[TokenStream]) -> TokenStream {
    match values {
        [one] => one.clone(),
        several => q!((#(#several),*)),
    }
}
