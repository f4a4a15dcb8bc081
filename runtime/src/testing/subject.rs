//! A type and its values as the laws see them. The laws do not know the type, so they are compiled
//! once, and not again for each type.

use std::any::Any;
use std::boxed::Box;
use std::fmt::Debug;
use std::vec::Vec;

use bytes::BytesMut;

use crate::error::{DecodeError, EncodeError};
use crate::frame::OwnedFrame;
use crate::schema::Schema;
use crate::sink::SliceSink;
use crate::stream::Framer;
use crate::view::Dump;

/// A decoded value.
pub(super) type Value = Box<dyn Subject>;

/// The number of bytes that are left, and the value.
type Parsed = Result<(usize, Value), nom::Err<DecodeError>>;

/// How values of a type are read.
pub(super) struct Kind {
    pub(super) schema: &'static Schema,
    pub(super) open: bool,
    pub(super) min_len: usize,
    pub(super) max_len: Option<usize>,
    pub(super) decode: fn(&[u8]) -> Result<Value, DecodeError>,
    pub(super) parse: fn(&[u8]) -> Parsed,
    pub(super) next_frame: fn(&mut Framer) -> Result<Option<Value>, DecodeError>,
}

impl Kind {
    pub(super) fn of<T: OwnedFrame + PartialEq + Debug>() -> Self {
        Self {
            schema: T::SCHEMA,
            open: T::OPEN,
            min_len: T::MIN_LEN,
            max_len: T::MAX_LEN,
            decode: |bytes| T::decode(bytes).map(boxed),
            parse: |bytes| T::parse(bytes).map(|(rest, value)| (rest.len(), boxed(value))),
            next_frame: |framer| Ok(framer.next_frame::<T>()?.map(boxed)),
        }
    }
}

fn boxed<T: Subject>(value: T) -> Value {
    Box::new(value)
}

/// A value of some type.
pub(super) trait Subject: Any + Debug {
    fn as_any(&self) -> &dyn Any;

    /// Returns `true` if this is the same value of the same type. Values that are not equal to
    /// themselves, such as NaN, are compared by their encoding.
    fn is(&self, other: &dyn Subject) -> bool;

    fn size(&self) -> usize;

    fn bytes(&self) -> Result<Vec<u8>, EncodeError>;

    /// Returns the bytes that the dump shows.
    fn dumped(&self) -> Result<Vec<u8>, EncodeError>;

    fn append(&self, out: &mut Vec<u8>) -> Result<(), EncodeError>;

    fn append_shared(&self, out: &mut BytesMut) -> Result<(), EncodeError>;

    fn fill(&self, out: &mut SliceSink<'_>) -> Result<(), EncodeError>;

    fn shown(&self) -> Dump;
}

impl<T: OwnedFrame + PartialEq + Debug> Subject for T {
    fn as_any(&self) -> &dyn Any {
        self
    }

    fn is(&self, other: &dyn Subject) -> bool {
        other.as_any().downcast_ref::<T>().is_some_and(|other| {
            self.eq(other) || (self.ne(self) && self.to_vec().ok() == other.to_vec().ok())
        })
    }

    fn size(&self) -> usize {
        self.encoded_len()
    }

    fn bytes(&self) -> Result<Vec<u8>, EncodeError> {
        self.to_vec()
    }

    fn dumped(&self) -> Result<Vec<u8>, EncodeError> {
        crate::schema::recorded::record(self).map(|(bytes, _)| bytes)
    }

    fn append(&self, out: &mut Vec<u8>) -> Result<(), EncodeError> {
        self.encode(out)
    }

    fn append_shared(&self, out: &mut BytesMut) -> Result<(), EncodeError> {
        self.encode(out)
    }

    fn fill(&self, out: &mut SliceSink<'_>) -> Result<(), EncodeError> {
        self.encode(out)
    }

    fn shown(&self) -> Dump {
        self.dump()
    }
}
