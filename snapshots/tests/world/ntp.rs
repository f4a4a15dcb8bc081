//! NTP (RFC 5905, section 7.3). The bytes are a server's answer captured by the ntpd-rs project,
//! and NTP_sync.pcap of Wireshark's sample captures.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Packet {
    #[bits(2)]
    leap: Leap,
    #[bits(3)]
    version: u8,
    #[bits(3)]
    mode: Mode,
    stratum: u8,
    poll: i8,
    precision: i8,
    root_delay: Short,
    root_dispersion: Short,
    reference_id: [u8; 4],
    #[wire(u64)]
    reference: Timestamp,
    #[wire(u64)]
    origin: Timestamp,
    #[wire(u64)]
    receive: Timestamp,
    #[wire(u64)]
    transmit: Timestamp,
    #[optional]
    authenticator: Option<Authenticator>,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
enum Leap {
    None,
    Plus,
    Minus,
    Unknown,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
enum Mode {
    Reserved,
    SymmetricActive,
    SymmetricPassive,
    Client,
    Server,
    Broadcast,
    Control,
    Private,
}

/// A time span as seconds and their fraction.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Short {
    seconds: u16,
    fraction: u16,
}

/// A time in units of 2^-32 seconds since 1900.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Timestamp(u64);

impl From<u64> for Timestamp {
    fn from(units: u64) -> Self {
        Self(units)
    }
}

impl From<Timestamp> for u64 {
    fn from(timestamp: Timestamp) -> Self {
        timestamp.0
    }
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Authenticator {
    key: u32,
    digest: [u8; 16],
}

#[test]
fn server() {
    let bytes = hex("
        240206e9 00000236 000003b7 c035676c e5f661fd6f165f03
        e5f663a87619ef40 e5f663a8798c6581 e5f663a8798eae2b
    ");
    let packet = Packet {
        leap: Leap::None,
        version: 4,
        mode: Mode::Server,
        stratum: 2,
        poll: 6,
        precision: -23,
        root_delay: Short { seconds: 0, fraction: 566 },
        root_dispersion: Short { seconds: 0, fraction: 951 },
        reference_id: [0xc0, 0x35, 0x67, 0x6c],
        reference: Timestamp(0xe5f6_61fd_6f16_5f03),
        origin: Timestamp(0xe5f6_63a8_7619_ef40),
        receive: Timestamp(0xe5f6_63a8_798c_6581),
        transmit: Timestamp(0xe5f6_63a8_798e_ae2b),
        authenticator: None,
    };
    proves("ntp-server", &bytes, packet);
}

#[test]
fn symmetric_active() {
    let bytes = hex("
        d9000afa 00000000 00010290 00000000 0000000000000000
        0000000000000000 0000000000000000 c50204ecec42ee92
    ");
    let packet = Packet {
        leap: Leap::Unknown,
        version: 3,
        mode: Mode::SymmetricActive,
        stratum: 0,
        poll: 10,
        precision: -6,
        root_delay: Short { seconds: 0, fraction: 0 },
        root_dispersion: Short { seconds: 1, fraction: 656 },
        reference_id: [0; 4],
        reference: Timestamp(0),
        origin: Timestamp(0),
        receive: Timestamp(0),
        transmit: Timestamp(0xc502_04ec_ec42_ee92),
        authenticator: None,
    };
    proves("ntp-symmetric-active", &bytes, packet);
}
