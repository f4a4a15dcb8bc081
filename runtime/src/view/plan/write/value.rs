//! Writing of values and their extents.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::schema::steps::Slot;
use crate::schema::{Covered, Ending, Expr, Extent, Field, Presence, Role, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{fills_behind_items, list, number_of_none, own, path};
use crate::view::plan::types::Ty;
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
}
