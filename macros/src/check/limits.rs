//! Checks the ranges of numbers in attributes, such as `align(2)` or more. Literals are checked
//! here. Constants are checked by the compiler, with code from `codegen/limits.rs`.

use syn::{Expr, Type};

use crate::ast::{Field, Item, auto_item, list_item, number, option_item, scalar};
use crate::attr::{DerivedKind, ExtentWord, HeadWord, NumberWord, WireWord};
use crate::ctxt::Ctxt;

/// A number in an attribute, with the smallest and the largest allowed value.
pub(crate) struct Limit<'a> {
    pub(crate) expr: &'a Expr,
    pub(crate) least: usize,
    pub(crate) most: usize,
    /// The error for a number out of range.
    pub(crate) message: String,
}

/// Reports literals that are out of range.
pub(super) fn check(cx: &Ctxt, item: &Item) {
    for limit in limits(item) {
        let value = number(limit.expr).map(|value| usize::try_from(value).ok());
        if value.is_some_and(|value| value.is_none_or(|value| !(limit.least..=limit.most).contains(&value))) {
            cx.error_at(limit.expr, limit.message);
        }
    }
}

pub(crate) fn limits(item: &Item) -> Vec<Limit<'_>> {
    let mut all = Limits::default();
    for word in &item.attrs.head {
        match &word.value {
            HeadWord::LenPrefixed(prefix) => {
                all.prefix(&prefix.wire, prefix.scale.as_ref(), prefix.max.as_ref());
            }
            HeadWord::Tag(crate::attr::TagWord::Number(wire)) => all.wire(wire, None),
            HeadWord::Magic(_) | HeadWord::Tag(_) | HeadWord::Until(_) => {}
        }
    }
    item.fields().for_each(|field| all.field(field));
    all.0
}

#[derive(Default)]
struct Limits<'a>(Vec<Limit<'a>>);

impl<'a> Limits<'a> {
    fn field(&mut self, field: &'a Field) {
        match field.attrs.extent.as_ref().map(|extent| &extent.value) {
            Some(ExtentWord::LenPrefixed(prefix)) => {
                self.prefix(&prefix.wire, prefix.scale.as_ref(), prefix.max.as_ref());
            }
            Some(ExtentWord::CountPrefixed(prefix)) => self.prefix(&prefix.wire, None, prefix.max.as_ref()),
            Some(ExtentWord::Fixed { len, .. }) => {
                self.at_least(len, 1, "`fixed` must be at least 1");
            }
            _ => {}
        }
        match field.attrs.derived.as_ref().map(|derived| &derived.value.kind) {
            Some(DerivedKind::LenOf(len)) => {
                self.scale(len.scale.as_ref());
                self.max(len.max.as_ref());
            }
            Some(DerivedKind::Align { to, .. }) => {
                self.at_least(to, 2, "`align` must be at least 2");
            }
            _ => {}
        }
        if let Some(wire) = &field.attrs.wire {
            let ty = option_item(&field.ty).unwrap_or(&field.ty);
            let ty = auto_item(ty).flatten().unwrap_or(ty);
            self.wire(&wire.value, Some(list_item(ty).unwrap_or(ty)));
        }
    }

    fn prefix(&mut self, wire: &'a WireWord, scale: Option<&'a Expr>, max: Option<&'a Expr>) {
        self.wire(wire, None);
        self.scale(scale);
        self.max(max);
    }

    fn scale(&mut self, scale: Option<&'a Expr>) {
        if let Some(scale) = scale {
            self.at_least(scale, 1, "`scale` must be at least 1");
        }
    }

    fn max(&mut self, max: Option<&'a Expr>) {
        if let Some(max) = max {
            self.at_least(max, 1, "`max` must be at least 1");
        }
    }

    /// Adds the limits of a wire type. The largest `max` of `varint(max = N)` depends on the type
    /// of the number: the type in `varint(..)`, else the type of the field, else (in a prefix)
    /// `u32`.
    fn wire(&mut self, wire: &'a WireWord, field: Option<&Type>) {
        if let Some(NumberWord::Bcd { bytes, fill, .. }) = &wire.number {
            self.at_least(bytes, 1, "`bcd` must be at least 1");
            let message = String::from("`fill` must be a nibble from 0xa to 0xf");
            // A `fill` that is not a literal is checked when the generated code is compiled.
            let fill = fill.iter().filter(|fill| number(fill).is_some());
            self.0.extend(fill.map(|expr| Limit { expr, least: 10, most: 15, message: message.clone() }));
        }
        let Some(NumberWord::Varint { ty, max: Some(max), .. }) = &wire.number else { return };
        let size = match (ty.as_deref().or(field), field) {
            (Some(ty), _) => scalar(ty),
            (None, _) => Some(4),
        };
        let most = size.map_or(19, |size| (8 * size).div_ceil(7));
        let message = format!("a varint of this type has 1 to {most} bytes");
        self.0.push(Limit { expr: max, least: 1, most, message });
    }

    fn at_least(&mut self, expr: &'a Expr, least: usize, message: &str) {
        self.0.push(Limit { expr, least, most: usize::MAX, message: message.to_owned() });
    }
}
