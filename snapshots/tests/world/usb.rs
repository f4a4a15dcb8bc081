//! USB 2.0 packets, least significant bit first (USB 2.0, sections 8.3, 8.4 and 9.3). The bytes are
//! the first transfer of an enumeration, the configuration that `lsusb -v` shows for the root hub
//! of Linux 2.6.36, and tokens from USB-IF's "CRCs in USB" and from a course, USF CS 698.

use framewright::checksum::Crc16Usb;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, lsb, tag = u8)]
enum Packet {
    #[tag(0xe1)]
    Out(Token),
    #[tag(0x69)]
    In(Token),
    #[tag(0x2d)]
    Setup(Token),
    #[tag(0xa5)]
    StartOfFrame {
        #[bits(11)]
        number: u16,
        #[bits(5)]
        #[calc(crc5(number), verify)]
        crc: Auto<u8>,
    },
    #[tag(0xc3)]
    Data0 {
        #[rest]
        data: Vec<u8>,
        #[checksum(Crc16Usb, over = data)]
        crc: Auto<u16>,
    },
    #[tag(0xd2)]
    Ack,
    #[tag(0x5a)]
    Nak,
    #[tag(0x1e)]
    Stall,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, lsb)]
struct Token {
    #[bits(7)]
    address: u8,
    #[bits(4)]
    endpoint: u8,
    #[bits(5)]
    #[calc(crc5(u16::from(address) | u16::from(endpoint) << 7), verify)]
    crc: Auto<u8>,
}

/// Returns the CRC-5 of eleven bits.
fn crc5(bits: u16) -> u8 {
    (0..11).fold(0x1f, |crc, bit| {
        let divide = (u16::from(crc) ^ bits >> bit) & 1 == 1;
        crc >> 1 ^ if divide { 0x14 } else { 0 }
    }) ^ 0x1f
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, lsb)]
struct DeviceRequest {
    #[bits(5)]
    recipient: Recipient,
    #[bits(2)]
    kind: u8,
    #[bits(1)]
    to_host: bool,
    request: u8,
    value: u16,
    index: u16,
    len: u16,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
enum Recipient {
    Device,
    Interface,
    Endpoint,
    Other,
}

#[test]
fn tokens() {
    let token = |address, endpoint| Token { address, endpoint, crc: Auto::new() };
    proves("usb-setup", &hex("2d 00 10"), Packet::Setup(token(0, 0)));
    proves("usb-in", &hex("69 00 10"), Packet::In(token(0, 0)));
    proves("usb-ack", &hex("d2"), Packet::Ack);
    proves("usb-out", &hex("e1 09 b1"), Packet::Out(token(9, 2)));
    proves("usb-out-15", &hex("e1 15 ef"), Packet::Out(token(0x15, 0xe)));
    proves("usb-start-of-frame", &hex("a5 01 e8"), Packet::StartOfFrame { number: 0x001, crc: Auto::new() });
}

#[test]
fn get_descriptor() {
    let bytes = hex("c3 80 06 00 01 00 00 40 00 dd 94");
    let request = DeviceRequest {
        recipient: Recipient::Device,
        kind: 0,
        to_host: true,
        request: 6,
        value: 0x0100,
        index: 0,
        len: 64,
    };
    proves("usb-request", &bytes[1..9], request.clone());
    proves("usb-data", &bytes, Packet::Data0 { data: request.to_vec().unwrap(), crc: Auto::new() });
}

/// The answer to `GET_DESCRIPTOR` (USB 2.0, section 9.6). The bytes are the root hub of Linux,
/// `drivers/usb/core/hcd.c`.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, lsb)]
struct Configuration {
    #[len_of(own..=max_power)]
    own: Auto<u8>,
    #[magic(2)]
    kind: Auto<u8>,
    #[len_of(..)]
    total: Auto<u16>,
    interfaces: u8,
    value: u8,
    name: u8,
    attributes: u8,
    max_power: u8,
    #[rest]
    descriptors: Vec<Descriptor>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, lsb, len_prefixed(u8, inclusive), tag = u8)]
enum Descriptor {
    #[tag(4)]
    Interface { number: u8, alternate: u8, endpoints: u8, class: u8, subclass: u8, protocol: u8, name: u8 },
    #[tag(5)]
    Endpoint {
        #[bits(4)]
        number: u8,
        #[bits(3)]
        #[pad]
        reserved: Auto,
        #[bits(1)]
        is_in: bool,
        attributes: u8,
        max_packet: u16,
        interval: u8,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[rest]
        data: Vec<u8>,
    },
}

#[test]
fn configuration() {
    let bytes = hex("09 02 19 00 01 01 00 e0 00 09 04 00 00 01 09 00 00 00 07 05 81 03 02 00 ff");
    let configuration = Configuration {
        own: Auto::new(),
        kind: Auto::new(),
        total: Auto::new(),
        interfaces: 1,
        value: 1,
        name: 0,
        attributes: 0xe0,
        max_power: 0,
        descriptors: vec![
            Descriptor::Interface {
                number: 0,
                alternate: 0,
                endpoints: 1,
                class: 9,
                subclass: 0,
                protocol: 0,
                name: 0,
            },
            Descriptor::Endpoint {
                number: 1,
                reserved: Auto::new(),
                is_in: true,
                attributes: 3,
                max_packet: 2,
                interval: 0xff,
            },
        ],
    };
    proves("usb-configuration", &bytes, configuration);
}
