//! Ethernet II, IPv4 (RFC 791), UDP (RFC 768), TCP (RFC 9293). The bytes are from http.cap and
//! NTP_sync.pcap, Wireshark's sample captures.

use std::net::Ipv4Addr;

use framewright::checksum::Internet;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Ethernet {
    destination: [u8; 6],
    source: [u8; 6],
    #[tag_of(payload)]
    ether_type: Auto<u16>,
    payload: Network,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
enum Network {
    #[tag(0x0800)]
    Ipv4(Ipv4),
    #[tag(_)]
    Other {
        #[tag]
        ether_type: u16,
        #[rest]
        payload: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Ipv4 {
    #[bits(4)]
    #[magic(4)]
    version: Auto,
    #[bits(4)]
    #[len_of(..=options, scale = 4)]
    header_len: Auto<u8>,
    #[bits(6)]
    dscp: u8,
    #[bits(2)]
    ecn: u8,
    #[len_of(..)]
    total_len: Auto<u16>,
    id: u16,
    #[bits(1)]
    #[pad(strict)]
    reserved: Auto,
    #[bits(1)]
    dont_fragment: bool,
    #[bits(1)]
    more_fragments: bool,
    #[bits(13)]
    fragment_offset: u16,
    time_to_live: u8,
    #[tag_of(payload)]
    protocol: Auto<u8>,
    #[checksum(Internet, over = ..=options)]
    checksum: Auto<u16>,
    source: Ipv4Addr,
    destination: Ipv4Addr,
    #[rest]
    options: Vec<u8>,
    #[ctx(source, destination)]
    payload: Transport,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(source: Ipv4Addr, destination: Ipv4Addr))]
enum Transport {
    #[tag(6)]
    Tcp(#[ctx(source, destination)] Tcp),
    #[tag(17)]
    Udp(#[ctx(source, destination)] Udp),
    #[tag(_)]
    Other {
        #[tag]
        protocol: u8,
        #[rest]
        payload: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(source: Ipv4Addr, destination: Ipv4Addr))]
struct Udp {
    source_port: u16,
    destination_port: u16,
    #[len_of(..)]
    len: Auto<u16>,
    #[checksum(UdpSum, over = .., seed = pseudo_header(source, destination, 17))]
    checksum: Auto<u16>,
    #[rest]
    payload: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(source: Ipv4Addr, destination: Ipv4Addr))]
struct Tcp {
    source_port: u16,
    destination_port: u16,
    sequence: u32,
    acknowledgment: u32,
    #[bits(4)]
    #[len_of(..=options, scale = 4)]
    data_offset: Auto<u8>,
    #[bits(4)]
    #[pad]
    reserved: Auto,
    #[bits(8)]
    flags: u8,
    window: u16,
    #[checksum(TcpSum, over = .., seed = pseudo_header(source, destination, 6))]
    checksum: Auto<u16>,
    urgent: u16,
    /// The options, padded with `End` to a multiple of four bytes.
    #[rest]
    options: Vec<TcpOption>,
    #[rest]
    payload: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum TcpOption {
    #[tag(0)]
    End,
    #[tag(1)]
    NoOperation,
    #[tag(2)]
    MaximumSegmentSize {
        #[magic(4)]
        len: Auto<u8>,
        size: u16,
    },
    #[tag(4)]
    SackPermitted {
        #[magic(2)]
        len: Auto<u8>,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[len_prefixed(u8, inclusive, bias = 1)]
        value: Vec<u8>,
    },
}

/// Returns the bytes that TCP and UDP add to the sum before their own, except their length.
fn pseudo_header(source: Ipv4Addr, destination: Ipv4Addr, protocol: u8) -> Vec<u8> {
    [&source.octets()[..], &destination.octets(), &[0, protocol]].concat()
}

struct TcpSum;

impl Checksum for TcpSum {
    type Output = u16;

    /// Computes the checksum. The length belongs to the end of the pseudo header, but the order of
    /// words does not change the sum.
    fn compute(bytes: &[u8]) -> u16 {
        let pseudo_header = 10;
        let len = u16::try_from(bytes.len() - pseudo_header).unwrap_or(u16::MAX);
        Internet::compute_parts(&[&len.to_be_bytes(), bytes])
    }
}

struct UdpSum;

impl Checksum for UdpSum {
    type Output = u16;

    /// Computes the checksum. Zero is replaced, because it means that there is no checksum.
    fn compute(bytes: &[u8]) -> u16 {
        match TcpSum::compute(bytes) {
            0 => u16::MAX,
            sum => sum,
        }
    }
}

fn ipv4(id: u16, dont_fragment: bool, source: [u8; 4], destination: [u8; 4], payload: Transport) -> Network {
    Network::Ipv4(Ipv4 {
        version: Auto::new(),
        header_len: Auto::new(),
        dscp: 0,
        ecn: 0,
        total_len: Auto::new(),
        id,
        reserved: Auto::new(),
        dont_fragment,
        more_fragments: false,
        fragment_offset: 0,
        time_to_live: 128,
        protocol: Auto::new(),
        checksum: Auto::new(),
        source: source.into(),
        destination: destination.into(),
        options: vec![],
        payload,
    })
}

#[test]
fn tcp() {
    let bytes = hex("
        fe ff 20 00 01 00  00 00 01 00 00 00  08 00
        45 00 00 30  0f 41 40 00  80 06 91 eb  91 fe a0 ed  41 d0 e4 df
        0d 2c 00 50  38 af fe 13  00 00 00 00  70 02 22 38  c3 0c 00 00  02 04 05 b4  01 01 04 02
    ");
    let tcp = Tcp {
        source_port: 3372,
        destination_port: 80,
        sequence: 0x38af_fe13,
        acknowledgment: 0,
        data_offset: Auto::new(),
        reserved: Auto::new(),
        flags: 0x02,
        window: 8760,
        checksum: Auto::new(),
        urgent: 0,
        options: vec![
            TcpOption::MaximumSegmentSize { len: Auto::new(), size: 1460 },
            TcpOption::NoOperation,
            TcpOption::NoOperation,
            TcpOption::SackPermitted { len: Auto::new() },
        ],
        payload: vec![],
    };
    let packet = Ethernet {
        destination: [0xfe, 0xff, 0x20, 0, 1, 0],
        source: [0, 0, 1, 0, 0, 0],
        ether_type: Auto::new(),
        payload: ipv4(0x0f41, true, [145, 254, 160, 237], [65, 208, 228, 223], Transport::Tcp(tcp)),
    };
    proves("ethernet-tcp", &bytes, packet);
}

#[test]
fn udp() {
    let bytes = hex("
        00 0c 41 82 b2 53  00 d0 59 6c 40 4e  08 00
        45 00 00 4c  0a 42 00 00  80 11 b5 fa  c0 a8 32 32  43 81 44 09
        00 7b 00 7b  00 38 f8 d2
        d9 00 0a fa 00 00 00 00 00 01 02 90 00 00 00 00 00 00 00 00 00 00 00 00
        00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 c5 02 04 ec ec 42 ee 92
    ");
    let udp = Udp {
        source_port: 123,
        destination_port: 123,
        len: Auto::new(),
        checksum: Auto::new(),
        payload: bytes[42..].to_vec(),
    };
    let packet = Ethernet {
        destination: [0x00, 0x0c, 0x41, 0x82, 0xb2, 0x53],
        source: [0x00, 0xd0, 0x59, 0x6c, 0x40, 0x4e],
        ether_type: Auto::new(),
        payload: ipv4(0x0a42, false, [192, 168, 50, 50], [67, 129, 68, 9], Transport::Udp(udp)),
    };
    proves("ethernet-udp", &bytes, packet);
}
