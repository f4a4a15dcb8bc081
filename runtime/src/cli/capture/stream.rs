//! Reassembly of one direction of a TCP connection.

use std::collections::BTreeMap;

use bytes::Bytes;

use crate::cli::traffic::Happened;

/// The maximum number of bytes, and of segments, that are kept because earlier bytes are missing.
/// Beyond these limits the earlier bytes are reported as missing.
const MOST_BYTES: usize = 4 * 1024 * 1024;
const MOST_SEGMENTS: usize = 4096;

/// How many packets to wait for missing bytes that the peer has already acknowledged. They may
/// still follow, because the packets of a capture may be out of order.
const PATIENCE: u32 = 16;

/// The position of the first known byte. It is not 0, so that bytes before it have positions too.
const ORIGIN: u64 = 1 << 32;

/// One direction of a TCP connection. It puts the segments in order. If a segment repeats bytes
/// with other values, the values that were reported first are kept.
#[derive(Debug, Default)]
pub(super) struct Stream {
    /// The sequence number of [`ORIGIN`]; `None` before the first segment.
    first: Option<u32>,
    /// The position of the next byte to report.
    next: u64,
    /// The segments that arrived too early, by position. Each has its bytes, and the number of
    /// bytes that are missing at its end.
    early: BTreeMap<u64, (Bytes, usize)>,
    early_bytes: usize,
    /// The position of the end of the stream, once it is known.
    fin: Option<u64>,
    /// The end of the bytes that the peer has acknowledged.
    acknowledged: u64,
    /// Number of packets since the peer first acknowledged missing bytes.
    patience: u32,
    pub(super) has_ended: bool,
}

pub(super) struct Segment {
    pub(super) sequence: u32,
    pub(super) syn: bool,
    pub(super) fin: bool,
    pub(super) payload: Bytes,
    pub(super) cut: usize,
}

impl Stream {
    /// Returns `true` if a SYN with this sequence number begins another connection.
    pub(super) fn is_other(&self, sequence: u32) -> bool {
        self.first.is_some_and(|first| first != sequence.wrapping_add(1))
    }

    /// Returns the size of the kept segments that arrived too early.
    pub(super) fn early(&self) -> usize {
        self.early_bytes + self.early.len() * 128
    }

    pub(super) fn take(&mut self, segment: Segment, out: &mut dyn FnMut(Happened)) {
        let sequence = segment.sequence.wrapping_add(u32::from(segment.syn));
        if self.first.is_none() {
            (self.first, self.next) = (Some(sequence), ORIGIN);
        }
        if self.has_ended {
            return;
        }
        let at = self.place(sequence);
        let end = at.saturating_add(size(segment.payload.len())).saturating_add(size(segment.cut));
        if segment.fin && self.fin.is_none() {
            self.fin = Some(end);
        }
        if end > self.next {
            self.early_bytes += segment.payload.len();
            let known = self.early.entry(at).or_default();
            // If two segments have the same position, the longer one contains the other.
            if known.0.len() + known.1 < segment.payload.len() + segment.cut {
                let replaced = std::mem::replace(known, (segment.payload, segment.cut));
                self.early_bytes -= replaced.0.len();
            } else {
                self.early_bytes -= segment.payload.len();
            }
        }
        self.tell(out);
        while self.early_bytes > MOST_BYTES || self.early.len() > MOST_SEGMENTS {
            self.give_up(out);
        }
    }

    /// Records that the peer has acknowledged all bytes before this sequence number.
    pub(super) fn acknowledge(&mut self, number: u32, out: &mut dyn FnMut(Happened)) {
        if self.first.is_none() || self.has_ended {
            return;
        }
        let place = self.place(number);
        self.acknowledged = self.acknowledged.max(place);
        match self.early.first_key_value() {
            Some((first, _)) if *first <= self.acknowledged => self.patience += 1,
            _ => self.patience = 0,
        }
        if self.patience > PATIENCE {
            self.patience = 0;
            self.give_up(out);
        }
    }

    /// Ends the stream, because no more segments arrive. Missing bytes are reported.
    pub(super) fn finish(&mut self, out: &mut dyn FnMut(Happened)) {
        while !self.early.is_empty() {
            self.give_up(out);
        }
    }

    /// Reports the first gap as missing.
    fn give_up(&mut self, out: &mut dyn FnMut(Happened)) {
        if let Some((first, _)) = self.early.first_key_value() {
            let missing = first.saturating_sub(self.next);
            self.next = self.next.max(*first);
            if missing > 0 {
                out(Happened::Missing(missing));
            }
        }
        self.tell(out);
    }

    /// Reports the bytes that are in order.
    fn tell(&mut self, out: &mut dyn FnMut(Happened)) {
        while let Some(entry) = self.early.first_entry() {
            if *entry.key() > self.next {
                break;
            }
            let (at, (payload, cut)) = entry.remove_entry();
            self.early_bytes -= payload.len();
            let known = usize::try_from(self.next - at).unwrap_or(usize::MAX);
            let end = at.saturating_add(size(payload.len())).saturating_add(size(cut));
            if end <= self.next {
                continue;
            }
            let rest = payload.slice(known.min(payload.len())..);
            let missing = end - self.next - size(rest.len());
            self.next = end;
            if !rest.is_empty() {
                out(Happened::Bytes(rest));
            }
            if missing > 0 {
                out(Happened::Missing(missing));
            }
        }
        if self.fin.is_some_and(|fin| fin <= self.next) {
            self.has_ended = true;
            out(Happened::End(None));
        }
    }

    /// Returns the position of a sequence number. It is less than 2^31 bytes from the current
    /// position.
    fn place(&self, sequence: u32) -> u64 {
        let next = self.first.unwrap_or_default().wrapping_add(low(self.next.wrapping_sub(ORIGIN)));
        let ahead = sequence.wrapping_sub(next);
        match ahead < 1 << 31 {
            true => self.next.saturating_add(u64::from(ahead)),
            false => self.next.saturating_sub((1 << 32) - u64::from(ahead)),
        }
    }
}

/// Returns the lower 32 bits.
fn low(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).unwrap_or_default()
}

fn size(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
