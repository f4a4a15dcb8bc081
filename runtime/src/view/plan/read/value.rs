//! Reading of values and their extents.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::schema::frames::separator;
use crate::schema::steps::{Slot, Step};
use crate::schema::{Covered, Ending, Expr, Extent, Field, NumberFormat, Order, Role, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{Items, fills_behind_items, has_units, is_empty, last_item, least, list};
use crate::view::plan::formats::in_bytes;
use crate::view::plan::order::order;
use crate::view::plan::read::{Reading, asked};
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
        let names = self.locals();
        match field.role {
            Role::Magic(bytes) => {
                let magic = self.plan.magic(field, bytes, &names)?;
                self.run("magic", [magic]);
                return Ok(None);
            }
            Role::Pad => {
                let strict = Code::Bool(!field.lenient);
                let fill = |fill: u8| Code::Int(fill.into());
                match field.extent {
                    Extent::Fixed(len, with) => self.run("pad", [Code::size(len), fill(with), strict]),
                    Extent::Align(to) => {
                        let len = Code::Call(
                            "fill_to",
                            [self.r().property("at").minus(self.start()), Code::size(to)].into(),
                        );
                        self.run("pad", [len, fill(field.fill), strict]);
                    }
                    Extent::Len(len) => {
                        let len = self.plan.number(len, &names, None)?;
                        let len = self.r().on("length", [len]);
                        self.run("pad", [len, fill(field.fill), strict]);
                    }
                    _ => return Err(Unsayable::new("padding of this size is not supported")),
                }
                return Ok(None);
            }
            _ => {}
        }
        let content = matches!(slot, Slot::Field(index)
            if asked(self.schema, self.fields, |covered| covered == Covered::Content(index)));
        if let Extent::Own | Extent::UntilItem(..) = field.extent {
            return self.own(field, content).map(Some);
        }
        let prefix = match (prefix, field.prefix()) {
            (None, Some(_)) => Some(self.prefix(field)?),
            (prefix, _) => prefix,
        };
        let counted = match field.extent {
            Extent::CountPrefixed(_) => prefix.clone(),
            Extent::CountOf(count) => Some(self.var("size", count.name)),
            Extent::Count(count) => {
                let count = self.plan.number(count, &names, None)?;
                Some(self.r().on("length", [count]))
            }
            _ => None,
        };
        if has_units(&field.ty)
            && (field.fills
                || field.stop.is_some()
                || matches!(field.extent, Extent::Until(_) | Extent::UntilAny(_)))
        {
            return Err(Unsayable::new(
                "the delimiter of text with two bytes per character can only be computed in Rust",
            ));
        }
        if let (Some(count), false) = (counted.clone(), field.counts_bytes()) {
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
            return Ok(Some(local));
        }
        if let (Extent::Len(len), Type::Number(NumberFormat { in_bytes: Some(by), .. })) =
            (field.extent, field.ty)
        {
            return self.in_bytes(field, len, *by, content).map(Some);
        }
        let extent = match field.extent {
            Extent::LenPrefixed(_) => {
                let size = prefix.ok_or_else(|| Unsayable::new("the field has no prefix"))?;
                self.r().on("extent", [size])
            }
            Extent::LenOf(len) => {
                let size = self.var("size", len.name);
                self.r().on("extent", [size])
            }
            Extent::Len(len) => {
                let len = self.plan.number(len, &names, None)?;
                let extent = self.r().on("extent", [self.r().on("length", [len])]);
                match field.stop {
                    Some(stop) => extent.on("stopped", [list(stop.delimiter.any)]),
                    None => extent,
                }
            }
            Extent::Until(delimiter) => self.r().on("until", [list(&[delimiter])]),
            Extent::UntilAny(delimiter) => {
                let ending = match delimiter.ending {
                    Ending::Consumed => "consumed",
                    Ending::Left => "left",
                    Ending::Between => "between",
                    Ending::Separates => "separates",
                };
                let optional = Code::Bool(delimiter.optional);
                self.r().on("until", [list(delimiter.any), Code::text(ending), optional])
            }
            Extent::Fixed(len, fill) => {
                let extent = self.r().on("extent", [Code::size(len)]);
                match field.stop {
                    Some(stop) => extent.on("stopped", [list(stop.delimiter.any)]),
                    None if field.fills && !fills_behind_items(field) => {
                        extent.on("trimmed", [Code::Int(fill.into())])
                    }
                    None => extent,
                }
            }
            Extent::Rest => match self.up_to(slot, behind) {
                Some(distance) => self.r().on("extent", [distance]),
                None => self.r().on("before", [self.behind(behind)?]),
            },
            Extent::CountPrefixed(_) | Extent::CountOf(_) | Extent::Count(_) => {
                let size = counted.ok_or_else(|| Unsayable::new("the field has no count"))?;
                self.r().on("extent", [size])
            }
            Extent::Own | Extent::UntilItem(..) | Extent::Align(_) => {
                return Err(Unsayable::new("this extent is not supported here"));
            }
        };
        if !content {
            match field.ty {
                Type::Bytes => return Ok(Some(extent.on("rest", []))),
                Type::Text => return Ok(Some(extent.on("text", []))),
                _ => {}
            }
        }
        let name = self.var("in", field.name);
        self.out.push(Stmt::Let(name.clone(), None, extent));
        if content {
            for (stem, position) in [("from", "at"), ("to", "end")] {
                let var = self.var(stem, field.name);
                self.out.push(Stmt::Let(var, None, name.clone().property(position)));
            }
        }
        self.fills(field, name).map(Some)
    }

    /// Reads a number whose size in bytes is an expression.
    fn in_bytes(
        &mut self,
        field: &'static Field,
        len: &'static Expr,
        by: Order,
        content: bool,
    ) -> Result<Code> {
        self.note_content(field, content, "from");
        let len = self.r().on("length", [self.plan.number(len, &self.locals(), None)?]);
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

    pub(super) fn note_content(&mut self, field: &Field, content: bool, stem: &str) {
        if content {
            let var = self.var(stem, field.name);
            self.out.push(Stmt::Let(var, None, self.r().property("at")));
        }
    }

    /// Returns the code that reads a value that fills an extent.
    pub(super) fn fills(&mut self, field: &'static Field, reader: Code) -> Result<Code> {
        let ty = &field.ty;
        let fill = match field.extent {
            Extent::Fixed(_, fill) if fills_behind_items(field) => Some(Code::Int(fill.into())),
            _ => None,
        };
        let value = match ty {
            Type::Bytes => return Ok(reader.on("rest", [])),
            Type::Text => return Ok(reader.on("text", [])),
            Type::List(Type::Bits(bits)) => return Ok(self.packed(bits, &reader, None)),
            Type::List(item) => {
                let (read, deep) = (self.item(item, field)?, matches!(item, Type::Frame(_)));
                return Ok(match (separator(item), fill) {
                    (Some(each), _) => reader.on("separated", [list(each.any), read]),
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
                    Some(last) => {
                        let last = last_item(last)?;
                        self.r().on("items_to", [deep, read, Code::Bytes(last)])
                    }
                    None => {
                        let ends = self.plan.truth(end, &Items(item));
                        let ends =
                            self.plan.or_brought(ends, self.schema, Some(field.name), Code::var("item"))?;
                        self.r().on("items_until", [deep, read, Code::Item(Box::new(ends))])
                    }
                }
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
