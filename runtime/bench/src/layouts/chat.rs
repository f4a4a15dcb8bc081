//! The message of the chat: three numbers, and a body with a length prefix.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug)]
#[frame(be)]
pub(crate) struct Borrowed<'a> {
    pub(crate) sender: u32,
    pub(crate) receiver: u32,
    pub(crate) kind: u8,
    #[len_prefixed]
    pub(crate) body: &'a [u8],
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Owned {
    pub(crate) sender: u32,
    pub(crate) receiver: u32,
    pub(crate) kind: u8,
    #[len_prefixed]
    pub(crate) body: Vec<u8>,
}

impl From<Borrowed<'_>> for Owned {
    fn from(Borrowed { sender, receiver, kind, body }: Borrowed<'_>) -> Self {
        Self { sender, receiver, kind, body: body.to_vec() }
    }
}

pub(crate) fn cases() -> Vec<Case> {
    [("chat, 16-byte body", 16), ("chat, 256-byte body", 256), ("chat, 4096-byte body", 4096)]
        .into_iter()
        .flat_map(|(name, len)| of_len(name, len))
        .collect()
}

fn of_len(name: &'static str, len: usize) -> Vec<Case> {
    let value = Owned { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: vec![b'x'; len] };
    let bytes = [
        b"\x00\x98\x96\x80\x00\x98\x96\x81\x01",
        &u32::try_from(len).expect("a short body").to_be_bytes()[..],
        &value.body,
    ]
    .concat();
    let mut layout = Layout::new(name, vec![(value, bytes)]);
    layout.parse(Subject::Framewright, Operation::ParseBorrowed, Borrowed::parse, |(_, value)| value.into());
    layout.parse(Subject::Framewright, Operation::ParseOwned, Owned::parse, |(_, value)| value);
    layout.encode(Subject::Framewright, Owned::clone, Owned::encode, Owned::to_vec);
    layout.stream(|framer| used(framer.next_frame::<Borrowed>()));
    if len == 16 {
        let long = [16_u32, 32].map(|kib| {
            let body = vec![b'x'; usize::try_from(kib * 1024).expect("a short body")];
            [&[0; 9], &(kib * 1024).to_be_bytes()[..], &body].concat()
        });
        layout.trickle(long, |framer| used(framer.next_frame::<Borrowed>()));
    }
    by_hand::add(&mut layout);
    with_nom::add(&mut layout);
    #[cfg(feature = "peers")]
    peers::add(&mut layout);
    layout.into_cases()
}
