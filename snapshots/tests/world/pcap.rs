//! Capture files of libpcap (draft-ietf-opsawg-pcap, sections 4 and 5). The little-endian file was
//! made by text2pcap (Wireshark 4), with the times changed. The other file has the same headers in
//! the order of a big-endian machine.

use framewright::Order;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
struct Capture {
    magic: Magic,
    #[ctx(if magic == Magic::Little { Order::Little } else { Order::Big })]
    header: Header,
    #[rest]
    #[ctx(if magic == Magic::Little { Order::Little } else { Order::Big })]
    packets: Vec<Packet>,
}

/// The number 0xa1b2c3d4 in the order of the machine that wrote the file.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = [u8; 4])]
enum Magic {
    #[tag(b"\xa1\xb2\xc3\xd4")]
    Big,
    #[tag(b"\xd4\xc3\xb2\xa1")]
    Little,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
struct Header {
    major: u16,
    minor: u16,
    zone: i32,
    accuracy: u32,
    snap_len: u32,
    link_type: u32,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
struct Packet {
    seconds: u32,
    micros: u32,
    #[len_of(data)]
    captured: Auto<u32>,
    length: u32,
    data: Vec<u8>,
}

fn capture(magic: Magic) -> Capture {
    let header = Header { major: 2, minor: 4, zone: 0, accuracy: 0, snap_len: 262_144, link_type: 1 };
    let packet = |micros, data: &[u8]| Packet {
        seconds: 1_700_000_000,
        micros,
        captured: Auto::new(),
        length: u32::try_from(data.len()).unwrap(),
        data: data.to_vec(),
    };
    let packets = vec![packet(0, &hex("ffffffffffff0200000000010806")), packet(1, &hex("0200000000010300"))];
    Capture { magic, header, packets }
}

#[test]
fn little_endian() {
    let bytes = hex("d4c3b2a1 0200 0400 00000000 00000000 00000400 01000000 \
                     00f15365 00000000 0e000000 0e000000 ffffffffffff0200000000010806 \
                     00f15365 01000000 08000000 08000000 0200000000010300");
    proves("pcap-little", &bytes, capture(Magic::Little));
}

#[test]
fn big_endian() {
    let bytes = hex("a1b2c3d4 0002 0004 00000000 00000000 00040000 00000001 \
                     6553f100 00000000 0000000e 0000000e ffffffffffff0200000000010806 \
                     6553f100 00000001 00000008 00000008 0200000000010300");
    proves("pcap-big", &bytes, capture(Magic::Big));
}
