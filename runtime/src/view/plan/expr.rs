//! Translation of the declaration's expressions. The code computes the same results as Rust.

use alloc::boxed::Box;
use alloc::format;

use super::code::Code;
use super::types::is_plain;
use super::{Plan, Result, Unsayable};
use crate::schema::{Body, Expr, Int, Node, Op, Schema, Ty, Type};

/// The fields that an expression can name.
pub(super) trait Names {
    /// Returns the code for the field at an index.
    fn field(&self, index: usize) -> Result<Code>;
    /// Returns the wire type of the field at an index.
    fn ty(&self, index: usize) -> Option<Type>;
    /// Returns the code for the context value at an index.
    fn context(&self, index: usize) -> Result<Code> {
        Ok(Code::var(format!("ctx{index}")))
    }
}

/// The code of an expression, with its type and the range of its values.
struct Typed {
    code: Code,
    ty: Option<Ty>,
    range: Option<(i128, i128)>,
}

impl Typed {
    fn new(code: Code, ty: Option<Ty>) -> Self {
        let range = match ty {
            Some(Ty::Int(int)) => reach(int),
            _ => None,
        };
        Self { code, ty, range }
    }
}

/// Returns the range of a type, or `None` for `u128`.
fn reach(int: Int) -> Option<(i128, i128)> {
    let (least, most) = int.range();
    Some((least, i128::try_from(most).ok()?))
}

impl Plan {
    /// Translates an expression that is a number.
    pub(super) fn number(&self, expr: &Expr, names: &dyn Names, expected: Option<Ty>) -> Result<Code> {
        match self.typed(&expr.tree, names, expected) {
            Ok(Typed { code, ty: Some(Ty::Int(_) | Ty::Bool), .. }) => Ok(code),
            said => Ok(Code::Big(Box::new(self.otherwise(expr, names, said.err())?))),
        }
    }

    /// Returns the call of the function that is provided for an expression, because its tree cannot
    /// be translated.
    fn otherwise(&self, expr: &Expr, names: &dyn Names, error: Option<Unsayable>) -> Result<Code> {
        let error = error.unwrap_or_else(|| Unsayable::new(""));
        match self.in_place_of(expr, names) {
            Some(brought) => brought,
            None => Err(opaque(expr, error)),
        }
    }

    /// Translates an expression that is a size.
    pub(super) fn size_said(&self, expr: &Expr, names: &dyn Names) -> Result<Code> {
        Ok(Code::Small(Box::new(self.number(expr, names, None)?)))
    }

    /// Translates an expression that is a `bool`.
    pub(super) fn truth(&self, expr: &Expr, names: &dyn Names) -> Result<Code> {
        match self.typed(&expr.tree, names, Some(Ty::Bool)) {
            Ok(Typed { code, ty: Some(Ty::Bool), .. }) => Ok(code),
            said => self.otherwise(expr, names, said.err()),
        }
    }

    /// Translates an expression that is a byte order to a `bool`, which is true for little-endian.
    pub(super) fn order_said(&self, expr: &Expr, names: &dyn Names) -> Result<Code> {
        match self.typed(&expr.tree, names, Some(Ty::Order)) {
            Ok(Typed { code, ty: Some(Ty::Order), .. }) => Ok(code),
            said => self.otherwise(expr, names, said.err()),
        }
    }

    /// Translates an expression whose value is passed to a frame or function: a number, a `bool`,
    /// or an unchanged field.
    pub(super) fn handed(&self, expr: &Expr, names: &dyn Names) -> Result<(Code, Option<Ty>)> {
        match expr.tree {
            Node::Field(operand) if operand.ty != Some(Ty::Order) => {
                Ok((names.field(operand.index)?, operand.ty))
            }
            _ => match self.typed(&expr.tree, names, None) {
                Ok(typed) => Ok((typed.code, typed.ty)),
                Err(error) => Ok((self.otherwise(expr, names, Some(error))?, None)),
            },
        }
    }

    fn typed(&self, node: &Node, names: &dyn Names, expected: Option<Ty>) -> Result<Typed> {
        let operand = |code: Code, ty: Option<Ty>| match ty {
            Some(Ty::Int(_)) => Ok(Typed::new(Code::Big(Box::new(code)), ty)),
            _ => Ok(Typed::new(code, ty)),
        };
        match *node {
            Node::Number(number, int) => {
                let ty = int.map(Ty::Int).or(expected).unwrap_or(Ty::Int(Int::I32));
                let number = i128::try_from(number).map_err(|_| Unsayable::new(""))?;
                Ok(Typed { code: Code::Num(number), ty: Some(ty), range: Some((number, number)) })
            }
            Node::Bool(value) => Ok(Typed::new(Code::Bool(value), Some(Ty::Bool))),
            // A field of type `Order` is read by hand-written code, so its value is not a `bool`
            // here.
            Node::Field(field) if field.ty == Some(Ty::Order) => Err(Unsayable::new("")),
            Node::Field(field) => operand(names.field(field.index)?, field.ty),
            Node::Tag(tag) => operand(Code::var("tag"), tag.ty),
            Node::Context(context) => operand(names.context(context.index)?, context.ty),
            Node::Item(ty) => operand(Code::var("item"), ty),
            Node::Member(of, name, ty) => operand(self.member(of, name, names)?, ty()),
            Node::Len(of) => {
                let of = self.place(of, names)?;
                Ok(Typed::new(
                    Code::Big(Box::new(Code::Call("length_of", [of].into()))),
                    Some(Ty::Int(Int::Usize)),
                ))
            }
            Node::IsSome(of) => {
                let Node::Field(operand) = of else { return Err(Unsayable::new("")) };
                Ok(Typed::new(names.field(operand.index)?.absent().negated(), Some(Ty::Bool)))
            }
            Node::Constant(constant) => {
                let number = constant.value().ok_or_else(|| Unsayable::new(""))?;
                let value = number.signed().ok_or_else(|| Unsayable::new(""))?;
                Ok(match number.ty {
                    Ty::Bool | Ty::Order => Typed::new(Code::Bool(value != 0), Some(number.ty)),
                    ty => Typed { code: Code::Num(value), ty: Some(ty), range: Some((value, value)) },
                })
            }
            Node::Opaque => Err(Unsayable::new("")),
            Node::Cast(value, ty) => self.cast(value, ty, names),
            Node::Not(value) => {
                let value = self.typed(value, names, expected)?;
                match value.ty {
                    Some(Ty::Bool) => Ok(Typed::new(value.code.negated(), Some(Ty::Bool))),
                    Some(Ty::Int(int)) => Ok(Typed::new(Code::Flip(int, Box::new(value.code)), value.ty)),
                    _ => Err(Unsayable::new("")),
                }
            }
            Node::Negative(value) => {
                let value = self.typed(value, names, expected)?;
                let Some(Ty::Int(int)) = value.ty else { return Err(Unsayable::new("")) };
                match value.code {
                    Code::Num(number) => {
                        let range = Some((-number, -number));
                        Ok(Typed { code: Code::Num(-number), ty: value.ty, range })
                    }
                    code => Ok(Typed::new(Code::Negative(int, Box::new(code)), value.ty)),
                }
            }
            Node::If(condition, yes, no) => {
                let condition = self.typed(condition, names, Some(Ty::Bool))?;
                let expected = node.ty().or(expected);
                let (yes, no) = (self.typed(yes, names, expected)?, self.typed(no, names, expected)?);
                Ok(Typed::new(condition.code.or(yes.code, no.code), yes.ty))
            }
            Node::Binary(op, left, right) => self.binary(op, left, right, names, expected),
        }
    }

    fn cast(&self, value: &Node, ty: Ty, names: &dyn Names) -> Result<Typed> {
        let literal = matches!(value, Node::Number(_, None)).then_some(ty);
        let value = self.typed(value, names, literal)?;
        match (value.ty, ty) {
            (Some(Ty::Bool), Ty::Int(_)) => {
                // In Python a `bool` would stay a `bool`, and number fields refuse a `bool`.
                let code = value.code.or(Code::Num(1), Code::Num(0));
                Ok(Typed { code, ty: Some(ty), range: Some((0, 1)) })
            }
            (Some(Ty::Int(_)), Ty::Int(int)) => match (value.range, reach(int)) {
                (Some((low, high)), Some((least, most))) if least <= low && high <= most => {
                    Ok(Typed { ty: Some(ty), ..value })
                }
                _ => Ok(Typed::new(Code::Cast(int, Box::new(value.code)), Some(ty))),
            },
            _ => Err(Unsayable::new("")),
        }
    }

    fn binary(
        &self,
        op: Op,
        left: &Node,
        right: &Node,
        names: &dyn Names,
        expected: Option<Ty>,
    ) -> Result<Typed> {
        if let Op::And | Op::Or = op {
            let left = self.typed(left, names, Some(Ty::Bool))?.code;
            let right = self.typed(right, names, Some(Ty::Bool))?.code;
            let both = [left, right].into();
            let code = if op == Op::And { Code::And(both) } else { Code::Or(both) };
            return Ok(Typed::new(code, Some(Ty::Bool)));
        }
        if let Op::ShiftLeft | Op::ShiftRight = op {
            let number = self.typed(left, names, left.ty().or(expected))?;
            let by = self.typed(right, names, right.ty())?;
            let Some(Ty::Int(int)) = number.ty else { return Err(Unsayable::new("")) };
            let is_small = by.range.is_some_and(|(low, high)| low >= 0 && high < i128::from(int.bits()));
            let (number, by) = (Box::new(number.code), Box::new(by.code));
            let code = match op {
                Op::ShiftRight if is_small => Code::Binary(op, number, by),
                _ => Code::Checked(op, int, number, by),
            };
            return Ok(Typed::new(code, Some(Ty::Int(int))));
        }
        if let Some(same) = self.variants(op, left, right, names)? {
            return Ok(same);
        }
        let around = if op.compares() { None } else { expected };
        let ty = left.ty().or_else(|| right.ty()).or(around);
        let (left, right) = (self.typed(left, names, ty)?, self.typed(right, names, ty)?);
        let (Some(left_ty), Some(right_ty)) = (left.ty, right.ty) else { return Err(Unsayable::new("")) };
        if left_ty != right_ty {
            return Err(Unsayable::new(""));
        }
        let int = match left_ty {
            Ty::Int(int) => int,
            Ty::Bool | Ty::Order if op.compares() => Int::U8,
            _ => return Err(Unsayable::new("")),
        };
        let range = within(op, left.range, right.range);
        let fits = range
            .zip(reach(int))
            .filter(|((low, high), (least, most))| least <= low && high <= most)
            .map(|(range, _)| range);
        let (left, right) = (Box::new(left.code), Box::new(right.code));
        if op.compares() {
            return Ok(Typed::new(Code::Binary(op, left, right), Some(Ty::Bool)));
        }
        Ok(match (op, fits) {
            (Op::BitAnd | Op::BitOr | Op::BitXor, _) => {
                Typed::new(Code::Binary(op, left, right), Some(left_ty))
            }
            (Op::Add | Op::Subtract | Op::Multiply, Some(range)) => {
                Typed { code: Code::Binary(op, left, right), ty: Some(left_ty), range: Some(range) }
            }
            _ => Typed::new(Code::Checked(op, int, left, right), Some(left_ty)),
        })
    }

    /// Translates the comparison of a field with a path to a variant, such as `Kind::Open`. Returns
    /// `None` if the operands are anything else.
    fn variants(&self, op: Op, left: &Node, right: &Node, names: &dyn Names) -> Result<Option<Typed>> {
        let (field, path) = match (left, right) {
            (field, Node::Constant(path)) | (Node::Constant(path), field) if path.value().is_none() => {
                (field, path)
            }
            _ => return Ok(None),
        };
        let (Op::Equal | Op::NotEqual, Some(variant)) = (op, path.variant()) else { return Ok(None) };
        let Some(schema) = self.schema(field, names) else { return Ok(None) };
        let Body::Enum(variants) = schema.body else { return Ok(None) };
        if !variants.iter().any(|each| each.name == variant) {
            return Ok(None);
        }
        let (value, of) = (self.place(field, names)?, self.name(schema));
        let same = match is_plain(schema) {
            true => Code::binary(Op::Equal, value, Code::Name(of, variant.into())),
            false => Code::Is(Box::new(value), of, variant.into()),
        };
        Ok(Some(Typed::new(if op == Op::Equal { same } else { same.negated() }, Some(Ty::Bool))))
    }

    /// Returns the schema of the enum or struct that is the value of a node.
    fn schema(&self, node: &Node, names: &dyn Names) -> Option<&'static Schema> {
        let schema_of = |ty: Type| match ty {
            Type::Frame(schema) => Some(schema()),
            Type::Bits(bits) => bits.of.as_enum(),
            _ => None,
        };
        match node {
            Node::Field(operand) => schema_of(names.ty(operand.index)?),
            Node::Item(_) => schema_of(names.ty(0)?),
            Node::Member(of, name, _) => {
                let Body::Struct(fields) = self.schema(of, names)?.body else { return None };
                let field = fields.iter().find(|field| field.name == name.trim_start_matches('_'))?;
                schema_of(field.ty)
            }
            _ => None,
        }
    }

    /// Returns the code for a field, an item or a member, without converting it to a number.
    fn place(&self, node: &Node, names: &dyn Names) -> Result<Code> {
        match node {
            Node::Field(operand) => names.field(operand.index),
            Node::Item(_) => Ok(Code::var("item")),
            Node::Member(of, name, _) => self.member(of, name, names),
            _ => Err(Unsayable::new("")),
        }
    }

    fn member(&self, of: &Node, name: &str, names: &dyn Names) -> Result<Code> {
        let schema = self.schema(of, names).ok_or_else(|| Unsayable::new(""))?;
        let Body::Struct(fields) = schema.body else { return Err(Unsayable::new("")) };
        let plain = name.strip_prefix('_').unwrap_or(name);
        let field = fields.iter().find(|field| field.name == name || field.name == plain);
        match field {
            Some(field) if matches!(field.role, crate::schema::Role::Value) => {
                Ok(self.place(of, names)?.member(field.name))
            }
            _ => Err(Unsayable::new("")),
        }
    }
}

/// Returns the range of the result of an operator, or `None` if it is unknown.
fn within(op: Op, left: Option<(i128, i128)>, right: Option<(i128, i128)>) -> Option<(i128, i128)> {
    let ((a, b), (c, d)) = (left?, right?);
    match op {
        Op::Add => Some((a.checked_add(c)?, b.checked_add(d)?)),
        Op::Subtract => Some((a.checked_sub(d)?, b.checked_sub(c)?)),
        Op::Multiply if a >= 0 && c >= 0 => Some((a.checked_mul(c)?, b.checked_mul(d)?)),
        _ => None,
    }
}

fn opaque(expr: &Expr, error: Unsayable) -> Unsayable {
    if error.reason.is_empty() {
        return Unsayable::new(format!("only Rust can compute `{}`", expr.text));
    }
    error
}
