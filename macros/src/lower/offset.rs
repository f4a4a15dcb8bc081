//! Lowers `offset_of` fields, and the gaps before the fields that they describe.

use proc_macro2::{Ident, Span};
use quote::format_ident;

use super::fields::{absent, derived};
use super::{Lower, Reach};
use crate::ast::{Field, auto_item, option_item};
use crate::attr::{DerivedKind, Ending, ExtentWord, Presence};
use crate::layout::{Atom, Condition, Empty, Gap, Number, Offset, Place, Says, Step, Target};

impl<'a> Lower<'a> {
    /// Returns the `offset_of` fields that describe `field`.
    fn offsets(&self, field: &'a Field, reach: Reach<'a>) -> impl Iterator<Item = &'a Field> {
        reach.fields[..field.index].iter().filter(
            move |auto| matches!(derived(auto), Some(DerivedKind::OffsetOf { field: of, .. }) if *of == field.plain),
        )
    }

    /// Returns the first `offset_of` field that describes `field`.
    pub(super) fn begins(&self, field: &'a Field, reach: Reach<'a>) -> Option<Target<'a>> {
        self.offsets(field, reach).next().map(|auto| self.target(auto, reach))
    }

    /// Returns the atom of an `offset_of` field.
    pub(super) fn offset(
        &self,
        auto: &'a Field,
        number: Number,
        place: Place<'a>,
        reach: Reach<'a>,
    ) -> Option<Atom<'a>> {
        let Some(DerivedKind::OffsetOf { field: name, .. }) = derived(auto) else { return None };
        let target = self.later_field(auto, name, reach)?;
        if target.attrs.bits.is_some() || target.attrs.skip.is_some() || auto_item(&target.ty).is_some() {
            self.cx.error(
                name.span(),
                format!("`{name}` has no offset: name a field with a value, not an `Auto`, a bit field or a skipped field"),
            );
            return None;
        }
        if let Some(word @ (Presence::Optional | Presence::Lead(_))) =
            target.attrs.presence.as_ref().map(|presence| &presence.value)
        {
            let word = word.word();
            self.cx.error(
                name.span(),
                format!(
                    "the bytes before `{name}` may look like it, but `{word}` decides by the next bytes whether it is present: \
                     remove `{word}` and write `none = 0` here"
                ),
            );
            return None;
        }
        if let Some(presence) = &auto.attrs.presence {
            self.cx
                .error(presence.span, "an offset cannot be optional: write `none = 0` for an absent field");
            return None;
        }
        if let Some(other) = self.needed_early(auto, reach) {
            self.cx.error(
                auto.span,
                format!(
                    "`{0}` is known when `{name}` is written, and `{1}` needs `{0}` before that: let `{1}` name another \
                     field",
                    auto.plain, other.plain
                ),
            );
            return None;
        }
        Some(Atom::Offset(self.offset_to(auto, target, number, place, reach)))
    }

    fn offset_to(
        &self,
        auto: &'a Field,
        target: &'a Field,
        number: Number,
        place: Place<'a>,
        reach: Reach<'a>,
    ) -> Offset<'a> {
        let (bias, none) = match derived(auto) {
            Some(DerivedKind::OffsetOf { bias, none, .. }) => (bias.as_ref(), none.as_ref()),
            _ => (None, None),
        };
        Offset {
            place,
            number,
            of: self.target(target, reach),
            optional: option_item(&target.ty).map(|_| target.local.clone()),
            bias,
            none,
            at: self.mark("m", auto.index),
            var: offset_var(auto),
        }
    }

    /// Returns the gap before a field, if the field or its prefix is always present.
    pub(super) fn gap_before(&self, reach: Reach<'a>, at: usize) -> Option<Step<'a>> {
        let field = &reach.fields[at];
        if option_item(&field.ty).is_some() && !says_absence(field) {
            return None;
        }
        self.gap(field, reach)
    }

    /// Returns the gap before a field, unless the field already has one.
    pub(super) fn gap(&self, field: &'a Field, reach: Reach<'a>) -> Option<Step<'a>> {
        let key = (reach.variant, field.index);
        if self.gaps.borrow().contains(&key) {
            return None;
        }
        self.gaps.borrow_mut().push(key);
        let offsets: Vec<_> =
            self.offsets(field, reach).filter_map(|auto| self.described_offset(auto, field, reach)).collect();
        if offsets.is_empty() {
            return None;
        }
        let empty = match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::Len { expr, .. } | ExtentWord::Count { expr }) => {
                Some(Empty::Said(self.expression(expr, field, reach)))
            }
            Some(_) => None,
            None => self.described_by(field, reach).map(|length| Empty::Length(length.var)),
        };
        let is_between = |other: &Field| {
            let extent = other.attrs.extent.as_ref().map(|extent| &extent.value);
            matches!(extent, Some(ExtentWord::Until { ending: Ending::Between(_), .. }))
        };
        let may_move = reach.fields[..field.index].iter().any(is_between);
        let begins = may_move.then(|| self.mark("begins", field.index));
        Some(Step::Gap(Gap { place: self.place(reach, field.index), offsets, empty, begins }))
    }

    /// Returns what the `offset_of` field `auto` says about `field`.
    fn described_offset(&self, auto: &'a Field, field: &'a Field, reach: Reach<'a>) -> Option<Offset<'a>> {
        let number = match self.bit_number(auto, reach) {
            Some(number) => number,
            None => {
                let wire = auto.attrs.wire.as_ref().map(|wire| &wire.value);
                self.format(auto_item(&auto.ty)??, wire, None)?
            }
        };
        let place = self.place(reach, auto.index);
        Some(self.offset_to(auto, field, number, place, reach))
    }

    /// Returns the `offset_of` field that says where the next field begins, if this `offset_of`
    /// field is before `field`.
    pub(super) fn offset_behind(&self, field: &'a Field, reach: Reach<'a>) -> Option<Offset<'a>> {
        let behind = reach.fields[field.index + 1..].iter().find(|other| other.attrs.skip.is_none())?;
        let auto = self.offsets(behind, reach).find(|auto| auto.index < field.index)?;
        self.described_offset(auto, behind, reach)
    }

    /// Returns the condition that a field is present unless its offset has the `none` value.
    pub(super) fn presence_by_offset(&self, field: &'a Field, reach: Reach<'a>) -> Option<Condition<'a>> {
        self.offsets(field, reach).find_map(|auto| match derived(auto) {
            Some(DerivedKind::OffsetOf { none: Some(none), .. }) => {
                Some(absent(offset_var(auto), Some(self.target(auto, reach)), &auto.name, none))
            }
            _ => None,
        })
    }

    /// Returns the comparison of an offset with a field that may be absent.
    pub(super) fn offset_says(&self, auto: &'a Field) -> Option<Says<'a>> {
        let Some(DerivedKind::OffsetOf { none, .. }) = derived(auto) else { return None };
        Some(Says::Offset { ty: auto_item(&auto.ty)??.clone(), none: none.as_ref() })
    }
}

/// Returns the variable of an `offset_of` field.
fn offset_var(auto: &Field) -> Ident {
    format_ident!("o{}", auto.index, span = Span::mixed_site())
}

/// Returns `true` if the field has a prefix with `none = v`, which is present even if the field is
/// absent.
fn says_absence(field: &Field) -> bool {
    match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::LenPrefixed(prefix)) => prefix.none.is_some(),
        Some(ExtentWord::CountPrefixed(prefix)) => prefix.none.is_some(),
        _ => false,
    }
}
