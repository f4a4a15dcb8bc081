//! The annotated hex dump.
use framewright::schema::{Body, Extent, Field, Order, Part, Prefix, Type};
use framewright::sink::Mark;
use framewright::{Decode, DecodeError, Encode, EncodeError, EncodeErrorKind, Layout, Schema, Sink, Source};

#[derive(Debug, Clone, PartialEq)]
struct ChatMsg {
    sender: u32,
    receiver: u32,
    kind: u8,
    body: Vec<u8>,
}

const U32: Type = Type::Int { bytes: 4, signed: false, order: Some(Order::Big) };
static FIELDS: [Field; 4] = [
    Field::new("sender", U32),
    Field::new("receiver", U32),
    Field::new("kind", Type::Int { bytes: 1, signed: false, order: None }),
    Field::new("body", Type::Bytes).extent(Extent::LenPrefixed(Prefix {
        ty: U32,
        inclusive: false,
        max: None,
    })),
];

impl Layout for ChatMsg {
    const SCHEMA: &'static Schema = &Schema {
        name: "ChatMsg",
        doc: "",
        order: Some(Order::Big),
        head: &[],
        body: Body::Struct(&FIELDS),
        until: b"",
        max: None,
        min_len: 13,
        max_len: None,
        open: false,
    };
    const MIN_LEN: usize = 13;
    const MAX_LEN: Option<usize> = None;
    const OPEN: bool = false;
}
impl Encode for ChatMsg {
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        let at = out.position();
        out.put(&self.sender.to_be_bytes())?;
        out.put(&self.receiver.to_be_bytes())?;
        out.put(&[self.kind, 0, 0, 0, 0])?;
        let mark = |field: usize, part, range: std::ops::Range<usize>| Mark::Bytes {
            field: &FIELDS[field],
            part,
            range,
        };
        out.mark(mark(0, Part::Value, at..at + 4));
        out.mark(mark(1, Part::Value, at + 4..at + 8));
        out.mark(mark(2, Part::Value, at + 8..at + 9));
        out.mark(mark(3, Part::Len, at + 9..at + 13));
        out.put(&self.body)?;
        out.mark(mark(3, Part::Value, at + 13..at + 13 + self.body.len()));
        let len = u32::try_from(self.body.len()).map_err(|_| {
            EncodeError::new(EncodeErrorKind::TooLong { found: self.body.len(), limit: None, unit: "bytes" })
        })?;
        if len > 1 << 20 {
            return Err(EncodeError::custom("too long").in_field("body"));
        }
        out.patch(at + 9, &len.to_be_bytes());
        Ok(())
    }
    fn encoded_len(&self) -> usize {
        13 + self.body.len()
    }
}
impl<'a> Decode<'a> for ChatMsg {
    fn parse_from(input: &'a [u8], src: &Source<'a>) -> nom::IResult<&'a [u8], Self, DecodeError> {
        let short = |need, field| src.short(need, input.len()).map(|e: DecodeError| e.in_field(field));
        let Some((head, rest)) = input.split_first_chunk::<13>() else { return Err(short(13, "sender")) };
        let word = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
        let len = usize::try_from(word(9)).unwrap();
        let Some((body, rest)) = rest.split_at_checked(len) else { return Err(short(13 + len, "body")) };
        Ok((rest, Self { sender: word(0), receiver: word(4), kind: head[8], body: body.to_vec() }))
    }
}

fn chat(body: &[u8]) -> ChatMsg {
    ChatMsg { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: body.to_vec() }
}

#[test]
fn the_sample_of_the_design() {
    let expected = r#"ChatMsg, 21 bytes
0000  00 98 96 80              sender    u32 be    10000000
0004  00 98 96 81              receiver  u32 be    10000001
0008  01                       kind      u8        1
0009  00 00 00 08              body.len  u32 be    8
000d  68 69 20 74 68 65 72 65  body      8 bytes   "hi there""#;
    assert_eq!(chat(b"hi there").dump().to_string(), expected);
}

#[test]
fn a_long_body_goes_on_below_and_a_very_long_one_is_cut() {
    let expected = r#"ChatMsg, 43 bytes
0000  00 98 96 80              sender    u32 be    10000000
0004  00 98 96 81              receiver  u32 be    10000001
0008  01                       kind      u8        1
0009  00 00 00 1e              body.len  u32 be    30
000d  68 65 6c 6c 6f 20 74 68  body      30 bytes  "hello there, this is 30 bytes "
0015  65 72 65 2c 20 74 68 69
001d  73 20 69 73 20 33 30 20
0025  62 79 74 65 73 20"#;
    assert_eq!(chat(b"hello there, this is 30 bytes ").dump().to_string(), expected);

    let expected = r#"ChatMsg, 1013 bytes
0000  00 98 96 80              sender    u32 be      10000000
0004  00 98 96 81              receiver  u32 be      10000001
0008  01                       kind      u8          1
0009  00 00 03 e8              body.len  u32 be      1000
000d  ff ff ff ff ff ff ff ff  body      1000 bytes  0xffffffffffffffff...
0015  ff ff ff ff ff ff ff ff
001d  ff ff ff ff ff ff ff ff
0025  ff ff ff ff ff ff ff ff
002d  ... 968 more bytes"#;
    assert_eq!(chat(&[0xff; 1000]).dump().to_string(), expected);
}

#[test]
fn an_empty_body_has_its_line() {
    assert!(chat(b"").dump().to_string().ends_with("\n000d               body      0 bytes   \"\""));
}

#[test]
fn offsets_are_as_wide_as_the_last_needs() {
    let dump = chat(&[0; 70_000]).dump().to_string();
    assert!(dump.contains("\n00000  00 98 96 80"), "{dump}");
    assert!(dump.ends_with("\n0002d  ... 69968 more bytes"), "{dump}");
}

#[test]
fn what_does_not_encode_says_why() {
    let dump = chat(&vec![0; 2 << 20]).dump();
    assert_eq!(dump.to_string(), "ChatMsg does not encode: ChatMsg.body: too long");
    assert_eq!(format!("{dump:?}"), dump.to_string());
}
