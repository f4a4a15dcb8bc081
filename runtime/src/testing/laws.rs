//! Properties that every protocol must have.

use std::any::Any;
use std::fmt::Debug;
use std::format;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::string::String;
use std::vec;
use std::vec::Vec;

use bytes::BytesMut;
use nom::Needed;

use crate::error::{DecodeError, EncodeError, EncodeErrorKind};
use crate::frame::OwnedFrame;
use crate::schema::Schema;
use crate::schema::frames::{self, ends_with_the_input, ends_within_a_lead, ignores_bytes};
use crate::sink::{Sink, SliceSink};
use crate::stream::Framer;

use super::subject::{Kind, Subject, Value};

/// A long sample is truncated and damaged at this many positions at its beginning, as many at its
/// end, and about as many in between.
const PLACES: usize = 256;

/// The number of samples that are generated if the caller passes none.
const MADE: usize = 64;

/// The approximate number of pieces in which a longer sample arrives.
const LONG: usize = 4096;

/// Checks properties that every protocol must have, for samples of a type.
///
/// ```
/// use framewright::prelude::*;
/// use framewright::testing::laws;
///
/// #[derive(Frame, Debug, PartialEq)]
/// #[frame(be)]
/// struct Reading {
///     sensor: u16,
///     #[len_prefixed(u8)]
///     unit: String,
/// }
///
/// // For values generated from the schema:
/// laws::<Reading>([]);
/// // For your own values:
/// laws([Reading { sensor: 7, unit: "mV".into() }]);
/// ```
///
/// The properties are:
///
/// - its encoding decodes to the same value, and `encoded_len`, `MIN_LEN` and `MAX_LEN` are right;
/// - encoding appends the same bytes to every kind of output, and leaves the output unchanged if it
///   fails;
/// - truncated bytes are `Incomplete` for `parse`, which never asks for more bytes than are
///   missing, and an error with offset and path for `decode`; a type that extends to the end of its
///   input ([`Layout::OPEN`](crate::Layout::OPEN)) may also decode to a shorter value, and may ask for
///   more where the input ends within the bytes of a `lead`;
/// - a [`Framer`](crate::stream::Framer) gives the same frames for input one byte at a time as for
///   all bytes at once, and returns each frame when its last byte has arrived;
/// - bytes after the value are left for the next one;
/// - flipped bits and overwritten bytes never cause a panic. If they still decode, the value
///   encodes to the bytes read or, for a type with ignored bytes (padding, `lenient`, hand-written
///   code), to bytes that decode to the same value. Encoding may fail instead if ignored bytes are
///   inside a length that a field keeps (`len`) or that counts units of several bytes (`scale`), if
///   they are written longer than they were read and have no room, or if what is written begins with
///   the `lead` of an absent field before it.
///
/// Long samples are truncated and damaged at several hundred positions, short samples at every
/// position. Without samples, 64 are generated from the schema, as by [`samples`](super::samples).
///
/// # Panics
/// Panics if a property does not hold. The message contains the sample, its dump and the
/// difference. Also panics if no samples are given and none can be generated.
#[track_caller]
pub fn laws<T: OwnedFrame + PartialEq + Debug>(samples: impl IntoIterator<Item = T>) {
    let kind = Kind::of::<T>();
    let mut checked = 0;
    for value in samples {
        obeys(&kind, checked, &value);
        checked += 1;
    }
    if checked == 0 {
        for (index, value) in super::samples::<T>(1, MADE).iter().enumerate() {
            obeys(&kind, index, value);
        }
    }
}

/// Panics if a property does not hold for a value, which is the sample of this number.
#[track_caller]
fn obeys(kind: &Kind, index: usize, value: &dyn Subject) {
    let broken = Sample::new(kind, value).and_then(|sample| {
        sample.comes_back()?;
        sample.is_the_same_everywhere()?;
        sample.leaves_the_output_alone()?;
        sample.cut_short()?;
        sample.arrives_in_pieces()?;
        sample.damaged()
    });
    if let Err(Broken { law, found }) = broken {
        panic!(
            "{} breaks a law: {law}\n  found:  {found}\n  sample {index}: {value:?}\n{}",
            kind.schema.name,
            value.shown()
        );
    }
}

/// A property that does not hold, and what was found instead.
struct Broken {
    law: &'static str,
    found: String,
}

type Held = Result<(), Broken>;

/// Returns an error unless `truth` is `true`.
fn law(truth: bool, law: &'static str, found: impl FnOnce() -> String) -> Held {
    if truth { Ok(()) } else { Err(Broken { law, found: found() }) }
}

struct Sample<'a> {
    kind: &'a Kind,
    value: &'a dyn Subject,
    bytes: Vec<u8>,
}

impl<'a> Sample<'a> {
    fn new(kind: &'a Kind, value: &'a dyn Subject) -> Result<Self, Broken> {
        let bytes = value
            .bytes()
            .map_err(|error| Broken { law: "every sample encodes", found: format!("{error}") })?;
        Ok(Self { kind, value, bytes })
    }

    fn comes_back(&self) -> Held {
        let len = self.bytes.len();
        let said = self.value.size();
        let (min, max) = (self.kind.min_len, self.kind.max_len);
        law(said == len, "encoded_len is the number of bytes written", || {
            format!("{said} instead of {len}")
        })?;
        law(
            min <= len && max.is_none_or(|max| len <= max),
            "every encoding is within MIN_LEN and MAX_LEN",
            || format!("{len} bytes, outside of {min}..={max:?}"),
        )?;
        self.is_read("decode(encode(x)) is x", quietly(|| (self.kind.decode)(&self.bytes))?)?;
        let parsed = quietly(|| (self.kind.parse)(&self.bytes))?;
        let (rest, value) = parsed.map_err(|error| Broken {
            law: "parse(encode(x)) is x, with nothing left",
            found: format!("{error}"),
        })?;
        law(rest == 0, "parse(encode(x)) is x, with nothing left", || format!("{rest} bytes left"))?;
        self.is_read("parse(encode(x)) is x, with nothing left", Ok(value))
    }

    fn is_read(&self, broken: &'static str, read: Result<Value, DecodeError>) -> Held {
        match read {
            Ok(value) => law(value.is(self.value), broken, || format!("{value:?}")),
            Err(error) => law(false, broken, || format!("{error:#}")),
        }
    }

    fn is_the_same_everywhere(&self) -> Held {
        let differs = |what: &'static str, found: &[u8], start: usize| {
            let found = found.get(start..).unwrap_or_default();
            law(found == self.bytes, what, || format!("{}", found.escape_ascii()))
        };
        let refused = |error| Broken { law: "every sink accepts a sample", found: format!("{error}") };
        let mut appended = Vec::from(*b"before");
        self.value.append(&mut appended).map_err(refused)?;
        law(appended.starts_with(b"before"), "encoding appends", || format!("{}", appended.escape_ascii()))?;
        differs("the encoding does not depend on the bytes before it", &appended, 6)?;
        let mut shared = BytesMut::new();
        self.value.append_shared(&mut shared).map_err(refused)?;
        differs("BytesMut and Vec get the same bytes", &shared, 0)?;
        let mut room = vec![0; self.bytes.len()];
        let mut slice = SliceSink::new(&mut room);
        self.value.fill(&mut slice).map_err(refused)?;
        differs("encoded_len bytes are enough room", slice.written(), 0)?;
        let recorded = self.value.dumped().map_err(refused)?;
        differs("the dump shows the encoded bytes", &recorded, 0)
    }

    fn leaves_the_output_alone(&self) -> Held {
        const LAW: &str = "an error leaves the output unchanged";
        for room in places(self.bytes.len()) {
            let mut buffer = vec![0; 6 + room];
            let mut out = SliceSink::new(&mut buffer);
            let ready = out.put(b"before");
            law(ready.is_ok(), LAW, || String::from("no room for the bytes before it"))?;
            let encoded = self.value.fill(&mut out);
            law(encoded.is_err(), "an encoding needs encoded_len bytes", || {
                format!("it was encoded into {room} bytes")
            })?;
            law(out.written() == b"before", LAW, || {
                format!("{} with room for {room} bytes", out.written().escape_ascii())
            })?;
        }
        Ok(())
    }

    fn cut_short(&self) -> Held {
        for len in places(self.bytes.len()) {
            let cut = self.bytes.get(..len).unwrap_or_default();
            self.cut_while_streaming(cut)?;
            self.cut_when_complete(cut)?;
        }
        if self.kind.open {
            return Ok(());
        }
        let mut two = self.bytes.clone();
        two.extend_from_slice(&self.bytes);
        let left = quietly(|| (self.kind.parse)(&two))?;
        law(
            left.as_ref().is_ok_and(|(left, value)| *left == self.bytes.len() && value.is(self.value)),
            "bytes after the value are left for the next",
            || format!("{left:?}, with {} bytes after it", self.bytes.len()),
        )
    }

    fn cut_while_streaming(&self, cut: &[u8]) -> Held {
        let missing = self.bytes.len() - cut.len();
        let at = || format!("cut after {} bytes", cut.len());
        match quietly(|| (self.kind.parse)(cut))? {
            Err(nom::Err::Incomplete(Needed::Unknown)) => Ok(()),
            Err(nom::Err::Incomplete(Needed::Size(size))) => {
                // In an open type the field of a lead that is cut may be absent. What comes instead
                // begins with these bytes, and may be a length.
                let is_free = || self.kind.open && ends_within_a_lead(self.kind.schema, cut);
                let holds = size.get() <= missing || is_free();
                law(holds, "Incomplete asks for no more than is missing", || {
                    format!("{size} asked for, {missing} missing, {}", at())
                })
            }
            _ if self.kind.open => Ok(()),
            other => law(false, "truncated input is incomplete while streaming", || {
                format!("{:?}, {}", other.map(|(_, value)| value), at())
            }),
        }
    }

    fn cut_when_complete(&self, cut: &[u8]) -> Held {
        const LAW: &str = "decoding truncated input returns an error with its position";
        let at = || format!("cut after {} bytes", cut.len());
        match quietly(|| (self.kind.decode)(cut))? {
            Ok(value) => {
                law(ends_early(self.kind.schema, self.kind.open), LAW, || format!("{value:?}, {}", at()))
            }
            Err(error) => {
                law(error.offset() <= cut.len(), LAW, || format!("{error}, {}", at()))?;
                law(error.path().starts_with(self.kind.schema.name), LAW, || format!("{error}, {}", at()))
            }
        }
    }

    fn arrives_in_pieces(&self) -> Held {
        const LAW: &str = "one byte at a time equals all at once";
        let len = self.bytes.len();
        if len == 0 {
            return Ok(());
        }
        let stream = self.bytes.repeat(if self.kind.open { 1 } else { 2 });
        let mut framer = Framer::new().limit(usize::MAX);
        let (mut arrived, mut frames) = (0, 0);
        for piece in stream.chunks((len / LONG).max(1)) {
            framer.room().extend_from_slice(piece);
            arrived += piece.len();
            frames += self.frames(LAW, &mut framer)?;
            let due = if self.kind.open { 0 } else { arrived / len };
            law(frames == due, LAW, || format!("{frames} instead of {due} frames after {arrived} bytes"))?;
        }
        framer.finish();
        frames += self.frames(LAW, &mut framer)?;
        law(frames == stream.len() / len && !framer.is_partial(), LAW, || {
            format!("{frames} frames at the end of the stream")
        })
    }

    /// Returns the number of frames. Each frame must be equal to the sample.
    fn frames(&self, broken: &'static str, framer: &mut Framer) -> Result<usize, Broken> {
        let mut frames = 0;
        loop {
            match quietly(|| (self.kind.next_frame)(framer))?.transpose() {
                None => return Ok(frames),
                Some(read) => self.is_read(broken, read)?,
            }
            frames += 1;
        }
    }

    fn damaged(&self) -> Held {
        let mut bytes = self.bytes.clone();
        for place in places(self.bytes.len()) {
            let Some(original) = self.bytes.get(place) else { continue };
            let flips = (0..8).map(|bit| original ^ 1 << bit);
            for byte in flips.chain([0, u8::MAX]) {
                bytes.patch(place, &[byte]);
                read_if_it_can_be(self.kind, &bytes).map_err(|Broken { law, found }| Broken {
                    law,
                    found: format!("{found}, with byte {place} set to {byte:#04x}"),
                })?;
            }
            bytes.patch(place, &[*original]);
        }
        Ok(())
    }
}

/// If `bytes` decode, checks that the value encodes to the same bytes. If the type ignores some
/// bytes, checks that the encoding decodes to the same value.
fn read_if_it_can_be(kind: &Kind, bytes: &[u8]) -> Held {
    let streamed = quietly(|| (kind.parse)(bytes).is_ok())?;
    let Ok(value) = quietly(|| (kind.decode)(bytes))? else { return Ok(()) };
    let streamed = streamed || ends_with_the_input(kind.schema);
    law(streamed, "what decodes also parses", || format!("{value:?}"))?;
    let mut again = Vec::new();
    let encoded = quietly(|| value.append(&mut again))?;
    if encoded.as_ref().is_err_and(|error| may_be_refused(kind.schema, error)) {
        return Ok(());
    }
    law(encoded.is_ok(), "what decodes also encodes", || format!("{encoded:?} for {value:?}"))?;
    law(value.size() == again.len(), "encoded_len is the number of bytes written", || {
        format!("{} instead of {} for {value:?}", value.size(), again.len())
    })?;
    if again == bytes {
        return Ok(());
    }
    law(ignores_bytes(kind.schema), "what decodes encodes to the same bytes", || {
        format!("{value:?}, which encodes to {}", again.escape_ascii())
    })?;
    let second = quietly(|| (kind.decode)(&again))?;
    law(
        second.as_ref().is_ok_and(|second| second.is(&*value)),
        "what decodes with ignored bytes encodes to the same value",
        || format!("{value:?}, then {second:?}"),
    )
}

/// Returns `true` if truncated bytes of a type may decode.
pub fn ends_early(schema: &Schema, open: bool) -> bool {
    open || ends_with_the_input(schema)
}

/// Returns `true` if a value that was decoded may be refused with this error when it is encoded.
pub fn may_be_refused(schema: &Schema, error: &EncodeError) -> bool {
    match error.kind() {
        // If a delimiter of one byte was read, the one of two bytes that is written may have no room.
        EncodeErrorKind::TooLong { .. } => ignores_bytes(schema),
        EncodeErrorKind::Scale { .. } | EncodeErrorKind::Size { .. } | EncodeErrorKind::Check(_) => {
            frames::may_be_refused(schema)
        }
        _ => false,
    }
}

/// Runs the code under test, and turns a panic into a failure.
fn quietly<R>(f: impl FnOnce() -> R) -> Result<R, Broken> {
    catch_unwind(AssertUnwindSafe(f))
        .map_err(|panic| Broken { law: "nothing panics", found: message(&*panic) })
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    text.map_or_else(|| String::from("a panic without a text message"), |text| format!("a panic: {text}"))
}

/// Returns all positions below `len`, or a few hundred of them if `len` is large.
fn places(len: usize) -> impl Iterator<Item = usize> {
    let edge = PLACES.min(len);
    let step = (len / PLACES).max(1);
    (0..len).filter(move |at| *at < edge || *at >= len - edge || at % step == 0)
}
