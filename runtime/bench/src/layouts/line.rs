//! A line of text that ends with CRLF, as in IRC, SMTP and many other protocols.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug)]
struct Borrowed<'a> {
    #[until(b"\r\n")]
    text: &'a str,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Owned {
    #[until(b"\r\n")]
    text: String,
}

impl From<Borrowed<'_>> for Owned {
    fn from(Borrowed { text }: Borrowed<'_>) -> Self {
        Self { text: text.to_owned() }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let text = ":mira!~mira@10.0.0.7 PRIVMSG #boilers :the pressure of number four is back to normal";
    let bytes = format!("{text}\r\n").into_bytes();
    let mut layout = Layout::new("CRLF line", vec![(Owned { text: text.to_owned() }, bytes)]);
    layout.parse(Subject::Framewright, Operation::ParseBorrowed, Borrowed::parse, |(_, value)| value.into());
    layout.parse(Subject::Framewright, Operation::ParseOwned, Owned::parse, |(_, value)| value);
    layout.encode(Subject::Framewright, Owned::clone, Owned::encode, Owned::to_vec);
    layout.stream(|framer| used(framer.next_frame::<Borrowed>()));
    let long = [16, 32].map(|kib: usize| ["x".repeat(kib * 1024 - 2).as_bytes(), b"\r\n"].concat());
    layout.trickle(long, |framer| used(framer.next_frame::<Borrowed>()));
    by_hand::add(&mut layout);
    with_nom::add(&mut layout);
    #[cfg(feature = "peers")]
    peers::add(&mut layout);
    layout.into_cases()
}
