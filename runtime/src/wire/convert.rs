//! Values that are converted to another type on the wire.

use alloc::string::ToString;
use core::fmt::Display;
use core::marker::PhantomData;

use nom::IResult;

use super::{ByteOrder, Fault, Format, Read, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

/// The format of a value that is converted to a `T`, which is encoded in byte order `O`.
#[derive(Clone, Copy, Debug)]
pub struct As<T, O>(PhantomData<(T, O)>);

impl<T, O> Format for As<T, O> {}

impl<O: ByteOrder, T: Wire<O> + TryFrom<U, Error: Display>, U: Clone> Wire<As<T, O>> for U {
    const MIN: usize = T::MIN;
    const MAX: Option<usize> = T::MAX;
    const TYPE: Type = T::TYPE;
    const OPEN: bool = T::OPEN;

    /// Converts the value only if some values of its wire type would be nested too deep.
    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        !T::may_nest_deeper(levels) || to_wire::<T, U>(self).map_or(true, |value| value.nests_within(levels))
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        T::may_nest_deeper(levels)
    }
}

impl<'a, O, T, U> Read<'a, As<T, O>> for U
where
    O: ByteOrder,
    T: Read<'a, O> + TryFrom<U, Error: Display>,
    U: TryFrom<T, Error: Display> + Clone,
{
    #[inline]
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        let (rest, value) = T::read(input, src)?;
        match U::try_from(value) {
            Ok(value) => Ok((rest, value)),
            Err(reason) => Err(nom::Err::Error(not_this::<U>(&reason))),
        }
    }
}

impl<O: ByteOrder, T: Write<O> + TryFrom<U, Error: Display>, U: Clone> Write<As<T, O>> for U {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        to_wire::<T, U>(self)?.write(out)
    }

    /// Returns the size. A value that does not convert counts as 0 bytes, because encoding it
    /// fails.
    #[inline]
    fn size(&self) -> usize {
        T::try_from(self.clone()).map_or(0, |value| value.size())
    }
}

/// Returns the error of a number on the wire that does not convert to `U`, with the reason that the
/// user's conversion gives.
#[cold]
fn not_this<U>(reason: &dyn Display) -> DecodeError {
    let to = core::any::type_name::<U>();
    DecodeError::new(DecodeErrorKind::Conversion { to, reason: reason.to_string() })
}

/// Returns the error of a value that does not convert to `T`.
#[cold]
pub(super) fn not_that<T>(reason: &dyn Display) -> EncodeError {
    let to = core::any::type_name::<T>();
    EncodeError::new(EncodeErrorKind::Conversion { to, reason: reason.to_string() })
}

/// Converts a decoded `T` to the type of the field.
///
/// # Errors
/// Returns an error if the value does not convert.
#[inline]
pub fn from_wire<T, U: TryFrom<T, Error: Display>>(value: T) -> Result<U, Fault> {
    U::try_from(value).map_err(|reason| nom::Err::Error(not_this::<U>(&reason)))
}

/// Converts a field to its wire type.
///
/// # Errors
/// Returns an error if the field does not convert.
#[inline]
pub fn to_wire<T: TryFrom<U, Error: Display>, U: Clone>(value: &U) -> Result<T, EncodeError> {
    T::try_from(value.clone()).map_err(|reason| not_that::<T>(&reason))
}

/// Converts a reference to a field to the wire type, as [`to_wire`] does for a value.
///
/// # Errors
/// Returns an error if the field does not convert.
#[inline]
pub fn to_wire_by_ref<'a, T: TryFrom<&'a U, Error: Display>, U>(value: &'a U) -> Result<T, EncodeError> {
    T::try_from(value).map_err(|reason| not_that::<T>(&reason))
}
