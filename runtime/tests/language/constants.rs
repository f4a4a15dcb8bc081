//! Tests of constants: wherever a number or a byte string is required, a constant or a constant
//! expression works as well as a literal.
#![allow(clippy::as_conversions, clippy::eq_op, reason = "computed constants are what is tested")]
#![deny(warnings)]
#![allow(unused_parens, reason = "they are a part of what is tested")]

use framewright::prelude::*;

const PNG: &[u8; 4] = b"\x89PNG";
const GIF: [u8; 3] = *b"GIF";
const END: &[u8] = b"\r\n";
const NUL: u8 = 0;
const MARK: u16 = 0xCAFE;
const PAGE: usize = 4;
const SPACE: u8 = b' ';

#[derive(Clone, Copy)]
enum Kind {
    Read = 3,
    Write = 5,
}

fn round<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: &T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes);
    assert_eq!(value.encoded_len(), bytes.len());
    assert_eq!(&T::decode(bytes).unwrap(), value);
}

#[derive(Frame, Debug, Default, PartialEq)]
#[frame(le)]
struct Magics {
    #[magic(PNG)]
    borrowed: Auto,
    #[magic(GIF)]
    owned: Auto,
    #[magic(END)]
    slice: Auto,
    #[magic([0xff; 3])]
    repeated: Auto,
    #[magic(MARK)]
    number: Auto,
    #[magic(MARK)]
    typed: Auto<u16>,
    #[magic(1 + 2)]
    computed: Auto<u16>,
    #[magic((MARK))]
    in_parentheses: Auto<u16>,
    #[magic(true)]
    truth: Auto<bool>,
    #[magic(Kind::Write as u16)]
    cast: Auto<u16>,
    #[magic(Kind::Read as u8)]
    cast_alone: Auto,
    #[magic(-2)]
    negative: Auto<i16>,
    #[magic(MARK as u32 * 2)]
    #[wire(u24)]
    odd: Auto<u32>,
    #[magic(-3)]
    #[wire(i24)]
    odd_negative: Auto<i32>,
    #[magic(1.5)]
    float: Auto<f32>,
    #[magic(*PNG)]
    array: Auto<[u8; 4]>,
}

const MAGICS: &[u8] = b"\x89PNGGIF\r\n\xff\xff\xff\xfe\xca\xfe\xca\x03\0\xfe\xca\x01\x05\0\x03\xfe\xff\xfc\x95\x01\xfd\xff\xff\0\0\xc0\x3f\x89PNG";

#[derive(Frame, Debug, Default, PartialEq)]
struct InBits {
    #[bits(3)]
    #[magic(Kind::Write as u8)]
    typed: Auto<u8>,
    #[bits(3)]
    #[magic(Kind::Read as u8)]
    untyped: Auto,
    #[bits(1)]
    #[magic(true)]
    truth: Auto,
    #[bits(1)]
    #[magic(1 - 1)]
    computed: Auto,
    #[bits(4)]
    #[magic(-1)]
    negative: Auto<i8>,
    #[bits(4)]
    #[magic(NUL + 2)]
    sum: Auto,
}

#[test]
fn constants_in_front() {
    round(&Magics::default(), MAGICS);
    round(&InBits::default(), &[0b1010_1110, 0b1111_0010]);
    for at in 0..MAGICS.len() {
        let mut bytes = MAGICS.to_vec();
        bytes[at] ^= 0x10;
        assert!(Magics::decode(&bytes).is_err(), "byte {at}");
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, magic = PNG, len_prefixed(u8, max = PAGE * 2))]
struct OfBytes {
    body: u8,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(le, magic = MARK, until(END))]
struct OfNumber {
    #[rest]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(magic = [0xff; 2], until(NUL), max = PAGE)]
struct OfArray(#[rest] String);

#[test]
fn words_of_the_type() {
    round(&OfBytes { body: 7 }, b"\x89PNG\x01\x07");
    round(&OfNumber { body: vec![1] }, b"\xfe\xca\x01\r\n");
    assert!(OfNumber { body: b"\r\n".to_vec() }.to_vec().is_err());
    round(&OfArray("a".into()), b"\xff\xffa\0");
    assert!(OfArray("ab".into()).to_vec().is_err());
}

const ABSENT: i16 = -1;
const ONE: u8 = 1;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Extents {
    #[until(END)]
    line: String,
    #[until(NUL)]
    name: String,
    #[until(GIF)]
    image: Vec<u8>,
    #[until(b"+" as &[u8])]
    cast: Vec<u8>,
    #[until(MARK)]
    items: Vec<u16>,
    #[fixed(PAGE)]
    page: String,
    #[fixed(PAGE - 1, fill = SPACE)]
    code: String,
    #[len_prefixed(u8, scale = PAGE, bias = 1, max = PAGE * PAGE)]
    scaled: Vec<u8>,
    #[len_prefixed(i16, none = ABSENT)]
    maybe: Option<Vec<u8>>,
    #[presence_of(more, some = ONE + 1, none = NUL)]
    flag: Auto<u8>,
    more: Option<u8>,
    #[wire(dec)]
    #[until(END)]
    digits: u16,
    #[wire(dec)]
    #[until(NUL)]
    #[len_of(last)]
    len: Auto<u16>,
    last: Vec<u8>,
    #[pad(PAGE - 3, fill = SPACE, strict)]
    pad: Auto,
    #[align(PAGE, fill = SPACE)]
    fill: Auto,
    #[wire(varint(max = PAGE))]
    number: u32,
}

fn extents() -> Extents {
    Extents {
        line: "a".into(),
        name: "b".into(),
        image: vec![1],
        cast: vec![2],
        items: vec![7],
        page: "pg".into(),
        code: "c".into(),
        scaled: vec![0; 4],
        maybe: None,
        flag: Auto::new(),
        more: Some(9),
        digits: 42,
        len: Auto::new(),
        last: vec![5],
        pad: Auto::new(),
        fill: Auto::new(),
        number: 3,
    }
}

const EXTENTS: &[u8] =
    b"a\r\nb\0\x01GIF\x02+\0\x07\xca\xfepg\0\0c  \x02\0\0\0\0\xff\xff\x02\x0942\r\n1\0\x05  \x03";

#[test]
fn words_of_fields() {
    round(&extents(), EXTENTS);
    assert!(Extents { scaled: vec![0; 20], ..extents() }.to_vec().is_err());
    assert!(Extents { line: "\r\n".into(), ..extents() }.to_vec().is_err());
    round(
        &Extents { maybe: Some(vec![]), more: None, fill: Auto::new(), ..extents() },
        b"a\r\nb\0\x01GIF\x02+\0\x07\xca\xfepg\0\0c  \x02\0\0\0\0\0\0\x0042\r\n1\0\x05   \x03",
    );
}

/// Checks that the schema has the values of constants.
#[test]
fn schemas_know_the_values() {
    use framewright::schema::{Body, Extent, Role};

    let Body::Struct(fields) = Magics::SCHEMA.body else { panic!() };
    let magics: Vec<u8> = fields
        .iter()
        .flat_map(|field| match field.role {
            Role::Magic(bytes) => bytes.to_vec(),
            _ => panic!("{}", field.name),
        })
        .collect();
    assert_eq!(magics, MAGICS);
    assert_eq!(OfNumber::SCHEMA.until, b"\r\n");
    assert_eq!(OfArray::SCHEMA.max, Some(4));
    let Body::Struct(fields) = Extents::SCHEMA.body else { panic!() };
    assert!(matches!(fields[0].extent, Extent::Until(b"\r\n")));
    assert!(matches!(fields[1].extent, Extent::Until(b"\0")));
    assert!(matches!(fields[6].extent, Extent::Fixed(3, b' ')));
    let dump = OfNumber { body: vec![1] }.dump().to_string();
    assert!(dump.contains("u16 le"), "{dump}");
}

/// Checks that reading JSON uses the values of constants.
#[cfg(feature = "json")]
#[test]
fn json_knows_the_values() {
    fn both_ways<T: OwnedFrame>(value: &T) {
        let json = framewright::json::to_json(value).unwrap();
        assert_eq!(framewright::json::from_json::<T>(&json).unwrap(), value.to_vec().unwrap(), "{json}");
    }
    both_ways(&Magics::default());
    both_ways(&InBits::default());
    both_ways(&OfBytes { body: 7 });
    both_ways(&OfNumber { body: vec![1] });
    both_ways(&OfArray("a".into()));
    both_ways(&Counted::High);
}

/// An enum whose first discriminant is an expression. The next one continues from it.
#[derive(Frame, Debug, PartialEq, Clone, Copy)]
#[frame(tag = u8)]
enum Counted {
    Low = 1 << 3,
    High,
}

#[test]
fn discriminants() {
    round(&Counted::Low, &[8]);
    round(&Counted::High, &[9]);
}

const READ: u16 = 3;
const WRITE: u8 = 0x10;
const LOW: i32 = -7;
const HIGH: i64 = -2;
const ON: bool = true;

struct Codes;

impl Codes {
    const RESET: u32 = 0x20;
}

/// The type of the tag field differs from the type of the constants in the tags of `Numbers`.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Chosen {
    kind: i16,
    #[tag(kind)]
    body: Numbers,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
enum Numbers {
    #[tag(READ | WRITE)]
    Read(u8),
    #[tag((4))]
    Other,
    #[tag(LOW..=HIGH)]
    Range {
        #[tag]
        kind: i16,
        value: u8,
    },
    #[tag(ON)]
    On,
    #[tag(Codes::RESET | Self::TWICE)]
    Reset,
    #[tag(const { READ + 100 })]
    Computed,
    #[tag(1000..)]
    Above {
        #[tag]
        kind: i16,
    },
}

impl Numbers {
    const TWICE: u32 = 0x40;
}

/// A tag field that the encoder computes from the variant.
#[derive(Frame, Debug, PartialEq)]
#[frame(le)]
struct Said {
    #[tag_of(body)]
    kind: Auto<i16>,
    body: Numbers,
}

/// Checks that schemas show the values of tags, because the name of a constant does not show the
/// bytes on the wire.
#[test]
fn tags_are_shown_as_their_values() {
    let text = Numbers::SCHEMA.to_string();
    for line in [
        "3 | 16 (READ | WRITE) => Read",
        "\n  (4) => Other",
        "-7..=-2 (LOW..=HIGH) => Range",
        "32 | 64 (Codes::RESET | Numbers::TWICE) => Reset",
        "103 (const { READ + 100 }) => Computed",
    ] {
        assert!(text.contains(line), "{line} in {text}");
    }
    assert!(!text.contains("  READ"), "{text}");
}

#[test]
fn tags_that_are_numbers() {
    let chosen = |kind, body| Chosen { kind, body };
    round(&chosen(3, Numbers::Read(9)), &[0, 3, 9]);
    round(&chosen(16, Numbers::Read(9)), &[0, 16, 9]);
    round(&chosen(4, Numbers::Other), &[0, 4]);
    round(&chosen(-7, Numbers::Range { kind: -7, value: 1 }), &[0xff, 0xf9, 1]);
    round(&chosen(-2, Numbers::Range { kind: -2, value: 1 }), &[0xff, 0xfe, 1]);
    round(&chosen(1, Numbers::On), &[0, 1]);
    round(&chosen(0x20, Numbers::Reset), &[0, 0x20]);
    round(&chosen(0x40, Numbers::Reset), &[0, 0x40]);
    round(&chosen(103, Numbers::Computed), &[0, 103]);
    round(&chosen(1000, Numbers::Above { kind: 1000 }), &[3, 0xe8]);
    for kind in [-8, -1, 0, 2, 17, 999] {
        Chosen::decode(&i16::to_be_bytes(kind)).unwrap_err();
        chosen(kind, Numbers::Other).to_vec().unwrap_err();
    }
    assert_eq!(
        chosen(4, Numbers::Read(9)).to_vec().unwrap_err().to_string(),
        "Chosen.body: expected the tag 4 according to earlier fields, found READ | WRITE"
    );

    let said = |body| Said { kind: Auto::new(), body };
    round(&said(Numbers::Read(9)), &[3, 0, 9]);
    round(&said(Numbers::On), &[1, 0]);
    round(&said(Numbers::Reset), &[0x20, 0]);
    round(&said(Numbers::Computed), &[103, 0]);
    round(&said(Numbers::Range { kind: -2, value: 1 }), &[0xfe, 0xff, 1]);
    said(Numbers::Range { kind: -1, value: 1 }).to_vec().unwrap_err();
}

const GET: [u8; 2] = *b"GE";
const SET: &[u8; 2] = b"SE";
const DEL: &[u8] = b"DE";

#[derive(Frame, Debug, PartialEq)]
#[frame(tag = [u8; 2])]
enum Command {
    #[tag(GET)]
    Get(u8),
    #[tag(SET | DEL)]
    Set {
        #[tag]
        which: [u8; 2],
    },
    #[tag(b"NO" | const { *b"NN" })]
    No,
}

/// An enum with byte strings as its tags. If one tag is a byte string, all must be.
#[derive(Frame, Debug, PartialEq)]
enum Word {
    #[tag(GET)]
    Get(u8),
    #[tag(DEL | SET)]
    Set,
    #[tag(b"NO")]
    No,
}

#[derive(Frame, Debug, PartialEq)]
struct ChosenByBytes {
    kind: [u8; 2],
    #[tag(kind)]
    body: Word,
}

#[derive(Frame, Debug, PartialEq)]
struct SaidInBytes {
    #[tag_of(body)]
    kind: Auto<[u8; 2]>,
    body: Word,
}

#[test]
fn tags_that_are_bytes() {
    round(&Command::Get(7), b"GE\x07");
    round(&Command::Set { which: *b"SE" }, b"SE");
    round(&Command::Set { which: *b"DE" }, b"DE");
    Command::Set { which: *b"GE" }.to_vec().unwrap_err();
    round(&Command::No, b"NO");
    assert_eq!(Command::decode(b"NN").unwrap(), Command::No);
    round(&ChosenByBytes { kind: GET, body: Word::Get(7) }, b"GE\x07");
    round(&ChosenByBytes { kind: *SET, body: Word::Set }, b"SE");
    ChosenByBytes { kind: *SET, body: Word::No }.to_vec().unwrap_err();
    round(&SaidInBytes { kind: Auto::new(), body: Word::Get(7) }, b"GE\x07");
    round(&SaidInBytes { kind: Auto::new(), body: Word::Set }, b"DE");
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct ChosenBySeveral {
    class: u16,
    name: [u8; 2],
    #[tag((class, name))]
    body: Several,
}

#[derive(Frame, Debug, PartialEq)]
enum Several {
    #[tag((READ, GET))]
    Get(u8),
    #[tag((READ | WRITE, SET) | (_, DEL))]
    Set,
    #[tag((LOW..=HIGH, _))]
    Never,
    #[tag((_, b"NO"))]
    No,
}

#[test]
fn tags_of_several_constants() {
    let several = |class, name: &[u8; 2], body| ChosenBySeveral { class, name: *name, body };
    round(&several(3, b"GE", Several::Get(7)), b"\0\x03GE\x07");
    round(&several(3, b"SE", Several::Set), b"\0\x03SE");
    round(&several(16, b"SE", Several::Set), b"\0\x10SE");
    round(&several(99, b"DE", Several::Set), b"\0\x63DE");
    round(&several(99, b"NO", Several::No), b"\0\x63NO");
    several(99, b"SE", Several::Set).to_vec().unwrap_err();
    several(9, b"NO", Several::Never).to_vec().unwrap_err();
}

/// Checks constants inside a function, and a declaration in the expansion of a macro.
#[test]
fn constants_nearby() {
    const NEAR: u16 = 8;

    macro_rules! declare {
        ($outer:ident, $inner:ident, $tag:path) => {
            #[derive(Frame, Debug, PartialEq)]
            struct $outer {
                kind: u8,
                #[tag(kind)]
                body: $inner,
            }

            #[derive(Frame, Debug, PartialEq)]
            enum $inner {
                #[tag($tag)]
                Given,
                #[tag(READ)]
                Read,
            }
        };
    }
    declare!(Outer, Inner, NEAR);
    round(&Outer { kind: 8, body: Inner::Given }, &[8]);
    round(&Outer { kind: 3, body: Inner::Read }, &[3]);
}

#[test]
fn schemas_know_the_tags() {
    use framewright::schema::{Body, Schema, Tags};

    fn tags(schema: &Schema) -> Vec<&'static [Tags]> {
        let Body::Enum(variants) = schema.body else { panic!("{}", schema.name) };
        variants.iter().map(|variant| variant.tags).collect()
    }
    assert_eq!(
        tags(<Numbers as framewright::Layout>::SCHEMA),
        [
            &[Tags::Range(3, 3), Tags::Range(16, 16)][..],
            &[Tags::Range(4, 4)],
            &[Tags::Range(-7, -2)],
            &[Tags::Range(1, 1)],
            &[Tags::Range(32, 32), Tags::Range(64, 64)],
            &[Tags::Range(103, 103)],
            &[Tags::Range(1000, i128::MAX)],
        ]
    );
    assert_eq!(
        tags(Command::SCHEMA),
        [
            &[Tags::Bytes(b"GE")][..],
            &[Tags::Bytes(b"SE"), Tags::Bytes(b"DE")],
            &[Tags::Bytes(b"NO"), Tags::Bytes(b"NN")],
        ]
    );
    let dump = Chosen { kind: 3, body: Numbers::Read(9) }.dump().to_string();
    assert!(dump.contains("body.0"), "{dump}");
}

#[cfg(feature = "json")]
#[test]
fn json_knows_the_tags() {
    fn both_ways<T: OwnedFrame>(value: &T) {
        let json = framewright::json::to_json(value).unwrap();
        assert_eq!(framewright::json::from_json::<T>(&json).unwrap(), value.to_vec().unwrap(), "{json}");
    }
    both_ways(&Chosen { kind: 16, body: Numbers::Read(9) });
    both_ways(&Chosen { kind: -7, body: Numbers::Range { kind: -7, value: 1 } });
    both_ways(&Said { kind: Auto::new(), body: Numbers::Computed });
    both_ways(&Command::Set { which: *SET });
    both_ways(&ChosenByBytes { kind: GET, body: Word::Get(7) });
    both_ways(&SaidInBytes { kind: Auto::new(), body: Word::Set });
    both_ways(&ChosenBySeveral { class: 16, name: *SET, body: Several::Set });
}
