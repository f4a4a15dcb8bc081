//! Comparisons of each `Auto` with the values that were read: lengths, counts and tags of other
//! fields, computed numbers, and checksums.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::schema::{Chooser, Covered, Extent, Field, LengthRule, Op, Presence, Role, Type};
use crate::view::plan::Result;
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{described, number_of_none, number_ty, path, place_of_sum};
use crate::view::plan::read::Reading;

impl Reading<'_> {
    /// Adds the comparisons between a field and the `Auto`s that describe it.
    pub(super) fn agree(&mut self, index: usize, field: &'static Field) -> Result<()> {
        // An `Auto` after the field that it describes is compared when the `Auto` is read.
        if let Some(of) = described(field) {
            if of < index {
                if let Some(target) = self.fields.get(of) {
                    self.claims(of, target, Some(index))?;
                }
            }
        }
        if matches!(field.role, Role::Value) {
            self.claims(index, field, None)?;
        }
        if let Role::Calc(expr) = field.role {
            if !field.lenient {
                let ty = number_ty(&field.ty);
                let expected = self.plan.number(expr, &self.locals(), ty);
                let expected = self.plan.or_brought(expected, self.schema, Some(field.name), self.whole())?;
                let (local, at) = (Code::Local(field.name.to_string()), self.var("at", field.name));
                let mut stmts = self.back_if_overflows(&expected, &at, path(field));
                stmts.push(Stmt::Do(self.r().on("same", [local, expected, at, path(field)])));
                let same = self.where_it_is(field, stmts);
                self.later.extend(same);
            }
        }
        if let Role::Checksum(algorithm, covers) = field.role {
            let (from, to) = self.covered(covers.what);
            let (at, len) = (self.var("at", field.name), Code::size(place_of_sum(field)?));
            let bytes = Code::var("r").on("covered", [from, to, at.clone(), len]);
            let sum = self.plan.sum(self.schema, field, algorithm, bytes, self.whole())?;
            let local = Code::Local(field.name.to_string());
            let same = Code::var("r").on("same", [local, sum, at, path(field)]);
            let same = self.where_it_is(field, Vec::from([Stmt::Do(same)]));
            self.sums.extend(same);
        }
        Ok(())
    }

    /// Returns the comparison of an `Auto`. The program skips it if the `Auto` is absent.
    fn where_it_is(&self, field: &Field, compares: Vec<Stmt>) -> Vec<Stmt> {
        match field.presence {
            Presence::Always => compares,
            _ => Vec::from([Stmt::If(self.var("there", field.name), compares, Vec::new())]),
        }
    }

    pub(super) fn covered(&self, what: Covered) -> (Code, Code) {
        match what {
            Covered::Content(index) => match self.fields.get(index) {
                Some(field) => (self.var("from", field.name), self.var("to", field.name)),
                None => (self.start(), self.start()),
            },
            Covered::Fields { from, to: None } => {
                (self.begin_of(from), Code::var(&*self.frame_reader).property("at"))
            }
            Covered::Fields { from, to } => (self.begin_of(from), self.end_of(to)),
            Covered::Behind => (self.start(), self.r().property("at")),
        }
    }

    /// Compares the `Auto`s before a field, or only the `Auto` at `only`, with the field.
    pub(super) fn claims(&mut self, index: usize, field: &'static Field, only: Option<usize>) -> Result<()> {
        let (mut there, mut absent) = (Vec::new(), Vec::new());
        for (auto, says) in self.fields.iter().enumerate() {
            let is_asked = only.map_or(auto < index, |only| auto == only);
            if described(says) != Some(index) || !is_asked {
                continue;
            }
            let (if_there, if_absent) = self.claim(says, field, used_by(field, auto))?;
            there.extend(if_there);
            absent.extend(if_absent);
        }
        if let Presence::Always = field.presence {
            self.out.extend(there);
        } else if !(there.is_empty() && absent.is_empty()) {
            let is_absent = Code::Local(field.name.to_string()).absent();
            self.out.push(match there.is_empty() {
                true => Stmt::If(is_absent, absent, Vec::new()),
                false => Stmt::If(is_absent.negated(), there, absent),
            });
        }
        Ok(())
    }

    /// Returns the comparison of the `Auto` `says` with a present field, and the comparison with an
    /// absent field. If reading the field depends on the `Auto` (`is_used`), there is nothing to
    /// compare in a present field.
    fn claim(
        &self,
        says: &'static Field,
        field: &'static Field,
        is_used: bool,
    ) -> Result<(Vec<Stmt>, Vec<Stmt>)> {
        let value = || Code::Local(field.name.to_string());
        let (local, at) = (Code::Local(says.name.to_string()), self.var("at", says.name));
        let name = Code::text(says.name);
        let same = |found: Code, expected: Code| {
            let same = self.r().on("same", [found, expected, at.clone(), name.clone()]);
            self.where_it_is(says, Vec::from([Stmt::Do(same)]))
        };
        let sized = |rule: &LengthRule, expected: Code| {
            let size = self.var("size", says.name);
            let nothing = if rule.none.is_some() { Code::Nothing } else { Code::Int(0) };
            (same(size.clone(), expected), same(size, nothing))
        };
        let (there, absent) = match &says.role {
            Role::LenOf(_, rule) => {
                let (from, to) = (self.var("from", field.name), self.var("to", field.name));
                sized(rule, to.minus(from))
            }
            Role::CountOf(_, rule) => sized(rule, Code::Call("length_of", [value()].into())),
            Role::OffsetOf(_, rule) => {
                let none = rule.none.map(number_of_none).transpose()?;
                let differs = none.map(|none| {
                    let local = Code::Big(Box::new(local.clone()));
                    let differs = Code::binary(Op::NotEqual, local, Code::Num(none));
                    let message = Code::text("an offset other than the number for an absent field");
                    Stmt::Do(self.r().on("check", [differs, message, at.clone(), name.clone()]))
                });
                (differs.into_iter().collect(), same(local, Code::Int(none.unwrap_or(0))))
            }
            Role::TagOf(_) => {
                let tag = match field.ty {
                    Type::Frame(schema) => {
                        Some(Code::Frame(self.plan.name(schema()), "tag", [value()].into()))
                    }
                    _ => None,
                };
                let zero = match says.ty.bits() {
                    Some(bits) if matches!(says.ty, Type::Array(..)) => Code::Bytes(alloc::vec![0; bits / 8]),
                    _ => Code::Int(0),
                };
                (tag.map_or_else(Vec::new, |tag| same(local.clone(), tag)), same(local, zero))
            }
            // A flag that decides whether the field is present always agrees with it.
            Role::PresenceOf(..) if is_used => Default::default(),
            Role::PresenceOf(..) => {
                let flag = self.var("says", says.name);
                (same(flag.clone(), Code::Bool(true)), same(flag, Code::Bool(false)))
            }
            _ => Default::default(),
        };
        Ok((if is_used { Vec::new() } else { there }, absent))
    }
}

/// Returns `true` if reading a field depends on an `Auto`.
pub(super) fn used_by(field: &Field, auto: usize) -> bool {
    let by_extent = matches!(field.extent, Extent::LenOf(by) | Extent::CountOf(by) if by.index == auto);
    let by_presence =
        matches!(field.presence, Presence::Flag(by, _) | Presence::Length(by, _) if by.index == auto);
    let by_tag = matches!(field.given.tag, Some(Chooser::Field(by)) if by.index == auto);
    by_extent || by_presence || by_tag
}
