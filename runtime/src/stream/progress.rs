//! What earlier attempts to decode a frame found out, for the next attempt.

use alloc::boxed::Box;
use alloc::format;

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
    /// The schema of the requested type; `None` if nothing is known.
    of: Option<&'static Schema>,
    /// Whether frames of that schema [need a walk](walk::is_worth_it). It is kept because the
    /// answer takes a search through the schema.
    endless: bool,
    /// The minimum size of the next frame in bytes; 1 if nothing is known.
    pub(super) need: usize,
    /// The state of a frame that takes several attempts. It is boxed because most connections have
    /// none while they wait.
    retried: Option<Box<Retried>>,
}

#[derive(Debug)]
struct Retried {
    /// The walk that searches for the end of the frame. Only types that would otherwise be parsed
    /// at each read have one.
    walk: Option<Walk>,
    /// Number of bytes that failed attempts at the frame have read.
    read: usize,
}

impl Progress {
    pub(super) const fn new() -> Self {
        Self { of: None, endless: false, need: 1, retried: None }
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

    /// Returns `true` if this is about frames of this type.
    #[inline]
    pub(super) fn is_of(&self, schema: &'static Schema) -> bool {
        self.of.is_some_and(|of| core::ptr::eq(of, schema))
    }

    /// Records that an attempt has read this many bytes, and that the next frame, of this type,
    /// needs at least `need` bytes.
    pub(super) fn note(&mut self, schema: &'static Schema, need: usize, read: usize) {
        if !self.is_of(schema) {
            self.of = Some(schema);
            self.endless = walk::is_worth_it(schema);
        }
        self.need = need;
        if self.endless && !self.walks() {
            self.retried().walk = Some(Walk::new(schema));
        } else if read >= READ_NOTED {
            self.retried();
        }
        if let Some(retried) = &mut self.retried {
            retried.read = retried.read.saturating_add(read);
        }
    }

    fn retried(&mut self) -> &mut Retried {
        self.retried.get_or_insert_with(|| Box::new(Retried { walk: None, read: 0 }))
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
        let Retried { walk, read } = &mut **self.retried.as_mut()?;
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
