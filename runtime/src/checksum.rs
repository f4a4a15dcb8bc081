//! Checksums for `#[checksum(Algorithm, over = ..)]`: the catalogue of CRCs,
//! and the simple sums of older protocols.
//!
//! ```
//! use framewright::checksum::{Checksum, Crc32, Internet};
//!
//! assert_eq!(Crc32::compute(b"123456789"), 0xCBF4_3926);
//! assert_eq!(Internet::compute(&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]), !0xddf2);
//! ```

use alloc::vec::Vec;

/// An algorithm that sums up bytes.
///
/// A user's own is a unit type:
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
    /// The sum.
    type Output;

    /// The sum of `bytes`.
    fn compute(bytes: &[u8]) -> Self::Output;

    /// The sum of several parts as if they were one. The default joins them;
    /// an algorithm that can go on from part to part spares the copy.
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
            // A carry out of 48 bits of sums takes more bytes than memory has.
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

/// All bytes combined by exclusive or, as in NMEA 0183.
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

macro_rules! crcs {
    ($($name:ident: $output:ty = $algorithm:ident;)*) => {$(
        #[doc = concat!("[`", stringify!($algorithm), "`](crc::", stringify!($algorithm), ") of the CRC catalogue.")]
        #[derive(Clone, Copy, Debug)]
        pub struct $name;

        impl $name {
            const CRC: crc::Crc<$output> = crc::Crc::<$output>::new(&crc::$algorithm);
        }

        impl Checksum for $name {
            type Output = $output;

            fn compute(bytes: &[u8]) -> $output {
                Self::compute_parts(&[bytes])
            }

            fn compute_parts(parts: &[&[u8]]) -> $output {
                static CRC: crc::Crc<$output> = $name::CRC;
                let mut digest = CRC.digest();
                parts.iter().for_each(|part| digest.update(part));
                digest.finalize()
            }
        }
    )*};
}

/// CRC-32 of Ethernet, zip and PNG (ISO-HDLC).
pub type Crc32 = Crc32IsoHdlc;

/// CRC-32C of iSCSI, SCTP and Kafka (Castagnoli).
pub type Crc32c = Crc32Iscsi;

/// CRC-16/CCITT-FALSE, also known as AUTOSAR: polynomial 0x1021, starting with 0xFFFF.
pub type Crc16CcittFalse = Crc16Ibm3740;

/// CRC-16/CCITT, also known as KERMIT: polynomial 0x1021, reflected, starting with 0.
pub type Crc16Ccitt = Crc16Kermit;

/// CRC-16 of X.25, HDLC and PPP.
pub type Crc16X25 = Crc16IbmSdlc;

/// CRC-8 with polynomial 0x07, as in SMBus packet error codes.
pub type Crc8 = Crc8Smbus;

/// CRC-64 of XZ.
pub type Crc64 = Crc64Xz;

crcs! {
    Crc3Gsm: u8 = CRC_3_GSM;
    Crc3Rohc: u8 = CRC_3_ROHC;
    Crc4G704: u8 = CRC_4_G_704;
    Crc4Interlaken: u8 = CRC_4_INTERLAKEN;
    Crc5EpcC1g2: u8 = CRC_5_EPC_C1G2;
    Crc5G704: u8 = CRC_5_G_704;
    Crc5Usb: u8 = CRC_5_USB;
    Crc6Cdma2000A: u8 = CRC_6_CDMA2000_A;
    Crc6Cdma2000B: u8 = CRC_6_CDMA2000_B;
    Crc6Darc: u8 = CRC_6_DARC;
    Crc6G704: u8 = CRC_6_G_704;
    Crc6Gsm: u8 = CRC_6_GSM;
    Crc7Mmc: u8 = CRC_7_MMC;
    Crc7Rohc: u8 = CRC_7_ROHC;
    Crc7Umts: u8 = CRC_7_UMTS;
    Crc8Autosar: u8 = CRC_8_AUTOSAR;
    Crc8Bluetooth: u8 = CRC_8_BLUETOOTH;
    Crc8Cdma2000: u8 = CRC_8_CDMA2000;
    Crc8Darc: u8 = CRC_8_DARC;
    Crc8DvbS2: u8 = CRC_8_DVB_S2;
    Crc8GsmA: u8 = CRC_8_GSM_A;
    Crc8GsmB: u8 = CRC_8_GSM_B;
    Crc8Hitag: u8 = CRC_8_HITAG;
    Crc8I4321: u8 = CRC_8_I_432_1;
    Crc8ICode: u8 = CRC_8_I_CODE;
    Crc8Lte: u8 = CRC_8_LTE;
    Crc8MaximDow: u8 = CRC_8_MAXIM_DOW;
    Crc8MifareMad: u8 = CRC_8_MIFARE_MAD;
    Crc8Nrsc5: u8 = CRC_8_NRSC_5;
    Crc8Opensafety: u8 = CRC_8_OPENSAFETY;
    Crc8Rohc: u8 = CRC_8_ROHC;
    Crc8SaeJ1850: u8 = CRC_8_SAE_J1850;
    Crc8Smbus: u8 = CRC_8_SMBUS;
    Crc8Tech3250: u8 = CRC_8_TECH_3250;
    Crc8Wcdma: u8 = CRC_8_WCDMA;
    Crc10Atm: u16 = CRC_10_ATM;
    Crc10Cdma2000: u16 = CRC_10_CDMA2000;
    Crc10Gsm: u16 = CRC_10_GSM;
    Crc11Flexray: u16 = CRC_11_FLEXRAY;
    Crc11Umts: u16 = CRC_11_UMTS;
    Crc12Cdma2000: u16 = CRC_12_CDMA2000;
    Crc12Dect: u16 = CRC_12_DECT;
    Crc12Gsm: u16 = CRC_12_GSM;
    Crc12Umts: u16 = CRC_12_UMTS;
    Crc13Bbc: u16 = CRC_13_BBC;
    Crc14Darc: u16 = CRC_14_DARC;
    Crc14Gsm: u16 = CRC_14_GSM;
    Crc15Can: u16 = CRC_15_CAN;
    Crc15Mpt1327: u16 = CRC_15_MPT1327;
    Crc16Arc: u16 = CRC_16_ARC;
    Crc16Cdma2000: u16 = CRC_16_CDMA2000;
    Crc16Cms: u16 = CRC_16_CMS;
    Crc16Dds110: u16 = CRC_16_DDS_110;
    Crc16DectR: u16 = CRC_16_DECT_R;
    Crc16DectX: u16 = CRC_16_DECT_X;
    Crc16Dnp: u16 = CRC_16_DNP;
    Crc16En13757: u16 = CRC_16_EN_13757;
    Crc16Genibus: u16 = CRC_16_GENIBUS;
    Crc16Gsm: u16 = CRC_16_GSM;
    Crc16Ibm3740: u16 = CRC_16_IBM_3740;
    Crc16IbmSdlc: u16 = CRC_16_IBM_SDLC;
    Crc16IsoIec144433A: u16 = CRC_16_ISO_IEC_14443_3_A;
    Crc16Kermit: u16 = CRC_16_KERMIT;
    Crc16Lj1200: u16 = CRC_16_LJ1200;
    Crc16M17: u16 = CRC_16_M17;
    Crc16MaximDow: u16 = CRC_16_MAXIM_DOW;
    Crc16Mcrf4xx: u16 = CRC_16_MCRF4XX;
    Crc16Modbus: u16 = CRC_16_MODBUS;
    Crc16Nrsc5: u16 = CRC_16_NRSC_5;
    Crc16OpensafetyA: u16 = CRC_16_OPENSAFETY_A;
    Crc16OpensafetyB: u16 = CRC_16_OPENSAFETY_B;
    Crc16Profibus: u16 = CRC_16_PROFIBUS;
    Crc16Riello: u16 = CRC_16_RIELLO;
    Crc16SpiFujitsu: u16 = CRC_16_SPI_FUJITSU;
    Crc16T10Dif: u16 = CRC_16_T10_DIF;
    Crc16Teledisk: u16 = CRC_16_TELEDISK;
    Crc16Tms37157: u16 = CRC_16_TMS37157;
    Crc16Umts: u16 = CRC_16_UMTS;
    Crc16Usb: u16 = CRC_16_USB;
    Crc16Xmodem: u16 = CRC_16_XMODEM;
    Crc17CanFd: u32 = CRC_17_CAN_FD;
    Crc21CanFd: u32 = CRC_21_CAN_FD;
    Crc24Ble: u32 = CRC_24_BLE;
    Crc24FlexrayA: u32 = CRC_24_FLEXRAY_A;
    Crc24FlexrayB: u32 = CRC_24_FLEXRAY_B;
    Crc24Interlaken: u32 = CRC_24_INTERLAKEN;
    Crc24LteA: u32 = CRC_24_LTE_A;
    Crc24LteB: u32 = CRC_24_LTE_B;
    Crc24Openpgp: u32 = CRC_24_OPENPGP;
    Crc24Os9: u32 = CRC_24_OS_9;
    Crc30Cdma: u32 = CRC_30_CDMA;
    Crc31Philips: u32 = CRC_31_PHILIPS;
    Crc32Aixm: u32 = CRC_32_AIXM;
    Crc32Autosar: u32 = CRC_32_AUTOSAR;
    Crc32Base91D: u32 = CRC_32_BASE91_D;
    Crc32Bzip2: u32 = CRC_32_BZIP2;
    Crc32CdRomEdc: u32 = CRC_32_CD_ROM_EDC;
    Crc32Cksum: u32 = CRC_32_CKSUM;
    Crc32Iscsi: u32 = CRC_32_ISCSI;
    Crc32IsoHdlc: u32 = CRC_32_ISO_HDLC;
    Crc32Jamcrc: u32 = CRC_32_JAMCRC;
    Crc32Mef: u32 = CRC_32_MEF;
    Crc32Mpeg2: u32 = CRC_32_MPEG_2;
    Crc32Xfer: u32 = CRC_32_XFER;
    Crc40Gsm: u64 = CRC_40_GSM;
    Crc64Ecma182: u64 = CRC_64_ECMA_182;
    Crc64GoIso: u64 = CRC_64_GO_ISO;
    Crc64Ms: u64 = CRC_64_MS;
    Crc64Nvme: u64 = CRC_64_NVME;
    Crc64Redis: u64 = CRC_64_REDIS;
    Crc64We: u64 = CRC_64_WE;
    Crc64Xz: u64 = CRC_64_XZ;
    Crc82Darc: u128 = CRC_82_DARC;
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check value that every CRC catalogue gives for these bytes.
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
    fn parts_are_one_whole() {
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
