//! Evaluation of expressions.

use crate::model::{Expr, Fields, Format, HANDED, Id, Order, Turn, Wire};
use crate::values::Value;

/// The values that the enclosing type passes to a type.
pub(crate) type Context = [Option<(Id, i128)>; HANDED];

/// The values that an expression can use.
#[derive(Clone, Copy)]
pub(crate) struct Values<'a> {
    pub(crate) fields: &'a Fields,
    pub(crate) values: &'a [Value],
    /// The values of the `Auto` fields, as far as they are known.
    pub(crate) autos: &'a [Option<i128>],
    pub(crate) ctx: Context,
}

impl Values<'_> {
    /// Returns the value of an expression as a number, or `None` if the value is unknown. A `bool`
    /// is 0 or 1.
    pub(crate) fn eval(&self, expr: &Expr) -> Option<i128> {
        match expr {
            Expr::Field(id) => match self.ctx.iter().flatten().find(|(ctx, _)| ctx == id) {
                Some((_, value)) => Some(*value),
                None => {
                    let (index, field) = self.fields.get(*id)?;
                    match field.derived() {
                        Some(_) => self.autos.get(index).copied().flatten(),
                        None => self.values.get(index)?.number(),
                    }
                }
            },
            Expr::LenOf(id) => {
                let (index, _) = self.fields.get(*id)?;
                match self.values.get(index)? {
                    Value::Bytes(bytes) => i128::try_from(bytes.len()).ok(),
                    Value::List(items) => i128::try_from(items.len()).ok(),
                    _ => None,
                }
            }
            Expr::IsSome(id) => {
                let (index, _) = self.fields.get(*id)?;
                Some(i128::from(!matches!(self.values.get(index)?, Value::None)))
            }
            Expr::Usize(inner) | Expr::Byte(inner) => self.eval(inner),
            Expr::Int(value) => Some(*value),
            Expr::Op(a, op, b) => operate(self.eval(a)?, op, self.eval(b)?),
            Expr::Wrapping(a, b) => Some((self.eval(a)? + self.eval(b)?) & 0xff),
            Expr::NotByte(inner) => Some(!self.eval(inner)? & 0xff),
            Expr::Not(inner) => Some(i128::from(self.eval(inner)? == 0)),
        }
    }

    /// Returns the wire format with its byte order resolved.
    pub(crate) fn turned(&self, wire: &Wire) -> Wire {
        let order = match wire.order {
            Some(Turn::By(id)) => {
                let is_odd = self.eval(&Expr::Field(id)).is_some_and(|said| said % 2 != 0);
                Some(Turn::To(if is_odd { Order::Little } else { Order::Big }))
            }
            order => order,
        };
        Wire { form: wire.form.clone(), order }
    }

    /// Returns the number format with its byte order resolved.
    pub(crate) fn turned_number(&self, number: &Format) -> Format {
        Format { num: number.num, wire: self.turned(&number.wire) }
    }
}

fn operate(a: i128, op: &str, b: i128) -> Option<i128> {
    Some(match op {
        "+" => a.checked_add(b)?,
        "*" => a.checked_mul(b)?,
        "&" => a & b,
        "|" => a | b,
        "^" => a ^ b,
        "%" => a.checked_rem(b)?,
        ">>" => a.checked_shr(u32::try_from(b).ok()?)?,
        "==" => i128::from(a == b),
        "!=" => i128::from(a != b),
        "<" => i128::from(a < b),
        ">" => i128::from(a > b),
        _ => return None,
    })
}
