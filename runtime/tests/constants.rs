//! Wherever a number or a byte string is asked for, a constant works as well as a literal, and so does what is computed
//! from some.
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
    round(&InBits::default(), &[0b101_011_1_0, 0b1111_0010]);
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

/// Whoever reads the schema knows the value of a constant.
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

/// JSON makes what the constants say of what it is given.
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

/// Discriminants are counted on from what is computed.
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
