//! Lowers the fields of a struct or variant to steps. Fields that a length covers become the steps
//! of a scope, bit fields are joined, and optional fields are wrapped in a condition.

use proc_macro2::{Ident, Span};
use quote::{ToTokens, format_ident};
use syn::Type;

use super::{Lower, Reach};
use crate::ast::{Field, auto_item, needs_extent, option_item, scalar};
use crate::attr::{DerivedKind, ExtentWord, FieldRange, FieldTag, Presence, RangeKind};
use crate::layout::{
    Assertion, Atom, Bits, Cond, Condition, DelimiterBytes, Length, Mark, Place, Scope, Skip, Slot, Step,
    Target,
};

/// The range of fields that a `len_of` covers. Its scope has not begun yet.
pub(super) struct Pending<'a> {
    pub(super) begin: usize,
    pub(super) end: usize,
    pub(super) from: Option<Ident>,
    pub(super) length: Length<'a>,
    pub(super) lenient: bool,
}

impl<'a> Lower<'a> {
    pub(super) fn fields(&self, reach: Reach<'a>) -> Vec<Step<'a>> {
        let mut pending = Vec::new();
        let mut steps = self.range(reach, 0, reach.fields.len(), &mut pending);
        for check in reach.checks {
            let uses = self.uses(&check.value.expr, reach, reach.fields.len());
            let assertion =
                Assertion { expression: uses, message: &check.value.message, field: None, optional: None };
            steps.push(Step::atom(Atom::Check(assertion)));
        }
        steps
    }

    /// Returns the steps of `fields[from..to]`, in which scopes are nested.
    fn range(
        &self,
        reach: Reach<'a>,
        from: usize,
        to: usize,
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let fields = reach.fields;
        let mut steps = Vec::new();
        let mut at = from;
        while at < to {
            steps.extend(self.gap_before(reach, at));
            let widest = pending
                .iter()
                .enumerate()
                .filter(|(_, scope)| scope.begin == at)
                .max_by_key(|(_, scope)| scope.end)
                .map(|(index, _)| index);
            if let Some(mut scope) = widest.map(|index| pending.swap_remove(index)) {
                if scope.end >= to {
                    // This scope ends after the surrounding scope, as the total length of an IPv4
                    // packet ends after the header length. The surrounding scope bounds the common
                    // part, and this scope bounds the rest.
                    scope.from.get_or_insert_with(|| {
                        let start = self.mark("m", at);
                        steps.push(Step::atom(Atom::Mark(Mark(start.clone()))));
                        start
                    });
                    scope.begin = to;
                    pending.push(scope);
                    continue;
                }
                let end = scope.end + 1;
                let inner = self.range(reach, at, end, pending);
                let Pending { from, length, lenient, .. } = scope;
                steps.push(Step::Scope(Scope { length, from, steps: inner, lenient, adjacent: false }));
                at = end;
                continue;
            }
            self.mark_start(reach, at, &mut steps);
            if fields[at].attrs.bits.is_some() {
                let run = fields[at..to].iter().take_while(|field| field.attrs.bits.is_some()).count();
                steps.extend(self.bit_fields(reach, at, at + run, pending));
                at += run;
                self.begin_behind(at, pending);
            } else {
                steps.extend(self.field(reach, at, pending));
                self.mark_end(reach, at, &mut steps);
                self.checks(reach, at, &mut steps);
                at += 1;
            }
        }
        steps
    }

    /// Moves scopes that would begin inside a bit run to `at`, the end of the run. The run is then
    /// outside of the scope. A length that counts bytes of the run has a variable (`from`) for the
    /// position where counting starts. Without this variable the scope is refused.
    fn begin_behind(&self, at: usize, pending: &mut [Pending<'a>]) {
        for scope in pending.iter_mut().filter(|scope| scope.begin < at) {
            if scope.from.is_none() {
                self.cx.error(
                    scope.length.place.span,
                    format!(
                        "the range of `{}` begins within a run of bit fields: begin the range at the first bit \
                         field of the run, or after the run",
                        scope.length.place.name
                    ),
                );
            }
            scope.begin = at;
        }
    }

    /// Stores the position of a field, if a length or checksum counts from there, or if an error of
    /// a check needs it.
    pub(super) fn mark_start(&self, reach: Reach<'a>, at: usize, steps: &mut Vec<Step<'a>>) {
        let fields = reach.fields;
        let counted = self.len_ranges(reach).any(|(from, field)| from == Some(at) && at <= field.index)
            || self.checksum_ranges(reach).any(|(from, _, _)| from == Some(at))
            || matches!(
                derived(&fields[at]),
                Some(DerivedKind::Checksum { .. } | DerivedKind::Calc { .. } | DerivedKind::OffsetOf { .. })
            )
            || self.is_claim(&fields[at], reach)
            || !fields[at].attrs.checks.is_empty();
        if counted {
            steps.push(Step::atom(Atom::Mark(Mark(self.mark("m", at)))));
        }
    }

    pub(super) fn mark_end(&self, reach: Reach<'a>, at: usize, steps: &mut Vec<Step<'a>>) {
        if self.checksum_ranges(reach).any(|(_, to, _)| to == Some(at)) {
            steps.push(Step::atom(Atom::Mark(Mark(self.mark("e", at)))));
        }
    }

    /// Returns each field that has a `len_of` over a range of fields, with the index of the first
    /// field of the range. `None` stands for the start of the frame.
    fn len_ranges(&self, reach: Reach<'a>) -> impl Iterator<Item = (Option<usize>, &'a Field)> {
        reach.fields.iter().filter_map(move |field| match derived(field) {
            Some(DerivedKind::LenOf(len)) if len.of.kind != RangeKind::Content => {
                let from = len.of.from.as_ref().and_then(|name| index_of(name, reach.fields));
                Some((from, field))
            }
            _ => None,
        })
    }

    /// Returns the first and the last field that each checksum covers. `None` stands for an end of
    /// the frame.
    pub(super) fn checksum_ranges(
        &self,
        reach: Reach<'a>,
    ) -> impl Iterator<Item = (Option<usize>, Option<usize>, &'a FieldRange)> {
        reach.fields.iter().filter_map(move |field| match derived(field) {
            Some(DerivedKind::Checksum { over, .. }) => {
                let from = over.from.as_ref().and_then(|name| index_of(name, reach.fields));
                let to = over.to.as_ref().and_then(|name| index_of(name, reach.fields));
                let to = match over.kind {
                    RangeKind::Content => from,
                    RangeKind::HalfOpen => to.and_then(|to| to.checked_sub(1)),
                    RangeKind::Closed => to,
                };
                Some((from, to, over))
            }
            _ => None,
        })
    }

    /// Returns the variable for a position, and declares it if it is new.
    pub(super) fn mark(&self, kind: &str, index: usize) -> Ident {
        let mark = format_ident!("{kind}{index}", span = Span::mixed_site());
        let mut marks = self.marks.borrow_mut();
        if !marks.contains(&mark) {
            marks.push(mark.clone());
        }
        mark
    }

    pub(super) fn resolve(&self, range: &'a FieldRange, reach: Reach<'a>) -> Option<(usize, usize)> {
        let index = |end: &'a Option<Ident>| match end {
            Some(name) => self.find(name, reach).map(|field| Some(field.index)),
            None => Some(None),
        };
        let from = index(&range.from)?.unwrap_or(0);
        let to = match (index(&range.to)?, range.kind) {
            (Some(to), RangeKind::HalfOpen) => to.checked_sub(1),
            (Some(to), _) => Some(to),
            (None, RangeKind::Content) => Some(from),
            (None, _) => reach.fields.len().checked_sub(1),
        };
        match to {
            Some(to) if from <= to => Some((from, to)),
            _ => {
                self.cx.error(range.span, "this range has no fields in it");
                None
            }
        }
    }

    pub(super) fn find(&self, name: &Ident, reach: Reach<'a>) -> Option<&'a Field> {
        let found = reach.fields.iter().find(|field| field.plain == *name);
        if found.is_none() {
            let names: Vec<_> = reach.fields.iter().map(|field| field.plain.to_string()).collect();
            self.cx.error(name.span(), format!("no field `{name}` here: {}", crate::ctxt::in_reach(&names)));
        }
        found
    }

    fn field(&self, reach: Reach<'a>, at: usize, pending: &mut Vec<Pending<'a>>) -> Vec<Step<'a>> {
        let field = &reach.fields[at];
        if reach.kept == Some(at) {
            // The tag is already read, and `ArmTag::keep` stores it.
            crate::check::check_kept(self.cx, field);
            return Vec::new();
        }
        let place = self.place(reach, at);
        if field.attrs.skip.is_some() {
            return vec![Step::Skip(Skip { place, ty: &field.ty })];
        }
        let steps = match auto_item(&field.ty) {
            Some(item) => self.derived(field, item, place.clone(), reach, pending),
            None => {
                self.gap(field, reach).into_iter().chain(self.value(field, place.clone(), reach)).collect()
            }
        };
        let mut all = self.orders_of(field, &place, reach);
        all.extend(self.maybe_absent(field, place, reach, steps));
        let mut steps = all;
        steps.extend(self.agreement(field, reach));
        steps
    }

    fn maybe_absent(
        &self,
        field: &'a Field,
        place: Place<'a>,
        reach: Reach<'a>,
        steps: Vec<Step<'a>>,
    ) -> Vec<Step<'a>> {
        let optional = option_item(&field.ty).is_some();
        let may_be = optional || place.auto;
        let condition = match field.attrs.presence.as_ref().map(|presence| &presence.value) {
            Some(_) if !may_be => {
                let known = scalar(&field.ty).is_some() || needs_extent(&field.ty);
                let alias = if known { "" } else { ": write it out, since an alias of it is not recognized" };
                self.cx.error_at(&field.ty, format!("an optional field must be an `Option<..>`{alias}"));
                return steps;
            }
            Some(word @ (Presence::Optional | Presence::Lead(_))) if place.auto => {
                let word = word.word();
                self.cx.error(field.span, format!("an `Auto` cannot be `{word}`: write `#[when(..)]`"));
                return steps;
            }
            Some(Presence::When(expr)) => Condition::When(self.expression(expr, field, reach)),
            Some(Presence::Optional) => Condition::Optional,
            Some(Presence::Lead(lead)) => {
                let behind = &reach.fields[field.index + 1..];
                let follows = behind.iter().any(|other| other.attrs.skip.is_none());
                let marks = || (self.mark("lead", field.index), self.mark("enclosed", field.index));
                let at = follows.then(marks);
                Condition::Lead { lead: DelimiterBytes::consumed(lead), at }
            }
            None if !optional || field.attrs.none.is_some() => return steps,
            None => match self.other_presence(field, reach) {
                Some(condition) => condition,
                None if field.attrs.failed => return steps,
                None => {
                    self.cx.error_at(
                        &field.ty,
                        format!(
                            "say when `{0}` is there: #[optional], #[when(expr)], #[lead(b\":\")], `none = ..` in its length, or \
                             #[presence_of({0})] on an earlier flag",
                            field.plain
                        ),
                    );
                    return steps;
                }
            },
        };
        // A length with `none = v` is present even if the field is absent.
        let (mut all, steps) = split_lengths(steps, &condition);
        all.push(Step::Cond(Cond { place, condition, steps }));
        all
    }

    /// Returns the presence condition of an `Option` that has none of `when`, `optional` and
    /// `lead`.
    pub(super) fn other_presence(&self, field: &'a Field, reach: Reach<'a>) -> Option<Condition<'a>> {
        let own = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::LenPrefixed(prefix)) => prefix.none.as_ref().map(|none| ("len", none)),
            Some(ExtentWord::CountPrefixed(prefix)) => prefix.none.as_ref().map(|none| ("count", none)),
            _ => None,
        };
        match own {
            Some((part, none)) => {
                let prefix = format!("{}.{part}", crate::text::in_expression(&field.name));
                Some(absent(self.length_var(field), None, &prefix, none))
            }
            None => self.presence_by_auto(field, reach),
        }
    }

    /// Returns the variable for a `presence_of` field.
    pub(super) fn flag_var(&self, flag: &Field) -> Ident {
        format_ident!("p{}", flag.index, span = Span::mixed_site())
    }

    /// Returns the variable for the length or count of a field.
    pub(super) fn length_var(&self, field: &Field) -> Ident {
        format_ident!("n{}", field.index, span = Span::mixed_site())
    }

    /// Returns `T` and `true` for a field of type `Option<T>`, and its type and `false` for other
    /// fields.
    pub(super) fn value_type(&self, field: &'a Field) -> (&'a Type, bool) {
        match option_item(&field.ty) {
            Some(item) => (item, true),
            None => (&field.ty, false),
        }
    }

    pub(super) fn place(&self, reach: Reach<'a>, at: usize) -> Place<'a> {
        let field = &reach.fields[at];
        Place {
            local: field.local.clone(),
            name: field.name.clone(),
            slot: Slot::Field(reach.on_wire(at)),
            doc: &field.attrs.doc,
            span: field.span,
            auto: auto_item(&field.ty).is_some(),
            early: auto_item(&field.ty).is_some() && self.needed_early(field, reach).is_some(),
            begins: self.begins(field, reach),
            bits: self.bits_of(reach, at),
        }
    }

    fn bits_of(&self, reach: Reach<'a>, at: usize) -> Option<Bits> {
        let all = self.bits_of.borrow();
        all.iter().find(|(field, _)| *field == (reach.variant, at)).map(|(_, bits)| bits.clone())
    }

    pub(super) fn checks(&self, reach: Reach<'a>, at: usize, steps: &mut Vec<Step<'a>>) {
        let field = &reach.fields[at];
        for check in &field.attrs.checks {
            let expression = self.uses(&check.value.expr, reach, at + 1);
            let start = self.mark("m", at);
            let field = Some((field.name.as_str(), start, self.bits_of(reach, at)));
            let optional = option_item(&reach.fields[at].ty).map(|_| reach.fields[at].local.clone());
            let assertion = Assertion { expression, message: &check.value.message, field, optional };
            steps.push(Step::atom(Atom::Check(assertion)));
        }
    }
}

pub(super) fn derived(field: &Field) -> Option<&DerivedKind> {
    field.attrs.derived.as_ref().map(|derived| &derived.value.kind)
}

/// Returns `true` if a field has `#[tag]` without an argument, which keeps the variant's tag.
pub(super) fn keeps_tag(field: &Field) -> bool {
    matches!(field.attrs.tag.as_ref().map(|tag| &tag.value), Some(FieldTag::Kept))
}

fn index_of(name: &Ident, fields: &[Field]) -> Option<usize> {
    fields.iter().position(|field| field.plain == *name)
}

/// Separates the length prefix from the other steps if the prefix has a `none` value. Such a prefix
/// is always present.
fn split_lengths<'a>(steps: Vec<Step<'a>>, condition: &Condition<'a>) -> (Vec<Step<'a>>, Vec<Step<'a>>) {
    if !matches!(condition, Condition::Length { .. }) {
        return (Vec::new(), steps);
    }
    steps.into_iter().partition(|step| match step {
        Step::Length(length) => length.none.is_some(),
        step => matches!(step.atoms(), [Atom::Length(length)] if length.none.is_some()),
    })
}

/// Returns the condition that a field is present unless `length` is equal to `none`.
pub(super) fn absent<'a>(
    var: Ident,
    by: Option<Target<'a>>,
    length: &str,
    none: &syn::Expr,
) -> Condition<'a> {
    let (length, none) = (crate::text::in_expression(length), crate::text::tokens(&none.to_token_stream()));
    Condition::Length { var, by, text: format!("{length} != {none}") }
}
