use super::Header;
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

const LEN: usize = 20;

pub(super) fn add(layout: &mut Layout<Header>) {
    layout.parse(Subject::ByHand, Operation::ParseOwned, parse, |(_, value)| value);
    layout.encode(Subject::ByHand, Header::clone, encode, new);
}

fn parse(input: &[u8]) -> Parsed<'_, Header> {
    let Some((&header, rest)) = input.split_first_chunk::<LEN>() else { return Err(incomplete(input, LEN)) };
    let [vw, de, t0, t1, i0, i1, f0, f1, time_to_live, protocol, c0, c1, s0, s1, s2, s3, d0, d1, d2, d3] =
        header;
    let fragment = u16::from_be_bytes([f0, f1]);
    let value = Header {
        version: vw >> 4,
        words: vw & 0x0f,
        dscp: de >> 2,
        ecn: de & 0x03,
        total_len: u16::from_be_bytes([t0, t1]),
        id: u16::from_be_bytes([i0, i1]),
        reserved: fragment & 0x8000 != 0,
        dont_fragment: fragment & 0x4000 != 0,
        more_fragments: fragment & 0x2000 != 0,
        fragment_offset: fragment & 0x1fff,
        time_to_live,
        protocol,
        checksum: u16::from_be_bytes([c0, c1]),
        source: u32::from_be_bytes([s0, s1, s2, s3]),
        destination: u32::from_be_bytes([d0, d1, d2, d3]),
    };
    Ok((rest, value))
}

fn encode(value: &Header, out: &mut Vec<u8>) -> Result<(), Error> {
    if value.version > 0x0f {
        return Err(invalid("version", 0, "too large for 4 bits"));
    }
    if value.words > 0x0f {
        return Err(invalid("words", 0, "too large for 4 bits"));
    }
    if value.dscp > 0x3f {
        return Err(invalid("dscp", 1, "too large for 6 bits"));
    }
    if value.ecn > 0x03 {
        return Err(invalid("ecn", 1, "too large for 2 bits"));
    }
    if value.fragment_offset > 0x1fff {
        return Err(invalid("fragment_offset", 6, "too large for 13 bits"));
    }
    let fragment = u16::from(value.reserved) << 15
        | u16::from(value.dont_fragment) << 14
        | u16::from(value.more_fragments) << 13
        | value.fragment_offset;
    let mut header = [0; LEN];
    header[0] = value.version << 4 | value.words;
    header[1] = value.dscp << 2 | value.ecn;
    header[2..4].copy_from_slice(&value.total_len.to_be_bytes());
    header[4..6].copy_from_slice(&value.id.to_be_bytes());
    header[6..8].copy_from_slice(&fragment.to_be_bytes());
    header[8] = value.time_to_live;
    header[9] = value.protocol;
    header[10..12].copy_from_slice(&value.checksum.to_be_bytes());
    header[12..16].copy_from_slice(&value.source.to_be_bytes());
    header[16..].copy_from_slice(&value.destination.to_be_bytes());
    out.extend_from_slice(&header);
    Ok(())
}

fn new(value: &Header) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(LEN);
    encode(value, &mut out)?;
    Ok(out)
}
