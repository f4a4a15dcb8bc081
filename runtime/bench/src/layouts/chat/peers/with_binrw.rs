use binrw::binrw;

use super::Owned;
use crate::case::{Layout, Operation, Subject};
use crate::peers::{binrw_into, binrw_new, binrw_read};

#[binrw]
#[brw(big)]
struct Message {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[br(temp)]
    #[bw(try_calc(u32::try_from(body.len())))]
    len: u32,
    #[br(count = len)]
    body: Vec<u8>,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(
        Subject::Binrw,
        Operation::ParseOwned,
        binrw_read::<Message>,
        |Message { sender, receiver, kind, body }| Owned { sender, receiver, kind, body },
    );
    layout.encode(
        Subject::Binrw,
        |Owned { sender, receiver, kind, body }| Message {
            sender: *sender,
            receiver: *receiver,
            kind: *kind,
            body: body.clone(),
        },
        binrw_into,
        binrw_new,
    );
}
