//! The user's expressions in generated code.
//!
//! An expression of parts that the macro knows is evaluated as the schema defines: overflow is an
//! error of the field, never a panic. Any other expression runs as written.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;
use syn::{Expr, ExprClosure, ReturnType};

use super::{checked, q};
use crate::layout::{Chooser, Expression, Given};

/// An expression, with the statements that declare the names in it.
pub(super) struct Code {
    bind: TokenStream,
    value: TokenStream,
    /// Whether `value` is an `Option`, which is `None` if the expression overflows.
    fails: bool,
    text: String,
}

/// Returns the expression for the parser, whose variables hold the fields by value.
pub(super) fn on_decode(expression: &Expression<'_>) -> Code {
    code(expression, None, |local| q!(&#local))
}

/// Like [`on_decode`], for an expression of type `ty`.
pub(super) fn on_decode_as(expression: &Expression<'_>, ty: &syn::Type) -> Code {
    code(expression, Some(ty), |local| q!(&#local))
}

/// Like [`on_decode`], where the variable `there` is already a reference: to the value inside an
/// `Option` field.
pub(super) fn on_decode_of(expression: &Expression<'_>, there: &Ident) -> Code {
    code(expression, None, |local| if local == there { q!(#local) } else { q!(&#local) })
}

/// Returns the expression for the encoder, whose variables are references to the fields.
pub(super) fn on_encode(expression: &Expression<'_>) -> Code {
    code(expression, None, |local| q!(#local))
}

/// Like [`on_encode`], for an expression of type `ty`.
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
    let value = checked.unwrap_or_else(|| {
        let value = expression.expr.to_token_stream();
        if begins_with_block(expression.expr) { q!((#value)) } else { value }
    });
    Code { bind: bind.collect(), value, fails, text: text(expression) }
}

/// Returns the closure of `#[until(|item| ..)]`, which then returns an `Option`: `None` if its body
/// overflows. Returns `None` if it cannot overflow, or runs as written.
pub(super) fn checked_closure(closure: &ExprClosure) -> Option<TokenStream> {
    if !crate::lower::is_whole(closure) {
        return None;
    }
    let value = checked::rewrite(&closure.body, None)?;
    let checked = ExprClosure {
        output: ReturnType::Default,
        body: Box::new(Expr::Verbatim(q!(__fw::Some::<__fw::bool>(#value)))),
        ..closure.clone()
    };
    Some(checked.into_token_stream())
}

/// Returns `true` for an operand that ends with a brace before an operator: in a block, Rust takes
/// the `match n { .. }` of `match n { .. } as usize` for a statement.
fn begins_with_block(expr: &Expr) -> bool {
    match expr {
        Expr::Binary(binary) => begins_with_block(&binary.left),
        Expr::Cast(cast) => begins_with_block(&cast.expr),
        other => matches!(other, Expr::If(_) | Expr::Match(_) | Expr::Block(_)),
    }
}

impl Code {
    /// Returns `true` if the expression can fail with an overflow.
    pub(super) fn fails(&self) -> bool {
        self.fails
    }

    /// Returns the value of the expression. If it fails, runs the code that `failed` returns.
    fn or(&self, failed: impl FnOnce(&str) -> TokenStream) -> TokenStream {
        let (bind, value) = (&self.bind, &self.value);
        if !self.fails {
            return q!({ #bind #value });
        }
        let failed = failed(&self.text);
        q! {
            match (|| { #bind __fw::Some(#value) })() {
                __fw::Some(value) => value,
                __fw::None => #failed,
            }
        }
    }

    /// If the expression fails, the parser returns an error at the cursor `at`.
    pub(super) fn or_refuse(&self, site: &TokenStream, at: &TokenStream) -> TokenStream {
        self.or(|text| q!(return __fw::Err(__fw::in_leaf(__fw::overflows(#text), #site, src, input, #at))))
    }

    /// If the expression fails, the parser returns an error at the offset `at`.
    pub(super) fn or_refuse_at(&self, site: &TokenStream, at: &TokenStream) -> TokenStream {
        self.or(|text| q!(return __fw::Err(__fw::in_leaf_at(__fw::overflows(#text), #site, src, input, #at))))
    }

    /// If the expression fails, the encoder returns an error in `field`. An empty name means the
    /// frame itself.
    pub(super) fn or_fail(&self, field: &str) -> TokenStream {
        self.or(|text| {
            let located = (!field.is_empty()).then(|| q!(.in_field(#field)));
            q!(return __fw::Err(__fw::overflows_on_encode(#text) #located))
        })
    }

    /// If the expression fails, its value is `otherwise`. Another check reports the failure.
    pub(super) fn or_else(&self, otherwise: &TokenStream) -> TokenStream {
        self.or(|_| otherwise.clone())
    }
}

/// Returns the value of an expression as a size, or 0 if it fails or is negative. The parser of the
/// field itself reports this error.
pub(super) fn said_len(expression: &Expression<'_>) -> TokenStream {
    let expr = on_decode(expression).or_else(&q!(__fw::Default::default()));
    q!(__fw::said_len(#expr).unwrap_or(0))
}

pub(super) fn text(expression: &Expression<'_>) -> String {
    crate::text::tokens(&expression.expr.to_token_stream())
}

/// Returns the context of a nested frame on decode: one value as it is, several values as a tuple.
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

/// Returns the context of a nested frame on encode. The tag of a `tag_of` is computed from the
/// variant of `target`.
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

/// Returns references to the fields that are passed to a list's items.
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
