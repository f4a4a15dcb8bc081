//! What an attempt at a frame has found out, for the next one to go on from.

use alloc::boxed::Box;
use alloc::format;

use super::walk::{self, Reach, Walk};
use crate::budget::Budget;
use crate::error::{DecodeError, DecodeErrorKind};
use crate::schema::{Measured, Schema};

/// How many bytes failed attempts at a frame may read for each byte of it that has arrived, and how many more in any case.
///
/// Most types need a few for each. What needs more are items that neither the schema nor a parser of their own can tell apart, which
/// are read from the start of their list at each read. A frame of 1 MiB in the packets of an Ethernet stays below this; byte by byte
/// it would be read half a million times.
const READ_FOR_EACH: usize = 512;
const READ_AT_LEAST: usize = 16 * 1024 * 1024;

/// The least bytes of an attempt that counts by itself. Attempts at fewer cannot come to what is allowed in any case.
const READ_NOTED: usize = 4096;

/// What the last attempt has found out about the next frame.
///
/// It is believed of frames of the same type at the same bytes only: it is [forgotten](Self::forget) at an error, and when
/// the type or the buffer is another.
#[derive(Debug)]
pub(super) struct Progress {
    /// The type that was asked for. Nothing is known if there is none.
    of: Option<&'static Schema>,
    /// How many bytes the next frame has at least; 1 if nothing is known.
    pub(super) need: usize,
    /// What only frames have that take several attempts. Boxed, because a connection that waits has none.
    retried: Option<Box<Retried>>,
}

#[derive(Debug)]
struct Retried {
    /// Where finding out the end of the next frame has got to, for types whose
    /// frames would have to be parsed over and over otherwise.
    walk: Option<Walk>,
    /// How many bytes failed attempts at it have read.
    read: usize,
}

impl Progress {
    pub(super) const fn new() -> Self {
        Self { of: None, need: 1, retried: None }
    }

    /// Nothing is known of the next frame.
    #[inline]
    pub(super) fn forget(&mut self) {
        self.need = 1;
        // Most frames never had one, and dropping it is a call.
        if self.retried.is_some() {
            self.retried = None;
        }
    }

    /// Whether what is known was found out about frames of this type.
    #[inline]
    pub(super) fn is_of(&self, schema: &'static Schema) -> bool {
        self.of.is_some_and(|of| core::ptr::eq(of, schema))
    }

    /// An attempt that has read so many bytes found that the next frame is of this type and takes at least `need`.
    pub(super) fn note(&mut self, schema: &'static Schema, need: usize, read: usize) {
        self.of = Some(schema);
        self.need = need;
        if !self.walks() && walk::is_worth_it(schema) {
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

    /// Whether there is a walk.
    pub(super) fn walks(&self) -> bool {
        self.retried.as_ref().is_some_and(|retried| retried.walk.is_some())
    }

    /// The walk has found the end of the frame.
    #[cfg(feature = "std")]
    pub(super) fn end_walk(&mut self) {
        if let Some(retried) = &mut self.retried {
            retried.walk = None;
        }
    }

    /// Goes on with the walk, if there is one.
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

    /// Refuses a frame of which so many bytes have arrived if attempts at it have read too much.
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
