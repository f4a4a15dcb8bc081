//! Generation of expressions over earlier fields.

use super::{Make, Named, Place};
use crate::model::{BitsOf, Derived, Expr, Field, Id, Num, Presence, Role, Ty};

impl Make<'_> {
    /// Returns the numbers that an expression can name: earlier fields, and context values of the
    /// type.
    pub(super) fn named(&self, place: &Place, list: &[Field]) -> Vec<Named> {
        let fields =
            list.iter().filter(|field| matches!(field.presence, Presence::Always)).filter_map(|field| {
                let num = match &field.role {
                    Role::Value { ty: Ty::Num(num), .. }
                    | Role::Bits { of: BitsOf::Value(Ty::Num(num)), .. } => *num,
                    Role::Value { ty: Ty::Bool, .. } | Role::Bits { of: BitsOf::Value(Ty::Bool), .. } => {
                        Num::Bool
                    }
                    Role::Auto { num: Some(format), derived, .. }
                        // Damaged bytes may have any number in a `calc` that is not verified, and in the
                        // offset of an empty field.
                        if !matches!(
                            derived,
                            Derived::Checksum(..) | Derived::Calc(_, false) | Derived::OffsetOf(..)
                        ) =>
                    {
                        format.num
                    }
                    _ => return None,
                };
                Some(Named { id: field.id, num })
            });
        let ctx = place.ctx.iter().map(|(id, num)| Named { id: *id, num: *num });
        fields.chain(ctx).filter(|named| !named.num.is_float()).collect()
    }

    /// Returns the earlier fields that have a length in Rust: bytes, text and lists.
    fn measured(&self, list: &[Field]) -> Vec<Id> {
        let always = list.iter().filter(|field| matches!(field.presence, Presence::Always));
        let long = |field: &&Field| {
            matches!(&field.role, Role::Value { ty: Ty::Bytes(_) | Ty::Text(_) | Ty::List(_), .. })
        };
        always.filter(long).map(|field| field.id).collect()
    }

    /// Returns an expression for a length or a count.
    pub(super) fn size(&mut self, place: &Place, list: &[Field]) -> Option<Expr> {
        let measured = self.measured(list);
        if !measured.is_empty() && self.rng.chance(25) {
            return Some(Expr::LenOf(*self.rng.pick(&measured)));
        }
        let named = self.named(place, list);
        let small: Vec<_> = named.iter().filter(|named| matches!(named.num, Num::U8 | Num::U16)).collect();
        if small.is_empty() {
            return None;
        }
        let field = Expr::Field(self.rng.pick(&small).id);
        Some(match self.rng.below(4) {
            0 => field,
            1 => Expr::Usize(Box::new(field)),
            2 => Expr::Op(Box::new(Expr::Usize(Box::new(field))), "+", Box::new(Expr::Int(1))),
            _ => Expr::Op(Box::new(Expr::Usize(Box::new(field))), "*", Box::new(Expr::Int(2))),
        })
    }

    /// Returns an expression for the presence of a value.
    pub(super) fn condition(&mut self, place: &Place, list: &[Field]) -> Option<Expr> {
        let options: Vec<_> = list.iter().filter(|field| field.is_option()).map(|field| field.id).collect();
        let measured = self.measured(list);
        let named = self.named(place, list);
        match self.rng.below(8) {
            0 if !options.is_empty() => return Some(Expr::IsSome(*self.rng.pick(&options))),
            1 if !measured.is_empty() => {
                let id = *self.rng.pick(&measured);
                return Some(Expr::Op(Box::new(Expr::LenOf(id)), ">", Box::new(Expr::Int(1))));
            }
            _ if named.is_empty() => return None,
            _ => {}
        }
        let Named { id, num } = *self.rng.pick(&named);
        let field = Expr::Field(id);
        if num == Num::Bool {
            return Some(if self.rng.chance(50) { field } else { Expr::Not(Box::new(field)) });
        }
        let field = Box::new(field);
        Some(match self.rng.below(4) {
            0 => {
                let bit = Expr::Op(field, "&", Box::new(Expr::Int(1)));
                Expr::Op(Box::new(bit), "!=", Box::new(Expr::Int(0)))
            }
            1 => Expr::Op(field, "==", Box::new(Expr::Int(2))),
            2 => Expr::Op(field, "<", Box::new(Expr::Int(5))),
            _ => Expr::Op(field, ">", Box::new(Expr::Int(1))),
        })
    }
}
