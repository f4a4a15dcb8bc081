//! Drafting of the values of a frame, which are in the JSON. Some of their bytes may depend on an
//! `Auto`: an integer of `bytes(n)`, where `n` counts the items of a list. These values are drafted
//! again once all `Auto`s are known.

use serde_json::Value as Json;

use super::draft::{self, Draft, Handed};
use super::error::{JsonError, Path};
use super::frame::{Frame, MOST_PADDING};
use super::leaf;
use super::placement::{Placement, settle};
use crate::schema::known::Known;
use crate::schema::{Extent, Field, NumberFormat, Presence, Role, Type};

impl Frame<'_> {
    /// Returns the values that the type of a field receives from this frame.
    pub(super) fn context(field: &Field, known: &dyn Fn() -> Known) -> Vec<Option<u128>> {
        match field.given.values {
            [] => Vec::new(),
            _ => known().context_for(field),
        }
    }

    /// Drafts a field whose value is in the JSON. Some of its bytes may depend on an `Auto`, whose
    /// number is not known yet.
    pub(super) fn first_draft(
        &self,
        field: &Field,
        before: &[Placement],
        path: &Path<'_>,
    ) -> Result<Option<Draft>, JsonError> {
        let known = || self.known(before);
        let context = Self::context(field, &known);
        let rough = context.contains(&None) && !self.handed.rough;
        let handed = Handed { context, assumed: self.handed.assumed, rough: rough || self.handed.rough };
        match (self.value(field, &known, &handed, path), self.given(field)) {
            // Its sizes are not right yet. The number of its items is.
            (Err(_), Some(Json::Array(items))) if rough => {
                Ok(Some(Draft { items: items.len(), ..Draft::default() }))
            }
            (Err(_), Some(_)) if rough => Ok(Some(Draft::default())),
            (draft, _) => draft,
        }
    }

    /// Drafts those values again that depend on an `Auto`, now that its number is known.
    pub(super) fn draft_again(&self, placements: &mut [Placement], path: &Path<'_>) -> Result<(), JsonError> {
        let depends = |index: &usize| self.depends_on_auto(*index, placements);
        let again: Vec<_> = (0..placements.len()).filter(depends).collect();
        if again.is_empty() || self.handed.rough {
            return Ok(());
        }
        // Lengths of what is drafted again may not fit yet. They are settled once more in the end.
        settle(placements, self.delimiter(), path).ok();
        for index in again {
            let (before, behind) = placements.split_at_mut(index);
            let Some(placement) = behind.first_mut() else { continue };
            let known = || self.all_known(before);
            let context = Self::context(&placement.field, &known);
            let handed = Handed { context, assumed: self.handed.assumed, rough: false };
            placement.draft = self.value(&placement.field, &known, &handed, path)?;
        }
        Ok(())
    }

    /// Returns `true` if a value depends on a number that is not in the JSON.
    fn depends_on_auto(&self, index: usize, placements: &[Placement]) -> bool {
        let Some(Placement { field, draft: Some(_), .. }) = placements.get(index) else { return false };
        let known = || self.known(placements.get(..index).unwrap_or_default());
        let of_unknown_size = match field.extent {
            Extent::Len(len) => {
                (draft::has_room(field) || in_bytes(&field.ty)) && len.number(&known()).is_none()
            }
            _ => false,
        };
        matches!(field.role, Role::Value) && (of_unknown_size || Self::context(field, &known).contains(&None))
    }

    /// Drafts a field whose value is in the JSON.
    fn value(
        &self,
        field: &Field,
        known: &dyn Fn() -> Known,
        handed: &Handed<'_>,
        path: &Path<'_>,
    ) -> Result<Option<Draft>, JsonError> {
        let path = &Path::Member(path, field.name);
        let draft = |json: &Json| {
            let mut draft = draft::field(field, json, handed, path)?;
            let led = |mut draft: Draft| {
                if let Presence::Lead(lead) = field.presence {
                    draft.insert_front(lead.to_vec());
                }
                Ok(Some(draft))
            };
            let Extent::Len(len) = field.extent else { return led(draft) };
            let len = || len.number(&known()).and_then(|len| usize::try_from(len).ok());
            if let (true, Some(len)) = (in_bytes(&field.ty), len()) {
                draft = leaf::in_bytes(&field.ty, len, json, path).map(Draft::of)?;
            }
            if let (true, Some(len)) = (draft::has_room(field), len().filter(|len| *len <= MOST_PADDING)) {
                draft::in_room(&mut draft, field, len, path)?;
            }
            led(draft)
        };
        match (self.given(field), field.presence) {
            (None, Presence::Always) => Err(path.error("it is missing")),
            (Some(json), Presence::Always) => draft(json),
            (None | Some(Json::Null), _) => Ok(None),
            (Some(json), _) => draft(json),
        }
    }
}

/// Returns `true` for an integer in as many bytes as its extent has.
fn in_bytes(ty: &Type) -> bool {
    matches!(ty, Type::Number(NumberFormat { in_bytes: Some(_), .. }))
}
