//! Dissection: reading bytes by the schema alone, as far as possible, to show the fields before an
//! error.

mod content;

use self::content::Content;
use super::known::{Entry, Known, chosen};
use super::recorded::{Node, Tree};
use super::steps::{Enclosed, Run, Slot, Step, fixed_len, steps};
use super::value::{Value, read};
use super::{Delimiter, Ending, Extent, Field, Part, Presence, Role, Schema, Start};
use crate::source::Source;
use crate::support::UNTIL;
use crate::wire::{Found, find};

/// Reads the value in `bytes`, up to the first part that cannot be read by the schema alone.
pub(crate) fn dissect(schema: &'static Schema, bytes: &[u8]) -> Node {
    let mut reader = Reader { bytes, at: 0, limit: bytes.len(), tree: Tree::default(), depth: 0 };
    // An error only ends the reading. Everything before it has been recorded in the tree.
    let _ = reader.frame(Known::new(schema, 0));
    reader.tree.finish(reader.at)
}

/// Reads the values of a frame in `bytes` by the schema alone. Returns `None` if some of them
/// cannot be read by the schema alone.
pub(crate) fn known(known: Known, bytes: &[u8]) -> Option<Known> {
    let mut reader = Reader { bytes, at: 0, limit: bytes.len(), tree: Tree::default(), depth: 0 };
    reader.frame(known).ok()
}

/// The end of reading: the next part cannot be read by the schema alone, or bytes are missing.
struct Stop;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    limit: usize,
    tree: Tree,
    depth: u16,
}

impl<'a> Reader<'a> {
    fn left(&self) -> &'a [u8] {
        self.bytes.get(self.at..self.limit).unwrap_or_default()
    }

    /// Records the next `len` bytes as a part of a field, and returns them.
    fn take(&mut self, field: &'static Field, part: Part, len: usize) -> Result<&'a [u8], Stop> {
        let bytes = self.left().get(..len).ok_or(Stop)?;
        self.tree.part(field, part, self.at..self.at + len);
        self.at += len;
        Ok(bytes)
    }

    /// Reads within the next `len` bytes, and continues after them.
    fn within(&mut self, len: usize, read: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        if len > self.left().len() {
            return Err(Stop);
        }
        let limit = core::mem::replace(&mut self.limit, self.at + len);
        read(self)?;
        self.at = core::mem::replace(&mut self.limit, limit);
        Ok(())
    }

    fn frame(&mut self, mut known: Known) -> Result<Known, Stop> {
        let Some(schema) = known.schema else { return Err(Stop) };
        self.depth += 1;
        if self.depth > Source::MAX_DEPTH {
            return Err(Stop);
        }
        known.start = self.at;
        self.steps(&steps(schema), &mut known)?;
        self.depth -= 1;
        Ok(known)
    }

    /// Returns the number of bytes before a delimiter, or the number of all remaining bytes if the
    /// delimiter is missing.
    fn find(&self, delimiter: &[u8]) -> usize {
        find(self.left(), delimiter).unwrap_or(self.left().len())
    }

    /// Returns the number of bytes before the first of several delimiters, with the size of the
    /// delimiter that was found.
    fn find_any(&self, delimiter: &Delimiter) -> (usize, Option<usize>) {
        match delimiter.find(self.left(), true) {
            Found::At(at, len) => (at, Some(len)),
            Found::Cut(_) | Found::Nothing => (self.left().len(), None),
        }
    }

    fn steps(&mut self, steps: &[Step], known: &mut Known) -> Result<(), Stop> {
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            match step {
                Step::Field(slot, field) => {
                    let field = known.in_order(field).ok_or(Stop)?;
                    self.field(*slot, field, behind, known)?;
                }
                Step::Bits(run) => self.bits(run, known)?,
                Step::Scope(scope) => self.scope(scope, known)?,
                Step::Delimited(delimiter, steps) => {
                    let (at, len) = self.find_any(delimiter);
                    self.within(at, |reader| reader.steps(steps, known))?;
                    // Reading stops here if the delimiter is missing.
                    self.take(&UNTIL, Part::Value, len.unwrap_or(delimiter.written().len()))?;
                }
                Step::Choice(variants) => {
                    let (schema, tag) = known.schema.zip(known.tag.as_ref()).ok_or(Stop)?;
                    let variant = chosen(schema, tag).ok_or(Stop)?;
                    known.variant = Some(variant);
                    let index =
                        variants.iter().position(|(each, _)| each.name == variant.name).ok_or(Stop)?;
                    self.tree.variant(index);
                    if let Some(tag) = known.tag.clone().filter(|_| !variant.keeps.is_empty()) {
                        self.tree.keep(tag);
                    }
                    let (_, steps) = variants.get(index).ok_or(Stop)?;
                    self.steps(steps, known)?;
                }
            }
        }
        Ok(())
    }

    fn scope(&mut self, scope: &Enclosed, known: &mut Known) -> Result<(), Stop> {
        let start = match scope.start {
            Start::Here => self.at,
            Start::Frame => known.start,
            Start::Field(index) => known.entry(Slot::Field(index)).ok_or(Stop)?.start,
        };
        let len = known.counted(scope.slot, scope.len).ok_or(Stop)?;
        let len = len.checked_sub(self.at - start).ok_or(Stop)?;
        self.within(len, |reader| reader.steps(&scope.steps, known))
    }

    fn bits(&mut self, run: &Run, known: &mut Known) -> Result<(), Stop> {
        let bytes = self.left().get(..run.bytes).ok_or(Stop)?;
        for (slot, field) in &run.fields {
            let field = known.in_order(field).ok_or(Stop)?;
            let value = Value::of(&field.ty, bytes);
            known.note(field, Entry::new(*slot, self.at).with(field, &value));
            self.tree.part(field, Part::Value, self.at..self.at + run.bytes);
        }
        self.at += if run.ends { run.bytes } else { 0 };
        Ok(())
    }

    fn field(
        &mut self,
        slot: Slot,
        field: &'static Field,
        behind: &[Step],
        known: &mut Known,
    ) -> Result<(), Stop> {
        let start = self.at;
        let said = if field.says_absence() { self.prefix(field)? } else { None };
        let there = match field.presence {
            Presence::Optional => !self.left().is_empty(),
            Presence::Lead(lead) => self.left().starts_with(lead),
            _ => known.is_there(field, said.map(|(number, _)| number)).ok_or(Stop)?,
        };
        if !there {
            // A range may begin with a field that is absent.
            known.note(field, Entry { there: Some(false), ..Entry::new(slot, start) });
            return Ok(());
        }
        if let Some(begins) = known.begins(field).ok_or(Stop)? {
            if begins < self.at || begins > self.limit {
                return Err(Stop);
            }
            self.at = begins;
        }
        if let Presence::Lead(lead) = field.presence {
            self.take(field, Part::Lead, lead.len())?;
        }
        let said = if field.says_absence() { said } else { self.prefix(field)? };
        let counted = match (field.prefix(), said) {
            (Some(prefix), Some((number, own))) => prefix.rule.counted(number, own),
            _ => None,
        };
        let mut entry = self.value(slot, field, counted, behind, known)?;
        entry.start = start;
        entry.there = entry.there.or(Some(true));
        known.note(field, entry);
        Ok(())
    }

    /// Reads the value of a field within its extent, and the delimiter after the value.
    fn value(
        &mut self,
        slot: Slot,
        field: &'static Field,
        counted: Option<usize>,
        behind: &[Step],
        known: &Known,
    ) -> Result<Entry, Stop> {
        let said = |number: Option<i128>| usize::try_from(number.ok_or(Stop)?).map_err(|_| Stop);
        let mut reader = Content { reader: self, slot, field, known };
        match field.extent {
            Extent::Own => match field.role {
                Role::Magic(_) => reader.bytes(field.bits().ok_or(Stop)? / 8),
                _ => reader.own(&field.ty),
            },
            Extent::LenPrefixed(_) => reader.content(counted.ok_or(Stop)?),
            Extent::CountPrefixed(_) => reader.items(Some(counted.ok_or(Stop)?)),
            Extent::LenOf(len) => reader.content(known.counted_by(len).ok_or(Stop)?),
            Extent::CountOf(count) => reader.items(Some(known.counted_by(count).ok_or(Stop)?)),
            Extent::Len(len) => match field.stop {
                Some(stop) => reader.stopped(said(len.number(known))?, stop),
                None => reader.content(said(len.number(known))?),
            },
            Extent::Count(count) => reader.items(Some(said(count.number(known))?)),
            Extent::Until(delimiter) => {
                let len = self.find(delimiter);
                let entry = Content { reader: self, slot, field, known }.content(len)?;
                self.take(field, Part::Until, delimiter.len())?;
                Ok(entry)
            }
            Extent::UntilAny(delimiter) => {
                let (at, len) = self.find_any(delimiter);
                let entry = Content { reader: self, slot, field, known }.content(at)?;
                if let (Some(len), true) = (len, delimiter.ending != Ending::Left) {
                    self.take(field, Part::Until, len)?;
                }
                Ok(entry)
            }
            Extent::UntilItem(..) => Err(Stop),
            Extent::Fixed(len, fill) => match field.stop {
                Some(stop) => reader.stopped(len, stop),
                None => reader.fixed(len, fill),
            },
            Extent::Align(to) => {
                let used = reader.reader.at - known.start;
                let fill = used.checked_next_multiple_of(to).ok_or(Stop)? - used;
                reader.content(fill)
            }
            Extent::Rest => {
                let behind = fixed_len(behind).ok_or(Stop)?;
                let len = reader.reader.left().len().checked_sub(behind).ok_or(Stop)?;
                reader.content(len)
            }
        }
    }

    /// Reads the prefix of a field, if it has one, and returns it with its size.
    fn prefix(&mut self, field: &'static Field) -> Result<Option<(i128, usize)>, Stop> {
        let (prefix, part) = match field.extent {
            Extent::LenPrefixed(prefix) => (prefix, Part::Len),
            Extent::CountPrefixed(prefix) => (prefix, Part::Count),
            _ => return Ok(None),
        };
        let (value, rest) = read(&prefix.ty, self.left()).ok_or(Stop)?;
        let own = self.left().len() - rest.len();
        let number = value.number();
        self.take(field, part, own)?;
        Ok(number.map(|number| (number, own)))
    }
}
