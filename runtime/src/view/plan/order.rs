//! Byte orders that are known only at run time. The code for a value exists once, with the order as
//! a variable.

use alloc::string::ToString;
use alloc::vec::Vec;

use super::code::Code;
use super::expr::Names;
use super::facts::ends_of;
use super::{Plan, Result, Unsayable};
use crate::schema::frames::separated;
use crate::schema::{Expr, Field, Order, Role, Type};

/// The condition for little-endian order, or `None` if the order is fixed.
pub(super) type Little = Option<Code>;

/// Returns a byte order as an argument: `"big"`, `"little"`, or an expression that chooses one of
/// them.
pub(super) fn order(order: Order, little: Option<&Code>) -> Code {
    match little {
        Some(little) => little.clone().or(Code::text("little"), Code::text("big")),
        None => Code::text(if order == Order::Little { "little" } else { "big" }),
    }
}

/// Returns a byte order as an argument. Returns `None` for a single byte and for big-endian order,
/// which is the default.
pub(super) fn order_unless_big(of: Option<Order>, little: Option<&Code>) -> Option<Code> {
    match (of?, little) {
        (Order::Big, None) => None,
        (of, little) => Some(order(of, little)),
    }
}

impl Plan {
    /// Returns the condition for little-endian order of a field's value.
    pub(super) fn little(&self, field: &Field, names: &dyn Names) -> Result<Little> {
        let Some(ordered) = field.ordered else { return Ok(None) };
        if let (Type::Bits(big), Type::Bits(little)) = (field.ty, ordered.little.ty) {
            if big.shift != little.shift {
                return Err(Unsayable::new(
                    "bits whose position depends on the byte order can only be computed in Rust",
                ));
            }
        }
        if differ(&field.ty, &ordered.little.ty) { self.is_little(field, names) } else { Ok(None) }
    }

    /// Returns the condition for little-endian order of a field's prefix.
    pub(super) fn little_prefix(&self, field: &Field, names: &dyn Names) -> Result<Little> {
        let little = field.ordered.and_then(|ordered| ordered.little.prefix());
        match field.prefix().zip(little) {
            Some((big, little)) if differ(&big.ty, &little.ty) => self.is_little(field, names),
            _ => Ok(None),
        }
    }

    /// Returns the code that `of` gives for a field. If it depends on a byte order, the code chooses
    /// between both forms.
    pub(super) fn in_order(
        &self,
        field: &Field,
        names: &dyn Names,
        of: impl Fn(&Field) -> Code,
    ) -> Result<Code> {
        let little = field.ordered.map(|ordered| of(&ordered.little));
        self.chosen(field, names, of(field), little)
    }

    /// Returns the code for the separator of a list, if its items have one. The order is the one that
    /// the items receive: a list whose prefix has an order of its own need not have that of its items.
    pub(super) fn separator(&self, field: &Field, item: &Type, names: &dyn Names) -> Result<Option<Code>> {
        let Some(item) = separated(item) else { return Ok(None) };
        let big = ends_of(item);
        let Some(ordered) = item.ordered else { return Ok(Some(big)) };
        let little = ends_of(&ordered.little);
        if little == big {
            return Ok(Some(big));
        }
        let received = Received(self.values(field, names)?);
        Ok(Some(self.says_little(&ordered.order, &received)?.or(little, big)))
    }

    /// Returns the code that chooses between the forms in both byte orders, if they differ.
    fn chosen(&self, field: &Field, names: &dyn Names, big: Code, little: Option<Code>) -> Result<Code> {
        match little.filter(|little| *little != big).zip(self.is_little(field, names)?) {
            Some((little, is_little)) => Ok(is_little.or(little, big)),
            None => Ok(big),
        }
    }

    /// Returns the code for the bytes of a constant.
    pub(super) fn magic(&self, field: &Field, names: &dyn Names) -> Result<Code> {
        self.in_order(field, names, |field| match field.role {
            Role::Magic(bytes) => Code::Bytes(bytes.to_vec()),
            _ => Code::Bytes(Vec::new()),
        })
    }

    fn is_little(&self, field: &Field, names: &dyn Names) -> Result<Little> {
        field.ordered.map(|ordered| self.says_little(&ordered.order, names)).transpose()
    }

    /// Returns the condition under which an expression is the little-endian order.
    fn says_little(&self, order: &Expr, names: &dyn Names) -> Result<Code> {
        Ok(match self.order_said(order, names)? {
            Code::If(condition, yes, no) if *yes == Code::Bool(true) && *no == Code::Bool(false) => {
                *condition
            }
            Code::If(condition, yes, no) if *yes == Code::Bool(false) && *no == Code::Bool(true) => {
                condition.negated()
            }
            code => code,
        })
    }
}

/// The names in an item of a list, which are the context values that it receives.
struct Received(Vec<Code>);

impl Names for Received {
    fn field(&self, _: usize) -> Result<Code> {
        Err(Unsayable::new("the order of a separator depends on a field of the item"))
    }

    fn ty(&self, _: usize) -> Option<Type> {
        None
    }

    fn context(&self, index: usize) -> Result<Code> {
        let missing = || Unsayable::new("the order of a separator depends on a value that the item lacks");
        self.0.get(index).cloned().ok_or_else(missing)
    }
}

/// Returns `true` if the encoding of a type depends on the byte order.
fn differ(big: &Type, little: &Type) -> bool {
    match (big, little) {
        (Type::Bits(big), Type::Bits(little)) => big.order != little.order,
        (big, little) => big.to_string() != little.to_string(),
    }
}
