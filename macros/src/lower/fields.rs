//! Fields become steps.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::Type;

use super::{Lower, length_step};
use crate::ast::{Field, auto_item, list_item, needs_extent, size_is_cheap};
use crate::attr::{Delimiter, DerivedKind, ExtentWord, FieldRange, FieldTag, LenOf, RangeKind};
use crate::layout::{
    Atom, Body, Chooser, Content, Count, Counts, DelimiterBytes, Expression, Extent, Format, Given, Known,
    Length, LengthRole, List, Number, Place, Rule, Scope, Slot, Step, Tag, TagOf, Value,
};

/// A length over several fields that has been read and whose extent begins at
/// a later field.
struct Pending<'a> {
    begin: usize,
    end: usize,
    from: Option<Ident>,
    length: Length<'a>,
    lenient: bool,
}

impl<'a> Lower<'a> {
    /// The steps of a struct's or a variant's fields.
    pub(super) fn fields(&self, fields: &'a [Field]) -> Vec<Step<'a>> {
        let mut pending = Vec::new();
        self.range(fields, 0, fields.len(), &mut pending)
    }

    /// The steps of `fields[from..to]`, extents over several fields nested.
    fn range(
        &self,
        fields: &'a [Field],
        from: usize,
        to: usize,
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let mut steps = Vec::new();
        let mut at = from;
        while at < to {
            let begins = pending.iter().position(|scope| scope.begin == at && scope.end < to);
            if let Some(scope) = begins.map(|index| pending.swap_remove(index)) {
                let inner = self.range(fields, at, scope.end + 1, pending);
                let Pending { from, length, lenient, .. } = scope;
                steps.push(Step::Scope(Scope { length, from, steps: inner, lenient }));
                at = scope.end + 1;
                continue;
            }
            if let Some(scope) = pending.iter().find(|scope| scope.begin == at && scope.end >= to) {
                self.cx.error(
                    fields[at].span,
                    format!(
                        "the fields that `{}` counts end within those of another length",
                        scope.length.place.name
                    ),
                );
            }
            self.mark(fields, at, &mut steps);
            steps.extend(self.field(fields, at, pending));
            at += 1;
        }
        steps
    }

    /// Notes where a field starts, for a length further on that counts it too.
    fn mark(&self, fields: &'a [Field], at: usize, steps: &mut Vec<Step<'a>>) {
        let counted = fields[at..].iter().any(|field| match self.len_of(field) {
            Some(len) => {
                self.resolve(&len.of, fields).is_some_and(|(from, _)| from == at && from <= field.index)
            }
            None => false,
        });
        if counted {
            steps.push(Step::Atom(Atom::Mark(mark(at))));
        }
    }

    fn len_of(&self, field: &'a Field) -> Option<&'a LenOf> {
        match field.attrs.derived.as_ref().map(|derived| &derived.value.kind) {
            Some(DerivedKind::LenOf(len)) if len.of.kind != RangeKind::Content => Some(len),
            _ => None,
        }
    }

    /// The first and last field of a range, by index.
    fn resolve(&self, range: &'a FieldRange, fields: &'a [Field]) -> Option<(usize, usize)> {
        let index = |end: &Option<Ident>| match end {
            Some(name) => self.find(name, fields).map(|field| Some(field.index)),
            None => Some(None),
        };
        let from = index(&range.from)?.unwrap_or(0);
        let to = match (index(&range.to)?, range.kind) {
            (Some(to), RangeKind::HalfOpen) => to.checked_sub(1)?,
            (Some(to), _) => to,
            (None, RangeKind::Content) => from,
            (None, _) => fields.len().checked_sub(1)?,
        };
        Some((from, to))
    }

    /// The field of that name, or an error with those in reach.
    pub(super) fn find(&self, name: &Ident, fields: &'a [Field]) -> Option<&'a Field> {
        let found = fields.iter().find(|field| field.plain == *name);
        if found.is_none() {
            let names: Vec<_> = fields.iter().map(|field| field.plain.to_string()).collect();
            self.cx.error(
                name.span(),
                format!("no field `{name}` here: the fields in reach are {}", crate::ctxt::list(&names)),
            );
        }
        found
    }

    fn field(&self, fields: &'a [Field], at: usize, pending: &mut Vec<Pending<'a>>) -> Vec<Step<'a>> {
        let field = &fields[at];
        if matches!(field.attrs.tag.as_ref().map(|tag| &tag.value), Some(FieldTag::Kept))
            || self.is_implicit_tag(field, fields)
        {
            // The tag has been read already; the variant's dispatch keeps it.
            return Vec::new();
        }
        let place = self.place(fields, at);
        match auto_item(&field.ty) {
            Some(item) => self.derived(field, item, place, fields, pending),
            None => self.value(field, place, fields),
        }
    }

    /// Whether a variant's only field is where its dispatch keeps the tag.
    fn is_implicit_tag(&self, field: &'a Field, fields: &'a [Field]) -> bool {
        let crate::ast::Data::Enum(variants) = &self.item.data else { return false };
        let Some(variant) = variants.iter().find(|variant| std::ptr::eq(variant.fields.as_slice(), fields))
        else {
            return false;
        };
        let several = variant.attrs.tag.as_ref().is_some_and(|tag| matches!(tag.value, syn::Pat::Wild(_)));
        let is_tag_type = self.item.attrs.head.iter().any(|word| match &word.value {
            crate::attr::HeadWord::Tag(crate::attr::TagWord::Number(wire)) => {
                self.number(wire, None).is_some_and(|number| number.ty == field.ty)
            }
            crate::attr::HeadWord::Tag(crate::attr::TagWord::Bytes(ty)) => *ty == field.ty,
            _ => false,
        });
        several && fields.len() == 1 && is_tag_type
    }

    fn place(&self, fields: &'a [Field], at: usize) -> Place<'a> {
        let field = &fields[at];
        let before = &fields[..at];
        let silent = before
            .iter()
            .filter(|field| matches!(field.attrs.tag.as_ref().map(|tag| &tag.value), Some(FieldTag::Kept)));
        Place {
            local: field.local.clone(),
            name: field.name.clone(),
            slot: Slot::Field(at - silent.count()),
            doc: &field.attrs.doc,
            span: field.span,
            auto: auto_item(&field.ty).is_some(),
        }
    }

    /// What an `Auto` field is.
    fn derived(
        &self,
        field: &'a Field,
        item: Option<&'a Type>,
        place: Place<'a>,
        fields: &'a [Field],
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let Some(derived) = &field.attrs.derived else {
            self.cx.error(field.span, "say what this `Auto` is: #[len_of(..)], #[count_of(..)], #[tag_of(..)], #[magic(..)] or #[pad(N)]");
            return Vec::new();
        };
        let number = || match item {
            Some(ty) => self.format(ty, field.attrs.wire.as_ref().map(|wire| &wire.value)),
            None => {
                self.cx.error_at(&field.ty, "say the wire type of the number, as in `Auto<u16>`");
                None
            }
        };
        match &derived.value.kind {
            DerivedKind::LenOf(len) => {
                let Some(number) = number() else { return Vec::new() };
                self.derived_len(field, len, number, place, fields, pending)
            }
            DerivedKind::CountOf { field: name, .. } => {
                let (Some(number), Some(target)) = (number(), self.find(name, fields)) else {
                    return Vec::new();
                };
                if !self.comes_later(field, target, name) {
                    return Vec::new();
                }
                let length = self.counting(
                    place,
                    number,
                    target,
                    Counts::Items,
                    Rule::default(),
                    LengthRole::CountOf(name),
                );
                vec![length_step(length)]
            }
            DerivedKind::TagOf { field: name } => {
                let (Some(number), Some(target)) = (number(), self.find(name, fields)) else {
                    return Vec::new();
                };
                if !self.comes_later(field, target, name) {
                    return Vec::new();
                }
                let of = TagOf::Field { number, target: target.local.clone(), target_name: &target.name };
                vec![Step::Atom(Atom::Tag(Tag { place, of }))]
            }
            DerivedKind::Magic { value } => {
                let number = match (item, value) {
                    (Some(_), _) => number(),
                    (None, _) => None,
                };
                match self.magic(value, number) {
                    Some(value) => vec![Step::Atom(Atom::Magic { place, value })],
                    None => Vec::new(),
                }
            }
            DerivedKind::Pad { len: Some(len), strict } => {
                vec![Step::Atom(Atom::Pad { place, len, strict: *strict })]
            }
            _ => {
                self.cx.error(derived.span, format!("`{}` cannot stand here", derived.value.word));
                Vec::new()
            }
        }
    }

    fn comes_later(&self, field: &Field, target: &Field, name: &Ident) -> bool {
        if target.index <= field.index {
            self.cx.error(name.span(), format!("`{name}` must come after the field that describes it"));
        }
        target.index > field.index
    }

    fn derived_len(
        &self,
        field: &'a Field,
        len: &'a LenOf,
        number: Number,
        place: Place<'a>,
        fields: &'a [Field],
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let rule = Rule {
            inclusive: len.inclusive.is_some(),
            scale: len.scale.as_ref(),
            bias: len.bias.as_ref(),
            max: len.max.as_ref(),
        };
        let Some((from, to)) = self.resolve(&len.of, fields) else { return Vec::new() };
        if len.of.kind == RangeKind::Content {
            let target = &fields[from];
            let Some(name) = &len.of.from else { return Vec::new() };
            if !self.comes_later(field, target, name) {
                return Vec::new();
            }
            let length = self.counting(place, number, target, Counts::Bytes, rule, LengthRole::Of(&len.of));
            return vec![length_step(length)];
        }
        let begin = from.max(field.index + 1);
        if to < begin {
            self.cx.error(len.of.span, "a length must count at least one field that comes after it");
            return Vec::new();
        }
        let var = format_ident!("n{}", field.index, span = Span::mixed_site());
        let length = Length {
            blame: place.name.clone(),
            known: if number.fixed { Known::Patched } else { Known::Measured },
            place,
            number,
            var,
            rule,
            counts: Counts::Bytes,
            role: LengthRole::Of(&len.of),
        };
        let from = (from <= field.index).then(|| mark(from));
        pending.push(Pending { begin, end: to, from, length: length.clone(), lenient: len.lenient });
        vec![length_step(length)]
    }

    /// A number in front of, or earlier than, the one field it counts.
    fn counting(
        &self,
        place: Place<'a>,
        number: Number,
        target: &'a Field,
        counts: Counts,
        rule: Rule<'a>,
        role: LengthRole<'a>,
    ) -> Length<'a> {
        let ahead = counts == Counts::Items || !number.fixed || size_is_cheap(&target.ty);
        Length {
            blame: target.name.clone(),
            known: if ahead { Known::Ahead(self.content(target)) } else { Known::Patched },
            place,
            number,
            var: format_ident!("n{}", target.index, span = Span::mixed_site()),
            rule,
            counts,
            role,
        }
    }

    fn content(&self, field: &'a Field) -> Content<'a> {
        let order = field.attrs.wire.as_ref().and_then(|wire| wire.value.order).or(self.order());
        Content {
            local: field.local.clone(),
            ty: &field.ty,
            format: Format::Order(order),
            given: Given::Nothing,
        }
    }

    /// A field with a value of the user's.
    fn value(&self, field: &'a Field, place: Place<'a>, fields: &'a [Field]) -> Vec<Step<'a>> {
        let mut content = self.content(field);
        content.given = self.given(field, fields);
        let pointed = self.pointed_at(field, fields);
        match &field.attrs.extent {
            Some(extent) => self.with_extent(field, place, content, &extent.value, fields),
            None => match pointed {
                Some(length) if length.counts == Counts::Items => {
                    self.list(field, place, content, Count::CountOf(Box::new(length)))
                }
                Some(length) => {
                    let extent = Extent::LenOf(Box::new(length));
                    vec![Step::Body(Body { place, content, extent, lenient: false })]
                }
                None => self.own_extent(field, place, content),
            },
        }
    }

    /// The earlier length or count that names this field.
    fn pointed_at(&self, field: &'a Field, fields: &'a [Field]) -> Option<Length<'a>> {
        fields[..field.index].iter().find_map(|other| {
            let (name, counts) = match &other.attrs.derived.as_ref()?.value.kind {
                DerivedKind::LenOf(len) if len.of.kind == RangeKind::Content => {
                    (len.of.from.as_ref()?, Counts::Bytes)
                }
                DerivedKind::CountOf { field, .. } => (field, Counts::Items),
                _ => return None,
            };
            if field.plain != *name {
                return None;
            }
            let item = auto_item(&other.ty)??;
            let number = self.format(item, other.attrs.wire.as_ref().map(|wire| &wire.value))?;
            let place = self.place(fields, other.index);
            let (rule, role) = match &other.attrs.derived.as_ref()?.value.kind {
                DerivedKind::LenOf(len) => (
                    Rule {
                        inclusive: len.inclusive.is_some(),
                        scale: len.scale.as_ref(),
                        bias: len.bias.as_ref(),
                        max: len.max.as_ref(),
                    },
                    LengthRole::Of(&len.of),
                ),
                _ => (Rule::default(), LengthRole::CountOf(name)),
            };
            Some(self.counting(place, number, field, counts, rule, role))
        })
    }

    fn own_extent(&self, field: &'a Field, place: Place<'a>, content: Content<'a>) -> Vec<Step<'a>> {
        if needs_extent(&field.ty) {
            let count = if list_item(&field.ty).is_some() { "#[count_prefixed(u16)], " } else { "" };
            self.cx.error_at(
                &field.ty,
                format!(
                    "say where `{}` ends: #[len_prefixed], {count}#[len(expr)], #[count(expr)], #[until(..)], \
                     #[fixed(N)] or #[rest], or #[len_of({})] on an earlier `Auto` field",
                    field.name, field.plain
                ),
            );
            return Vec::new();
        }
        let Some(number) = self.format(&field.ty, field.attrs.wire.as_ref().map(|wire| &wire.value)) else {
            return Vec::new();
        };
        if number.fixed {
            return vec![Step::Atom(Atom::Leaf { place, number })];
        }
        let content = Content { format: number.format, ..content };
        vec![Step::Value(Value { place, content })]
    }

    fn with_extent(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        extent: &'a ExtentWord,
        fields: &'a [Field],
    ) -> Vec<Step<'a>> {
        let (extent, lenient) = match extent {
            ExtentWord::LenPrefixed(prefix) => {
                let Some(number) = self.number(&prefix.wire, prefix.inclusive) else { return Vec::new() };
                let rule = self.rule(prefix);
                let length =
                    self.counting(place.clone(), number, field, Counts::Bytes, rule, LengthRole::Prefix);
                let extent = Extent::Prefixed(Box::new(length.clone()));
                let body = Step::Body(Body { place, content, extent, lenient: prefix.lenient });
                return vec![length_step(length), body];
            }
            ExtentWord::CountPrefixed(prefix) => {
                let Some(number) = self.number(&prefix.wire, None) else { return Vec::new() };
                let rule = Rule { max: prefix.max.as_ref(), ..Rule::default() };
                let length =
                    self.counting(place.clone(), number, field, Counts::Items, rule, LengthRole::Prefix);
                let mut steps = vec![length_step(length.clone())];
                steps.extend(self.list(field, place, content, Count::Prefixed(Box::new(length))));
                return steps;
            }
            ExtentWord::Count { expr } => {
                let expr = self.expression(expr, field, fields);
                return self.list(field, place, content, Count::Count(expr));
            }
            ExtentWord::Len { expr, lenient } => {
                (Extent::Len(self.expression(expr, field, fields)), *lenient)
            }
            ExtentWord::Until { delimiter, lenient } => match self.until(delimiter, field) {
                Some(bytes) => (Extent::Until(bytes), *lenient),
                None => return Vec::new(),
            },
            ExtentWord::Fixed { len, fill, lenient } => {
                (Extent::Fixed { len, fill: fill.as_ref() }, *lenient)
            }
            ExtentWord::Rest => (Extent::Rest, false),
        };
        vec![Step::Body(Body { place, content, extent, lenient })]
    }

    fn until(&self, delimiter: &'a Delimiter, field: &'a Field) -> Option<DelimiterBytes<'a>> {
        let is_bytes = list_item(&field.ty).is_none_or(|item| crate::ast::scalar(item) == Some(1));
        match delimiter {
            Delimiter::Bytes(bytes) => Some(DelimiterBytes::Literal(bytes)),
            Delimiter::Value(value) if is_bytes => Some(DelimiterBytes::Byte(value)),
            Delimiter::Value(_) | Delimiter::Closure(_) => {
                self.cx.error(delimiter.span(), "a list of items cannot end this way here");
                None
            }
        }
    }

    fn list(
        &self,
        field: &'a Field,
        place: Place<'a>,
        content: Content<'a>,
        count: Count<'a>,
    ) -> Vec<Step<'a>> {
        let Some(item) = list_item(&field.ty) else {
            self.cx.error_at(
                &field.ty,
                "only a `Vec` has a count of items: write `Vec<T>`, or use a length in bytes",
            );
            return Vec::new();
        };
        vec![Step::List(List { place, item, content, count })]
    }

    /// What the field's type is handed by this one.
    fn given(&self, field: &'a Field, fields: &'a [Field]) -> Given<'a> {
        let by_field =
            fields[..field.index].iter().find_map(|other| match &other.attrs.derived.as_ref()?.value.kind {
                DerivedKind::TagOf { field: name } if *name == field.plain => Some(other.local.clone()),
                _ => None,
            });
        let tag = match (by_field, field.attrs.tag.as_ref().map(|tag| &tag.value)) {
            (Some(local), _) => Some(Chooser::Field(local)),
            (None, Some(FieldTag::Chosen(expr))) => Some(Chooser::Expr(self.expression(expr, field, fields))),
            (None, _) => None,
        };
        let values: Vec<_> = field.attrs.ctx.iter().flat_map(|ctx| &ctx.value).collect();
        if tag.is_none() && values.is_empty() {
            return Given::Nothing;
        }
        let values = values.into_iter().map(|expr| self.expression(expr, field, fields)).collect();
        Given::Context { tag, values }
    }

    /// The expression with the earlier fields it names.
    fn expression(&self, expr: &'a syn::Expr, field: &'a Field, fields: &'a [Field]) -> Expression<'a> {
        let mut uses = Vec::new();
        for other in fields {
            if !mentions(expr, &other.plain) {
                continue;
            }
            if other.index < field.index {
                uses.push((&other.plain, other.local.clone()));
            } else {
                let names: Vec<_> =
                    fields[..field.index].iter().map(|field| field.plain.to_string()).collect();
                self.cx.error_at(
                    expr,
                    format!(
                        "`{}` is not read yet: the fields in reach are {}",
                        other.plain,
                        crate::ctxt::list(&names)
                    ),
                );
            }
        }
        Expression { expr, uses }
    }
}

/// The variable that notes where a field starts.
fn mark(index: usize) -> Ident {
    format_ident!("m{index}", span = Span::mixed_site())
}

/// Whether an expression names `ident` as a variable: neither behind a dot
/// nor as a part of a path.
fn mentions(expr: &syn::Expr, ident: &Ident) -> bool {
    struct Mentions<'a> {
        ident: &'a Ident,
        found: bool,
    }
    impl<'ast> syn::visit::Visit<'ast> for Mentions<'_> {
        fn visit_expr_path(&mut self, path: &'ast syn::ExprPath) {
            self.found |= path.path.is_ident(self.ident);
        }
        fn visit_macro(&mut self, call: &'ast syn::Macro) {
            self.found |= call.tokens.to_string().contains(&self.ident.to_string());
        }
    }
    let mut mentions = Mentions { ident, found: false };
    syn::visit::Visit::visit_expr(&mut mentions, expr);
    mentions.found
}
