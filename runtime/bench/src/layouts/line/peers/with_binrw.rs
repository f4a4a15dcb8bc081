use std::error::Error;

use binrw::helpers::until_exclusive;
use binrw::{BinRead, BinWrite};

use super::{Owned, text};
use crate::case::{Layout, Operation, Subject};
use crate::peers::{binrw_into, binrw_new, binrw_read};

#[derive(BinRead)]
#[br(big)]
struct Line {
    #[br(parse_with = until_exclusive(|byte: &u8| *byte == b'\n'))]
    bytes: Vec<u8>,
}

#[derive(BinWrite)]
#[bw(big)]
struct Written {
    text: Vec<u8>,
    end: [u8; 2],
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Binrw, Operation::ParseOwned, parse, |value| value);
    let line = |value: &Owned| Written { text: value.text.clone().into_bytes(), end: *b"\r\n" };
    layout.encode(Subject::Binrw, line, binrw_into, binrw_new);
}

fn parse(bytes: &[u8]) -> Result<Owned, Box<dyn Error>> {
    Ok(text(binrw_read::<Line>(bytes)?.bytes)?)
}
