use std::error::Error;

use deku::prelude::*;

use super::{Owned, text};
use crate::case::{Layout, Operation, Subject};
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite)]
struct Line {
    #[deku(until = "|byte: &u8| *byte == b'\\n'")]
    bytes: Vec<u8>,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Deku, Operation::ParseOwned, parse, |value| value);
    let line = |value: &Owned| Line { bytes: format!("{}\r\n", value.text).into_bytes() };
    layout.encode(Subject::Deku, line, deku_into, Line::to_bytes);
}

fn parse(bytes: &[u8]) -> Result<Owned, Box<dyn Error>> {
    let (_, mut line) = Line::from_bytes((bytes, 0))?;
    line.bytes.pop();
    Ok(text(line.bytes)?)
}
