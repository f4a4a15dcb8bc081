//! Generation of fields that contain other types of the declaration.

use super::{Make, Place, endings};
use crate::model::{Expr, Extent, Field, Given, Num, Role, Ty, Wire};
use crate::sizes;

impl Make<'_> {
    /// Returns a field that contains another type of the declaration.
    pub(super) fn nested(&mut self, place: &Place, list: &[Field], last: bool) -> Option<Field> {
        let (ty, given) = self.nested_type(place, list)?;
        let mut extent = Extent::None;
        let open = match &ty {
            Ty::Frame(at) | Ty::FrameOf(at, _) => sizes::is_open(&self.declaration, *at),
            _ => false,
        };
        if (open && !last) || self.rng.chance(25) {
            extent = self.extent(place, list, &ty);
        }
        if let Extent::Until(until) = &extent {
            if !endings::type_apart(&self.declaration, &ty, until) {
                extent = self.len_prefixed(place);
            }
        }
        if let (Extent::LenPrefixed { rule, .. }, true) = (&mut extent, self.rng.chance(15)) {
            rule.lenient = true;
        }
        if let (Extent::None, false, true) = (&extent, open, self.rng.chance(10)) {
            let len = sizes::min(&self.declaration, &ty) + self.rng.below(12);
            extent = Extent::Fixed {
                len: len.max(1),
                fill: Some(*self.rng.pick(&[0, 0xff, b' '])),
                lenient: false,
            };
        }
        // A box never counts as open, so that a type may contain itself.
        let open_box = open && matches!(extent, Extent::None);
        let boxed = self.rng.chance(15) && given.tag.is_none() && given.ctx.is_empty() && !open_box;
        let ty = if boxed { Ty::Boxed(Box::new(ty)) } else { ty };
        Some(self.field(Role::Value { ty, wire: Wire::PLAIN, extent, given }))
    }

    pub(super) fn nested_type(&mut self, place: &Place, list: &[Field]) -> Option<(Ty, Given)> {
        if place.generic && self.rng.chance(50) {
            return Some((Ty::Param, Given::default()));
        }
        let named = self.named(place, list);
        let all = self.types_where(|make, at| make.tags_fit(at) || !make.declaration.types[at].wants_tag());
        if all.is_empty() {
            return None;
        }
        let at = *self.rng.pick(&all);
        let ty = &self.declaration.types[at];
        let mut given = Given::default();
        for (_, num) in &ty.words.ctx {
            let same: Vec<_> = named.iter().filter(|named| named.num == *num).collect();
            let number = Expr::Int(i128::try_from(self.rng.below(4)).unwrap_or(0));
            given.ctx.push(match (same.is_empty(), num) {
                (false, _) => Expr::Field(self.rng.pick(&same).id),
                (true, Num::Bool) => Expr::Op(Box::new(number), ">", Box::new(Expr::Int(1))),
                (true, _) => number,
            });
        }
        if self.declaration.types[at].wants_tag() {
            let bytes: Vec<_> = named.iter().filter(|named| named.num == Num::U8).collect();
            let id = if bytes.is_empty() { return None } else { self.rng.pick(&bytes).id };
            let field = Expr::Field(id);
            given.tag = Some(if self.rng.chance(30) {
                Expr::Op(Box::new(field), "&", Box::new(Expr::Int(0x0f)))
            } else {
                field
            });
        }
        let generic = self.declaration.types[at].generic;
        let ty = if generic { Ty::FrameOf(at, Box::new(self.argument()?)) } else { Ty::Frame(at) };
        Some((ty, given))
    }

    /// Returns a type argument.
    pub(super) fn argument(&mut self) -> Option<Ty> {
        let frames = self.frames(|make, at| {
            !sizes::is_open(&make.declaration, at) && sizes::min(&make.declaration, &Ty::Frame(at)) > 0
        });
        if frames.is_empty() { None } else { Some(Ty::Frame(*self.rng.pick(&frames))) }
    }

    /// Returns the types that are frames on their own and meet a condition.
    pub(super) fn frames(&self, holds: impl Fn(&Self, usize) -> bool) -> Vec<usize> {
        self.types_where(|make, at| {
            let ty = &make.declaration.types[at];
            ty.is_frame() && !ty.generic && holds(make, at)
        })
    }

    pub(super) fn types_where(&self, holds: impl Fn(&Self, usize) -> bool) -> Vec<usize> {
        (0..self.declaration.types.len()).filter(|at| holds(self, *at)).collect()
    }
}
