//! M-Bus long frames (EN 13757-2; The M-Bus: A Documentation, sections 5 and 6), which have their
//! length twice. The bytes are the documentation's examples of a water meter's answer and of a
//! reset.

use framewright::checksum::Sum8;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
struct LongFrame {
    #[magic(b"h")]
    start: Auto,
    #[len_of(control..=data)]
    len: Auto<u8>,
    #[len_of(control..=data)]
    again: Auto<u8>,
    #[magic(b"h")]
    start_again: Auto,
    control: u8,
    address: u8,
    information: u8,
    #[rest]
    data: Vec<u8>,
    #[checksum(Sum8, over = control..=data)]
    sum: Auto<u8>,
    #[magic(0x16u8)]
    stop: Auto,
}

/// The fixed header of an answer. The serial number has eight digits, the lowest first.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Header {
    #[wire(bcd(1))]
    id: [u8; 4],
    manufacturer: u16,
    version: u8,
    medium: u8,
    access: u8,
    status: u8,
    signature: u16,
}

fn frame(control: u8, address: u8, information: u8, data: Vec<u8>) -> LongFrame {
    LongFrame {
        start: Auto::new(),
        len: Auto::new(),
        again: Auto::new(),
        start_again: Auto::new(),
        control,
        address,
        information,
        data,
        sum: Auto::new(),
        stop: Auto::new(),
    }
}

#[test]
fn lengths_stand_twice() {
    proves("mbus-reset", &hex("68 03 03 68 53 fe 50 a1 16"), frame(0x53, 0xfe, 0x50, vec![]));
    let bytes = hex(
        "68 1f 1f 68 08 02 72 78 56 34 12 24 40 01 07 55 00 00 00 03 13 15 31 00 da 02 3b 13 01 8b 60 04 37 18 02 18 16",
    );
    proves("mbus-answer", &bytes, frame(8, 2, 0x72, bytes[7..35].to_vec()));
    let header = Header {
        id: [78, 56, 34, 12],
        manufacturer: 0x4024,
        version: 1,
        medium: 7,
        access: 0x55,
        status: 0,
        signature: 0,
    };
    proves("mbus-header", &bytes[7..19], header);
    let mut apart = bytes;
    apart[2] = 0x1e;
    assert!(LongFrame::decode(&apart).is_err());
}
