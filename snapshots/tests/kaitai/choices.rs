//! Layouts that an earlier number selects, and user-defined conversions.

use framewright::prelude::*;

use super::{holds, sample};

#[derive(Frame, Debug, PartialEq, Clone)]
struct All<T>(#[rest] Vec<T>);

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, tag = u8)]
enum Integer {
    #[tag(1)]
    One(u8),
    #[tag(2)]
    Two(u16),
    #[tag(4)]
    Four(u32),
    #[tag(8)]
    Eight(u64),
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(tag = u8)]
enum Opcode {
    #[tag(b'S')]
    Text(#[until(0)] String),
    #[tag(b'I')]
    Number(u8),
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, tag = u8)]
enum MoreOpcodes {
    #[tag(b'S')]
    Text(#[until(0)] String),
    #[tag(b'X')]
    Number(u32),
    #[tag(b'Y')]
    Another(u32),
    #[tag(b'I')]
    Small(u8),
}

#[test]
fn a_byte_chooses() {
    let integers = [Integer::One(7), Integer::Two(0x4040), Integer::Four(4919), Integer::Eight(4919)];
    holds(sample!("switch_integers"), All(integers.to_vec()));
    let text = |text: &str| Opcode::Text(text.into());
    let opcodes = [text("foobar"), Opcode::Number(b'B'), Opcode::Number(b'7'), text("")];
    holds(sample!("switch_opcodes"), All(opcodes.to_vec()));
    let opcodes = [
        MoreOpcodes::Text("foo".into()),
        MoreOpcodes::Number(66),
        MoreOpcodes::Another(0xcafe),
        MoreOpcodes::Small(7),
    ];
    holds(sample!("switch_opcodes2"), All(opcodes.to_vec()));
}

/// A record with a type, a length and a value.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, tag = u8, len_prefixed(u32))]
enum Record {
    #[tag(0x11)]
    Person {
        #[until(0)]
        name: String,
        #[until(0)]
        nickname: String,
    },
    #[tag(0x22)]
    Texts(
        #[rest]
        #[each(fixed(4))]
        Vec<String>,
    ),
    #[tag(0x33)]
    Address([u8; 8]),
    #[tag(0xff)]
    End,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Records(#[until(|record| *record == Record::End)] Vec<Record>);

#[test]
fn type_length_value() {
    let records = vec![
        Record::Person { name: "Stuff".into(), nickname: "Me".into() },
        Record::Texts(["AAAA", "BBBB", "CCCC"].map(String::from).to_vec()),
        Record::Address([0x10, 0x20, 0x30, 0x40, 0x50, 0x60, 0x70, 0x80]),
        Record::End,
    ];
    holds(sample!("switch_tlv"), Records(records));
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Category {
    category: u8,
    #[tag(category)]
    content: Element,
}

#[derive(Frame, Debug, PartialEq, Clone)]
enum Element {
    #[tag(1)]
    One {
        foo: u8,
        #[when(foo == 0x42)]
        bar: Option<u8>,
    },
}

/// Parts of equal length. The length comes before the parts.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Codes {
    len: u8,
    #[rest]
    #[ctx(len)]
    parts: Vec<Code>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(tag = u8, ctx(len: u8))]
enum Code {
    #[tag(b'I')]
    Text(#[len(len)] String),
    #[tag(b'B')]
    Byte(u8),
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(tag = u8)]
enum Operation {
    #[tag(b'S')]
    Text(#[len_prefixed(u8)] String),
    #[tag(b'T')]
    Pair(u8, u8),
}

#[test]
fn the_parent_selects_the_variant() {
    let content = Element::One { foo: 0x42, bar: Some(0xff) };
    holds(sample!("nav_parent_switch"), Category { category: 1, content });
    let parts = vec![Code::Text("123".into()), Code::Byte(b'b')];
    holds(sample!("nav_parent_codes"), Codes { len: 3, parts });
    let text = |text: &str| Operation::Text(text.into());
    holds(sample!("if_struct"), All(vec![text("foo"), Operation::Pair(b'B', b'C'), text("bar")]));
}

/// A module for `#[with(..)]`: the bytes are masked with a repeated key, and an earlier field has the
/// key.
mod masked {
    use framewright::{DecodeError, EncodeError, Sink};

    fn under<const N: usize>(bytes: &[u8], key: [u8; N]) -> Vec<u8> {
        bytes.iter().zip(key.iter().cycle()).map(|(byte, key)| byte ^ key).collect()
    }

    pub(super) fn parse<const N: usize>(
        input: &[u8],
        key: [u8; N],
    ) -> nom::IResult<&[u8], Vec<u8>, DecodeError> {
        Ok((&[], under(input, key)))
    }

    pub(super) fn encode<S: Sink + ?Sized, const N: usize>(
        value: &[u8],
        out: &mut S,
        key: [u8; N],
    ) -> Result<(), EncodeError> {
        out.put(&under(value, key))
    }

    pub(super) fn encoded_len<const N: usize>(value: &[u8], _: [u8; N]) -> usize {
        value.len()
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Keyed<const N: usize> {
    key: [u8; N],
    #[rest]
    #[with(masked)]
    #[ctx(key)]
    text: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Under([u8; 4]);

#[derive(Debug, PartialEq, Clone)]
struct Clear([u8; 4]);

impl From<Under> for Clear {
    fn from(under: Under) -> Self {
        Self(under.0.map(|byte| byte ^ 0xaa))
    }
}

impl From<Clear> for Under {
    fn from(clear: Clear) -> Self {
        Self(clear.0.map(|byte| byte ^ 0xaa))
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(tag = u8)]
enum Coerced {
    #[tag(0)]
    Plain([u8; 4]),
    #[tag(1)]
    Masked(#[wire(Under)] Clear),
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Switched {
    kind: u8,
    content: Coerced,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Rotated {
    by_three: [u8; 5],
    back_by_three: [u8; 5],
    key: u8,
    by_key: [u8; 5],
}

#[test]
fn hand_written_code_reads_a_field() {
    let one = Keyed { key: [0xff], text: b"foo bar".to_vec() };
    assert_eq!(Keyed::<1>::decode(sample!("process_xor_1")).unwrap(), one);
    assert_eq!(one.to_vec().unwrap(), sample!("process_xor_1"));
    let four = Keyed { key: [0xec, 0xbb, 0xa3, 0x14], text: b"foo bar".to_vec() };
    assert_eq!(Keyed::<4>::decode(sample!("process_xor_4")).unwrap(), four);
    assert_eq!(four.to_vec().unwrap(), sample!("process_xor_4"));
    let coerced = [Coerced::Plain(*b"AAAA"), Coerced::Masked(Clear(*b"BBBB"))];
    holds(sample!("process_coerce_bytes"), All(coerced.to_vec()));
    holds(sample!("process_coerce_switch"), Switched { kind: 0, content: Coerced::Plain(*b"AAAA") });
    let rotated = Rotated::decode(sample!("process_rotate")).unwrap();
    assert_eq!(rotated.by_three.map(|byte| byte.rotate_left(3)), *b"Hello");
    assert_eq!(rotated.back_by_three.map(|byte| byte.rotate_right(3)), *b"World");
    assert_eq!(rotated.by_key.map(|byte| byte.rotate_left(rotated.key.into())), *b"There");
    holds(sample!("process_rotate"), rotated);
}
