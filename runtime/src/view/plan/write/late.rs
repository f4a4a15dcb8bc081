//! What comes after all fields: lengths and other numbers in reserved space, checks, checksums.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Writing, named_if_overflows, w};
use crate::schema::{Covered, Extent, Field, Presence, Role, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{absent, named_in, optional, own};
use crate::view::plan::{Result, Unsayable};

/// A number that is written into reserved space.
pub(super) struct Late {
    field: &'static Field,
    /// Whether the number has a variable length.
    varies: bool,
    stmts: Vec<Stmt>,
}

impl Writing<'_> {
    /// Adds the statements that come after all fields.
    pub(super) fn finish(&mut self) -> Result<()> {
        self.checks()?;
        self.fill_lengths();
        let later = core::mem::take(&mut self.later);
        self.out.extend(later);
        self.fill_sums();
        Ok(())
    }

    fn checks(&mut self) -> Result<()> {
        for check in self.checks {
            let within = |error: Unsayable| match check.field {
                Some(field) => error.within(field),
                None => error,
            };
            let said = self.plan.truth(&check.condition, &self.names());
            let (holds, names) = match (said, check.field) {
                (Ok(holds @ Code::CallBrought(..)), Some(field)) => (holds, optional(self.fields, field)),
                (Ok(holds), _) => (holds, absent(self.fields, &check.condition.tree)),
                (said, None) => (self.plan.or_brought(said, self.schema, None, Code::Me)?, Vec::new()),
                (Err(error), Some(_)) => return Err(within(error)),
            };
            let mut cases: Vec<_> =
                names.into_iter().map(|field| Code::Me.member(field.name).absent()).collect();
            cases.push(holds);
            let holds = if cases.len() > 1 { Code::Or(cases) } else { cases.remove(0) };
            let name = Code::text(check.field.unwrap_or(""));
            self.later.extend(named_if_overflows(&holds, name.clone()));
            self.later.push(Stmt::Do(w().on("check", [holds, Code::text(check.message), name])));
        }
        Ok(())
    }

    /// Adds the statements that fill reserved space. Numbers of variable length move the bytes behind
    /// them, so they come first.
    fn fill_lengths(&mut self) {
        let mut left = core::mem::take(&mut self.lengths);
        left.sort_by_key(|late| !late.varies);
        while !left.is_empty() {
            let first = left.remove(0);
            self.fill_in(first, &mut left);
        }
    }

    /// Adds the statements for a number. The numbers from which it is computed come first.
    fn fill_in(&mut self, late: Late, left: &mut Vec<Late>) {
        let mut named = Vec::new();
        if let Role::Calc(expr) = late.field.role {
            named_in(&expr.tree, &mut named);
        }
        for field in named.into_iter().filter_map(|index| self.fields.get(index)) {
            if let Some(at) = left.iter().position(|other| other.field.name == field.name) {
                let needed = left.remove(at);
                self.fill_in(needed, left);
            }
        }
        self.out.extend(late.stmts);
    }

    fn fill_sums(&mut self) {
        let mut sums = core::mem::take(&mut self.sums);
        // A checksum is computed after the checksums that it covers.
        let covers = |index: &usize| {
            let Some(Role::Checksum(_, covers)) = self.fields.get(*index).map(|field| field.role) else {
                return 0;
            };
            let Covered::Fields { from, to } = covers.what else { return 0 };
            let inside =
                |other: usize| from.is_none_or(|from| from <= other) && to.is_none_or(|to| other < to);
            self.fields
                .iter()
                .enumerate()
                .filter(|(other, field)| {
                    matches!(field.role, Role::Checksum(..)) && other != index && inside(*other)
                })
                .count()
        };
        sums.sort_by_key(|(index, _)| covers(index));
        for (_, sum) in sums {
            self.out.push(match self.variant {
                // The checksum is computed after the lengths in the head have been written.
                Some(_) => Stmt::Do(w().on("last", [Code::Later(Vec::from([sum]))])),
                None => Stmt::Do(sum),
            });
        }
    }

    /// Writes a size into the space that is reserved for its length field.
    pub(super) fn late(&mut self, field: &'static Field, size: Code) -> Result<()> {
        let Role::LenOf(_, rule) = field.role else {
            return Err(Unsayable::new("the scope has no length field"));
        };
        let within = |error: Unsayable| error.within(field.name);
        let number = self.units(size, &rule, own(&rule, &field.ty).map_err(within)?, None).map_err(within)?;
        self.fill(field, number).map_err(within)
    }

    pub(super) fn fill(&mut self, field: &'static Field, number: Code) -> Result<()> {
        let local = Code::Local(field.name.to_string());
        let kept = self.var("kept", field.name);
        let mut stmts = Vec::from([Stmt::Do(w().on("field", [self.path(field)]))]);
        let is_there = !matches!(field.presence, Presence::Always);
        let number = match is_there {
            true => kept.clone().absent().or(Code::Int(0), number),
            false => number,
        };
        stmts.push(Stmt::Let(local.clone(), None, number));
        // Bit fields are written with their run.
        if !matches!(field.ty, Type::Bits(_)) {
            let mut write = Vec::from([self.number_of(field, Code::var("v"))?]);
            if let Extent::Until(delimiter) = field.extent {
                write.push(w().on("raw", [Code::Bytes(delimiter.to_vec())]));
            }
            let fill = Stmt::Do(w().on("fill", [kept.clone(), local, Code::Writes(write)]));
            stmts.push(match is_there {
                true => Stmt::If(kept.absent().negated(), Vec::from([fill]), Vec::new()),
                false => fill,
            });
        }
        let varies = self.size_of_place(field).is_none();
        self.lengths.push(Late { field, varies, stmts });
        Ok(())
    }
}
