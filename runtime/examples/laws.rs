//! Property tests of a protocol, with values made from the declaration.
//!
//! `cargo run --example laws --features testing`

use framewright::prelude::*;
use framewright::testing;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(1)]
    Ping(u64),
    #[tag(2)]
    Text {
        #[len_prefixed(u16)]
        text: String,
        #[presence_of(urgent)]
        has_urgency: Auto<bool>,
        urgent: Option<Urgency>,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[len_prefixed(u8)]
        bytes: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
enum Urgency {
    Soon = 1,
    Now = 2,
}

fn main() {
    // Edge cases come first: empty, full, every variant, absent and present.
    for message in testing::samples::<Message>(1, 6) {
        println!("{message:?}");
    }
    // This line tests round trips, sizes, truncation, flipped bits, and input of one byte at a
    // time. A test needs nothing else.
    testing::laws::<Message>([]);
}
