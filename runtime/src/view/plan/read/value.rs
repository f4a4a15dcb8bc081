//! Reading of values and their extents.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::schema::steps::{Slot, Step};
use crate::schema::{Covered, Ending, Expr, Extent, Field, NumberFormat, Order, Presence, Role, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{BYTE, ends_of, filling, fills_behind_items, is_empty, last_item, least};
use crate::view::plan::formats::in_bytes;
use crate::view::plan::order::order;
use crate::view::plan::read::Reading;
use crate::view::plan::read::agree::used_by;
use crate::view::plan::types::{Ty, by_hand};
use crate::view::plan::{Result, Unsayable};

impl Reading<'_> {
    /// Reads the value of a field, and returns the code for the value. Constants and padding have
    /// no value.
    pub(super) fn value(
        &mut self,
        slot: Slot,
        field: &'static Field,
        prefix: Option<Code>,
        behind: &[Step],
    ) -> Result<Option<Code>> {
        match field.role {
            Role::Magic(_) => {
                let magic = self.plan.magic(field, &self.locals())?;
                self.run("magic", [magic]);
                Ok(None)
            }
            Role::Pad => self.padding(field).map(|()| None),
            _ => self.present(slot, field, prefix, behind).map(Some),
        }
    }

    fn padding(&mut self, field: &'static Field) -> Result<()> {
        let (len, fill) = match field.extent {
            Extent::Fixed(len, fill) => (Code::size(len), fill),
            Extent::Align(to) => {
                let used = self.r().property("at").minus(self.start());
                (Code::Call("fill_to", [used, Code::size(to)].into()), field.fill)
            }
            Extent::Len(len) => (self.said_length(len)?, field.fill),
            _ => return Err(Unsayable::new("padding of this size is not supported")),
        };
        self.run("pad", [len, Code::Int(fill.into()), Code::Bool(!field.lenient)]);
        Ok(())
    }

    /// Reads a present field with its extent, and returns the code for its value.
    fn present(
        &mut self,
        slot: Slot,
        field: &'static Field,
        prefix: Option<Code>,
        behind: &[Step],
    ) -> Result<Code> {
        let content = self.is_measured(slot, field);
        if let Extent::Own | Extent::UntilItem(..) = field.extent {
            return self.own(field, content);
        }
        let size = self.size(field, prefix)?;
        match (field.extent, field.ty, size) {
            (Extent::CountPrefixed(_) | Extent::CountOf(_) | Extent::Count(_), _, Some(count))
                if !field.counts_bytes() =>
            {
                self.counted(field, count, content)
            }
            (Extent::Len(_), Type::Number(NumberFormat { in_bytes: Some(by), .. }), Some(len)) => {
                self.in_bytes(field, len, *by, content)
            }
            (_, _, size) => {
                let extent = self.extent(slot, field, size, behind)?;
                self.in_extent(field, extent, content)
            }
        }
    }

    /// Returns the code for the length or count of a field, or `None` if its extent has neither.
    /// Reads the prefix unless it has been read before.
    fn size(&mut self, field: &'static Field, prefix: Option<Code>) -> Result<Option<Code>> {
        Ok(match field.extent {
            Extent::LenPrefixed(_) | Extent::CountPrefixed(_) => match prefix {
                Some(prefix) => Some(prefix),
                None => Some(self.prefix(field)?),
            },
            Extent::LenOf(of) | Extent::CountOf(of) => Some(self.var("size", of.name)),
            Extent::Len(said) | Extent::Count(said) => Some(self.said_length(said)?),
            _ => None,
        })
    }

    /// Returns the code for an expression that is a length or count.
    pub(super) fn said_length(&self, said: &Expr) -> Result<Code> {
        let number = self.plan.number(said, &self.locals(), None)?;
        Ok(self.r().on("length", [number]))
    }

    /// Returns the code for the reader of an extent. `size` is its length in bytes, if a length
    /// field or an expression gives the length.
    fn extent(
        &mut self,
        slot: Slot,
        field: &'static Field,
        size: Option<Code>,
        behind: &[Step],
    ) -> Result<Code> {
        let r = self.r();
        let extent = match (field.extent, size) {
            (Extent::Until(_), _) => r.on("until", [self.in_order(field, ends_of)?]),
            (Extent::UntilAny(delimiter), _) => {
                let ending = match delimiter.ending {
                    Ending::Consumed => "consumed",
                    Ending::Left => "left",
                    Ending::Between => "between",
                    Ending::Separates => "separates",
                };
                let optional = Code::Bool(delimiter.optional);
                r.on("until", [self.in_order(field, ends_of)?, Code::text(ending), optional])
            }
            (Extent::Rest, _) => match self.up_to(slot, behind) {
                Some(distance) => r.on("extent", [distance]),
                None => r.on("before", [self.behind(behind)?]),
            },
            (Extent::Fixed(len, _), _) => r.on("extent", [Code::size(len)]),
            (_, Some(size)) => r.on("extent", [size]),
            (_, None) => return Err(Unsayable::new("this extent is not supported here")),
        };
        Ok(match (field.stop, field.extent) {
            (Some(_), _) => extent.on("stopped", [self.in_order(field, ends_of)?]),
            (None, Extent::Fixed(..)) if field.fills && !fills_behind_items(field) => {
                extent.on("trimmed", [self.in_order(field, filling)?])
            }
            (None, _) => extent,
        })
    }

    fn in_order(&self, field: &Field, of: impl Fn(&Field) -> Code) -> Result<Code> {
        self.plan.in_order(field, &self.locals(), of)
    }

    /// Reads a value that fills an extent. If `content` is set, also stores the positions where the
    /// value starts and ends.
    fn in_extent(&mut self, field: &'static Field, extent: Code, content: bool) -> Result<Code> {
        if let (false, Type::Bytes | Type::Text) = (content, field.ty) {
            return self.fills(field, extent);
        }
        let name = self.var("in", field.name);
        self.out.push(Stmt::Let(name.clone(), None, extent));
        if content {
            for (stem, position) in [("from", "at"), ("to", "end")] {
                self.note_position(field, stem, name.clone().property(position));
            }
        }
        self.fills(field, name)
    }

    /// Reads a list whose number of items is known.
    fn counted(&mut self, field: &'static Field, count: Code, content: bool) -> Result<Code> {
        let (Type::List(item) | Type::Array(item, _)) = field.ty else {
            return Err(Unsayable::new("the field has a count, but is not a list"));
        };
        self.note_content(field, content, "from");
        let value = match item {
            Type::Bits(bits) => self.packed(bits, &self.r(), Some((count, !field.lenient))),
            _ => {
                let read = self.item(item, field)?;
                let deep = Code::Bool(matches!(item, Type::Frame(_)));
                let empty = Code::Bool(is_empty(item));
                self.r().on("counted", [count, Code::size(least(item)), deep, read, empty])
            }
        };
        let local = self.var("list", field.name);
        self.out.push(Stmt::Let(local.clone(), None, value));
        self.note_content(field, content, "to");
        Ok(local)
    }

    /// Reads a number whose size in bytes is an expression.
    fn in_bytes(&mut self, field: &'static Field, len: Code, by: Order, content: bool) -> Result<Code> {
        self.note_content(field, content, "from");
        let little = self.little(field)?;
        let arguments = [[len].as_slice(), &in_bytes(&field.ty), &[order(by, little.as_ref())]].concat();
        let read = self.r().on("in_bytes", arguments);
        let is_small = matches!(self.plan.type_of(&field.ty)?, Ty::Int(..=32, _));
        let value = if is_small { Code::Small(Box::new(read)) } else { read };
        let local = self.var("value", field.name);
        self.out.push(Stmt::Let(local.clone(), None, self.unless_none(field, value)?));
        self.note_content(field, content, "to");
        Ok(local)
    }

    fn note_content(&mut self, field: &Field, content: bool, stem: &str) {
        if content {
            self.note_position(field, stem, self.r().property("at"));
        }
    }

    /// Stores a position for use after the field. If the field may be absent, the variable is
    /// already declared.
    fn note_position(&mut self, field: &Field, stem: &str, position: Code) {
        let var = self.var(stem, field.name);
        self.out.push(match field.presence {
            Presence::Always => Stmt::Let(var, None, position),
            _ => Stmt::Set(var, position),
        });
    }

    /// Returns `true` if a length is compared with the bytes of exactly this field, or a checksum is
    /// computed over them.
    fn is_measured(&self, slot: Slot, field: &Field) -> bool {
        let Slot::Field(index) = slot else { return false };
        self.fields.iter().enumerate().any(|(auto, says)| match says.role {
            Role::LenOf(covers, _) => covers.what == Covered::Content(index) && !used_by(field, auto),
            Role::Checksum(_, covers) => covers.what == Covered::Content(index),
            _ => false,
        })
    }

    /// Declares the positions of an optional field that are used after the field. An absent field
    /// has no bytes.
    pub(super) fn declare(&mut self, slot: Slot, field: &Field) {
        if self.is_measured(slot, field) {
            for stem in ["from", "to"] {
                let var = self.var(stem, field.name);
                self.out.push(Stmt::Let(var, Some(Ty::Int(32, false)), Code::Int(0)));
            }
        }
    }

    /// Returns the code that reads a value that fills an extent.
    pub(super) fn fills(&mut self, field: &'static Field, reader: Code) -> Result<Code> {
        let ty = &field.ty;
        let fill = match field.extent {
            Extent::Fixed(..) if fills_behind_items(field) => Some(filling(field)),
            _ => None,
        };
        let value = match ty {
            Type::Bytes => return Ok(reader.on("rest", [])),
            Type::Text => return Ok(reader.on("text", [])),
            Type::List(Type::Bits(bits)) => return Ok(self.packed(bits, &reader, None)),
            Type::List(item) => {
                let (read, deep) = (self.item(item, field)?, matches!(item, Type::Frame(_)));
                return Ok(match (self.plan.separator(field, item, &self.locals())?, fill) {
                    (Some(each), _) => reader.on("separated", [each, read]),
                    (None, Some(fill)) => reader.on("all_but_fill", [Code::Bool(deep), read, fill]),
                    (None, None) => reader.on("all", [Code::Bool(deep), read, Code::Bool(is_empty(item))]),
                });
            }
            Type::Custom => return self.by_hand(field, &reader, true),
            _ => self.read_own(field, &reader)?,
        };
        let local = self.var("value", field.name);
        self.out.push(Stmt::Let(local.clone(), None, value));
        match fill {
            Some(fill) => self.out.push(Stmt::Do(reader.on("only_fill", [fill]))),
            None if field.lenient => {}
            None => self.out.push(Stmt::Do(reader.on("finish", []))),
        }
        Ok(local)
    }

    /// Returns the call of the object that is provided for a hand-written module. If `whole` is
    /// set, the object must read all bytes.
    fn by_hand(&self, field: &Field, reader: &Code, whole: bool) -> Result<Code> {
        let object = self.plan.brought(self.schema, field.name).ok_or_else(|| by_hand(field))?;
        let mut arguments = Vec::from([Code::Brought(object), Code::Bool(whole)]);
        arguments.extend(self.plan.values(field, &self.locals())?);
        Ok(reader.clone().on("by_hand", arguments))
    }

    /// Returns the code that reads a self-delimiting value, or a list up to its last item. If
    /// `content` is set, also stores the positions where the value starts and ends.
    pub(super) fn own(&mut self, field: &'static Field, content: bool) -> Result<Code> {
        self.note_content(field, content, "from");
        let value = match (field.extent, field.ty) {
            (Extent::UntilItem(end, last), Type::List(item)) => {
                let (read, deep) = (self.item(item, field)?, Code::Bool(matches!(item, Type::Frame(_))));
                match last {
                    Some(last) => self.r().on("items_to", [deep, read, Code::Bytes(last_item(last)?)]),
                    None => {
                        let ends = self.plan.ends_list(self.schema, field, end, item)?;
                        self.r().on("items_until", [deep, read, ends])
                    }
                }
            }
            (Extent::UntilItem(end, _), Type::Bytes) => {
                let ends = self.plan.ends_list(self.schema, field, end, &BYTE)?;
                self.r().on("bytes_until", [ends])
            }
            (_, Type::Custom) => self.by_hand(field, &self.r(), false)?,
            _ => self.read_own(field, &self.r())?,
        };
        if !content {
            return Ok(value);
        }
        let local = self.var("value", field.name);
        self.out.push(Stmt::Let(local.clone(), None, value));
        self.note_content(field, content, "to");
        Ok(local)
    }
}
