//! The frame types of a command line.

use std::fmt;
use std::string::{String, ToString as _};
use std::vec::Vec;

use bytes::Bytes;

use super::unique;
use crate::error::{DecodeError, EncodeError};
use crate::frame::{Decode, Encode, located};
use crate::json::{JsonError, from_json, to_json};
use crate::schema::Schema;
use crate::source::Source;
use crate::stream::{Framer, Taken};
use crate::view::{Dump, dump_bytes};
#[cfg(feature = "explorer")]
use crate::view::{Parts, parts};

/// The frame types of a command line: one type, or a tuple of up to eight types.
pub trait Frames {
    #[doc(hidden)]
    fn kinds() -> Vec<Kind>;
}

/// A frame type, as functions that work on its frames.
#[doc(hidden)]
#[derive(Clone)]
pub struct Kind {
    pub(super) name: String,
    pub(super) schema: &'static Schema,
    /// Returns the size of the frame at the front of the bytes.
    pub(super) measure: fn(&[u8]) -> Result<usize, DecodeError>,
    /// Checks that the bytes are one frame.
    pub(super) check: fn(&[u8]) -> Result<(), DecodeError>,
    pub(super) dump: fn(&[u8]) -> Dump,
    #[cfg(feature = "explorer")]
    pub(super) parts: fn(&[u8]) -> Parts,
    pub(super) decode: fn(&[u8]) -> Result<String, Fault>,
    pub(super) encode: fn(&str) -> Result<Vec<u8>, JsonError>,
    /// Makes a given number of valid frames from a seed.
    #[cfg(feature = "net")]
    pub(super) sample: Sample,
    /// Takes the next frame of a stream.
    pub(super) take: fn(&mut Framer) -> Taken,
    pub(super) recover: fn(&mut Framer) -> bool,
    pub(super) lose: fn(&mut Framer, u64) -> Bytes,
}

impl fmt::Debug for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)
    }
}

/// Makes a given number of frames from a seed, or returns the reason why it cannot.
#[cfg(feature = "net")]
type Sample = fn(u64, usize) -> Result<Vec<Vec<u8>>, String>;

/// The reason why a frame cannot be shown.
#[derive(Debug)]
#[doc(hidden)]
pub(super) enum Fault {
    Decode(DecodeError),
    Encode(EncodeError),
}

fn kind<T: Encode + for<'a> Decode<'a>>() -> Kind {
    Kind {
        name: String::from(T::SCHEMA.name),
        schema: T::SCHEMA,
        measure: measure::<T>,
        check: |bytes| T::decode(bytes).map(drop),
        dump: dump_bytes::<T>,
        #[cfg(feature = "explorer")]
        parts: parts::<T>,
        decode: |bytes| {
            let value = T::decode(bytes).map_err(Fault::Decode)?;
            to_json(&value).map_err(Fault::Encode)
        },
        encode: from_json::<T>,
        #[cfg(feature = "net")]
        sample: samples::<T>,
        take: Framer::take::<T>,
        recover: Framer::recover::<T>,
        lose: Framer::lose::<T>,
    }
}

#[cfg(feature = "net")]
fn samples<T: Encode + for<'a> Decode<'a>>(seed: u64, count: usize) -> Result<Vec<Vec<u8>>, String> {
    let mut random = crate::samples::Random::new(seed);
    let bytes = |value: T| value.to_vec().map_err(|error| error.to_string());
    (0..count).map(|index| crate::samples::sample::<T>(index, &mut random).and_then(bytes)).collect()
}

fn measure<T: for<'a> Decode<'a>>(bytes: &[u8]) -> Result<usize, DecodeError> {
    match T::parse_from(bytes, &Source::complete()) {
        Ok((rest, _)) => Ok(bytes.len() - rest.len()),
        Err(error) => Err(located(error).in_frame(T::SCHEMA.name, bytes)),
    }
}

impl<T: Encode + for<'a> Decode<'a>> Frames for T {
    fn kinds() -> Vec<Kind> {
        Vec::from([kind::<T>()])
    }
}

macro_rules! tuples {
    ($($name:ident)*) => {
        impl<$($name: Encode + for<'a> Decode<'a>),*> Frames for ($($name,)*) {
            fn kinds() -> Vec<Kind> {
                let mut kinds = Vec::new();
                for kind in [$(kind::<$name>()),*] {
                    // Types with equal schemas are listed once.
                    let layout = kind.schema.to_string();
                    if !kinds.iter().any(|known: &Kind| known.schema.to_string() == layout) {
                        kinds.push(kind);
                    }
                }
                let names = unique(kinds.iter().map(|kind| kind.schema.name));
                kinds.iter_mut().zip(names).for_each(|(kind, name)| kind.name = name);
                kinds
            }
        }
    };
}

tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
