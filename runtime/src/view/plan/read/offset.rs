//! Reading at offsets. The bytes up to the offset are skipped.

use alloc::vec::Vec;

use crate::schema::steps::{Slot, Step};
use crate::schema::{Extent, Field, LengthRule, Op, Role};
use crate::view::plan::Result;
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::path;
use crate::view::plan::read::Reading;

impl Reading<'_> {
    /// Moves to the offset of a field. If several earlier fields contain the offset, they are
    /// compared. A field without bytes may have any offset.
    pub(super) fn gap(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let (Slot::Field(index), Some(begins)) = (slot, field.begins) else { return Ok(()) };
        let (mut moves, mut others) = (Vec::new(), Vec::new());
        for (auto, says) in self.fields.iter().enumerate() {
            let Role::OffsetOf(target, rule) = says.role else { continue };
            if target.index != index {
                continue;
            }
            let distance = self.distance(says, &rule);
            if auto == begins.index {
                moves.push(self.r().on("pad", [distance, Code::Int(0), Code::Bool(false)]));
            } else {
                let (at, name) = (self.var("at", says.name), Code::text(says.name));
                others.push(self.r().on("same", [distance, Code::Int(0), at, name]));
            }
        }
        let mut stmts: Vec<_> = moves.into_iter().chain(others).map(Stmt::Do).collect();
        stmts.push(Stmt::Do(self.r().on("field", [path(field)])));
        let size = match field.extent {
            Extent::LenOf(len) => Some(self.var("size", len.name)),
            Extent::CountOf(count) => Some(self.var("size", count.name)),
            Extent::Len(said) | Extent::Count(said) => Some(self.plan.size_said(said, &self.locals())?),
            _ => None,
        };
        match size {
            Some(size) => {
                let has_bytes = Code::binary(Op::Less, Code::Int(0), size);
                self.out.push(Stmt::If(has_bytes, stmts, Vec::new()));
            }
            None => self.out.extend(stmts),
        }
        Ok(())
    }

    /// Returns the code for the number of bytes up to the next field, if an earlier field contains
    /// the offset of that field.
    pub(super) fn up_to(&self, slot: Slot, behind: &[Step]) -> Option<Code> {
        let (Slot::Field(index), Some(Step::Field(_, next))) = (slot, behind.first()) else { return None };
        let begins = next.begins.filter(|begins| begins.index < index)?;
        let says = self.fields.get(begins.index)?;
        match says.role {
            Role::OffsetOf(_, rule) => Some(self.distance(says, &rule)),
            _ => None,
        }
    }

    /// Returns the code for the distance from the current position to the offset in the field
    /// `says`.
    fn distance(&self, says: &Field, rule: &LengthRule) -> Code {
        let number = Code::Local(says.name.into());
        let bias = Code::Int(i128::try_from(rule.bias).unwrap_or(0));
        let (at, name) = (self.var("at", says.name), Code::text(says.name));
        self.r().on("distance", [number, bias, self.start(), at, name])
    }
}
