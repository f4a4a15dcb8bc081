//! The protocols in the tests of views.

use std::net::{Ipv4Addr, Ipv6Addr};

use framewright::checksum::Internet;
use framewright::prelude::*;

/// A message from one user to another.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct ChatMsg {
    /// Who says it.
    pub(crate) sender: u32,
    /// Who is meant to read it.
    pub(crate) receiver: u32,
    /// 1 is text, 2 a picture, 3 speech, 4 a film.
    pub(crate) kind: u8,
    #[len_prefixed(u32, max = 1_048_576)]
    pub(crate) body: Vec<u8>,
}

/// The reply of the chat.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct ChatReply {
    pub(crate) sender: u32,
    pub(crate) kind: u8,
    #[len_prefixed]
    pub(crate) body: Vec<u8>,
}

/// Everything a game sends.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"\x89GM", tag = u8)]
pub(crate) enum Message {
    /// What somebody carries.
    #[tag(1)]
    Inventory {
        #[count_prefixed(u16)]
        items: Vec<Item>,
        #[len_prefixed(u16)]
        numbers: Vec<i16>,
        /// The one in the hand.
        first: Item,
    },
    #[tag(2)]
    Bye(Reason),
    #[tag(3)]
    Tree(#[len_prefixed(u8)] Node),
    #[tag(_)]
    Other {
        #[tag]
        tag: u8,
        #[rest]
        body: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Item {
    pub(crate) id: u16,
    #[len_prefixed(u8)]
    pub(crate) name: String,
}

/// Why somebody went.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u16)]
pub(crate) enum Reason {
    /// By choice.
    Quit = 1,
    Lost = 2,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Node {
    pub(crate) value: u8,
    #[len_prefixed(u8)]
    pub(crate) next: Vec<Node>,
    pub(crate) point: [f32; 2],
}

/// A line of text.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(until(b"\r\n"))]
pub(crate) struct Line {
    #[until(b": ")]
    pub(crate) key: String,
    #[fixed(6)]
    pub(crate) code: String,
    #[until(b';')]
    pub(crate) unit: String,
    #[rest]
    pub(crate) value: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
pub(crate) struct Ranged {
    #[len_of(..)]
    pub(crate) total: Auto<u16>,
    pub(crate) kind: u8,
    #[len_of(body)]
    pub(crate) body_len: Auto<u16>,
    #[pad(3)]
    pub(crate) pad: Auto,
    #[tag_of(inner)]
    pub(crate) which: Auto<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) inner: Inner,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
pub(crate) enum Inner {
    #[tag(7)]
    Number(u32),
    #[tag(8)]
    Nothing,
}

pub(crate) fn chat(body: &[u8]) -> ChatMsg {
    ChatMsg { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: body.to_vec() }
}

pub(crate) fn item(id: u16, name: &str) -> Item {
    Item { id, name: name.into() }
}

pub(crate) fn messages() -> [Message; 5] {
    let node = |value, next| Node { value, next, point: [0.5, 1e30] };
    [
        Message::Inventory {
            items: vec![item(1, "sword"), item(2, "")],
            numbers: vec![-1, 5],
            first: item(3, "ß"),
        },
        Message::Inventory { items: vec![], numbers: vec![], first: item(4, "") },
        Message::Bye(Reason::Lost),
        Message::Tree(node(1, vec![node(2, vec![]), node(3, vec![node(4, vec![])])])),
        Message::Other { tag: 99, body: b"?\xff".to_vec() },
    ]
}

pub(crate) fn line() -> Line {
    Line { key: "Speed".into(), code: "abc".into(), unit: "m/s".into(), value: "12".into() }
}

pub(crate) fn ranged(inner: Inner) -> Ranged {
    let [total, body_len] = [Auto::new(), Auto::new()];
    let (pad, which) = (Auto::new(), Auto::new());
    Ranged { total, kind: 3, body_len, pad, which, body: b"body".into(), inner }
}

/// The IPv4 header.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Ipv4 {
    #[bits(4)]
    #[magic(4)]
    pub(crate) version: Auto,
    #[bits(4)]
    #[len_of(..=options, scale = 4)]
    pub(crate) ihl: Auto<u8>,
    pub(crate) service: u8,
    #[len_of(..)]
    pub(crate) total_len: Auto<u16>,
    pub(crate) id: u16,
    #[bits(1)]
    #[pad]
    pub(crate) reserved: Auto,
    #[bits(1)]
    pub(crate) dont_fragment: bool,
    #[bits(1)]
    pub(crate) more: bool,
    #[bits(13)]
    pub(crate) offset: u16,
    pub(crate) ttl: u8,
    pub(crate) protocol: Protocol,
    #[checksum(Internet, over = ..=options)]
    pub(crate) checksum: Auto<u16>,
    pub(crate) source: Ipv4Addr,
    pub(crate) destination: Ipv4Addr,
    #[rest]
    pub(crate) options: Vec<u8>,
    #[rest]
    pub(crate) payload: Vec<u8>,
}

#[repr(u8)]
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub(crate) enum Protocol {
    Icmp = 1,
    Tcp = 6,
    #[tag(_)]
    Other(u8),
}

/// A protocol like MQTT, in which the kind and its flags share a byte.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = bits(4))]
pub(crate) enum Packet {
    #[tag(1)]
    Connect {
        #[bits(4)]
        #[pad]
        reserved: Auto,
        #[len_of(keep_alive..)]
        len: Auto<u8>,
        keep_alive: u16,
        #[len_prefixed(u16)]
        client: String,
    },
    #[tag(3)]
    Publish {
        #[bits(1)]
        dup: bool,
        #[bits(2)]
        qos: u8,
        #[bits(1)]
        retain: bool,
        #[len_of(topic..)]
        #[wire(varint)]
        len: Auto<u32>,
        #[len_prefixed(u16)]
        topic: String,
        #[when(qos > 0)]
        id: Option<u16>,
        #[rest]
        body: Vec<u8>,
    },
}

/// Numbers of every kind.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Numbers {
    #[wire(u24)]
    pub(crate) three: u32,
    #[wire(le)]
    pub(crate) little: u16,
    #[wire(varint)]
    pub(crate) varint: u32,
    #[wire(zigzag)]
    pub(crate) zigzag: i64,
    #[wire(quic)]
    pub(crate) quic: u64,
    #[wire(dec)]
    #[until(b" ")]
    pub(crate) dec: i32,
    #[wire(hex)]
    #[fixed(4)]
    pub(crate) hex: u16,
    pub(crate) tuple: (u8, bool),
    pub(crate) six: Ipv6Addr,
    #[count_prefixed(varint)]
    #[wire(u24)]
    pub(crate) list: Vec<u32>,
    #[len_prefixed(u16, inclusive)]
    pub(crate) inclusive: Vec<u8>,
}

/// Optional fields.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Options {
    #[presence_of(ext)]
    pub(crate) has_ext: Auto<bool>,
    pub(crate) flags: u8,
    #[when(flags & 1 != 0)]
    pub(crate) when: Option<u16>,
    pub(crate) ext: Option<u32>,
    #[len_prefixed(i16, none = -1)]
    pub(crate) null: Option<String>,
    #[align(4)]
    pub(crate) fill: Auto,
    #[optional]
    pub(crate) maybe: Option<u16>,
}

/// Bit fields, lowest bits first.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, lsb)]
pub(crate) struct Lsb {
    #[bits(3)]
    pub(crate) a: u8,
    #[bits(13)]
    pub(crate) b: u16,
    #[bits(4)]
    pub(crate) c: i8,
    #[bits(4)]
    pub(crate) d: u8,
}

/// Lists that end with a certain item.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Lists {
    #[until(|item| item.last)]
    pub(crate) kept: Vec<Flagged>,
    #[until(0)]
    #[wire(varint)]
    pub(crate) numbers: Vec<u16>,
    #[count_prefixed(u8)]
    pub(crate) bytes: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Flagged {
    #[bits(1)]
    pub(crate) last: bool,
    #[bits(7)]
    pub(crate) value: u8,
}

/// A frame with a name that Wireshark reserves, and with tags that are text.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Png {
    #[tag_of(data)]
    pub(crate) kind: Auto<[u8; 4]>,
    pub(crate) data: Chunk,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) enum Chunk {
    #[tag(b"IHDR")]
    Header { width: u32 },
    #[tag(b"IEND")]
    End,
}

pub(crate) fn ipv4() -> Ipv4 {
    let (version, ihl, total_len) = (Auto::new(), Auto::new(), Auto::new());
    Ipv4 {
        version,
        ihl,
        service: 0,
        total_len,
        id: 77,
        reserved: Auto::new(),
        dont_fragment: true,
        more: false,
        offset: 5,
        ttl: 64,
        protocol: Protocol::Tcp,
        checksum: Auto::new(),
        source: [10, 0, 0, 1].into(),
        destination: [10, 0, 0, 2].into(),
        options: vec![1; 4],
        payload: b"payload".to_vec(),
    }
}

pub(crate) fn packets() -> [Packet; 3] {
    let publish = |qos, id| Packet::Publish {
        dup: false,
        qos,
        retain: true,
        len: Auto::new(),
        topic: "a/b".into(),
        id,
        body: b"21.5".to_vec(),
    };
    let connect =
        Packet::Connect { reserved: Auto::new(), len: Auto::new(), keep_alive: 60, client: "probe".into() };
    [connect, publish(0, None), publish(2, Some(9))]
}

pub(crate) fn numbers() -> Numbers {
    Numbers {
        three: 0x01_0203,
        little: 0x0102,
        varint: 300,
        zigzag: -3,
        quic: 15_293,
        dec: -42,
        hex: 0xab,
        tuple: (7, true),
        six: Ipv6Addr::LOCALHOST,
        list: vec![1, 2],
        inclusive: b"in".to_vec(),
    }
}

pub(crate) fn options(flags: u8) -> Options {
    let there = flags != 0;
    Options {
        has_ext: Auto::new(),
        flags,
        when: (flags & 1 != 0).then_some(2),
        ext: there.then_some(3),
        null: there.then(|| "x".into()),
        fill: Auto::new(),
        maybe: there.then_some(4),
    }
}

pub(crate) fn lsb() -> Lsb {
    Lsb { a: 5, b: 0x1234, c: -2, d: 9 }
}

pub(crate) fn lists() -> Lists {
    let kept = vec![Flagged { last: false, value: 1 }, Flagged { last: true, value: 2 }];
    Lists { kept, numbers: vec![300, 7], bytes: vec![1, 2, 3] }
}

/// A variant that keeps its tag, on which other fields depend.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8, len_prefixed(u8))]
pub(crate) enum Post {
    #[tag(0x30..=0x33)]
    Letter {
        #[tag]
        header: u8,
        #[when(header & 0b10 != 0)]
        id: Option<u16>,
        #[rest]
        text: String,
    },
    #[tag(0x40)]
    Receipt { id: u16 },
}

pub(crate) fn letters() -> [Post; 3] {
    let letter = |header, id, text: &str| Post::Letter { header, id, text: text.to_owned() };
    [letter(0x30, None, "plain"), letter(0x32, Some(7), "registered"), Post::Receipt { id: 7 }]
}

/// An enum whose length counts itself. One of its tags is a constant, and a condition names
/// another.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8, len_prefixed(u16, inclusive))]
pub(crate) enum Headed {
    #[tag(PING)]
    Ping,
    #[tag(0x30..=0x3f)]
    Publish {
        #[tag]
        header: u8,
        #[when(header & 6 != 0)]
        id: Option<u16>,
        #[presence_of(note, some = 0xff, none = 0x0f)]
        has_note: Auto<u8>,
        note: Option<u8>,
        #[rest]
        body: Vec<u8>,
    },
}

const PING: u8 = 0xc0 + 1;

pub(crate) fn headed() -> [Headed; 3] {
    let publish = |header, id, note, body: &[u8]| Headed::Publish {
        header,
        id,
        has_note: Auto::new(),
        note,
        body: body.to_vec(),
    };
    [publish(0x30, None, Some(5), b"a"), Headed::Ping, publish(0x32, Some(9), None, b"bc")]
}
