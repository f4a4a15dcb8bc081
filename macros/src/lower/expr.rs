//! The user's expressions and the fields they name.

use proc_macro2::{Ident, TokenTree};
use syn::Expr;

use super::{Lower, Reach};
use crate::ast::Field;
use crate::layout::Expression;

impl<'a> Lower<'a> {
    /// An expression on `field`, which may name the fields in front of it.
    pub(super) fn expression(&self, expr: &'a Expr, field: &Field, reach: Reach<'a>) -> Expression<'a> {
        for other in &reach.fields[field.index..] {
            if mentions(expr, &other.plain) {
                let names: Vec<_> =
                    reach.fields[..field.index].iter().map(|field| field.plain.to_string()).collect();
                self.cx.error_at(
                    expr,
                    format!("`{}` is not read yet here: {}", other.plain, crate::ctxt::in_reach(&names)),
                );
            }
        }
        self.uses(expr, reach, field.index)
    }

    /// An expression that may name the first `count` fields, and the context.
    pub(super) fn uses(&self, expr: &'a Expr, reach: Reach<'a>, count: usize) -> Expression<'a> {
        let fields = reach.fields[..count].iter().map(|field| (&field.plain, &field.local));
        let context = self.context.iter().map(|value| (value.plain, &value.local));
        let uses = fields
            .chain(context)
            .filter(|(plain, _)| mentions(expr, plain))
            .map(|(plain, local)| (plain, local.clone()));
        Expression { expr, uses: uses.collect() }
    }
}

/// Whether an expression names `ident` as a variable: neither behind a dot
/// nor as a part of a path. In a macro's arguments any mention counts.
pub(super) fn mentions(expr: &Expr, ident: &Ident) -> bool {
    struct Mentions<'a> {
        ident: &'a Ident,
        found: bool,
    }
    impl<'ast> syn::visit::Visit<'ast> for Mentions<'_> {
        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            self.found |= path.path.is_ident(self.ident);
        }
        fn visit_macro(&mut self, call: &'ast syn::Macro) {
            self.found |= in_tokens(call.tokens.clone(), self.ident);
        }
    }
    let mut mentions = Mentions { ident, found: false };
    syn::visit::Visit::visit_expr(&mut mentions, expr);
    mentions.found
}

fn in_tokens(tokens: proc_macro2::TokenStream, ident: &Ident) -> bool {
    tokens.into_iter().any(|token| match token {
        TokenTree::Ident(other) => other == *ident,
        TokenTree::Group(group) => in_tokens(group.stream(), ident),
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    })
}
