//! The free variables of an expression: the names that it uses and does not declare.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::Expr;
use syn::visit::{self, Visit};

use super::Matches;

/// A name that an expression uses.
pub(crate) struct Variable {
    pub(crate) name: Ident,
    /// Whether this is a variable for sure. The name of a called function, a plain name passed as an
    /// argument, and a word in a macro may be something else.
    pub(crate) certain: bool,
}

/// Returns the names that an expression uses, without those that it declares itself, in closures,
/// patterns and blocks. Names after a dot and paths with `::` are left out.
pub(crate) fn variables(expr: &Expr) -> Vec<Variable> {
    let mut free = Free::default();
    free.visit_expr(expr);
    free.all
}

/// Returns the names that a closure uses, without its parameters.
pub(crate) fn closure_variables(closure: &syn::ExprClosure) -> Vec<Variable> {
    let mut free = Free::default();
    free.visit_expr_closure(closure);
    free.all
}

/// Returns `true` if an expression uses the variable `name`.
pub(crate) fn mentions(expr: &Expr, name: &Ident) -> bool {
    variables(expr).iter().any(|variable| variable.name == *name)
}

#[derive(Default)]
struct Free {
    all: Vec<Variable>,
    declared: Vec<Ident>,
}

impl Free {
    fn add(&mut self, name: &Ident, certain: bool) {
        if !self.declared.contains(name) {
            self.all.push(Variable { name: name.clone(), certain });
        }
    }

    /// Visits a part of the expression whose names end with it.
    fn scope(&mut self, visit: impl FnOnce(&mut Self)) {
        let outside = self.declared.len();
        visit(self);
        self.declared.truncate(outside);
    }

    /// Visits a function or an argument.
    fn visit_used(&mut self, expr: &Expr) {
        match expr {
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident() {
                    self.add(name, false);
                }
            }
            other => self.visit_expr(other),
        }
    }

    fn visit_tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => self.add(&ident, false),
                TokenTree::Group(group) => self.visit_tokens(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Free {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let (Some(name), None) = (path.path.get_ident(), &path.qself) {
            self.add(name, true);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.visit_used(&call.func);
        call.args.iter().for_each(|argument| self.visit_used(argument));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        call.args.iter().for_each(|argument| self.visit_used(argument));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        match call.parse_body::<Matches>() {
            Ok(matches) if call.path.is_ident("matches") => self.scope(|free| {
                free.visit_expr(&matches.value);
                free.visit_pat(&matches.pattern);
            }),
            _ => self.visit_tokens(call.tokens.clone()),
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.declared.push(pattern.ident.clone());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.scope(|free| visit::visit_expr_closure(free, closure));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scope(|free| visit::visit_arm(free, arm));
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.scope(|free| visit::visit_block(free, block));
    }

    /// The value is visited first, because the names of the pattern are declared after it.
    fn visit_local(&mut self, local: &'ast syn::Local) {
        local.init.iter().for_each(|init| self.visit_local_init(init));
        self.visit_pat(&local.pat);
    }

    fn visit_expr_let(&mut self, condition: &'ast syn::ExprLet) {
        self.visit_expr(&condition.expr);
        self.visit_pat(&condition.pat);
    }

    fn visit_expr_if(&mut self, choice: &'ast syn::ExprIf) {
        self.scope(|free| {
            free.visit_expr(&choice.cond);
            free.visit_block(&choice.then_branch);
        });
        choice.else_branch.iter().for_each(|(_, otherwise)| self.visit_expr(otherwise));
    }

    fn visit_expr_while(&mut self, repeat: &'ast syn::ExprWhile) {
        self.scope(|free| visit::visit_expr_while(free, repeat));
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast syn::ExprForLoop) {
        self.visit_expr(&repeat.expr);
        self.scope(|free| {
            free.visit_pat(&repeat.pat);
            free.visit_block(&repeat.body);
        });
    }

    /// An item does not see the variables around it.
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
