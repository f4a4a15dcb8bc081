//! Errors of generated parsers, located at the field and the position where they occur.

use core::fmt::Debug;

use nom::Needed;

use super::decode::offset;
use crate::error::DecodeError;
use crate::source::Source;
use crate::wire::Fault;

/// The source of an error: the frame, and the field unless the error is one of the frame itself.
#[derive(Debug)]
pub struct Site {
    /// Name of the type.
    pub frame: &'static str,
    /// Name of the field, or empty.
    pub field: &'static str,
    /// Position of a bit field in its run.
    pub bit: Option<u32>,
}

impl Site {
    /// Locates an error `at` bytes into the frame. The outermost frame does this last, and adds its
    /// name. Because this is done here and not in the caller, parsers need not keep their input for
    /// an error that rarely happens.
    #[cold]
    pub(super) fn locate(
        &self,
        error: DecodeError,
        src: &Source<'_>,
        input: &[u8],
        at: usize,
    ) -> DecodeError {
        let error = match self.bit {
            Some(bit) => error.at_bit(bit),
            None => error,
        };
        let error = if self.field.is_empty() { error } else { error.in_field(self.field) };
        let error = error.after(at);
        if src.is_outermost() { error.in_frame(self.frame, input) } else { error }
    }
}

/// The fields of a run, with their sizes.
#[derive(Debug)]
pub struct RunSite {
    /// Name of the type.
    pub frame: &'static str,
    /// Names and sizes of the fields.
    pub fields: &'static [(&'static str, usize)],
}

/// Locates an error in a value of a run. `at` is the cursor before the value.
#[cold]
#[inline(never)]
pub fn in_leaf(error: DecodeError, site: &Site, src: &Source<'_>, input: &[u8], at: &[u8]) -> Fault {
    nom::Err::Error(site.locate(error, src, input, offset(input, at)))
}

/// Locates an error in a value at offset `at` in the frame.
#[cold]
#[inline(never)]
pub fn in_leaf_at(error: DecodeError, site: &Site, src: &Source<'_>, input: &[u8], at: usize) -> Fault {
    nom::Err::Error(site.locate(error, src, input, at))
}

/// Locates an error in a field that starts `at` bytes into the frame.
#[cold]
#[inline(never)]
pub fn in_field(error: Fault, site: &Site, src: &Source<'_>, input: &[u8], at: usize) -> Fault {
    error.map(|error| site.locate(error, src, input, at))
}

/// Locates an error like [`in_field`], in a field that is followed by at least `behind` bytes.
#[cold]
#[inline(never)]
pub fn in_field_before(
    error: Fault,
    site: &Site,
    src: &Source<'_>,
    input: &[u8],
    at: usize,
    behind: usize,
) -> Fault {
    match error {
        nom::Err::Incomplete(Needed::Size(size)) => {
            nom::Err::Incomplete(Needed::new(size.get().saturating_add(behind)))
        }
        error => in_field(error, site, src, input, at),
    }
}

/// Locates an error in a list item.
#[cold]
#[inline(never)]
pub fn in_item(error: Fault, index: usize, at: usize) -> Fault {
    error.map(|error| error.in_item(index).after(at))
}

/// Returns the error for input that ends within a run of `len` bytes, located at the field where it
/// ends. The run begins at `at`, and is followed by at least `behind` bytes.
#[cold]
#[inline(never)]
pub fn short_run(
    src: &Source<'_>,
    input: &[u8],
    at: &[u8],
    len: usize,
    behind: usize,
    site: &RunSite,
) -> Fault {
    if !src.is_complete() {
        return src.short(len.saturating_add(behind), at.len());
    }
    let mut start = 0;
    for &(field, size) in site.fields {
        if start + size > at.len() {
            let found = at.len() - start;
            let site = Site { frame: site.frame, field, bit: None };
            return in_field(src.short(size, found), &site, src, input, offset(input, at) + start);
        }
        start += size;
    }
    src.short(len, at.len())
}

/// Returns the error for input that ends within an extent of `len` bytes. The extent begins at
/// `at`, and is followed by at least `behind` bytes.
#[cold]
#[inline(never)]
pub fn short_body(
    src: &Source<'_>,
    input: &[u8],
    at: &[u8],
    len: usize,
    behind: usize,
    site: &Site,
) -> Fault {
    if !src.is_complete() {
        return src.short(len.saturating_add(behind), at.len());
    }
    in_field(src.short(len, at.len()), site, src, input, offset(input, at))
}
