//! Tests with captures of every link type, and with packets that are out of order, truncated or
//! hostile.

use std::string::{String, ToString as _};
use std::vec::Vec;
use std::{format, vec};

use etherparse::{
    IpHeaders, IpNumber, Ipv6Extensions, Ipv6Header, Ipv6RawExtHeader, PacketBuilder, TcpHeader, VlanId,
};
use proptest::prelude::*;

use super::{Capture, is_capture};
use crate::cli::traffic::{Direction, Event, Happened};

const CLIENT: ([u8; 4], u16) = ([10, 0, 0, 1], 50000);
const SERVER: ([u8; 4], u16) = ([10, 0, 0, 2], 8888);

/// A segment of the test's connection.
#[derive(Clone)]
struct Tcp {
    from_server: bool,
    sequence: u32,
    acknowledged: Option<u32>,
    flags: &'static str,
    payload: Vec<u8>,
}

fn tcp(sequence: u32, flags: &'static str, payload: &[u8]) -> Tcp {
    Tcp { from_server: false, sequence, acknowledged: None, flags, payload: payload.to_vec() }
}

impl Tcp {
    fn reply(mut self, acknowledged: u32) -> Self {
        (self.from_server, self.acknowledged) = (true, Some(acknowledged));
        self
    }

    fn header(&self) -> TcpHeader {
        let (from, to) = if self.from_server { (SERVER.1, CLIENT.1) } else { (CLIENT.1, SERVER.1) };
        let mut header = TcpHeader::new(from, to, self.sequence, 1024);
        (header.syn, header.fin, header.rst) =
            (self.flags.contains('S'), self.flags.contains('F'), self.flags.contains('R'));
        (header.ack, header.acknowledgment_number) =
            (self.acknowledged.is_some(), self.acknowledged.unwrap_or_default());
        header
    }

    /// Returns the packet without a link header.
    fn ip(&self) -> Vec<u8> {
        let (from, to) = if self.from_server { (SERVER.0, CLIENT.0) } else { (CLIENT.0, SERVER.0) };
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4(from, to, 64).tcp_header(self.header());
        builder.write(&mut packet, &self.payload).unwrap();
        packet
    }
}

/// Returns a pcap capture of these packets.
fn pcap(link: u32, packets: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0".to_vec();
    bytes.extend(link.to_le_bytes());
    for (index, packet) in (0_u32..).zip(packets) {
        let len = u32::try_from(packet.len()).unwrap();
        for number in [1000, index, len, len] {
            bytes.extend(number.to_le_bytes());
        }
        bytes.extend(packet);
    }
    bytes
}

/// Returns a pcapng capture of these IP packets, with times in nanoseconds.
fn pcapng(packets: &[Vec<u8>], number: fn(u32) -> [u8; 4], short: fn(u16) -> [u8; 2]) -> Vec<u8> {
    let block = |kind: u32, body: &[u8]| {
        let len = number(u32::try_from(body.len() + 12).unwrap());
        [&number(kind)[..], &len, body, &len].concat()
    };
    let version = [&number(0x1a2b_3c4d)[..], &short(1), &short(0), &[0xff; 8]].concat();
    let resolution = [&short(9)[..], &short(1), &[9, 0, 0, 0], &[0; 4]].concat();
    let interface = [&short(101)[..], &short(0), &number(0), &resolution].concat();
    let mut bytes = [block(0x0a0d_0d0a, &version), block(1, &interface)].concat();
    for packet in packets {
        let len = number(u32::try_from(packet.len()).unwrap());
        let padding = vec![0; packet.len().next_multiple_of(4) - packet.len()];
        let body = [&number(0)[..], &number(1), &number(7), &len, &len, packet, &padding].concat();
        bytes.extend(block(6, &body));
    }
    bytes
}

fn read(capture: &[u8], port: Option<u16>) -> (Vec<Event>, Result<(), String>) {
    let mut capture = Capture::new(Vec::new(), capture, port);
    let mut events = Vec::new();
    loop {
        match capture.next() {
            Ok(Some(event)) => events.push(event),
            Ok(None) => return (events, Ok(())),
            Err(error) => return (events, Err(error.to_string())),
        }
    }
}

/// Returns the events in short form, with `>` for the direction to the server and `<` for the
/// direction from it.
fn told(capture: &[u8]) -> Vec<String> {
    let (events, outcome) = read(capture, None);
    assert_eq!(outcome, Ok(()));
    events.iter().map(said).collect()
}

fn said(event: &Event) -> String {
    let way = if event.direction == Direction::ToServer { '>' } else { '<' };
    match &event.happened {
        Happened::Bytes(bytes) => format!("{way}{}", String::from_utf8_lossy(bytes)),
        Happened::Datagram(bytes) => format!("{way}datagram {}", String::from_utf8_lossy(bytes)),
        Happened::Missing(bytes) => format!("{way}missing {bytes}"),
        Happened::End(None) => format!("{way}end"),
        Happened::End(Some(why)) => format!("{way}{why}"),
        Happened::Opened => format!("{way}opened"),
    }
}

fn of(segments: &[Tcp]) -> Vec<String> {
    told(&pcap(101, &segments.iter().map(Tcp::ip).collect::<Vec<_>>()))
}

#[test]
fn captures_are_recognised_by_their_first_bytes() {
    assert_eq!(is_capture(&pcap(1, &[])), Some(true));
    assert_eq!(is_capture(&pcapng(&[], u32::to_be_bytes, u16::to_be_bytes)), Some(true));
    assert_eq!(is_capture(b"\x0a\x0d"), None);
    assert_eq!(is_capture(b"\x0a\x0e"), Some(false));
    assert_eq!(is_capture(b"hello"), Some(false));
}

#[test]
fn blocks_too_short_for_their_lengths_are_malformed() {
    for number in [u32::to_le_bytes, u32::to_be_bytes] {
        let short = if number(1) == [1, 0, 0, 0] { u16::to_le_bytes } else { u16::to_be_bytes };
        let capture = pcapng(&[], number, short);
        for kind in (1..16).chain([0xbad, 0x8000_0001]) {
            for len in 0..12 {
                let block = [&number(kind)[..], &number(len), &[0; 64]].concat();
                let fault = format!("the capture is malformed at byte {}", capture.len());
                let outcome = read(&[&capture[..], &block].concat(), None).1;
                assert_eq!(outcome, Err(fault), "type {kind:#x}, length {len}");
            }
        }
    }
}

#[test]
fn a_conversation_is_shown_in_order_with_peers_and_times() {
    let segments = [
        tcp(99, "S", b""),
        tcp(499, "S", b"").reply(100),
        tcp(100, "", b"ask"),
        tcp(500, "", b"answer").reply(103),
        tcp(103, "F", b""),
        tcp(506, "F", b"").reply(104),
    ];
    assert_eq!(of(&segments), [">ask", "<answer", ">end", "<end"]);
    let (events, _) = read(&pcap(101, &segments.map(|segment| segment.ip())), None);
    assert_eq!(
        (&*events[1].connection.client, &*events[1].connection.server),
        ("10.0.0.1:50000", "10.0.0.2:8888")
    );
    assert_eq!(format!("{:#}", events[1].time.unwrap()), "1970-01-01T00:16:40.000003Z");
}

#[test]
fn the_port_identifies_the_server() {
    let capture = pcap(101, &[tcp(1, "", b"ask").ip(), tcp(1, "", b"answer").reply(4).ip()]);
    let both = |port| read(&capture, Some(port)).0.iter().map(said).collect::<Vec<_>>();
    assert_eq!(both(8888), [">ask", "<answer", ">end", "<end"]);
    assert_eq!(both(50000), ["<ask", ">answer", ">end", "<end"]);
    assert!(both(80).is_empty());
}

#[test]
fn every_link_type_gives_the_same_events() {
    let segment = tcp(100, "", b"ask");
    let ip = segment.ip();
    let framed = |front: &[u8]| [front, &ip].concat();
    let mut ethernet = Vec::new();
    let macs = PacketBuilder::ethernet2([1; 6], [2; 6]);
    macs.ipv4(CLIENT.0, SERVER.0, 64).tcp_header(segment.header()).write(&mut ethernet, b"ask").unwrap();
    // A short frame is padded.
    ethernet.resize(80, 0);
    let mut tagged = Vec::new();
    let (outer, inner) = (VlanId::try_new(1).unwrap(), VlanId::try_new(2).unwrap());
    let macs = PacketBuilder::ethernet2([1; 6], [2; 6]).double_vlan(outer, inner);
    macs.ipv4(CLIENT.0, SERVER.0, 64).tcp_header(segment.header()).write(&mut tagged, b"ask").unwrap();
    let cooked = [&[0; 14][..], &[8, 0]].concat();
    let cooked_2 = [&[8, 0][..], &[0; 18]].concat();
    let captures = [
        pcap(1, &[ethernet]),
        pcap(1, &[tagged]),
        pcap(0, &[framed(&2_u32.to_le_bytes())]),
        pcap(108, &[framed(&2_u32.to_be_bytes())]),
        pcap(113, &[framed(&cooked)]),
        pcap(276, &[framed(&cooked_2)]),
        pcap(228, std::slice::from_ref(&ip)),
        pcapng(std::slice::from_ref(&ip), u32::to_le_bytes, u16::to_le_bytes),
        pcapng(std::slice::from_ref(&ip), u32::to_be_bytes, u16::to_be_bytes),
    ];
    for (index, capture) in captures.iter().enumerate() {
        assert_eq!(told(capture), [">ask", ">end", "<end"], "{index}");
    }
    let (events, _) = read(&captures[8], None);
    assert_eq!(events[0].time.unwrap().0, (1 << 32) + 7);
}

#[test]
fn ipv6_has_extensions_and_datagrams_are_frames() {
    let extension = Ipv6RawExtHeader::new_raw(IpNumber::TCP, &[0; 6]).unwrap();
    let extensions = Ipv6Extensions { hop_by_hop_options: Some(extension), ..Default::default() };
    let header = Ipv6Header { source: [1; 16], destination: [2; 16], hop_limit: 9, ..Default::default() };
    let mut packet = Vec::new();
    let builder = PacketBuilder::ip(IpHeaders::Ipv6(header, extensions));
    builder.tcp_header(tcp(5, "", b"").header()).write(&mut packet, b"six").unwrap();
    assert_eq!(told(&pcap(101, &[packet])), [">six", ">end", "<end"]);

    let datagram = |from: u16, to: u16, payload: &[u8]| {
        let mut packet = Vec::new();
        PacketBuilder::ipv4(CLIENT.0, SERVER.0, 64).udp(from, to).write(&mut packet, payload).unwrap();
        packet
    };
    let capture = pcap(101, &[datagram(50000, 53, b"?"), datagram(53, 50000, b"!"), datagram(9, 9, b"")]);
    assert_eq!(told(&capture), [">datagram ?", "<datagram !", ">datagram "]);
}

#[test]
fn segments_are_put_in_order() {
    // Segments that are out of order, sent again, and overlapping.
    let segments =
        [tcp(0, "S", b""), tcp(4, "", b"def"), tcp(1, "", b"abc"), tcp(1, "", b"abc"), tcp(6, "", b"fgh")];
    assert_eq!(of(&segments), [">abc", ">def", ">gh", ">end", "<end"]);
    // Segments around the wrap of sequence numbers.
    let segments = [tcp(u32::MAX - 1, "", b"ab"), tcp(2, "", b"ef"), tcp(0, "", b"cd")];
    assert_eq!(of(&segments), [">ab", ">cd", ">ef", ">end", "<end"]);
    // A keep-alive packet is not part of the stream.
    assert_eq!(of(&[tcp(5, "", b"ab"), tcp(6, "", b"\0"), tcp(7, "", b"c")]), [">ab", ">c", ">end", "<end"]);
    // The end arrives before earlier bytes.
    assert_eq!(
        of(&[tcp(0, "S", b""), tcp(3, "F", b"cd"), tcp(1, "", b"ab")]),
        [">ab", ">cd", ">end", "<end"]
    );
}

#[test]
fn lost_segments_are_reported_at_their_position() {
    let lost = [tcp(0, "S", b""), tcp(1, "", b"ab"), tcp(7, "", b"gh")];
    assert_eq!(of(&lost), [">ab", ">missing 4", ">gh", ">end", "<end"]);
    // The reader stops waiting for missing bytes if the peer has acknowledged them.
    let mut seen = lost.to_vec();
    seen.extend((0..40).map(|_| tcp(1, "", b"").reply(9)));
    seen.push(tcp(9, "", b"i"));
    assert_eq!(of(&seen), [">ab", ">missing 4", ">gh", ">i", ">end", "<end"]);
    // The first packet was not captured completely.
    let mut cut = pcap(101, &[tcp(1, "", b"abcdef").ip()]);
    let len = cut.len() - 4;
    cut.truncate(len);
    cut[32..36].copy_from_slice(&42_u32.to_le_bytes());
    cut.extend(pcap(101, &[tcp(7, "", b"g").ip()]).split_off(24));
    assert_eq!(told(&cut), [">ab", ">missing 4", ">g", ">end", "<end"]);
}

#[test]
fn a_reset_ends_both_and_a_port_may_be_used_again() {
    let segments =
        [tcp(0, "S", b""), tcp(1, "", b"a"), tcp(2, "R", b""), tcp(70, "S", b""), tcp(71, "", b"b")];
    assert_eq!(of(&segments), [">a", ">reset", "<reset", ">b", ">end", "<end"]);
    let again = [tcp(0, "S", b""), tcp(1, "", b"a"), tcp(70, "S", b""), tcp(71, "", b"b")];
    assert_eq!(of(&again), [">a", ">end", "<end", ">b", ">end", "<end"]);
    let (events, _) = read(&pcap(101, &again.map(|segment| segment.ip())), None);
    assert_eq!((events[0].connection.id, events[3].connection.id), (1, 2));
}

#[test]
fn unsupported_packets_are_counted() {
    let mut fragment = tcp(0, "", b"abc").ip();
    fragment[6] |= 0x20;
    let packets = [fragment.clone(), fragment, vec![0x45; 3], tcp(0, "", b"abc").ip()];
    let capture = pcap(101, &packets);
    let mut capture = Capture::new(Vec::new(), &*capture, None);
    assert!(matches!(capture.next(), Ok(Some(Event { happened: Happened::Bytes(_), .. }))));
    let notes: Vec<_> = capture.notes().iter().map(|(what, count)| format!("{count} {what}")).collect();
    assert_eq!(notes, ["2 fragments of IP packets, which are not reassembled", "1 malformed packets"]);
}

#[test]
fn a_damaged_capture_shows_everything_before_the_damage() {
    let packets = [tcp(0, "", b"abc").ip(), tcp(3, "F", b"def").ip()];
    let whole = [pcap(101, &packets), pcapng(&packets, u32::to_le_bytes, u16::to_le_bytes)];
    for capture in &whole {
        for len in 0..capture.len() {
            let (events, _) = read(&capture[..len], None);
            assert!(events.len() <= 4);
            for value in [0, 0x7f, 0xff] {
                let mut lie = capture.clone();
                lie[len] = value;
                let _ = read(&lie, None);
            }
        }
        let (events, outcome) = read(&capture[..capture.len() - 1], None);
        assert!(outcome.unwrap_err().contains("is cut at byte"));
        assert_eq!(said(&events[0]), ">abc");
    }
}

#[cfg(feature = "net")]
#[test]
fn recorded_captures_can_be_read() {
    use std::sync::Arc;

    use crate::cli::traffic::{Connection, Time};

    for (client, server) in [("10.0.0.1:50000", "localhost:8888"), ("[::1]:50000", "10.0.0.2:8888")] {
        let connection = Arc::new(Connection { id: 1, client: client.into(), server: server.into() });
        let event = |direction, happened| Event {
            time: Some(Time(1_700_000_000_123_456_789)),
            connection: Arc::clone(&connection),
            direction,
            happened,
        };
        let (up, down) = (Direction::ToServer, Direction::FromServer);
        let long = vec![b'x'; 40_000];
        let events = [
            event(up, Happened::Opened),
            event(up, Happened::Bytes("ask".into())),
            event(down, Happened::Bytes(long.clone().into())),
            event(up, Happened::Missing(7)),
            event(up, Happened::Bytes("more".into())),
            event(up, Happened::End(None)),
            event(down, Happened::Bytes("answer".into())),
            event(down, Happened::End(None)),
        ];
        let mut file = Vec::new();
        let mut recorder = super::Recorder::new(&mut file).unwrap();
        events.iter().for_each(|event| recorder.add(event).unwrap());
        let (again, outcome) = read(&file, None);
        assert_eq!(outcome, Ok(()));
        let of = |direction| again.iter().filter(move |event| event.direction == direction);
        assert_eq!(of(up).map(said).collect::<Vec<_>>(), [">ask", ">missing 7", ">more", ">end"]);
        let down: String = of(down).map(said).collect();
        assert_eq!(down.replace('<', ""), format!("{}answerend", String::from_utf8(long).unwrap()));
        assert!(again.iter().all(|event| event.time == events[0].time));
        assert!(again[0].connection.server.ends_with(":8888"));
    }
}

#[test]
fn a_flood_of_segments_out_of_order_takes_little_memory() {
    // The packets hold every second byte of a stream, and the last packet comes first. None of
    // these bytes can be reported, because the bytes between them are missing.
    let mut packets = vec![tcp(0, "S", b"").ip()];
    packets.extend((1..40_000_u32).rev().map(|at| tcp(at * 2, "", b"x").ip()));
    let capture = pcap(101, &packets);
    let mut most = 0;
    let mut capture = Capture::new(Vec::new(), &*capture, None);
    let mut bytes = 0_u64;
    while let Ok(Some(event)) = capture.next() {
        most = most.max(capture.flows.early());
        bytes += match event.happened {
            Happened::Bytes(some) => u64::try_from(some.len()).unwrap(),
            Happened::Missing(some) => some,
            _ => 0,
        };
    }
    assert!(most < 2_000_000, "{most}");
    assert_eq!(bytes, 80_000 - 2);
    // A flood of connections takes little memory too.
    let syn = |port: u16, host: u8| {
        let mut packet = Vec::new();
        let builder = PacketBuilder::ipv4([10, 0, 1, host], SERVER.0, 64).tcp(port, 8888, 0, 1);
        builder.write(&mut packet, b"x").unwrap();
        packet
    };
    let packets: Vec<_> = (0..40_000_u16).map(|at| syn(at, u8::from(at % 2 == 0))).collect();
    let capture = pcap(101, &packets);
    let mut capture = Capture::new(Vec::new(), &*capture, None);
    while let Ok(Some(_)) = capture.next() {
        assert!(capture.flows.count() <= super::flows::MOST_FLOWS);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// The events are the bytes of the stream, and missing bytes are reported at their position.
    /// This holds however the stream is split, reordered, repeated and partly lost.
    #[test]
    fn streams_are_put_together(
        first in any::<u32>(),
        cuts in prop::collection::vec((0_usize..200, 1_usize..40, any::<bool>()), 1..60),
    ) {
        let stream: Vec<u8> = (0..=255).collect();
        let mut known = [false; 256];
        let mut segments = vec![tcp(first, "S", b"")];
        for (at, len, is_lost) in cuts {
            if !is_lost {
                known[at..at + len].fill(true);
                let sequence = first.wrapping_add(1).wrapping_add(u32::try_from(at).unwrap());
                segments.push(tcp(sequence, "", &stream[at..at + len]));
            }
        }
        let packets: Vec<_> = segments.iter().map(Tcp::ip).collect();
        let (events, outcome) = read(&pcap(101, &packets), None);
        prop_assert!(outcome.is_ok());
        let mut at = 0;
        for event in events {
            match event.happened {
                Happened::Bytes(bytes) => {
                    prop_assert_eq!(&bytes[..], &stream[at..at + bytes.len()]);
                    at += bytes.len();
                }
                Happened::Missing(bytes) => {
                    let bytes = usize::try_from(bytes).unwrap();
                    prop_assert!(known[at..at + bytes].iter().all(|known| !known));
                    at += bytes;
                }
                _ => {}
            }
        }
        prop_assert_eq!(at, known.iter().rposition(|known| *known).map_or(0, |last| last + 1));
    }
}
