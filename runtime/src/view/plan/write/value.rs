//! Writing of values and their extents.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::schema::frames::separator;
use crate::schema::steps::Slot;
use crate::schema::{
    Covered, Ending, Expr, Extent, Field, NumberFormat, Order, Presence, Role, Schema, Type,
};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{
    Items, fills_behind_items, is_byte, last_item, list, number_of_none, own, path,
};
use crate::view::plan::formats::{in_bytes, number_format, text_format};
use crate::view::plan::order::{Little, order, order_unless_big};
use crate::view::plan::types::{Ty, by_hand};
use crate::view::plan::write::{Writing, later_let, w};
use crate::view::plan::{Result, Unsayable};

impl Writing<'_> {
    pub(super) fn value(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let value = Code::Me.member(field.name);
        let index = if let Slot::Field(index) = slot { index } else { usize::MAX };
        let is_measured = self.is_asked(|covered| covered == Covered::Content(index));
        let is_ahead = self.parts.contains(&index);
        let is_optional = !matches!(field.presence, Presence::Always);
        let size = self.var("size", field.name);
        if is_measured && is_optional && !is_ahead {
            let ty = Ty::Option(Box::new(Ty::Int(32, false)));
            self.out.push(Stmt::Let(size.clone(), Some(ty), Code::Nothing));
        }
        if let (true, Extent::Len(_) | Extent::Count(_)) = (is_optional, field.extent) {
            let ty = Ty::Option(Box::new(Ty::Int(32, false)));
            self.out.push(Stmt::Let(self.var("written", field.name), Some(ty), Code::Nothing));
        }
        if let (true, Extent::UntilAny(delimiter)) = (is_optional, field.extent) {
            let places: &[&str] = match delimiter.ending {
                Ending::Left => &["left", "left_end"],
                Ending::Between => &["delimiter"],
                Ending::Consumed | Ending::Separates => &[],
            };
            for place in places {
                let place = self.var(place, field.name);
                self.out.push(Stmt::Let(place, Some(Ty::Any), Code::Nothing));
            }
        }
        let begins = self.var("begins", field.name);
        if field.begins.is_some() && is_optional {
            self.out.push(Stmt::Let(begins.clone(), Some(Ty::Any), Code::Nothing));
        }
        let outer = core::mem::take(&mut self.out);
        let later = core::mem::take(&mut self.later);
        if field.begins.is_some() {
            self.out.push(later_let(field, begins, w().on("mark", [])));
        }
        self.present(field, index, is_measured, is_ahead, is_optional)?;
        let stmts = core::mem::replace(&mut self.out, outer);
        let inside = core::mem::replace(&mut self.later, later);
        if is_optional {
            self.optional(field, &value, stmts, inside)?;
        } else {
            self.out.extend(stmts);
            self.later.extend(inside);
        }
        self.offsets(field, index, is_optional)?;
        // Length fields for this field may come before or after it.
        for (auto, says) in self.fields.iter().enumerate() {
            let Role::LenOf(covers, _) = says.role else { continue };
            if covers.what == Covered::Content(index) && !self.ahead.contains(&auto) {
                let number = self.auto_number(says).map_err(|error| error.within(says.name))?;
                self.fill(says, number)?;
            }
        }
        Ok(())
    }

    /// Writes the offset of a field into its offset fields.
    fn offsets(&mut self, field: &'static Field, index: usize, is_optional: bool) -> Result<()> {
        for says in self.fields {
            let Role::OffsetOf(target, rule) = says.role else { continue };
            if target.index != index {
                continue;
            }
            let begins = self.var("begins", field.name);
            let nothing = is_optional.then(|| begins.clone().absent());
            let size = w().on("span", [self.start(), begins]);
            let number = self.units(size, &rule, 0, nothing).map_err(|error| error.within(says.name))?;
            self.fill(says, number)?;
        }
        Ok(())
    }

    /// Writes a field that may be absent.
    pub(super) fn optional(
        &mut self,
        field: &'static Field,
        value: &Code,
        stmts: Vec<Stmt>,
        later: Vec<Stmt>,
    ) -> Result<()> {
        let is_there = value.clone().absent().negated();
        let mut absent = Vec::new();
        let (mut there, mut later) = (Vec::new(), later);
        match field.presence {
            Presence::When(condition) => {
                let condition = self.plan.truth(condition, &self.names())?;
                let held = w().on("present", [condition, is_there.clone(), path(field)]);
                self.later.push(Stmt::Do(held));
            }
            Presence::Prefix(_) => {
                if let Some((prefix, none)) =
                    field.prefix().and_then(|prefix| Some((prefix, prefix.rule.none?)))
                {
                    let none = number_of_none(none)?;
                    let little = self.plan.little_prefix(field, &self.names())?;
                    let number = self.number(&prefix.ty, Code::Int(none), little.as_ref())?;
                    absent.push(Stmt::Do(number));
                }
            }
            Presence::Optional => {
                let from = self.var("optional", field.name);
                self.out.push(Stmt::Let(from.clone(), None, w().on("mark", [])));
                there.push(Stmt::Do(w().on("not_ended", [])));
                absent.push(Stmt::Do(w().on("ended", [])));
                later.push(Stmt::Do(w().on("takes_bytes", [from])));
            }
            Presence::Lead(lead) => {
                let at = self.var("lead", field.name);
                self.out.push(Stmt::Let(at.clone(), None, w().on("mark", [])));
                there.push(Stmt::Do(w().on("raw", [Code::Bytes(lead.to_vec())])));
                let enclosed = self.var("enclosed", field.name);
                let check = w().on("no_lead", [at, enclosed, Code::Bytes(lead.to_vec()), path(field)]);
                self.later.push(Stmt::If(
                    is_there.clone().negated(),
                    Vec::from([Stmt::Do(check)]),
                    Vec::new(),
                ));
            }
            Presence::Always | Presence::Flag(..) | Presence::Length(..) => {}
        }
        there.extend(stmts);
        self.out.push(Stmt::If(is_there.clone(), there, absent));
        if !later.is_empty() {
            self.later.push(Stmt::If(is_there, later, Vec::new()));
        }
        Ok(())
    }

    /// Writes a present field with its extent.
    pub(super) fn present(
        &mut self,
        field: &'static Field,
        index: usize,
        is_measured: bool,
        is_ahead: bool,
        is_optional: bool,
    ) -> Result<()> {
        let set = |to: Code, value: Code| match is_optional {
            true => Stmt::Set(to, value),
            false => Stmt::Let(to, None, value),
        };
        let (from, to) = (self.var("from", field.name), self.var("to", field.name));
        let is_covered = self.fields.iter().any(
            |other| matches!(other.role, Role::Checksum(_, covers) if covers.what == Covered::Content(index)),
        );
        let size = self.var("size", field.name);
        if let (Extent::Own, false) = (field.extent, is_ahead) {
            if is_measured {
                self.out.push(Stmt::Let(from.clone(), None, w().on("mark", [])));
            }
            let content = self.content(field, &w())?;
            self.out.extend(content);
            if is_measured {
                self.out.push(Stmt::Let(to.clone(), None, w().on("mark", [])));
                self.out.push(set(size, w().on("span", [from, to])));
            }
            return Ok(());
        }
        let part = self.var("part", field.name);
        if !is_ahead {
            self.out.push(Stmt::Let(part.clone(), None, w().on("part", [])));
            let content = self.content(field, &part)?;
            self.out.extend(content);
            if is_measured {
                self.out.push(set(size, part.clone().on("size", [])));
            }
        }
        self.place(field, &part, is_covered.then_some((&from, &to)))
    }

    /// Writes the bytes of a field, with the prefix, delimiter or padding of its extent.
    pub(super) fn place(
        &mut self,
        field: &'static Field,
        part: &Code,
        covered: Option<(&Code, &Code)>,
    ) -> Result<()> {
        let (value, names) = (Code::Me.member(field.name), self.names());
        let part_size = part.clone().on("size", []);
        if let Some(prefix) = field.prefix() {
            if matches!(prefix.ty, Type::Frame(_)) {
                return Err(Unsayable::new(
                    "the length field has a user-defined type and cannot be translated",
                ));
            }
            let counted = match field.extent {
                Extent::CountPrefixed(_) if !field.counts_bytes() => {
                    Code::Call("length_of", [value.clone()].into())
                }
                _ => part_size.clone(),
            };
            let number = self.units(counted, &prefix.rule, own(&prefix.rule, &prefix.ty)?, None)?;
            let little = self.plan.little_prefix(field, &self.names())?;
            let write = self.number(&prefix.ty, number, little.as_ref())?;
            self.out.push(Stmt::Do(write));
        }
        if let Some((from, _)) = covered {
            self.out.push(Stmt::Let(from.clone(), None, w().on("mark", [])));
        }
        match field.extent {
            Extent::Until(delimiter) => self.run("delimited", [part.clone(), list(&[delimiter])]),
            Extent::UntilAny(delimiter) => match delimiter.ending {
                Ending::Consumed => self.run("delimited", [part.clone(), list(delimiter.any)]),
                Ending::Left => {
                    let left = self.var("left", field.name);
                    self.out.push(later_let(field, left.clone(), w().on("mark", [])));
                    self.run("put", [part.clone()]);
                    let end = self.var("left_end", field.name);
                    self.out.push(later_let(field, end.clone(), w().on("mark", [])));
                    let optional = Code::Bool(delimiter.optional);
                    let enclosed = self.var("enclosed", field.name);
                    let check = w().on("left", [left, end, enclosed, list(delimiter.any), optional]);
                    self.later.push(Stmt::Do(check));
                }
                Ending::Between => {
                    let placed = self.var("delimiter", field.name);
                    let put = w().on("between", [part.clone(), list(delimiter.any)]);
                    self.out.push(later_let(field, placed, put));
                }
                Ending::Separates => self.run("put", [part.clone()]),
            },
            Extent::Fixed(len, fill) => match field.stop {
                Some(stop) => self.run(
                    "stopped",
                    [part.clone(), Code::size(len), list(stop.delimiter.any), Code::Int(stop.fill.into())],
                ),
                None if fills_behind_items(field) => {
                    self.run("filled", [part.clone(), Code::size(len), Code::Int(fill.into())]);
                }
                None if field.fills => {
                    self.run("fixed", [part.clone(), Code::size(len), Code::Int(fill.into())]);
                }
                None if field.lenient => self.run("filled", [part.clone(), Code::size(len)]),
                None => self.run("exact", [part.clone(), Code::size(len)]),
            },
            Extent::Len(len) => match field.stop {
                Some(stop) => {
                    let len = self.plan.size_said(len, &names)?;
                    let fill = Code::Int(stop.fill.into());
                    self.run("stopped", [part.clone(), len, list(stop.delimiter.any), fill]);
                }
                None if field.lenient => {
                    let len = self.plan.size_said(len, &names)?;
                    self.run("filled", [part.clone(), len]);
                }
                None => {
                    self.run("put", [part.clone()]);
                    self.said(field, part_size, len)?;
                }
            },
            Extent::Count(count) => {
                self.run("put", [part.clone()]);
                let counted = match field.counts_bytes() {
                    true => part_size,
                    false => Code::Call("length_of", [value].into()),
                };
                self.said(field, counted, count)?;
            }
            Extent::Own
            | Extent::LenPrefixed(_)
            | Extent::CountPrefixed(_)
            | Extent::LenOf(_)
            | Extent::CountOf(_)
            | Extent::UntilItem(..)
            | Extent::Rest => self.run("put", [part.clone()]),
            Extent::Align(_) => return Err(Unsayable::new("`align` is not supported here")),
        }
        if let Some((from, to)) = covered {
            let behind = w().on("mark_behind", [from.clone(), part.clone().on("size", [])]);
            self.out.push(Stmt::Let(to.clone(), None, behind));
        }
        Ok(())
    }

    /// Compares the size of a field with the expression for it, after all fields have been written.
    pub(super) fn said(&mut self, field: &Field, size: Code, expr: &Expr) -> Result<()> {
        let said = self.plan.number(expr, &self.names(), None)?;
        let written = self.var("written", field.name);
        self.out.push(later_let(field, written.clone(), size));
        self.later.push(Stmt::Do(w().on("said", [written, said, path(field)])));
        Ok(())
    }

    /// Returns the statements that write the value of a field, without the prefix, delimiter or
    /// padding of its extent.
    pub(super) fn content(&self, field: &'static Field, to: &Code) -> Result<Vec<Stmt>> {
        let value = Code::Me.member(field.name);
        let one = |code: Code| Ok(Vec::from([Stmt::Do(code)]));
        match field.ty {
            Type::List(Type::Bits(bits)) => {
                let (width, lsb) = (Code::Int(bits.width.into()), Code::Bool(bits.order == Order::Little));
                let is_counted =
                    matches!(field.extent, Extent::CountPrefixed(_) | Extent::CountOf(_) | Extent::Count(_));
                let [signed, number] = self.item_of_bits(&bits.of, bits.width);
                one(to.clone().on("packed", [value, width, lsb, Code::Bool(is_counted), signed, number]))
            }
            Type::List(item) => {
                let write = Code::Writes(self.item(item, field)?);
                match (field.extent, separator(item)) {
                    (_, Some(each)) => one(to.clone().on("separated", [value, list(each.any), write])),
                    (Extent::UntilItem(_, Some(last)), _) => {
                        let last = last_item(last)?;
                        one(to.clone().on("items_to", [value, write, Code::Bytes(last)]))
                    }
                    (Extent::UntilItem(end, None), _) => {
                        let ends = self.plan.truth(end, &Items(item));
                        let ends =
                            self.plan.or_brought(ends, self.schema, Some(field.name), Code::var("item"))?;
                        let ends = Code::Item(Box::new(ends));
                        one(to.clone().on("items_until", [value, write, ends]))
                    }
                    (Extent::Fixed(_, fill), None) if field.fills && !is_byte(item) => {
                        one(to.clone().on("items_but_fill", [value, write, Code::Int(fill.into())]))
                    }
                    _ => one(to.clone().on("items", [value, write])),
                }
            }
            Type::Array(item, count) if !is_byte(item) => {
                let write = Code::Writes(self.item(item, field)?);
                one(to.clone().on("array", [value, Code::size(count), write]))
            }
            Type::Frame(schema) => one(self.frame_call(schema(), field, to.clone(), value)?),
            Type::Custom => {
                let object = self.plan.brought(self.schema, field.name).ok_or_else(|| by_hand(field))?;
                let mut arguments = Vec::from([Code::Brought(object), value]);
                arguments.extend(self.plan.values(field, &self.names())?);
                one(to.clone().on("by_hand", arguments))
            }
            ref ty => {
                let value = match field.none {
                    Some(none) => w().on("or_none", [value, Code::Int(number_of_none(none)?)]),
                    None => value,
                };
                if let (Extent::Len(len), Type::Number(NumberFormat { in_bytes: Some(by), .. })) =
                    (field.extent, ty)
                {
                    let len = self.plan.size_said(len, &self.names())?;
                    let by = order(*by, self.little(field)?.as_ref());
                    let arguments = [[value, len].as_slice(), &in_bytes(ty), &[by]].concat();
                    return one(to.clone().on("in_bytes", arguments));
                }
                let codes = self.leaf(ty, to.clone(), value, self.little(field)?.as_ref())?;
                Ok(codes.into_iter().map(Stmt::Do).collect())
            }
        }
    }

    pub(super) fn frame_call(
        &self,
        schema: &Schema,
        field: &'static Field,
        to: Code,
        value: Code,
    ) -> Result<Code> {
        Ok(self.write_with(schema, to, value, self.plan.given(schema, field, &self.names())?))
    }

    /// Returns the call that writes a frame or an `Attempt`, with the arguments `given`.
    fn write_with(&self, schema: &Schema, to: Code, value: Code, given: Vec<Code>) -> Code {
        let call = |value: Code, to: Code| {
            let arguments = [value, to].into_iter().chain(given).collect();
            Code::Frame(self.plan.name(schema), "write", arguments)
        };
        match schema.attempt_at {
            Some(_) => {
                let write = Code::Writes(Vec::from([call(Code::var("v"), w())]));
                to.on("attempt", [value, write])
            }
            None => call(value, to),
        }
    }

    pub(super) fn item(&self, item: &Type, field: &'static Field) -> Result<Vec<Code>> {
        match item {
            Type::Frame(schema) => Ok(Vec::from([self.frame_call(schema(), field, w(), Code::var("v"))?])),
            item => self.leaf(item, w(), Code::var("v"), self.little(field)?.as_ref()),
        }
    }

    pub(super) fn little(&self, field: &Field) -> Result<Little> {
        self.plan.little(field, &self.names())
    }

    /// Returns the call that writes a field's value as a number.
    pub(super) fn number_of(&self, field: &Field, value: Code) -> Result<Code> {
        self.number(&field.ty, value, self.little(field)?.as_ref())
    }

    fn number(&self, ty: &Type, value: Code, little: Option<&Code>) -> Result<Code> {
        let mut codes = self.leaf(ty, w(), value, little)?;
        match (codes.pop(), codes.is_empty()) {
            (Some(code), true) => Ok(code),
            _ => Err(Unsayable::new(alloc::format!("a number of type `{ty}` is not supported here"))),
        }
    }

    pub(super) fn leaf(&self, ty: &Type, to: Code, value: Code, little: Option<&Code>) -> Result<Vec<Code>> {
        let one = |code: Code| Ok(Vec::from([code]));
        match ty {
            Type::Unit => Ok(Vec::new()),
            Type::Int { bytes, signed, order: by } => {
                let mut arguments = Vec::from([value, Code::size(*bytes)]);
                arguments.extend(order_unless_big(*by, little));
                one(to.on(if *signed { "sint" } else { "uint" }, arguments))
            }
            Type::Float { bytes, order: by } => {
                one(to.on(if *bytes == 4 { "f32" } else { "f64" }, [value, order(*by, little)]))
            }
            Type::Bool => one(to.on("truth", [value])),
            Type::Ipv4 => one(to.on("ipv4", [value])),
            Type::Ipv6 => one(to.on("ipv6", [value])),
            Type::Number(format) => {
                let (method, arguments) = number_format(format)?;
                one(to.on(method, [[value].as_slice(), arguments.as_slice()].concat()))
            }
            Type::Array(item, count) if is_byte(item) => one(to.on("sized", [value, Code::size(*count)])),
            Type::Array(item, count) => {
                let write = Code::Writes(self.leaf(item, w(), Code::var("v"), little)?);
                one(to.on("array", [value, Code::size(*count), write]))
            }
            Type::Tuple(items) => {
                let mut codes = Vec::from([to.clone().on("arity", [value.clone(), Code::size(items.len())])]);
                for (index, item) in items.iter().enumerate() {
                    let part = Code::Part(Box::new(value.clone()), index);
                    codes.extend(self.leaf(item, to.clone(), part, little)?);
                }
                Ok(codes)
            }
            Type::Frame(schema) => one(self.write_with(schema(), to, value, Vec::new())),
            Type::Bytes => one(to.on("raw", [value])),
            Type::Text => one(to.on("text", [value])),
            Type::Encoded(format) => {
                let (method, arguments) = text_format(format, little)?;
                one(to.on(method, [[value].as_slice(), arguments.as_slice()].concat()))
            }
            Type::List(_) | Type::Custom | Type::Bits(_) => {
                Err(Unsayable::new(alloc::format!("a value of type `{ty}` is not supported here")))
            }
        }
    }
}
