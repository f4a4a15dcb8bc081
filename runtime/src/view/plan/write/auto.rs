//! Writing of computed fields.

use alloc::string::ToString;
use alloc::vec::Vec;

use crate::schema::steps::Slot;
use crate::schema::{Covered, Extent, Field, Presence, Role, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::place_of_sum;
use crate::view::plan::write::bits::run_bytes;
use crate::view::plan::write::{Writing, w};
use crate::view::plan::{Result, Unsayable};

/// Returns the code for the checksum of some bytes, if the languages support the algorithm.
pub(in crate::view::plan) fn checksum(algorithm: &str, bytes: Code) -> Option<Code> {
    let name = algorithm.rsplit("::").next().unwrap_or(algorithm).trim();
    let simple = match name {
        "Internet" => Some("sum_internet"),
        "Adler32" => Some("sum_adler32"),
        "Sum8" => Some("sum_sum8"),
        "Xor8" => Some("sum_xor8"),
        _ => None,
    };
    if let Some(simple) = simple {
        return Some(Code::Call(simple, [bytes].into()));
    }
    let crc = crate::checksum::parameters(name)?;
    let number = |number: u128| Code::Num(i128::try_from(number).unwrap_or(0));
    Some(Code::Call(
        "crc",
        [
            bytes,
            Code::Int(crc.width.into()),
            number(crc.poly),
            number(crc.init),
            Code::Bool(crc.refin),
            Code::Bool(crc.refout),
            number(crc.xorout),
        ]
        .into(),
    ))
}

impl Writing<'_> {
    pub(super) fn padding(&self, field: &Field) -> Result<Code> {
        let fill = |fill: u8| Code::Int(fill.into());
        Ok(match field.extent {
            Extent::Fixed(len, with) => w().on("pad", [Code::size(len), fill(with)]),
            Extent::Align(to) => {
                let varies = |field: &Field| {
                    matches!(field.role, Role::LenOf(..))
                        && self.size_of_place(field).is_none()
                        && !matches!(field.ty, Type::Bits(_))
                };
                if self.schema.head.iter().chain(self.fields).any(varies) {
                    return Err(Unsayable::new(
                        "`align` cannot be combined with a variable-length length field",
                    ));
                }
                w().on("align", [self.start(), Code::size(to), fill(field.fill)])
            }
            Extent::Len(len) => {
                let len = self.plan.size_said(len, &self.names())?;
                w().on("pad", [len, fill(field.fill)])
            }
            _ => return Err(Unsayable::new("padding of this size is not supported")),
        })
    }

    /// Writes a number that the codec computes.
    pub(super) fn auto(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let index = if let Slot::Field(index) = slot { Some(index) } else { None };
        let local = Code::Local(field.name.to_string());
        if index.is_some_and(|index| self.ahead.contains(&index)) {
            if let Extent::Until(delimiter) = field.extent {
                let number = self.number_of(field, local)?;
                return self.when(field, |_| {
                    Ok(Vec::from([number, w().on("raw", [Code::Bytes(delimiter.to_vec())])]))
                });
            }
            let number = self.number_of(field, local)?;
            return self.when(field, |_| Ok(Vec::from([number])));
        }
        let kept = self.var("kept", field.name);
        let hold = w().on("hold", [Code::size(self.size_of_place(field).unwrap_or(0))]);
        let hold = match field.presence {
            Presence::When(condition) => self.plan.truth(condition, &self.names())?.or(hold, Code::Nothing),
            _ => hold,
        };
        self.out.push(Stmt::Let(kept.clone(), None, hold));
        match (field.role, index) {
            (Role::Checksum(algorithm, covers), Some(index)) => {
                self.sum(index, field, algorithm, covers.what, &kept)?;
            }
            (Role::Calc(_), Some(_)) => {
                let number = self.auto_number(field)?;
                self.fill(field, number)?;
            }
            _ => {}
        }
        Ok(())
    }

    pub(super) fn sum(
        &mut self,
        index: usize,
        field: &'static Field,
        algorithm: &str,
        what: Covered,
        kept: &Code,
    ) -> Result<()> {
        let (from, to) = match what {
            Covered::Content(of) => match self.fields.get(of) {
                Some(of) => (self.var("from", of.name), self.var("to", of.name)),
                None => return Err(Unsayable::new("there is no such field")),
            },
            Covered::Fields { from, to } => {
                let to = match to {
                    Some(_) => self.end_of(to),
                    None if self.schema.until.is_empty() => Code::Nothing,
                    None => Code::var("until_to"),
                };
                (self.begin_of(from), to)
            }
            Covered::Behind => return Err(Unsayable::new("a checksum in the head is not supported")),
        };
        let covered = w().on("covered", [from, to]);
        let sum = self.plan.sum(self.schema, field, algorithm, covered, Code::Me)?;
        let fill = match field.ty {
            Type::Bits(bits) => {
                let bits = self.bits_of(w(), &bits, sum);
                w().on(
                    "fill_bits",
                    [kept.clone(), bits, Code::size(run_bytes(field)), self.run_order(field)?],
                )
            }
            _ => {
                let write = self.number_of(field, Code::var("v"))?;
                w().on("fill", [kept.clone(), sum, Code::Writes(Vec::from([write]))])
            }
        };
        place_of_sum(field)?;
        let fill = match field.presence {
            Presence::Always => fill,
            _ => kept.clone().absent().or(Code::Nothing, fill),
        };
        self.sums.push((index, fill));
        Ok(())
    }
}
