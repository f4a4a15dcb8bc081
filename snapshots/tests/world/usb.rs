//! USB 2.0 packets, least significant bit first (USB 2.0, sections 8.3, 8.4 and 9.3); bytes: an enumeration's first transfer, and tokens of USB-IF's "CRCs in USB" and of a course, USF CS 698.

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

/// The CRC-5 of eleven bits, which are not whole bytes.
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
