use zerocopy::byteorder::big_endian::U16;
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::Packed;
use crate::by_hand::{Error, Parsed, incomplete};
use crate::case::{Layout, Operation, Subject};
use crate::layouts::dns::Header;

#[derive(FromBytes, IntoBytes, Immutable, KnownLayout, Unaligned)]
#[repr(C)]
struct Raw {
    id: U16,
    flags: U16,
    questions: U16,
    answers: U16,
    authorities: U16,
    additional: U16,
}

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(Subject::Zerocopy, Operation::ParseOwned, parse, |(_, value)| value);
    layout.encode(Subject::Zerocopy, Header::clone, encode, |value| Ok(raw(value).as_bytes().to_vec()));
}

fn parse(input: &[u8]) -> Parsed<'_, Header> {
    let Ok((raw, rest)) = Raw::ref_from_prefix(input) else {
        return Err(incomplete(input, size_of::<Raw>()));
    };
    let packed = Packed {
        id: raw.id.get(),
        flags: raw.flags.get(),
        questions: raw.questions.get(),
        answers: raw.answers.get(),
        authorities: raw.authorities.get(),
        additional: raw.additional.get(),
    };
    Ok((rest, packed.into()))
}

fn raw(value: &Header) -> Raw {
    let packed = Packed::from(value);
    Raw {
        id: packed.id.into(),
        flags: packed.flags.into(),
        questions: packed.questions.into(),
        answers: packed.answers.into(),
        authorities: packed.authorities.into(),
        additional: packed.additional.into(),
    }
}

fn encode(value: &Header, out: &mut Vec<u8>) -> Result<(), Error> {
    out.extend_from_slice(raw(value).as_bytes());
    Ok(())
}
