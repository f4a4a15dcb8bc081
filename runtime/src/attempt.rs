//! [`Attempt`]: a frame, or the bytes that failed to decode as one.

use bytes::Bytes;
use nom::IResult;

use crate::error::{DecodeError, EncodeError};
use crate::frame::{Decode, Encode, Layout};
use crate::schema::{Extent, Field, Part, Schema, Type};
use crate::sink::{Mark, Sink};
use crate::source::Source;

/// A `T`, or the bytes that failed to decode as a `T`. It is for protocols that answer malformed
/// frames with an error.
///
/// An `Attempt` takes the whole extent or datagram, and decoding it never fails: bytes that are not
/// exactly one `T` are kept unchanged. So a handler can look at the bytes, find an id at their
/// start, and answer. With a plain `T` the bytes would be malformed, and the connection would be
/// closed. Encoding writes the frame, or the bytes unchanged.
///
/// A field of this type needs an extent of its own, or must be last. A top-level frame of this type
/// is for datagrams and single reads, because on a stream only the end of the stream completes it.
///
/// ```
/// use framewright::{Attempt, prelude::*};
///
/// #[derive(Frame, Debug, PartialEq)]
/// #[frame(be)]
/// struct Job { id: u16, #[len_prefixed(u8)] text: String }
///
/// #[derive(Frame, Debug, PartialEq)]
/// #[frame(be)]
/// struct Packet { #[len_prefixed(u16)] job: Attempt<Job> }
///
/// let good = Packet::decode(b"\0\x05\0\x07\x02hi")?;
/// assert_eq!(good.job, Attempt::Frame(Job { id: 7, text: "hi".into() }));
///
/// // The text is truncated, but the end of the packet is known.
/// let bad = Packet::decode(b"\0\x04\0\x07\x02h")?;
/// assert_eq!(bad.job, Attempt::Bytes(b"\0\x07\x02h"[..].into()));
/// assert_eq!(bad.job.error().unwrap().to_string(), "Job.text at byte 3: expected 2 bytes, found 1");
/// # Ok::<(), framewright::DecodeError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Attempt<T> {
    /// A frame that was decoded.
    Frame(T),
    /// Bytes that did not decode as a frame.
    Bytes(Bytes),
}

impl<T> Attempt<T> {
    /// Returns the frame, if decoding succeeded.
    pub fn frame(self) -> Option<T> {
        match self {
            Self::Frame(frame) => Some(frame),
            Self::Bytes(_) => None,
        }
    }

    /// Decodes the bytes again and returns the error. Returns `None` for a frame. Also returns
    /// `None` for bytes that do decode. Decoding never puts such bytes into an `Attempt`.
    pub fn error(&self) -> Option<DecodeError>
    where
        T: for<'a> Decode<'a>,
    {
        match self {
            Self::Frame(_) => None,
            Self::Bytes(bytes) => T::decode(bytes).err(),
        }
    }
}

/// The field of malformed bytes in a dump.
static BYTES: Field = Field::new("bytes", Type::Bytes).extent(Extent::Rest);

/// Returns `true` if a recorded field is the field of malformed bytes.
#[cfg(feature = "json")]
pub(crate) fn is_bytes(field: &'static Field) -> bool {
    core::ptr::eq(field, &raw const BYTES)
}

fn schema_of<T: Layout>() -> &'static Schema {
    T::SCHEMA
}

/// The schema is that of `T`, so drawings show an `Attempt<T>` as a `T`.
impl<T: Layout> Layout for Attempt<T> {
    const SCHEMA: &'static Schema = &Schema {
        min_len: 0,
        max_len: None,
        open: true,
        measure: None,
        attempt_at: Some(schema_of::<T>),
        ..*T::SCHEMA
    };
    const MIN_LEN: usize = 0;
    const MAX_LEN: Option<usize> = None;
    const OPEN: bool = true;

    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        match self {
            Self::Frame(frame) => frame.nests_within(levels),
            Self::Bytes(_) => true,
        }
    }

    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        T::may_nest_deeper(levels)
    }
}

impl<'a, T: Decode<'a>> Decode<'a> for Attempt<T> {
    const IS_OWNED: bool = T::IS_OWNED;

    #[inline]
    fn parse_from(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError> {
        Self::of(T::parse_from(input, &src.bounded()), input, src)
    }

    #[inline]
    fn parse_owned<'x>(input: &'x [u8], src: &Source<'x>) -> IResult<&'x [u8], Self, DecodeError> {
        Self::of(T::parse_owned(input, &src.bounded()), input, src)
    }
}

impl<T> Attempt<T> {
    /// Turns the result of parsing the whole input into an `Attempt`.
    #[inline]
    fn of<'x>(
        parsed: IResult<&'x [u8], T, DecodeError>,
        input: &'x [u8],
        src: &Source<'x>,
    ) -> IResult<&'x [u8], Self, DecodeError> {
        let attempt = match parsed {
            Ok(([], frame)) => Self::Frame(frame),
            _ => Self::Bytes(src.share(input)),
        };
        Ok((&[], attempt))
    }
}

impl<T: Encode> Encode for Attempt<T> {
    #[inline]
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        match self {
            Self::Frame(frame) => frame.encode_to(out),
            Self::Bytes(bytes) => {
                let start = out.position();
                out.put_shared(bytes)?;
                if S::RECORDS && !bytes.is_empty() {
                    let range = start..out.position();
                    out.mark(Mark::Bytes { field: &BYTES, part: Part::Value, range });
                }
                Ok(())
            }
        }
    }

    #[inline]
    fn encoded_len(&self) -> usize {
        match self {
            Self::Frame(frame) => frame.encoded_len(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }

    #[inline]
    fn len_inside(&self) -> usize {
        match self {
            Self::Frame(frame) => frame.len_inside(),
            Self::Bytes(bytes) => bytes.len(),
        }
    }
}
