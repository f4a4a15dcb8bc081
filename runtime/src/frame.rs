//! The traits a declaration implements.

use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use nom::IResult;

use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::Schema;
use crate::sink::Sink;
use crate::source::Source;
use crate::view::Dump;

/// What is known of a type before any byte is seen: its schema and sizes.
///
/// Implemented by `#[derive(Frame)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a frame",
    label = "this has no layout of its own",
    note = "put `#[derive(Frame)]` on the type",
    note = "an enum is a frame by itself with `#[frame(tag = ..)]`; without, and for a type with `ctx(..)`, the type \
            around it hands over what is missing: `#[tag_of(..)]`, `#[tag(..)]`, `#[ctx(..)]`"
)]
pub trait Layout {
    /// The declaration as data: what dumps, diagrams and dissectors are drawn from.
    const SCHEMA: &'static Schema;

    /// The fewest bytes a value takes.
    const MIN_LEN: usize;

    /// The most bytes a value takes, where that is known.
    const MAX_LEN: Option<usize>;

    /// Whether a value goes on to the end of what encloses it (`#[rest]`,
    /// `#[optional]`), so that on a stream only its end completes the frame.
    const OPEN: bool;

    /// The constant with which each value begins; empty if there is none. After noise on a line the next frame is looked for where
    /// these bytes are: [`Framer::resync`](crate::stream::Framer::resync).
    ///
    /// ```
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame)]
    /// #[frame(be, magic = 0xAA55u16)]
    /// struct Position { latitude: i32, longitude: i32 }
    ///
    /// assert_eq!(Position::SYNC, [0xaa, 0x55]);
    /// ```
    const SYNC: &'static [u8] = Self::SCHEMA.sync();

    /// What generated parsers ask of sizes: see `support::sums_behind`.
    #[doc(hidden)]
    const BEHIND: &'static [usize] = &[];

    /// Whether no frames are nested inside the value more than so many levels deep. Generated for types that hold others.
    #[doc(hidden)]
    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        let _ = levels;
        true
    }
}

/// A size may be computed from a number in the value, so no more is allocated
/// before anything is written.
const MOST_AT_ONCE: usize = 1024 * 1024;

/// A value that can be put on the wire.
///
/// Implemented by `#[derive(Frame)]`, and by `Box` and [`Attempt`](crate::Attempt) of what it is derived for.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a frame by itself",
    label = "this cannot be written alone",
    note = "put `#[derive(Frame)]` on the type",
    note = "an enum is a frame by itself with `#[frame(tag = ..)]`; without, and for a type with `ctx(..)`, the type \
            around it hands over what is missing: `#[tag_of(..)]`, `#[tag(..)]`, `#[ctx(..)]`"
)]
pub trait Encode: Layout {
    /// Appends the value to `out`, leaving a partial write behind on an error.
    ///
    /// Generated code; call [`encode`](Self::encode).
    ///
    /// # Errors
    /// When the wire cannot carry the value.
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError>;

    /// How many bytes [`encode`](Self::encode) appends. Of a value that it refuses this may be less than what it had written until
    /// then; of one that is nested too deep it is 0.
    fn encoded_len(&self) -> usize;

    /// The same inside another frame, where how deep the value is nested has been checked.
    #[doc(hidden)]
    #[inline]
    fn len_inside(&self) -> usize {
        self.encoded_len()
    }

    /// Appends the value to `out`: a `Vec<u8>`, a `BytesMut`, a
    /// [`SliceSink`](crate::SliceSink) or any other [`Sink`].
    ///
    /// # Errors
    /// When the wire cannot carry the value, or it is nested deeper than decoding goes; `out` is then as it was.
    #[inline]
    fn encode<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        let start = out.position();
        not_too_deep(self).and_then(|()| self.encode_to(out)).map_err(|error| {
            out.truncate(start);
            error.in_frame(Self::SCHEMA.name)
        })
    }

    /// The value as bytes.
    ///
    /// # Errors
    /// When the wire cannot carry the value.
    #[inline]
    fn to_vec(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::with_capacity(self.encoded_len().min(MOST_AT_ONCE));
        self.encode(&mut out)?;
        Ok(out)
    }

    /// The value as shared bytes.
    ///
    /// # Errors
    /// When the wire cannot carry the value.
    fn to_bytes(&self) -> Result<Bytes, EncodeError> {
        let mut out = BytesMut::with_capacity(self.encoded_len().min(MOST_AT_ONCE));
        self.encode(&mut out)?;
        Ok(out.freeze())
    }

    /// The annotated hex dump: which bytes are which field, and what they say.
    fn dump(&self) -> Dump {
        Dump::of(self)
    }
}

/// A value that can be read from the wire, possibly borrowing from it.
///
/// Implemented by `#[derive(Frame)]`, and by `Box` and [`Attempt`](crate::Attempt) of what it is derived for.
///
/// # Not general enough
/// A type with a lifetime, such as `struct Line<'a> { text: &'a str }`, is read from bytes that it borrows. Closures as
/// handlers, `Client`, `FrameCodec` and all else that keeps a frame ask for one that owns its data. Given one that borrows, the
/// compiler says "implementation of `Decode` is not general enough". Write a type that owns its data (`String` for
/// `&str`, `Vec<u8>` or `Bytes` for `&[u8]`), or take the borrowing one where the receive buffer is at hand: in a `Handler`, with
/// `type In<'a> = Line<'a>`, or by `Session::recv`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a frame by itself",
    label = "this cannot be read alone",
    note = "put `#[derive(Frame)]` on the type",
    note = "an enum is a frame by itself with `#[frame(tag = ..)]`; without, and for a type with `ctx(..)`, the type \
            around it hands over what is missing: `#[tag_of(..)]`, `#[tag(..)]`, `#[ctx(..)]`"
)]
pub trait Decode<'a>: Layout + Sized {
    /// Reads one value from the front of `input`. Generated code; call
    /// [`parse`](Self::parse) or [`decode`](Self::decode).
    ///
    /// # Errors
    /// [`nom::Err::Incomplete`] when `src` is streaming and bytes are missing,
    /// else [`nom::Err::Error`], its offset counted from the start of `input`.
    fn parse_from(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError>;

    /// Whether [`parse_from`](Self::parse_from) names the type in its errors
    /// itself where no frame is around it. Generated code does.
    #[doc(hidden)]
    const NAMES_ITSELF: bool = false;

    /// Whether the type borrows nothing, so that [`parse_owned`](Self::parse_owned) is its parser for any lifetime.
    #[doc(hidden)]
    const IS_OWNED: bool = false;

    /// [`parse_from`](Self::parse_from) for any lifetime, where [`IS_OWNED`](Self::IS_OWNED) says that there is such a parser:
    /// whoever receives may try again without having borrowed the buffer for good.
    ///
    /// # Errors
    /// As [`parse_from`](Self::parse_from).
    #[doc(hidden)]
    fn parse_owned<'x>(input: &'x [u8], src: &Source<'x>) -> IResult<&'x [u8], Self, DecodeError> {
        let _ = (input, src);
        Err(nom::Err::Error(DecodeError::new(DecodeErrorKind::NoProgress)))
    }

    /// A nom parser: one value from the front of `input`, and what is left.
    ///
    /// # Errors
    /// [`nom::Err::Incomplete`] with the number of bytes that are missing at
    /// least, or [`nom::Err::Error`] for bytes that are no value of this type.
    ///
    /// ```
    /// use framewright::prelude::*;
    /// use nom::{Parser, multi::count};
    ///
    /// #[derive(Frame, Debug, PartialEq)]
    /// #[frame(be)]
    /// struct Point { x: u8, y: u8 }
    ///
    /// let (rest, points) = count(Point::parse, 2).parse(&[1, 2, 3, 4, 5]).unwrap();
    /// assert_eq!(points, [Point { x: 1, y: 2 }, Point { x: 3, y: 4 }]);
    /// assert_eq!(rest, [5]);
    /// ```
    fn parse(input: &'a [u8]) -> IResult<&'a [u8], Self, DecodeError> {
        let parsed = Self::parse_from(input, Source::STREAMING);
        if Self::NAMES_ITSELF {
            return parsed;
        }
        parsed.map_err(|error| error.map(|error| error.in_frame(Self::SCHEMA.name, input)))
    }

    /// Reads one value from the whole of `input`.
    ///
    /// # Errors
    /// When the bytes are no value of this type, end early, or go on after it.
    fn decode(input: &'a [u8]) -> Result<Self, DecodeError> {
        let decoded = decode_all::<Self>(input, Source::COMPLETE);
        if Self::NAMES_ITSELF {
            return decoded;
        }
        decoded.map_err(|error| error.in_frame(Self::SCHEMA.name, input))
    }

    /// As [`decode`](Self::decode), with `src` saying who owns the bytes.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    fn decode_from(input: &'a [u8], src: &Source<'a>) -> Result<Self, DecodeError> {
        decode_all::<Self>(input, &src.bounded()).map_err(|error| error.in_frame(Self::SCHEMA.name, input))
    }
}

/// Reads one value from the whole of a complete input.
#[inline]
fn decode_all<'a, T: Decode<'a>>(input: &'a [u8], src: &Source<'a>) -> Result<T, DecodeError> {
    match T::parse_from(input, src) {
        Ok(([], value)) => Ok(value),
        Ok((rest, _)) => Err(left_over(T::SCHEMA, input, rest)),
        // What only a hand-written parser asks for was not located on the way.
        Err(error @ nom::Err::Incomplete(_)) => Err(located(error).in_frame(T::SCHEMA.name, input)),
        Err(error) => Err(located(error)),
    }
}

/// The error of an input that goes on behind its one value.
#[cold]
#[inline(never)]
fn left_over(schema: &Schema, input: &[u8], rest: &[u8]) -> DecodeError {
    trailing(rest.len()).after(input.len() - rest.len()).in_frame(schema.name, input)
}

/// A value that is read and written and owns its data: what can be kept,
/// queued and sent to another task.
pub trait OwnedFrame: Encode + for<'a> Decode<'a> + Send + 'static {}

impl<T: Encode + for<'a> Decode<'a> + Send + 'static> OwnedFrame for T {}

/// A type that is read with values handed over by its parent: `ctx(..)`, or
/// an enum whose tag lives outside of it.
///
/// `C` is the value handed over; several are a tuple, in the order declared,
/// the tag first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be handed a tag or context here",
    label = "does not take this from the type around it",
    note = "an enum with `#[frame(tag = ..)]` reads its tag itself: remove that `tag`, or here `#[tag_of(..)]` or `#[tag(..)]`",
    note = "a type is handed exactly the values that its `#[frame(ctx(name: Type))]` names: `#[ctx(expr)]`"
)]
pub trait DecodeWith<'a, C>: Layout + Sized {
    /// As [`Decode::parse_from`], with the context.
    ///
    /// # Errors
    /// As [`Decode::parse_from`].
    fn parse_with_from(input: &'a [u8], src: &Source<'a>, ctx: C) -> IResult<&'a [u8], Self, DecodeError>;

    /// As [`Decode::parse`], with the context.
    ///
    /// # Errors
    /// As [`Decode::parse`].
    fn parse_with(input: &'a [u8], ctx: C) -> IResult<&'a [u8], Self, DecodeError> {
        Self::parse_with_from(input, Source::STREAMING, ctx)
            .map_err(|error| error.map(|error| error.in_frame(Self::SCHEMA.name, input)))
    }

    /// As [`Decode::decode`], with the context.
    ///
    /// # Errors
    /// As [`Decode::decode`].
    fn decode_with(input: &'a [u8], ctx: C) -> Result<Self, DecodeError> {
        match Self::parse_with_from(input, Source::COMPLETE, ctx) {
            Ok(([], value)) => Ok(value),
            Ok((rest, _)) => Err(left_over(Self::SCHEMA, input, rest)),
            Err(error) => Err(located(error).in_frame(Self::SCHEMA.name, input)),
        }
    }
}

/// A type that is written with values handed over by its parent; see [`DecodeWith`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be handed a tag or context here",
    label = "does not take this from the type around it",
    note = "an enum with `#[frame(tag = ..)]` reads its tag itself: remove that `tag`, or here `#[tag_of(..)]` or `#[tag(..)]`",
    note = "a type is handed exactly the values that its `#[frame(ctx(name: Type))]` names: `#[ctx(expr)]`"
)]
pub trait EncodeWith<C>: Layout {
    /// As [`Encode::encode_to`], with the context.
    ///
    /// # Errors
    /// As [`Encode::encode_to`].
    fn encode_with_to<S: Sink + ?Sized>(&self, out: &mut S, ctx: C) -> Result<(), EncodeError>;

    /// As [`Encode::encoded_len`], with the context.
    fn encoded_len_with(&self, ctx: C) -> usize;

    /// The same inside another frame, where how deep the value is nested has been checked.
    #[doc(hidden)]
    #[inline]
    fn len_inside_with(&self, ctx: C) -> usize {
        self.encoded_len_with(ctx)
    }

    /// As [`Encode::encode`], with the context.
    ///
    /// # Errors
    /// As [`Encode::encode`].
    fn encode_with<S: Sink + ?Sized>(&self, out: &mut S, ctx: C) -> Result<(), EncodeError> {
        let start = out.position();
        not_too_deep(self).and_then(|()| self.encode_with_to(out, ctx)).map_err(|error| {
            out.truncate(start);
            error.in_frame(Self::SCHEMA.name)
        })
    }
}

/// Refuses a value that could not be decoded again, before it is gone into.
#[inline]
fn not_too_deep<T: Layout + ?Sized>(value: &T) -> Result<(), EncodeError> {
    if value.nests_within(Source::MAX_DEPTH) { Ok(()) } else { Err(too_deep()) }
}

#[cold]
fn too_deep() -> EncodeError {
    EncodeError::new(EncodeErrorKind::Depth)
}

#[cold]
pub(crate) fn trailing(extra: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Trailing { extra })
}

/// The error of a parser that was told its input is complete.
#[cold]
pub(crate) fn located(error: nom::Err<DecodeError>) -> DecodeError {
    match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => error,
        // Only a hand-written parser can ask for more of what is complete.
        nom::Err::Incomplete(needed) => {
            let needed = match needed {
                nom::Needed::Size(size) => size.get(),
                nom::Needed::Unknown => 1,
            };
            DecodeError::new(DecodeErrorKind::Short { needed, found: 0 })
        }
    }
}
