use deku::prelude::*;

use super::Owned;
use crate::case::{Layout, Operation, Subject};
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite)]
#[deku(id_type = "u8", endian = "big")]
enum Message {
    #[deku(id = 1)]
    Ping,
    #[deku(id = 2)]
    Pong,
    #[deku(id = 3)]
    Hello { version: u8 },
    #[deku(id = 4)]
    Login { user: u32 },
    #[deku(id = 5)]
    Logout { user: u32, reason: u8 },
    #[deku(id = 6)]
    Join { room: u32 },
    #[deku(id = 7)]
    Leave { room: u32 },
    #[deku(id = 8)]
    Say {
        room: u32,
        len: u16,
        #[deku(count = "len")]
        text: Vec<u8>,
    },
    #[deku(id = 9)]
    Whisper {
        to: u32,
        len: u16,
        #[deku(count = "len")]
        text: Vec<u8>,
    },
    #[deku(id = 10)]
    Move { x: i32, y: i32, z: i32 },
    #[deku(id = 11)]
    Turn { yaw: u16, pitch: u16 },
    #[deku(id = 12)]
    Health { entity: u32, points: u16 },
    #[deku(id = 13)]
    Hit { from: u32, to: u32, points: u16 },
    #[deku(id = 14)]
    Take { item: u32, count: u16, slot: u8 },
    #[deku(id = 15)]
    Time { millis: u64 },
    #[deku(id = 16)]
    Bye { code: u16 },
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(
        Subject::Deku,
        Operation::ParseOwned,
        |bytes| Message::from_bytes((bytes, 0)),
        |(_, message)| message.into(),
    );
    layout.encode(Subject::Deku, |value| Message::from(value), deku_into, Message::to_bytes);
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
            Message::Say { room, text, .. } => Self::Say { room, text },
            Message::Whisper { to, text, .. } => Self::Whisper { to, text },
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
        let len = |text: &[u8]| u16::try_from(text.len()).expect("a short text");
        match value {
            Owned::Ping => Self::Ping,
            Owned::Pong => Self::Pong,
            Owned::Hello { version } => Self::Hello { version: *version },
            Owned::Login { user } => Self::Login { user: *user },
            Owned::Logout { user, reason } => Self::Logout { user: *user, reason: *reason },
            Owned::Join { room } => Self::Join { room: *room },
            Owned::Leave { room } => Self::Leave { room: *room },
            Owned::Say { room, text } => Self::Say { room: *room, text: text.clone(), len: len(text) },
            Owned::Whisper { to, text } => Self::Whisper { to: *to, text: text.clone(), len: len(text) },
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
