//! Tests that `testing::laws` accepts correct codecs, and detects every kind of fault.
#![cfg(feature = "testing")]

use framewright::schema::{Body, Extent, Field, LengthRule, Order, Part, Prefix, Presence, Type};
use framewright::sink::Mark;
use framewright::testing::laws;
use framewright::{Decode, DecodeError, Encode, EncodeError, EncodeErrorKind, Layout, Schema, Sink, Source};

/// A hand-written codec that can be wrong in one way.
#[derive(Clone, Debug, PartialEq)]
struct Note<const FAULT: u8> {
    id: u16,
    text: Vec<u8>,
}

const NONE: u8 = 0;
const WRONG_LENGTH: u8 = 1;
const FORGETS_THE_ID: u8 = 2;
const ASKS_FOR_TOO_MUCH: u8 = 3;
const NEVER_ASKS: u8 = 4;
const NO_PATH: u8 = 5;
const PANICS_ON_FF: u8 = 6;
const CANNOT_SAY_WHAT_IT_READ: u8 = 7;
const TAKES_ALL: u8 = 8;
const FLIPS_A_BIT: u8 = 9;
const RECORDS_ANOTHER: u8 = 10;
const MIN_LEN_TOO_LARGE: u8 = 11;
const IGNORES_THE_HIGH_BYTE: u8 = 12;
const FLIPS_A_BIT_IN_PADDING: u8 = 13;
const OPEN_ASKS_FOR_TOO_MUCH: u8 = 14;

const U16: Type = Type::Int { bytes: 2, signed: false, order: Some(Order::Big) };
const U8: Type = Type::Int { bytes: 1, signed: false, order: None };
const PREFIX: Prefix = Prefix::new(U8, LengthRule::PLAIN);
const ID: Field = Field::new("id", U16);
static FIELDS: [Field; 2] = [ID, Field::new("text", Type::Bytes).extent(Extent::LenPrefixed(PREFIX))];
static LENIENT: [Field; 1] = [ID.lenient(true)];
static LED: [Field; 2] = [ID, FIELDS[1].presence(Presence::Lead(b"::"))];

impl<const FAULT: u8> Layout for Note<FAULT> {
    const SCHEMA: &'static Schema = &Schema::new("Note", Body::Struct(Self::FIELDS))
        .order(Some(Order::Big))
        .sizes(3, Some(258), Self::OPEN);
    const MIN_LEN: usize = if FAULT == MIN_LEN_TOO_LARGE { 4 } else { 3 };
    const MAX_LEN: Option<usize> = Some(258);
    const OPEN: bool = FAULT == OPEN_ASKS_FOR_TOO_MUCH;
}

impl<const FAULT: u8> Note<FAULT> {
    const FIELDS: &'static [Field] = match FAULT {
        FLIPS_A_BIT_IN_PADDING => &LENIENT,
        OPEN_ASKS_FOR_TOO_MUCH => &LED,
        _ => &FIELDS,
    };
}

impl<const FAULT: u8> Encode for Note<FAULT> {
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        let at = out.position();
        let found = self.text.len();
        let len = u8::try_from(found).map_err(|_| {
            EncodeError::new(EncodeErrorKind::TooLong { found, limit: Some(255), unit: "bytes" })
        })?;
        if FAULT == CANNOT_SAY_WHAT_IT_READ && self.id > 0xff {
            return Err(EncodeError::custom("ids are small").in_field("id"));
        }
        let id = if FAULT == RECORDS_ANOTHER && S::RECORDS { 0 } else { self.id };
        out.put(&id.to_be_bytes())?;
        out.put(&[len])?;
        out.put(&self.text)?;
        out.mark(Mark::Bytes { field: &FIELDS[0], part: Part::Value, range: at..at + 2 });
        out.mark(Mark::Bytes { field: &FIELDS[1], part: Part::Len, range: at + 2..at + 3 });
        out.mark(Mark::Bytes { field: &FIELDS[1], part: Part::Value, range: at + 3..out.position() });
        Ok(())
    }

    fn encoded_len(&self) -> usize {
        3 + self.text.len() + usize::from(FAULT == WRONG_LENGTH)
    }
}

impl<'a, const FAULT: u8> Decode<'a> for Note<FAULT> {
    fn parse_from(input: &'a [u8], src: &Source<'a>) -> nom::IResult<&'a [u8], Self, DecodeError> {
        let short = |needed| {
            let src = if FAULT == NEVER_ASKS { src.bounded() } else { *src };
            let too_much = matches!(FAULT, ASKS_FOR_TOO_MUCH | OPEN_ASKS_FOR_TOO_MUCH);
            let needed = needed + usize::from(too_much);
            src.short(needed, input.len()).map(|error: DecodeError| {
                if FAULT == NO_PATH { error.after(input.len() + 1) } else { error.in_field("text") }
            })
        };
        let Some(([high, low, len], rest)) = input.split_first_chunk() else { return Err(short(3)) };
        let len = usize::from(*len);
        let Some((text, rest)) = rest.split_at_checked(len) else { return Err(short(3 + len)) };
        assert!(FAULT != PANICS_ON_FF || *high != 0xff, "ff is not expected here");
        let id = match FAULT {
            FORGETS_THE_ID => 0,
            FLIPS_A_BIT | FLIPS_A_BIT_IN_PADDING if *high != 0 => u16::from_be_bytes([*high, *low]) ^ 1,
            IGNORES_THE_HIGH_BYTE => u16::from(*low),
            _ => u16::from_be_bytes([*high, *low]),
        };
        Ok((if FAULT == TAKES_ALL { &[] } else { rest }, Self { id, text: text.to_vec() }))
    }
}

fn check<const FAULT: u8>() {
    let notes = [(0x61, "hi"), (0x62, ""), (0x63, &*"long ".repeat(50))];
    laws::<Note<FAULT>>(notes.map(|(id, text)| Note { id, text: text.into() }));
}

/// Returns the message with which `testing::laws` reports a broken codec.
fn complaint<const FAULT: u8>() -> String {
    let panic = std::panic::catch_unwind(check::<FAULT>).expect_err("the fault was not noticed");
    panic.downcast_ref::<String>().expect("a message").clone()
}

#[test]
fn a_correct_codec_satisfies_all_laws() {
    check::<NONE>();
}

#[test]
fn each_broken_law_is_noticed_and_named() {
    let complaints = [
        (complaint::<WRONG_LENGTH>(), "encoded_len is the number of bytes written"),
        (complaint::<MIN_LEN_TOO_LARGE>(), "every encoding is within MIN_LEN and MAX_LEN"),
        (complaint::<FORGETS_THE_ID>(), "decode(encode(x)) is x"),
        (complaint::<ASKS_FOR_TOO_MUCH>(), "Incomplete asks for no more than is missing"),
        (complaint::<OPEN_ASKS_FOR_TOO_MUCH>(), "Incomplete asks for no more than is missing"),
        (complaint::<NEVER_ASKS>(), "truncated input is incomplete while streaming"),
        (complaint::<NO_PATH>(), "decoding truncated input returns an error with its position"),
        (complaint::<PANICS_ON_FF>(), "nothing panics"),
        (complaint::<CANNOT_SAY_WHAT_IT_READ>(), "what decodes also encodes"),
        (complaint::<TAKES_ALL>(), "bytes after the value are left for the next"),
        (complaint::<FLIPS_A_BIT>(), "what decodes encodes to the same bytes"),
        (complaint::<IGNORES_THE_HIGH_BYTE>(), "what decodes encodes to the same bytes"),
        (complaint::<FLIPS_A_BIT_IN_PADDING>(), "what decodes with ignored bytes encodes to the same value"),
        (complaint::<RECORDS_ANOTHER>(), "the dump shows the encoded bytes"),
    ];
    for (complaint, law) in complaints {
        assert!(complaint.starts_with(&format!("Note breaks a law: {law}\n")), "{law}: {complaint}");
        assert!(complaint.contains("\n  sample "), "the sample is shown: {complaint}");
        assert!(complaint.contains("\n0000  00 "), "the dump is shown: {complaint}");
    }
}

#[test]
fn the_position_of_the_damage_is_reported() {
    assert!(
        complaint::<PANICS_ON_FF>().contains("a panic: ff is not expected here, with byte 0 set to 0xff")
    );
}

#[test]
fn without_samples_some_are_made_from_the_schema() {
    laws::<Note<NONE>>([]);
}

#[test]
#[should_panic(expected = "breaks a law")]
fn samples_that_are_made_find_faults_too() {
    laws::<Note<FLIPS_A_BIT>>([]);
}
