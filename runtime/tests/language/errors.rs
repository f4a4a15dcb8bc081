//! Tests of error messages: each is a sentence, and contains the message of the user-defined error.

use std::error::Error as _;
use std::fmt;

use framewright::prelude::*;
use framewright::{DecodeErrorKind, EncodeErrorKind};

/// A port number. 0 cannot be decoded, and numbers from 1000 on cannot be encoded.
#[derive(Clone, Debug, PartialEq)]
struct Port(u32);

#[derive(Debug)]
struct Reserved(u32);

impl fmt::Display for Reserved {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "port {} is reserved", self.0)
    }
}

impl TryFrom<u16> for Port {
    type Error = Reserved;

    fn try_from(port: u16) -> Result<Self, Reserved> {
        if port == 0 { Err(Reserved(0)) } else { Ok(Self(port.into())) }
    }
}

impl TryFrom<Port> for u16 {
    type Error = Reserved;

    fn try_from(port: Port) -> Result<Self, Reserved> {
        u16::try_from(port.0).ok().filter(|port| *port < 1000).ok_or(Reserved(port.0))
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Ports {
    #[wire(u16)]
    first: Port,
    #[wire(u16)]
    #[count_prefixed(u8)]
    more: Vec<Port>,
}

#[test]
fn the_reason_of_a_conversion_is_kept() {
    let error = Ports::decode(&[0, 0, 0]).unwrap_err();
    assert_eq!(error.to_string(), "Ports.first at byte 0: not a valid Port: port 0 is reserved");
    let DecodeErrorKind::Conversion { to, reason } = error.kind() else { panic!("{error}") };
    assert_eq!((*to, &**reason), ("language::errors::Port", "port 0 is reserved"));
    let error = Ports::decode(&[0, 1, 2, 0, 1, 0, 0]).unwrap_err();
    assert_eq!(error.to_string(), "Ports.more[1] at byte 5: not a valid Port: port 0 is reserved");

    let error = Ports { first: Port(7000), more: vec![] }.to_vec().unwrap_err();
    assert_eq!(error.to_string(), "Ports.first: not a valid u16: port 7000 is reserved");
    let EncodeErrorKind::Conversion { to, reason } = error.kind() else { panic!("{error}") };
    assert_eq!((*to, &**reason), ("u16", "port 7000 is reserved"));
    let error = Ports { first: Port(1), more: vec![Port(2), Port(70_000)] }.to_vec().unwrap_err();
    assert_eq!(error.to_string(), "Ports.more[1]: not a valid u16: port 70000 is reserved");
}

/// A length in units of 12 bytes, which is at most 24 bytes.
#[derive(Frame, Clone, Copy, Debug, PartialEq)]
struct Dozens(u8);

impl TryFrom<usize> for Dozens {
    type Error = String;

    fn try_from(len: usize) -> Result<Self, String> {
        match (len % 12, u8::try_from(len / 12)) {
            (0, Ok(dozens @ ..=2)) => Ok(Self(dozens)),
            (0, _) => Err(format!("{len} is more than two dozens")),
            _ => Err(format!("{len} is not whole dozens")),
        }
    }
}

impl TryFrom<Dozens> for usize {
    type Error = String;

    fn try_from(dozens: Dozens) -> Result<Self, String> {
        if dozens.0 > 2 {
            Err(format!("{} dozens are too many", dozens.0))
        } else {
            Ok(usize::from(dozens.0) * 12)
        }
    }
}

#[derive(Frame, Debug, PartialEq)]
struct Eggs {
    #[len_prefixed(Dozens)]
    eggs: Vec<u8>,
    #[count_prefixed(Dozens)]
    boxes: Vec<u8>,
}

#[test]
fn the_reason_of_a_conversion_of_a_prefix_is_kept() {
    let eggs = |eggs: usize, boxes: usize| Eggs { eggs: vec![0; eggs], boxes: vec![0; boxes] };
    assert_eq!(eggs(12, 0).to_vec().unwrap().len(), 14);
    let error = Eggs::decode(&[3]).unwrap_err();
    assert_eq!(error.to_string(), "Eggs.eggs at byte 0: expected a length, found 3 dozens are too many");
    let error = Eggs::decode(&[0, 9]).unwrap_err();
    assert_eq!(error.to_string(), "Eggs.boxes at byte 1: expected a count, found 9 dozens are too many");
    let error = eggs(13, 0).to_vec().unwrap_err();
    assert_eq!(error.to_string(), "Eggs.eggs: not a valid Dozens: 13 is not whole dozens");
    let error = eggs(0, 36).to_vec().unwrap_err();
    assert_eq!(error.to_string(), "Eggs.boxes: not a valid Dozens: 36 is more than two dozens");
}

/// Checks the `Debug` output, because Rust prints it for an error that `main` returns.
#[test]
fn an_error_is_a_sentence() {
    let sentence = "Ports.first at byte 0: not a valid Port: port 0 is reserved";
    let decode = Ports::decode(&[0, 0, 0]).unwrap_err();
    assert_eq!(format!("{decode:?}"), sentence);
    let encode = Ports { first: Port(0x1_0000), more: vec![] }.to_vec().unwrap_err();
    assert_eq!(format!("{encode:?}"), "Ports.first: not a valid u16: port 65536 is reserved");

    let error = framewright::Error::from(decode.clone());
    assert_eq!(format!("{error:?}"), format!("malformed frame: {sentence}"));
    assert!(error.source().unwrap().downcast_ref::<framewright::DecodeError>().is_some());
    let error = framewright::Error::from(encode);
    assert_eq!(
        format!("{error:?}"),
        "frame cannot be sent: Ports.first: not a valid u16: port 65536 is reserved"
    );
    let error = framewright::Error::other("the lamp is out");
    assert_eq!(format!("{error:?}"), "the lamp is out");
}

/// Checks that `{:#}` shows the bytes around the error, however often the error is wrapped.
#[test]
fn the_alternate_form_is_passed_on() {
    let decode = || Ports::decode(&[0, 0, 0]).unwrap_err();
    let lines = format!("{:#}", decode());
    assert!(lines.contains("\n  0000  00 00 00\n"), "{lines}");
    let from = "127.0.0.1:9".parse().unwrap();
    let reason = |close| framewright::CloseReason::Handler(close);
    let wrapped = [
        format!("{:#}", framewright::Error::from(decode())),
        format!("{:#?}", framewright::Error::from(decode())),
        format!("{:#}", framewright::Error::Datagram { from, source: decode() }),
        format!("{:#}", framewright::Error::other(decode())),
        format!("{:#}", framewright::CloseReason::Malformed(decode())),
        format!("{:#}", reason(framewright::net::Close::from(decode()))),
        format!("{:#}", reason(framewright::net::Close::from(framewright::Error::from(decode())))),
    ];
    for text in wrapped {
        assert!(text.ends_with(&lines), "{text}");
    }
}

#[test]
fn errors_of_conversions_are_escaped_to_one_line() {
    let kind = DecodeErrorKind::Conversion { to: "Url", reason: "invalid port in \"a\n\u{1b}[2K\"".into() };
    assert_eq!(kind.to_string(), "not a valid Url: invalid port in \"a\\n\\u{1b}[2K\"");
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
enum Level {
    Low = 1,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Flags {
    first: u8,
    #[bits(4)]
    a: u8,
    #[bits(5)]
    level: Level,
    #[bits(3)]
    #[pad(strict)]
    reserved: Auto,
    #[bits(4)]
    #[magic(5)]
    magic: Auto<u8>,
    #[bits(4)]
    #[calc(a + 1, verify)]
    next: Auto<u8>,
    #[bits(2)]
    levels: [Level; 2],
}

#[derive(Frame, Debug, PartialEq)]
#[frame(le, lsb)]
struct Lowest {
    #[bits(LOW)]
    a: u8,
    #[bits(4)]
    level: Level,
    #[bits(9)]
    b: u16,
}

const LOW: u32 = 3;

/// An error in a bit field says where the field begins in its run.
#[test]
fn errors_in_bit_fields_have_a_bit() {
    let good = [9, 0x30, 0x85, 0x45];
    assert_eq!(Flags::decode(&good).unwrap().to_vec().unwrap(), good);
    for (byte, changed, path, bit) in
        [(1, 0x31, "Flags.level", 4), (2, 0xc5, "Flags.reserved", 9), (2, 0x84, "Flags.magic", 12)]
    {
        let mut bytes = good;
        bytes[byte] = changed;
        let error = Flags::decode(&bytes).unwrap_err();
        assert_eq!((error.path().as_str(), error.offset(), error.bit()), (path, 1, Some(bit)));
        assert!(error.to_string().starts_with(&format!("{path} at byte 1 bit {bit}: ")), "{error}");
    }
    for (changed, path, bit) in [(0x55, "Flags.next", 0), (0x47, "Flags.levels[1]", 4)] {
        let error = Flags::decode(&[9, 0x30, 0x85, changed]).unwrap_err();
        assert_eq!((error.path().as_str(), error.offset(), error.bit()), (path, 3, Some(bit)));
    }
    let error = Lowest::decode(&[0x18, 0]).unwrap_err();
    assert_eq!((error.path().as_str(), error.offset(), error.bit()), ("Lowest.level", 0, Some(3)));
    assert_eq!(Flags::decode(&good[..2]).unwrap_err().bit(), None);
}

#[derive(Frame, Debug, PartialEq)]
struct Counts {
    #[bits(4)]
    #[count_of(list)]
    first: Auto<u8>,
    #[bits(4)]
    #[count_of(list)]
    second: Auto<u8>,
    #[bits(5)]
    #[check(x < 3, "too large")]
    x: u8,
    #[bits(3)]
    #[check(y < 3, "too large")]
    y: u8,
    list: Vec<u8>,
}

#[test]
fn what_is_checked_later_has_a_bit_too() {
    let refused = |bytes: &[u8]| {
        let error = Counts::decode(bytes).unwrap_err();
        (error.path(), error.offset(), error.bit())
    };
    assert_eq!(refused(&[0x12, 0, 7]), ("Counts.second".into(), 0, Some(4)));
    assert_eq!(refused(&[0x11, 0x20, 7]), ("Counts.x".into(), 1, Some(0)));
    assert_eq!(refused(&[0x11, 0x07, 7]), ("Counts.y".into(), 1, Some(5)));
}
