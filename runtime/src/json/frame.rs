//! Drafting of one frame. The values come first, then the computed fields, and the lengths last,
//! because they depend on the sizes of all other fields.

use std::sync::Arc;

use serde_json::Value as Json;

use super::draft::{self, Draft, Handed};
use super::error::{JsonError, Path};
use super::leaf;
use super::members::{Form, fields_of, form, is_beyond_schema, is_there, said_padding, values};
use super::placement::{Placement, is_present, join, says, settle};
use super::structure::{Part, Structure};
use crate::schema::known::{Entry, Known, Says, flag_numbers};
use crate::schema::value::Value;
use crate::schema::{
    Body, Delimiter, Ending, Extent, Field, Order, Presence, Role, Schema, TagOf, Target, Type, Variant,
    steps,
};

/// Returns an error if the last optional value has no bytes and no bytes follow, because decoding
/// would take it for absent.
fn takes_bytes(placements: &[Placement], path: &Path<'_>) -> Result<(), JsonError> {
    let is_optional = |placement: &Placement| matches!(placement.field.presence, Presence::Optional);
    let Some(last) =
        placements.iter().rposition(|placement| is_optional(placement) && placement.draft.is_some())
    else {
        return Ok(());
    };
    // Fields after these are outside of the extent that the optional field is in.
    let mut ends = placements
        .iter()
        .skip(last)
        .take_while(|placement| is_optional(placement) || matches!(placement.field.extent, Extent::Rest));
    if ends.all(|placement| placement.draft.as_ref().is_none_or(|draft| draft.bytes.is_empty())) {
        let name = placements.get(last).map_or("", |placement| placement.field.name);
        return Err(Path::Member(path, name)
            .error("an optional field at the end must not be empty, because it would be decoded as absent"));
    }
    Ok(())
}

/// The JSON members of a frame, each with its field.
pub(super) struct Frame<'j> {
    schema: &'static Schema,
    variant: Option<&'static Variant>,
    kept: Option<&'j Json>,
    given: Vec<(&'static str, &'j Json)>,
    pub(super) handed: &'j Handed<'j>,
}

impl<'j> Frame<'j> {
    /// Finds the member for each field.
    pub(super) fn new(
        schema: &'static Schema,
        variant: Option<&'static Variant>,
        json: &'j Json,
        handed: &'j Handed<'j>,
        path: &Path<'_>,
    ) -> Result<Self, JsonError> {
        let (fields, keeps) = (fields_of(schema, variant), variant.map_or("", |variant| variant.keeps));
        let names = values(fields, keeps);
        let given = match (json, form(&names)) {
            (Json::Null, _) if names.is_empty() => Vec::new(),
            (Json::Object(members), form) if form == Form::Named || names_fields(members, fields, keeps) => {
                let mut given = Vec::new();
                for (name, json) in members {
                    let unnamed =
                        fields.iter().map(|field| field.name).filter(|field| !names.contains(field));
                    let all = names.iter().copied().chain(unnamed);
                    let known = all.clone().find(|known| known == name);
                    let known = known
                        .ok_or_else(|| path.error(super::unknown("field", name, &all.collect::<Vec<_>>())))?;
                    given.push((known, json));
                }
                given
            }
            (json, Form::Alone) => names.iter().map(|name| (*name, json)).collect(),
            (Json::Array(items), Form::Listed) if items.len() == names.len() => {
                names.iter().copied().zip(items).collect()
            }
            (json, Form::Listed) => {
                return Err(path.expected(&format!("a list of {} values", names.len()), json));
            }
            (json, Form::Named) => return Err(path.expected("an object", json)),
        };
        let kept = given.iter().find(|(name, _)| !keeps.is_empty() && *name == keeps).map(|(_, json)| *json);
        if !keeps.is_empty() && kept.is_none() {
            return Err(Path::Member(path, keeps).error("it is missing: it keeps the tag"));
        }
        Ok(Self { schema, variant, kept, given, handed })
    }

    /// Returns the JSON of the tag, for a variant that keeps its tag.
    pub(super) fn kept(&self) -> Option<&'j Json> {
        self.kept
    }

    /// Drafts the whole frame.
    pub(super) fn draft(&self, tag: Option<Says>, path: &Path<'_>) -> Result<Draft, JsonError> {
        let mut placements = Vec::new();
        for (index, field) in self.schema.head.iter().chain(fields_of(self.schema, self.variant)).enumerate()
        {
            let is_head = index < self.schema.head.len();
            let field = self.in_order(field, &placements);
            let mut placement = self.first_draft(field, is_head, &placements, path)?;
            placement.says = placement.draft.as_ref().and_then(|draft| match (field.ty, &draft.tag) {
                // A fieldless enum in a bit field is used as a number.
                (Type::Bits(_), Some(tag)) => Some(tag.clone()),
                _ => match self.given(field)? {
                    Json::Bool(value) => Some(Says::of(i128::from(*value))),
                    json => Says::whole(json),
                },
            });
            placements.push(placement);
        }
        self.draft_autos(&mut placements, tag.as_ref(), path)?;
        self.without_last_delimiters(&mut placements);
        settle(&mut placements, self.delimiter(), path)?;
        takes_bytes(&placements, path)?;
        let mut draft = join(&placements);
        draft.bytes.extend_from_slice(self.schema.until);
        draft.content = draft.bytes.len();
        draft.tag = tag;
        if let Body::Struct(_) = self.schema.body {
            draft.inside = Some(Arc::new(self.known_inside(&placements)));
        }
        let kept = draft.tag.clone().filter(|_| self.kept.is_some());
        draft.structure = self.structure(kept, placements);
        Ok(draft)
    }

    fn structure(&self, kept: Option<Says>, placements: Vec<Placement>) -> Structure {
        let values = placements.into_iter().filter(Placement::is_value);
        let part = |Placement { field, draft, .. }: Placement| {
            let may_be_absent = field.none.is_some() || !matches!(field.presence, Presence::Always);
            let is_null = matches!(self.given(field), None | Some(Json::Null));
            let Draft { bytes, content, structure, .. } = draft.unwrap_or_default();
            let content = match (field.extent, field.presence) {
                // The encoder records the item that ends the list, too.
                (Extent::UntilItem(_, Some(_)), Presence::Lead(lead)) => {
                    bytes.len().saturating_sub(lead.len())
                }
                (Extent::UntilItem(_, Some(_)), _) => bytes.len(),
                _ => content,
            };
            Part { field, is_present: !(may_be_absent && is_null), content, inside: structure }
        };
        Structure::Frame {
            schema: self.schema,
            variant: self.variant,
            kept,
            parts: values.map(part).collect(),
        }
    }

    pub(super) fn given(&self, field: &Field) -> Option<&'j Json> {
        self.given.iter().find(|(name, _)| *name == field.name).map(|(_, json)| *json)
    }

    /// Returns the size of the frame's delimiter, and the number of head fields before the
    /// delimited part.
    pub(super) fn delimiter(&self) -> (usize, usize) {
        (self.schema.until.len(), self.schema.until_behind)
    }

    /// Returns the values that have been drafted so far, for expressions.
    pub(super) fn known(&self, placements: &[Placement]) -> Known {
        self.known_by(placements, |placement| placement.says.clone())
    }

    /// Like [`Self::known`], with the numbers of the `Auto`s that are drafted.
    pub(super) fn all_known(&self, placements: &[Placement]) -> Known {
        self.known_by(placements, |placement| placement.says.clone().or_else(|| placement.written()))
    }

    /// Returns what the enclosing frame may know of this struct: the numbers that are in the JSON.
    fn known_inside(&self, placements: &[Placement]) -> Known {
        let is_given = |placement: &Placement| matches!(placement.field.role, Role::Value | Role::Calc(_));
        let known =
            self.known_by(placements, |placement| placement.says.clone().filter(|_| is_given(placement)));
        Known { schema: Some(self.schema), ..known }
    }

    fn known_by(&self, placements: &[Placement], says: impl Fn(&Placement) -> Option<Says>) -> Known {
        let (tag, context) = (self.kept.and_then(Says::whole), self.handed.context.clone());
        let mut known = Known { tag, context, ..Known::default() };
        let placements = placements.iter().filter(|placement| !placement.is_head);
        for (index, placement) in placements.enumerate() {
            let entry = Entry { there: self.there(placement), ..Entry::new(steps::Slot::Field(index), 0) };
            let Some(draft) = &placement.draft else {
                known.entries.push(entry);
                continue;
            };
            let len = match placement.field.ty {
                Type::Bytes | Type::Text => Some(draft.content),
                // In expressions, `len()` is the size of the Rust string in UTF-8.
                Type::Encoded(_) => self.given(placement.field).and_then(Json::as_str).map(str::len),
                Type::List(_) | Type::Array(..) => Some(draft.items),
                _ => None,
            };
            let (says, inside) = (says(placement), draft.inside.clone());
            known.entries.push(Entry { says, len, inside, ..entry });
        }
        known
    }

    /// Returns whether the JSON has a value for an optional field.
    fn there(&self, placement: &Placement) -> Option<bool> {
        let field = placement.field;
        if !matches!(field.role, Role::Value) {
            return None;
        }
        match (self.given(field), field.none, &placement.draft) {
            (None | Some(Json::Null), ..) => Some(false),
            (Some(_), None, _) => Some(true),
            (Some(_), Some(none), Some(draft)) if matches!(field.ty, Type::Float { .. }) => {
                Some(!none.is(&Value::of(&field.ty, &draft.bytes)))
            }
            (Some(_), Some(none), _) => Some(placement.says.as_ref()? != &Says::Number(none.wide()?)),
        }
    }

    /// Returns the description of a field in its byte order. If the order is unknown, the assumed
    /// byte order is used.
    fn in_order(&self, field: &'static Field, before: &[Placement]) -> &'static Field {
        if field.ordered.is_none() {
            return field;
        }
        let assumed = self.handed.assumed;
        self.known(before).in_order(field).unwrap_or_else(|| {
            assumed.used.set(true);
            field.in_order(assumed.order)
        })
    }

    /// Drafts the field at `index`, if the codec computes it.
    pub(super) fn auto(
        &self,
        index: usize,
        placements: &mut [Placement],
        tag: Option<&Says>,
        path: &Path<'_>,
    ) -> Result<(), JsonError> {
        let Some(Placement { field, is_head, draft: None, .. }) = placements.get(index) else {
            return Ok(());
        };
        let (field, is_head) = (*field, *is_head);
        let path = &Path::Member(path, field.name);
        if matches!(field.role, Role::Value) {
            if let Some(placement) = placements.get_mut(index) {
                // An absent value has no size and no position, but its prefix may have a number for
                // absence.
                let draft = draft::absent(field, path)?;
                placement.draft = (!draft.bytes.is_empty()).then_some(draft);
            }
            return Ok(());
        }
        let given = if is_head { None } else { self.given(field) };
        let there = match (is_there(field, &self.known(placements)), given) {
            (Some(there), _) => there,
            (None, given) => given.is_some_and(|json| !json.is_null()),
        };
        if !there {
            return Ok(());
        }
        let (draft, says) = self.written(field, given, placements, tag, path)?;
        if let Some(placement) = placements.get_mut(index) {
            (placement.draft, placement.says) = (Some(draft), says);
        }
        Ok(())
    }

    /// Returns the draft of an `Auto`. The number is returned only if it is in the JSON.
    fn written(
        &self,
        field: &Field,
        given: Option<&Json>,
        placements: &[Placement],
        tag: Option<&Says>,
        path: &Path<'_>,
    ) -> Result<(Draft, Option<Says>), JsonError> {
        if let (Some(json), true) = (given, is_beyond_schema(field)) {
            let draft = match leaf::raw(json).filter(|_| matches!(field.ty, Type::Frame(_))) {
                Some(bytes) => Draft::of(bytes),
                None => draft::field(field, json, &self.handed(field, placements), path)?,
            };
            return Ok((is_loose(field, draft), Says::whole(json)));
        }
        let target =
            |target: Target| placements.iter().filter(|placement| !placement.is_head).nth(target.index);
        let number = match field.role {
            // Lengths are computed last, by `settle`.
            Role::LenOf(..) => 0,
            // Offsets are also computed by `settle`.
            Role::OffsetOf(of, rule) => match target(of) {
                Some(Placement { draft: Some(_), .. }) => 0,
                _ => rule.none.and_then(|none| none.number()).unwrap_or(0),
            },
            Role::CountOf(list, rule) => match target(list).filter(|list| is_present(list)) {
                Some(Placement { draft: Some(draft), .. }) => {
                    i128::try_from(draft.items).unwrap_or(i128::MAX)
                }
                _ => rule.none.and_then(|none| none.number()).unwrap_or(0),
            },
            Role::TagOf(of) => {
                let chosen = match of {
                    TagOf::Own => tag.cloned(),
                    TagOf::Field(of) => {
                        target(of).and_then(|placement| placement.draft.as_ref()?.tag.clone())
                    }
                };
                match chosen {
                    Some(Says::Bytes(bytes)) => return Ok((Draft::of(bytes), None)),
                    Some(number) => number.signed().unwrap_or(0),
                    None if !matches!(of, TagOf::Field(of) if !target(of).is_some_and(is_present)) => {
                        return Err(path.error("only Rust code can compute the tag of this variant"));
                    }
                    None => 0,
                }
            }
            Role::PresenceOf(of, some, none) => {
                let (yes, no) = flag_numbers(some, none).unwrap_or((1, 0));
                if target(of).is_some_and(is_present) { yes } else { no }
            }
            Role::Magic(bytes) => return Ok((magic(field, bytes), None)),
            Role::Pad => return self.padding(field, given, placements, path).map(|draft| (draft, None)),
            Role::Checksum(..) | Role::Calc(_) | Role::Value => 0,
        };
        // The number is not returned, because conditions may use only values that are in the JSON.
        Ok((is_loose(field, says(field, number, path)?), None))
    }

    fn padding(
        &self,
        field: &Field,
        given: Option<&Json>,
        placements: &[Placement],
        path: &Path<'_>,
    ) -> Result<Draft, JsonError> {
        let known = self.all_known(placements);
        let bytes = match (field.extent, given) {
            (Extent::Fixed(len, fill), _) => vec![fill; len],
            (Extent::Len(text), given) => match (said_padding(field, &known), given) {
                (Some(len), _) if len <= MOST_PADDING => vec![0; len],
                (_, Some(given)) => leaf::bytes(given, path)?,
                _ => {
                    return Err(path.error(format!("it is missing: the schema cannot compute {text}")));
                }
            },
            _ => Vec::new(),
        };
        Ok(Draft::loosely(bytes))
    }

    /// Removes a `between` delimiter if no bytes follow it within the enclosing extent.
    fn without_last_delimiters(&self, placements: &mut [Placement]) {
        for index in (0..placements.len()).rev() {
            let (before, behind) = placements.split_at_mut(index + 1);
            let Some(Placement { field, draft: Some(draft), .. }) = before.last_mut() else { continue };
            let Extent::UntilAny(delimiter @ Delimiter { ending: Ending::Between, .. }) = field.extent else {
                continue;
            };
            let inside = self.enclosed_behind(index).unwrap_or(behind.len());
            let takes_bytes = |placement: &Placement| {
                placement.draft.as_ref().is_some_and(|draft| {
                    !draft.bytes.is_empty() || matches!(placement.field.ty, Type::Bits(_))
                })
            };
            if !behind.iter().take(inside).any(takes_bytes) {
                let end = draft.bytes.len().saturating_sub(delimiter.written().len());
                draft.bytes.truncate(end);
            }
        }
    }

    /// Returns how many placements after this one are in the same innermost scope, or `None` if no
    /// scope encloses it.
    fn enclosed_behind(&self, placement: usize) -> Option<usize> {
        let scopes = self.variant.map_or(self.schema.scopes, |variant| variant.scopes);
        let field = placement.checked_sub(self.schema.head.len())?;
        let around = scopes.iter().filter(|scope| scope.from <= field && field < scope.to);
        around.map(|scope| scope.to - field - 1).min()
    }
}

/// The maximum number of padding bytes. The size may come from a number in the JSON.
pub(super) const MOST_PADDING: usize = 1 << 24;

/// Returns `true` if an object has several members and all of them are names of fields.
fn names_fields(members: &serde_json::Map<String, Json>, fields: &[Field], keeps: &str) -> bool {
    let is_field = |name: &String| name == keeps || fields.iter().any(|field| field.name == name);
    members.len() > 1 && members.keys().all(is_field)
}

/// Marks the bytes of a field that only the encoder can compute.
fn is_loose(field: &Field, draft: Draft) -> Draft {
    match field.role {
        Role::Checksum(..) | Role::Calc(_) => {
            let whole = || core::iter::once(0..draft.bytes.len()).collect::<Vec<_>>();
            let sums = if matches!(field.role, Role::Checksum(..)) { whole() } else { Vec::new() };
            Draft { loose: whole(), sums, ..draft }
        }
        _ => draft,
    }
}

fn magic(field: &Field, bytes: &[u8]) -> Draft {
    match field.ty {
        Type::Bits(_) => {
            Draft { bits: crate::schema::value::unsigned(bytes, Order::Big).unwrap_or(0), ..Draft::default() }
        }
        _ => Draft::of(bytes.to_vec()),
    }
}
