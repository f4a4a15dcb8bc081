//! Lists the expressions of a field that must be constants.

use syn::Expr;

use crate::ast::Field;
use crate::attr::{Bits, Delimiter, DerivedKind, ExtentWord, LenPrefixed, NumberWord, Presence};

const CONSTANT: &str = "write a constant";

/// Returns the expressions of a field that must be constants. Each has advice that is shown if the
/// expression names a field.
pub(super) fn of(field: &Field) -> Vec<(&Expr, &'static str)> {
    let mut all = Vec::new();
    match field.attrs.extent.as_ref().map(|extent| &extent.value) {
        Some(ExtentWord::LenPrefixed(prefix)) => of_prefix(prefix, &mut all),
        Some(ExtentWord::CountPrefixed(prefix)) => all.extend(constants([&prefix.max, &prefix.none])),
        Some(ExtentWord::Fixed { len, fill, stop, .. }) => {
            all.push((len, "write a constant, or `#[len(..)]` for a size in a field"));
            all.extend(constants([fill]));
            all.extend(stop.iter().map(|stop| (&stop.until, CONSTANT)));
        }
        Some(ExtentWord::Len { stop: Some(stop), .. }) => {
            all.push((&stop.until, CONSTANT));
            all.extend(constants([&stop.fill]));
        }
        Some(ExtentWord::Until { delimiter: Delimiter::Value(value) | Delimiter::Bytes(value), .. }) => {
            all.push((value, "write a constant, or end it with `#[len(..)]` or `#[count(..)]`"));
        }
        // `InReach` checks the closure, which declares a name.
        Some(ExtentWord::Until { delimiter: Delimiter::Closure(_), .. }) => {}
        Some(ExtentWord::Len { .. } | ExtentWord::Count { .. } | ExtentWord::Rest) | None => {}
    }
    all.extend(field.attrs.none.iter().map(|word| (&word.value, CONSTANT)));
    if let Some(Presence::Lead(lead)) = field.attrs.presence.as_ref().map(|presence| &presence.value) {
        all.push((lead, CONSTANT));
    }
    all.extend(field.attrs.separated.iter().map(|word| (&word.value, CONSTANT)));
    match field.attrs.wire.as_ref().and_then(|wire| wire.value.number.as_ref()) {
        Some(NumberWord::Varint { max, .. }) => all.extend(constants([max])),
        Some(NumberWord::Bcd { bytes, fill, .. }) => {
            all.push((bytes, CONSTANT));
            all.extend(fill.iter().map(|fill| (&**fill, CONSTANT)));
        }
        _ => {}
    }
    for bits in field.attrs.bits.iter().chain(&field.attrs.item_bits) {
        if let Bits::Constant(width) = &bits.value {
            all.push((width, CONSTANT));
        }
    }
    match field.attrs.derived.as_ref().map(|derived| &derived.value.kind) {
        Some(DerivedKind::LenOf(len)) => {
            all.extend(constants([&len.scale, &len.bias, &len.none, &len.max]));
        }
        Some(DerivedKind::CountOf { none, .. }) => all.extend(constants([none])),
        Some(DerivedKind::OffsetOf { bias, none, .. }) => all.extend(constants([bias, none])),
        Some(DerivedKind::PresenceOf { some, none, .. }) => all.extend(constants([some, none])),
        Some(DerivedKind::Magic { value }) => {
            all.push((value, "write a constant, or `#[calc(..)]` for a value computed from fields"));
        }
        Some(DerivedKind::Align { to, filling }) => {
            all.push((to, "write a constant, or `#[pad(..)]` for a size computed from fields"));
            all.extend(constants([&filling.fill]));
        }
        Some(DerivedKind::Pad { filling, .. }) => all.extend(constants([&filling.fill])),
        Some(DerivedKind::TagOf { .. } | DerivedKind::Checksum { .. } | DerivedKind::Calc { .. }) | None => {}
    }
    all
}

fn of_prefix<'a>(prefix: &'a LenPrefixed, all: &mut Vec<(&'a Expr, &'static str)>) {
    all.extend(constants([&prefix.max, &prefix.scale, &prefix.bias, &prefix.none]));
}

fn constants<'a, const N: usize>(
    exprs: [&'a Option<Expr>; N],
) -> impl Iterator<Item = (&'a Expr, &'static str)> + use<'a, N> {
    exprs.into_iter().flatten().map(|expr| (expr, CONSTANT))
}
