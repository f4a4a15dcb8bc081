//! Finding the next frame in a stream that is out of step.

use alloc::format;
use alloc::vec::Vec;

use memchr::memmem;

use super::refused::boundary;
use super::walk;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::schema::{Body, Role, Schema};

/// How many bytes failed attempts may read for each byte that is passed over.
const READ_FOR_EACH: u64 = 16;

/// What is known of a stream that is out of step: where frames may begin in what has arrived.
///
/// All places are counted from where the framer is. Attempts at false starts are paid out of an allowance, so that a
/// stream made of them costs no more than a bounded amount of work for each byte.
#[derive(Debug)]
pub(super) struct Lost {
    /// Whether the stream is out of step now.
    active: bool,
    /// The type that is looked for.
    schema: &'static Schema,
    /// What each of its frames begins with; nothing if they begin with anything.
    sync: &'static [u8],
    /// Starts behind which more has to arrive, and how much of it there must be.
    pending: Vec<(usize, usize)>,
    /// Where the next start is looked for.
    scanned: usize,
    /// How many bytes have been passed over since the stream is out of step, and how many failed attempts have read.
    passed: u64,
    read: u64,
    /// Whether these were too many.
    exhausted: bool,
    /// How many bytes have been passed over before that.
    before: u64,
    /// How much of all that was told.
    told: u64,
}

/// What an attempt has found.
pub(super) enum Probe {
    /// A frame of so many bytes.
    Takes(usize),
    /// It has at least so many bytes, more than there are.
    Lacks(usize),
    /// None. Finding that out took so many bytes.
    Malformed(usize),
}

/// Where a search has got to.
pub(super) enum Found {
    /// A frame begins here.
    At(usize),
    /// No frame so far, and none that begins in so many bytes.
    Nothing(usize),
    /// Attempts have read too much: it is an [error](Lost::give_up).
    TooMuch,
}

impl Lost {
    pub(super) fn new(schema: &'static Schema) -> Self {
        Self {
            active: false,
            schema,
            sync: schema.leading(),
            pending: Vec::new(),
            scanned: 0,
            passed: 0,
            read: 0,
            exhausted: false,
            before: 0,
            told: 0,
        }
    }

    /// The stream is out of step: no frame of this type begins where the framer is.
    pub(super) fn begin(&mut self, schema: &'static Schema, skipped: usize) {
        let (before, told) = (self.passed_over(), self.told);
        *self = Self { active: true, scanned: skipped, before, told, ..Self::new(schema) };
    }

    pub(super) fn is_active(&self) -> bool {
        self.active
    }

    /// How many bytes have been passed over, ever.
    pub(super) fn passed_over(&self) -> u64 {
        self.before.saturating_add(self.passed)
    }

    /// How many of them were not told yet.
    #[cfg(feature = "net")]
    pub(super) fn take_passed_over(&mut self) -> u64 {
        let passed = self.passed_over();
        passed - core::mem::replace(&mut self.told, passed)
    }

    /// The first start is none, whatever may still arrive.
    #[cfg(feature = "net")]
    pub(super) fn refuse_first(&mut self) {
        if !self.pending.is_empty() {
            self.pending.remove(0);
        }
    }

    /// The buffer is another.
    pub(super) fn start_over(&mut self) {
        self.pending.clear();
        self.scanned = 0;
    }

    /// Looks for a frame in `input`, by attempts at each place where one can begin. A frame that is here as a whole
    /// wins over an earlier start that lacks bytes: if that was one, its end would be here before the next frame.
    pub(super) fn search<'a>(
        &mut self,
        schema: &'static Schema,
        input: &'a [u8],
        complete: bool,
        limit: usize,
        probe: &dyn Fn(&'a [u8]) -> Probe,
    ) -> Found {
        if self.exhausted {
            return Found::TooMuch;
        }
        if !core::ptr::eq(self.schema, schema) {
            (self.schema, self.sync) = (schema, schema.leading());
            self.start_over();
        }
        let mut index = 0;
        while let Some((at, need)) = self.pending.get(index).copied() {
            let here = input.get(at..).unwrap_or_default();
            if !complete && here.len() < need {
                index += 1;
                continue;
            }
            match self.attempt(here, limit, probe) {
                None => return Found::TooMuch,
                Some(Probe::Takes(_)) => return self.found(at),
                Some(Probe::Malformed(_)) => drop(self.pending.remove(index)),
                Some(Probe::Lacks(need)) => {
                    if let Some(place) = self.pending.get_mut(index) {
                        place.1 = need;
                    }
                    index += 1;
                }
            }
        }
        while let Some(at) = self.candidate(input, complete) {
            let here = input.get(at..).unwrap_or_default();
            if !complete && here.len() < schema.min_len.max(1) {
                self.scanned = at;
                break;
            }
            self.scanned = at + 1;
            match self.attempt(here, limit, probe) {
                None => return Found::TooMuch,
                Some(Probe::Takes(_)) => return self.found(at),
                Some(Probe::Malformed(_)) => {}
                Some(Probe::Lacks(need)) => self.pending.push((at, need)),
            }
        }
        Found::Nothing(self.move_on())
    }

    /// The next place where a frame can begin. A constant that may still be completed is waited for.
    fn candidate(&mut self, input: &[u8], complete: bool) -> Option<usize> {
        let rest = input.get(self.scanned..).filter(|rest| !rest.is_empty())?;
        if let Some(at) = memmem::find(rest, self.sync) {
            return Some(self.scanned + at);
        }
        let most = if complete { 0 } else { self.sync.len().saturating_sub(1).min(rest.len()) };
        let begun = (1..=most).rev().find(|len| {
            let tail = rest.get(rest.len() - len..);
            tail.is_some_and(|tail| self.sync.starts_with(tail))
        });
        self.scanned = input.len() - begun.unwrap_or(0);
        None
    }

    /// Makes an attempt and pays for it, as far as the allowance goes.
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
        self.read = self.read.saturating_add(count(read.max(1)));
        let passed = self.passed.saturating_add(count(self.first()));
        let allowed = passed.saturating_mul(READ_FOR_EACH).saturating_add(count(limit).saturating_mul(2));
        self.exhausted = self.read > allowed;
        (!self.exhausted).then_some(found)
    }

    /// Looks no further, with an error that says what it has cost.
    #[cold]
    pub(super) fn give_up(&mut self, limit: usize) -> DecodeError {
        self.active = false;
        self.too_much(limit)
    }

    fn too_much(&self, limit: usize) -> DecodeError {
        let text = format!(
            "no frame in {} bytes, in which {} were read for attempts; that is more than {READ_FOR_EACH} for each and twice the \
             limit of {limit}",
            self.passed.saturating_add(count(self.first())),
            self.read,
        );
        DecodeError::new(DecodeErrorKind::Check(text.into())).in_frame(self.schema.name, &[])
    }

    /// The first place where a frame may still begin.
    fn first(&self) -> usize {
        self.pending.first().map_or(self.scanned, |(at, _)| *at)
    }

    fn found(&mut self, at: usize) -> Found {
        self.active = false;
        self.passed = self.passed.saturating_add(count(at));
        Found::At(at)
    }

    /// Passes over the bytes in which no frame begins, and says how many they are.
    fn move_on(&mut self) -> usize {
        let first = self.first();
        for (at, _) in &mut self.pending {
            *at -= first;
        }
        self.scanned -= first;
        self.passed = self.passed.saturating_add(count(first));
        first
    }
}

/// How many bytes of `input` finding this error has read, or somewhat more.
pub(super) fn read_for(schema: &'static Schema, input: &[u8], error: &DecodeError) -> usize {
    if !schema.until.is_empty() {
        return boundary(schema, input).unwrap_or(input.len());
    }
    let looks_ahead = match error.kind() {
        DecodeErrorKind::Checksum { .. } => !ends_with_sum(schema),
        DecodeErrorKind::Check(_) => true,
        _ => schema.open || walk::is_worth_it(schema),
    };
    let most = schema.max_len.unwrap_or(usize::MAX);
    if looks_ahead { input.len().min(most) } else { error.offset().saturating_add(1) }
}

/// Whether all that a checksum covers stands in front of it.
fn ends_with_sum(schema: &Schema) -> bool {
    matches!(schema.body, Body::Struct([.., last]) if matches!(last.role, Role::Checksum(..)))
}

fn count(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}
