//! Evaluation of expressions. The result is the same as in Rust, or unknown.

#[cfg(test)]
mod tests;

use super::Expr;
use super::expr::{Int, Node, Number, Op, Ty};

/// The result of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The expression has this value.
    Computed(Number),
    /// The expression overflows, divides by zero, or shifts by too many bits, which is an error in
    /// every reader.
    Fails,
    /// The schema cannot evaluate the expression.
    Unknown,
}

use Outcome::{Computed, Fails, Unknown};

/// The values of the names in an expression.
pub(crate) trait Values {
    /// Returns the bits of a field, member, tag or context.
    fn bits(&self, node: &Node) -> Option<u128>;

    /// Returns `true` if a field or member is the variant with this name, or `None` if it is not
    /// known to be an enum that has such a variant.
    fn is_variant(&self, _: &Node, _name: &str) -> Option<bool> {
        None
    }

    /// Returns the number of items or bytes of a field.
    fn len(&self, _: &Node) -> Option<usize> {
        None
    }

    /// Returns `true` if an optional field is present.
    fn is_some(&self, _: &Node) -> Option<bool> {
        None
    }
}

/// No values, for expressions without names.
impl Values for () {
    fn bits(&self, _: &Node) -> Option<u128> {
        None
    }
}

impl Ty {
    /// Returns the value of this type with these bits, or `None` if they do not fit the type.
    pub(crate) fn value(self, bits: u128) -> Option<Number> {
        let fits = match self {
            Self::Int(int) => bits & !int.mask() == 0,
            Self::Bool | Self::Order => bits <= 1,
        };
        fits.then_some(Number { bits, ty: self })
    }

    /// Returns the value of this type that is equal to a number in 128 bits, two's complement.
    pub(crate) fn of(self, wide: u128) -> Option<Number> {
        match self {
            Self::Int(int) if int.is_signed() => int.fit(Some(signed(wide))),
            _ => self.value(wide),
        }
    }
}

impl Int {
    pub(crate) const fn mask(self) -> u128 {
        u128::MAX >> (128 - self.bits())
    }

    /// Returns these bits as a number. The bits of a `u128` are taken as two's complement.
    pub(crate) fn number(self, bits: u128) -> i128 {
        let unused = 128 - self.bits();
        if self.is_signed() { signed(bits << unused) >> unused } else { signed(bits) }
    }

    /// Converts a number to this type, which must not be `u128`. Returns `None` if it overflows.
    fn fit(self, number: Option<i128>) -> Option<Number> {
        let number = number?;
        let bits = unsigned(number) & self.mask();
        (self.number(bits) == number).then_some(Number { bits, ty: Ty::Int(self) })
    }
}

fn signed(bits: u128) -> i128 {
    i128::from_ne_bytes(bits.to_ne_bytes())
}

fn unsigned(number: i128) -> u128 {
    u128::from_ne_bytes(number.to_ne_bytes())
}

impl Number {
    /// Returns the value as an integer, if it fits an `i128`. Booleans are 0 and 1.
    pub(crate) fn signed(self) -> Option<i128> {
        match self.ty {
            Ty::Int(Int::U128) => i128::try_from(self.bits).ok(),
            Ty::Int(int) => Some(int.number(self.bits)),
            Ty::Bool | Ty::Order => i128::try_from(self.bits).ok(),
        }
    }

    /// Returns the value in 128 bits, two's complement.
    pub(crate) fn wide(self) -> Option<u128> {
        Some(match self.ty {
            Ty::Int(int) => unsigned(int.number(self.bits)),
            Ty::Bool | Ty::Order => self.bits,
        })
    }

    fn truth(value: bool) -> Self {
        Self { bits: u128::from(value), ty: Ty::Bool }
    }
}

impl Outcome {
    /// Returns the value, if it is known.
    pub(crate) fn known(self) -> Option<Number> {
        match self {
            Computed(number) => Some(number),
            Fails | Unknown => None,
        }
    }

    fn or_fails(value: Option<Number>) -> Self {
        value.map_or(Fails, Computed)
    }
}

impl Expr {
    /// Evaluates the expression. `expected` is the type that the context requires, if any.
    pub(crate) fn evaluate(&self, values: &dyn Values, expected: Option<Ty>) -> Outcome {
        self.tree.evaluate(values, expected)
    }

    /// Evaluates the expression to an integer.
    pub(crate) fn number(&self, values: &dyn Values) -> Option<i128> {
        self.evaluate(values, None).known()?.signed()
    }

    /// Evaluates the expression to a boolean.
    pub(crate) fn holds(&self, values: &dyn Values) -> Option<bool> {
        self.evaluate(values, Some(Ty::Bool)).known().map(|value| value.bits != 0)
    }
}

/// Unwraps the value of an operand. If the operand has no value, its outcome is returned as the
/// outcome of the whole expression.
macro_rules! value {
    ($outcome:expr) => {
        match $outcome {
            Computed(number) => number,
            other => return other,
        }
    };
}

impl Node {
    pub(crate) fn evaluate(&self, values: &dyn Values, expected: Option<Ty>) -> Outcome {
        let named = |ty: Option<Ty>| match ty.zip(values.bits(self)) {
            Some((ty, bits)) => ty.of(bits).map_or(Unknown, Computed),
            None => Unknown,
        };
        match *self {
            Self::Number(number, int) => {
                let ty = int.map(Ty::Int).or(expected).unwrap_or(Ty::Int(Int::I32));
                // The compiler refuses literals that do not fit.
                ty.value(number).map_or(Unknown, Computed)
            }
            Self::Bool(value) => Computed(Number::truth(value)),
            Self::Field(operand) | Self::Tag(operand) | Self::Context(operand) => named(operand.ty),
            Self::Item(ty) => named(ty),
            Self::Member(_, _, ty) => named(ty()),
            Self::Len(of) => match values.len(of).and_then(|len| u64::try_from(len).ok()) {
                Some(len) => Computed(Number { bits: u128::from(len), ty: Ty::Int(Int::Usize) }),
                None => Unknown,
            },
            Self::IsSome(of) => match values.is_some(of) {
                Some(there) => Computed(Number { bits: u128::from(there), ty: Ty::Bool }),
                None => Unknown,
            },
            Self::Constant(constant) => constant.value().map_or(Unknown, Computed),
            Self::Opaque => Unknown,
            Self::Cast(value, ty) => cast(value, ty, values),
            Self::Not(value) => {
                let value = value!(value.evaluate(values, expected));
                let mask = match value.ty {
                    Ty::Int(int) => int.mask(),
                    Ty::Bool => 1,
                    Ty::Order => return Unknown,
                };
                Computed(Number { bits: !value.bits & mask, ty: value.ty })
            }
            Self::Negative(value) => negative(value, values, expected),
            Self::If(condition, yes, no) => {
                let holds = value!(condition.evaluate(values, Some(Ty::Bool))).bits != 0;
                let expected = self.ty().or(expected);
                if holds { yes.evaluate(values, expected) } else { no.evaluate(values, expected) }
            }
            Self::Binary(op, left, right) => binary(op, left, right, values, expected),
        }
    }
}

fn cast(value: &Node, to: Ty, values: &dyn Values) -> Outcome {
    // The literal in `300 as u16` is a `u16`. Other literals without a type are `i32`.
    let literal = matches!(value, Node::Number(_, None)).then_some(to);
    let value = value!(value.evaluate(values, literal));
    match (value.ty, to) {
        (Ty::Int(from), Ty::Int(int)) => {
            Computed(Number { bits: unsigned(from.number(value.bits)) & int.mask(), ty: to })
        }
        (Ty::Bool, Ty::Int(_)) => Computed(Number { bits: value.bits, ty: to }),
        (from, to) if from == to => Computed(value),
        _ => Unknown,
    }
}

fn negative(value: &Node, values: &dyn Values, expected: Option<Ty>) -> Outcome {
    // The literal in `-128i8` does not fit `i8` without its sign.
    if let Node::Number(magnitude, int) = *value {
        let ty = int.map(Ty::Int).or(expected).unwrap_or(Ty::Int(Int::I32));
        let number = signed(magnitude.wrapping_neg());
        return match ty {
            Ty::Int(int) if int.is_signed() && number <= 0 => Outcome::or_fails(int.fit(Some(number))),
            _ => Unknown,
        };
    }
    let value = value!(value.evaluate(values, expected));
    match value.ty {
        Ty::Int(int) if int.is_signed() => Outcome::or_fails(int.fit(int.number(value.bits).checked_neg())),
        _ => Unknown,
    }
}

fn binary(op: Op, left: &Node, right: &Node, values: &dyn Values, expected: Option<Ty>) -> Outcome {
    if let Op::And | Op::Or = op {
        let first = value!(left.evaluate(values, Some(Ty::Bool)));
        let decided = (op == Op::Or) == (first.bits != 0);
        return if decided { Computed(first) } else { right.evaluate(values, Some(Ty::Bool)) };
    }
    if let Op::ShiftLeft | Op::ShiftRight = op {
        let number = value!(left.evaluate(values, left.ty().or(expected)));
        let by = value!(right.evaluate(values, right.ty()));
        return shift(op, number, by);
    }
    let around = if op.compares() { None } else { expected };
    let ty = left.ty().or_else(|| right.ty()).or(around);
    let (left_value, right_value) = (left.evaluate(values, ty), right.evaluate(values, ty));
    if let (Op::Equal | Op::NotEqual, Unknown, Unknown) = (op, left_value, right_value) {
        let same = variants(left, right, values).or_else(|| variants(right, left, values));
        return same.map_or(Unknown, |same| Computed(Number::truth(same == (op == Op::Equal))));
    }
    let (left, right) = (value!(left_value), value!(right_value));
    match (left.ty, right.ty) {
        (Ty::Int(int), Ty::Int(same)) if int == same => between(op, int, left.bits, right.bits),
        (Ty::Bool, Ty::Bool) | (Ty::Order, Ty::Order) => truths(op, left, right),
        _ => Unknown,
    }
}

/// Compares the variant of `field` with the variant in `path`, such as `Kind::Open`. Returns `None`
/// if one of them is unknown. `path` may also be an associated constant, such as `Kind::LATEST`.
fn variants(field: &Node, path: &Node, values: &dyn Values) -> Option<bool> {
    let Node::Constant(path) = path else { return None };
    values.is_variant(field, path.variant()?)
}

fn shift(op: Op, number: Number, by: Number) -> Outcome {
    let Ty::Int(int) = number.ty else { return Unknown };
    let by = match by.signed().map(u32::try_from) {
        Some(Ok(by)) if by < int.bits() => by,
        _ => return Fails,
    };
    let bits = match op {
        Op::ShiftLeft => number.bits << by & int.mask(),
        _ if int.is_signed() => unsigned(int.number(number.bits) >> by) & int.mask(),
        _ => number.bits >> by,
    };
    Computed(Number { bits, ty: number.ty })
}

fn truths(op: Op, left: Number, right: Number) -> Outcome {
    let number = |bits| Computed(Number { bits, ty: left.ty });
    match op {
        Op::BitAnd => number(left.bits & right.bits),
        Op::BitOr => number(left.bits | right.bits),
        Op::BitXor => number(left.bits ^ right.bits),
        _ => compare(op, left.bits.cmp(&right.bits)),
    }
}

fn compare(op: Op, order: core::cmp::Ordering) -> Outcome {
    let holds = match op {
        Op::Equal => order.is_eq(),
        Op::NotEqual => order.is_ne(),
        Op::Less => order.is_lt(),
        Op::LessOrEqual => order.is_le(),
        Op::Greater => order.is_gt(),
        Op::GreaterOrEqual => order.is_ge(),
        _ => return Unknown,
    };
    Computed(Number::truth(holds))
}

/// Applies an operator to two integers of the same type.
fn between(op: Op, int: Int, left: u128, right: u128) -> Outcome {
    let bits = |bits| Computed(Number { bits, ty: Ty::Int(int) });
    match op {
        Op::BitAnd => return bits(left & right),
        Op::BitOr => return bits(left | right),
        Op::BitXor => return bits(left ^ right),
        _ => {}
    }
    if int == Int::U128 {
        let number = match op {
            Op::Add => left.checked_add(right),
            Op::Subtract => left.checked_sub(right),
            Op::Multiply => left.checked_mul(right),
            Op::Divide => left.checked_div(right),
            Op::Remainder => left.checked_rem(right),
            _ => return compare(op, left.cmp(&right)),
        };
        return number.map_or(Fails, bits);
    }
    let (left, right) = (int.number(left), int.number(right));
    let quotient = || left.checked_div(right).filter(|quotient| int.fit(Some(*quotient)).is_some());
    let number = match op {
        Op::Add => left.checked_add(right),
        Op::Subtract => left.checked_sub(right),
        Op::Multiply => left.checked_mul(right),
        Op::Divide => quotient(),
        // As in Rust, the remainder overflows if the quotient overflows.
        Op::Remainder => quotient().and_then(|_| left.checked_rem(right)),
        _ => return compare(op, left.cmp(&right)),
    };
    Outcome::or_fails(int.fit(number))
}
