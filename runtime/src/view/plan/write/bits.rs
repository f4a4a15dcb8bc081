//! Writing of bit fields.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::schema::steps::{Run, Slot};
use crate::schema::{BitKind, Bits, Field, Op, Order, Role, Type};
use crate::view::plan::Result;
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{constant, number_of_none};
use crate::view::plan::order::order;
use crate::view::plan::types::width_of_each;
use crate::view::plan::write::{Writing, w};

impl Writing<'_> {
    /// Returns the code that shifts a value to its position in a run.
    pub(super) fn bits_of(&self, w: Code, bits: &Bits, value: Code) -> Code {
        w.on(
            "bits",
            [
                value,
                Code::Int(bits.width.into()),
                Code::Int(bits.shift.into()),
                Code::Bool(matches!(bits.of, BitKind::Signed)),
            ],
        )
    }

    /// Returns the byte order of the run of a bit field.
    pub(super) fn run_order(&self, field: &Field) -> Result<Code> {
        match field.ty {
            Type::Bits(bits) => Ok(order(bits.order, self.little(field)?.as_ref())),
            _ => Ok(Code::text("big")),
        }
    }

    /// Writes the bit fields of one run.
    pub(super) fn bits(&mut self, run: &Run) -> Result<()> {
        let Some((_, first)) = run.fields.first() else { return Ok(()) };
        let Type::Bits(whole) = first.ty else { return Ok(()) };
        if !run.ends {
            self.tag_bits = Some((whole, Code::var("tag")));
            return Ok(());
        }
        for (slot, field) in &run.fields {
            self.note_begin(*slot, field);
        }
        let is_late = run.fields.iter().any(|(slot, field)| self.is_late(*slot, field));
        let mut parts = Vec::new();
        if let Some((tag, value)) = self.tag_bits.take() {
            let behind = u32::try_from(whole.run.saturating_sub(tag.run) * 8).unwrap_or(0);
            let shift = if tag.order == Order::Big { tag.shift + behind } else { tag.shift };
            parts.push(self.bits_of(w(), &Bits { shift, ..tag }, value));
        }
        for (slot, field) in &run.fields {
            let (Type::Bits(bits), Slot::Field(index)) = (field.ty, *slot) else { continue };
            if let Some(value) = self.value_of_bits(index, field, &bits)? {
                // The run itself has the name of its first field, unless it is written later. Constants
                // are never refused.
                let is_named = match field.role {
                    Role::Value => field.name == first.name && !is_late,
                    role => matches!(role, Role::Magic(_)),
                };
                let w = if is_named { w() } else { w().on("named", [self.path(field)]) };
                parts.push(self.bits_of(w, &bits, value));
            }
        }
        let value = parts
            .into_iter()
            .reduce(|left, right| Code::binary(Op::BitOr, left, right))
            .unwrap_or(Code::Num(0));
        let kept = self.var("kept", first.name);
        let (bytes, by) = (Code::size(run.bytes), self.run_order(first)?);
        let is_sum = |field: &Field| matches!(field.role, Role::Checksum(..));
        self.run("field", [Code::text(first.name)]);
        if is_late || run.fields.iter().any(|(_, field)| is_sum(field)) {
            self.out.push(Stmt::Let(kept.clone(), None, w().on("hold", [bytes.clone()])));
            let fill = Stmt::Do(w().on("fill_bits", [kept.clone(), value, bytes, by]));
            // A run that contains a length is written when the length is known.
            match is_late {
                true => self.later.push(fill),
                false => self.out.push(fill),
            }
        } else {
            self.run("uint", [value, bytes, by]);
        }
        for (slot, field) in &run.fields {
            if let (Role::Checksum(algorithm, covers), Slot::Field(index)) = (field.role, *slot) {
                self.sum(index, field, algorithm, covers.what, &kept)?;
            }
        }
        for (slot, field) in &run.fields {
            self.note_end(*slot, field)?;
        }
        Ok(())
    }

    /// Returns the value of a bit field before it is shifted to its position. Padding is zero, and
    /// a checksum is written later, so neither has a value here.
    fn value_of_bits(&mut self, index: usize, field: &'static Field, bits: &Bits) -> Result<Option<Code>> {
        Ok(match field.role {
            Role::Value => {
                let value = self.number_of_bits(&bits.of, Code::Me.member(field.name), bits.width);
                Some(match field.none {
                    Some(none) => w().on("or_none", [value, Code::Int(number_of_none(none)?)]),
                    None => value,
                })
            }
            Role::Pad | Role::Checksum(..) => None,
            Role::Magic(bytes) => Some(constant(bytes, &field.ty)?),
            role => {
                if let (Role::Calc(_), false) = (role, self.ahead.contains(&index)) {
                    let number = self.auto_number(field)?;
                    self.fill(field, number)?;
                }
                Some(Code::Local(field.name.to_string()))
            }
        })
    }

    /// Returns `true` for an `Auto` whose number is known only after later fields are written.
    fn is_late(&self, slot: Slot, field: &Field) -> bool {
        let Slot::Field(index) = slot else { return false };
        let has_value = matches!(field.role, Role::Value | Role::Pad | Role::Magic(_) | Role::Checksum(..));
        !has_value && !self.ahead.contains(&index)
    }

    /// Returns the number for the bits of a value.
    fn number_of_bits(&self, kind: &BitKind, value: Code, width: u32) -> Code {
        match kind {
            BitKind::Unsigned | BitKind::Signed | BitKind::Bool => value,
            BitKind::Enum { schema, .. } => Code::Frame(self.plan.name(schema()), "tag", [value].into()),
            BitKind::Array { items, lsb, of } => {
                let each = width_of_each(width, *items);
                let [signed, number] = self.item_of_bits(of, each);
                let (each, lsb) = (Code::Int(each.into()), Code::Bool(*lsb));
                w().on("bit_items", [value, each, Code::size(*items), lsb, signed, number])
            }
        }
    }

    /// Returns whether the bits of an item are signed, and the function that converts an item to
    /// its number.
    pub(super) fn item_of_bits(&self, kind: &BitKind, width: u32) -> [Code; 2] {
        let number = self.number_of_bits(kind, Code::var("item"), width);
        [Code::Bool(matches!(kind, BitKind::Signed)), Code::Item(Box::new(number))]
    }
}

pub(super) fn run_bytes(field: &Field) -> usize {
    if let Type::Bits(bits) = field.ty { bits.run } else { 0 }
}
