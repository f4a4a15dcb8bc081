//! Probes for the types and constants in the user's expressions. The compiler resolves them, so
//! aliases work.

use alloc::boxed::Box;
use alloc::collections::VecDeque;
use alloc::sync::Arc;
use alloc::vec::Vec;
use core::marker::PhantomData;

use crate::schema::{Int, Number, Order, Ty};

/// A type to be examined.
///
/// Numbers have `TY` as an inherent constant. Any other type falls back to [`Other`].
#[derive(Debug)]
pub struct Probe<T: ?Sized>(PhantomData<T>);

/// The fallback for types that expressions cannot compute with.
pub trait Other {
    /// `None`, because schemas do not know the type.
    const TY: Option<Ty> = None;
}

impl<T: ?Sized> Other for Probe<T> {}

/// The fallback for types that are not lists.
pub trait NoList {
    /// Whether the type is a list of items that are wider than a byte.
    const HAS_WIDE_ITEMS: bool = false;
}

impl<T: ?Sized> NoList for Probe<T> {}

macro_rules! lists {
    ($($list:ty),*) => {$(
        impl<T> Probe<$list> {
            /// Whether the items of the list are wider than a byte.
            pub const HAS_WIDE_ITEMS: bool = size_of::<T>() > 1;
        }
    )*};
}

lists!(Vec<T>, VecDeque<T>, Box<[T]>, Arc<[T]>);

/// Checks that the delimiter of a field can be bytes.
///
/// # Panics
/// Panics if the field is a list of items that are wider than a byte, behind a type alias. Such a
/// list ends with an item, not with bytes. During constant evaluation this is a compile error.
#[track_caller]
pub const fn ends_with_bytes(has_wide_items: bool) {
    assert!(
        !has_wide_items,
        "this type alias is a list, which ends with an item, not with bytes: write `Vec<..>` itself, or the delimiter \
         as a byte string"
    );
}

/// A user's constant to be examined, like [`Probe`] for types.
#[derive(Debug)]
pub struct ValueOf<'a, T: ?Sized>(pub &'a T);

/// The fallback for constants that expressions cannot compute with.
pub trait OtherConstant {
    /// Returns `None`, because schemas do not know the value.
    fn value(&self) -> Option<Number> {
        None
    }

    /// Returns `None`, because only floats have these bits.
    fn float(&self) -> Option<u128> {
        None
    }
}

impl<T: ?Sized> OtherConstant for ValueOf<'_, T> {}

/// The type of a member to be examined, without a value of it.
#[derive(Debug)]
pub struct TypeOf<'a, T: ?Sized>(pub Option<&'a T>);

/// The fallback for members that expressions cannot compute with.
pub trait OtherType {
    /// Returns `None`, because schemas do not know the type.
    fn ty(&self) -> Option<Ty> {
        None
    }
}

impl<T: ?Sized> OtherType for TypeOf<'_, T> {}

macro_rules! probes {
    ($($type:ty: $ty:expr, |$value:ident| $bits:expr;)*) => {$(
        impl Probe<$type> {
            /// The type as schemas name it.
            pub const TY: Option<Ty> = Some($ty);
        }

        impl ValueOf<'_, $type> {
            /// Returns the value.
            #[must_use]
            pub fn value(&self) -> Option<Number> {
                let $value = *self.0;
                $ty.of($bits)
            }
        }

        impl TypeOf<'_, $type> {
            /// Returns the type.
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

macro_rules! floats {
    ($($type:ty),*) => {$(
        impl ValueOf<'_, $type> {
            /// Returns the bits of the float.
            #[must_use]
            pub fn float(&self) -> Option<u128> {
                Some(self.0.to_bits().into())
            }
        }
    )*};
}

floats!(f32, f64);

fn wide(number: i128) -> u128 {
    u128::from_ne_bytes(number.to_ne_bytes())
}
