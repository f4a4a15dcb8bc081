//! GT06 GPS trackers (the manufacturer's protocol, sections 4 and 5). The bytes are the examples of
//! its sections 5.1 (login and its answer) and 5.2 (location).

use framewright::checksum::Crc16IbmSdlc;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Packet {
    #[magic(b"xx")]
    start: Auto,
    #[len_of(kind..=crc)]
    len: Auto<u8>,
    #[tag_of(content)]
    kind: Auto<u8>,
    content: Content,
    serial: u16,
    #[checksum(Crc16IbmSdlc, over = len..crc)]
    crc: Auto<u16>,
    #[magic(b"\r\n")]
    stop: Auto,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
enum Content {
    #[tag(0x01)]
    LogIn {
        /// The IMEI with a zero before it, because it has an odd number of digits.
        #[wire(bcd(8))]
        imei: String,
    },
    #[tag(0x12)]
    Location(Location),
}

/// The server's answer, which has a serial number and no content.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Answer {
    #[magic(b"xx")]
    start: Auto,
    #[len_of(kind..=crc)]
    len: Auto<u8>,
    kind: u8,
    serial: u16,
    #[checksum(Crc16IbmSdlc, over = len..crc)]
    crc: Auto<u16>,
    #[magic(b"\r\n")]
    stop: Auto,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Location {
    /// The time as year, month, day, hour, minute and second.
    time: [u8; 6],
    #[bits(4)]
    gps_len: u8,
    #[bits(4)]
    satellites: u8,
    latitude: u32,
    longitude: u32,
    speed: u8,
    #[bits(2)]
    #[pad]
    reserved: Auto,
    #[bits(1)]
    is_differential: bool,
    #[bits(1)]
    is_fixed: bool,
    #[bits(1)]
    is_west: bool,
    #[bits(1)]
    is_north: bool,
    #[bits(10)]
    course: u16,
    country: u16,
    network: u8,
    area: u16,
    #[wire(u24)]
    cell: u32,
}

#[test]
fn log_in() {
    let bytes = hex("78 78 0d 01 01 23 45 67 89 01 23 45 00 01 8c dd 0d 0a");
    proves("gt06-log-in", &bytes, packet(Content::LogIn { imei: "0123456789012345".into() }, 1));
    let answer = Answer {
        start: Auto::new(),
        len: Auto::new(),
        kind: 1,
        serial: 1,
        crc: Auto::new(),
        stop: Auto::new(),
    };
    proves("gt06-answer", &hex("78 78 05 01 00 01 d9 dc 0d 0a"), answer);
}

#[test]
fn location() {
    let bytes = hex(
        "78 78 1f 12 0b 08 1d 11 2e 10 cf 02 7a c7 eb 0c 46 58 49 00 14 8f 01 cc 00 28 7d 00 1f b8 00 03 80 81 0d 0a",
    );
    let location = Location {
        time: [11, 8, 29, 17, 46, 16],
        gps_len: 12,
        satellites: 15,
        latitude: 0x027a_c7eb,
        longitude: 0x0c46_5849,
        speed: 0,
        reserved: Auto::new(),
        is_differential: false,
        is_fixed: true,
        is_west: false,
        is_north: true,
        course: 143,
        country: 460,
        network: 0,
        area: 0x287d,
        cell: 0x1fb8,
    };
    proves("gt06-location", &bytes, packet(Content::Location(location), 3));
}

fn packet(content: Content, serial: u16) -> Packet {
    Packet {
        start: Auto::new(),
        len: Auto::new(),
        kind: Auto::new(),
        content,
        serial,
        crc: Auto::new(),
        stop: Auto::new(),
    }
}
