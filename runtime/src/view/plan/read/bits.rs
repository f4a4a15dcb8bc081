//! Reading of bit fields.

use alloc::boxed::Box;

use crate::schema::steps::Run;
use crate::schema::{BitKind, Bits, Op, Order, Role, Type};
use crate::view::plan::Result;
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{constant, path};
use crate::view::plan::order::order;
use crate::view::plan::read::Reading;
use crate::view::plan::types::width_of_each;

impl Reading<'_> {
    /// Reads the bit fields of one run.
    pub(super) fn bits(&mut self, run: &Run) -> Result<()> {
        let Some((_, first)) = run.fields.first() else { return Ok(()) };
        let Type::Bits(bits) = first.ty else { return Ok(()) };
        // If the run begins with the tag, an error in reading the run is an error of the tag.
        let tag = core::mem::take(&mut self.tag_of_run);
        if !run.ends {
            self.tag_of_run = Some(first.name);
        }
        self.run("field", [Code::text(tag.unwrap_or(first.name))]);
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
            if index > 0 || tag.is_some() {
                self.run("name", [path(field)]);
            }
            let value = self.value_of_bits(&bits.of, whole.clone(), bits.shift, bits.width);
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
                _ => {
                    let value = self.unless_none(field, value)?;
                    self.noted(*slot, field, value)?;
                }
            }
        }
        for (slot, field) in &run.fields {
            self.note_end(*slot, field)?;
        }
        Ok(())
    }

    /// Returns the value of `width` bits of a run that begin `shift` bits above the lowest.
    fn value_of_bits(&self, kind: &BitKind, run: Code, shift: u32, width: u32) -> Code {
        let number =
            |cut| Code::Call(cut, [run.clone(), Code::Int(shift.into()), Code::Int(width.into())].into());
        match kind {
            BitKind::Unsigned if width > 48 => number("cut_big"),
            BitKind::Unsigned => number("cut"),
            BitKind::Signed if width > 48 => number("cut_signed_big"),
            BitKind::Signed => number("cut_signed"),
            BitKind::Bool => Code::binary(Op::NotEqual, number("cut"), Code::Int(0)),
            BitKind::Enum { schema, .. } => {
                let at = self.r().property("mark");
                Code::Frame(self.plan.name(schema()), "of", [self.r(), number("cut"), at].into())
            }
            BitKind::Array { items, lsb, of } => {
                let each = width_of_each(width, *items);
                self.r().on(
                    "bit_items",
                    [
                        number("cut_big"),
                        Code::Int(each.into()),
                        Code::size(*items),
                        Code::Bool(*lsb),
                        self.item_of_bits(of, each),
                    ],
                )
            }
        }
    }

    /// Returns the function that converts the bits of an item to its value.
    pub(super) fn item_of_bits(&self, kind: &BitKind, width: u32) -> Code {
        Code::Item(Box::new(self.value_of_bits(kind, Code::var("item"), 0, width)))
    }

    /// Returns the code that reads packed bit fields. `counted` contains the number of items, and
    /// whether the padding bits of the last byte are verified. If it is `None`, all items up to the
    /// end are read.
    pub(super) fn packed(&self, bits: &Bits, reader: &Code, counted: Option<(Code, bool)>) -> Code {
        let (width, lsb) = (Code::Int(bits.width.into()), Code::Bool(bits.order == Order::Little));
        let item = self.item_of_bits(&bits.of, bits.width);
        match counted {
            Some((count, strict)) => {
                reader.clone().on("packed", [count, width, lsb, Code::Bool(strict), item])
            }
            None => reader.clone().on("all_packed", [width, lsb, item]),
        }
    }
}
