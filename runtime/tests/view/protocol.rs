//! Protocols that the tests of the views draw and speak.

use framewright::prelude::*;

/// A message from one user to another.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct ChatMsg {
    /// Who says it.
    pub(crate) sender: u32,
    /// Who is meant to read it.
    pub(crate) receiver: u32,
    /// 1 is text, 2 a picture, 3 speech, 4 a film.
    pub(crate) kind: u8,
    #[len_prefixed(u32, max = 1_048_576)]
    pub(crate) body: Vec<u8>,
}

/// What comes back.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct ChatReply {
    pub(crate) sender: u32,
    pub(crate) kind: u8,
    #[len_prefixed]
    pub(crate) body: Vec<u8>,
}

/// Everything a game sends.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"\x89GM", tag = u8)]
pub(crate) enum Message {
    /// What somebody carries.
    #[tag(1)]
    Inventory {
        #[count_prefixed(u16)]
        items: Vec<Item>,
        #[len_prefixed(u16)]
        numbers: Vec<i16>,
        /// The one in the hand.
        first: Item,
    },
    #[tag(2)]
    Bye(Reason),
    #[tag(3)]
    Tree(#[len_prefixed(u8)] Node),
    #[tag(_)]
    Other {
        #[tag]
        tag: u8,
        #[rest]
        body: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Item {
    pub(crate) id: u16,
    #[len_prefixed(u8)]
    pub(crate) name: String,
}

/// Why somebody went.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u16)]
pub(crate) enum Reason {
    /// By choice.
    Quit = 1,
    Lost = 2,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Node {
    pub(crate) value: u8,
    #[len_prefixed(u8)]
    pub(crate) next: Vec<Node>,
    pub(crate) point: [f32; 2],
}

/// A line of text.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(until(b"\r\n"))]
pub(crate) struct Line {
    #[until(b": ")]
    pub(crate) key: String,
    #[fixed(6)]
    pub(crate) code: String,
    #[until(b';')]
    pub(crate) unit: String,
    #[rest]
    pub(crate) value: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
pub(crate) struct Ranged {
    #[len_of(..)]
    pub(crate) total: Auto<u16>,
    pub(crate) kind: u8,
    #[len_of(body)]
    pub(crate) body_len: Auto<u16>,
    #[pad(3)]
    pub(crate) pad: Auto,
    #[tag_of(inner)]
    pub(crate) which: Auto<u8>,
    pub(crate) body: Vec<u8>,
    pub(crate) inner: Inner,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
pub(crate) enum Inner {
    #[tag(7)]
    Number(u32),
    #[tag(8)]
    Nothing,
}

pub(crate) fn chat(body: &[u8]) -> ChatMsg {
    ChatMsg { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: body.to_vec() }
}

pub(crate) fn item(id: u16, name: &str) -> Item {
    Item { id, name: name.into() }
}

pub(crate) fn messages() -> [Message; 5] {
    let node = |value, next| Node { value, next, point: [0.5, 1e30] };
    [
        Message::Inventory {
            items: vec![item(1, "sword"), item(2, "")],
            numbers: vec![-1, 5],
            first: item(3, "ß"),
        },
        Message::Inventory { items: vec![], numbers: vec![], first: item(4, "") },
        Message::Bye(Reason::Lost),
        Message::Tree(node(1, vec![node(2, vec![]), node(3, vec![node(4, vec![])])])),
        Message::Other { tag: 99, body: b"?\xff".to_vec() },
    ]
}

pub(crate) fn line() -> Line {
    Line { key: "Speed".into(), code: "abc".into(), unit: "m/s".into(), value: "12".into() }
}

pub(crate) fn ranged(inner: Inner) -> Ranged {
    let [total, body_len] = [Auto::new(), Auto::new()];
    let (pad, which) = (Auto::new(), Auto::new());
    Ranged { total, kind: 3, body_len, pad, which, body: b"body".into(), inner }
}
