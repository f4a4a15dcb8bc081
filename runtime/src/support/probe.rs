//! What the types and constants in the user's expressions are: the compiler
//! chooses, so that aliases count as what they stand for.

use core::marker::PhantomData;

use crate::schema::{Int, Number, Order, Ty};

/// A type about to be looked at.
///
/// `TY` of a number is this type's own constant; any other type falls through
/// to [`Other`].
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

/// Types that no expression computes with.
pub trait Other {
    /// Nothing that a schema can tell.
    const TY: Option<Ty> = None;
}

impl<T: ?Sized> Other for Probe<T> {}

/// A constant of the user's about to be looked at, in the same way.
#[derive(Debug)]
pub struct ValueOf<'a, T: ?Sized>(pub &'a T);

/// Constants that no expression computes with.
pub trait OtherConstant {
    /// Nothing that a schema can tell.
    fn value(&self) -> Option<Number> {
        None
    }
}

impl<T: ?Sized> OtherConstant for ValueOf<'_, T> {}

/// The type of a member about to be looked at, of a value that need not be there.
#[derive(Debug)]
pub struct TypeOf<'a, T: ?Sized>(pub Option<&'a T>);

/// Members that no expression computes with.
pub trait OtherType {
    /// Nothing that a schema can tell.
    fn ty(&self) -> Option<Ty> {
        None
    }
}

impl<T: ?Sized> OtherType for TypeOf<'_, T> {}

macro_rules! probes {
    ($($type:ty: $ty:expr, |$value:ident| $bits:expr;)*) => {$(
        impl Probe<$type> {
            /// The type.
            pub const TY: Option<Ty> = Some($ty);
        }

        impl ValueOf<'_, $type> {
            /// The value.
            #[must_use]
            pub fn value(&self) -> Option<Number> {
                let $value = *self.0;
                $ty.of($bits)
            }
        }

        impl TypeOf<'_, $type> {
            /// The type.
            #[must_use]
            pub const fn ty(&self) -> Option<Ty> {
                Some($ty)
            }
        }
    )*};
}

probes! {
    u8: Ty::Int(Int::U8), |value| u128::from(value);
    u16: Ty::Int(Int::U16), |value| u128::from(value);
    u32: Ty::Int(Int::U32), |value| u128::from(value);
    u64: Ty::Int(Int::U64), |value| u128::from(value);
    u128: Ty::Int(Int::U128), |value| value;
    usize: Ty::Int(Int::Usize), |value| u128::try_from(value).ok()?;
    i8: Ty::Int(Int::I8), |value| wide(value.into());
    i16: Ty::Int(Int::I16), |value| wide(value.into());
    i32: Ty::Int(Int::I32), |value| wide(value.into());
    i64: Ty::Int(Int::I64), |value| wide(value.into());
    i128: Ty::Int(Int::I128), |value| wide(value);
    isize: Ty::Int(Int::Isize), |value| wide(i128::try_from(value).ok()?);
    bool: Ty::Bool, |value| u128::from(value);
    Order: Ty::Order, |value| u128::from(value == Order::Little);
}

fn wide(number: i128) -> u128 {
    u128::from_ne_bytes(number.to_ne_bytes())
}
