//! Reading of the value of one field.

use alloc::sync::Arc;

use super::{Reader, Stop};
use crate::schema::frames::separator;
use crate::schema::known::{Beside, Entry, Known};
use crate::schema::steps::Slot;
use crate::schema::value::{Value, read};
use crate::schema::{Bits, Field, Order, Part, Role, Schema, Type};
use crate::wire::{Fill, Found, packed_len, units};

/// A reader of the value of one field.
pub(super) struct Content<'r, 'a> {
    pub(super) reader: &'r mut Reader<'a>,
    pub(super) slot: Slot,
    pub(super) field: &'static Field,
    pub(super) known: &'r Known,
}

impl Content<'_, '_> {
    fn entry(&self) -> Entry {
        Entry { first: Some(self.reader.at), ..Entry::new(self.slot, self.reader.at) }
    }

    /// Reads a value without parts, which takes the next `len` bytes.
    pub(super) fn bytes(&mut self, len: usize) -> Result<Entry, Stop> {
        let entry = self.entry();
        let bytes = self.reader.take(self.field, Part::Value, len)?;
        Ok(entry.with(self.field, &Value::of(&self.field.ty, bytes)))
    }

    /// Reads a nested frame with its context.
    fn frame(&mut self, schema: &'static Schema, beside: Option<&mut Beside>) -> Result<Known, Stop> {
        let mut inner = Known::new(schema, self.reader.at);
        inner.tag = self.known.tag_for(self.field);
        inner.context = self.known.context_for(self.field);
        if let Some(beside) = beside {
            beside.next(&mut inner.context, self.reader.bytes).map_err(|_| Stop)?;
        }
        self.reader.frame(inner)
    }

    /// Reads a value in a slot of `len` bytes, and the padding after the value.
    pub(super) fn fixed(&mut self, len: usize, fill: u8) -> Result<Entry, Stop> {
        let field = self.field;
        let whole = self.reader.left().get(..len).ok_or(Stop)?;
        let filled = field.fills && matches!(field.role, Role::Value);
        if !filled {
            return self.content(len);
        }
        let (start, used) = (self.reader.at, Fill::new(fill, units(&field.ty)).trim(whole).len());
        let entry = self.in_place(len, used)?;
        let taken = self.reader.at - start;
        if taken < used {
            return Err(Stop);
        }
        if taken < len {
            self.reader.take(field, Part::Fill, len - taken)?;
        }
        Ok(entry)
    }

    /// Reads a value at the start of a slot of `len` bytes. Everything after the first `used` bytes
    /// is padding.
    fn in_place(&mut self, len: usize, used: usize) -> Result<Entry, Stop> {
        let ty = self.field.ty;
        let limit = core::mem::replace(&mut self.reader.limit, self.reader.at + len);
        let entry = match ty {
            Type::Frame(_) => self.own(&ty)?,
            Type::List(Type::Frame(_)) if used > 0 => self.items_up_to(None, self.reader.at + used)?,
            Type::List(item) => {
                let place = self.reader.left();
                let mut left = place;
                while place.len() - left.len() < used {
                    left = read(item, left).ok_or(Stop)?.1;
                }
                self.bytes(place.len() - left.len())?
            }
            _ => self.bytes(used)?,
        };
        self.reader.limit = limit;
        Ok(entry)
    }

    /// Reads a value in a slot of `len` bytes. A delimiter may end the value earlier.
    pub(super) fn stopped(&mut self, len: usize, stop: &crate::schema::Stop) -> Result<Entry, Stop> {
        let field = self.field;
        let whole = self.reader.left().get(..len).ok_or(Stop)?;
        let (used, delimiter) = match stop.find(whole) {
            Found::At(at, len) => (at, len),
            Found::Cut(_) | Found::Nothing => (len, 0),
        };
        let entry = self.content(used)?;
        if delimiter > 0 {
            self.reader.take(field, Part::Until, delimiter)?;
        }
        if let Some(rest) = len.checked_sub(used + delimiter).filter(|rest| *rest > 0) {
            self.reader.take(field, Part::Fill, rest)?;
        }
        Ok(entry)
    }

    /// Reads a self-delimiting value.
    pub(super) fn own(&mut self, ty: &Type) -> Result<Entry, Stop> {
        let entry = self.entry();
        match ty {
            Type::Unit => Ok(entry),
            Type::Frame(schema) => {
                let inside = self.inside(|content| content.frame(schema(), None))?;
                // A fieldless enum is used as a number: its tag.
                let says = inside.tag.clone();
                Ok(Entry { says, inside: Some(Arc::new(inside)), ..entry })
            }
            Type::Array(Type::Frame(_), count) => self.items(Some(*count)),
            _ => {
                let len = match ty.bits() {
                    Some(bits) => bits / 8,
                    None => {
                        let left = self.reader.left();
                        left.len() - read(ty, left).ok_or(Stop)?.1.len()
                    }
                };
                self.bytes(len)
            }
        }
    }

    /// Reads the value that fills the next `len` bytes.
    pub(super) fn content(&mut self, len: usize) -> Result<Entry, Stop> {
        let ty = self.field.ty;
        match ty {
            Type::Frame(_) => self.within(len, |content| content.own(&ty)),
            Type::List(Type::Frame(_)) if len > 0 => self.within(len, |content| content.items(None)),
            _ => self.bytes(len),
        }
    }

    fn within(
        &mut self,
        len: usize,
        read: impl FnOnce(&mut Content<'_, '_>) -> Result<Entry, Stop>,
    ) -> Result<Entry, Stop> {
        let (slot, field, known) = (self.slot, self.field, self.known);
        let mut entry = Err(Stop);
        self.reader.within(len, |reader| {
            entry = Ok(read(&mut Content { reader, slot, field, known })?);
            Ok(())
        })?;
        entry
    }

    /// Reads `count` items, or all items up to the limit if `count` is `None`.
    pub(super) fn items(&mut self, count: Option<usize>) -> Result<Entry, Stop> {
        self.items_up_to(count, self.reader.limit)
    }

    /// Reads `count` items, or all items that begin before `end` if `count` is `None`.
    fn items_up_to(&mut self, count: Option<usize>, end: usize) -> Result<Entry, Stop> {
        let (entry, field) = (self.entry(), self.field);
        if let (true, Some(count)) = (field.counts_bytes(), count) {
            return self.content(count);
        }
        let (Type::List(item) | Type::Array(item, _)) = field.ty else { return Err(Stop) };
        if let (Type::Bits(bits), Some(count)) = (item, count) {
            return self.packed(bits, count);
        }
        let Type::Frame(schema) = item else {
            let len = item.bits().map(|bits| bits / 8).zip(count);
            let len = len.and_then(|(len, count)| len.checked_mul(count)).ok_or(Stop)?;
            self.reader.take(field, Part::Value, len)?;
            return Ok(Entry { len: count, ..entry });
        };
        if count == Some(0) {
            self.reader.take(field, Part::Value, 0)?;
            return Ok(Entry { len: count, ..entry });
        }
        let mut index = 0;
        let separator = separator(item, &self.known.context_for(field), Order::Big);
        let mut beside = Beside::of(self.known, field);
        let is_bounded = separator.is_some() || beside.is_some();
        self.inside(|content| {
            let mut more = false;
            while more || count.map_or(content.reader.at < end, |count| index < count) {
                let start = content.reader.at;
                content.reader.tree.enter(None, start);
                content.frame(schema(), beside.as_mut())?;
                content.reader.tree.leave(content.reader.at);
                index += 1;
                let read = content.reader.bytes.get(start..content.reader.at).unwrap_or_default();
                more = separator.is_some_and(|each| each.any.iter().any(|bytes| read.ends_with(bytes)));
                if content.reader.at == start && !is_bounded {
                    return Err(Stop);
                }
            }
            Ok(())
        })?;
        Ok(Entry { len: Some(index), ..entry })
    }

    /// Reads `count` items that are bit fields.
    fn packed(&mut self, bits: &Bits, count: usize) -> Result<Entry, Stop> {
        let (entry, field, len) = (self.entry(), self.field, packed_len(count, bits.width));
        if len > self.reader.left().len() {
            return Err(Stop);
        }
        let start = self.reader.at;
        self.reader.tree.enter(Some(field), start);
        for _ in 0..count {
            self.reader.tree.enter(None, start);
            self.reader.tree.leave(start);
        }
        self.reader.at += len;
        self.reader.tree.leave(self.reader.at);
        self.reader.tree.part(field, Part::Value, start..self.reader.at);
        Ok(Entry { len: Some(count), ..entry })
    }

    /// Reads the parts of a field as children of its node. If `read` fails, the node stays open
    /// until `Tree::finish` closes it.
    fn inside<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, Stop>) -> Result<T, Stop> {
        let (field, start) = (self.field, self.reader.at);
        self.reader.tree.enter(Some(field), start);
        let inside = read(self)?;
        self.reader.tree.leave(self.reader.at);
        self.reader.tree.part(field, Part::Value, start..self.reader.at);
        Ok(inside)
    }
}
