//! Generation of runs of bit fields.

use super::{Make, Place};
use crate::model::{BitsOf, Body, Derived, Field, Num, Pattern, Role, Ty};

impl Make<'_> {
    /// Returns the number of bits in a run.
    pub(super) fn bit_total(&mut self, place: &Place) -> u32 {
        match (place.small, place.continuous) {
            (true, _) => 8,
            (false, true) => *self.rng.pick(&[8, 8, 16, 16, 24, 32, 40, 64, 72, 128, 136, 200]),
            (false, false) => *self.rng.pick(&[8, 8, 16, 16, 32, 64, 128]),
        }
    }

    /// Returns bit fields with `total` bits together.
    pub(super) fn bits(&mut self, place: &Place, total: u32, behind_bits: bool) -> Vec<Field> {
        let mut widths = Vec::new();
        let mut left = total;
        while left > 0 {
            let most = usize::try_from(left).unwrap_or(1);
            let width = if widths.len() > 4 { most } else { self.rng.between(1, most.min(40)) };
            let width = u32::try_from(width).unwrap_or(1).min(64);
            widths.push(width);
            left -= width;
        }
        let begins = (behind_bits && !place.continuous) || (place.lead == 0 && self.rng.chance(10));
        let bytes = usize::try_from(total / 8).unwrap_or(1);
        let begins = begins && total % 8 == 0 && [1, 2, 3, 4, 5, 6, 7, 8, 16].contains(&bytes);
        let fields = widths.into_iter().enumerate().map(|(index, width)| {
            let (width, of) = self.bits_of(width);
            let begins = (begins && index == 0).then_some(bytes);
            self.field(Role::Bits { width, begins, of })
        });
        fields.collect()
    }

    /// Returns the type of a field of `width` bits, and its width. For an array, this is the width
    /// of an item.
    fn bits_of(&mut self, width: u32) -> (u32, BitsOf) {
        let items = *self.rng.pick(&[2, 3, 4]);
        if width % items == 0 && self.rng.chance(12) {
            let num = self.holding(width / items);
            let len = usize::try_from(items).unwrap_or(2);
            return (width / items, BitsOf::Value(Ty::Array(Box::new(Ty::Num(num)), len)));
        }
        if width <= 32 && self.rng.chance(8) {
            return (width, BitsOf::Value(if width > 16 { Ty::Millis } else { Ty::Even }));
        }
        (width, self.one_of(width))
    }

    fn one_of(&mut self, width: u32) -> BitsOf {
        let most = u128::MAX >> (128 - width);
        match self.rng.below(10) {
            0 => BitsOf::Auto(None, Derived::Pad { len: None, strict: self.rng.chance(50), fill: None }),
            1 => {
                let value = i128::try_from(u128::from(self.rng.next()) & most).unwrap_or(0);
                BitsOf::Auto(None, Derived::MagicNumber(value))
            }
            2 if width == 1 => BitsOf::Value(Ty::Bool),
            3 => match self.plain_enum(width) {
                Some(at) => BitsOf::Value(Ty::Frame(at)),
                None => BitsOf::Value(Ty::Num(self.holding(width))),
            },
            _ => BitsOf::Value(Ty::Num(self.holding(width))),
        }
    }

    /// Returns a number type that can hold `width` bits.
    pub(super) fn holding(&mut self, width: u32) -> Num {
        let all = [Num::U8, Num::U16, Num::U32, Num::U64, Num::I8, Num::I16, Num::I32, Num::I64];
        let wide: Vec<_> =
            all.into_iter().filter(|num| 8 * num.bytes() >= usize::try_from(width).unwrap_or(64)).collect();
        if self.rng.chance(60) { wide[0] } else { *self.rng.pick(&wide) }
    }

    /// Returns a fieldless enum that fits in `width` bits.
    fn plain_enum(&mut self, width: u32) -> Option<usize> {
        let most = (1i128 << width.min(100)) - 1;
        let fits =
            |pattern: &Pattern| matches!(pattern, Pattern::Plain(value, _) if (0..=most).contains(value));
        let plain = self.types_where(|make, at| match &make.declaration.types[at].body {
            Body::Enum(variants) => {
                make.declaration.types[at].words.head.is_empty()
                    && variants.iter().all(|variant| fits(&variant.tag))
            }
            Body::Struct(_) => false,
        });
        if plain.is_empty() { None } else { Some(*self.rng.pick(&plain)) }
    }
}
