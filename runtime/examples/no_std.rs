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
    /// The number of the sensor.
    pub sensor: u16,
    /// The measured values.
    #[len_prefixed(u8)]
    pub samples: &'a [u8],
}

/// Encodes a reading into a buffer on the stack, and returns its length.
///
/// # Errors
/// Returns an error if the reading does not fit into the buffer.
pub fn write(reading: &Reading<'_>, buffer: &mut [u8; 64]) -> Result<usize, EncodeError> {
    let mut out = SliceSink::new(buffer);
    reading.encode(&mut out)?;
    Ok(out.position())
}

/// Decodes a reading, which borrows from the bytes.
///
/// # Errors
/// Returns an error if the bytes are malformed.
pub fn read(bytes: &[u8]) -> Result<Reading<'_>, DecodeError> {
    Reading::decode(bytes)
}
