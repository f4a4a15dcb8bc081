//! `Auto` fields that describe one other field. One of them may end the field. The others are
//! compared with the field after it is read.

use proc_macro2::Ident;
use quote::{ToTokens, format_ident};

use super::fields::derived;
use super::{Lower, Reach};
use crate::ast::{Field, auto_item, list_item, size_is_cheap};
use crate::attr::{DerivedKind, RangeKind};
use crate::layout::{
    Agreement, Claim, Condition, Content, Counts, Format, Given, Length, Measure, Says, Step, WhenKnown,
};

impl<'a> Lower<'a> {
    /// Returns the `len_of` and `count_of` fields that describe `field`.
    fn sizes(&self, field: &'a Field, reach: Reach<'a>) -> impl Iterator<Item = (&'a Field, Counts)> {
        reach.fields[..field.index].iter().filter_map(|auto| match derived(auto)? {
            DerivedKind::LenOf(len) => {
                let of = len.of.kind == RangeKind::Content && len.of.from.as_ref() == Some(&field.plain);
                of.then_some((auto, Counts::Bytes))
            }
            DerivedKind::CountOf { field: of, .. } => (*of == field.plain).then_some((auto, Counts::Items)),
            _ => None,
        })
    }

    /// Returns the `Auto` that ends a field without its own extent. A `len_of` is preferred to a
    /// `count_of`, and an `Auto` without `when` to one with `when`.
    pub(super) fn ended_by(&self, field: &'a Field, reach: Reach<'a>) -> Option<&'a Field> {
        if field.attrs.extent.is_some() {
            return None;
        }
        let by_hand = field.attrs.with.is_some();
        self.sizes(field, reach)
            .filter(|(_, counts)| *counts == Counts::Bytes || !by_hand)
            .min_by_key(|(auto, counts)| (*counts == Counts::Items, auto.attrs.presence.is_some()))
            .map(|(auto, _)| auto)
    }

    /// Like `ended_by`, but returns the length for the layout.
    pub(super) fn described_by(&self, field: &'a Field, reach: Reach<'a>) -> Option<Length<'a>> {
        self.described(self.ended_by(field, reach)?, reach)
    }

    /// Returns the variable for the length or count in the `Auto` field `auto`, which describes
    /// `field`.
    pub(super) fn size_var(&self, auto: &Field, field: &'a Field, reach: Reach<'a>) -> Ident {
        let ends = self.ended_by(field, reach).is_some_and(|by| by.index == auto.index);
        if ends {
            self.length_var(field)
        } else {
            format_ident!("a{}", auto.index, span = proc_macro2::Span::mixed_site())
        }
    }

    /// Returns the presence condition of an `Option`, if an `Auto` decides it. The `none = ..` of
    /// the length that ends the field has priority, then `presence_of`, then the `none = ..` of
    /// another length, then the `none = ..` of an offset.
    pub(super) fn presence_by_auto(&self, field: &'a Field, reach: Reach<'a>) -> Option<Condition<'a>> {
        let by_number = |auto: &'a Field| {
            let none = match derived(auto)? {
                DerivedKind::LenOf(len) => len.none.as_ref()?,
                DerivedKind::CountOf { none, .. } => none.as_ref()?,
                _ => return None,
            };
            Some(super::fields::absent(
                self.size_var(auto, field, reach),
                Some(self.target(auto, reach)),
                &auto.name,
                none,
            ))
        };
        let by_flag = |auto: &'a Field| match derived(auto)? {
            DerivedKind::PresenceOf { field: of, some, none } if *of == field.plain => {
                let flag = crate::text::in_expression(&auto.name);
                let text = match (some, none) {
                    (None, None) => flag,
                    (Some(some), _) => format!("{flag} == {}", crate::text::tokens(&some.to_token_stream())),
                    (None, Some(none)) => {
                        format!("{flag} != {}", crate::text::tokens(&none.to_token_stream()))
                    }
                };
                Some(Condition::Flag { var: self.flag_var(auto), by: self.target(auto, reach), text })
            }
            _ => None,
        };
        let front = &reach.fields[..field.index];
        self.ended_by(field, reach)
            .and_then(by_number)
            .or_else(|| front.iter().find_map(by_flag))
            .or_else(|| self.sizes(field, reach).find_map(|(auto, _)| by_number(auto)))
            .or_else(|| self.presence_by_offset(field, reach))
    }

    /// Returns the step that compares `Auto` fields with the field that they describe.
    pub(super) fn agreement(&self, field: &'a Field, reach: Reach<'a>) -> Option<Step<'a>> {
        let (ty, optional) = self.value_type(field);
        if auto_item(&field.ty).is_some() || field.attrs.skip.is_some() {
            return None;
        }
        let mut claims: Vec<_> = self
            .sizes(field, reach)
            .filter_map(|(auto, counts)| self.size_claim(auto, counts, field, reach))
            .collect();
        let condition = match (&field.attrs.presence, optional) {
            (None, true) => self.other_presence(field, reach),
            _ => None,
        };
        let mut chosen_by: Option<&Field> = None;
        for auto in &reach.fields[..field.index] {
            match derived(auto) {
                Some(DerivedKind::TagOf { field: of }) if *of == field.plain => {
                    let first = chosen_by.map(|first| first.local.clone());
                    if let Some(other) = chosen_by.filter(|other| auto_item(&other.ty) != auto_item(&auto.ty))
                    {
                        let message = format!(
                            "`{}` and `{}` are both the tag of `{of}`, so they need the same type",
                            other.plain, auto.plain
                        );
                        self.cx.error_at(&auto.ty, message);
                    }
                    chosen_by.get_or_insert(auto);
                    if optional || first.is_some() {
                        claims.push(self.claim(
                            auto,
                            reach,
                            Says::Tag { first: first.map(|first| (first, ty)) },
                        ));
                    }
                }
                Some(DerivedKind::OffsetOf { field: of, .. }) if *of == field.plain && optional => {
                    claims.extend(self.offset_says(auto).map(|says| self.claim(auto, reach, says)));
                }
                Some(DerivedKind::PresenceOf { field: of, .. }) if *of == field.plain => {
                    let var = self.flag_var(auto);
                    if !matches!(&condition, Some(Condition::Flag { var: decides, .. }) if *decides == var) {
                        claims.push(self.claim(auto, reach, Says::Presence(var)));
                    }
                }
                _ => {}
            }
        }
        claims.sort_by_key(|claim| claim.index);
        (!claims.is_empty()).then(|| Step::Agree(Agreement { local: field.local.clone(), optional, claims }))
    }

    fn claim(&self, auto: &'a Field, reach: Reach<'a>, says: Says<'a>) -> Claim<'a> {
        Claim {
            index: auto.index,
            place: self.place(reach, auto.index),
            at: self.mark("m", auto.index),
            when: auto.attrs.presence.is_some(),
            says,
        }
    }

    /// Returns the comparison of a length or count with the field. The one that ends the field is
    /// not compared, unless the field may be absent.
    fn size_claim(
        &self,
        auto: &'a Field,
        counts: Counts,
        field: &'a Field,
        reach: Reach<'a>,
    ) -> Option<Claim<'a>> {
        let ends = self.ended_by(field, reach).is_some_and(|by| by.index == auto.index);
        let (ty, optional) = self.value_type(field);
        if ends && !optional {
            return None;
        }
        let measure = match counts {
            _ if ends => Measure::Ended,
            Counts::Items if list_item(ty).is_none() => {
                self.cx.error_at(
                    &field.ty,
                    "only a `Vec` has a count of items: write `Vec<T>` itself and no alias of it, or use a length in bytes",
                );
                return None;
            }
            Counts::Items => Measure::Items,
            Counts::Bytes => match self.content_marks(field, reach) {
                Some((from, to)) => Measure::Bytes(from, to),
                None => Measure::Content(Box::new(self.content(field, reach))),
            },
        };
        let length = self.described(auto, reach)?;
        Some(self.claim(auto, reach, Says::Size { length: Box::new(length), measure }))
    }

    /// Returns `true` if an earlier `tag_of` field describes the same field.
    pub(super) fn is_second_tag(&self, tag: &Field, name: &Ident, reach: Reach<'a>) -> bool {
        reach.fields[..tag.index]
            .iter()
            .any(|auto| matches!(derived(auto), Some(DerivedKind::TagOf { field }) if field == name))
    }

    /// Returns `true` if the `Auto` is compared with the field that it describes.
    pub(super) fn is_claim(&self, auto: &'a Field, reach: Reach<'a>) -> bool {
        let name = match derived(auto) {
            Some(DerivedKind::LenOf(len)) if len.of.kind == RangeKind::Content => len.of.from.as_ref(),
            Some(
                DerivedKind::CountOf { field, .. }
                | DerivedKind::OffsetOf { field, .. }
                | DerivedKind::TagOf { field }
                | DerivedKind::PresenceOf { field, .. },
            ) => Some(field),
            _ => None,
        };
        let target = name.and_then(|name| reach.fields.iter().find(|field| field.plain == *name));
        let agreement = target.and_then(|target| self.agreement(target, reach));
        matches!(agreement, Some(Step::Agree(agreement)) if agreement.claims.iter().any(|claim| claim.index == auto.index))
    }

    /// Returns the lengths that describe the field but do not end it. They are written after the
    /// field.
    pub(super) fn patched(&self, field: &'a Field, reach: Reach<'a>) -> Vec<Length<'a>> {
        let all = self.sizes(field, reach).filter_map(|(auto, _)| self.described(auto, reach));
        all.filter(|length| length.apart && matches!(length.known, WhenKnown::Patched)).collect()
    }

    /// Returns `true` if the encoder must record where the content starts and ends in order to
    /// check a length. Bytes and text need no record, because their size is cheap to compute.
    pub(super) fn is_measured(&self, field: &'a Field, content: &Content<'a>, reach: Reach<'a>) -> bool {
        let ended = self.ended_by(field, reach).map(|by| by.index);
        !is_cheap(content)
            && self
                .sizes(field, reach)
                .any(|(auto, counts)| counts == Counts::Bytes && Some(auto.index) != ended)
    }
}

/// Returns `true` if the content is measured without encoding or converting it.
pub(super) fn is_cheap(content: &Content<'_>) -> bool {
    size_is_cheap(content.ty)
        && content.converts.is_none()
        && matches!(content.format, Format::Order(_))
        && matches!(content.given, Given::Nothing)
}
