//! Checks the names that the user's expressions and words mention: `#[len(size)]` needs an earlier
//! field `size`.

use syn::{Expr, Ident};

use super::constant;
use crate::ast::{
    Field, Item, Kind, Variable, auto_item, closure_variables, list_item, named, needs, option_item, scalar,
    variables,
};
use crate::attr::{At, Check, Delimiter, DerivedKind, ExtentWord, FieldTag, Presence, RangeKind};
use crate::ctxt::{Ctxt, in_reach};

/// The names that expressions of a struct or variant may mention.
pub(super) struct InReach<'a> {
    pub(super) fields: &'a [Field],
    pub(super) context: &'a [&'a Ident],
    pub(super) parameters: &'a [&'a Ident],
}

impl InReach<'_> {
    pub(super) fn check(&self, cx: &Ctxt, checks: &[At<Check>]) {
        let all = self.fields.len();
        let mut kept = self.fields.iter().filter_map(|field| match field.attrs.tag.as_ref()? {
            At { value: FieldTag::Kept, span } => Some((&field.plain, span)),
            At { value: FieldTag::Chosen(_), .. } => None,
        });
        if let (Some((one, _)), Some((two, span))) = (kept.next(), kept.next()) {
            cx.error(*span, format!("`{one}` and `{two}` both keep the tag: remove `#[tag]` from one"));
        }
        for field in self.fields {
            if let Some(name) = self.context.iter().find(|name| ***name == field.plain) {
                cx.error(field.span, format!("`{name}` is already a value of `ctx(..)`: rename one of them"));
            }
            self.check_order(cx, field);
            self.check_constants(cx, field);
            self.check_skipped(cx, field);
            self.check_none(cx, field);
            for expr in early(field) {
                self.check_expr(cx, expr, field.index, all);
            }
            for item in field.each.iter().flat_map(|each| each.with_items()) {
                // `size` of `each(size in sizes, ..)` is not a field.
                let handed = item.attrs.ctx.iter().flat_map(|ctx| &ctx.value).map(|(name, _)| name);
                let context: Vec<_> = self.context.iter().copied().chain(handed).collect();
                let scope = InReach { context: &context, ..*self };
                for words in item.fields() {
                    self.check_constants(cx, words);
                    for expr in crate::ast::expressions(&words.attrs) {
                        scope.check_expr(cx, expr, field.index, field.index);
                    }
                }
            }
            for check in &field.attrs.checks {
                self.check_expr(cx, &check.value.expr, field.index + 1, field.index + 1);
            }
            match kind(field) {
                Some(DerivedKind::Calc { expr, .. }) => self.check_expr(cx, expr, all, all),
                Some(DerivedKind::Checksum { seed: Some(seed), .. }) => self.check_expr(cx, seed, all, all),
                Some(DerivedKind::PresenceOf { field: name, some, none }) => {
                    self.check_flag(cx, name);
                    if let (Some(some), true) = (some, some == none) {
                        cx.error_at(some, "`some` and `none` must be different numbers");
                    }
                }
                Some(DerivedKind::TagOf { field: name }) => self.check_chosen(cx, name),
                _ => {}
            }
        }
        for check in checks {
            self.check_expr(cx, &check.value.expr, all, all);
            self.check_checked(cx, &check.value.expr);
        }
    }

    /// Checks that `#[frame(order = expr)]` names no field, because the byte order must be known
    /// before the first field is read.
    pub(super) fn check_type_order(&self, cx: &Ctxt, order: &Expr) {
        for name in names(order).filter(|name| !self.context.contains(&name)) {
            let message = match self.find(&name) {
                Some(_) => format!(
                    "`{name}` is a field, and the order of a type is known before its fields: write \
                     `#[wire(order = {name})]` on the fields after it, or put them into a separate type with \
                     `#[frame(order = {name}, ctx({name}: framewright::Order))]`"
                ),
                None => {
                    format!("`{name}` is not passed by the parent: add `ctx({name}: framewright::Order)`")
                }
            };
            cx.error(name.span(), message);
        }
    }

    /// Checks that expressions that must be constants name neither fields nor context values.
    fn check_constants(&self, cx: &Ctxt, field: &Field) {
        for (expr, instead) in constant::of(field) {
            self.check_constant(cx, names(expr), instead);
        }
        if let Some(ExtentWord::Until { delimiter: Delimiter::Closure(closure), .. }) =
            field.attrs.extent.as_ref().map(|extent| &extent.value)
        {
            let instead =
                "compare the item with a constant, or end the list with `#[count(..)]` or `#[len(..)]`";
            self.check_constant(cx, certain(closure_variables(closure)), instead);
        }
    }

    fn check_constant(&self, cx: &Ctxt, names: impl Iterator<Item = Ident>, instead: &str) {
        for name in names.filter(|name| self.find(name).is_some() || self.context.contains(&name)) {
            cx.error(name.span(), format!("`{name}` is known only once it is read: {instead}"));
        }
    }

    /// Checks that no field with `skip` is named by an expression that is needed to decode, such as
    /// a length. A skipped field is not on the wire.
    fn check_skipped(&self, cx: &Ctxt, field: &Field) {
        let verified = match kind(field) {
            Some(DerivedKind::Calc { expr, verify: true }) => Some(expr),
            Some(DerivedKind::Checksum { seed, .. }) => seed.as_ref(),
            Some(DerivedKind::Pad { len, .. }) => len.as_ref(),
            _ => None,
        };
        for expr in early(field).chain(verified) {
            for skipped in self.named(expr).into_iter().filter(|other| other.attrs.skip.is_some()) {
                cx.error_at(
                    expr,
                    format!(
                        "`{}` is skipped: it is not on the wire, so decoding does not know it; name a field that is, or \
                         pass it by `#[frame(ctx(..))]`",
                        skipped.plain
                    ),
                );
            }
        }
    }

    /// Reports names in `expr` that are neither context values nor among the first `known` fields.
    /// The message suggests the first `reach` fields.
    fn check_expr(&self, cx: &Ctxt, expr: &Expr, reach: usize, known: usize) {
        let is_one = |name: &Ident| {
            self.fields[..known].iter().any(|field| field.plain == *name) || self.context.contains(&name)
        };
        for name in names(expr).filter(|name| !is_one(name)) {
            let mut near: Vec<_> = self.fields[..reach].iter().map(|field| field.plain.to_string()).collect();
            near.extend(self.context.iter().map(ToString::to_string));
            let later = self.find(&name).is_some();
            let what = if later { "is not read yet" } else { "is not a field" };
            cx.error(name.span(), format!("`{name}` {what} here: {}", in_reach(&near)));
        }
    }

    /// Checks that the encoder can compute the value of `field`: it must not depend on a checksum,
    /// which is computed last, nor on itself.
    fn check_order(&self, cx: &Ctxt, field: &Field) {
        let items = field.each.iter().flat_map(|each| each.with_items()).flat_map(Item::fields);
        let of_items = items.flat_map(|words| crate::ast::expressions(&words.attrs));
        for expr in computed(field).into_iter().chain(early(field)).chain(needed(field)).chain(of_items) {
            for sum in self.checksums_in(expr) {
                let message = "a checksum, which is computed last: name another field";
                cx.error_at(expr, format!("`{}` needs `{sum}`, {message}", field.plain));
            }
        }
        field.attrs.checks.iter().for_each(|check| self.check_checked(cx, &check.value.expr));
        if let Some((expr, through)) = computed(field).and_then(|expr| Some((expr, self.cycle(field)?))) {
            let message = if through.index == field.index {
                format!("`{}` is computed from itself: name another field", field.plain)
            } else {
                format!("`{0}` is computed from `{1}`, and `{1}` from `{0}`", field.plain, through.plain)
            };
            cx.error_at(expr, message);
        }
    }

    /// Checks that the condition of a `check` names no checksum, which is not known yet when the
    /// encoder evaluates the condition.
    fn check_checked(&self, cx: &Ctxt, condition: &Expr) {
        for sum in self.checksums_in(condition) {
            cx.error_at(
                condition,
                format!(
                    "a check cannot name `{sum}`, a checksum, which is computed last: remove `{sum}`, which decoding \
                     compares anyway"
                ),
            );
        }
    }

    /// Returns the checksums that `expr` names.
    fn checksums_in(&self, expr: &Expr) -> impl Iterator<Item = &Ident> {
        let checksums = self
            .named(expr)
            .into_iter()
            .filter(|field| matches!(kind(field), Some(DerivedKind::Checksum { .. })));
        checksums.map(|field| &field.plain)
    }

    /// If `field` is computed from itself through other fields, returns the last field of that
    /// cycle: `b`, for `a = calc(b)` and `b = calc(a)`. Each cycle is reported only for its first
    /// field.
    fn cycle(&self, field: &Field) -> Option<&Field> {
        let mut seen = Vec::new();
        let mut open = self.named(computed(field)?);
        while let Some(next) = open.pop() {
            if next.index < field.index || seen.contains(&next.index) {
                continue;
            }
            seen.push(next.index);
            let names = computed(next).map(|expr| self.named(expr)).unwrap_or_default();
            if names.iter().any(|other| other.index == field.index) {
                return Some(next);
            }
            open.extend(names);
        }
        None
    }

    /// Returns the fields that `expr` uses.
    fn named(&self, expr: &Expr) -> Vec<&Field> {
        self.fields.iter().filter(|field| needs(expr, &field.plain)).collect()
    }

    /// Checks that `none = ..` is used only for one field, which must be an `Option` without
    /// another word for its presence.
    fn check_none(&self, cx: &Ctxt, field: &Field) {
        let own = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::LenPrefixed(prefix)) => prefix.none.as_ref(),
            Some(ExtentWord::CountPrefixed(prefix)) => prefix.none.as_ref(),
            _ => None,
        };
        let (none, target) = match (own, kind(field)) {
            (Some(none), _) => (none, Some(field)),
            (None, Some(DerivedKind::LenOf(len))) => {
                let Some(none) = &len.none else { return };
                if len.of.kind != RangeKind::Content {
                    return cx.error_at(
                        none,
                        "`none` is for the length of one `Option`: several fields are always there",
                    );
                }
                (none, len.of.from.as_ref().and_then(|name| self.find(name)))
            }
            (
                None,
                Some(
                    DerivedKind::CountOf { field: name, none: Some(none) }
                    | DerivedKind::OffsetOf { field: name, none: Some(none), .. },
                ),
            ) => (none, self.find(name)),
            _ => return,
        };
        if let Some(At { span, value }) = target.and_then(|target| target.attrs.presence.as_ref()) {
            let word = value.word();
            cx.error(*span, format!("`{word}` and `none = ..` both decide when this is present: remove one"));
        }
        if let Some(target) = target.filter(|target| option_item(&target.ty).is_none()) {
            cx.error_at(
                none,
                format!("`{}` is always present: make its type `Option<..>`, or remove `none`", target.plain),
            );
        }
    }

    fn find(&self, name: &Ident) -> Option<&Field> {
        self.fields.iter().find(|field| field.plain == *name)
    }

    /// Checks that `presence_of` names an `Option`, and that no other word decides when it is
    /// present.
    fn check_flag(&self, cx: &Ctxt, name: &Ident) {
        let Some(target) = self.find(name) else { return };
        if option_item(&target.ty).is_none() {
            cx.error(name.span(), format!("`{name}` is always present: make its type `Option<..>`"));
        } else if let Some(none) = &target.attrs.none {
            cx.error(
                none.span,
                format!("`none` and `presence_of({name})` both decide when `{name}` is present: remove one"),
            );
        } else if let Some(presence) = &target.attrs.presence {
            let word = presence.value.word();
            cx.error(
                presence.span,
                format!(
                    "`{word}` and `presence_of({name})` both decide when `{name}` is present: remove one"
                ),
            );
        }
    }

    fn check_chosen(&self, cx: &Ctxt, name: &Ident) {
        let Some(target) = self.find(name) else { return };
        if let Some(wire) = &target.attrs.wire {
            cx.error(wire.span, "`wire` is not for an enum whose tag is passed in: remove it");
        }
        let ty = option_item(&target.ty).unwrap_or(&target.ty);
        if let Some((parameter, _)) = named(ty).filter(|(name, _)| self.parameters.contains(name)) {
            return cx.error(
                name.span(),
                format!(
                    "`{name}` is a `{parameter}`, any type, and only an enum has a tag: make it an enum, or keep the tag in \
                     the type with `#[frame(tag = u8)]`"
                ),
            );
        }
        if let Some(At { value: FieldTag::Kept, .. }) = &target.attrs.tag {
            cx.error(
                name.span(),
                format!("`{name}` keeps the tag of this variant and is not on the wire: remove this"),
            );
        } else if scalar(list_item(ty).unwrap_or(ty)).is_some() || auto_item(ty).is_some() {
            cx.error(name.span(), format!("`{name}` is not an enum, so it has no tag"));
        } else if let Some(tag) = &target.attrs.tag {
            cx.error(
                tag.span,
                format!("`tag` and `tag_of({name})` both choose the variant of `{name}`: remove one"),
            );
        }
    }
}

fn kind(field: &Field) -> Option<&DerivedKind> {
    field.attrs.derived.as_ref().map(|derived| &derived.value.kind)
}

/// Returns the expression of a `calc` field.
fn computed(field: &Field) -> Option<&Expr> {
    match kind(field)? {
        DerivedKind::Calc { expr, .. } => Some(expr),
        _ => None,
    }
}

/// Returns the size of padding, or the seed of a checksum.
fn needed(field: &Field) -> Option<&Expr> {
    match kind(field)? {
        DerivedKind::Pad { len, .. } => len.as_ref(),
        DerivedKind::Checksum { seed, .. } => seed.as_ref(),
        _ => None,
    }
}

fn chosen(field: &Field) -> Option<&Expr> {
    match field.attrs.tag.as_ref().map(|tag| &tag.value) {
        Some(FieldTag::Chosen(expr)) => Some(expr),
        _ => None,
    }
}

/// Returns the expressions of a field that must be evaluated before the field is read.
fn early(field: &Field) -> impl Iterator<Item = &Expr> {
    let when = match field.attrs.presence.as_ref().map(|presence| &presence.value) {
        Some(Presence::When(expr)) => Some(expr),
        _ => None,
    };
    let size = field.attrs.said_size();
    let handed = field.attrs.ctx.iter().flat_map(|ctx| &ctx.value);
    when.into_iter().chain(size).chain(chosen(field)).chain(handed).chain(crate::attr::orders(&field.attrs))
}

/// Returns the names in an expression that are certainly variables.
fn names(expr: &Expr) -> impl Iterator<Item = Ident> {
    certain(variables(expr))
}

/// Keeps the names that are certainly variables. Upper-case names may be constants.
fn certain(variables: Vec<Variable>) -> impl Iterator<Item = Ident> {
    let lower = |name: &Ident| name.to_string().starts_with(|c: char| c.is_lowercase() || c == '_');
    let certain =
        variables.into_iter().filter(|variable| variable.kind == Kind::Variable && !variable.is_hidden);
    certain.map(|variable| variable.name).filter(lower)
}
