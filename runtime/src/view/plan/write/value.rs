//! Writing of values and their extents.

use alloc::boxed::Box;
use alloc::vec::Vec;

use crate::schema::steps::Slot;
use crate::schema::{Covered, Delimiter, Ending, Expr, Extent, Field, Presence, Role, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{ends_of, filling, fills_behind_items, number_of_none, own, path};
use crate::view::plan::types::Ty;
use crate::view::plan::write::{Writing, later_let, named_if_overflows, w};
use crate::view::plan::{Result, Unsayable};

impl Writing<'_> {
    pub(super) fn value(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let index = if let Slot::Field(index) = slot { index } else { usize::MAX };
        if !matches!(field.presence, Presence::Always) {
            self.declare(field, index);
        }
        let outer = core::mem::take(&mut self.out);
        let later = core::mem::take(&mut self.later);
        if field.begins.is_some() {
            let begins = self.var("begins", field.name);
            self.out.push(later_let(field, begins, w().on("mark", [])));
        }
        self.present(field, index)?;
        let stmts = core::mem::replace(&mut self.out, outer);
        let inside = core::mem::replace(&mut self.later, later);
        if let Presence::Always = field.presence {
            self.out.extend(stmts);
            self.later.extend(inside);
        } else {
            self.optional(field, stmts, inside)?;
        }
        self.offsets(field, index)?;
        self.lengths(index)
    }

    /// Declares the variables of an optional field that are used after the field.
    fn declare(&mut self, field: &Field, index: usize) {
        let size = || Ty::Option(Box::new(Ty::Int(32, false)));
        let mut variables = Vec::new();
        if self.is_measured(index) && !self.parts.contains(&index) {
            variables.push(("size", size()));
        }
        match field.extent {
            Extent::Len(_) | Extent::Count(_) => variables.push(("written", size())),
            Extent::UntilAny(delimiter) => match delimiter.ending {
                Ending::Left => variables.extend([("left", Ty::Any), ("left_end", Ty::Any)]),
                Ending::Between => variables.push(("delimiter", Ty::Any)),
                Ending::Consumed | Ending::Separates => {}
            },
            _ => {}
        }
        if field.begins.is_some() {
            variables.push(("begins", Ty::Any));
        }
        for (stem, ty) in variables {
            self.out.push(Stmt::Let(self.var(stem, field.name), Some(ty), Code::Nothing));
        }
        // An absent field has no bytes.
        if self.is_covered(index) {
            for stem in ["from", "to"] {
                self.out.push(Stmt::Let(self.var(stem, field.name), Some(Ty::Any), w().on("mark", [])));
            }
        }
    }

    /// Returns `true` if a length or checksum covers exactly this field.
    fn is_measured(&self, index: usize) -> bool {
        self.is_asked(|covered| covered == Covered::Content(index))
    }

    /// Returns `true` if a checksum covers exactly this field.
    fn is_covered(&self, index: usize) -> bool {
        self.fields.iter().any(
            |other| matches!(other.role, Role::Checksum(_, covers) if covers.what == Covered::Content(index)),
        )
    }

    /// Writes the offset of a field into its offset fields.
    fn offsets(&mut self, field: &'static Field, index: usize) -> Result<()> {
        for says in self.fields {
            let Role::OffsetOf(target, rule) = says.role else { continue };
            if target.index != index {
                continue;
            }
            let begins = self.var("begins", field.name);
            let is_optional = !matches!(field.presence, Presence::Always);
            let nothing = is_optional.then(|| begins.clone().absent());
            let size = w().on("span", [self.start(), begins]);
            let number = self.units(size, &rule, 0, nothing).map_err(|error| error.within(says.name))?;
            self.fill(says, number)?;
        }
        Ok(())
    }

    /// Writes the length of a field into its length fields, which may come before or after it.
    fn lengths(&mut self, index: usize) -> Result<()> {
        for (auto, says) in self.fields.iter().enumerate() {
            let Role::LenOf(covers, _) = says.role else { continue };
            if covers.what == Covered::Content(index) && !self.ahead.contains(&auto) {
                let number = self.auto_number(says).map_err(|error| error.within(says.name))?;
                self.fill(says, number)?;
            }
        }
        Ok(())
    }

    /// Writes a field that may be absent.
    fn optional(&mut self, field: &'static Field, stmts: Vec<Stmt>, later: Vec<Stmt>) -> Result<()> {
        let is_there = Code::Me.member(field.name).absent().negated();
        let mut absent = Vec::new();
        let (mut there, mut later) = (Vec::new(), later);
        match field.presence {
            Presence::When(condition) => {
                let condition = self.plan.truth(condition, &self.names())?;
                self.later.extend(named_if_overflows(&condition, path(field)));
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
                later.push(Stmt::Do(w().on("named", [path(field)]).on("takes_bytes", [from])));
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
    fn present(&mut self, field: &'static Field, index: usize) -> Result<()> {
        let (is_measured, is_ahead) = (self.is_measured(index), self.parts.contains(&index));
        let (from, to) = (self.var("from", field.name), self.var("to", field.name));
        let size = self.var("size", field.name);
        let is_covered = self.is_covered(index);
        let note = |var: Code, mark: Code| match is_covered {
            true => later_let(field, var, mark),
            false => Stmt::Let(var, None, mark),
        };
        if let (Extent::Own, false) = (field.extent, is_ahead) {
            if is_measured {
                self.out.push(note(from.clone(), w().on("mark", [])));
            }
            let content = self.content(field, &w())?;
            self.out.extend(content);
            if is_measured {
                self.out.push(note(to.clone(), w().on("mark", [])));
                self.out.push(later_let(field, size, w().on("span", [from, to])));
            }
            return Ok(());
        }
        let part = self.var("part", field.name);
        if !is_ahead {
            // The part begins behind its prefix, which is written when its size is known.
            let prefix = field.prefix().and_then(|prefix| prefix.ty.bits());
            let behind: Vec<_> = prefix.iter().map(|bits| Code::size(bits / 8)).collect();
            self.out.push(Stmt::Let(part.clone(), None, w().on("part", behind)));
            let content = self.content(field, &part)?;
            self.out.extend(content);
            if is_measured {
                self.out.push(later_let(field, size, part.clone().on("size", [])));
            }
        }
        self.length_prefix(field, &part)?;
        if is_covered {
            self.out.push(note(from.clone(), w().on("mark", [])));
        }
        self.in_extent(field, &part)?;
        if is_covered {
            let behind = w().on("mark_behind", [from, part.on("size", [])]);
            self.out.push(note(to, behind));
        }
        Ok(())
    }

    /// Writes the prefix of a field with the length or count of `part`.
    fn length_prefix(&mut self, field: &'static Field, part: &Code) -> Result<()> {
        let Some(prefix) = field.prefix() else { return Ok(()) };
        if matches!(prefix.ty, Type::Frame(_)) {
            return Err(Unsayable::new("the length field has a user-defined type and cannot be translated"));
        }
        let counted = match field.extent {
            Extent::CountPrefixed(_) => length(field, part),
            _ => part.clone().on("size", []),
        };
        let number = self.units(counted, &prefix.rule, own(&prefix.rule, &prefix.ty)?, None)?;
        let little = self.plan.little_prefix(field, &self.names())?;
        let write = self.number(&prefix.ty, number, little.as_ref())?;
        self.out.push(Stmt::Do(write));
        Ok(())
    }

    /// Writes the bytes of a field, with the delimiter or padding of its extent.
    fn in_extent(&mut self, field: &'static Field, part: &Code) -> Result<()> {
        let part = part.clone();
        match field.extent {
            Extent::Until(_) => {
                let any = self.in_order(field, ends_of)?;
                self.run("delimited", [part, any]);
            }
            Extent::UntilAny(delimiter) => self.delimited(field, delimiter, part)?,
            Extent::Fixed(len, _) => {
                let (len, fill) = (Code::size(len), self.in_order(field, filling)?);
                match field.stop {
                    Some(_) => self.stopped(field, part, len)?,
                    None if fills_behind_items(field) => self.run("filled", [part, len, fill]),
                    None if field.fills => self.run("fixed", [part, len, fill]),
                    None if field.lenient => self.run("filled", [part, len]),
                    None => self.run("exact", [part, len]),
                }
            }
            Extent::Len(len) => match field.stop {
                Some(_) => {
                    let len = self.plan.size_said(len, &self.names())?;
                    self.stopped(field, part, len)?;
                }
                None if field.lenient => {
                    let len = self.plan.size_said(len, &self.names())?;
                    self.run("filled", [part, len]);
                }
                None => {
                    self.run("put", [part.clone()]);
                    self.said(field, part.on("size", []), len)?;
                }
            },
            Extent::Count(count) => {
                self.run("put", [part.clone()]);
                self.said(field, length(field, &part), count)?;
            }
            Extent::Own
            | Extent::LenPrefixed(_)
            | Extent::CountPrefixed(_)
            | Extent::LenOf(_)
            | Extent::CountOf(_)
            | Extent::UntilItem(..)
            | Extent::Rest => self.run("put", [part]),
            Extent::Align(_) => return Err(Unsayable::new("`align` is not supported here")),
        }
        Ok(())
    }

    /// Writes a value with a delimiter that has alternatives or an ending such as `left`.
    fn delimited(&mut self, field: &'static Field, delimiter: &Delimiter, part: Code) -> Result<()> {
        let any = self.in_order(field, ends_of)?;
        match delimiter.ending {
            Ending::Consumed => self.run("delimited", [part, any]),
            Ending::Left => {
                let left = self.var("left", field.name);
                self.out.push(later_let(field, left.clone(), w().on("mark", [])));
                self.run("put", [part]);
                let end = self.var("left_end", field.name);
                self.out.push(later_let(field, end.clone(), w().on("mark", [])));
                let optional = Code::Bool(delimiter.optional);
                let enclosed = self.var("enclosed", field.name);
                let check = w().on("left", [left, end, enclosed, any, optional]);
                self.later.push(Stmt::Do(w().on("field", [path(field)])));
                self.later.push(Stmt::Do(check));
            }
            Ending::Between => {
                let placed = self.var("delimiter", field.name);
                let put = w().on("between", [part, any]);
                self.out.push(later_let(field, placed, put));
            }
            Ending::Separates => self.run("put", [part]),
        }
        Ok(())
    }

    /// Writes a value that ends with a delimiter within `len` bytes.
    fn stopped(&mut self, field: &Field, part: Code, len: Code) -> Result<()> {
        let (any, fill) = (self.in_order(field, ends_of)?, self.in_order(field, filling)?);
        self.run("stopped", [part, len, any, fill]);
        Ok(())
    }

    fn in_order(&self, field: &Field, of: impl Fn(&Field) -> Code) -> Result<Code> {
        self.plan.in_order(field, &self.names(), of)
    }

    /// Compares the size of a field with the expression for it, after all fields have been written.
    pub(super) fn said(&mut self, field: &Field, size: Code, expr: &Expr) -> Result<()> {
        let said = self.plan.number(expr, &self.names(), None)?;
        let written = self.var("written", field.name);
        self.out.push(later_let(field, written.clone(), size));
        self.later.extend(named_if_overflows(&said, path(field)));
        self.later.push(Stmt::Do(w().on("said", [written, said, path(field)])));
        Ok(())
    }
}

/// Returns the code for the number of items of a field that has been written to `part`.
fn length(field: &Field, part: &Code) -> Code {
    match field.counts_bytes() {
        true => part.clone().on("size", []),
        false => Code::Call("length_of", [Code::Me.member(field.name)].into()),
    }
}
