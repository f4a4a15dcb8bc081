//! Reading of values and their extents.

use alloc::boxed::Box;
use alloc::format;
use alloc::vec::Vec;

use crate::schema::frames::separator;
use crate::schema::steps::{Slot, Step};
use crate::schema::{
    Bits, Covered, Ending, Expr, Extent, Field, NumberFormat, Order, Presence, Role, Schema, Type,
};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{
    Items, fills_behind_items, has_units, is_byte, is_empty, last_item, least, list, number_of_none,
};
use crate::view::plan::formats::{in_bytes, number_format, text_format};
use crate::view::plan::order::{Little, order, order_unless_big};
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

    /// Returns the code that reads packed bit fields. `counted` contains the number of items, and
    /// whether the padding bits of the last byte are verified. If it is `None`, all items up to the
    /// end are read.
    fn packed(&self, bits: &Bits, reader: &Code, counted: Option<(Code, bool)>) -> Code {
        let (width, lsb) = (Code::Int(bits.width.into()), Code::Bool(bits.order == Order::Little));
        let item = self.item_of_bits(&bits.of, bits.width);
        match counted {
            Some((count, strict)) => {
                reader.clone().on("packed", [count, width, lsb, Code::Bool(strict), item])
            }
            None => reader.clone().on("all_packed", [width, lsb, item]),
        }
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

    /// Returns the code that reads a self-delimiting value. The number for absence becomes an
    /// absent value.
    pub(super) fn read_own(&self, field: &'static Field, reader: &Code) -> Result<Code> {
        let value = match field.ty {
            Type::Frame(schema) => self.nested(schema(), field, reader)?,
            Type::Array(item, count) if !is_byte(item) => {
                let read = self.item(item, field)?;
                array(reader.clone(), &field.ty, count, matches!(item, Type::Frame(_)), read)
            }
            ref ty => self.leaf(ty, reader, self.little(field)?.as_ref())?,
        };
        self.unless_none(field, value)
    }

    fn unless_none(&self, field: &Field, value: Code) -> Result<Code> {
        let Some(none) = field.none else { return Ok(value) };
        let none = number_of_none(none)?;
        Ok(Code::Call("none_if", [value, Code::Int(none)].into()))
    }

    /// Returns the code that reads a nested frame with its context.
    pub(super) fn nested(&self, schema: &Schema, field: &'static Field, reader: &Code) -> Result<Code> {
        let read = self.frame_call(schema, field, Code::var("r"))?;
        Ok(reader.clone().on("nested", [Code::Reads(Box::new(read))]))
    }

    pub(super) fn frame_call(&self, schema: &Schema, field: &'static Field, reader: Code) -> Result<Code> {
        self.read_with(schema, reader, self.plan.given(schema, field, &self.locals())?)
    }

    /// Returns the call that reads a frame or an `Attempt`, with the arguments `given`.
    fn read_with(&self, schema: &Schema, reader: Code, given: Vec<Code>) -> Result<Code> {
        let call = |reader: Code| {
            let arguments = [reader].into_iter().chain(given).collect();
            Code::Frame(self.plan.name(schema), "read", arguments)
        };
        Ok(match schema.attempt_at {
            Some(_) => reader.on("attempt", [Code::Reads(Box::new(call(Code::var("r"))))]),
            None => call(reader),
        })
    }

    /// Returns the function that reads an item of a list.
    pub(super) fn item(&self, item: &Type, field: &'static Field) -> Result<Code> {
        let r = Code::var("r");
        let read = match item {
            Type::Frame(schema) => self.frame_call(schema(), field, r)?,
            item => self.leaf(item, &r, self.little(field)?.as_ref())?,
        };
        Ok(Code::Reads(Box::new(read)))
    }

    pub(super) fn little(&self, field: &Field) -> Result<Little> {
        self.plan.little(field, &self.locals())
    }

    /// Returns the code that reads a value that needs no context.
    pub(super) fn leaf(&self, ty: &Type, r: &Code, little: Option<&Code>) -> Result<Code> {
        let r = r.clone();
        Ok(match ty {
            Type::Unit => Code::Nothing,
            Type::Int { bytes, signed, order: by } => {
                let method = match (signed, *bytes > 6) {
                    (false, false) => "uint",
                    (false, true) => "uint_big",
                    (true, false) => "sint",
                    (true, true) => "sint_big",
                };
                let mut arguments = Vec::from([Code::size(*bytes)]);
                arguments.extend(order_unless_big(*by, little));
                r.on(method, arguments)
            }
            Type::Float { bytes, order: by } => {
                r.on(if *bytes == 4 { "f32" } else { "f64" }, [order(*by, little)])
            }
            Type::Bool => r.on("truth", []),
            Type::Ipv4 => r.on("ipv4", []),
            Type::Ipv6 => r.on("ipv6", []),
            Type::Number(format) => {
                let number = number_format(format)?;
                let read = r.on(number.0, number.1);
                if format.ty.bits() > 32 { read } else { Code::Small(Box::new(read)) }
            }
            Type::Array(item, count) if is_byte(item) => r.on("take", [Code::size(*count)]),
            Type::Array(item, count) => {
                let read = Code::Reads(Box::new(self.leaf(item, &Code::var("r"), little)?));
                array(r, ty, *count, matches!(item, Type::Frame(_)), read)
            }
            Type::Tuple(items) => {
                let read = |r: &Code| {
                    Ok(Code::Tuple(
                        items.iter().map(|item| self.leaf(item, r, little)).collect::<Result<_>>()?,
                    ))
                };
                match fixed(ty) {
                    Some(size) => {
                        r.on("whole", [Code::size(size), Code::Reads(Box::new(read(&Code::var("r"))?))])
                    }
                    None => read(&r)?,
                }
            }
            Type::Frame(schema) => {
                let read = self.read_with(schema(), Code::var("r"), Vec::new())?;
                r.on("nested", [Code::Reads(Box::new(read))])
            }
            Type::Bytes => r.on("rest", []),
            Type::Text => r.on("text", []),
            Type::Encoded(format) => {
                let (method, arguments) = text_format(format, little)?;
                r.on(method, arguments)
            }
            Type::List(_) | Type::Custom | Type::Bits(_) => {
                return Err(Unsayable::new(format!("a value of type `{ty}` is not supported here")));
            }
        })
    }

    /// Returns the code for the size of the steps after a `rest` field.
    pub(super) fn behind(&self, steps: &[Step]) -> Result<Code> {
        let mut fixed = 0;
        let mut parts = Vec::new();
        for step in steps {
            let (size, condition) = match step {
                Step::Bits(run) if run.ends => (Code::size(run.bytes), None),
                Step::Field(_, field) => {
                    let size = match (field.extent, field.bits()) {
                        (_, Some(bits)) => Code::size(bits / 8),
                        (Extent::LenOf(len), _) => self.var("size", len.name),
                        (Extent::Len(len), _) => {
                            self.r().on("length", [self.plan.number(len, &self.locals(), None)?])
                        }
                        (Extent::Fixed(len, _), _) => Code::size(len),
                        (Extent::Own, _) => Code::size(
                            field.ty.bits().ok_or_else(|| {
                                Unsayable::new("the fields after `rest` must have a known size")
                            })? / 8,
                        ),
                        _ => return Err(Unsayable::new("the fields after `rest` must have a known size")),
                    };
                    let condition = match field.presence {
                        Presence::Always => None,
                        Presence::When(condition) => Some(self.plan.truth(condition, &self.locals())?),
                        Presence::Flag(flag, _) => Some(self.var("says", flag.name)),
                        _ => return Err(Unsayable::new("the fields after `rest` must have a known size")),
                    };
                    (size, condition)
                }
                _ => return Err(Unsayable::new("the fields after `rest` must have a known size")),
            };
            match (size, condition) {
                (Code::Int(size), None) => fixed += size,
                (size, None) => parts.push(size),
                (size, Some(condition)) => parts.push(condition.or(size, Code::Int(0))),
            }
        }
        Ok(parts
            .into_iter()
            .fold(Code::Int(fixed), |sum, part| Code::binary(crate::schema::Op::Add, sum, part)))
    }
}

/// Returns the size of a value that can be read as a whole: it has a fixed size and contains no
/// frames.
pub(super) fn fixed(ty: &Type) -> Option<usize> {
    let plain = match ty {
        Type::Array(item, _) => fixed(item).is_some(),
        Type::Tuple(items) => items.iter().all(|item| fixed(item).is_some()),
        Type::Frame(_) => false,
        // BCD numbers are read one by one.
        Type::Number(format) if format.name.starts_with("bcd") => false,
        ty => ty.bits().is_some(),
    };
    plain.then(|| ty.bits().map(|bits| bits / 8)).flatten()
}

/// Returns the code that reads an array, as a whole if its size is fixed.
pub(super) fn array(reader: Code, ty: &Type, count: usize, deep: bool, read: Code) -> Code {
    let items = |reader: Code| reader.on("array", [Code::size(count), Code::Bool(deep), read]);
    match fixed(ty) {
        Some(size) => {
            let read = Code::Reads(Box::new(items(Code::var("r"))));
            reader.on("whole", [Code::size(size), read])
        }
        None => items(reader),
    }
}
