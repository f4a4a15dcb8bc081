//! Bit fields.

use alloc::format;
use alloc::string::String;

use super::field::int;
use super::ksy::{Attribute, id};
use super::names::Access;
use super::{Draft, Lost};
use crate::schema::steps::Run;
use crate::schema::{Bits, Field, Order, Type};

/// Returns `true` if the bit fields of a run are unsigned, big-endian, and in wire order.
fn in_wire_order(run: &Run) -> bool {
    let mut left = run.bytes * 8;
    run.fields.iter().all(|(_, field)| match field.ty {
        Type::Bits(bits) if bits.order == Order::Big && !bits.of.is_signed() => {
            let end = usize::try_from(bits.shift).unwrap_or(0);
            let begins = end + usize::try_from(bits.width).unwrap_or(0);
            let follows = begins == left;
            left = end;
            follows
        }
        _ => false,
    })
}

/// Describes the bit fields of a run. Kaitai can read unsigned big-endian bit fields in wire order.
/// All others are computed from the integer of the run.
pub(super) fn bits(draft: &mut Draft<'_>, run: &Run) -> Result<(), Lost> {
    if let Some((_, Field { name, ordered: Some(ordered), .. })) = run.fields.first() {
        return Err(format!("the byte order of {name}, {}", ordered.order));
    }
    let begun = draft.names.take_bits();
    if in_wire_order(run) && run.ends && begun.is_none() {
        for (slot, field) in &run.fields {
            let Type::Bits(bits) = field.ty else { continue };
            if bits.width > 64 {
                return Err(format!("{}, a bit field of {} bits", field.name, bits.width));
            }
            draft.ty.push(&Attribute::new(field.name).key("type", format!("b{}", bits.width)));
            draft.names.add_field(*slot, field, Access::number(of_bits(&bits)));
        }
        return Ok(());
    }
    computed_bits(draft, run, begun)
}

/// Describes bit fields that are computed from the integer of their run. `begun` is set if the head
/// of an enum has read the first bytes of the run.
fn computed_bits(draft: &mut Draft<'_>, run: &Run, begun: Option<(String, usize)>) -> Result<(), Lost> {
    let Some((_, Field { name, ty: Type::Bits(first), .. })) = run.fields.first() else { return Ok(()) };
    let rest = run.bytes - begun.as_ref().map_or(0, |(_, bytes)| *bytes).min(run.bytes);
    let own = format!("{name}_bits");
    if rest > 0 {
        draft.ty.push(&Attribute::new(&own).keys(&[int(rest, false, Some(first.order))]));
    }
    if run.bytes > 8 {
        return Err(format!("bit fields of {} bytes", run.bytes));
    }
    let whole = match begun {
        None => id(&own),
        Some((begun, _)) if rest == 0 => begun,
        Some((begun, bytes)) => match first.order {
            Order::Big => format!("({begun} * {} + {})", 1u128 << (8 * rest), id(&own)),
            Order::Little => format!("({begun} + {} * {})", id(&own), 1u128 << (8 * bytes)),
        },
    };
    if !run.ends {
        draft.names.begin_bits(whole.clone(), run.bytes);
    }
    for (slot, field) in &run.fields {
        let Type::Bits(bits) = field.ty else { continue };
        let mask = 1u128.checked_shl(bits.width).map_or(u128::MAX, |bit| bit - 1);
        let number = format!("({whole} >> {}) & {mask}", bits.shift);
        let value = if bits.of.is_signed() {
            let half = 1u128.checked_shl(bits.width.saturating_sub(1)).unwrap_or(0);
            format!("(({number}) ^ {half}) - {half}")
        } else {
            number
        };
        draft.ty.instance(&id(field.name), &[format!("value: {value}")]);
        draft.names.add_field(*slot, field, Access::number(""));
    }
    Ok(())
}

/// Returns what turns a bit field that Kaitai reads into a number: a single bit is a boolean.
pub(super) fn of_bits(bits: &Bits) -> &'static str {
    if bits.width == 1 { ".to_i" } else { "" }
}
