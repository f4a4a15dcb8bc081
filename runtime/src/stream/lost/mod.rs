//! The search for the next frame in a stream that is out of sync.

#[cfg(test)]
mod tests;

use alloc::collections::{BTreeSet, BinaryHeap};
use alloc::format;
use core::cmp::Reverse;

use memchr::memmem;

use crate::error::{DecodeError, DecodeErrorKind};
use crate::schema::Schema;

/// Number of bytes that failed attempts may read for each skipped byte.
const READ_FOR_EACH: u64 = 16;

/// A search that is given up skips at least the frame limit divided by this.
const SKIPPED_PART: usize = 8;

/// The maximum number of candidates that wait for more bytes.
const MOST_WAITING: usize = 16 * 1024;

/// The search in a stream that is out of sync, with the possible starts of a frame in the received
/// bytes.
///
/// All positions (`u64`) are counted from the byte where the stream went out of sync. Failed
/// attempts are charged to an allowance that grows with the skipped bytes, so that hostile streams
/// cost a bounded amount of work for each byte. A start that lacks bytes is tried again only after
/// they have arrived.
#[derive(Debug)]
pub(super) struct Lost {
    /// Whether the stream is currently out of sync.
    active: bool,
    /// The schema of the frames that are searched for.
    schema: &'static Schema,
    /// The leading constant of these frames; empty if the type has none.
    sync: &'static [u8],
    /// The starts that need more bytes.
    waiting: BTreeSet<u64>,
    /// Pairs of a position and a start: the start is tried again when the stream has reached the
    /// position. Starts that were rejected meanwhile are not removed.
    wanted: BinaryHeap<Reverse<(u64, u64)>>,
    /// The starts that lacked bytes which have now arrived.
    due: BTreeSet<u64>,
    /// The position where the search for the next start continues.
    scanned: u64,
    /// Number of bytes skipped since the stream went out of sync.
    passed: u64,
    /// Number of bytes that failed attempts have read since the stream went out of sync.
    read: u64,
    /// Whether the allowance is used up.
    exhausted: bool,
    /// Whether the last search was [given up](Self::give_up).
    gave_up: bool,
    /// Number of bytes skipped in earlier searches.
    before: u64,
    /// Number of skipped bytes that were already reported.
    told: u64,
    /// How often the stream went out of sync without an error being returned.
    untold_runs: u64,
    /// The first error that was not returned, until it is taken.
    untold: Option<DecodeError>,
    /// Number of times that a start was examined or searched for.
    #[cfg(test)]
    looks: u64,
}

/// The result of an attempt.
pub(super) enum Probe {
    /// The attempt has found a frame of this many bytes.
    Takes(usize),
    /// The frame needs at least this many bytes, which have not arrived.
    Lacks(usize),
    /// No frame begins here. The attempt has read this many bytes.
    Malformed(usize),
}

/// The result of a search.
pub(super) enum Found {
    /// A frame begins at this offset.
    At(usize),
    /// No frame was found so far, and none begins in this many bytes.
    Nothing(usize),
    /// Attempts have read too much, so the search must be [given up](Lost::give_up).
    TooMuch,
}

impl Lost {
    pub(super) fn new(schema: &'static Schema) -> Self {
        Self {
            active: false,
            schema,
            sync: schema.leading(),
            waiting: BTreeSet::new(),
            wanted: BinaryHeap::new(),
            due: BTreeSet::new(),
            scanned: 0,
            passed: 0,
            read: 0,
            exhausted: false,
            gave_up: false,
            before: 0,
            told: 0,
            untold_runs: 0,
            untold: None,
            #[cfg(test)]
            looks: 0,
        }
    }

    /// Begins a search. No frame of this type begins in the first `skipped` bytes from the framer's
    /// position.
    pub(super) fn begin(&mut self, schema: &'static Schema, skipped: usize, untold: Option<DecodeError>) {
        let (before, told) = (self.passed_over(), self.told);
        let untold_runs = self.untold_runs + u64::from(untold.is_some());
        let untold = self.untold.take().or(untold.filter(|_| untold_runs == 1));
        // If the last search was given up, no attempt was made at the current position yet.
        let scanned = if self.gave_up { 0 } else { count(skipped) };
        *self = Self { active: true, scanned, before, told, untold_runs, untold, ..Self::new(schema) };
    }

    /// Takes the first error that was not returned.
    #[cfg(feature = "net")]
    pub(super) fn take_untold(&mut self) -> Option<DecodeError> {
        self.untold.take()
    }

    /// Returns the number of errors that were not returned.
    #[cfg(feature = "net")]
    pub(super) fn untold_runs(&self) -> u64 {
        self.untold_runs
    }

    pub(super) fn is_active(&self) -> bool {
        self.active
    }

    /// Returns the total number of bytes skipped.
    pub(super) fn passed_over(&self) -> u64 {
        self.before.saturating_add(self.passed)
    }

    /// Returns the number of skipped bytes that were not reported yet, and counts them as reported.
    #[cfg(feature = "net")]
    pub(super) fn take_passed_over(&mut self) -> u64 {
        let passed = self.passed_over();
        passed - core::mem::replace(&mut self.told, passed)
    }

    /// Rejects the first start that waits for bytes, also if only a part of the constant has arrived.
    /// `arrived` is the number of received bytes from the framer's position.
    #[cfg(feature = "net")]
    pub(super) fn refuse_first(&mut self, arrived: usize) {
        if let Some(first) = self.waiting.pop_first() {
            self.due.remove(&first);
        } else if self.offset(self.scanned) < arrived {
            self.scanned += 1;
        }
    }

    /// Forgets all starts, because the buffer was replaced.
    pub(super) fn start_over(&mut self) {
        self.waiting.clear();
        self.wanted.clear();
        self.due.clear();
        self.scanned = self.passed;
    }

    /// Returns `true` if a search would make an attempt. Otherwise a search would only change which
    /// bytes are [skipped](Self::move_on).
    #[cfg(feature = "std")]
    pub(super) fn has_attempt(&mut self, schema: &'static Schema, input: &[u8], complete: bool) -> bool {
        self.look_for(schema);
        self.exhausted || self.next(input, complete).is_some()
    }

    /// Tries to parse a frame at each position in `input` where a frame can begin. `input` starts
    /// at the framer's position. A complete frame wins over an incomplete frame that seems to begin
    /// earlier: if the earlier frame were real, its end would have arrived first.
    pub(super) fn search<'a>(
        &mut self,
        schema: &'static Schema,
        input: &'a [u8],
        complete: bool,
        limit: usize,
        probe: &dyn Fn(&'a [u8]) -> Probe,
    ) -> Found {
        self.look_for(schema);
        while let Some(at) = self.next(input, complete) {
            let here = input.get(self.offset(at)..).unwrap_or_default();
            match self.attempt(here, limit, probe) {
                None => break,
                Some(Probe::Takes(_)) => return self.found(at),
                Some(Probe::Lacks(need)) if !complete => {
                    self.settle(at, Some(at.saturating_add(count(need))))
                }
                Some(Probe::Lacks(_) | Probe::Malformed(_)) => self.settle(at, None),
            }
        }
        if self.exhausted { Found::TooMuch } else { Found::Nothing(self.move_on()) }
    }

    /// Discards starts that were found for another type.
    fn look_for(&mut self, schema: &'static Schema) {
        if !core::ptr::eq(self.schema, schema) {
            (self.schema, self.sync) = (schema, schema.leading());
            self.start_over();
        }
    }

    /// Returns the position of the next attempt: the first start that lacked bytes which have now
    /// arrived, or a new start.
    fn next(&mut self, input: &[u8], complete: bool) -> Option<u64> {
        if self.exhausted {
            return None;
        }
        let waited = if complete { &self.waiting } else { self.note_due(count(input.len())) };
        let waited = waited.first().copied();
        waited.or_else(|| self.candidate(input, complete))
    }

    /// Finds and returns the starts that lacked bytes which have now arrived.
    fn note_due(&mut self, arrived: u64) -> &BTreeSet<u64> {
        let end = self.passed.saturating_add(arrived);
        while let Some(Reverse((_, at))) =
            self.wanted.peek().copied().filter(|Reverse((want, _))| *want <= end)
        {
            self.looked();
            self.wanted.pop();
            if self.waiting.contains(&at) {
                self.due.insert(at);
            }
        }
        &self.due
    }

    /// Returns the next position where a frame can begin. The end of the input counts if it is the
    /// beginning of the constant, because the rest of the constant may still arrive.
    fn candidate(&mut self, input: &[u8], complete: bool) -> Option<u64> {
        let rest = input.get(self.offset(self.scanned)..).filter(|rest| !rest.is_empty())?;
        self.looked();
        if let Some(at) = memmem::find(rest, self.sync) {
            self.scanned = self.scanned.saturating_add(count(at));
            let is_enough = complete || rest.len() - at >= self.schema.min_len.max(1);
            return is_enough.then_some(self.scanned);
        }
        let most = if complete { 0 } else { self.sync.len().saturating_sub(1).min(rest.len()) };
        let begun = (1..=most).rev().find(|len| {
            let tail = rest.get(rest.len() - len..);
            tail.is_some_and(|tail| self.sync.starts_with(tail))
        });
        self.scanned = self.scanned.saturating_add(count(rest.len() - begun.unwrap_or(0)));
        None
    }

    /// Makes an attempt and charges it to the allowance. Returns `None` if the allowance is used
    /// up.
    fn attempt<'a>(
        &mut self,
        here: &'a [u8],
        limit: usize,
        probe: &dyn Fn(&'a [u8]) -> Probe,
    ) -> Option<Probe> {
        let (found, read) = match probe(here) {
            Probe::Takes(len) if len <= limit => return Some(Probe::Takes(len)),
            Probe::Takes(len) => (Probe::Malformed(len), len),
            Probe::Lacks(need) if need <= limit => (Probe::Lacks(need), here.len()),
            Probe::Lacks(_) => (Probe::Malformed(0), here.len().min(limit)),
            Probe::Malformed(read) => (Probe::Malformed(read), read.min(here.len())),
        };
        self.pay(read.max(1), limit).then_some(found)
    }

    /// Charges `read` bytes to the allowance. Returns `false` if it is used up.
    pub(super) fn pay(&mut self, read: usize, limit: usize) -> bool {
        self.read = self.read.saturating_add(count(read));
        let allowed =
            self.first().saturating_mul(READ_FOR_EACH).saturating_add(count(limit).saturating_mul(2));
        self.exhausted |= self.read > allowed;
        !self.exhausted
    }

    /// Records the result of an attempt at a start: the position that the stream must reach before
    /// another attempt, or `None` if the start is rejected.
    fn settle(&mut self, at: u64, wanted: Option<u64>) {
        self.due.remove(&at);
        self.scanned = self.scanned.max(at.saturating_add(1));
        match wanted {
            Some(wanted) => {
                self.waiting.insert(at);
                self.wanted.push(Reverse((wanted, at)));
                self.exhausted |= self.waiting.len() > MOST_WAITING;
            }
            None => drop(self.waiting.remove(&at)),
        }
    }

    /// Gives up the search. Returns an error that states the cost, and how many of the `arrived`
    /// bytes are skipped. All examined bytes are skipped, and at least `limit / SKIPPED_PART`
    /// bytes. Otherwise hostile bytes could make the framer search, and give up, again and again
    /// for very few skipped bytes each time.
    #[cold]
    pub(super) fn give_up(&mut self, limit: usize, arrived: usize) -> (DecodeError, usize) {
        (self.active, self.gave_up) = (false, true);
        let passed = self.first();
        let text = match self.waiting.len() {
            waiting @ 0..=MOST_WAITING => format!(
                "no frame in {passed} bytes: attempts have read {} bytes, more than {READ_FOR_EACH} for each and \
                 twice the limit of {limit} ({waiting} false starts wait for more)",
                self.read,
            ),
            waiting => format!(
                "no frame in {passed} bytes: attempts have read {} bytes, and {waiting} false starts wait for more, \
                 above the limit of {MOST_WAITING}",
                self.read,
            ),
        };
        let skipped = self.offset(self.scanned).max(limit / SKIPPED_PART).max(1).min(arrived);
        self.passed = self.passed.saturating_add(count(skipped));
        self.start_over();
        let error = DecodeError::new(DecodeErrorKind::Check(text.into()));
        (error.in_frame(self.schema.name, &[]), skipped)
    }

    /// Returns the first position where a frame may still begin.
    fn first(&self) -> u64 {
        self.waiting.first().copied().unwrap_or(self.scanned)
    }

    /// Converts a position to an offset from the framer's position.
    fn offset(&self, at: u64) -> usize {
        usize::try_from(at.saturating_sub(self.passed)).unwrap_or(usize::MAX)
    }

    fn found(&mut self, at: u64) -> Found {
        let offset = self.offset(at);
        (self.active, self.passed) = (false, at);
        self.start_over();
        Found::At(offset)
    }

    /// Skips the bytes before the first possible start, and returns their number.
    pub(super) fn move_on(&mut self) -> usize {
        let first = self.first();
        let passed = self.offset(first);
        self.passed = first;
        passed
    }

    /// Counts the work other than attempts, for tests.
    fn looked(&mut self) {
        #[cfg(test)]
        {
            self.looks += 1;
        }
    }
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
