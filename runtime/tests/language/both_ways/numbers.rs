//! Tests of numbers: nonzero numbers, bit fields, variable-length numbers, and numbers in digits.

use std::fmt::Debug;
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32};

use framewright::checksum::{Internet, Xor8};
use framewright::prelude::*;

use crate::held::{refused, round};

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Ids {
    id: NonZeroU16,
    #[wire(le)]
    flags: u16,
    #[count_prefixed(u8)]
    more: Vec<NonZeroU32>,
    last: Last,
}

#[derive(Frame, Debug, PartialEq)]
struct Last(#[optional] Option<NonZeroU8>);

#[test]
fn numbers_that_are_never_zero() {
    let (id, more) = (NonZeroU16::new(258).unwrap(), vec![NonZeroU32::MIN, NonZeroU32::MAX]);
    round(
        Ids { id, flags: 1, more, last: Last(NonZeroU8::new(9)) },
        &[1, 2, 1, 0, 2, 0, 0, 0, 1, 255, 255, 255, 255, 9],
    );
    let error = |bytes: &[u8]| Ids::decode(bytes).unwrap_err().to_string();
    assert_eq!(error(&[0, 0, 1, 0, 0]), "Ids.id at byte 0: expected a number other than 0, found 0");
    assert_eq!(
        error(&[0, 1, 1, 0, 2, 0, 0, 0, 1, 0, 0, 0, 0]),
        "Ids.more[1] at byte 9: expected a number other than 0, found 0"
    );
    assert!(error(&[0, 1, 1, 0, 0, 0]).starts_with("Ids.last.0 at byte 5"));
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
enum Ecn {
    None,
    One,
    Zero,
    Both,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Ipv4 {
    #[bits(4)]
    #[magic(4)]
    version: Auto,
    #[bits(4)]
    #[len_of(..=options, scale = 4)]
    ihl: Auto<u8>,
    #[bits(6)]
    dscp: u8,
    #[bits(2)]
    ecn: Ecn,
    #[len_of(..)]
    total_len: Auto<u16>,
    id: u16,
    #[bits(1)]
    #[pad]
    reserved: Auto,
    #[bits(1)]
    dont_fragment: bool,
    #[bits(1)]
    more: bool,
    #[bits(13)]
    offset: u16,
    ttl: u8,
    protocol: u8,
    #[checksum(Internet, over = ..=options)]
    checksum: Auto<u16>,
    source: std::net::Ipv4Addr,
    destination: std::net::Ipv4Addr,
    #[rest]
    options: Vec<u8>,
    #[rest]
    payload: Vec<u8>,
}

#[test]
fn ipv4() {
    let packet = Ipv4 {
        version: Auto::new(),
        ihl: Auto::new(),
        dscp: 0,
        ecn: Ecn::None,
        total_len: Auto::new(),
        id: 0x1c46,
        reserved: Auto::new(),
        dont_fragment: true,
        more: false,
        offset: 0,
        ttl: 64,
        protocol: 6,
        checksum: Auto::new(),
        source: [172, 16, 10, 99].into(),
        destination: [172, 16, 10, 12].into(),
        options: vec![],
        payload: vec![0; 40],
    };
    let mut bytes = vec![
        0x45, 0x00, 0x00, 0x3c, 0x1c, 0x46, 0x40, 0x00, 0x40, 0x06, 0xb1, 0xe6, 0xac, 0x10, 0x0a, 0x63, 0xac,
        0x10, 0x0a, 0x0c,
    ];
    bytes.extend([0; 40]);
    round(packet, &bytes);
    bytes[10] ^= 1;
    assert!(Ipv4::decode(&bytes).unwrap_err().to_string().starts_with("Ipv4.checksum at byte 10"));
}

#[derive(Frame, Debug, PartialEq)]
#[frame(le, lsb)]
struct LsbBits {
    #[bits(3)]
    a: u8,
    #[bits(13)]
    b: u16,
    #[bits(4)]
    c: i8,
    #[bits(4)]
    d: u8,
    tail: u16,
}

#[test]
fn bits() {
    round(LsbBits { a: 5, b: 0x1234 & 0x1fff, c: -2, d: 9, tail: 1 }, &{
        let run: u16 = 5 | (0x1234 & 0x1fff) << 3;
        let mut bytes = run.to_le_bytes().to_vec();
        bytes.push(0xe | 9 << 4);
        bytes.extend([1, 0]);
        bytes
    });
    assert!(refused(LsbBits { a: 8, b: 0, c: 0, d: 0, tail: 0 }).contains("LsbBits.a"));
    assert!(refused(LsbBits { a: 0, b: 0, c: 8, d: 0, tail: 0 }).contains("LsbBits.c"));
}

#[derive(Debug, PartialEq, Clone, Copy)]
struct Millis(u32);

impl From<u32> for Millis {
    fn from(value: u32) -> Self {
        Millis(value)
    }
}

impl From<Millis> for u32 {
    fn from(value: Millis) -> u32 {
        value.0
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Wires {
    #[wire(u24)]
    a: u32,
    #[wire(le)]
    b: u16,
    #[wire(varint)]
    c: u32,
    #[wire(zigzag)]
    d: i64,
    #[wire(quic)]
    e: u64,
    #[wire(mqtt)]
    f: u32,
    #[wire(dec)]
    #[until(b" ")]
    g: i32,
    #[wire(hex)]
    #[fixed(4)]
    h: u16,
    #[wire(u32)]
    i: Millis,
    #[wire(i24)]
    j: i32,
    #[count_prefixed(varint)]
    #[wire(u24)]
    k: Vec<u32>,
    #[len_prefixed(varint)]
    l: String,
}

#[test]
fn wires() {
    let value = Wires {
        a: 0x010203,
        b: 0x0102,
        c: 300,
        d: -3,
        e: 15_293,
        f: 128,
        g: -42,
        h: 0xab,
        i: Millis(7),
        j: -2,
        k: vec![1, 2],
        l: "hi".into(),
    };
    round(
        value,
        b"\x01\x02\x03\x02\x01\xac\x02\x05\x7b\xbd\x80\x01-42 00AB\0\0\0\x07\xff\xff\xfe\x02\0\0\x01\0\0\x02\x02hi",
    );
}

#[derive(Frame, Debug, PartialEq)]
struct Vlq(#[wire(varint)] u16);

#[derive(Frame, Debug, PartialEq)]
struct Digits(
    #[wire(dec)]
    #[until(b"\n")]
    u8,
);

#[test]
fn canonical_numbers() {
    assert!(Vlq::decode(&[0x80, 0x00]).is_err());
    assert!(Vlq::decode(&[0xff, 0xff, 0x03]).is_ok());
    assert!(Vlq::decode(&[0xff, 0xff, 0x04]).is_err());
    assert!(matches!(Vlq::parse(&[0xff, 0xff, 0xff]), Err(nom::Err::Error(_))));
    for bad in ["", "+1", "01", "256", "1x", "-1", "-0"] {
        assert!(Digits::decode(format!("{bad}\n").as_bytes()).is_err(), "{bad:?}");
    }
}

#[derive(Frame, Debug, PartialEq)]
struct Sentence {
    #[magic(b"$")]
    dollar: Auto,
    #[until(b"*")]
    body: String,
    #[wire(hex)]
    #[fixed(2)]
    #[checksum(Xor8, over = body)]
    sum: Auto<u8>,
    #[magic(b"\r\n")]
    end: Auto,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Padded {
    flags: u8,
    #[when(flags & 8 != 0)]
    pad_len: Option<u8>,
    #[align(4, fill = b' ', strict)]
    align: Auto,
    #[rest]
    data: Vec<u8>,
    #[pad(pad_len.unwrap_or(0))]
    padding: Auto,
}

fn short_len(len: usize) -> u8 {
    u8::try_from(len).ok().filter(|len| *len < 126).unwrap_or(126)
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct WebSocket {
    #[bits(1)]
    fin: bool,
    #[bits(7)]
    #[calc(short_len(body.len()), verify)]
    len: Auto<u8>,
    #[when(len == 126)]
    #[calc(u16::try_from(body.len()).unwrap_or(u16::MAX), verify)]
    len16: Auto<u16>,
    #[len(if len < 126 { usize::from(len) } else { usize::from(len16) })]
    body: Vec<u8>,
}

#[test]
fn digits_padding_and_lengths_by_expression() {
    let sentence = Sentence { dollar: Auto::new(), body: "GPGLL".into(), sum: Auto::new(), end: Auto::new() };
    let sum = b"GPGLL".iter().fold(0, |sum, byte| sum ^ byte);
    round(sentence, format!("$GPGLL*{sum:02X}\r\n").as_bytes());
    let padded = |flags, pad_len, data: &[u8]| Padded {
        flags,
        pad_len,
        align: Auto::new(),
        data: data.to_vec(),
        padding: Auto::new(),
    };
    round(padded(8, Some(2), b"ab"), b"\x08\x02  ab\0\0");
    round(padded(0, None, b"ab"), b"\0   ab");
    assert!(Padded::decode(b"\0\0\0\0").is_err());
    let frame = |len| WebSocket { fin: true, len: Auto::new(), len16: Auto::new(), body: vec![7; len] };
    round(frame(2), b"\x82\x07\x07");
    round(frame(126), &[&b"\xfe\0\x7e"[..], &[7; 126]].concat());
    // 126 announces a longer length field, which is only allowed for bodies of more than 125 bytes.
    assert!(WebSocket::decode(b"\xfe\0\x02\x07\x07").is_err());
}

/// <https://cr.yp.to/proto/netstrings.txt>
#[derive(Frame, Debug, PartialEq)]
struct Netstring {
    #[wire(dec)]
    #[until(b":")]
    #[len_of(data)]
    len: Auto<u32>,
    data: Vec<u8>,
    #[magic(b",")]
    end: Auto,
}

/// A request of the Redis protocol: an array of bulk strings.
#[derive(Frame, Debug, PartialEq)]
struct Resp {
    #[magic(b"*")]
    array: Auto,
    #[wire(dec)]
    #[until(b"\r\n")]
    #[count_of(words)]
    count: Auto<u32>,
    words: Vec<Bulk>,
}

#[derive(Frame, Debug, PartialEq)]
struct Bulk {
    #[magic(b"$")]
    bulk: Auto,
    #[wire(dec)]
    #[until(b"\r\n")]
    #[len_of(text)]
    len: Auto<u32>,
    text: String,
    #[magic(b"\r\n")]
    end: Auto,
}

#[test]
fn lengths_in_digits() {
    round(
        Netstring { len: Auto::new(), data: b"hello world!".to_vec(), end: Auto::new() },
        b"12:hello world!,",
    );
    round(Netstring { len: Auto::new(), data: vec![], end: Auto::new() }, b"0:,");
    assert!(Netstring::decode(b"02:ab,").is_err());
    assert!(matches!(Netstring::parse(b"-1:"), Err(nom::Err::Error(_))));
    let bulk = |text: &str| Bulk { bulk: Auto::new(), len: Auto::new(), text: text.into(), end: Auto::new() };
    let get = Resp { array: Auto::new(), count: Auto::new(), words: vec![bulk("GET"), bulk("key")] };
    round(get, b"*2\r\n$3\r\nGET\r\n$3\r\nkey\r\n");
}
