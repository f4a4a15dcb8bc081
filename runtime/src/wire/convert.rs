//! Values that stand on the wire as a value of another type.

use alloc::format;
use core::marker::PhantomData;

use nom::IResult;

use super::{ByteOrder, Format, Read, Wire, Write};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

/// As a `T` in byte order `O`.
#[derive(Clone, Copy, Debug)]
pub struct As<T, O>(PhantomData<(T, O)>);

impl<T, O> Format for As<T, O> {}

impl<O: ByteOrder, T: Wire<O>, U> Wire<As<T, O>> for U {
    const MIN: usize = T::MIN;
    const MAX: Option<usize> = T::MAX;
    const TYPE: Type = T::TYPE;
    const OPEN: bool = T::OPEN;
}

impl<'a, O: ByteOrder, T: Read<'a, O>, U: TryFrom<T>> Read<'a, As<T, O>> for U {
    #[inline]
    fn read(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        let (rest, value) = T::read(input, src)?;
        match U::try_from(value) {
            Ok(value) => Ok((rest, value)),
            Err(_) => Err(nom::Err::Error(not_this::<U>())),
        }
    }
}

impl<O: ByteOrder, T: Write<O> + TryFrom<U>, U: Clone> Write<As<T, O>> for U {
    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        match T::try_from(self.clone()) {
            Ok(value) => value.write(out),
            Err(_) => Err(not_that::<U, T>()),
        }
    }

    /// A value that does not convert takes no bytes: encoding it is an error.
    #[inline]
    fn size(&self) -> usize {
        T::try_from(self.clone()).map_or(0, |value| value.size())
    }
}

#[cold]
fn not_this<U>() -> DecodeError {
    DecodeError::new(DecodeErrorKind::Value {
        expected: format!("a value that converts to {}", core::any::type_name::<U>()).into(),
        found: "one that does not".into(),
    })
}

#[cold]
fn not_that<U, T>() -> EncodeError {
    EncodeError::new(EncodeErrorKind::Range {
        expected: format!(
            "a {} that converts to {}",
            core::any::type_name::<U>(),
            core::any::type_name::<T>()
        )
        .into(),
        found: "one that does not".into(),
    })
}
