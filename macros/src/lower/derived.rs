//! Lowers `Auto` fields.

use proc_macro2::{Ident, Span};
use quote::format_ident;
use syn::Type;

use super::fields::{Pending, derived};
use super::{Lower, Reach, length_step, tag_step};
use crate::ast::{Field, option_item, size_is_cheap};
use crate::attr::{Delimiter, DerivedKind, ExtentWord, FieldTag, LenOf, Presence, RangeKind};
use crate::check::check_left_in_range;
use crate::layout::{
    Amount, Atom, Calc, Checksum, Counts, DelimiterBytes, Fill, Format, Length, LengthRole, Magic, Number,
    Pad, Padding, Place, PresenceFlag, Rule, Step, Tag, TagOf, WhenKnown,
};

impl<'a> Lower<'a> {
    /// Returns the steps of an `Auto` field. `item` is the type in `Auto<..>`.
    pub(super) fn derived(
        &self,
        field: &'a Field,
        item: Option<&'a Type>,
        place: Place<'a>,
        reach: Reach<'a>,
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let Some(kind) = derived(field) else {
            self.missing_word(
                field,
                "#[len_of(..)], #[count_of(..)], #[offset_of(..)], #[tag_of(..)], #[presence_of(..)], #[checksum(..)], \
                 #[magic(..)], #[pad(N)], #[align(N)] or #[calc(..)]",
            );
            return Vec::new();
        };
        match kind {
            DerivedKind::Pad { len: Some(len), filling } => {
                let expression = self.uses(len, reach, field.index);
                if expression.uses.is_empty() && !self.uses_a_parameter(len) {
                    return vec![Step::atom(Atom::Pad(Pad { place, len: Padding::Bytes(len), filling }))];
                }
                vec![Step::Fill(Fill { place, amount: Amount::Bytes(expression), filling })]
            }
            DerivedKind::Pad { len: None, .. } => {
                self.cx.error(
                    field.span,
                    "write the number of bytes: `#[pad(2)]`, or of bits: `#[bits(3)] #[pad]`",
                );
                Vec::new()
            }
            DerivedKind::Align { to, filling } => {
                vec![Step::Fill(Fill { place, amount: Amount::UpTo(to), filling })]
            }
            DerivedKind::Magic { value } if item.is_none() => match self.magic(value, None) {
                Some(value) => vec![Step::atom(Atom::Magic(Magic { place, value }))],
                None => Vec::new(),
            },
            _ => {
                let Some(number) = self.auto_number(field, item) else { return Vec::new() };
                self.derived_number(field, number, place, reach, pending)
            }
        }
    }

    /// Refuses an `Auto` without a word that says what the codec writes. `words` are those that fit.
    pub(super) fn missing_word(&self, field: &Field, words: &str) {
        // A word that has failed is reported already.
        if !field.attrs.failed {
            self.cx.error(field.span, format!("say what this `Auto` is: {words}"));
        }
    }

    fn auto_number(&self, field: &'a Field, item: Option<&'a Type>) -> Option<Number> {
        match item {
            Some(ty) => self.format(ty, field.attrs.wire.as_ref().map(|wire| &wire.value), digits_of(field)),
            None => {
                self.cx.error_at(&field.ty, "write the wire type of the number, as in `Auto<u16>`");
                None
            }
        }
    }

    /// Returns the steps of an `Auto` that is a number.
    pub(super) fn derived_number(
        &self,
        field: &'a Field,
        number: Number,
        place: Place<'a>,
        reach: Reach<'a>,
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let Some(kind) = derived(field) else { return Vec::new() };
        let fixed = number.fixed || self.may_be_fixed(&number);
        let atom = match kind {
            DerivedKind::LenOf(len) if len.of.kind != RangeKind::Content => {
                return self.len_of_range(field, len, number, place, reach, pending);
            }
            DerivedKind::LenOf(_) | DerivedKind::CountOf { .. } => {
                return self.describing(field, number, place, reach).map(length_step).into_iter().collect();
            }
            DerivedKind::TagOf { field: name } => {
                let Some(target) = self.later_field(field, name, reach) else { return Vec::new() };
                let optional = option_item(&target.ty).is_some();
                let of = TagOf::Field {
                    number,
                    target: target.local.clone(),
                    of: self.target(target, reach),
                    optional,
                    apart: self.is_second_tag(field, name, reach),
                };
                return vec![tag_step(Tag { place, of })];
            }
            DerivedKind::PresenceOf { field: name, some, none } => {
                let Some(target) = self.later_field(field, name, reach) else { return Vec::new() };
                let flag = PresenceFlag {
                    place,
                    number,
                    of: self.target(target, reach),
                    target: target.local.clone(),
                    var: self.flag_var(field),
                    apart: self.is_claim(field, reach),
                    some: some.as_ref(),
                    none: none.as_ref(),
                };
                Atom::Presence(flag)
            }
            DerivedKind::Checksum { .. } => match self.checksum(field, number, place, reach) {
                Some(checksum) => Atom::Checksum(checksum),
                None => return Vec::new(),
            },
            DerivedKind::OffsetOf { .. } => match self.offset(field, number, place, reach) {
                Some(offset) => offset,
                None => return Vec::new(),
            },
            DerivedKind::Magic { value } => match self.magic(value, Some((number, true))) {
                Some(value) => Atom::Magic(Magic { place, value }),
                None => return Vec::new(),
            },
            DerivedKind::Calc { expr, verify } => {
                let expression = self.uses(expr, reach, reach.fields.len());
                let at = self.mark("m", field.index);
                Atom::Calc(Calc { place, number, expression, verify: *verify, at })
            }
            DerivedKind::Pad { .. } | DerivedKind::Align { .. } => return Vec::new(),
        };
        if !fixed {
            self.cx.error(
                field.span,
                "the value of this field is written later, so it needs a fixed size: `u16` or `u24`, not `varint`",
            );
            return Vec::new();
        }
        vec![Step::atom(atom)]
    }

    fn checksum(
        &self,
        field: &'a Field,
        number: Number,
        place: Place<'a>,
        reach: Reach<'a>,
    ) -> Option<Checksum<'a>> {
        let DerivedKind::Checksum { algorithm, over, seed } = derived(field)? else { return None };
        let seed = seed.as_ref().map(|seed| self.uses(seed, reach, reach.fields.len()));
        let when = match field.attrs.presence.as_ref().map(|presence| &presence.value) {
            Some(Presence::When(expr)) => Some(self.uses(expr, reach, field.index)),
            _ => None,
        };
        let (from, to) = self.resolve(over, reach)?;
        let content = over.kind == RangeKind::Content && self.has_content_marks(&reach.fields[from]);
        let checksum = Checksum {
            place,
            number,
            algorithm,
            over: self.covers(over, reach),
            index: field.index,
            covers: from..=to,
            at: self.mark("m", field.index),
            from: over.from.as_ref().map(|_| self.mark(if content { "cs" } else { "m" }, from)),
            to: match over.to.is_some() || over.kind == RangeKind::Content {
                true => Some(self.mark(if content { "ce" } else { "e" }, to)),
                // A delimiter may follow the fields, so the end is stored before it.
                false => self.ends_with_delimiter().then(|| self.mark("frame_end", 0)),
            },
            seed,
            when,
        };
        self.check_coverage(field, from, to, reach);
        Some(checksum)
    }

    /// Refuses checksums that cover each other, because each would change the other.
    fn check_coverage(&self, field: &'a Field, from: usize, to: usize, reach: Reach<'a>) {
        for other in &reach.fields[from..=to] {
            let Some(DerivedKind::Checksum { over, .. }) = derived(other) else { continue };
            if other.index >= field.index {
                continue;
            }
            let covered = self.resolve(over, reach);
            if covered.is_some_and(|(from, to)| (from..=to).contains(&field.index)) {
                self.cx.error(
                    field.span,
                    format!("the checksums `{}` and `{}` cover each other", other.plain, field.plain),
                );
            }
        }
    }

    fn ends_with_delimiter(&self) -> bool {
        self.item.attrs.head.iter().any(|word| matches!(word.value, crate::attr::HeadWord::Until(_)))
    }

    pub(super) fn later_field(&self, field: &Field, name: &'a Ident, reach: Reach<'a>) -> Option<&'a Field> {
        let target = self.find(name, reach)?;
        if target.index <= field.index {
            self.cx.error(name.span(), format!("`{name}` must come after the field that describes it"));
            return None;
        }
        Some(target)
    }

    /// Returns the length for a `len_of` or `count_of` that describes one field. `field` is the
    /// `Auto`, `number` is its number on the wire.
    fn describing(
        &self,
        field: &'a Field,
        number: Number,
        place: Place<'a>,
        reach: Reach<'a>,
    ) -> Option<Length<'a>> {
        let (name, counts, rule, none, role) = match derived(field)? {
            DerivedKind::LenOf(len) => (
                len.of.from.as_ref()?,
                Counts::Bytes,
                rule_of(len),
                len.none.as_ref(),
                LengthRole::Of(self.covers(&len.of, reach)),
            ),
            DerivedKind::CountOf { field: name, none } => {
                let role = LengthRole::CountOf(self.target(self.find(name, reach)?, reach));
                (name, Counts::Items, Rule::default(), none.as_ref(), role)
            }
            _ => return None,
        };
        let target = self.later_field(field, name, reach)?;
        let early = self.needed_early(field, reach).is_some() || field.attrs.presence.is_some();
        let var = self.size_var(field, target, reach);
        let length = self.counting(place, number, target, reach, counts, rule, none, role, var, early);
        Some(Length { until: until_of(field), ..length })
    }

    /// Like `describing`, but determines the number and the place from the `Auto` field.
    pub(super) fn described(&self, auto: &'a Field, reach: Reach<'a>) -> Option<Length<'a>> {
        let item = crate::ast::auto_item(&auto.ty)??;
        let place = self.place(reach, auto.index);
        let number = match self.bit_number(auto, reach) {
            Some(number) => number,
            None => self.format(item, auto.attrs.wire.as_ref().map(|wire| &wire.value), digits_of(auto))?,
        };
        self.describing(auto, number, place, reach)
    }

    fn len_of_range(
        &self,
        field: &'a Field,
        len: &'a LenOf,
        number: Number,
        place: Place<'a>,
        reach: Reach<'a>,
        pending: &mut Vec<Pending<'a>>,
    ) -> Vec<Step<'a>> {
        let Some((from, to)) = self.resolve(&len.of, reach) else { return Vec::new() };
        let begin = from.max(field.index + 1);
        if to < field.index {
            self.cx.error(
                len.of.span,
                "a length must count the fields up to itself, or some that come after it",
            );
            return Vec::new();
        }
        if let Some(other) = self.needed_early(field, reach) {
            self.cx.error(
                len.of.span,
                format!(
                    "`{0}` is known when the fields it counts are written, and `{1}` needs `{0}` for that: let `{1}` \
                     name another field",
                    field.plain, other.plain
                ),
            );
        }
        if let Some(presence) = &field.attrs.presence {
            self.cx.error(
                presence.span,
                "the length of several fields cannot be optional: use `#[len_of(x)]` of one field",
            );
        }
        check_left_in_range(self.cx, field, &reach.fields[from..=to], &reach.fields[to + 1..]);
        let starts_before = len.of.from.is_none() || from <= field.index;
        let fixed = number.fixed || (starts_before && self.may_be_fixed(&number));
        let number = Number { fixed, ..number };
        let known = if fixed { WhenKnown::Patched } else { WhenKnown::Measured };
        if starts_before && !fixed {
            self.cx.error(len.of.span, "a length that counts itself needs a fixed-size type");
        }
        let length = Length {
            blame: place.name.clone(),
            known,
            none: len.none.as_ref(),
            until: until_of(field),
            place,
            number,
            var: format_ident!("s{}", field.index, span = Span::mixed_site()),
            rule: rule_of(len),
            counts: Counts::Bytes,
            role: LengthRole::Of(self.covers(&len.of, reach)),
            apart: false,
        };
        let from = starts_before.then(|| match len.of.from {
            Some(_) => self.mark("m", from),
            None => self.mark("frame_start", 0),
        });
        // If the length covers only fields before it, nothing is left to read, and only its value
        // is checked.
        let (begin, end) = if to < begin { (field.index + 1, field.index) } else { (begin, to) };
        if end < begin {
            let scope = crate::layout::Scope {
                length: length.clone(),
                from,
                steps: Vec::new(),
                lenient: len.lenient,
                adjacent: true,
            };
            return vec![length_step(length), Step::Scope(scope)];
        }
        pending.push(Pending { begin, end, from, length: length.clone(), lenient: len.lenient });
        vec![length_step(length)]
    }

    /// Returns the length of a prefix, or of a `len_of` or `count_of` of one field.
    #[expect(clippy::too_many_arguments, reason = "each is a part of the length and none has a default")]
    pub(super) fn counting(
        &self,
        place: Place<'a>,
        number: Number,
        target: &'a Field,
        reach: Reach<'a>,
        counts: Counts,
        rule: Rule<'a>,
        none: Option<&'a syn::Expr>,
        role: LengthRole<'a>,
        var: Ident,
        early: bool,
    ) -> Length<'a> {
        let mut content = self.content(target, reach);
        let prefix = matches!(role, LengthRole::Prefix);
        // An absent field has no prefix, unless the prefix has a number for absence.
        content.optional &= !prefix || none.is_some();
        let (ty, _) = self.value_type(target);
        let by_hand = matches!(content.given, crate::layout::Given::With { .. });
        let apart = !prefix && var != self.length_var(target);
        let ahead = counts == Counts::Items
            || (apart && !by_hand)
            || !number.fixed
            || early
            || content.optional
            || (size_is_cheap(ty)
                && matches!(content.format, Format::Order(_))
                && !by_hand
                && content.converts.is_none());
        Length {
            blame: target.name.clone(),
            known: if ahead { WhenKnown::Ahead(content) } else { WhenKnown::Patched },
            none,
            until: None,
            place,
            number,
            var,
            rule,
            counts,
            role,
            apart,
        }
    }

    /// Returns the first field with an expression that names `field` and that the encoder
    /// evaluates. Then the value of `field` must be known early.
    pub(super) fn needed_early(&self, field: &'a Field, reach: Reach<'a>) -> Option<&'a Field> {
        reach.fields.iter().find(|other| {
            let auto = crate::ast::auto_item(&other.ty).is_some();
            let when = match other.attrs.presence.as_ref().map(|presence| &presence.value) {
                Some(crate::attr::Presence::When(expr)) if auto => Some(expr),
                _ => None,
            };
            let chosen = match other.attrs.tag.as_ref().map(|tag| &tag.value) {
                Some(FieldTag::Chosen(expr)) => Some(expr),
                _ => None,
            };
            let padding = match derived(other) {
                Some(DerivedKind::Pad { len, .. }) => len.as_ref(),
                Some(DerivedKind::Calc { expr, .. }) => Some(expr),
                _ => None,
            };
            let handed = other.attrs.ctx.iter().flat_map(|ctx| &ctx.value);
            // The encoder evaluates `len(..)` only if the value may be shorter. It then writes padding.
            let fills = match other.attrs.extent.as_ref().map(|extent| &extent.value) {
                Some(ExtentWord::Len { stop, lenient, .. }) => stop.is_some() || *lenient,
                Some(ExtentWord::Count { .. }) => false,
                _ => true,
            };
            when.into_iter()
                .chain(other.attrs.said_size().filter(|_| fills))
                .chain(crate::attr::orders(&other.attrs))
                .chain(other.each.iter().flat_map(|item| &item.handed))
                .chain(chosen)
                .chain(padding)
                .chain(handed)
                .any(|expr| crate::ast::mentions(expr, &field.plain))
        })
    }
}

/// Returns the delimiter after an `Auto` in digits.
fn until_of(field: &Field) -> Option<DelimiterBytes<'_>> {
    match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::Until { delimiter: Delimiter::Bytes(bytes) | Delimiter::Value(bytes), .. }) => {
            Some(DelimiterBytes::consumed(bytes))
        }
        _ => None,
    }
}

/// Returns the number of digits of an `Auto` with `#[fixed(N)]`.
fn digits_of(field: &Field) -> Option<&syn::Expr> {
    match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::Fixed { len, stop: None, .. }) => Some(len),
        _ => None,
    }
}

pub(super) fn rule_of(len: &LenOf) -> Rule<'_> {
    Rule {
        inclusive: len.inclusive.is_some(),
        scale: len.scale.as_ref(),
        bias: len.bias.as_ref(),
        max: len.max.as_ref(),
        lenient: len.lenient,
    }
}
