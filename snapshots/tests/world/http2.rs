//! HTTP/2 frames (RFC 9113, sections 4.1 and 6). The bytes are a connection begun by curl, and the
//! block of RFC 7541, appendix C.4.1, framed by hand.

use framewright::prelude::*;

use crate::{hex, proves};

const END_STREAM: u8 = 0x01;
const END_HEADERS: u8 = 0x04;
const PADDED: u8 = 0x08;
const PRIORITY: u8 = 0x20;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Http2 {
    #[wire(u24)]
    #[len_of(payload)]
    len: Auto<u32>,
    #[tag_of(payload)]
    kind: Auto<u8>,
    flags: u8,
    #[bits(1)]
    #[pad]
    reserved: Auto,
    #[bits(31)]
    stream: u32,
    #[ctx(flags)]
    payload: Payload,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(flags: u8))]
enum Payload {
    #[tag(0)]
    Data {
        #[when(flags & PADDED != 0)]
        pad_len: Option<u8>,
        #[rest]
        data: Vec<u8>,
        #[pad(pad_len.unwrap_or(0))]
        padding: Auto,
    },
    #[tag(1)]
    Headers {
        #[when(flags & PADDED != 0)]
        pad_len: Option<u8>,
        #[when(flags & PRIORITY != 0)]
        priority: Option<Priority>,
        #[rest]
        fragment: Vec<u8>,
        #[pad(pad_len.unwrap_or(0))]
        padding: Auto,
    },
    #[tag(2)]
    Priority(Priority),
    #[tag(3)]
    Reset { error: u32 },
    #[tag(4)]
    Settings(#[rest] Vec<Setting>),
    #[tag(6)]
    Ping([u8; 8]),
    #[tag(7)]
    GoAway {
        #[bits(1)]
        #[pad]
        reserved: Auto,
        #[bits(31)]
        last_stream: u32,
        error: u32,
        #[rest]
        debug: Vec<u8>,
    },
    #[tag(8)]
    WindowUpdate {
        #[bits(1)]
        #[pad]
        reserved: Auto,
        #[bits(31)]
        increment: u32,
    },
    #[tag(_)]
    Other {
        #[tag]
        kind: u8,
        #[rest]
        payload: Vec<u8>,
    },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Priority {
    #[bits(1)]
    exclusive: bool,
    #[bits(31)]
    depends_on: u32,
    weight: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Setting {
    id: u16,
    value: u32,
}

fn frame(flags: u8, stream: u32, payload: Payload) -> Http2 {
    Http2 { len: Auto::new(), kind: Auto::new(), flags, reserved: Auto::new(), stream, payload }
}

#[test]
fn connection_start() {
    let settings = vec![
        Setting { id: 3, value: 100 },
        Setting { id: 4, value: 0x4000_0000 },
        Setting { id: 2, value: 0 },
    ];
    let bytes = hex("000012 04 00 00000000  0003 00000064  0004 40000000  0002 00000000");
    proves("http2-settings", &bytes, frame(0, 0, Payload::Settings(settings)));
    let update = Payload::WindowUpdate { reserved: Auto::new(), increment: 0x3fff_0001 };
    proves("http2-window-update", &hex("000004 08 00 00000000 3fff0001"), frame(0, 0, update));
    proves("http2-settings-ack", &hex("000000 04 01 00000000"), frame(1, 0, Payload::Settings(vec![])));
}

#[test]
fn headers() {
    let fragment = "8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff";
    let headers = |pad_len, priority| Payload::Headers {
        pad_len,
        priority,
        fragment: hex(fragment),
        padding: Auto::new(),
    };
    let bytes = hex(&format!("000011 01 05 00000001 {fragment}"));
    proves("http2-headers", &bytes, frame(END_HEADERS | END_STREAM, 1, headers(None, None)));
    let bytes = hex(&format!("00001a 01 2c 00000003 03 80000001 0f {fragment} 000000"));
    let priority = Priority { exclusive: true, depends_on: 1, weight: 15 };
    proves(
        "http2-headers-padded",
        &bytes,
        frame(END_HEADERS | PADDED | PRIORITY, 3, headers(Some(3), Some(priority))),
    );
    // The padding is longer than the rest of the frame.
    assert!(Http2::decode(&hex("000003 00 08 00000001 05 0000")).is_err());
    // The flag contradicts the field that it announces.
    assert!(frame(PADDED, 1, headers(None, None)).to_vec().is_err());
}
