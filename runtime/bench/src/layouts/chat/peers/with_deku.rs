use deku::prelude::*;

use super::Owned;
use crate::case::{Layout, Operation, Subject};
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite, Debug)]
#[deku(endian = "big")]
struct Message {
    sender: u32,
    receiver: u32,
    kind: u8,
    len: u32,
    #[deku(count = "len")]
    body: Vec<u8>,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(
        Subject::Deku,
        Operation::ParseOwned,
        |bytes| Message::from_bytes((bytes, 0)),
        |(_, Message { sender, receiver, kind, body, .. })| Owned { sender, receiver, kind, body },
    );
    layout.encode(
        Subject::Deku,
        |value| {
            let mut message = Message {
                sender: value.sender,
                receiver: value.receiver,
                kind: value.kind,
                len: 0,
                body: value.body.clone(),
            };
            message.len = u32::try_from(message.body.len()).expect("a short body");
            message
        },
        deku_into,
        Message::to_bytes,
    );
}
