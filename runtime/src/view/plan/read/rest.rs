//! The end of a `rest` field: the size of the steps after it.

use alloc::vec::Vec;

use crate::schema::steps::Step;
use crate::schema::{Extent, Field, Op, Presence};
use crate::view::plan::code::Code;
use crate::view::plan::read::Reading;
use crate::view::plan::{Result, Unsayable};

impl Reading<'_> {
    /// Returns the code for the size of the steps after a `rest` field.
    pub(super) fn behind(&self, steps: &[Step]) -> Result<Code> {
        let mut fixed = 0;
        let mut parts = Vec::new();
        for step in steps {
            let size = match step {
                Step::Bits(run) if run.ends => Code::size(run.bytes),
                Step::Field(_, field) => self.size_if_present(field)?,
                _ => return Err(unknown()),
            };
            match size {
                Code::Int(size) => fixed += size,
                size => parts.push(size),
            }
        }
        Ok(parts.into_iter().fold(Code::Int(fixed), |sum, part| Code::binary(Op::Add, sum, part)))
    }

    /// Returns the code for the size of a field, which is 0 if the field is absent.
    fn size_if_present(&self, field: &Field) -> Result<Code> {
        let size = match (field.extent, field.bits()) {
            (_, Some(bits)) => Code::size(bits / 8),
            (Extent::LenOf(len), _) => self.var("size", len.name),
            (Extent::Len(len), _) => self.said_length(len)?,
            (Extent::Fixed(len, _), _) => Code::size(len),
            (Extent::Own, _) => Code::size(field.ty.bits().ok_or_else(unknown)? / 8),
            _ => return Err(unknown()),
        };
        let is_present = match field.presence {
            Presence::Always => return Ok(size),
            Presence::When(condition) => self.plan.truth(condition, &self.locals())?,
            Presence::Flag(flag, _) => self.var("says", flag.name),
            _ => return Err(unknown()),
        };
        Ok(is_present.or(size, Code::Int(0)))
    }
}

fn unknown() -> Unsayable {
    Unsayable::new("the fields after `rest` must have a known size")
}
