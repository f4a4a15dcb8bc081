//! Tests of constants of the type itself, as in `#[fixed(Self::LEN)]`, and of its own name in the
//! types of its fields.
#![deny(warnings)]

use framewright::prelude::*;

use crate::by_json::laws;
use crate::held::same;

#[derive(Frame, Debug, Clone, PartialEq, Default)]
#[frame(be, max = Self::MOST, magic = Self::MAGIC)]
struct Packet {
    #[fixed(Self::LEN)]
    fixed: String,
    #[until(Self::END)]
    line: Vec<u8>,
    #[bits(Self::WIDTH)]
    part: u8,
    #[bits(8 - Self::WIDTH)]
    rest: u8,
    #[align(Self::LEN)]
    aligned: Auto,
    #[lead(Self::LEAD)]
    led: Option<u8>,
    #[count_prefixed(u8, max = Self::LEN)]
    #[each(fixed(Self::LEN))]
    names: Vec<String>,
    #[count_prefixed(u8)]
    #[each(len_prefixed(u8))]
    nested: Vec<Self>,
    #[fixed(4, fill = Self::FILL)]
    filled: String,
    #[magic(Self::MAGIC)]
    magic: Auto,
    #[none(Self::NONE)]
    number: Option<u8>,
    #[wire(varint(max = Self::LEN))]
    varint: u32,
    #[wire(bcd(Self::LEN))]
    decimal: u16,
    #[until(Self::FILL)]
    bytes: Vec<u8>,
    #[wire(dec)]
    #[fixed(Self::LEN)]
    digits: u8,
    #[len_prefixed(u8, scale = Self::LEN, bias = 1)]
    scaled: Vec<u8>,
    #[len_prefixed(u8)]
    #[separated(Self::SEPARATOR)]
    words: Vec<String>,
    array: [u8; Self::LEN],
    #[fixed(5, until = Self::END)]
    stopped: String,
    #[pad(Self::LEN)]
    pad: Auto,
}

impl Packet {
    const LEN: usize = 2;
    const MOST: usize = 4000;
    const MAGIC: &'static [u8] = b"P!";
    const END: &'static [u8] = b"\r\n";
    const WIDTH: u32 = 3;
    const LEAD: &'static [u8] = b":";
    const FILL: u8 = b'~';
    const NONE: u8 = 99;
    const SEPARATOR: &'static [u8] = b",";
}

#[test]
fn in_every_word() {
    let packet = Packet {
        fixed: "ab".into(),
        line: vec![1],
        part: 2,
        rest: 3,
        led: Some(4),
        names: vec!["xy".into()],
        filled: "i".into(),
        varint: 300,
        decimal: 42,
        bytes: vec![5],
        digits: 42,
        scaled: vec![1, 2],
        words: vec!["q".into(), "r".into()],
        array: [1, 2],
        stopped: "s".into(),
        ..Packet::default()
    };
    let bytes = b"P!ab\x01\r\n\x43:\x04\x01xy\0i~~~P!\x63\xac\x02\0\x42\x05~42\x02\x01\x02\x03q,r\x01\x02s\r\n\0\0\0\0";
    same(packet.clone(), bytes);
    laws([Packet { nested: vec![packet.clone(), Packet::default()], ..packet }]);
    assert_eq!(Packet::MAX_LEN, Some(Packet::MOST));
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = [u8; 2])]
enum Verb {
    #[tag(Self::GET)]
    Get,
    #[tag(Self::PUT | b"up")]
    Put,
}

impl Verb {
    const GET: &'static [u8] = b"ge";
    const PUT: [u8; 2] = *b"pu";
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Borrowed<'a> {
    #[tag(Self::TEXT)]
    Text(#[len_prefixed(u8)] &'a str),
    #[tag(Self::LOW..=7)]
    Range {
        #[tag]
        tag: u8,
        #[fixed(Self::LEN)]
        text: &'a str,
        #[count_prefixed(u8)]
        more: Vec<Self>,
    },
}

impl Borrowed<'_> {
    const TEXT: u8 = 1;
    const LOW: u8 = 5;
    const LEN: usize = 3;
}

#[test]
fn in_tags() {
    same(Verb::Get, b"ge");
    same(Verb::Put, b"pu");
    assert_eq!(Verb::decode(b"up"), Ok(Verb::Put));

    let value = Borrowed::Range { tag: 6, text: "abc", more: vec![Borrowed::Text("q")] };
    let bytes = b"\x06abc\x01\x01\x01q";
    assert_eq!(value.to_vec().unwrap(), bytes);
    assert_eq!(Borrowed::decode(bytes), Ok(value));
}

/// In a generic type `Self` stands for one of many types, so its constants are expressions.
#[derive(Frame, Debug, Clone, PartialEq)]
struct Generic<T, const N: usize> {
    #[len_prefixed(u8)]
    nested: Vec<Self>,
    value: T,
    #[when(Self::ON)]
    there: Option<u8>,
    #[pad(N)]
    pad: Auto,
    #[pad(Self::TWICE, fill = 7, strict)]
    filled: Auto,
    #[pad(N + 1)]
    last: Auto,
}

impl<T, const N: usize> Generic<T, N> {
    const ON: bool = N > 0;
    const TWICE: usize = N * 2;
}

#[test]
fn in_generic_types() {
    let generic = |nested, there| Generic::<Verb, 1> {
        nested,
        value: Verb::Get,
        there,
        pad: Auto::new(),
        filled: Auto::new(),
        last: Auto::new(),
    };
    let bytes = b"ge\x05\0\x07\x07\0\0";
    let inside = [b"\0", &bytes[..]].concat();
    same(generic(vec![], Some(5)), &inside);
    same(generic(vec![generic(vec![], Some(5))], Some(5)), &[b"\x09", &inside[..], bytes].concat());
    laws([generic(vec![], Some(9))]);

    let error = Generic::<Verb, 1>::decode(b"\0ge\x05\0\x07\x06\0\0").unwrap_err();
    assert_eq!((error.path(), error.offset()), ("Generic.filled".into(), 6));
    let none = Generic::<Verb, 0>::decode(b"\0ge\0").unwrap();
    assert_eq!(none.to_vec().unwrap(), b"\0ge\0");
}

trait HasLen {
    const LEN: usize;
}

impl HasLen for Bounded {
    const LEN: usize = 2;
}

/// The hidden struct of the items has the same where clause, and is another type.
#[derive(Frame, Debug, PartialEq)]
struct Bounded
where
    Self: HasLen,
{
    #[count_prefixed(u8)]
    #[each(fixed(<Self as HasLen>::LEN))]
    names: Vec<String>,
}

#[derive(Frame, Debug, PartialEq)]
#[allow(non_camel_case_types, reason = "the name of the type is a keyword")]
struct r#try {
    #[fixed(Self::LEN)]
    text: String,
}

impl r#try {
    const LEN: usize = 2;
}

#[derive(Frame, Debug, PartialEq)]
struct Inner {
    #[len({ struct Other; impl Other { const LEN: u8 = 2; fn len() -> u8 { Self::LEN } } Other::len() })]
    of_another: Vec<u8>,
    #[len(Self::LEN)]
    own: Vec<u8>,
}

impl Inner {
    const LEN: u8 = 1;
}

#[test]
fn in_odd_places() {
    same(Bounded { names: vec!["ab".into()] }, b"\x01ab");
    same(r#try { text: "ab".into() }, b"ab");
    same(Inner { of_another: vec![1, 2], own: vec![3] }, &[1, 2, 3]);
}
