//! Bit fields.

use alloc::vec::Vec;

use crate::schema::steps::Run;
use crate::schema::{Role, Type};
use crate::view::plan::Result;
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{constant, path};
use crate::view::plan::order::order;
use crate::view::plan::read::Reading;

impl Reading<'_> {
    /// Bit fields of one run.
    pub(super) fn bits(&mut self, run: &Run) -> Result<()> {
        let Some((_, first)) = run.fields.first() else { return Ok(()) };
        let Type::Bits(bits) = first.ty else { return Ok(()) };
        self.run("field", [Code::text(first.name)]);
        for (slot, field) in &run.fields {
            self.note_begin(*slot, field);
        }
        let whole = self.var("bits", first.name);
        let method = if run.ends { "uint" } else { "peek" };
        let number =
            self.r().on(method, [Code::size(run.bytes), order(bits.order, self.little(first)?.as_ref())]);
        self.out.push(Stmt::Let(whole.clone(), None, number));
        for (index, (slot, field)) in run.fields.iter().enumerate() {
            let Type::Bits(bits) = field.ty else { continue };
            if index > 0 {
                self.run("name", [path(field)]);
            }
            let mut arguments = Vec::from([
                whole.clone(),
                Code::size(usize::try_from(bits.shift).unwrap_or(0)),
                Code::size(usize::try_from(bits.width).unwrap_or(0)),
            ]);
            let is_big = bits.width > 48;
            let cut = if bits.of.is_signed() { "cut_signed" } else { "cut" };
            let cut = match (cut, is_big) {
                ("cut", true) => "cut_big",
                ("cut_signed", true) => "cut_signed_big",
                (cut, _) => cut,
            };
            if let Some(schema) = bits.of.as_enum() {
                let number = Code::Call("cut", core::mem::take(&mut arguments));
                let at = self.r().property("mark");
                let value = Code::Frame(self.plan.name(schema), "of", [self.r(), number, at].into());
                self.noted(*slot, field, value)?;
                continue;
            }
            let number = Code::Call(cut, arguments);
            let value = match bits.of {
                crate::schema::BitKind::Bool => {
                    Code::binary(crate::schema::Op::NotEqual, number, Code::Int(0))
                }
                _ => number,
            };
            match field.role {
                Role::Pad if field.lenient => {}
                Role::Pad => {
                    let (mark, name) = (self.r().property("mark"), path(field));
                    self.run("same", [value, Code::Int(0), mark, name]);
                }
                Role::Magic(bytes) => {
                    let (expected, mark) = (constant(bytes, &field.ty)?, self.r().property("mark"));
                    self.run("same", [value, expected, mark, path(field)]);
                }
                _ => self.noted(*slot, field, value)?,
            }
        }
        for (slot, field) in &run.fields {
            self.note_end(*slot, field)?;
        }
        Ok(())
    }
}
