use std::error::Error;

use binrw::{BinRead, BinResult, BinWrite, binrw};
use framewright::Auto;

use super::{Owned, payload_len, read_remaining, remaining, write_remaining};
use crate::case::{Layout, Operation, Subject};
use crate::peers::{binrw_into, binrw_new, binrw_read};

#[binrw]
#[brw(big)]
struct Publish {
    #[br(assert(first >> 4 == 3))]
    first: u8,
    #[br(parse_with = read)]
    #[bw(write_with = write)]
    remaining: u32,
    #[br(temp)]
    #[bw(try_calc(u16::try_from(topic.len())))]
    topic_len: u16,
    #[br(count = topic_len)]
    topic: Vec<u8>,
    #[br(if(first >> 1 & 0x03 > 0))]
    id: Option<u16>,
    #[br(count = payload_len(remaining, topic.len(), id.is_some()))]
    payload: Vec<u8>,
}

#[binrw::parser(reader, endian)]
fn read() -> BinResult<u32> {
    let position = reader.stream_position()?;
    let number = read_remaining(|| u8::read_options(reader, endian, ()))?;
    number
        .ok_or_else(|| binrw::Error::AssertFail { pos: position, message: "no remaining length".to_owned() })
}

#[binrw::writer(writer, endian)]
fn write(remaining: &u32) -> BinResult<()> {
    write_remaining(*remaining, |byte| byte.write_options(writer, endian, ()))
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Binrw, Operation::ParseOwned, parse, |value| value);
    let publish = |value: &Owned| Publish {
        first: 3 << 4 | u8::from(value.duplicate) << 3 | value.qos << 1 | u8::from(value.retain),
        remaining: remaining(value),
        topic: value.topic.clone().into_bytes(),
        id: value.id,
        payload: value.payload.clone(),
    };
    layout.encode(Subject::Binrw, publish, binrw_into, binrw_new);
}

fn parse(bytes: &[u8]) -> Result<Owned, Box<dyn Error>> {
    let publish = binrw_read::<Publish>(bytes)?;
    Ok(Owned {
        kind: Auto::new(),
        duplicate: publish.first & 0x08 != 0,
        qos: publish.first >> 1 & 0x03,
        retain: publish.first & 0x01 != 0,
        remaining: Auto::new(),
        topic: String::from_utf8(publish.topic)?,
        id: publish.id,
        payload: publish.payload,
    })
}
