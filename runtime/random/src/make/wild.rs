//! Generation of declarations with mistakes: misplaced words, missing fields, fields in the wrong
//! order.

use super::Make;
use crate::model::{BitsOf, Declaration, Extent, Field, Fields, Presence, Role};
use crate::rng::Rng;

/// Returns a random declaration with some changes that may be mistakes.
pub(crate) fn wild(rng: &mut Rng) -> Declaration {
    let mut declaration = super::declaration(rng);
    for _ in 0..rng.between(1, 3) {
        let at = rng.below(declaration.types.len());
        let mut all = declaration.types[at].all_fields_mut();
        let fields = rng.below(all.len());
        let fields = &mut *all[fields];
        if !fields.list.is_empty() {
            change(rng, fields);
        }
    }
    declaration
}

fn change(rng: &mut Rng, fields: &mut Fields) {
    let len = fields.list.len();
    let (one, other) = (rng.below(len), rng.below(len));
    let from = fields.list[other].clone();
    let field = &mut fields.list[one];
    match rng.below(7) {
        0 if len > 1 => {
            fields.list.remove(one);
        }
        1 => fields.list.swap(one, other),
        2 => field.presence = from.presence,
        3 => field.presence = Presence::Optional,
        4 => take_extent(field, from),
        5 => take_derived(field, from),
        _ => {
            let place = place(rng);
            take_extent(
                field,
                Make {
                    rng,
                    declaration: Declaration { types: Vec::new(), constants: false },
                    next: 0,
                    scaled: false,
                }
                .text(&place),
            );
        }
    }
}

fn place(rng: &mut Rng) -> super::Place {
    super::Place {
        small: rng.chance(50),
        borrows: false,
        generic: false,
        continuous: true,
        ctx: Vec::new(),
        lead: 0,
        kept: None,
        may_be_open: false,
    }
}

impl Make<'_> {
    fn text(&mut self, place: &super::Place) -> Field {
        let ty = self.bytes_or_text(place);
        let extent = if self.rng.chance(30) { Extent::Rest } else { self.extent(place, &[], &ty) };
        self.value(ty, crate::model::Wire::PLAIN, extent)
    }
}

fn take_extent(field: &mut Field, from: Field) {
    if let (
        Role::Value { extent, .. } | Role::Auto { extent, .. },
        Role::Value { extent: other, .. } | Role::Auto { extent: other, .. },
    ) = (&mut field.role, from.role)
    {
        *extent = other;
    }
}

fn take_derived(field: &mut Field, from: Field) {
    if let (
        Role::Auto { derived, .. } | Role::Bits { of: BitsOf::Auto(_, derived), .. },
        Role::Auto { derived: other, .. } | Role::Bits { of: BitsOf::Auto(_, other), .. },
    ) = (&mut field.role, from.role)
    {
        *derived = other;
    }
}
