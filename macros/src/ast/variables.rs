//! The names that an expression uses, and whether it declares them itself.

use proc_macro2::{Ident, TokenStream, TokenTree};
use syn::Expr;
use syn::visit::{self, Visit};

use super::Matches;

/// A name that an expression uses.
pub(crate) struct Variable {
    pub(crate) name: Ident,
    pub(crate) kind: Kind,
    /// Whether the expression declares a variable of this name around it. It need not be the same: a
    /// derive cannot compare the hygiene of names.
    pub(crate) is_hidden: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Variable,
    /// A plain name that is passed as an argument. It is a variable or a function.
    Argument,
    /// The name of a called function, or a word in a macro.
    Other,
}

/// Returns the names that an expression uses. Names after a dot and paths with `::` are left out.
pub(crate) fn variables(expr: &Expr) -> Vec<Variable> {
    let mut names = Names::default();
    names.visit_expr(expr);
    names.all
}

/// Returns the names that a closure uses, without its parameters.
pub(crate) fn closure_variables(closure: &syn::ExprClosure) -> Vec<Variable> {
    let mut names = Names::default();
    names.visit_expr_closure(closure);
    names.all
}

/// Returns the names that the parameters of a closure declare.
pub(crate) fn parameters(closure: &syn::ExprClosure) -> Vec<Ident> {
    let mut names = Names::default();
    closure.inputs.iter().for_each(|pattern| names.visit_pat(pattern));
    names.declared
}

/// Returns `true` if an expression has the name `name`, whatever it means there.
pub(crate) fn mentions(expr: &Expr, name: &Ident) -> bool {
    variables(expr).iter().any(|variable| variable.name == *name)
}

/// Returns `true` if an expression uses a variable `name` that it does not declare.
pub(crate) fn needs(expr: &Expr, name: &Ident) -> bool {
    let is_variable = |variable: &Variable| !variable.is_hidden && variable.kind != Kind::Other;
    variables(expr).iter().any(|variable| variable.name == *name && is_variable(variable))
}

#[derive(Default)]
struct Names {
    all: Vec<Variable>,
    declared: Vec<Ident>,
}

impl Names {
    fn add(&mut self, name: &Ident, kind: Kind) {
        let is_hidden = self.declared.contains(name);
        self.all.push(Variable { name: name.clone(), kind, is_hidden });
    }

    /// Visits a part of the expression whose names end with it.
    fn scope(&mut self, visit: impl FnOnce(&mut Self)) {
        let outside = self.declared.len();
        visit(self);
        self.declared.truncate(outside);
    }

    /// Visits an expression that is of this kind if it is a plain name.
    fn visit_as(&mut self, kind: Kind, expr: &Expr) {
        match expr {
            Expr::Path(path) => {
                if let Some(name) = path.path.get_ident() {
                    self.add(name, kind);
                }
            }
            other => self.visit_expr(other),
        }
    }

    fn visit_tokens(&mut self, tokens: TokenStream) {
        for token in tokens {
            match token {
                TokenTree::Ident(ident) => self.add(&ident, Kind::Other),
                TokenTree::Group(group) => self.visit_tokens(group.stream()),
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

impl<'ast> Visit<'ast> for Names {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        if let (Some(name), None) = (path.path.get_ident(), &path.qself) {
            self.add(name, Kind::Variable);
        }
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        self.visit_as(Kind::Other, &call.func);
        call.args.iter().for_each(|argument| self.visit_as(Kind::Argument, argument));
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        call.args.iter().for_each(|argument| self.visit_as(Kind::Argument, argument));
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        let is_matches = call.path.segments.last().is_some_and(|last| last.ident == "matches");
        match call.parse_body::<Matches>() {
            Ok(matches) if is_matches => self.scope(|names| {
                names.visit_expr(&matches.value);
                names.visit_pat(&matches.pattern);
            }),
            _ => self.visit_tokens(call.tokens.clone()),
        }
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.declared.push(pattern.ident.clone());
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_expr_closure(&mut self, closure: &'ast syn::ExprClosure) {
        self.scope(|names| visit::visit_expr_closure(names, closure));
    }

    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.scope(|names| visit::visit_arm(names, arm));
    }

    fn visit_block(&mut self, block: &'ast syn::Block) {
        self.scope(|names| visit::visit_block(names, block));
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
        self.scope(|names| {
            names.visit_expr(&choice.cond);
            names.visit_block(&choice.then_branch);
        });
        choice.else_branch.iter().for_each(|(_, otherwise)| self.visit_expr(otherwise));
    }

    fn visit_expr_while(&mut self, repeat: &'ast syn::ExprWhile) {
        self.scope(|names| visit::visit_expr_while(names, repeat));
    }

    fn visit_expr_for_loop(&mut self, repeat: &'ast syn::ExprForLoop) {
        self.visit_expr(&repeat.expr);
        self.scope(|names| {
            names.visit_pat(&repeat.pat);
            names.visit_block(&repeat.body);
        });
    }

    /// An item does not see the variables around it.
    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
