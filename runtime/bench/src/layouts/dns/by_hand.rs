use super::Header;
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

const LEN: usize = 12;

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(Subject::ByHand, Operation::ParseOwned, parse, |(_, value)| value);
    layout.encode(Subject::ByHand, Header::clone, encode, new);
}

fn parse(input: &[u8]) -> Parsed<'_, Header> {
    let Some((&header, rest)) = input.split_first_chunk::<LEN>() else { return Err(incomplete(input, LEN)) };
    let [i0, i1, high, low, q0, q1, a0, a1, u0, u1, d0, d1] = header;
    let value = Header {
        id: u16::from_be_bytes([i0, i1]),
        is_response: high & 0x80 != 0,
        opcode: high >> 3 & 0x0f,
        authoritative: high & 0x04 != 0,
        truncated: high & 0x02 != 0,
        recursion_desired: high & 0x01 != 0,
        recursion_available: low & 0x80 != 0,
        reserved: low >> 4 & 0x07,
        response_code: low & 0x0f,
        questions: u16::from_be_bytes([q0, q1]),
        answers: u16::from_be_bytes([a0, a1]),
        authorities: u16::from_be_bytes([u0, u1]),
        additional: u16::from_be_bytes([d0, d1]),
    };
    Ok((rest, value))
}

fn encode(value: &Header, out: &mut Vec<u8>) -> Result<(), Error> {
    if value.opcode > 0x0f {
        return Err(invalid("opcode", 2, "too large for 4 bits"));
    }
    if value.reserved > 0x07 {
        return Err(invalid("reserved", 3, "too large for 3 bits"));
    }
    if value.response_code > 0x0f {
        return Err(invalid("response_code", 3, "too large for 4 bits"));
    }
    let mut header = [0; LEN];
    header[..2].copy_from_slice(&value.id.to_be_bytes());
    header[2] = u8::from(value.is_response) << 7
        | value.opcode << 3
        | u8::from(value.authoritative) << 2
        | u8::from(value.truncated) << 1
        | u8::from(value.recursion_desired);
    header[3] = u8::from(value.recursion_available) << 7 | value.reserved << 4 | value.response_code;
    header[4..6].copy_from_slice(&value.questions.to_be_bytes());
    header[6..8].copy_from_slice(&value.answers.to_be_bytes());
    header[8..10].copy_from_slice(&value.authorities.to_be_bytes());
    header[10..].copy_from_slice(&value.additional.to_be_bytes());
    out.extend_from_slice(&header);
    Ok(())
}

fn new(value: &Header) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(LEN);
    encode(value, &mut out)?;
    Ok(out)
}
