//! The catalogue of CRCs, each with its parameters.

use super::Checksum;

macro_rules! crcs {
    ($($name:ident: $output:ty = $algorithm:ident(
        $poly:literal, $init:literal, $refin:literal, $refout:literal, $xorout:literal, $check:literal
    );)*) => {$(
        #[doc = concat!("[`", stringify!($algorithm), "`](crc::", stringify!($algorithm), ") of the CRC catalogue: ",
            "poly ", stringify!($poly), ", init ", stringify!($init), ", refin ", stringify!($refin),
            ", refout ", stringify!($refout), ", xorout ", stringify!($xorout), ".")]
        ///
        #[doc = concat!("The CRC of `123456789` is ", stringify!($check), ".")]
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
    )*

        /// Returns the parameters of the CRC with this name.
        fn of_name(name: &str) -> Option<Parameters> {
            match name {
                $(stringify!($name) => Some(Parameters {
                    width: crc::$algorithm.width,
                    poly: $poly,
                    init: $init,
                    refin: $refin,
                    refout: $refout,
                    xorout: $xorout,
                }),)*
                _ => None,
            }
        }

        // The generated documentation must agree with the catalogue.
        #[test]
        fn the_parameters_are_those_of_the_catalogue() {$(
            let crc::Algorithm { poly, init, refin, refout, xorout, check, .. } = crc::$algorithm;
            assert_eq!(
                (poly, init, refin, refout, xorout, check),
                ($poly, $init, $refin, $refout, $xorout, $check),
                stringify!($algorithm),
            );
            assert_eq!($name::compute(b"123456789"), $check, stringify!($name));
        )*}
    };
}

/// The parameters that define a CRC.
pub(crate) struct Parameters {
    pub(crate) width: u8,
    pub(crate) poly: u128,
    pub(crate) init: u128,
    pub(crate) refin: bool,
    pub(crate) refout: bool,
    pub(crate) xorout: u128,
}

/// Returns the parameters of the CRC with this type name.
pub(crate) fn parameters(name: &str) -> Option<Parameters> {
    of_name(match name {
        "Crc32" => "Crc32IsoHdlc",
        "Crc32c" => "Crc32Iscsi",
        "Crc16CcittFalse" => "Crc16Ibm3740",
        "Crc16Ccitt" => "Crc16Kermit",
        "Crc16X25" => "Crc16IbmSdlc",
        "Crc8" => "Crc8Smbus",
        "Crc64" => "Crc64Xz",
        name => name,
    })
}

/// CRC-32 of Ethernet, zip and PNG (ISO-HDLC).
pub type Crc32 = Crc32IsoHdlc;

/// CRC-32C of iSCSI, SCTP and Kafka (Castagnoli).
pub type Crc32c = Crc32Iscsi;

/// CRC-16/CCITT-FALSE, also known as AUTOSAR and as Python's `binascii.crc_hqx(data, 0xFFFF)`:
/// polynomial 0x1021, starting with 0xFFFF.
pub type Crc16CcittFalse = Crc16Ibm3740;

/// CRC-16/CCITT, also known as KERMIT: polynomial 0x1021, reflected, starting with 0.
///
/// "CCITT" in a specification may mean another CRC: see [which CRC is
/// it?](crate::checksum#which-crc-is-it)
pub type Crc16Ccitt = Crc16Kermit;

/// CRC-16 of X.25, HDLC and PPP.
pub type Crc16X25 = Crc16IbmSdlc;

/// CRC-8 with polynomial 0x07, as in SMBus packet error codes.
pub type Crc8 = Crc8Smbus;

/// CRC-64 of XZ.
pub type Crc64 = Crc64Xz;

crcs! {
    Crc3Gsm: u8 = CRC_3_GSM(0x3, 0x0, false, false, 0x7, 0x4);
    Crc3Rohc: u8 = CRC_3_ROHC(0x3, 0x7, true, true, 0x0, 0x6);
    Crc4G704: u8 = CRC_4_G_704(0x3, 0x0, true, true, 0x0, 0x7);
    Crc4Interlaken: u8 = CRC_4_INTERLAKEN(0x3, 0xf, false, false, 0xf, 0xb);
    Crc5EpcC1g2: u8 = CRC_5_EPC_C1G2(0x09, 0x09, false, false, 0x00, 0x00);
    Crc5G704: u8 = CRC_5_G_704(0x15, 0x00, true, true, 0x00, 0x07);
    Crc5Usb: u8 = CRC_5_USB(0x05, 0x1f, true, true, 0x1f, 0x19);
    Crc6Cdma2000A: u8 = CRC_6_CDMA2000_A(0x27, 0x3f, false, false, 0x00, 0x0d);
    Crc6Cdma2000B: u8 = CRC_6_CDMA2000_B(0x07, 0x3f, false, false, 0x00, 0x3b);
    Crc6Darc: u8 = CRC_6_DARC(0x19, 0x00, true, true, 0x00, 0x26);
    Crc6G704: u8 = CRC_6_G_704(0x03, 0x00, true, true, 0x00, 0x06);
    Crc6Gsm: u8 = CRC_6_GSM(0x2f, 0x00, false, false, 0x3f, 0x13);
    Crc7Mmc: u8 = CRC_7_MMC(0x09, 0x00, false, false, 0x00, 0x75);
    Crc7Rohc: u8 = CRC_7_ROHC(0x4f, 0x7f, true, true, 0x00, 0x53);
    Crc7Umts: u8 = CRC_7_UMTS(0x45, 0x00, false, false, 0x00, 0x61);
    Crc8Autosar: u8 = CRC_8_AUTOSAR(0x2f, 0xff, false, false, 0xff, 0xdf);
    Crc8Bluetooth: u8 = CRC_8_BLUETOOTH(0xa7, 0x00, true, true, 0x00, 0x26);
    Crc8Cdma2000: u8 = CRC_8_CDMA2000(0x9b, 0xff, false, false, 0x00, 0xda);
    Crc8Darc: u8 = CRC_8_DARC(0x39, 0x00, true, true, 0x00, 0x15);
    Crc8DvbS2: u8 = CRC_8_DVB_S2(0xd5, 0x00, false, false, 0x00, 0xbc);
    Crc8GsmA: u8 = CRC_8_GSM_A(0x1d, 0x00, false, false, 0x00, 0x37);
    Crc8GsmB: u8 = CRC_8_GSM_B(0x49, 0x00, false, false, 0xff, 0x94);
    Crc8Hitag: u8 = CRC_8_HITAG(0x1d, 0xff, false, false, 0x00, 0xb4);
    Crc8I4321: u8 = CRC_8_I_432_1(0x07, 0x00, false, false, 0x55, 0xa1);
    Crc8ICode: u8 = CRC_8_I_CODE(0x1d, 0xfd, false, false, 0x00, 0x7e);
    Crc8Lte: u8 = CRC_8_LTE(0x9b, 0x00, false, false, 0x00, 0xea);
    Crc8MaximDow: u8 = CRC_8_MAXIM_DOW(0x31, 0x00, true, true, 0x00, 0xa1);
    Crc8MifareMad: u8 = CRC_8_MIFARE_MAD(0x1d, 0xc7, false, false, 0x00, 0x99);
    Crc8Nrsc5: u8 = CRC_8_NRSC_5(0x31, 0xff, false, false, 0x00, 0xf7);
    Crc8Opensafety: u8 = CRC_8_OPENSAFETY(0x2f, 0x00, false, false, 0x00, 0x3e);
    Crc8Rohc: u8 = CRC_8_ROHC(0x07, 0xff, true, true, 0x00, 0xd0);
    Crc8SaeJ1850: u8 = CRC_8_SAE_J1850(0x1d, 0xff, false, false, 0xff, 0x4b);
    Crc8Smbus: u8 = CRC_8_SMBUS(0x07, 0x00, false, false, 0x00, 0xf4);
    Crc8Tech3250: u8 = CRC_8_TECH_3250(0x1d, 0xff, true, true, 0x00, 0x97);
    Crc8Wcdma: u8 = CRC_8_WCDMA(0x9b, 0x00, true, true, 0x00, 0x25);
    Crc10Atm: u16 = CRC_10_ATM(0x233, 0x000, false, false, 0x000, 0x199);
    Crc10Cdma2000: u16 = CRC_10_CDMA2000(0x3d9, 0x3ff, false, false, 0x000, 0x233);
    Crc10Gsm: u16 = CRC_10_GSM(0x175, 0x000, false, false, 0x3ff, 0x12a);
    Crc11Flexray: u16 = CRC_11_FLEXRAY(0x385, 0x01a, false, false, 0x000, 0x5a3);
    Crc11Umts: u16 = CRC_11_UMTS(0x307, 0x000, false, false, 0x000, 0x061);
    Crc12Cdma2000: u16 = CRC_12_CDMA2000(0xf13, 0xfff, false, false, 0x000, 0xd4d);
    Crc12Dect: u16 = CRC_12_DECT(0x80f, 0x000, false, false, 0x000, 0xf5b);
    Crc12Gsm: u16 = CRC_12_GSM(0xd31, 0x000, false, false, 0xfff, 0xb34);
    Crc12Umts: u16 = CRC_12_UMTS(0x80f, 0x000, false, true, 0x000, 0xdaf);
    Crc13Bbc: u16 = CRC_13_BBC(0x1cf5, 0x0000, false, false, 0x0000, 0x04fa);
    Crc14Darc: u16 = CRC_14_DARC(0x0805, 0x0000, true, true, 0x0000, 0x082d);
    Crc14Gsm: u16 = CRC_14_GSM(0x202d, 0x0000, false, false, 0x3fff, 0x30ae);
    Crc15Can: u16 = CRC_15_CAN(0x4599, 0x0000, false, false, 0x0000, 0x059e);
    Crc15Mpt1327: u16 = CRC_15_MPT1327(0x6815, 0x0000, false, false, 0x0001, 0x2566);
    Crc16Arc: u16 = CRC_16_ARC(0x8005, 0x0000, true, true, 0x0000, 0xbb3d);
    Crc16Cdma2000: u16 = CRC_16_CDMA2000(0xc867, 0xffff, false, false, 0x0000, 0x4c06);
    Crc16Cms: u16 = CRC_16_CMS(0x8005, 0xffff, false, false, 0x0000, 0xaee7);
    Crc16Dds110: u16 = CRC_16_DDS_110(0x8005, 0x800d, false, false, 0x0000, 0x9ecf);
    Crc16DectR: u16 = CRC_16_DECT_R(0x0589, 0x0000, false, false, 0x0001, 0x007e);
    Crc16DectX: u16 = CRC_16_DECT_X(0x0589, 0x0000, false, false, 0x0000, 0x007f);
    Crc16Dnp: u16 = CRC_16_DNP(0x3d65, 0x0000, true, true, 0xffff, 0xea82);
    Crc16En13757: u16 = CRC_16_EN_13757(0x3d65, 0x0000, false, false, 0xffff, 0xc2b7);
    Crc16Genibus: u16 = CRC_16_GENIBUS(0x1021, 0xffff, false, false, 0xffff, 0xd64e);
    Crc16Gsm: u16 = CRC_16_GSM(0x1021, 0x0000, false, false, 0xffff, 0xce3c);
    Crc16Ibm3740: u16 = CRC_16_IBM_3740(0x1021, 0xffff, false, false, 0x0000, 0x29b1);
    Crc16IbmSdlc: u16 = CRC_16_IBM_SDLC(0x1021, 0xffff, true, true, 0xffff, 0x906e);
    Crc16IsoIec144433A: u16 = CRC_16_ISO_IEC_14443_3_A(0x1021, 0xc6c6, true, true, 0x0000, 0xbf05);
    Crc16Kermit: u16 = CRC_16_KERMIT(0x1021, 0x0000, true, true, 0x0000, 0x2189);
    Crc16Lj1200: u16 = CRC_16_LJ1200(0x6f63, 0x0000, false, false, 0x0000, 0xbdf4);
    Crc16M17: u16 = CRC_16_M17(0x5935, 0xffff, false, false, 0x0000, 0x772b);
    Crc16MaximDow: u16 = CRC_16_MAXIM_DOW(0x8005, 0x0000, true, true, 0xffff, 0x44c2);
    Crc16Mcrf4xx: u16 = CRC_16_MCRF4XX(0x1021, 0xffff, true, true, 0x0000, 0x6f91);
    Crc16Modbus: u16 = CRC_16_MODBUS(0x8005, 0xffff, true, true, 0x0000, 0x4b37);
    Crc16Nrsc5: u16 = CRC_16_NRSC_5(0x080b, 0xffff, true, true, 0x0000, 0xa066);
    Crc16OpensafetyA: u16 = CRC_16_OPENSAFETY_A(0x5935, 0x0000, false, false, 0x0000, 0x5d38);
    Crc16OpensafetyB: u16 = CRC_16_OPENSAFETY_B(0x755b, 0x0000, false, false, 0x0000, 0x20fe);
    Crc16Profibus: u16 = CRC_16_PROFIBUS(0x1dcf, 0xffff, false, false, 0xffff, 0xa819);
    Crc16Riello: u16 = CRC_16_RIELLO(0x1021, 0xb2aa, true, true, 0x0000, 0x63d0);
    Crc16SpiFujitsu: u16 = CRC_16_SPI_FUJITSU(0x1021, 0x1d0f, false, false, 0x0000, 0xe5cc);
    Crc16T10Dif: u16 = CRC_16_T10_DIF(0x8bb7, 0x0000, false, false, 0x0000, 0xd0db);
    Crc16Teledisk: u16 = CRC_16_TELEDISK(0xa097, 0x0000, false, false, 0x0000, 0x0fb3);
    Crc16Tms37157: u16 = CRC_16_TMS37157(0x1021, 0x89ec, true, true, 0x0000, 0x26b1);
    Crc16Umts: u16 = CRC_16_UMTS(0x8005, 0x0000, false, false, 0x0000, 0xfee8);
    Crc16Usb: u16 = CRC_16_USB(0x8005, 0xffff, true, true, 0xffff, 0xb4c8);
    Crc16Xmodem: u16 = CRC_16_XMODEM(0x1021, 0x0000, false, false, 0x0000, 0x31c3);
    Crc17CanFd: u32 = CRC_17_CAN_FD(0x1685b, 0x00000, false, false, 0x00000, 0x04f03);
    Crc21CanFd: u32 = CRC_21_CAN_FD(0x102899, 0x000000, false, false, 0x000000, 0x0ed841);
    Crc24Ble: u32 = CRC_24_BLE(0x00065b, 0x555555, true, true, 0x000000, 0xc25a56);
    Crc24FlexrayA: u32 = CRC_24_FLEXRAY_A(0x5d6dcb, 0xfedcba, false, false, 0x000000, 0x7979bd);
    Crc24FlexrayB: u32 = CRC_24_FLEXRAY_B(0x5d6dcb, 0xabcdef, false, false, 0x000000, 0x1f23b8);
    Crc24Interlaken: u32 = CRC_24_INTERLAKEN(0x328b63, 0xffffff, false, false, 0xffffff, 0xb4f3e6);
    Crc24LteA: u32 = CRC_24_LTE_A(0x864cfb, 0x000000, false, false, 0x000000, 0xcde703);
    Crc24LteB: u32 = CRC_24_LTE_B(0x800063, 0x000000, false, false, 0x000000, 0x23ef52);
    Crc24Openpgp: u32 = CRC_24_OPENPGP(0x864cfb, 0xb704ce, false, false, 0x000000, 0x21cf02);
    Crc24Os9: u32 = CRC_24_OS_9(0x800063, 0xffffff, false, false, 0xffffff, 0x200fa5);
    Crc30Cdma: u32 = CRC_30_CDMA(0x2030b9c7, 0x3fffffff, false, false, 0x3fffffff, 0x04c34abf);
    Crc31Philips: u32 = CRC_31_PHILIPS(0x04c11db7, 0x7fffffff, false, false, 0x7fffffff, 0x0ce9e46c);
    Crc32Aixm: u32 = CRC_32_AIXM(0x814141ab, 0x00000000, false, false, 0x00000000, 0x3010bf7f);
    Crc32Autosar: u32 = CRC_32_AUTOSAR(0xf4acfb13, 0xffffffff, true, true, 0xffffffff, 0x1697d06a);
    Crc32Base91D: u32 = CRC_32_BASE91_D(0xa833982b, 0xffffffff, true, true, 0xffffffff, 0x87315576);
    Crc32Bzip2: u32 = CRC_32_BZIP2(0x04c11db7, 0xffffffff, false, false, 0xffffffff, 0xfc891918);
    Crc32CdRomEdc: u32 = CRC_32_CD_ROM_EDC(0x8001801b, 0x00000000, true, true, 0x00000000, 0x6ec2edc4);
    Crc32Cksum: u32 = CRC_32_CKSUM(0x04c11db7, 0x00000000, false, false, 0xffffffff, 0x765e7680);
    Crc32Iscsi: u32 = CRC_32_ISCSI(0x1edc6f41, 0xffffffff, true, true, 0xffffffff, 0xe3069283);
    Crc32IsoHdlc: u32 = CRC_32_ISO_HDLC(0x04c11db7, 0xffffffff, true, true, 0xffffffff, 0xcbf43926);
    Crc32Jamcrc: u32 = CRC_32_JAMCRC(0x04c11db7, 0xffffffff, true, true, 0x00000000, 0x340bc6d9);
    Crc32Mef: u32 = CRC_32_MEF(0x741b8cd7, 0xffffffff, true, true, 0x00000000, 0xd2c22f51);
    Crc32Mpeg2: u32 = CRC_32_MPEG_2(0x04c11db7, 0xffffffff, false, false, 0x00000000, 0x0376e6e7);
    Crc32Xfer: u32 = CRC_32_XFER(0x000000af, 0x00000000, false, false, 0x00000000, 0xbd0be338);
    Crc40Gsm: u64 = CRC_40_GSM(0x0004820009, 0x0000000000, false, false, 0xffffffffff, 0xd4164fc646);
    Crc64Ecma182: u64 = CRC_64_ECMA_182(0x42f0e1eba9ea3693, 0x0000000000000000, false, false, 0x0000000000000000, 0x6c40df5f0b497347);
    Crc64GoIso: u64 = CRC_64_GO_ISO(0x000000000000001b, 0xffffffffffffffff, true, true, 0xffffffffffffffff, 0xb90956c775a41001);
    Crc64Ms: u64 = CRC_64_MS(0x259c84cba6426349, 0xffffffffffffffff, true, true, 0x0000000000000000, 0x75d4b74f024eceea);
    Crc64Nvme: u64 = CRC_64_NVME(0xad93d23594c93659, 0xffffffffffffffff, true, true, 0xffffffffffffffff, 0xae8b14860a799888);
    Crc64Redis: u64 = CRC_64_REDIS(0xad93d23594c935a9, 0x0000000000000000, true, true, 0x0000000000000000, 0xe9c6d914c4b8d9ca);
    Crc64We: u64 = CRC_64_WE(0x42f0e1eba9ea3693, 0xffffffffffffffff, false, false, 0xffffffffffffffff, 0x62ec59e3f1a4f00a);
    Crc64Xz: u64 = CRC_64_XZ(0x42f0e1eba9ea3693, 0xffffffffffffffff, true, true, 0xffffffffffffffff, 0x995dc9bbdf1939fa);
    Crc82Darc: u128 = CRC_82_DARC(0x0308c0111011401440411, 0x000000000000000000000, true, true, 0x000000000000000000000, 0x09ea83f625023801fd612);
}
