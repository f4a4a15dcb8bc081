//! What an attempt at a frame has found out, for the next one to go on from.

use alloc::boxed::Box;

use super::walk::{self, Walk};
use crate::schema::Schema;

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
    /// Where finding out the end of the next frame has got to, for types whose
    /// frames would have to be parsed over and over otherwise.
    pub(super) walk: Option<Box<Walk>>,
}

impl Progress {
    pub(super) const fn new() -> Self {
        Self { of: None, need: 1, walk: None }
    }

    /// Nothing is known of the next frame.
    #[inline]
    pub(super) fn forget(&mut self) {
        self.need = 1;
        // Most frames never had one, and dropping it is a call.
        if self.walk.is_some() {
            self.walk = None;
        }
    }

    /// Whether what is known was found out about frames of this type.
    #[inline]
    pub(super) fn is_of(&self, schema: &'static Schema) -> bool {
        self.of.is_some_and(|of| core::ptr::eq(of, schema))
    }

    /// The next frame is of this type and takes at least so many bytes.
    pub(super) fn note(&mut self, schema: &'static Schema, need: usize) {
        self.of = Some(schema);
        self.need = need;
        if self.walk.is_none() && walk::is_worth_it(schema) {
            self.walk = Some(Box::new(Walk::new(schema)));
        }
    }
}
