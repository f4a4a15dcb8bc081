//! Bytes: owned, borrowed, shared, or in a `Cow`.

use alloc::borrow::Cow;

use bytes::Bytes;

use super::{Content, Fault, FromExtent, Shape};
use crate::error::EncodeError;
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

impl<F> Shape<F> for &[u8] {
    const TYPE: Type = Type::Bytes;
}

impl<F> Content<F> for &[u8] {
    #[inline]
    fn size(&self) -> usize {
        self.len()
    }

    #[inline]
    fn as_written(&self) -> Option<&[u8]> {
        Some(self)
    }

    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        out.put(self)
    }
}

impl<'a, 'de: 'a, F> FromExtent<'de, F> for &'a [u8] {
    #[inline]
    fn from_extent(extent: &'de [u8], _: &Source<'de>) -> Result<Self, Fault> {
        Ok(extent)
    }
}

impl<F> Shape<F> for Bytes {
    const TYPE: Type = Type::Bytes;
}

impl<F> Content<F> for Bytes {
    #[inline]
    fn size(&self) -> usize {
        self.len()
    }

    #[inline]
    fn as_written(&self) -> Option<&[u8]> {
        Some(self)
    }

    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        out.put_shared(self)
    }
}

impl<'de, F> FromExtent<'de, F> for Bytes {
    #[inline]
    fn from_extent(extent: &'de [u8], src: &Source<'de>) -> Result<Self, Fault> {
        Ok(src.share(extent))
    }
}

impl<F> Shape<F> for Cow<'_, [u8]> {
    const TYPE: Type = Type::Bytes;
}

impl<F> Content<F> for Cow<'_, [u8]> {
    #[inline]
    fn size(&self) -> usize {
        self.len()
    }

    #[inline]
    fn as_written(&self) -> Option<&[u8]> {
        Some(self)
    }

    #[inline]
    fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        out.put(self)
    }
}

impl<'a, 'de: 'a, F> FromExtent<'de, F> for Cow<'a, [u8]> {
    #[inline]
    fn from_extent(extent: &'de [u8], _: &Source<'de>) -> Result<Self, Fault> {
        Ok(Cow::Borrowed(extent))
    }
}

/// Returns the schema's type of a list. A list of single bytes has the type of bytes.
pub(super) const fn list_type(item: &'static Type) -> Type {
    match item {
        Type::Int { bytes: 1, signed: false, .. } => Type::Bytes,
        _ => Type::List(item),
    }
}
