//! Tests that compare the evaluator with Rust.

use super::{Computed, Fails, Outcome, Unknown, Values};
use crate::schema::{Int, Node, Number, Op, Operand, Ty};

/// The values of the fields `0` and `1`.
struct Two(u128, u128);

impl Values for Two {
    fn bits(&self, node: &Node) -> Option<u128> {
        match node {
            Node::Field(Operand { index: 0, .. }) => Some(self.0),
            Node::Field(Operand { index: 1, .. }) => Some(self.1),
            _ => None,
        }
    }
}

const fn field(index: usize, int: Int) -> Node {
    Node::Field(Operand { name: "", index, ty: Some(Ty::Int(int)) })
}

/// A Rust integer type, and the same type in the evaluator.
trait Rust: Copy {
    const INT: Int;
    /// Returns the value in 128 bits, two's complement.
    fn wide(self) -> u128;
    fn known(value: Option<Self>) -> Outcome {
        let mask = u128::MAX >> (128 - Self::INT.bits());
        let number = |value: Self| Number { bits: value.wide() & mask, ty: Ty::Int(Self::INT) };
        value.map_or(Fails, |value| Computed(number(value)))
    }
}

macro_rules! rust {
    ($($ty:ty: $int:ident, $wide:ty;)*) => {$(
        impl Rust for $ty {
            const INT: Int = Int::$int;
            fn wide(self) -> u128 {
                u128::from_ne_bytes(<$wide>::from(self).to_ne_bytes())
            }
        }
    )*};
}
rust!(u8: U8, u128; u16: U16, u128; u32: U32, u128; u64: U64, u128; u128: U128, u128;
    i8: I8, i128; i16: I16, i128; i32: I32, i128; i64: I64, i128; i128: I128, i128;);

/// Checks that every operator has the same result for two values as in Rust.
macro_rules! agrees {
    ($ty:ident, $left:expr, $right:expr) => {{
        let (left, right): ($ty, $ty) = ($left, $right);
        let int = <$ty as Rust>::INT;
        let (a, b) = (field(0, int), field(1, int));
        let values = Two(left.wide(), right.wide());
        let of = |op| super::binary(op, &a, &b, &values, None);
        let truth = |value| Computed(Number { bits: u128::from(value), ty: Ty::Bool });
        assert_eq!(of(Op::Add), Rust::known(left.checked_add(right)), "{left} + {right}");
        assert_eq!(of(Op::Subtract), Rust::known(left.checked_sub(right)), "{left} - {right}");
        assert_eq!(of(Op::Multiply), Rust::known(left.checked_mul(right)), "{left} * {right}");
        assert_eq!(of(Op::Divide), Rust::known(left.checked_div(right)), "{left} / {right}");
        assert_eq!(of(Op::Remainder), Rust::known(left.checked_rem(right)), "{left} % {right}");
        assert_eq!(of(Op::BitAnd), Rust::known(Some(left & right)));
        assert_eq!(of(Op::BitOr), Rust::known(Some(left | right)));
        assert_eq!(of(Op::BitXor), Rust::known(Some(left ^ right)));
        assert_eq!(of(Op::Equal), truth(left == right));
        assert_eq!(of(Op::NotEqual), truth(left != right));
        assert_eq!(of(Op::Less), truth(left < right));
        assert_eq!(of(Op::LessOrEqual), truth(left <= right));
        assert_eq!(of(Op::Greater), truth(left > right));
        assert_eq!(of(Op::GreaterOrEqual), truth(left >= right));
        let by = u32::try_from(right).unwrap_or(u32::MAX);
        assert_eq!(of(Op::ShiftLeft), Rust::known(left.checked_shl(by)), "{left} << {right}");
        assert_eq!(of(Op::ShiftRight), Rust::known(left.checked_shr(by)), "{left} >> {right}");
        assert_eq!(Node::Not(&Node::Opaque).evaluate(&values, None), Unknown);
        assert_eq!(super::negative(&b, &values, None), negated!($ty, right));
    }};
}
macro_rules! negated {
    (u8, $value:expr) => {
        Unknown
    };
    (u16, $value:expr) => {
        Unknown
    };
    (u32, $value:expr) => {
        Unknown
    };
    (u64, $value:expr) => {
        Unknown
    };
    (u128, $value:expr) => {
        Unknown
    };
    ($ty:ident, $value:expr) => {
        Rust::known($value.checked_neg())
    };
}
macro_rules! casts {
    ($from:ty, $value:expr, $($to:ty),*) => {$(
        #[allow(clippy::as_conversions, trivial_numeric_casts, clippy::cast_possible_truncation, clippy::cast_possible_wrap,
            clippy::cast_sign_loss, clippy::unnecessary_cast, clippy::cast_lossless)]
        {
            let value: $from = $value;
            let cast = super::cast(&LEFT::<$from>(), Ty::Int(<$to as Rust>::INT), &Two(value.wide(), 0));
            assert_eq!(cast, Rust::known(Some(value as $to)), "{value} as {}", stringify!($to));
        }
    )*};
}

#[expect(non_snake_case, reason = "a constant with a parameter")]
fn LEFT<T: Rust>() -> Node {
    field(0, T::INT)
}

#[test]
fn all_values_of_eight_bits_come_out_as_in_rust() {
    for left in 0..=u8::MAX {
        for right in 0..=u8::MAX {
            agrees!(u8, left, right);
            agrees!(i8, i8::from_ne_bytes([left]), i8::from_ne_bytes([right]));
        }
        casts!(u8, left, u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);
        casts!(i8, i8::from_ne_bytes([left]), u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);
    }
}

#[test]
fn edge_values_of_wider_types_come_out_as_in_rust() {
    macro_rules! edges {
        ($($ty:ident),*) => {$({
            let values: [$ty; 12] = [
                <$ty>::MIN, <$ty>::MIN + 1, <$ty>::MIN / 2, <$ty>::MIN / 2 + 1, 0, 1, 2, 7,
                <$ty>::MAX / 2, <$ty>::MAX / 2 + 1, <$ty>::MAX - 1, <$ty>::MAX,
            ];
            for left in values {
                for right in values {
                    agrees!($ty, left, right);
                }
                casts!($ty, left, u8, u16, u32, u64, u128, i8, i16, i32, i64, i128);
            }
        })*};
    }
    edges!(u16, u32, u64, u128, i16, i32, i64, i128);
}

#[test]
fn a_literal_without_a_suffix_has_the_type_of_the_other_operand() {
    static ONE: Node = Node::Number(1, None);
    static BYTE: Node = field(0, Int::U8);
    static MASKED: Node = Node::Binary(Op::BitAnd, &BYTE, &Node::Not(&ONE));
    let values = Two(0xfd, 0);
    let expr = Node::Binary(Op::NotEqual, &MASKED, &Node::Number(0, None));
    assert_eq!(expr.evaluate(&values, Some(Ty::Bool)), Computed(Number { bits: 1, ty: Ty::Bool }));
    assert_eq!(Node::Not(&BYTE).evaluate(&values, None), Rust::known(Some(2u8)));
    let shifted = Node::Binary(Op::ShiftLeft, &ONE, &BYTE);
    assert_eq!(shifted.evaluate(&Two(31, 0), None), Rust::known(Some(i32::MIN)));
    assert_eq!(shifted.evaluate(&Two(32, 0), None), Fails);
    assert_eq!(shifted.evaluate(&Two(32, 0), Some(Ty::Int(Int::U64))), Rust::known(Some(1u64 << 32)));
}

#[test]
fn edges_of_literals_and_short_circuits() {
    let least = Node::Negative(&Node::Number(128, Some(Int::I8)));
    assert_eq!(least.evaluate(&(), None), Rust::known(Some(i8::MIN)), "{least:?}");
    let least = Node::Negative(&Node::Number(1 << 127, Some(Int::I128)));
    assert_eq!(least.evaluate(&(), None), Rust::known(Some(i128::MIN)));
    let never = Node::Binary(Op::And, &Node::Bool(false), &Node::Opaque);
    assert_eq!(never.evaluate(&(), None), Computed(Number::truth(false)));
    let always = Node::Binary(Op::Or, &Node::Bool(true), &Node::Opaque);
    assert_eq!(always.evaluate(&(), None), Computed(Number::truth(true)));
    let other = Node::If(&Node::Bool(false), &Node::Opaque, &Node::Number(3, Some(Int::U16)));
    assert_eq!(other.evaluate(&(), None), Rust::known(Some(3u16)));
    assert_eq!(Node::Opaque.evaluate(&(), None), Unknown);
}
