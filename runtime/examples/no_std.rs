//! The codec without the standard library, as in firmware: a library crate with `no_std`.
//!
//! `cargo build --example no_std --no-default-features`
#![no_std]

use framewright::prelude::*;
use framewright::{DecodeError, EncodeError, Sink, SliceSink};

/// A reading of one sensor.
#[derive(Frame, Debug, PartialEq)]
#[frame(le)]
pub struct Reading<'a> {
    /// Which sensor.
    pub sensor: u16,
    /// What it has measured.
    #[len_prefixed(u8)]
    pub samples: &'a [u8],
}

/// Writes a reading into a buffer on the stack and gives its length.
///
/// # Errors
/// If it does not fit.
pub fn write(reading: &Reading<'_>, buffer: &mut [u8; 64]) -> Result<usize, EncodeError> {
    let mut out = SliceSink::new(buffer);
    reading.encode(&mut out)?;
    Ok(out.position())
}

/// Reads one from what has arrived; it borrows from there.
///
/// # Errors
/// If these bytes are no reading.
pub fn read(bytes: &[u8]) -> Result<Reading<'_>, DecodeError> {
    Reading::decode(bytes)
}
