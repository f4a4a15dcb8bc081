use binrw::binrw;

use super::Owned;
use crate::case::{Layout, Operation, Subject};
use crate::peers::{binrw_into, binrw_new, binrw_read};

#[binrw]
#[brw(big)]
#[br(return_unexpected_error)]
enum Message {
    #[brw(magic = 1u8)]
    Ping,
    #[brw(magic = 2u8)]
    Pong,
    #[brw(magic = 3u8)]
    Hello { version: u8 },
    #[brw(magic = 4u8)]
    Login { user: u32 },
    #[brw(magic = 5u8)]
    Logout { user: u32, reason: u8 },
    #[brw(magic = 6u8)]
    Join { room: u32 },
    #[brw(magic = 7u8)]
    Leave { room: u32 },
    #[brw(magic = 8u8)]
    Say {
        room: u32,
        #[br(temp)]
        #[bw(try_calc(u16::try_from(text.len())))]
        len: u16,
        #[br(count = len)]
        text: Vec<u8>,
    },
    #[brw(magic = 9u8)]
    Whisper {
        to: u32,
        #[br(temp)]
        #[bw(try_calc(u16::try_from(text.len())))]
        len: u16,
        #[br(count = len)]
        text: Vec<u8>,
    },
    #[brw(magic = 10u8)]
    Move { x: i32, y: i32, z: i32 },
    #[brw(magic = 11u8)]
    Turn { yaw: u16, pitch: u16 },
    #[brw(magic = 12u8)]
    Health { entity: u32, points: u16 },
    #[brw(magic = 13u8)]
    Hit { from: u32, to: u32, points: u16 },
    #[brw(magic = 14u8)]
    Take { item: u32, count: u16, slot: u8 },
    #[brw(magic = 15u8)]
    Time { millis: u64 },
    #[brw(magic = 16u8)]
    Bye { code: u16 },
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Binrw, Operation::ParseOwned, binrw_read::<Message>, Owned::from);
    layout.encode(Subject::Binrw, |value| Message::from(value), binrw_into, binrw_new);
}

impl From<Message> for Owned {
    fn from(message: Message) -> Self {
        match message {
            Message::Ping => Self::Ping,
            Message::Pong => Self::Pong,
            Message::Hello { version } => Self::Hello { version },
            Message::Login { user } => Self::Login { user },
            Message::Logout { user, reason } => Self::Logout { user, reason },
            Message::Join { room } => Self::Join { room },
            Message::Leave { room } => Self::Leave { room },
            Message::Say { room, text } => Self::Say { room, text },
            Message::Whisper { to, text } => Self::Whisper { to, text },
            Message::Move { x, y, z } => Self::Move { x, y, z },
            Message::Turn { yaw, pitch } => Self::Turn { yaw, pitch },
            Message::Health { entity, points } => Self::Health { entity, points },
            Message::Hit { from, to, points } => Self::Hit { from, to, points },
            Message::Take { item, count, slot } => Self::Take { item, count, slot },
            Message::Time { millis } => Self::Time { millis },
            Message::Bye { code } => Self::Bye { code },
        }
    }
}

impl From<&Owned> for Message {
    fn from(value: &Owned) -> Self {
        match value {
            Owned::Ping => Self::Ping,
            Owned::Pong => Self::Pong,
            Owned::Hello { version } => Self::Hello { version: *version },
            Owned::Login { user } => Self::Login { user: *user },
            Owned::Logout { user, reason } => Self::Logout { user: *user, reason: *reason },
            Owned::Join { room } => Self::Join { room: *room },
            Owned::Leave { room } => Self::Leave { room: *room },
            Owned::Say { room, text } => Self::Say { room: *room, text: text.clone() },
            Owned::Whisper { to, text } => Self::Whisper { to: *to, text: text.clone() },
            Owned::Move { x, y, z } => Self::Move { x: *x, y: *y, z: *z },
            Owned::Turn { yaw, pitch } => Self::Turn { yaw: *yaw, pitch: *pitch },
            Owned::Health { entity, points } => Self::Health { entity: *entity, points: *points },
            Owned::Hit { from, to, points } => Self::Hit { from: *from, to: *to, points: *points },
            Owned::Take { item, count, slot } => Self::Take { item: *item, count: *count, slot: *slot },
            Owned::Time { millis } => Self::Time { millis: *millis },
            Owned::Bye { code } => Self::Bye { code: *code },
        }
    }
}
