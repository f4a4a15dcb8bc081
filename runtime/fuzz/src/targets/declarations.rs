//! Declarations that together use most words of the language.

use bytes::Bytes;
use framewright::checksum::{Crc16Modbus, Crc32, Internet};
use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Chat {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[len_prefixed]
    body: Vec<u8>,
}

/// A header with bit fields, a length in units of 4 bytes, and a checksum over the header.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Header {
    #[bits(4)]
    #[magic(4)]
    version: Auto<u8>,
    #[bits(4)]
    #[len_of(..=options, scale = 4)]
    length: Auto<u8>,
    #[bits(6)]
    class: u8,
    #[bits(1)]
    #[presence_of(tail)]
    has_tail: Auto<bool>,
    #[bits(1)]
    last: bool,
    #[len_of(..)]
    total: Auto<u16>,
    #[checksum(Internet, over = ..=options)]
    sum: Auto<u16>,
    id: u16,
    options: Options,
    tail: Option<u32>,
    #[rest]
    payload: Bytes,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Options {
    #[rest]
    words: Vec<u32>,
}

/// A request of lines, with delimiters of several kinds.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Request {
    #[until(b" ")]
    method: String,
    #[until(b"\r\n" | b"\n")]
    #[separated(b",")]
    pub(super) words: Vec<String>,
    #[until(|line| line.name.is_empty())]
    lines: Vec<Line>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Line {
    #[until(b"\n")]
    name: String,
}

/// A record with varints, text of a fixed size, lists of lists, and a number in decimal digits.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, magic = b"LOG1", max = 4096)]
pub struct Record {
    #[wire(varint)]
    id: u64,
    #[wire(zigzag)]
    delta: i32,
    #[fixed(8)]
    name: String,
    #[fixed(6, until = 0)]
    file: Vec<u8>,
    #[count_prefixed(u8)]
    #[each(len_prefixed(u8))]
    parts: Vec<Vec<u8>>,
    #[wire(dec)]
    #[until(b";")]
    number: i16,
    #[wire(u24)]
    odd: u32,
    #[none(0xffff)]
    maybe: Option<u16>,
    #[checksum(Crc32, over = ..)]
    crc: Auto<u32>,
}

/// An enum that contains itself.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8, len_prefixed(u16, inclusive))]
pub enum Value {
    #[tag(0)]
    Nothing,
    #[tag(1)]
    Number(i64),
    #[tag(2)]
    Text {
        #[rest]
        text: String,
    },
    #[tag(3)]
    List {
        #[count_prefixed(varint)]
        items: Vec<Value>,
    },
    #[tag(4)]
    Maybe(Box<Value>),
    #[tag(0x80..=0xff)]
    Private {
        #[tag]
        kind: u8,
        #[rest]
        bytes: Vec<u8>,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[optional]
        code: Option<u16>,
    },
}

/// A packet with a tag and a length that do not directly precede the field they describe, and a
/// checksum over some of its fields.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Packet {
    #[magic(0xaa55)]
    start: Auto<u16>,
    #[tag_of(body)]
    kind: Auto<u8>,
    #[len_of(body)]
    length: Auto<u16>,
    body: Body,
    #[align(4)]
    pad: Auto,
    #[checksum(Crc16Modbus, over = kind..=pad)]
    crc: Auto<u16>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub enum Body {
    #[tag(1)]
    Read { address: u16, count: u16 },
    #[tag(2)]
    Write {
        address: u16,
        #[rest]
        values: Vec<u16>,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[rest]
        bytes: Vec<u8>,
    },
}

/// A frame with sizes and optional fields that depend on expressions over earlier fields, and with
/// a nested frame that takes context.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
pub struct Sized {
    flags: u8,
    n: u8,
    #[when(flags & 1 != 0)]
    extra: Option<u16>,
    #[count(n / 2)]
    items: Vec<u16>,
    #[ctx(flags)]
    inner: Inner,
    #[calc(u16::from(n) * 2)]
    twice: Auto<u16>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le, ctx(flags: u8))]
pub struct Inner {
    #[when(flags & 2 != 0)]
    #[len_prefixed(u8)]
    text: Option<String>,
    level: u8,
}

/// A frame up to a delimiter, which must not occur inside.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(until(b"\r\n.\r\n"))]
pub struct Mail {
    #[until(b":")]
    from: String,
    #[rest]
    text: String,
}

/// A generic frame, whose size is not known before it is decoded. It may take several reads, and it
/// shares its bytes with the receive buffer.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Pair<T> {
    first: T,
    second: T,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Upload {
    #[len_prefixed(u24)]
    body: Bytes,
}
