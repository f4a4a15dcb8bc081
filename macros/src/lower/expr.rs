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
    /// What it names is bound by the identifiers that stand in it: a name that a
    /// macro hands in is another one than the same name in the macro's own text.
    pub(super) fn uses(&self, expr: &'a Expr, reach: Reach<'a>, count: usize) -> Expression<'a> {
        let fields = reach.fields[..count].iter().map(|field| (&field.plain, &field.local));
        let context = self.context.iter().map(|value| (value.plain, &value.local));
        let names: Vec<_> = fields.chain(context).collect();
        let local = |mention: &Ident| names.iter().find(|(plain, _)| *plain == mention);
        let uses = mentioned(expr)
            .into_iter()
            .filter_map(|name| local(&name).map(|(_, local)| (name, (*local).clone())));
        Expression { expr, uses: uses.collect() }
    }
}

/// Whether an expression names `ident` as a variable.
pub(super) fn mentions(expr: &Expr, ident: &Ident) -> bool {
    mentioned(expr).contains(ident)
}

/// What an expression names as a variable: neither behind a dot nor as a part
/// of a path. In a macro's arguments any mention counts.
fn mentioned(expr: &Expr) -> Vec<Ident> {
    #[derive(Default)]
    struct Mentions {
        all: Vec<Ident>,
    }
    impl<'ast> syn::visit::Visit<'ast> for Mentions {
        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            self.all.extend(path.path.get_ident().cloned());
        }
        fn visit_macro(&mut self, call: &'ast syn::Macro) {
            in_tokens(call.tokens.clone(), &mut self.all);
        }
    }
    let mut mentions = Mentions::default();
    syn::visit::Visit::visit_expr(&mut mentions, expr);
    mentions.all
}

fn in_tokens(tokens: proc_macro2::TokenStream, all: &mut Vec<Ident>) {
    for token in tokens {
        match token {
            TokenTree::Ident(ident) => all.push(ident),
            TokenTree::Group(group) => in_tokens(group.stream(), all),
            TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}
