//! PUBLISH of MQTT 3.1.1 (section 3.3): a length of one to four bytes, text, and a field that is
//! present only if a flag is set.

use framewright::prelude::*;

use crate::case::{Case, Layout, Operation, Subject, used};

mod by_hand;
#[cfg(feature = "peers")]
mod peers;
mod with_nom;

#[derive(Frame, Debug)]
#[frame(be)]
struct Borrowed<'a> {
    #[bits(4)]
    #[magic(3)]
    kind: Auto<u8>,
    #[bits(1)]
    duplicate: bool,
    #[bits(2)]
    qos: u8,
    #[bits(1)]
    retain: bool,
    #[wire(mqtt)]
    #[len_of(topic..)]
    remaining: Auto<u32>,
    #[len_prefixed(u16)]
    topic: &'a str,
    #[when(qos > 0)]
    id: Option<u16>,
    #[rest]
    payload: &'a [u8],
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Owned {
    #[bits(4)]
    #[magic(3)]
    kind: Auto<u8>,
    #[bits(1)]
    duplicate: bool,
    #[bits(2)]
    qos: u8,
    #[bits(1)]
    retain: bool,
    #[wire(mqtt)]
    #[len_of(topic..)]
    remaining: Auto<u32>,
    #[len_prefixed(u16)]
    topic: String,
    #[when(qos > 0)]
    id: Option<u16>,
    #[rest]
    payload: Vec<u8>,
}

impl From<Borrowed<'_>> for Owned {
    fn from(Borrowed { kind, duplicate, qos, retain, remaining, topic, id, payload }: Borrowed<'_>) -> Self {
        Self {
            kind,
            duplicate,
            qos,
            retain,
            remaining,
            topic: topic.to_owned(),
            id,
            payload: payload.to_vec(),
        }
    }
}

pub(super) fn cases() -> Vec<Case> {
    let value = Owned {
        kind: Auto::new(),
        duplicate: false,
        qos: 1,
        retain: true,
        remaining: Auto::new(),
        topic: "site/4/boiler/temperature".to_owned(),
        id: Some(4711),
        payload: br#"{"celsius":71.5,"at":1700000000}"#.to_vec(),
    };
    let bytes =
        b"\x33\x3d\0\x19site/4/boiler/temperature\x12\x67{\"celsius\":71.5,\"at\":1700000000}".to_vec();
    let mut layout = Layout::new("MQTT publish", vec![(value, bytes)]);
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
