//! The traits that a declaration implements.

use alloc::vec::Vec;

use bytes::{Bytes, BytesMut};
use nom::IResult;

use crate::error::{DecodeError, DecodeErrorKind, EncodeError, EncodeErrorKind};
use crate::schema::Schema;
use crate::sink::Sink;
use crate::source::Source;
use crate::view::Dump;

/// The static properties of a type: its schema and sizes.
///
/// Implemented by `#[derive(Frame)]`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a frame",
    label = "this does not derive `Frame`",
    note = "put `#[derive(Frame)]` on the type",
    note = "an enum is a frame by itself with `#[frame(tag = ..)]`; otherwise, and for a type with `ctx(..)`, the \
            enclosing type provides the tag or context: `#[tag_of(..)]`, `#[tag(..)]`, `#[ctx(..)]`"
)]
pub trait Layout {
    /// Declaration as data. Dumps, diagrams and dissectors are made from it.
    const SCHEMA: &'static Schema;

    /// Minimum size of a value in bytes.
    const MIN_LEN: usize;

    /// Maximum size of a value in bytes, if it is known.
    const MAX_LEN: Option<usize>;

    /// Whether a value extends to the end of its enclosing extent (`#[rest]`, `#[optional]`), so
    /// that on a stream only the end of the stream completes the frame. Where the input ends within
    /// the bytes of a `lead`, the field may be absent, and `parse` may ask for more bytes than a value
    /// with the field has.
    const OPEN: bool;

    /// Constant at the beginning of each value; empty if the type has no such constant. After
    /// malformed bytes, [`Framer::resync`](crate::stream::Framer::resync) searches for the next
    /// frame by this constant.
    ///
    /// The constant is a `frame(magic = ..)` with no tag or length before it, or a `#[magic]` on
    /// the first field of a struct. Of two adjacent constants only the first counts, so write them
    /// as one. A tag does not count, and neither do bit fields and constants that are not always
    /// present or whose byte order varies. If the first field is a nested frame without a length,
    /// `SYNC` is empty, but the search uses the constant of the nested frame.
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

    /// Sizes that generated parsers use, computed by `support::sums_behind`.
    #[doc(hidden)]
    const BEHIND: &'static [usize] = &[];

    /// Returns `true` if frames inside the value are nested at most `levels` deep. Generated for
    /// types that contain other frames.
    #[doc(hidden)]
    #[inline]
    fn nests_within(&self, levels: u16) -> bool {
        let _ = levels;
        true
    }

    /// Returns `true` if [`nests_within`](Self::nests_within) may be `false` for a value of the type.
    /// A value with `wire(T)` is converted to find its depth only if that is so for `T`. An implementation
    /// with a `nests_within` of its own needs this one too.
    #[doc(hidden)]
    #[inline]
    fn may_nest_deeper(levels: u16) -> bool {
        let _ = levels;
        false
    }
}

/// The maximum number of bytes that are reserved before anything is written. The computed size of a
/// value may be wrong if it depends on a number in the value.
const MOST_AT_ONCE: usize = 1024 * 1024;

/// A value that can be encoded.
///
/// Implemented by `#[derive(Frame)]`, and by `Box` and [`Attempt`](crate::Attempt) of such types.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a frame by itself",
    label = "this cannot be encoded on its own",
    note = "put `#[derive(Frame)]` on the type",
    note = "an enum is a frame by itself with `#[frame(tag = ..)]`; otherwise, and for a type with `ctx(..)`, the \
            enclosing type provides the tag or context: `#[tag_of(..)]`, `#[tag(..)]`, `#[ctx(..)]`"
)]
pub trait Encode: Layout {
    /// Appends the value to `out`. On an error, the part that was already written stays there.
    ///
    /// Generated code implements this; call [`encode`](Self::encode) instead.
    ///
    /// # Errors
    /// Returns an error if the value cannot be encoded.
    #[doc(hidden)]
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError>;

    /// Returns the number of bytes that [`encode`](Self::encode) appends. For a value that cannot
    /// be encoded the number is unspecified, except that it is 0 for a value that is nested too
    /// deep.
    fn encoded_len(&self) -> usize;

    /// Returns the encoded size inside another frame, which has already checked how deep the value
    /// is nested.
    #[doc(hidden)]
    #[inline]
    fn len_inside(&self) -> usize {
        self.encoded_len()
    }

    /// Appends the value to `out`: a `Vec<u8>`, a `BytesMut`, a
    /// [`SliceSink`](crate::SliceSink) or any other [`Sink`].
    ///
    /// # Errors
    /// Returns an error if the value cannot be encoded, or is nested deeper than the decoder's
    /// limit. `out` is then unchanged.
    #[inline]
    fn encode<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        match self.nests_within(Source::MAX_DEPTH) {
            true => append(self, out),
            false => Err(too_deep().in_frame(Self::SCHEMA.name)),
        }
    }

    /// Returns the value as bytes.
    ///
    /// # Errors
    /// Returns an error if the value cannot be encoded.
    #[inline]
    fn to_vec(&self) -> Result<Vec<u8>, EncodeError> {
        let mut out = Vec::with_capacity(room_for(self)?);
        append(self, &mut out)?;
        Ok(out)
    }

    /// Returns the value as shared bytes.
    ///
    /// # Errors
    /// Returns an error if the value cannot be encoded.
    fn to_bytes(&self) -> Result<Bytes, EncodeError> {
        let mut out = BytesMut::with_capacity(room_for(self)?);
        append(self, &mut out)?;
        Ok(out.freeze())
    }

    /// Returns the annotated hex dump, which shows the bytes of each field and its value.
    fn dump(&self) -> Dump {
        Dump::of(self)
    }
}

/// Appends a value that is not nested too deep to `out`, which is unchanged after an error.
#[inline]
fn append<T: Encode + ?Sized, S: Sink + ?Sized>(value: &T, out: &mut S) -> Result<(), EncodeError> {
    let start = out.position();
    match value.encode_to(out) {
        Ok(()) => Ok(()),
        Err(error) => {
            out.truncate(start);
            Err(error.in_frame(T::SCHEMA.name))
        }
    }
}

/// Returns how many bytes to reserve for a value. Its depth is then known not to be too deep.
#[inline]
fn room_for<T: Encode + ?Sized>(value: &T) -> Result<usize, EncodeError> {
    match value.nests_within(Source::MAX_DEPTH) {
        true => Ok(value.len_inside().min(MOST_AT_ONCE)),
        false => Err(too_deep().in_frame(T::SCHEMA.name)),
    }
}

/// A value that can be decoded, possibly borrowing from the input.
///
/// Implemented by `#[derive(Frame)]`, and by `Box` and [`Attempt`](crate::Attempt) of such types.
///
/// # Not general enough
/// A type with a lifetime, such as `struct Line<'a> { text: &'a str }`, borrows from its input.
/// Closures as handlers, `Client`, `FrameCodec` and everything else that keeps a frame need a type
/// that owns its data. For a type that borrows, the compiler says "implementation of `Decode` is
/// not general enough". Use a type that owns its data (`String` instead of `&str`, `Vec<u8>` or
/// `Bytes` instead of `&[u8]`), or use the borrowing type in a `Handler`, with `type In<'a> =
/// Line<'a>`, or with `Session::recv`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a frame by itself",
    label = "this cannot be decoded on its own",
    note = "put `#[derive(Frame)]` on the type",
    note = "an enum is a frame by itself with `#[frame(tag = ..)]`; otherwise, and for a type with `ctx(..)`, the \
            enclosing type provides the tag or context: `#[tag_of(..)]`, `#[tag(..)]`, `#[ctx(..)]`"
)]
pub trait Decode<'a>: Layout + Sized {
    /// Reads one value from the front of `input`. Generated code implements this; call
    /// [`parse`](Self::parse) or [`decode`](Self::decode) instead.
    ///
    /// # Errors
    /// Returns [`nom::Err::Incomplete`] if `src` is streaming and bytes are missing. Any other
    /// error is [`nom::Err::Error`], with an offset from the start of `input`.
    #[doc(hidden)]
    fn parse_from(input: &'a [u8], src: &Source<'a>) -> IResult<&'a [u8], Self, DecodeError>;

    /// Whether [`parse_from`](Self::parse_from) itself adds the name of the type to its errors if
    /// no frame encloses the type. Generated parsers do.
    #[doc(hidden)]
    const NAMES_ITSELF: bool = false;

    /// Whether the type borrows nothing, so that [`parse_owned`](Self::parse_owned) is its parser
    /// for any lifetime.
    #[doc(hidden)]
    const IS_OWNED: bool = false;

    /// Reads one value like [`parse_from`](Self::parse_from), for any lifetime. It is implemented
    /// only if [`IS_OWNED`](Self::IS_OWNED) is `true`. With it a receiver can try again without
    /// keeping the buffer borrowed after a failed attempt.
    ///
    /// # Errors
    /// Returns the same errors as [`parse_from`](Self::parse_from).
    #[doc(hidden)]
    fn parse_owned<'x>(input: &'x [u8], src: &Source<'x>) -> IResult<&'x [u8], Self, DecodeError> {
        let _ = (input, src);
        Err(nom::Err::Error(DecodeError::new(DecodeErrorKind::NoProgress)))
    }

    /// Reads one value from the front of `input`, and returns the remaining input. This function is
    /// a nom parser.
    ///
    /// # Errors
    /// Returns [`nom::Err::Incomplete`] with the minimum number of missing bytes, or
    /// [`nom::Err::Error`] for malformed bytes.
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
    /// Returns an error if the bytes are malformed, end too early, or continue after the value.
    fn decode(input: &'a [u8]) -> Result<Self, DecodeError> {
        let decoded = decode_all::<Self>(input, Source::COMPLETE);
        if Self::NAMES_ITSELF {
            return decoded;
        }
        decoded.map_err(|error| error.in_frame(Self::SCHEMA.name, input))
    }

    /// Reads one value from the whole of `input`, like [`decode`](Self::decode). `src` names the
    /// owner of the bytes.
    ///
    /// # Errors
    /// Returns the same errors as [`decode`](Self::decode).
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
        Err(error) => Err(refused(error, T::SCHEMA, input)),
    }
}

/// Returns the error of a parser that was given all of its input.
#[cold]
#[inline(never)]
fn refused(error: nom::Err<DecodeError>, schema: &Schema, input: &[u8]) -> DecodeError {
    match error {
        // Only a hand-written parser asks for more of a complete input. Such a parser does not
        // locate the error.
        nom::Err::Incomplete(_) => located(error).in_frame(schema.name, input),
        nom::Err::Error(error) | nom::Err::Failure(error) => error,
    }
}

/// Returns the error for input that continues after the value.
#[cold]
#[inline(never)]
fn left_over(schema: &Schema, input: &[u8], rest: &[u8]) -> DecodeError {
    trailing(rest.len()).after(input.len() - rest.len()).in_frame(schema.name, input)
}

/// A value that can be encoded and decoded and owns its data, so that it can be kept, queued and
/// sent to another task.
pub trait OwnedFrame: Encode + for<'a> Decode<'a> + Send + 'static {}

impl<T: Encode + for<'a> Decode<'a> + Send + 'static> OwnedFrame for T {}

/// A type that is decoded with values from its parent: `ctx(..)`, or an enum whose tag is outside
/// of it.
///
/// `C` is the type of the context value. Several values are a tuple, in the order of their
/// declaration, with the tag first.
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take a tag or context here",
    label = "does not take this from its parent",
    note = "an enum with `#[frame(tag = ..)]` reads its tag itself: remove that `tag`, or here `#[tag_of(..)]` or `#[tag(..)]`",
    note = "pass exactly the values that the type's `#[frame(ctx(name: Type))]` names: `#[ctx(expr)]`"
)]
pub trait DecodeWith<'a, C>: Layout + Sized {
    /// Reads one value like [`Decode::parse_from`], with the context.
    ///
    /// # Errors
    /// Returns the same errors as [`Decode::parse_from`].
    #[doc(hidden)]
    fn parse_with_from(input: &'a [u8], src: &Source<'a>, ctx: C) -> IResult<&'a [u8], Self, DecodeError>;

    /// Reads one value like [`Decode::parse`], with the context.
    ///
    /// # Errors
    /// Returns the same errors as [`Decode::parse`].
    fn parse_with(input: &'a [u8], ctx: C) -> IResult<&'a [u8], Self, DecodeError> {
        Self::parse_with_from(input, Source::STREAMING, ctx)
            .map_err(|error| error.map(|error| error.in_frame(Self::SCHEMA.name, input)))
    }

    /// Reads one value like [`Decode::decode`], with the context.
    ///
    /// # Errors
    /// Returns the same errors as [`Decode::decode`].
    fn decode_with(input: &'a [u8], ctx: C) -> Result<Self, DecodeError> {
        match Self::parse_with_from(input, Source::COMPLETE, ctx) {
            Ok(([], value)) => Ok(value),
            Ok((rest, _)) => Err(left_over(Self::SCHEMA, input, rest)),
            Err(error) => Err(located(error).in_frame(Self::SCHEMA.name, input)),
        }
    }
}

/// A type that is encoded with values from its parent; see [`DecodeWith`].
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not take a tag or context here",
    label = "does not take this from its parent",
    note = "an enum with `#[frame(tag = ..)]` reads its tag itself: remove that `tag`, or here `#[tag_of(..)]` or `#[tag(..)]`",
    note = "pass exactly the values that the type's `#[frame(ctx(name: Type))]` names: `#[ctx(expr)]`"
)]
pub trait EncodeWith<C>: Layout {
    /// Appends the value like [`Encode::encode_to`], with the context.
    ///
    /// # Errors
    /// Returns the same errors as [`Encode::encode_to`].
    #[doc(hidden)]
    fn encode_with_to<S: Sink + ?Sized>(&self, out: &mut S, ctx: C) -> Result<(), EncodeError>;

    /// Returns the encoded size like [`Encode::encoded_len`], with the context.
    fn encoded_len_with(&self, ctx: C) -> usize;

    /// Returns the encoded size inside another frame, which has already checked how deep the value
    /// is nested.
    #[doc(hidden)]
    #[inline]
    fn len_inside_with(&self, ctx: C) -> usize {
        self.encoded_len_with(ctx)
    }

    /// Appends the value like [`Encode::encode`], with the context.
    ///
    /// # Errors
    /// Returns the same errors as [`Encode::encode`].
    fn encode_with<S: Sink + ?Sized>(&self, out: &mut S, ctx: C) -> Result<(), EncodeError> {
        let start = out.position();
        let encoded = if self.nests_within(Source::MAX_DEPTH) {
            self.encode_with_to(out, ctx)
        } else {
            Err(too_deep())
        };
        match encoded {
            Ok(()) => Ok(()),
            Err(error) => {
                out.truncate(start);
                Err(error.in_frame(Self::SCHEMA.name))
            }
        }
    }
}

/// Returns the error of a value that is nested too deep to be decoded.
#[cold]
fn too_deep() -> EncodeError {
    EncodeError::new(EncodeErrorKind::Depth)
}

#[cold]
pub(crate) fn trailing(extra: usize) -> DecodeError {
    DecodeError::new(DecodeErrorKind::Trailing { extra })
}

/// Returns the error itself. A request for more input becomes an error too, because the input was
/// complete.
#[cold]
pub(crate) fn located(error: nom::Err<DecodeError>) -> DecodeError {
    match error {
        nom::Err::Error(error) | nom::Err::Failure(error) => error,
        // Only a hand-written parser can ask for more of a complete input.
        nom::Err::Incomplete(needed) => {
            let needed = match needed {
                nom::Needed::Size(size) => size.get(),
                nom::Needed::Unknown => 1,
            };
            DecodeError::new(DecodeErrorKind::Short { needed, found: 0 })
        }
    }
}
