//! Generation of lists.

use super::{Make, Place};
use crate::model::{BytesTy, Extent, Field, Form, Given, Num, Presence, Role, TextTy, Ty, Wire};
use crate::sizes;
use crate::sizes::fixed_len;

impl Make<'_> {
    /// Returns the type of a list's items, and their wire format.
    pub(super) fn item(&mut self, place: &Place) -> (Ty, Wire) {
        let frames = self.frames(|make, at| {
            !sizes::is_open(&make.declaration, at) && sizes::min(&make.declaration, &Ty::Frame(at)) > 0
        });
        match self.rng.below(10) {
            0 | 1 if !frames.is_empty() => (Ty::Frame(*self.rng.pick(&frames)), Wire::PLAIN),
            2 => (self.plain_type(place), Wire::PLAIN),
            3 if place.generic => (Ty::Param, Wire::PLAIN),
            4 if !place.small => self.of_the_user(),
            _ => {
                let num = self.num(place);
                (Ty::Num(num), self.wire(num, place))
            }
        }
    }

    /// Returns a user-defined type that is a number on the wire.
    pub(super) fn of_the_user(&mut self) -> (Ty, Wire) {
        let (ty, num) = self.rng.pick(&[(Ty::Millis, Num::U32), (Ty::Even, Num::U16)]).clone();
        (ty, Wire { form: Form::As(num), order: None })
    }

    pub(super) fn list(&mut self, place: &Place, list: &[Field]) -> Field {
        if self.rng.chance(15) {
            return self.list_of_texts(place);
        }
        if !place.small && place.continuous && self.rng.chance(12) {
            return self.list_of_bits(place);
        }
        if self.rng.chance(50) {
            if let Some(field) = self.list_of_given(place, list) {
                return field;
            }
        }
        if self.rng.chance(25) {
            if let Some(field) = self.list_in(list) {
                return field;
            }
        }
        let (item, wire) = self.item(place);
        let whole = match &item {
            Ty::Num(num) if wire == Wire::PLAIN && !num.is_float() => Some(*num),
            _ => None,
        };
        let extent = match (self.rng.below(12), whole) {
            (0, Some(num)) => Extent::UntilItem(*self.rng.pick(&[0, 7, if num.signed() { -1 } else { 9 }])),
            (1, Some(_)) => {
                let (bound, plus) = *self.rng.pick(&[(5, 0), (100, 0), (5, 3), (100, 20)]);
                Extent::UntilGreater { bound, plus }
            }
            (2, _) => match self.size(place, list) {
                Some(expr) if fixed_len(&item, &wire) == Some(1) => Extent::Len(expr),
                Some(expr) => Extent::Count(expr),
                None => self.count_prefixed(place),
            },
            (3 | 4, _) => match self.size(place, list) {
                Some(expr) => Extent::Count(expr),
                None => self.count_prefixed(place),
            },
            (5, _) => match fixed_len(&item, &wire) {
                // A list of `u8` counts as bytes, which are always padded.
                Some(len) if item != Ty::Num(Num::U8) => {
                    let fill = self.rng.chance(50).then(|| *self.rng.pick(&[0, 0xff, b' ']));
                    let more = if fill.is_some() { self.rng.below(3) } else { 0 };
                    Extent::Fixed { len: len * self.rng.between(1, 4) + more, fill, lenient: false }
                }
                None if self.rng.chance(60) => {
                    let fill = Some(*self.rng.pick(&[0, 0xff, b' ']));
                    Extent::Fixed { len: self.rng.between(2, 30), fill, lenient: false }
                }
                _ => self.count_prefixed(place),
            },
            (6, _) => Extent::Until(b"\r\n\r\n".to_vec()),
            (7 | 8, _) => self.len_prefixed(place),
            _ => self.count_prefixed(place),
        };
        self.value(Ty::List(Box::new(item)), wire, extent)
    }

    /// Returns a list whose items take context or a tag.
    fn list_of_given(&mut self, place: &Place, list: &[Field]) -> Option<Field> {
        let is_given = |(_, given): &(Ty, Given)| !given.ctx.is_empty() || given.tag.is_some();
        let (ty, given) = (0..8).find_map(|_| self.nested_type(place, list).filter(is_given))?;
        let Ty::Frame(at) = ty else { return None };
        let within = if self.rng.chance(50) { self.count_prefixed(place) } else { self.len_prefixed(place) };
        // Without an extent of its own, an item must end by itself, and have bytes.
        let ends = !sizes::is_open(&self.declaration, at) && sizes::min(&self.declaration, &ty) > 0;
        let (extent, each) = match self.rng.chance(60) && ends {
            true => (within, self.rng.chance(50)),
            // The context goes through a hidden frame.
            false => {
                let (within, each) = (Box::new(within), Box::new(self.len_prefixed(place)));
                (Extent::Items { within, each, separator: None }, true)
            }
        };
        let given = Given { each, ..given };
        let ty = Ty::List(Box::new(ty));
        Some(self.field(Role::Value { ty, wire: Wire::PLAIN, extent, given }))
    }

    /// Returns a list with one item for each size in an earlier list.
    fn list_in(&mut self, list: &[Field]) -> Option<Field> {
        let bytes = Ty::List(Box::new(Ty::Num(Num::U8)));
        let sizes = list.iter().filter(|field| matches!(field.presence, Presence::Always)).filter(|field| {
            matches!(&field.role, Role::Value { ty, wire, .. } if *ty == bytes && *wire == Wire::PLAIN)
        });
        let sizes: Vec<_> = sizes.map(|field| field.id).collect();
        if sizes.is_empty() {
            return None;
        }
        let extent = Extent::In(*self.rng.pick(&sizes));
        let item = Ty::Bytes(BytesTy::Vec);
        Some(self.value(Ty::List(Box::new(item)), Wire::PLAIN, extent))
    }

    /// Returns a list of bit fields.
    fn list_of_bits(&mut self, place: &Place) -> Field {
        let width = u32::try_from(self.rng.between(1, 33)).unwrap_or(12);
        let item = Ty::Num(self.holding(width));
        let within = if self.rng.chance(70) { self.count_prefixed(place) } else { self.len_prefixed(place) };
        let each = Box::new(Extent::Bits(width));
        let extent = Extent::Items { within: Box::new(within), each, separator: None };
        self.value(Ty::List(Box::new(item)), Wire::PLAIN, extent)
    }

    /// Returns a list of self-delimiting or separated items.
    fn list_of_texts(&mut self, place: &Place) -> Field {
        let item = self.rng.pick(&[Ty::Text(TextTy::String), Ty::Bytes(BytesTy::Vec)]).clone();
        let separated = self.rng.chance(50);
        let (within, each) = match separated {
            true => {
                let until = || Extent::Until(b"\r\n".to_vec());
                (if self.rng.chance(50) { until() } else { self.len_prefixed(place) }, Extent::None)
            }
            false => {
                let each = match self.rng.below(3) {
                    0 => Extent::Until(b",".to_vec()),
                    1 => Extent::Fixed { len: self.rng.between(1, 5), fill: None, lenient: false },
                    _ => self.len_prefixed(place),
                };
                (
                    if self.rng.chance(50) { self.count_prefixed(place) } else { self.len_prefixed(place) },
                    each,
                )
            }
        };
        let separator = separated.then(|| self.rng.pick(&[&b" "[..], b", ", b"|"]).to_vec());
        let extent = Extent::Items { within: Box::new(within), each: Box::new(each), separator };
        self.value(Ty::List(Box::new(item)), Wire::PLAIN, extent)
    }

    fn count_prefixed(&mut self, place: &Place) -> Extent {
        let number = self.prefix(place);
        let max = self.rng.chance(15).then(|| self.rng.between(1, 9));
        Extent::CountPrefixed { number, max, none: None }
    }
}
