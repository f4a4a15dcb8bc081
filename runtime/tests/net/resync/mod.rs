//! Tests of finding frames in noise.

mod client;
mod framer;
mod server;
mod session;

use framewright::checksum::Crc32IsoHdlc;
use framewright::prelude::*;

/// A report of a device on a noisy line.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = 0xAA55u16)]
pub(super) struct Report {
    #[len_of(body)]
    len: Auto<u16>,
    body: Vec<u8>,
    #[checksum(Crc32IsoHdlc, over = ..sum)]
    sum: Auto<u32>,
}

impl Report {
    fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { len: Auto::new(), body: body.into(), sum: Auto::new() }
    }
}

/// A [`Report`] that borrows from the receive buffer.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = 0xAA55u16)]
pub(super) struct ReportRef<'a> {
    #[len_of(body)]
    len: Auto<u16>,
    body: &'a [u8],
    #[checksum(Crc32IsoHdlc, over = ..sum)]
    sum: Auto<u32>,
}

/// A generic frame around a report. Each attempt to decode it copies the received bytes.
#[derive(Frame, Debug)]
#[frame(be)]
pub(super) struct Wrapped<T> {
    inner: T,
}

/// A report with context, which also has a leading constant.
#[derive(Frame, Debug)]
#[frame(be, magic = 0xAA55u16, ctx(most: u16))]
pub(super) struct Bounded {
    #[len_of(body)]
    #[check(len < most, "too long")]
    len: Auto<u16>,
    body: Vec<u8>,
    #[checksum(Crc32IsoHdlc, over = ..sum)]
    sum: Auto<u32>,
}

/// Returns 200 false starts. With a small limit on frames, attempts to decode them cost more than
/// the allowance.
pub(super) fn costly_noise() -> Vec<u8> {
    b"\xaa\x55\0\xf0".repeat(200)
}
