//! Checksums for `#[checksum(Algorithm, over = ..)]`: the CRC catalogue, and the simple sums of
//! older protocols.
//!
//! ```
//! use framewright::checksum::{Checksum, Crc32, Internet};
//!
//! assert_eq!(Crc32::compute(b"123456789"), 0xCBF4_3926);
//! assert_eq!(Internet::compute(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
//! ```
//!
//! # Which CRC is it?
//!
//! Many CRCs share a width and a polynomial and differ in their initial value and bit order. The
//! table has the most common ones. The documentation of every other CRC has its parameters.
//!
//! | type | also known as | poly | init | reflected | xorout | of `123456789` |
//! |---|---|---|---|---|---|---|
//! | [`Crc8`] | SMBus PEC | 0x07 | 0 | no | 0 | 0xF4 |
//! | [`Crc8MaximDow`] | Dallas 1-Wire | 0x31 | 0 | yes | 0 | 0xA1 |
//! | [`Crc16Xmodem`] | Python `binascii.crc_hqx(data, 0)` | 0x1021 | 0 | no | 0 | 0x31C3 |
//! | [`Crc16CcittFalse`] | Python `binascii.crc_hqx(data, 0xFFFF)`, IBM-3740, AUTOSAR | 0x1021 | 0xFFFF | no | 0 | 0x29B1 |
//! | [`Crc16Genibus`] | EPC Gen2, I-CODE | 0x1021 | 0xFFFF | no | 0xFFFF | 0xD64E |
//! | [`Crc16Ccitt`] | KERMIT, Linux `crc_ccitt(0, ..)` | 0x1021 | 0 | yes | 0 | 0x2189 |
//! | [`Crc16Mcrf4xx`] | Linux `crc_ccitt(0xFFFF, ..)`, MAVLink | 0x1021 | 0xFFFF | yes | 0 | 0x6F91 |
//! | [`Crc16X25`] | HDLC, PPP | 0x1021 | 0xFFFF | yes | 0xFFFF | 0x906E |
//! | [`Crc16Modbus`] | Modbus RTU; it sends the low byte first | 0x8005 | 0xFFFF | yes | 0 | 0x4B37 |
//! | [`Crc16Arc`] | LHA, ARC, Linux `crc16(0, ..)` | 0x8005 | 0 | yes | 0 | 0xBB3D |
//! | [`Crc32`] | Python `zlib.crc32(data)`, zlib `crc32`, Ethernet, PNG | 0x04C11DB7 | all ones | yes | all ones | 0xCBF43926 |
//! | [`Crc32c`] | Castagnoli: iSCSI, SCTP, Kafka | 0x1EDC6F41 | all ones | yes | all ones | 0xE3069283 |
//! | [`Crc32Mpeg2`] | MPEG-2 streams, the CRC unit of STM32 | 0x04C11DB7 | all ones | no | 0 | 0x0376E6E7 |
//! | [`Crc64`] | XZ | 0x42F0E1EBA9EA3693 | all ones | yes | all ones | 0x995DC9BBDF1939FA |
//!
//! "CRC-16-CCITT" in a specification may mean any of six of these. Catalogues use the name for
//! [`Crc16Ccitt`] (KERMIT), but in practice it is more often [`Crc16CcittFalse`] or
//! [`Crc16Xmodem`]. Check it with a captured frame:
//!
//! ```
//! use framewright::checksum::{Checksum, Crc16Arc, Crc16Ccitt, Crc16CcittFalse, Crc16Modbus, Crc16X25, Crc16Xmodem};
//!
//! // Captured: four bytes and their sum.
//! let (data, sum) = (b"\x07\x03\x00\x10", 0x9e8c);
//!
//! let candidates = [
//!     ("Crc16Xmodem", Crc16Xmodem::compute(data)),
//!     ("Crc16CcittFalse", Crc16CcittFalse::compute(data)),
//!     ("Crc16Ccitt", Crc16Ccitt::compute(data)),
//!     ("Crc16X25", Crc16X25::compute(data)),
//!     ("Crc16Modbus", Crc16Modbus::compute(data)),
//!     ("Crc16Arc", Crc16Arc::compute(data)),
//! ];
//! // The sum may have its low byte first: `#[wire(le)]` on the field.
//! let found = candidates.iter().find(|(_, crc)| [*crc, crc.swap_bytes()].contains(&sum));
//! assert_eq!(found.map(|(name, _)| *name), Some("Crc16CcittFalse"));
//! ```
//!
//! If none matches, the checksum covers other bytes. Try with and without the header, the delimiter
//! and the length.

mod crc;

use alloc::vec::Vec;

pub(crate) use crc::parameters;
pub use crc::*;

/// A checksum algorithm.
///
/// To add an algorithm, implement the trait for a unit type:
///
/// ```
/// use framewright::prelude::*;
///
/// struct Fletcher16;
///
/// impl Checksum for Fletcher16 {
///     type Output = u16;
///     fn compute(bytes: &[u8]) -> u16 {
///         let (mut a, mut b) = (0u16, 0u16);
///         for byte in bytes {
///             a = (a + u16::from(*byte)) % 255;
///             b = (b + a) % 255;
///         }
///         b << 8 | a
///     }
/// }
///
/// #[derive(Frame)]
/// #[frame(be)]
/// struct Record {
///     value: u32,
///     #[checksum(Fletcher16, over = value)]
///     sum: Auto<u16>,
/// }
///
/// assert_eq!(Record { value: 1, sum: Auto::new() }.to_vec()?, [0, 0, 0, 1, 1, 1]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a checksum",
    label = "no `Checksum` for this",
    note = "the module `framewright::checksum` has the common ones; implement `Checksum` for your own"
)]
pub trait Checksum {
    /// The type of the checksum.
    type Output;

    /// Computes the checksum of `bytes`.
    fn compute(bytes: &[u8]) -> Self::Output;

    /// Computes the checksum of the concatenated parts. The default implementation copies the parts
    /// into one buffer. Override it if the algorithm can continue from part to part without a copy.
    #[must_use]
    fn compute_parts(parts: &[&[u8]]) -> Self::Output {
        let whole: Vec<u8> = parts.concat();
        Self::compute(&whole)
    }
}

/// The Internet checksum of IP, TCP, UDP and ICMP (RFC 1071): the one's
/// complement of the one's complement sum of 16-bit words in network order.
#[derive(Clone, Copy, Debug)]
pub struct Internet;

impl Checksum for Internet {
    type Output = u16;

    fn compute(bytes: &[u8]) -> u16 {
        Self::compute_parts(&[bytes])
    }

    fn compute_parts(parts: &[&[u8]]) -> u16 {
        let (mut sum, mut high) = (0u64, true);
        for byte in parts.iter().copied().flatten() {
            // This cannot overflow: that takes 2^48 words, more than memory can hold.
            sum += if high { u64::from(*byte) << 8 } else { u64::from(*byte) };
            high = !high;
        }
        while sum > 0xffff {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        !u16::try_from(sum).unwrap_or(u16::MAX)
    }
}

/// Adler-32, of zlib (RFC 1950, section 8.2).
#[derive(Clone, Copy, Debug)]
pub struct Adler32;

impl Checksum for Adler32 {
    type Output = u32;

    fn compute(bytes: &[u8]) -> u32 {
        Self::compute_parts(&[bytes])
    }

    fn compute_parts(parts: &[&[u8]]) -> u32 {
        const MODULUS: u32 = 65_521;
        let (mut a, mut b) = (1, 0);
        for byte in parts.iter().copied().flatten() {
            a = (a + u32::from(*byte)) % MODULUS;
            b = (b + a) % MODULUS;
        }
        b << 16 | a
    }
}

/// The sum of all bytes, modulo 256.
#[derive(Clone, Copy, Debug)]
pub struct Sum8;

impl Checksum for Sum8 {
    type Output = u8;

    fn compute(bytes: &[u8]) -> u8 {
        bytes.iter().fold(0, |sum, byte| sum.wrapping_add(*byte))
    }

    fn compute_parts(parts: &[&[u8]]) -> u8 {
        parts.iter().fold(0, |sum, part| sum.wrapping_add(Self::compute(part)))
    }
}

/// The exclusive or of all bytes, as in NMEA 0183.
#[derive(Clone, Copy, Debug)]
pub struct Xor8;

impl Checksum for Xor8 {
    type Output = u8;

    fn compute(bytes: &[u8]) -> u8 {
        bytes.iter().fold(0, |sum, byte| sum ^ byte)
    }

    fn compute_parts(parts: &[&[u8]]) -> u8 {
        parts.iter().fold(0, |sum, part| sum ^ Self::compute(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The input of the check values in CRC catalogues.
    const CHECK: &[u8] = b"123456789";

    #[test]
    fn known_sums() {
        assert_eq!(Crc32::compute(CHECK), 0xcbf4_3926);
        assert_eq!(Crc32c::compute(CHECK), 0xe306_9283);
        assert_eq!(Crc16Modbus::compute(CHECK), 0x4b37);
        assert_eq!(Crc16CcittFalse::compute(CHECK), 0x29b1);
        assert_eq!(Crc16Ccitt::compute(CHECK), 0x2189);
        assert_eq!(Crc16X25::compute(CHECK), 0x906e);
        assert_eq!(Crc8::compute(CHECK), 0xf4);
        assert_eq!(Crc64::compute(CHECK), 0x995d_c9bb_df19_39fa);
        assert_eq!(Adler32::compute(b"Wikipedia"), 0x11e6_0398);
        assert_eq!(Sum8::compute(&[0xff, 2]), 1);
        assert_eq!(Xor8::compute(b"GPGLL"), b'G' ^ b'P' ^ b'G' ^ b'L' ^ b'L');
        // RFC 1071, section 3, and an odd number of bytes.
        assert_eq!(Internet::compute(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
        assert_eq!(Internet::compute(&[0x12]), !0x1200);
    }

    #[test]
    fn parts_give_the_checksum_of_the_whole() {
        fn same<C: Checksum<Output: PartialEq + core::fmt::Debug>>() {
            for cut in 0..=CHECK.len() {
                let (a, b) = CHECK.split_at(cut);
                assert_eq!(C::compute_parts(&[a, &[], b]), C::compute(CHECK), "cut at {cut}");
            }
        }
        same::<Internet>();
        same::<Adler32>();
        same::<Sum8>();
        same::<Xor8>();
        same::<Crc32>();
    }
}
