//! Drafting of the values of a frame, which are in the JSON. Some of their bytes may depend on an
//! `Auto`: an integer of `bytes(n)`, where `n` counts the items of a list. Such a value is drafted
//! again once the `Auto` is known.

use serde_json::Value as Json;

use super::draft::{self, Draft, Handed};
use super::error::{JsonError, Path};
use super::frame::{Frame, MOST_PADDING};
use super::leaf;
use super::placement::{Placement, settle};
use crate::schema::known::{Known, Says};
use crate::schema::{Extent, Field, NumberFormat, Presence, Role, Type};

/// What the bytes of a value depend on, beside its JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inputs {
    /// The context values that its type receives. `None` stands for an unknown value.
    context: Vec<Option<u128>>,
    /// The size that an expression says, if the value can have several. `Some(None)` stands for an
    /// unknown size.
    size: Option<Option<usize>>,
}

impl Inputs {
    fn of(field: &Field, known: impl FnOnce() -> Known) -> Self {
        let len = match field.extent {
            Extent::Len(len) if draft::has_room(field) || in_bytes(&field.ty) => Some(len),
            _ => None,
        };
        if len.is_none() && field.given.values.is_empty() {
            return Self::default();
        }
        let known = known();
        let size = len.map(|len| len.number(&known).and_then(|len| usize::try_from(len).ok()));
        Self { context: known.context_for(field), size }
    }

    fn are_known(&self) -> bool {
        !self.context.contains(&None) && self.size != Some(None)
    }
}

impl<'j> Frame<'j> {
    /// Drafts a field for the first time. An error in a value with unknown inputs may come from them,
    /// so it is kept until they are known.
    pub(super) fn first_draft(
        &self,
        field: &'static Field,
        is_head: bool,
        before: &[Placement],
        path: &Path<'_>,
    ) -> Result<Placement, JsonError> {
        let mut placement = Placement::new(field, is_head);
        if !matches!(field.role, Role::Value) {
            return Ok(placement);
        }
        placement.inputs = Inputs::of(field, || self.known(before));
        placement.is_rough = !placement.inputs.are_known();
        let rough = placement.is_rough || self.handed.rough;
        match self.value(field, &placement.inputs, rough, path) {
            Ok(draft) => placement.draft = draft,
            Err(fault) if placement.is_rough => {
                // The number of items does not depend on the inputs.
                let items = self.given(field).and_then(Json::as_array).map_or(0, Vec::len);
                placement.draft = Some(Draft { items, ..Draft::default() });
                placement.fault = Some(fault);
            }
            Err(fault) => return Err(fault),
        }
        Ok(placement)
    }

    /// Drafts the `Auto`s, and then those values again whose inputs are known better by them, until
    /// nothing changes. A frame that its parent drafts again leaves the values to that time.
    pub(super) fn draft_autos(
        &self,
        placements: &mut [Placement],
        tag: Option<&Says>,
        path: &Path<'_>,
    ) -> Result<(), JsonError> {
        for _ in 0..=placements.len() {
            for auto in placements.iter_mut().filter(|placement| !placement.is_value()) {
                (auto.draft, auto.says) = (None, None);
            }
            for index in 0..placements.len() {
                let drafted = self.auto(index, placements, tag, path);
                if let Some(placement) = placements.get_mut(index).filter(|auto| !auto.is_value()) {
                    placement.fault = drafted.err();
                }
            }
            if self.handed.rough {
                break;
            }
            // Lengths may not fit as long as values are rough. They are settled once more in the end.
            settle(placements, self.delimiter(), path).ok();
            let again =
                (0..placements.len()).filter(|index| self.draft_again(*index, placements, path)).count();
            if again == 0 {
                break;
            }
        }
        // Errors of values come first: those of `Auto`s may follow from them.
        let is_faulty = |placement: &&mut Placement| placement.fault.is_some();
        let (values, autos): (Vec<_>, Vec<_>) =
            placements.iter_mut().filter(is_faulty).partition(|placement| placement.is_value());
        let first = values.into_iter().chain(autos).next().and_then(|placement| placement.fault.take());
        first.map_or(Ok(()), Err)
    }

    /// Drafts a value again if its inputs have changed. Returns `true` if so.
    fn draft_again(&self, index: usize, placements: &mut [Placement], path: &Path<'_>) -> bool {
        let (before, behind) = placements.split_at_mut(index);
        let Some(placement) = behind.first_mut().filter(|placement| placement.is_value()) else {
            return false;
        };
        let inputs = Inputs::of(placement.field, || self.all_known(before));
        if !placement.is_rough && inputs == placement.inputs {
            return false;
        }
        match self.value(placement.field, &inputs, false, path) {
            Ok(draft) => (placement.draft, placement.fault) = (draft, None),
            Err(fault) => placement.fault = Some(fault),
        }
        (placement.inputs, placement.is_rough) = (inputs, false);
        true
    }

    /// Drafts a field whose value is in the JSON.
    fn value(
        &self,
        field: &Field,
        inputs: &Inputs,
        rough: bool,
        path: &Path<'_>,
    ) -> Result<Option<Draft>, JsonError> {
        let path = &Path::Member(path, field.name);
        let handed = Handed { context: inputs.context.clone(), assumed: self.handed.assumed, rough };
        let draft = |json: &Json| {
            let mut draft = draft::field(field, json, &handed, path)?;
            let size = inputs.size.flatten();
            if let (true, Some(len)) = (in_bytes(&field.ty), size) {
                draft = leaf::in_bytes(&field.ty, len, json, path).map(Draft::of)?;
            }
            if let (true, Some(len)) = (draft::has_room(field), size.filter(|len| *len <= MOST_PADDING)) {
                draft::in_room(&mut draft, field, len, path)?;
            }
            if let Presence::Lead(lead) = field.presence {
                draft.insert_front(lead.to_vec());
            }
            Ok(Some(draft))
        };
        match (self.given(field), field.presence) {
            (None, Presence::Always) if field.none.is_some() => draft(&Json::Null),
            (None, Presence::Always) => Err(path.error("it is missing")),
            (Some(json), Presence::Always) => draft(json),
            (None | Some(Json::Null), _) => Ok(None),
            (Some(json), _) => draft(json),
        }
    }

    /// Returns what the type of an `Auto` receives from this frame.
    pub(super) fn handed(&self, field: &Field, before: &[Placement]) -> Handed<'j> {
        let Inputs { context, .. } = Inputs::of(field, || self.known(before));
        Handed { context, assumed: self.handed.assumed, rough: self.handed.rough }
    }
}

/// Returns `true` for an integer in as many bytes as its extent has.
fn in_bytes(ty: &Type) -> bool {
    matches!(ty, Type::Number(NumberFormat { in_bytes: Some(_), .. }))
}
