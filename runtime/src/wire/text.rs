//! UTF-8 text, which is checked. Text in other encodings is in `encoding`.

use alloc::borrow::Cow;
use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

use super::{ByteOrder, Content, Fault, FromExtent, Shape};
use crate::error::{DecodeError, DecodeErrorKind, EncodeError};
use crate::schema::Type;
use crate::sink::Sink;
use crate::source::Source;

#[inline]
fn utf8(extent: &[u8]) -> Result<&str, Fault> {
    core::str::from_utf8(extent).map_err(not_utf8)
}

#[cold]
fn not_utf8(error: core::str::Utf8Error) -> Fault {
    nom::Err::Error(DecodeError::new(DecodeErrorKind::Utf8).after(error.valid_up_to()))
}

macro_rules! text {
    ($type:ty) => {
        impl<F: ByteOrder> Shape<F> for $type {
            const TYPE: Type = Type::Text;
        }

        impl<F: ByteOrder> Content<F> for $type {
            #[inline]
            fn size(&self) -> usize {
                self.len()
            }

            #[inline]
            fn as_written(&self) -> Option<&[u8]> {
                Some(self.as_bytes())
            }

            #[inline]
            fn write<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
                out.put(self.as_bytes())
            }
        }
    };
}

text!(&str);
text!(String);
text!(Cow<'_, str>);
text!(Box<str>);
text!(Arc<str>);

impl<'a, 'de: 'a, F: ByteOrder> FromExtent<'de, F> for &'a str {
    #[inline]
    fn from_extent(extent: &'de [u8], _: &Source<'de>) -> Result<Self, Fault> {
        utf8(extent)
    }
}

macro_rules! owned {
    ($type:ty) => {
        impl<'de, F: ByteOrder> FromExtent<'de, F> for $type {
            #[inline]
            fn from_extent(extent: &'de [u8], src: &Source<'de>) -> Result<Self, Fault> {
                src.take_memory(extent.len())?;
                utf8(extent).map(Self::from)
            }
        }
    };
}

owned!(String);
owned!(Box<str>);
owned!(Arc<str>);

impl<'a, 'de: 'a, F: ByteOrder> FromExtent<'de, F> for Cow<'a, str> {
    #[inline]
    fn from_extent(extent: &'de [u8], _: &Source<'de>) -> Result<Self, Fault> {
        utf8(extent).map(Cow::Borrowed)
    }
}
