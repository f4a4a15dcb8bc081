//! Checked arithmetic in the user's expressions. The result is `None` if it overflows.

use core::borrow::Borrow;
use core::ops;

use crate::error::{DecodeError, EncodeError};

/// Two operands. For integers the operators are checked. Other types fall back to the traits in
/// this module, which are the plain operators.
#[derive(Debug)]
pub struct Operands<A, B>(pub A, pub B);

/// One operand. Integers are checked, and other types fall back, as for [`Operands`].
#[derive(Debug)]
pub struct Operand<A>(pub A);

/// A number of bits to shift by.
pub trait Bits: Copy {
    /// Returns the number as a `u32`, unless it is negative.
    fn bits(self) -> Option<u32>;
}

impl<T: Bits> Bits for &T {
    #[inline(always)]
    fn bits(self) -> Option<u32> {
        (*self).bits()
    }
}

/// The operators of integers of one type.
macro_rules! checked {
    ($($type:ty),*) => {$(
        impl Bits for $type {
            #[inline(always)]
            fn bits(self) -> Option<u32> {
                u32::try_from(self).ok()
            }
        }

        impl Like for $type {
            type Number = $type;
        }

        // As in Rust, each operand may also be a reference.
        checked_operands!($type: $type, $type; &$type, $type; $type, &$type; &$type, &$type;);
        checked_shifts!($type: $type; &$type;);
    )*};
}

macro_rules! checked_operands {
    ($type:ty: $($left:ty, $right:ty;)*) => {$(
        impl Operands<$left, $right> {
            #[inline(always)]
            fn values(self) -> ($type, $type) {
                (*self.0.borrow(), *self.1.borrow())
            }

            /// `+`
            #[inline(always)]
            #[must_use]
            pub fn add(self) -> Option<$type> {
                let (left, right) = self.values();
                left.checked_add(right)
            }

            /// `-`
            #[inline(always)]
            #[must_use]
            pub fn subtract(self) -> Option<$type> {
                let (left, right) = self.values();
                left.checked_sub(right)
            }

            /// `*`
            #[inline(always)]
            #[must_use]
            pub fn multiply(self) -> Option<$type> {
                let (left, right) = self.values();
                left.checked_mul(right)
            }

            /// `/`
            #[inline(always)]
            #[must_use]
            pub fn divide(self) -> Option<$type> {
                let (left, right) = self.values();
                left.checked_div(right)
            }

            /// `%`
            #[inline(always)]
            #[must_use]
            pub fn remainder(self) -> Option<$type> {
                let (left, right) = self.values();
                left.checked_rem(right)
            }
        }
    )*};
}

macro_rules! checked_shifts {
    ($type:ty: $($left:ty;)*) => {$(
        impl<B: Bits> Operands<$left, B> {
            /// `<<`
            #[inline(always)]
            #[must_use]
            pub fn shift_left(self) -> Option<$type> {
                self.0.checked_shl(self.1.bits()?)
            }

            /// `>>`
            #[inline(always)]
            #[must_use]
            pub fn shift_right(self) -> Option<$type> {
                self.0.checked_shr(self.1.bits()?)
            }
        }
    )*};
}

checked!(u8, u16, u32, u64, u128, usize, i8, i16, i32, i64, i128, isize);

macro_rules! checked_signs {
    ($($type:ty),*) => {$(
        impl Operand<$type> {
            /// `-`
            #[inline(always)]
            #[must_use]
            pub fn negative(self) -> Option<$type> {
                self.0.checked_neg()
            }
        }

        impl Operand<&$type> {
            /// `-`
            #[inline(always)]
            #[must_use]
            pub fn negative(self) -> Option<$type> {
                self.0.checked_neg()
            }
        }
    )*};
}

checked_signs!(i8, i16, i32, i64, i128, isize);

/// The plain operators, for operands that are not integers. If a type does not implement an
/// operator, the compiler reports that as usual.
macro_rules! operators {
    ($($name:ident: $method:ident, $op:ident, $call:ident;)*) => {$(
        #[doc = concat!("[`", stringify!($op), "`](ops::", stringify!($op), ") of any operands.")]
        pub trait $name<A, B> {
            /// Applies the operator.
            fn $method(self) -> Option<A::Output>
            where
                A: ops::$op<B>;
        }

        impl<A, B> $name<A, B> for Operands<A, B> {
            #[inline(always)]
            fn $method(self) -> Option<A::Output>
            where
                A: ops::$op<B>,
            {
                Some(ops::$op::$call(self.0, self.1))
            }
        }
    )*};
}

operators! {
    OtherAdd: add, Add, add;
    OtherSubtract: subtract, Sub, sub;
    OtherMultiply: multiply, Mul, mul;
    OtherDivide: divide, Div, div;
    OtherRemainder: remainder, Rem, rem;
    OtherShiftLeft: shift_left, Shl, shl;
    OtherShiftRight: shift_right, Shr, shr;
}

/// [`Neg`](ops::Neg) of any operand.
pub trait OtherNegative<A> {
    /// Applies the operator.
    fn negative(self) -> Option<A::Output>
    where
        A: ops::Neg;
}

impl<A> OtherNegative<A> for Operand<A> {
    #[inline(always)]
    fn negative(self) -> Option<A::Output>
    where
        A: ops::Neg,
    {
        Some(-self.0)
    }
}

/// An operand that determines the type of a literal on the other side of its operator.
pub trait Like {
    /// Type of the literal: the type of the operand, or what it refers to.
    type Number;
}

impl<T: Like> Like for &T {
    type Number = T::Number;
}

/// Returns `number`. The closure is never called: its type makes the compiler choose the type `T`.
#[inline(always)]
pub fn like<T: Like>(_: impl FnOnce() -> T, number: T::Number) -> T::Number {
    number
}

/// Returns `number`. The caller names the type: `typed::<u8>(1)`.
#[inline(always)]
pub fn typed<T>(number: T) -> T {
    number
}

/// Returns the error for an expression that overflows or divides by zero, while decoding.
#[cold]
#[inline(never)]
#[must_use]
pub fn overflows(text: &'static str) -> DecodeError {
    DecodeError::custom(alloc::format!("`{text}` has no value: it overflows or divides by zero"))
}

/// Returns the error for an expression that overflows or divides by zero, while encoding.
#[cold]
#[inline(never)]
#[must_use]
pub fn overflows_on_encode(text: &'static str) -> EncodeError {
    EncodeError::custom(alloc::format!("`{text}` has no value: it overflows or divides by zero"))
}
