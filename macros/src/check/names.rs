//! What the user's expressions and words name.

use syn::visit::{self, Visit};
use syn::{Expr, Ident};

use crate::ast::{Field, auto_item, list_item, option_item, scalar};
use crate::attr::{At, Check, DerivedKind, ExtentWord, FieldTag, Presence};
use crate::ctxt::{Ctxt, list};

/// The fields of a struct or variant and the values handed to the type.
pub(super) struct Scope<'a> {
    pub(super) fields: &'a [Field],
    pub(super) context: &'a [&'a Ident],
}

impl Scope<'_> {
    /// Checks what every word of every field names.
    pub(super) fn check(&self, cx: &Ctxt, checks: &[At<Check>]) {
        let all = self.fields.len();
        for field in self.fields {
            if let Some(name) = self.context.iter().find(|name| ***name == field.plain) {
                cx.error(field.span, format!("`{name}` is already a value of `ctx(..)`: rename one of them"));
            }
            for expr in early(field) {
                self.check_expr(cx, expr, field.index, all);
            }
            for check in &field.attrs.checks {
                self.check_expr(cx, &check.value.expr, field.index + 1, field.index + 1);
            }
            match field.attrs.derived.as_ref().map(|derived| &derived.value.kind) {
                Some(DerivedKind::Calc { expr, .. }) => self.check_expr(cx, expr, all, all),
                Some(DerivedKind::Checksum { seed: Some(seed), .. }) => self.check_expr(cx, seed, all, all),
                Some(DerivedKind::PresenceOf { field: name, .. }) => self.check_flag(cx, name),
                Some(DerivedKind::TagOf { field: name }) => self.check_chosen(cx, name),
                _ => {}
            }
        }
        for check in checks {
            self.check_expr(cx, &check.value.expr, all, all);
        }
    }

    /// Reports names that are neither among the first `reach` fields, nor
    /// reported elsewhere as one of the first `known`.
    fn check_expr(&self, cx: &Ctxt, expr: &Expr, reach: usize, known: usize) {
        let mut names = Names::default();
        names.visit_expr(expr);
        let is_one = |name: &Ident| {
            self.fields[..known].iter().any(|field| field.plain == *name) || self.context.contains(&name)
        };
        for name in names.used.into_iter().filter(|name| !names.bound.contains(name) && !is_one(name)) {
            let mut near: Vec<_> = self.fields[..reach].iter().map(|field| field.plain.to_string()).collect();
            near.extend(self.context.iter().map(ToString::to_string));
            let later = self.fields.iter().any(|field| field.plain == *name);
            let what = if later { "is not read yet" } else { "is no field" };
            cx.error(name.span(), format!("`{name}` {what} here: the fields in reach are {}", list(&near)));
        }
    }

    fn find(&self, name: &Ident) -> Option<&Field> {
        self.fields.iter().find(|field| field.plain == *name)
    }

    /// `presence_of` speaks of an `Option` with nothing else to say so.
    fn check_flag(&self, cx: &Ctxt, name: &Ident) {
        let Some(target) = self.find(name) else { return };
        if option_item(&target.ty).is_none() {
            cx.error(name.span(), format!("`{name}` is always there: make its type `Option<..>`"));
        } else if let Some(presence) = &target.attrs.presence {
            let word = if matches!(presence.value, Presence::When(_)) { "when" } else { "optional" };
            cx.error(
                presence.span,
                format!("`{word}` and `presence_of({name})` both say when `{name}` is there: remove one"),
            );
        }
    }

    /// `tag_of` speaks of an enum.
    fn check_chosen(&self, cx: &Ctxt, name: &Ident) {
        let Some(target) = self.find(name) else { return };
        let ty = option_item(&target.ty).unwrap_or(&target.ty);
        if scalar(list_item(ty).unwrap_or(ty)).is_some() || auto_item(ty).is_some() {
            cx.error(name.span(), format!("`{name}` is no enum, so it has no tag"));
        } else if let Some(tag) = &target.attrs.tag {
            cx.error(
                tag.span,
                format!("`tag` and `tag_of({name})` both choose the variant of `{name}`: remove one"),
            );
        }
    }
}

/// The expressions of a field that are needed before it is read.
fn early(field: &Field) -> impl Iterator<Item = &Expr> {
    let when = match field.attrs.presence.as_ref().map(|presence| &presence.value) {
        Some(Presence::When(expr)) => Some(expr),
        _ => None,
    };
    let extent = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::Len { expr, .. } | ExtentWord::Count { expr }) => Some(expr),
        _ => None,
    };
    let chosen = match field.attrs.tag.as_ref().map(|tag| &tag.value) {
        Some(FieldTag::Chosen(expr)) => Some(expr),
        _ => None,
    };
    let handed = field.attrs.ctx.iter().flat_map(|ctx| &ctx.value);
    when.into_iter().chain(extent).chain(chosen).chain(handed)
}

/// The variables an expression reads and those it binds itself. A name that is
/// called or handed on may be a function, and upper case may be a constant.
#[derive(Default)]
struct Names<'ast> {
    used: Vec<&'ast Ident>,
    bound: Vec<&'ast Ident>,
}

impl<'ast> Names<'ast> {
    fn visit_arguments(&mut self, arguments: impl Iterator<Item = &'ast Expr>) {
        arguments
            .filter(|argument| !matches!(argument, Expr::Path(_)))
            .for_each(|argument| self.visit_expr(argument));
    }
}

impl<'ast> Visit<'ast> for Names<'ast> {
    fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
        let name = path.path.get_ident().filter(|_| path.qself.is_none());
        self.used
            .extend(name.filter(|name| name.to_string().starts_with(|c: char| c.is_lowercase() || c == '_')));
    }

    fn visit_expr_call(&mut self, call: &'ast syn::ExprCall) {
        if !matches!(*call.func, Expr::Path(_)) {
            self.visit_expr(&call.func);
        }
        self.visit_arguments(call.args.iter());
    }

    fn visit_expr_method_call(&mut self, call: &'ast syn::ExprMethodCall) {
        self.visit_expr(&call.receiver);
        self.visit_arguments(call.args.iter());
    }

    fn visit_pat_ident(&mut self, pattern: &'ast syn::PatIdent) {
        self.bound.push(&pattern.ident);
        visit::visit_pat_ident(self, pattern);
    }

    fn visit_item(&mut self, _: &'ast syn::Item) {}
}
