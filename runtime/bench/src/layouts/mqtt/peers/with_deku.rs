use std::error::Error;
use std::io::{Read, Seek, Write};

use deku::prelude::*;
use framewright::Auto;

use super::{Owned, payload_len, read_remaining, remaining, write_remaining};
use crate::case::{Layout, Operation, Subject};
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite)]
#[deku(endian = "big")]
struct Publish {
    #[deku(bits = 4, assert_eq = "3")]
    kind: u8,
    #[deku(bits = 1)]
    duplicate: bool,
    #[deku(bits = 2)]
    qos: u8,
    #[deku(bits = 1)]
    retain: bool,
    #[deku(reader = "read(deku::reader)", writer = "write(deku::writer, *remaining)")]
    remaining: u32,
    topic_len: u16,
    #[deku(count = "topic_len")]
    topic: Vec<u8>,
    #[deku(cond = "*qos > 0")]
    id: Option<u16>,
    #[deku(count = "payload_len(*remaining, topic.len(), id.is_some())")]
    payload: Vec<u8>,
}

fn read<R: Read + Seek>(reader: &mut Reader<R>) -> Result<u32, DekuError> {
    let number = read_remaining(|| u8::from_reader_with_ctx(reader, ()))?;
    number.ok_or_else(|| DekuError::Parse("no remaining length".into()))
}

fn write<W: Write + Seek>(writer: &mut Writer<W>, remaining: u32) -> Result<(), DekuError> {
    write_remaining(remaining, |byte| byte.to_writer(writer, ()))
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Deku, Operation::ParseOwned, parse, |value| value);
    let publish = |value: &Owned| Publish {
        kind: 3,
        duplicate: value.duplicate,
        qos: value.qos,
        retain: value.retain,
        remaining: remaining(value),
        topic_len: u16::try_from(value.topic.len()).expect("a short topic"),
        topic: value.topic.clone().into_bytes(),
        id: value.id,
        payload: value.payload.clone(),
    };
    layout.encode(Subject::Deku, publish, deku_into, Publish::to_bytes);
}

fn parse(bytes: &[u8]) -> Result<Owned, Box<dyn Error>> {
    let (_, publish) = Publish::from_bytes((bytes, 0))?;
    Ok(Owned {
        kind: Auto::new(),
        duplicate: publish.duplicate,
        qos: publish.qos,
        retain: publish.retain,
        remaining: Auto::new(),
        topic: String::from_utf8(publish.topic)?,
        id: publish.id,
        payload: publish.payload,
    })
}
