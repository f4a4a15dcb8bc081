//! The end of a `rest` field: the size of the steps after it.

use alloc::vec::Vec;

use crate::schema::steps::Step;
use crate::schema::{Extent, Presence};
use crate::view::plan::code::Code;
use crate::view::plan::read::Reading;
use crate::view::plan::{Result, Unsayable};

impl Reading<'_> {
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
