//! Walking over one field: the schema gives its end.

use alloc::vec::Vec;

use nom::Needed;

use super::Stop;
use crate::schema::dissect;
use crate::schema::known::{Beside, Entry, Item, Known, Says, are_known, chosen};
use crate::schema::steps::Slot;
use crate::schema::value::{Value, read};
use crate::schema::{
    Body, Delimiter, Ending, Expr, Extent, Field, IsLast, NumberFormat, Presence, Role, Schema, Type, Variant,
};
use crate::source::Source;
use crate::wire::Found;
use crate::wire::{Fault, find};

/// The position of a walk.
#[derive(Debug, Default)]
pub(super) struct Position {
    pub(super) at: usize,
    /// The end of the bytes that are known to contain no delimiter.
    scanned: usize,
}

/// The inner parts of a field that are walked next.
pub(super) enum Inner {
    Frame(&'static Schema, Known),
    Items(&'static Type, usize, Handed),
    ItemsUntil(&'static Type, Ends),
}

/// How the last item of a list is recognised.
#[derive(Clone, Debug)]
pub(super) enum Ends {
    /// A function of the item's type recognises it.
    Parsed(IsLast),
    /// An expression over the item recognises it. `Handed` is the context of the item.
    Says(&'static Expr, Handed),
}

impl Ends {
    /// Returns the context of each item.
    pub(super) fn handed(&self) -> Handed {
        match self {
            Self::Parsed(_) => Handed::default(),
            Self::Says(_, handed) => handed.clone(),
        }
    }

    /// Returns `true` if `bytes` are the last item.
    pub(super) fn with(&self, item: &Type, bytes: &[u8]) -> Result<bool, Stop> {
        let holds = match (self, item) {
            (Self::Parsed(is_last), _) => return is_last(bytes).ok_or(Stop::Malformed),
            (Self::Says(ends, handed), Type::Frame(schema)) => {
                let known = dissect::known(handed.known(schema()), bytes);
                known.and_then(|known| ends.holds(&Item::new(known)?))
            }
            (Self::Says(..), _) => None,
        };
        holds.ok_or(Stop::Opaque)
    }
}

/// The context that is passed to a frame, or to each item of a list.
#[derive(Clone, Debug, Default)]
pub(super) struct Handed {
    tag: Option<Says>,
    context: Vec<Option<u128>>,
    beside: Option<Beside>,
}

impl Handed {
    fn of(known: &Known, field: &Field) -> Self {
        let beside = Beside::of(known, field);
        Self { tag: known.tag_for(field), context: known.context_for(field), beside }
    }

    /// Updates the context for the next item, if each item takes its context from its own element
    /// of an earlier list. Stops if the element has not arrived: lists of numbers are passed over
    /// before they have.
    pub(super) fn next(&mut self, input: &[u8]) -> Result<(), Stop> {
        match &mut self.beside {
            Some(beside) => beside.next(&mut self.context, input).map_err(Stop::Needs),
            None => Ok(()),
        }
    }

    /// Returns `true` if nothing is passed.
    pub(super) fn is_empty(&self) -> bool {
        self.tag.is_none() && self.context.is_empty() && self.beside.is_none()
    }

    /// Returns `true` if an earlier list bounds the number of items.
    pub(super) fn is_bounded(&self) -> bool {
        self.beside.is_some()
    }

    /// Returns the values known at the beginning of a frame with this context.
    pub(super) fn known(&self, schema: &'static Schema) -> Known {
        Known { tag: self.tag.clone(), context: self.context.clone(), ..Known::new(schema, 0) }
    }
}

impl Position {
    pub(super) fn skip(&mut self, bytes: usize) {
        self.at = self.at.saturating_add(bytes);
    }

    /// Moves back to `at`, the beginning of a field.
    fn back(&mut self, at: usize) {
        self.at = at;
    }

    /// Moves past the `lead` bytes of an optional field. Returns `false` if the field is absent.
    fn lead(&mut self, lead: &[u8], input: &[u8]) -> Result<bool, Stop> {
        let here = input.get(self.at..).unwrap_or_default();
        if here.starts_with(lead) {
            self.skip(lead.len());
            return Ok(true);
        }
        if lead.starts_with(here) { Err(Stop::Needs(input.len() + 1)) } else { Ok(false) }
    }

    /// Continues from `at`, and forgets the progress of earlier searches.
    pub(super) fn jump(&mut self, at: usize) {
        *self = Self { at, scanned: at };
    }

    /// Returns the next bytes, without consuming them.
    pub(super) fn peek<'a>(&self, bytes: usize, input: &'a [u8]) -> Result<&'a [u8], Stop> {
        let end = self.at.saturating_add(bytes);
        input.get(self.at..end).ok_or(Stop::Needs(end))
    }

    /// Moves past a delimiter. No bytes are searched twice.
    pub(super) fn find(&mut self, delimiter: &[u8], input: &[u8]) -> Result<(), Stop> {
        let from = self.at.max(self.scanned);
        match find(input.get(from..).unwrap_or_default(), delimiter) {
            Some(found) => {
                self.at = from + found + delimiter.len();
                self.scanned = self.at;
                Ok(())
            }
            None => {
                // The end of the input may be the beginning of the delimiter.
                self.scanned = from.max(input.len().saturating_sub(delimiter.len() - 1));
                Err(Stop::Needs(input.len() + 1))
            }
        }
    }

    /// Like `find`, for several delimiters: moves past the first delimiter found, or up to it if
    /// the delimiter is left in place.
    pub(super) fn find_any(&mut self, delimiter: &Delimiter, input: &[u8]) -> Result<(), Stop> {
        let looked = self.scanned.saturating_sub(self.at);
        let from = self.at + if delimiter.units.is_some() { looked / 2 * 2 } else { looked };
        match delimiter.find(input.get(from..).unwrap_or_default(), false) {
            Found::At(found, len) => {
                let (start, end) = (from + found, from + found + len);
                if delimiter.ending == Ending::Between && end == input.len() {
                    self.scanned = start;
                    return Err(Stop::Needs(end + 1));
                }
                self.at = if delimiter.ending == Ending::Left { start } else { end };
                self.scanned = self.at;
                Ok(())
            }
            Found::Cut(found) => {
                self.scanned = from + found;
                Err(Stop::Needs(input.len() + 1))
            }
            Found::Nothing => {
                self.scanned = from.max(input.len());
                Err(Stop::Needs(input.len() + 1))
            }
        }
    }

    /// Moves past an integer of type `ty`, such as a prefix, and returns it.
    pub(super) fn number(&mut self, ty: &Type, input: &[u8]) -> Result<i128, Stop> {
        let bytes = input.get(self.at..).unwrap_or_default();
        let (rest, value) = match ty {
            Type::Int { bytes: width, .. } => {
                let (value, rest) = read(ty, bytes).ok_or(Stop::Needs(self.at.saturating_add(*width)))?;
                (rest, value)
            }
            Type::Number(format) => format.number(bytes, Source::STREAMING).map_err(|fault| match fault {
                Fault::Incomplete(Needed::Size(missing)) => {
                    Stop::Needs(input.len().saturating_add(missing.get()))
                }
                Fault::Incomplete(Needed::Unknown) => Stop::Needs(input.len() + 1),
                Fault::Error(_) | Fault::Failure(_) => Stop::Malformed,
            })?,
            _ => return Err(Stop::Opaque),
        };
        self.skip(bytes.len() - rest.len());
        value.number().ok_or(Stop::Malformed)
    }
}

/// The fields of a frame that is being walked.
pub(super) struct Fields<'w> {
    pub(super) known: &'w mut Known,
    pub(super) position: &'w mut Position,
    pub(super) input: &'w [u8],
}

impl Fields<'_> {
    /// Moves past one field, or up to its inner parts, which are returned. If the field is
    /// incomplete, the position stays the same.
    pub(super) fn walk(mut self, slot: Slot, field: &Field) -> Result<Option<Inner>, Stop> {
        let begin = self.position.at;
        let prefix = match field.prefix().filter(|_| field.says_absence()) {
            Some(prefix) => Some(self.position.number(&prefix.ty, self.input)?),
            None => None,
        };
        // An optional field may be absent even if bytes are left.
        let is_there = match field.presence {
            Presence::Lead(lead) => self.position.lead(lead, self.input),
            _ => self.known.is_there(field, prefix).ok_or(Stop::Opaque),
        };
        let inner = match is_there {
            Ok(false) => {
                // A range may begin with a field that is absent.
                self.known.note(field, Entry { there: Some(false), ..Entry::new(slot, begin) });
                return Ok(None);
            }
            Ok(true) => self.begin(field).and_then(|()| self.present(slot, field, prefix)),
            Err(stop) => Err(stop),
        };
        if matches!(inner, Err(Stop::Needs(_) | Stop::Opaque)) {
            self.position.back(begin);
        } else if let Some(entry) = self.known.entries.last_mut().filter(|entry| entry.slot == slot) {
            // The prefix belongs to the field, so the field begins with it.
            entry.start = begin;
        }
        inner
    }

    /// Moves to the beginning of the field, if an earlier field has its offset.
    fn begin(&mut self, field: &Field) -> Result<(), Stop> {
        if let Some(begins) = self.known.begins(field).ok_or(Stop::Opaque)? {
            if begins < self.position.at {
                return Err(Stop::Malformed);
            }
            self.position.at = begins;
        }
        Ok(())
    }

    fn present(&mut self, slot: Slot, field: &Field, prefix: Option<i128>) -> Result<Option<Inner>, Stop> {
        let begin = self.position.at;
        let inner = match field.extent {
            Extent::Own => return self.own(slot, field),
            Extent::CountPrefixed(_) => {
                let count = self.prefixed(field, prefix)?;
                Some(self.items(field, count)?)
            }
            Extent::CountOf(count) => {
                let count = self.known.counted_by(count).ok_or(Stop::Opaque)?;
                Some(self.items(field, count)?)
            }
            Extent::Count(count) => Some(self.items(field, self.size(count.number(&*self.known))?)?),
            // If the items have context, the schema's expression recognises the last one, because
            // it can use the context. Otherwise a function of the item's type recognises it.
            Extent::UntilItem(ends, None) if is_handed(field) => match field.ty {
                Type::List(item) => {
                    Some(Inner::ItemsUntil(item, Ends::Says(ends, Handed::of(self.known, field))))
                }
                _ => return Err(Stop::Opaque),
            },
            _ => {
                self.extent(field, prefix)?;
                None
            }
        };
        note(self.known, slot, field, begin, None);
        if let (Some(Inner::Items(_, count, _)), Some(entry)) = (&inner, self.known.entries.last_mut()) {
            (entry.len, entry.first) = (Some(*count), Some(self.position.at));
        }
        Ok(inner)
    }

    /// Reads the prefix of a field, unless it was read already, and returns the number of bytes or
    /// items that follow.
    fn prefixed(&mut self, field: &Field, read: Option<i128>) -> Result<usize, Stop> {
        let Some(prefix) = field.prefix() else { return Err(Stop::Opaque) };
        let begin = self.position.at;
        let number = match read {
            Some(number) => number,
            None => self.position.number(&prefix.ty, self.input)?,
        };
        let own = match prefix.ty.bits() {
            Some(bits) => bits / 8,
            None => self.position.at - begin,
        };
        prefix.rule.counted(number, own).ok_or(Stop::Malformed)
    }

    /// Converts the value of an expression into a size.
    fn size(&self, number: Option<i128>) -> Result<usize, Stop> {
        usize::try_from(number.ok_or(Stop::Opaque)?).map_err(|_| Stop::Malformed)
    }

    /// Moves past an extent of bytes.
    fn extent(&mut self, field: &Field, prefix: Option<i128>) -> Result<(), Stop> {
        let begin = self.position.at;
        match field.extent {
            Extent::LenPrefixed(_) => {
                let len = self.prefixed(field, prefix)?;
                self.position.skip(len);
            }
            // A length above its limit is left to the parser, which refuses it.
            Extent::LenOf(len) => {
                let len = self.known.counted_by(len).ok_or(Stop::Opaque)?;
                self.position.skip(len);
            }
            Extent::Len(len) => {
                let len = self.size(len.number(&*self.known))?;
                if let Type::Number(NumberFormat { in_bytes: Some(_), max_len: Some(most), .. }) = field.ty {
                    if len > *most {
                        return Err(Stop::Malformed);
                    }
                }
                self.position.skip(len);
            }
            Extent::Until(bytes) => self.position.find(bytes, self.input)?,
            Extent::UntilAny(delimiter) => self.position.find_any(delimiter, self.input)?,
            Extent::Fixed(len, _) => self.position.skip(len),
            Extent::Align(to) => {
                let over = (begin - self.known.start).checked_rem(to).unwrap_or(0);
                self.position.skip(if over == 0 { 0 } else { to - over });
            }
            _ => return Err(Stop::Opaque),
        }
        Ok(())
    }

    /// Moves past a self-delimiting field, or up to its inner parts.
    fn own(&mut self, slot: Slot, field: &Field) -> Result<Option<Inner>, Stop> {
        let start = self.position.at;
        if let Role::Magic(bytes) = field.role {
            let value = match self.position.peek(bytes.len(), self.input) {
                Ok(bytes) => Some(Value::of(&field.ty, bytes)),
                Err(_) => None,
            };
            note(self.known, slot, field, start, value);
            self.position.skip(bytes.len());
            return Ok(None);
        }
        if let Some(bits) = field.ty.bits() {
            let bytes = self.position.peek(bits / 8, self.input)?;
            note(self.known, slot, field, start, Some(Value::of(&field.ty, bytes)));
            if let (Type::Array(_, count), Some(entry)) = (field.ty, self.known.entries.last_mut()) {
                (entry.len, entry.first) = (Some(count), Some(start));
            }
            self.position.skip(bits / 8);
            return Ok(None);
        }
        let inner = match &field.ty {
            Type::Frame(schema) => {
                Some(Inner::Frame(schema(), Handed::of(self.known, field).known(schema())))
            }
            Type::Array(item, count) => Some(Inner::Items(item, *count, Handed::default())),
            Type::Number(_) => {
                let number = self.position.number(&field.ty, self.input)?;
                note(self.known, slot, field, start, Some(Value::Signed(number)));
                return Ok(None);
            }
            _ => return Err(Stop::Opaque),
        };
        note(self.known, slot, field, start, None);
        Ok(inner)
    }

    fn items(&self, field: &Field, count: usize) -> Result<Inner, Stop> {
        match field.ty {
            Type::List(item) => Ok(Inner::Items(item, count, Handed::of(self.known, field))),
            // A list of single bytes is `Type::Bytes` in the schema. Any item type of one byte
            // serves here.
            Type::Bytes => Ok(Inner::Items(&Type::Bool, count, Handed::default())),
            _ => Err(Stop::Opaque),
        }
    }
}

/// Returns `true` if the value of a field takes context.
fn is_handed(field: &Field) -> bool {
    field.given.tag.is_some() || !field.given.values.is_empty()
}

/// Records the value of a field if later fields may need it.
pub(super) fn note(known: &mut Known, slot: Slot, field: &Field, start: usize, value: Option<Value<'_>>) {
    let entry = Entry::new(slot, start);
    known.note(
        field,
        match value {
            Some(value) => entry.with(field, &value),
            None => entry,
        },
    );
}

/// Returns the variant selected by the tag.
pub(super) fn choose(schema: &'static Schema, known: &Known) -> Result<&'static Variant, Stop> {
    let tag = known.tag.as_ref().ok_or(Stop::Opaque)?;
    // If some tags are unknown, neither a mismatch nor a match of the catch-all is conclusive.
    let Body::Enum(variants) = schema.body else { return Err(Stop::Opaque) };
    chosen(schema, tag).filter(|_| are_known(variants)).ok_or(Stop::Opaque)
}
