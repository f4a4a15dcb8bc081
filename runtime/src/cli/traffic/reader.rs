//! A reader of one direction of a stream. It turns the bytes that arrive into records.

use std::format;
use std::sync::Arc;
use std::vec::Vec;

use bytes::Bytes;

use super::event::{Connection, Direction};
use super::record::{Fault, Record, What};
use super::time::Time;
use crate::cli::frames::Kind;
use crate::cli::furthest::furthest;
use crate::error::DecodeError;
use crate::stream::{Framer, Taken};

/// If the type of the frames is still unknown after this many bytes, the type that decodes the most
/// of them is chosen.
const UNDECIDED: usize = 64 * 1024;

/// How many of the bytes that a parser has read are kept for the dump of an error.
const SEEN: usize = 16 * 1024;

#[derive(Debug)]
pub(super) struct Reader {
    connection: Arc<Connection>,
    direction: Direction,
    /// The possible types. There is a single type once it is known.
    kinds: Vec<Kind>,
    /// The bytes received before the type was known.
    undecided: Vec<u8>,
    framer: Framer,
    /// Whether no more frames can be found, so that all further bytes are skipped.
    is_blind: bool,
    /// The offset of the next record in the stream.
    offset: u64,
    /// The time of the last piece.
    time: Option<Time>,
    /// The number of the last event of this stream.
    pub(super) last_event: u64,
}

impl Reader {
    pub(super) fn new(
        kinds: Vec<Kind>,
        limit: usize,
        connection: Arc<Connection>,
        direction: Direction,
    ) -> Self {
        let framer = Framer::new().limit(limit);
        Self {
            connection,
            direction,
            kinds,
            undecided: Vec::new(),
            framer,
            is_blind: false,
            offset: 0,
            time: None,
            last_event: 0,
        }
    }

    /// Returns the number of bytes that the reader holds.
    pub(super) fn held(&self) -> usize {
        self.framer.held() + self.undecided.capacity()
    }

    pub(super) fn is_finished(&self) -> bool {
        self.framer.is_finished()
    }

    /// Adds the next bytes.
    pub(super) fn push(&mut self, time: Option<Time>, bytes: &[u8], out: &mut Vec<Record>) {
        self.time = time;
        if let (true, Some(kind)) = (self.is_blind, self.kinds.first().cloned()) {
            return self.tell(&kind, What::Passed, Bytes::copy_from_slice(bytes), out);
        }
        if self.kinds.len() <= 1 {
            self.framer.room().extend_from_slice(bytes);
            return self.read(out);
        }
        self.undecided.extend_from_slice(bytes);
        let is_enough = self.undecided.len() >= UNDECIDED;
        if is_enough || self.kinds.iter().any(|kind| (kind.measure)(&self.undecided).is_ok()) {
            self.decide(out);
        }
    }

    /// Records that `missing` bytes of the stream are missing.
    pub(super) fn lose(&mut self, time: Option<Time>, missing: u64, out: &mut Vec<Record>) {
        self.decide(out);
        self.time = time;
        let Some(kind) = self.kinds.first().cloned() else { return };
        let partial = (kind.lose)(&mut self.framer, missing);
        if !partial.is_empty() {
            let text = format!("{missing} of its bytes are missing");
            let error = DecodeError::custom(text).after(partial.len()).in_frame(kind.schema.name, &partial);
            let fault = Fault { error: Arc::new(error), seen: first_of(&partial) };
            self.tell(&kind, What::Malformed(fault), partial, out);
        }
        self.tell(&kind, What::Missing(missing), Bytes::new(), out);
        self.offset = self.offset.saturating_add(missing);
        let _ = self.framer.release();
    }

    pub(super) fn finish(&mut self, time: Option<Time>, out: &mut Vec<Record>) {
        self.decide(out);
        self.time = time.or(self.time);
        self.framer.finish();
        self.read(out);
    }

    /// Chooses the type that decodes the most of the received bytes.
    fn decide(&mut self, out: &mut Vec<Record>) {
        if self.undecided.is_empty() {
            return;
        }
        if let Some(kind) = furthest(&self.kinds, &self.undecided).cloned() {
            self.kinds = Vec::from([kind]);
        }
        self.framer.room().extend_from_slice(&std::mem::take(&mut self.undecided));
        self.read(out);
    }

    /// Takes all records that are complete.
    fn read(&mut self, out: &mut Vec<Record>) {
        let Some(kind) = self.kinds.first().cloned() else { return };
        let mut before: Option<Fault> = None;
        loop {
            let Taken { passed, frame } = (kind.take)(&mut self.framer);
            // The first bytes that were skipped belong to the malformed frame.
            let is_stuck = before.is_some() && passed.is_empty();
            match before.take() {
                Some(fault) => self.tell(&kind, What::Malformed(fault), passed, out),
                None if passed.is_empty() => {}
                None => self.tell(&kind, What::Passed, passed, out),
            }
            let error = match frame {
                Ok(Some(frame)) => {
                    self.tell(&kind, What::Frame, frame, out);
                    continue;
                }
                Ok(None) => break,
                Err(error) => error,
            };
            let seen = first_of(self.framer.read_ahead());
            if !is_stuck && (kind.recover)(&mut self.framer) {
                before = Some(Fault { error: Arc::new(error), seen });
                continue;
            }
            // The framer cannot find the next frame in these bytes, so all of them are reported as
            // malformed. The next packet may begin with a frame.
            let rest = Bytes::copy_from_slice(self.framer.read_ahead());
            self.framer.discard(rest.len());
            self.is_blind = self.direction == Direction::Unknown;
            self.tell(&kind, What::Malformed(Fault { error: Arc::new(error), seen }), rest, out);
            break;
        }
        let _ = self.framer.release();
    }

    fn tell(&mut self, kind: &Kind, what: What, bytes: Bytes, out: &mut Vec<Record>) {
        let len = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        out.push(Record {
            time: self.time,
            connection: Arc::clone(&self.connection),
            direction: self.direction,
            offset: self.offset,
            bytes,
            kind: kind.clone(),
            what,
        });
        self.offset = self.offset.saturating_add(len);
    }
}

/// Adds the record of a datagram, which must be one frame.
pub(super) fn datagram(
    kinds: &[Kind],
    connection: &Arc<Connection>,
    direction: Direction,
    time: Option<Time>,
    bytes: Bytes,
    out: &mut Vec<Record>,
) {
    let Some(kind) = furthest(kinds, &bytes).cloned() else { return };
    let what = match (kind.check)(&bytes) {
        Ok(()) => What::Frame,
        Err(error) => What::Malformed(Fault { error: Arc::new(error), seen: first_of(&bytes) }),
    };
    out.push(Record { time, connection: Arc::clone(connection), direction, offset: 0, bytes, kind, what });
}

fn first_of(bytes: &[u8]) -> Bytes {
    Bytes::copy_from_slice(bytes.get(..SEEN).unwrap_or(bytes))
}
