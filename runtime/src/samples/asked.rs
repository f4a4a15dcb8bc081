//! Numbers in fields that later fields use as their tag, size or context.

use super::maker::{Maker, entry, whole};
use crate::schema::eval::Outcome;
use crate::schema::known::{Known, Says, chosen};
use crate::schema::{Body, Chooser, Expr, Extent, Field, Node, NumberFormat, Schema, Type, Variant};

/// The largest size in bytes or items that a generated number gives to a field.
pub(crate) const MOST: usize = 4096;

impl Maker {
    /// Chooses the number in a field that later fields use as their tag, size or context. Returns
    /// `None` for any other field.
    pub(crate) fn asked(
        &mut self,
        field: &Field,
        index: usize,
        fields: &[Field],
        known: &Known,
    ) -> Option<i128> {
        match field.ty {
            Type::Bits(bits) if bits.of.as_enum().is_some() => return None,
            Type::Int { .. } | Type::Bits(_) | Type::Number(_) => {}
            _ => return None,
        }
        for other in fields {
            if let Some((variants, is_list)) = chosen_by(other, index) {
                // An item of a list must take bytes.
                let fits =
                    |at: &usize| !is_list || variants.get(*at).is_some_and(|one| !one.fields.is_empty());
                let first = self.choices.of(variants.len()) + self.choices.turn;
                let turns = (first..first + variants.len()).map(|at| at % variants.len());
                let at = turns.clone().find(fits).or_else(|| turns.clone().next())?;
                return self.tag(variants, variants.get(at)?).signed();
            }
            if let (Extent::Len(expr), Type::Number(NumberFormat { in_bytes: Some(_), max_len, .. })) =
                (other.extent, other.ty)
            {
                if is_field(&expr.tree, index) {
                    return i128::try_from(self.choices.of(max_len.unwrap_or(0) + 1)).ok();
                }
            }
            let sizes = match other.extent {
                Extent::Len(expr) | Extent::Count(expr) => expr.tree.names(index),
                _ => false,
            };
            let handed = other.given.values.iter().any(|expr| expr.tree.names(index));
            if sizes || handed {
                return Some(self.size_in(field, index, fields, known));
            }
        }
        None
    }

    /// Chooses a number that the field can hold, and that gives later fields a size that they can
    /// have.
    fn size_in(&mut self, field: &Field, index: usize, fields: &[Field], known: &Known) -> i128 {
        let (least, most) = field.ty.range().unwrap_or((0, u128::MAX));
        let (least, most) = (least.max(0), i128::try_from(most).unwrap_or(i128::MAX));
        let some = i128::try_from(self.choices.size()).unwrap_or(0).clamp(least, most);
        // A length counts the bytes before it in some formats, so larger numbers are tried too.
        let others = (some..=most.min(some.saturating_add(256))).chain(least..some);
        let fits = |number: &i128| {
            let mut known = known.clone();
            known.entries.push(entry(index, field, &whole(*number)));
            fields.iter().all(|other| is_possible(other, index, &known))
        };
        others.take(512).find(fits).unwrap_or(some)
    }
}

/// Returns `true` if an expression is the number in the field at `index`.
fn is_field(node: &Node, index: usize) -> bool {
    matches!(node, Node::Field(operand) if operand.index == index)
}

/// Returns the variants that the number at `index` selects between in a later field, and `true` if
/// they are the items of a list.
fn chosen_by(field: &Field, index: usize) -> Option<(&'static [Variant], bool)> {
    let (schema, is_list) = frame_of(&field.ty)?;
    let by = |tag: Option<Chooser>| if let Some(Chooser::Expr(expr)) = tag { Some(expr.tree) } else { None };
    let schema = match by(field.given.tag) {
        Some(tag) => Some(schema).filter(|_| is_field(&tag, index)),
        // The hidden frame of an item receives the tag as context.
        None if schema.is_item => {
            let item = schema.fields(0).first()?;
            let Some(Node::Context(from)) = by(item.given.tag) else { return None };
            let given = field.given.values.get(from.index)?;
            frame_of(&item.ty).map(|(schema, _)| schema).filter(|_| is_field(&given.tree, index))
        }
        None => None,
    };
    match schema?.body {
        Body::Enum(variants) => Some((variants, is_list)),
        Body::Struct(_) => None,
    }
}

/// Returns the frame in a field, or the frame in its list and `true`.
fn frame_of(ty: &Type) -> Option<(&'static Schema, bool)> {
    match ty {
        Type::Frame(schema) => Some((schema(), false)),
        Type::List(Type::Frame(schema)) => Some((schema(), true)),
        _ => None,
    }
}

/// Returns `false` if the size of a field, or of an item in it, depends on the number at `index`,
/// and cannot be what the number says.
fn is_possible(field: &Field, index: usize, known: &Known) -> bool {
    if let Extent::Len(expr) | Extent::Count(expr) = field.extent {
        if expr.tree.names(index) && !can_take(field, expr, known, 0) {
            return false;
        }
    }
    if !field.given.values.iter().any(|expr| expr.tree.names(index)) {
        return true;
    }
    let Some((schema, is_list)) = frame_of(&field.ty) else { return true };
    let inside = Known { context: known.context_for(field), ..Known::new(schema, 0) };
    let Body::Struct(fields) = schema.body else { return true };
    // An item of a list must take bytes.
    let least = usize::from(is_list && fields.len() == 1);
    fields.iter().all(|field| match field.extent {
        Extent::Len(expr) | Extent::Count(expr) => can_take(field, expr, &inside, least),
        _ => true,
    })
}

/// Returns `false` if a field cannot have the size that an expression gives.
fn can_take(field: &Field, expr: &Expr, known: &Known, least: usize) -> bool {
    let size = match expr.evaluate(known, None) {
        Outcome::Computed(number) => number.signed().and_then(|size| usize::try_from(size).ok()),
        Outcome::Unknown => return true,
        Outcome::Fails => None,
    };
    let Some(size) = size.filter(|size| (least..=MOST).contains(size)) else { return false };
    match (field.extent, field.ty) {
        (Extent::Count(_), _) => true,
        (_, Type::Frame(schema)) => {
            let (least, most) = sizes(schema(), known.tag_for(field).as_ref());
            least <= size && most.is_none_or(|most| size <= most)
        }
        (_, Type::List(item)) => item.bits().is_none_or(|bits| bits == 0 || size * 8 % bits == 0),
        (_, Type::Number(NumberFormat { in_bytes: Some(_), max_len, .. })) => {
            max_len.is_none_or(|most| size <= most)
        }
        (_, ty) => ty.bits().is_none_or(|bits| bits == size * 8),
    }
}

/// Returns the smallest and the largest size of a frame with this tag, if it is known.
fn sizes(schema: &Schema, tag: Option<&Says>) -> (usize, Option<usize>) {
    let Some(variant) = tag.filter(|_| schema.head.is_empty()).and_then(|tag| chosen(schema, tag)) else {
        return (schema.min_len, schema.max_len);
    };
    let bits = variant.fields.iter().map(Field::bits);
    let least = bits.clone().flatten().sum::<usize>().div_ceil(8);
    let is_fixed = bits.clone().all(|bits| bits.is_some());
    (least, if is_fixed { Some(least) } else { schema.max_len })
}
