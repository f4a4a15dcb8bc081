//! Tests of the code that the derive generates for the words of the language.

use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct ChatMsg {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[len_prefixed]
    body: Vec<u8>,
}

#[test]
fn chat() {
    let msg = ChatMsg { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: b"hi there".to_vec() };
    let bytes = msg.to_vec().unwrap();
    assert_eq!(bytes, b"\x00\x98\x96\x80\x00\x98\x96\x81\x01\x00\x00\x00\x08hi there");
    assert_eq!(ChatMsg::decode(&bytes).unwrap(), msg);
    assert_eq!(msg.encoded_len(), 21);
    assert_eq!(ChatMsg::MIN_LEN, 13);
    for cut in 0..bytes.len() {
        let needed = if cut < 13 { 13 - cut } else { 21 - cut };
        assert_eq!(ChatMsg::parse(&bytes[..cut]), Err(nom::Err::Incomplete(nom::Needed::new(needed))));
    }
    let error = ChatMsg::decode(&bytes[..6]).unwrap_err();
    assert_eq!(error.to_string(), "ChatMsg.receiver at byte 4: expected 4 bytes, found 2");
    println!("{}", msg.dump());
}

mod slice {
    //! Extents, lengths, tags and constants.
    use framewright::prelude::*;
    use std::borrow::Cow;

    fn round<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: T, bytes: &[u8]) {
        assert_eq!(value.to_vec().unwrap(), bytes, "{value:?}\n{}", value.dump());
        assert_eq!(value.encoded_len(), bytes.len(), "{value:?}");
        assert_eq!(T::decode(bytes).unwrap(), value);
        assert!(T::MIN_LEN <= bytes.len() && T::MAX_LEN.is_none_or(|max| bytes.len() <= max));
        let _ = format!("{}\n{}", value.dump(), T::SCHEMA);
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(le, magic = b"FW")]
    struct Everything {
        #[magic(0xCAFE)]
        magic: Auto<u16>,
        #[count_of(numbers)]
        count: Auto<u8>,
        #[pad(2)]
        pad: Auto,
        flag: bool,
        ratio: f32,
        key: [u8; 3],
        pair: (u16, u8),
        numbers: Vec<u16>,
        #[len_prefixed(u24, inclusive, max = 100)]
        text: String,
        #[until(b"\r\n")]
        line: String,
        #[until(0)]
        zero: Vec<u8>,
        #[fixed(4)]
        name: String,
        #[count_prefixed(u16)]
        list: Vec<Item>,
        #[len_prefixed(u8)]
        items: Vec<Item>,
        #[len_of(tail)]
        tail_len: Auto<u64>,
        item: Item,
        tail: Vec<Item>,
        #[rest]
        rest: bytes::Bytes,
        crc: u32,
    }

    #[derive(Frame, Debug, PartialEq, Clone)]
    #[frame(be)]
    struct Item {
        a: u8,
        b: u16,
    }

    #[test]
    fn everything() {
        let item = |a| Item { a, b: 0x0102 };
        round(
            Everything {
                magic: Auto::new(),
                count: Auto::new(),
                pad: Auto::new(),
                flag: true,
                ratio: 1.0,
                key: [1, 2, 3],
                pair: (7, 8),
                numbers: vec![1, 2],
                text: "hey".into(),
                line: "line".into(),
                zero: vec![5, 6],
                name: "ab".into(),
                list: vec![item(1), item(2)],
                items: vec![item(3)],
                tail_len: Auto::new(),
                item: item(4),
                tail: vec![item(5)],
                rest: bytes::Bytes::from_static(b"rest"),
                crc: 9,
            },
            b"FW\xfe\xca\x02\0\0\x01\0\0\x80\x3f\x01\x02\x03\x07\0\x08\x01\0\x02\0\x06\0\0heyline\r\n\x05\x06\0ab\0\0\
              \x02\0\x01\x01\x02\x02\x01\x02\x03\x03\x01\x02\x03\0\0\0\0\0\0\0\x04\x01\x02\x05\x01\x02rest\x09\0\0\0",
        );
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, tag = u8, len_prefixed(u32, inclusive))]
    enum Postgres {
        #[tag(b'Q')]
        Query {
            #[until(0)]
            sql: String,
        },
        #[tag(b'Z' | b'z')]
        Ready(u8),
        #[tag(0x10..=0x1f)]
        Range {
            #[tag]
            kind: u8,
            value: u16,
        },
        #[tag(_)]
        Other {
            #[tag]
            kind: u8,
            #[rest]
            body: Vec<u8>,
        },
    }

    #[test]
    fn postgres() {
        round(Postgres::Query { sql: "SELECT".into() }, b"Q\0\0\0\x0bSELECT\0");
        round(Postgres::Ready(b'I'), b"Z\0\0\0\x05I");
        round(Postgres::Range { kind: 0x12, value: 1 }, b"\x12\0\0\0\x06\0\x01");
        round(Postgres::Other { kind: b'x', body: vec![1] }, b"x\0\0\0\x05\x01");
        assert!(Postgres::Other { kind: b'Q', body: vec![] }.to_vec().is_err());
        assert!(Postgres::Range { kind: 0x22, value: 1 }.to_vec().is_err());
        // The length includes its own four bytes, so 3 is too small.
        assert!(Postgres::decode(b"Q\0\0\0\x03").is_err());
        // The length encloses more bytes than the fields need.
        assert!(Postgres::decode(b"Z\0\0\0\x06II").is_err());
        // Within a length, missing bytes are an error, even on a stream.
        assert!(matches!(Postgres::parse(b"Q\0\0\0\x07abcdef"), Err(nom::Err::Error(_))));
    }

    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[repr(u16)]
    #[frame(be, tag = u16)]
    enum Op {
        Read = 1,
        Write,
        #[tag(_)]
        Other(u16),
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, len_prefixed(u32), tag = u16)]
    enum Kafka<'a> {
        #[tag(1)]
        Fetch {
            #[len_prefixed(u16)]
            topic: &'a str,
        },
        #[tag(2)]
        Raw(#[rest] Cow<'a, [u8]>),
    }

    #[test]
    fn enums() {
        round(Op::Read, b"\0\x01");
        round(Op::Write, b"\0\x02");
        round(Op::Other(9), b"\0\x09");
        assert!(Op::Other(1).to_vec().is_err());
        let fetch = Kafka::Fetch { topic: "t" };
        let bytes = b"\0\0\0\x05\0\x01\0\x01t";
        assert_eq!(fetch.to_vec().unwrap(), bytes);
        assert_eq!(Kafka::decode(bytes).unwrap(), fetch);
        let raw = Kafka::Raw(Cow::Borrowed(b"raw"));
        assert_eq!(Kafka::decode(&raw.to_vec().unwrap()).unwrap(), raw);
        const { assert!(!Kafka::OPEN) };
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Packet {
        #[len_of(unit..)]
        length: Auto<u16>,
        #[tag_of(body)]
        kind: Auto<u8>,
        unit: u8,
        body: Body,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    enum Body {
        #[tag(1)]
        Ping,
        #[tag(2)]
        Data(#[rest] Vec<u8>),
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Whole {
        kind: u8,
        #[len_of(..)]
        length: Auto<u16>,
        #[rest]
        body: Vec<u8>,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Exprs {
        n: u8,
        m: u8,
        #[len(n)]
        a: Vec<u8>,
        #[count(m * 2)]
        b: Vec<u16>,
    }

    #[derive(Frame, Debug, PartialEq)]
    #[frame(until(b"\r\n\r\n"))]
    struct Text(#[rest] String);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, max = 8)]
    struct Small {
        #[len_prefixed(u16)]
        body: Vec<u8>,
    }

    #[derive(Frame, Debug, PartialEq)]
    struct Unit;

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Generic<T, const N: usize> {
        #[count_prefixed(u8)]
        list: Vec<T>,
        one: T,
        array: [T; N],
    }

    #[test]
    fn lengths() {
        // `length` covers the fields from `unit` on. `kind` is before `unit`.
        round(
            Packet { length: Auto::new(), kind: Auto::new(), unit: 9, body: Body::Data(vec![1, 2]) },
            b"\0\x03\x02\x09\x01\x02",
        );
        round(
            Packet { length: Auto::new(), kind: Auto::new(), unit: 9, body: Body::Ping },
            b"\0\x01\x01\x09",
        );
        round(Whole { kind: 1, length: Auto::new(), body: vec![1, 2] }, b"\x01\0\x05\x01\x02");
        round(Exprs { n: 1, m: 1, a: vec![9], b: vec![1, 2] }, b"\x01\x01\x09\0\x01\0\x02");
        assert!(Exprs { n: 1, m: 1, a: vec![], b: vec![1, 2] }.to_vec().is_err());
        round(Text("a\r\nb".into()), b"a\r\nb\r\n\r\n");
        assert!(Text("a\r\n\r\nb".into()).to_vec().is_err());
        assert!(Text("a\r\n".into()).to_vec().is_err());
        assert!(Text("a\r".into()).to_vec().is_ok());
        round(Small { body: vec![1; 6] }, b"\0\x06\x01\x01\x01\x01\x01\x01");
        assert!(Small { body: vec![1; 7] }.to_vec().is_err());
        assert!(matches!(Small::parse(b"\0\x07"), Err(nom::Err::Error(_))), "{:?}", Small::parse(b"\0\x07"));
        round(Unit, b"");
        round(Generic::<u16, 2> { list: vec![1], one: 2, array: [3, 4] }, b"\x01\0\x01\0\x02\0\x03\0\x04");
        round(
            Generic::<Item, 1> { list: vec![], one: Item { a: 1, b: 2 }, array: [Item { a: 3, b: 4 }] },
            b"\0\x01\0\x02\x03\0\x04",
        );
    }
}

mod among_combinators {
    //! Tests of `parse` together with combinators of nom.
    use framewright::{DecodeError, DecodeErrorKind, prelude::*};
    use nom::branch::alt;
    use nom::combinator::{all_consuming, complete, map};
    use nom::multi::{length_value, many0, many1};
    use nom::number::streaming::be_u16;
    use nom::sequence::{preceded, terminated};
    use nom::{IResult, Parser, bytes::streaming::tag};

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, magic = b"A")]
    struct A(u16);

    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, magic = b"B")]
    struct B<'a>(#[len_prefixed(u8)] &'a str);

    #[derive(Debug, PartialEq)]
    enum Either<'a> {
        A(A),
        B(B<'a>),
    }

    fn either(input: &[u8]) -> IResult<&[u8], Either<'_>, DecodeError> {
        alt((map(A::parse, Either::A), map(B::parse, Either::B))).parse(input)
    }

    #[test]
    fn alternatives_and_repetitions() {
        let (rest, all) = many0(complete(either)).parse(b"A\0\x01B\x02hiA\0\x02!").unwrap();
        assert_eq!(all, [Either::A(A(1)), Either::B(B("hi")), Either::A(A(2))]);
        assert_eq!(rest, b"!");
        assert!(matches!(many1(A::parse).parse(b"A\0\x01A\0"), Err(nom::Err::Incomplete(_))));
        assert!(either(b"C").is_err());
    }

    #[test]
    fn lengths_and_neighbours() {
        let mut framed = length_value(be_u16::<&[u8], DecodeError>, all_consuming(A::parse));
        assert_eq!(framed.parse(b"\0\x03A\0\x07rest").unwrap(), (&b"rest"[..], A(7)));
        let error = framed.parse(b"\0\x03B\0\x07").unwrap_err();
        let nom::Err::Error(error) = error else { panic!("{error:?}") };
        assert!(matches!(error.kind(), DecodeErrorKind::Magic { .. }), "{error:?}");
        assert_eq!(
            error.to_string(),
            "A.magic at byte 0: expected the constant 41 (\"A\"), found 42 (\"B\")"
        );
        let mut quoted = terminated(preceded(tag("<"), B::parse), tag(">"));
        assert_eq!(quoted.parse(b"<B\x01x>").unwrap(), (&b""[..], B("x")));
    }
}

#[test]
fn a_value_may_contain_units() {
    #[derive(Frame, Debug, PartialEq, Clone)]
    struct Units {
        before: ((), ()),
        between: (u8, (), bool),
        alone: (),
    }
    crate::by_json::laws([Units { before: ((), ()), between: (7, (), true), alone: () }]);
}

/// A packed struct may be a frame if all references to its fields are aligned.
#[test]
fn packed_structs_of_aligned_fields() {
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    #[repr(C, packed)]
    struct Addresses {
        to: [u8; 2],
        grid: [[i8; 2]; 1],
        live: bool,
    }
    #[derive(Frame, Debug, Clone, Copy, PartialEq)]
    #[frame(be)]
    #[repr(C, packed(4))]
    struct Wide {
        first: u8,
        numbers: [u32; 1],
    }
    crate::held::same(Addresses { to: [1, 2], grid: [[3, -1]], live: true }, &[1, 2, 3, 0xff, 1]);
    crate::held::same(Wide { first: 1, numbers: [2] }, &[1, 0, 0, 0, 2]);
}
