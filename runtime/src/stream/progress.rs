//! What earlier attempts to decode a frame found out, for the next attempt.

use alloc::boxed::Box;
use alloc::format;

use super::framer::Framer;
use super::outcome::missing;
use super::walk::{self, Reach, Walk};
use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::schema::{Measured, Schema};

/// Number of bytes that failed attempts at a frame may read for each byte of the frame that has
/// arrived.
///
/// Most types need a few. Lists need more if neither the schema nor the parser of an item can find
/// the end of an item, because they are decoded again from their start at each read. A frame of 1
/// MiB in Ethernet packets stays below this limit. If it arrived byte by byte, each byte would be
/// read half a million times on average.
const READ_FOR_EACH: usize = 512;
const READ_AT_LEAST: usize = 16 * 1024 * 1024;

/// Attempts on fewer bytes than this are not counted: even one attempt after each byte reads less
/// than `READ_AT_LEAST` in all.
const READ_NOTED: usize = 4096;

/// What the last attempt found out about the next frame.
///
/// This is valid only for a frame of the same type at the same bytes. It is
/// [forgotten](Self::forget) after an error, and when the type or the buffer changes.
#[derive(Debug)]
pub(super) struct Progress {
    /// The schema of the last requested type whose frames need no walk. It also outlasts the frame,
    /// because finding out whether they need one takes a search through the schema.
    of: Option<&'static Schema>,
    /// The minimum size of the next frame in bytes; 1 if nothing is known.
    pub(super) need: usize,
    /// The state of a frame that takes several attempts. It is boxed because most connections have
    /// none while they wait.
    retried: Option<Box<Retried>>,
}

#[derive(Debug)]
struct Retried {
    /// The schema of the requested type.
    of: &'static Schema,
    /// The walk that searches for the end of the frame. Only types that would otherwise be parsed
    /// at each read have one.
    walk: Option<Walk>,
    /// Number of bytes that failed attempts at the frame have read.
    read: usize,
}

impl Framer {
    /// Returns `true` if a partial frame of this type is known to need more bytes than have arrived.
    /// Most reads of a long frame do not complete it, and end here.
    #[inline]
    pub(super) fn awaits_more(&self, schema: &'static Schema) -> bool {
        // A buffer that was cut off before `start` counts as changed.
        self.buffer.len().wrapping_sub(self.start) < self.progress.need
            && self.progress.is_of(schema)
            && !self.is_changed()
    }

    /// Forgets what is known about the next frame if it is about another type, or if the buffer has
    /// changed.
    pub(super) fn trust(&mut self, schema: &'static Schema) {
        if self.progress.need > 1 && (!self.progress.is_of(schema) || self.is_changed()) {
            self.progress.forget();
        }
    }
}

impl Progress {
    pub(super) const fn new() -> Self {
        Self { of: None, need: 1, retried: None }
    }

    /// Forgets what is known about the next frame.
    #[inline]
    pub(super) fn forget(&mut self) {
        self.need = 1;
        // The test avoids a function call to drop the state, which most frames do not have.
        if self.retried.is_some() {
            self.retried = None;
        }
    }

    /// Forgets how many bytes the next frame needs, if an attempt costs little: if the frame is
    /// short and has taken few attempts so far.
    #[inline]
    pub(super) fn forget_short(&mut self) {
        if self.need < Framer::SHARE_FROM && self.retried.is_none() {
            self.need = 1;
        }
    }

    /// Returns `true` if this is about frames of this type.
    #[inline]
    pub(super) fn is_of(&self, schema: &'static Schema) -> bool {
        self.needs_no_walk(schema)
            || self.retried.as_ref().is_some_and(|retried| core::ptr::eq(retried.of, schema))
    }

    /// Returns `true` if frames of this type are known to need no walk.
    #[inline]
    fn needs_no_walk(&self, schema: &'static Schema) -> bool {
        self.of.is_some_and(|of| core::ptr::eq(of, schema))
    }

    /// Records that an attempt has read `arrived` bytes of the next frame, of this type, and lacks
    /// more. Returns `false` and records nothing in all but the usual case, in which the frame is
    /// short and waits for a known number of bytes.
    #[cold]
    #[inline(never)]
    pub(super) fn awaits(
        &mut self,
        schema: &'static Schema,
        arrived: usize,
        needed: nom::Needed,
        limit: usize,
    ) -> bool {
        let need = arrived.saturating_add(missing(needed));
        let is_usual = self.needs_no_walk(schema) && arrived < READ_NOTED && need <= limit;
        if is_usual {
            self.need = need;
        }
        is_usual
    }

    /// Records that an attempt has read this many bytes, and that the next frame, of this type,
    /// needs at least `need` bytes.
    pub(super) fn note(&mut self, schema: &'static Schema, need: usize, read: usize) {
        self.need = need;
        if !self.needs_no_walk(schema) {
            self.of = (!walk::is_worth_it(schema)).then_some(schema);
        }
        if self.of.is_none() && !self.walks() {
            self.retried(schema).walk = Some(Walk::new(schema));
        } else if read >= READ_NOTED {
            self.retried(schema);
        }
        if let Some(retried) = &mut self.retried {
            retried.read = retried.read.saturating_add(read);
        }
    }

    fn retried(&mut self, of: &'static Schema) -> &mut Retried {
        self.retried.get_or_insert_with(|| Box::new(Retried { of, walk: None, read: 0 }))
    }

    /// Returns `true` if a walk is in progress.
    pub(super) fn walks(&self) -> bool {
        self.retried.as_ref().is_some_and(|retried| retried.walk.is_some())
    }

    /// Ends the walk, which has found the end of the frame.
    #[cfg(feature = "std")]
    pub(super) fn end_walk(&mut self) {
        if let Some(retried) = &mut self.retried {
            retried.walk = None;
        }
    }

    /// Continues the walk, and returns its result, or `None` if no walk is in progress.
    pub(super) fn advance<'a>(
        &mut self,
        input: &'a [u8],
        measure: &dyn Fn(&'a [u8]) -> Measured,
        budget: &'a Budget,
    ) -> Option<Reach> {
        let Retried { walk, read, .. } = &mut **self.retried.as_mut()?;
        let walk = walk.as_mut()?;
        let reach = walk.advance(input, measure, budget);
        *read = read.saturating_add(walk.take_read());
        Some(reach)
    }

    /// Refuses a frame if attempts at it have read too many bytes for the `input` that has arrived.
    #[inline]
    pub(super) fn within_means(&self, schema: &'static Schema, input: &[u8]) -> Result<(), DecodeError> {
        let most = input.len().saturating_mul(READ_FOR_EACH).saturating_add(READ_AT_LEAST);
        match &self.retried {
            Some(retried) if retried.read > most => Err(retried.too_much(schema, input)),
            _ => Ok(()),
        }
    }
}

impl Retried {
    #[cold]
    fn too_much(&self, schema: &'static Schema, input: &[u8]) -> DecodeError {
        let text = format!(
            "no frame in {} bytes, of which {} were read in attempts: it arrives in too many pieces for a type whose end only its parser \
             knows; a length around the list avoids that",
            input.len(),
            self.read,
        );
        DecodeError::new(DecodeErrorKind::Check(text.into())).in_frame(schema.name, input)
    }
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;
    use core::cell::Cell;

    use super::*;
    use crate::Frame;
    use crate::frame::Decode;

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Message {
        kind: u8,
        to: u16,
        #[len_prefixed(u8)]
        body: Vec<u8>,
    }

    /// The bytes of a message that lacks bytes three times: of its first fields, its length and its
    /// body.
    const MESSAGE: &[u8] = b"\x01\x00\x02\x05hello";

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, tag = u8)]
    enum Event {
        #[tag(1)]
        Move { x: u16, y: u16 },
        #[tag(2)]
        Stop,
    }

    /// Takes a frame, and counts the attempts.
    fn take<T: for<'a> Decode<'a>>(framer: &mut Framer, attempts: &mut usize) -> Option<T> {
        let made = Cell::new(0);
        let parse = |input, source: &_| {
            made.set(made.get() + 1);
            T::parse_from(input, source)
        };
        let frame = framer.next_frame_by::<T, _>(parse).unwrap();
        *attempts += made.get();
        frame
    }

    /// Feeds bytes one by one. Returns the numbers of bytes after which attempts were made, and
    /// after which frames were complete.
    fn trickle<T: for<'a> Decode<'a>>(framer: &mut Framer, bytes: &[u8]) -> (Vec<usize>, Vec<usize>) {
        let (mut tried, mut complete) = (Vec::new(), Vec::new());
        for (at, byte) in bytes.iter().enumerate() {
            let mut attempts = 0;
            framer.room().extend_from_slice(&[*byte]);
            if take::<T>(framer, &mut attempts).is_some() {
                complete.push(at + 1);
            }
            tried.extend(core::iter::repeat_n(at + 1, attempts));
        }
        (tried, complete)
    }

    #[test]
    fn an_attempt_is_made_exactly_when_the_missing_bytes_have_arrived() {
        let mut framer = Framer::new();
        for _ in 0..3 {
            assert_eq!(trickle::<Message>(&mut framer, MESSAGE), ([1, 4, 9].into(), [9].into()));
        }
        let events = b"\x01\x00\x07\x00\x08\x02\x01\x00\x07\x00\x08";
        let ends = [5, 6, 11];
        assert_eq!(trickle::<Event>(&mut framer, events), ([1, 5, 6, 7, 11].into(), ends.into()));
        let long = [&b"\x01\x00\x02\xff"[..], &[7; 255]].concat();
        assert_eq!(trickle::<Message>(&mut framer, &long), ([1, 4, 259].into(), [259].into()));
    }

    #[test]
    fn the_missing_bytes_are_counted_from_the_frame_on() {
        for behind in 1..MESSAGE.len() {
            let mut framer = Framer::new();
            let (begun, rest) = MESSAGE.split_at(behind);
            framer.room().extend_from_slice(&[MESSAGE, begun].concat());
            assert!(take::<Message>(&mut framer, &mut 0).is_some());
            // The next frame begins behind the first one, which is dropped with the next read.
            assert_eq!(take::<Message>(&mut framer, &mut 0), None);
            let mut attempts = 0;
            assert_eq!(take::<Message>(&mut framer, &mut attempts), None);
            assert_eq!(attempts, 0, "{behind} bytes");
            assert_eq!(trickle::<Message>(&mut framer, rest).1, [rest.len()]);
        }
    }

    #[test]
    fn what_was_known_does_not_hold_after_a_change() {
        let begun = || {
            let mut framer = Framer::new();
            framer.room().extend_from_slice(&MESSAGE[..8]);
            assert_eq!(take::<Message>(&mut framer, &mut 0), None);
            framer
        };
        let mut framer = begun();
        assert_eq!(take::<Event>(&mut framer, &mut 0), Some(Event::Move { x: 2, y: 0x568 }));

        let mut framer = begun();
        framer.room()[3] = 1;
        framer.room().truncate(5);
        assert!(take::<Message>(&mut framer, &mut 0).is_some());

        let mut framer = Framer::new();
        framer.room().extend_from_slice(b"\x01\x00\x02\x07\x00\x01\x01x");
        assert_eq!(take::<Message>(&mut framer, &mut 0), None);
        // The bytes after these three are a complete message.
        framer.discard(3);
        assert!(take::<Message>(&mut framer, &mut 0).is_some());

        let mut framer = begun();
        framer.finish();
        assert!(framer.next_frame::<Message>().is_err());

        let mut framer = begun().per_read(true);
        assert!(framer.next_frame::<Message>().is_err());

        let mut framer = begun().limit(4);
        assert!(framer.next_frame::<Message>().is_err(), "the frame is longer than the new limit");
    }
}
