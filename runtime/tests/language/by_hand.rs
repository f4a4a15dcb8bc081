//! Tests of hand-written modules and parsers in declarations.

use std::fmt::Debug;

use framewright::json::{from_json, to_json};
use framewright::prelude::*;

use crate::held::round;

mod mask {
    use framewright::{DecodeError, EncodeError, Sink};

    pub(super) fn parse(input: &[u8], key: u8) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], input.iter().map(|byte| byte ^ key).collect()))
    }
    pub(super) fn encode<S: Sink + ?Sized>(value: &[u8], out: &mut S, key: u8) -> Result<(), EncodeError> {
        value.iter().try_for_each(|byte| out.put(&[byte ^ key]))
    }
    pub(super) fn encoded_len(value: &[u8], _: u8) -> usize {
        value.len()
    }
}

mod echoed {
    use framewright::{DecodeError, EncodeError, Sink};

    /// Parses a byte that must be equal to the first byte of the frame.
    pub(super) fn parse<'a>(input: &'a [u8], origin: &[u8]) -> nom::IResult<&'a [u8], u8, DecodeError> {
        assert_eq!(origin.len(), 1);
        match input.split_first() {
            Some((byte, rest)) if *byte == origin[0] => Ok((rest, *byte)),
            Some(_) => Err(nom::Err::Error(DecodeError::custom("not the first byte"))),
            None => Err(nom::Err::Incomplete(nom::Needed::new(1))),
        }
    }
    pub(super) fn encode<S: Sink + ?Sized>(
        value: &u8,
        out: &mut S,
        origin: &[u8],
    ) -> Result<(), EncodeError> {
        assert_eq!(origin.len(), 1);
        out.put(&[*value])
    }
    pub(super) fn encoded_len(_: &u8) -> usize {
        1
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Withs {
    key: u8,
    #[with(echoed, origin)]
    again: u8,
    #[with(mask)]
    #[ctx(key)]
    #[len_prefixed(u8)]
    body: Vec<u8>,
}

#[test]
fn hand_written() {
    round(Withs { key: 0xff, again: 0xff, body: vec![0, 1] }, b"\xff\xff\x02\xff\xfe");
    assert!(Withs::decode(b"\x01\x02\0").unwrap_err().to_string().contains("Withs.again at byte 1"));
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Number(u16);

/// A type with a parser that reports missing bytes as `Incomplete`, even if no more bytes can
/// arrive.
#[derive(Debug)]
struct Streamed;

impl framewright::Layout for Streamed {
    const SCHEMA: &'static framewright::schema::Schema = Number::SCHEMA;
    const MIN_LEN: usize = 2;
    const MAX_LEN: Option<usize> = Some(2);
    const OPEN: bool = false;
}

impl<'a> framewright::Decode<'a> for Streamed {
    fn parse_from(
        input: &'a [u8],
        _: &framewright::Source<'a>,
    ) -> nom::IResult<&'a [u8], Self, framewright::DecodeError> {
        nom::number::streaming::be_u16(input).map(|(rest, _)| (rest, Self))
    }
}

impl framewright::Encode for Streamed {
    fn encode_to<S: framewright::Sink + ?Sized>(&self, out: &mut S) -> Result<(), framewright::EncodeError> {
        out.put(&[0; 2])
    }

    fn encoded_len(&self) -> usize {
        2
    }
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Streams {
    key: u8,
    value: Streamed,
}

#[test]
fn a_hand_written_parser_may_ask_for_more_than_its_extent() {
    let error = Streams::decode(b"\x01\x02").unwrap_err();
    assert!(error.to_string().starts_with("Streams"), "{error}");
}

/// Declares a type with the layout of a frame, whose encoder records nothing.
macro_rules! unrecorded {
    ($name:ident of $frame:ident) => {
        #[derive(Debug, PartialEq)]
        struct $name($frame);

        impl framewright::Layout for $name {
            const SCHEMA: &'static framewright::schema::Schema = $frame::SCHEMA;
            const MIN_LEN: usize = $frame::MIN_LEN;
            const MAX_LEN: Option<usize> = $frame::MAX_LEN;
            const OPEN: bool = $frame::OPEN;
        }

        impl<'a> framewright::Decode<'a> for $name {
            fn parse_from(
                input: &'a [u8],
                src: &framewright::Source<'a>,
            ) -> nom::IResult<&'a [u8], Self, framewright::DecodeError> {
                $frame::parse_from(input, src).map(|(rest, frame)| (rest, Self(frame)))
            }
        }

        impl framewright::Encode for $name {
            fn encode_to<S: framewright::Sink + ?Sized>(
                &self,
                out: &mut S,
            ) -> Result<(), framewright::EncodeError> {
                out.put(&self.0.to_vec()?)
            }

            fn encoded_len(&self) -> usize {
                self.0.encoded_len()
            }
        }
    };
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Texts {
    id: u16,
    #[count_prefixed(u8)]
    texts: Vec<Text>,
    #[when(id > 5)]
    more: Option<u8>,
}

#[derive(Frame, Debug, PartialEq)]
struct Text {
    #[len_prefixed(u8)]
    text: String,
}

unrecorded!(Unrecorded of Texts);

#[derive(Frame, Debug, PartialEq)]
struct Around {
    #[len_prefixed(u8)]
    inner: Unrecorded,
    last: u8,
}

#[test]
fn json_of_a_type_whose_encoder_records_nothing() {
    let json = r#"{"id": 1, "texts": [{"text": "a"}, {"text": ""}]}"#;
    assert_eq!(from_json::<Unrecorded>(json).unwrap(), b"\0\x01\x02\x01a\0");
    let around = format!(r#"{{"inner": {json}, "last": 7}}"#);
    assert_eq!(from_json::<Around>(&around).unwrap(), b"\x06\0\x01\x02\x01a\0\x07");
    framewright::testing::laws::<Unrecorded>([]);
    framewright::testing::laws::<Around>([]);
}

#[derive(Frame, Debug, PartialEq)]
struct Optional {
    #[optional]
    byte: Option<u8>,
}

unrecorded!(UnrecordedOptional of Optional);

#[derive(Frame, Debug, PartialEq)]
struct AroundOptional {
    #[len_prefixed(u8)]
    inner: UnrecordedOptional,
}

#[test]
fn json_of_an_unrecorded_type_with_optional_fields() {
    for (byte, bytes, json) in [(Some(5), &b"\x05"[..], r#""0x05""#), (None, b"", r#"{"byte": null}"#)] {
        let value = UnrecordedOptional(Optional { byte });
        assert_eq!(to_json(&value).unwrap(), json);
        assert_eq!(from_json::<UnrecordedOptional>(json).unwrap(), bytes);
        let around = format!(r#"{{"inner": {json}}}"#);
        assert_eq!(to_json(&AroundOptional { inner: value }).unwrap(), around);
        assert_eq!(from_json::<AroundOptional>(&around).unwrap().get(1..).unwrap(), bytes);
    }
    framewright::testing::laws::<UnrecordedOptional>([]);
    framewright::testing::laws::<AroundOptional>([]);
}

#[derive(Frame, Debug, PartialEq)]
struct Rest {
    #[rest]
    text: String,
}

unrecorded!(UnrecordedRest of Rest);

#[derive(Frame, Debug, PartialEq)]
struct AroundRest {
    #[len_prefixed(u8)]
    inner: UnrecordedRest,
}

#[test]
fn json_of_an_unrecorded_type_without_bytes() {
    for (json, bytes) in [(r#"{"text": ""}"#, &b"\0"[..]), (r#"{"text": "x"}"#, b"\x01x")] {
        assert_eq!(from_json::<UnrecordedRest>(json).unwrap(), bytes[1..]);
        assert_eq!(from_json::<AroundRest>(&format!(r#"{{"inner": {json}}}"#)).unwrap(), bytes);
    }
    framewright::testing::laws::<UnrecordedRest>([]);
    framewright::testing::laws::<AroundRest>([]);
}
