use nom_derive::nom::IResult;
use nom_derive::nom::multi::length_data;
use nom_derive::nom::number::streaming::{be_u8, be_u16};
use nom_derive::{NomBE, Parse, nom};

use super::Owned;
use crate::case::{Layout, Operation, Subject};

#[derive(NomBE)]
#[nom(Selector = "u8")]
enum Message<'a> {
    #[nom(Selector = "1")]
    Ping,
    #[nom(Selector = "2")]
    Pong,
    #[nom(Selector = "3")]
    Hello { version: u8 },
    #[nom(Selector = "4")]
    Login { user: u32 },
    #[nom(Selector = "5")]
    Logout { user: u32, reason: u8 },
    #[nom(Selector = "6")]
    Join { room: u32 },
    #[nom(Selector = "7")]
    Leave { room: u32 },
    #[nom(Selector = "8")]
    Say {
        room: u32,
        #[nom(Parse = "length_data(be_u16)")]
        text: &'a [u8],
    },
    #[nom(Selector = "9")]
    Whisper {
        to: u32,
        #[nom(Parse = "length_data(be_u16)")]
        text: &'a [u8],
    },
    #[nom(Selector = "10")]
    Move { x: i32, y: i32, z: i32 },
    #[nom(Selector = "11")]
    Turn { yaw: u16, pitch: u16 },
    #[nom(Selector = "12")]
    Health { entity: u32, points: u16 },
    #[nom(Selector = "13")]
    Hit { from: u32, to: u32, points: u16 },
    #[nom(Selector = "14")]
    Take { item: u32, count: u16, slot: u8 },
    #[nom(Selector = "15")]
    Time { millis: u64 },
    #[nom(Selector = "16")]
    Bye { code: u16 },
}

fn parse(input: &[u8]) -> IResult<&[u8], Message<'_>> {
    let (input, tag) = be_u8(input)?;
    Message::parse(input, tag)
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::NomDerive, Operation::ParseBorrowed, parse, |(_, message)| message.into());
    layout.parse(
        Subject::NomDerive,
        Operation::ParseOwned,
        |input| parse(input).map(|(rest, message)| (rest, Owned::from(message))),
        |(_, value)| value,
    );
}

impl From<Message<'_>> for Owned {
    fn from(message: Message<'_>) -> Self {
        match message {
            Message::Ping => Self::Ping,
            Message::Pong => Self::Pong,
            Message::Hello { version } => Self::Hello { version },
            Message::Login { user } => Self::Login { user },
            Message::Logout { user, reason } => Self::Logout { user, reason },
            Message::Join { room } => Self::Join { room },
            Message::Leave { room } => Self::Leave { room },
            Message::Say { room, text } => Self::Say { room, text: text.to_vec() },
            Message::Whisper { to, text } => Self::Whisper { to, text: text.to_vec() },
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
