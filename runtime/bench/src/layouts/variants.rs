//! An enum with sixteen variants and a tag of one byte. The result is the mean over one message of
//! each variant.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug)]
#[frame(be, tag = u8)]
enum Borrowed<'a> {
    #[tag(1)]
    Ping,
    #[tag(2)]
    Pong,
    #[tag(3)]
    Hello { version: u8 },
    #[tag(4)]
    Login { user: u32 },
    #[tag(5)]
    Logout { user: u32, reason: u8 },
    #[tag(6)]
    Join { room: u32 },
    #[tag(7)]
    Leave { room: u32 },
    #[tag(8)]
    Say {
        room: u32,
        #[len_prefixed(u16)]
        text: &'a [u8],
    },
    #[tag(9)]
    Whisper {
        to: u32,
        #[len_prefixed(u16)]
        text: &'a [u8],
    },
    #[tag(10)]
    Move { x: i32, y: i32, z: i32 },
    #[tag(11)]
    Turn { yaw: u16, pitch: u16 },
    #[tag(12)]
    Health { entity: u32, points: u16 },
    #[tag(13)]
    Hit { from: u32, to: u32, points: u16 },
    #[tag(14)]
    Take { item: u32, count: u16, slot: u8 },
    #[tag(15)]
    Time { millis: u64 },
    #[tag(16)]
    Bye { code: u16 },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum Owned {
    #[tag(1)]
    Ping,
    #[tag(2)]
    Pong,
    #[tag(3)]
    Hello { version: u8 },
    #[tag(4)]
    Login { user: u32 },
    #[tag(5)]
    Logout { user: u32, reason: u8 },
    #[tag(6)]
    Join { room: u32 },
    #[tag(7)]
    Leave { room: u32 },
    #[tag(8)]
    Say {
        room: u32,
        #[len_prefixed(u16)]
        text: Vec<u8>,
    },
    #[tag(9)]
    Whisper {
        to: u32,
        #[len_prefixed(u16)]
        text: Vec<u8>,
    },
    #[tag(10)]
    Move { x: i32, y: i32, z: i32 },
    #[tag(11)]
    Turn { yaw: u16, pitch: u16 },
    #[tag(12)]
    Health { entity: u32, points: u16 },
    #[tag(13)]
    Hit { from: u32, to: u32, points: u16 },
    #[tag(14)]
    Take { item: u32, count: u16, slot: u8 },
    #[tag(15)]
    Time { millis: u64 },
    #[tag(16)]
    Bye { code: u16 },
}

impl From<Borrowed<'_>> for Owned {
    fn from(value: Borrowed<'_>) -> Self {
        match value {
            Borrowed::Ping => Self::Ping,
            Borrowed::Pong => Self::Pong,
            Borrowed::Hello { version } => Self::Hello { version },
            Borrowed::Login { user } => Self::Login { user },
            Borrowed::Logout { user, reason } => Self::Logout { user, reason },
            Borrowed::Join { room } => Self::Join { room },
            Borrowed::Leave { room } => Self::Leave { room },
            Borrowed::Say { room, text } => Self::Say { room, text: text.to_vec() },
            Borrowed::Whisper { to, text } => Self::Whisper { to, text: text.to_vec() },
            Borrowed::Move { x, y, z } => Self::Move { x, y, z },
            Borrowed::Turn { yaw, pitch } => Self::Turn { yaw, pitch },
            Borrowed::Health { entity, points } => Self::Health { entity, points },
            Borrowed::Hit { from, to, points } => Self::Hit { from, to, points },
            Borrowed::Take { item, count, slot } => Self::Take { item, count, slot },
            Borrowed::Time { millis } => Self::Time { millis },
            Borrowed::Bye { code } => Self::Bye { code },
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let samples: [(Owned, &[u8]); 16] = [
        (Owned::Ping, b"\x01"),
        (Owned::Pong, b"\x02"),
        (Owned::Hello { version: 3 }, b"\x03\x03"),
        (Owned::Login { user: 7 }, b"\x04\0\0\0\x07"),
        (Owned::Logout { user: 7, reason: 1 }, b"\x05\0\0\0\x07\x01"),
        (Owned::Join { room: 9 }, b"\x06\0\0\0\x09"),
        (Owned::Leave { room: 9 }, b"\x07\0\0\0\x09"),
        (Owned::Say { room: 9, text: b"good morning".to_vec() }, b"\x08\0\0\0\x09\0\x0cgood morning"),
        (Owned::Whisper { to: 8, text: b"tea?".to_vec() }, b"\x09\0\0\0\x08\0\x04tea?"),
        (Owned::Move { x: 1, y: -1, z: 2 }, b"\x0a\0\0\0\x01\xff\xff\xff\xff\0\0\0\x02"),
        (Owned::Turn { yaw: 258, pitch: 3 }, b"\x0b\x01\x02\0\x03"),
        (Owned::Health { entity: 5, points: 99 }, b"\x0c\0\0\0\x05\0\x63"),
        (Owned::Hit { from: 5, to: 6, points: 12 }, b"\x0d\0\0\0\x05\0\0\0\x06\0\x0c"),
        (Owned::Take { item: 4, count: 2, slot: 1 }, b"\x0e\0\0\0\x04\0\x02\x01"),
        (Owned::Time { millis: 86_400_000 }, b"\x0f\0\0\0\0\x05\x26\x5c\0"),
        (Owned::Bye { code: 1000 }, b"\x10\x03\xe8"),
    ];
    let samples = samples.into_iter().map(|(value, bytes)| (value, bytes.to_vec())).collect();
    let mut layout = Layout::new("enum of 16 variants", samples);
    layout.parse(Subject::Framewright, Operation::ParseBorrowed, Borrowed::parse, |(_, value)| value.into());
    layout.parse(Subject::Framewright, Operation::ParseOwned, Owned::parse, |(_, value)| value);
    layout.encode(Subject::Framewright, Owned::clone, Owned::encode, Owned::to_vec);
    layout.stream(|framer| used(framer.next_frame::<Borrowed>()));
    by_hand::add(&mut layout);
    with_nom::add(&mut layout);
    #[cfg(feature = "peers")]
    peers::add(&mut layout);
    layout.into_cases()
}
