//! Tests that the READMEs contain the current drawings of the examples.

use framewright::prelude::*;

use crate::encodings::chat_msg;
use crate::protocols::chat::{ChatMsg, Kind};
use crate::protocols::dns;
use crate::protocols::modbus::{Packet, Range, Request};
use crate::protocols::mqtt;

const README: &str = include_str!("../../README.md");
const EXAMPLES: &str = include_str!("../../examples/README.md");

/// The first frame of the README.
#[derive(Frame)]
#[frame(be)]
struct FirstPage {
    sender: u32,
    receiver: u32,
    kind: u8,
    #[len_prefixed]
    body: Vec<u8>,
}

#[test]
fn the_drawings_are_current() {
    let first = FirstPage { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: b"hi there".to_vec() };
    let dump = first.dump().to_string().replace("FirstPage", "ChatMsg");
    assert!(README.contains(&trimmed(&dump)), "README.md lacks\n{dump}");
    let drawings = [
        ChatMsg::SCHEMA.diagram().to_string(),
        chat_msg(Kind::Picture, &[0x89, 0x50, 0x4e, 0x47]).dump().to_string(),
    ];
    for drawing in drawings {
        is_shown(&drawing);
    }
    // `examples/README.md` shows only some frames of these drawings.
    is_shown(part(&Packet::<Request>::SCHEMA.diagram().to_string(), "Packet"));
    let range = Range { address: 10, quantity: 3 };
    let body = Request::WriteRegisters(range, vec![555, 0, 100]);
    let packet = Packet { transaction: 6, protocol: Auto::new(), length: Auto::new(), unit: 1, body };
    is_shown(&packet.dump().to_string());
    let dns = dns::Message::SCHEMA.diagram().to_string();
    for title in ["Message", "Header", "Question", "Record"] {
        is_shown(part(&dns, title));
    }
    let mqtt = mqtt::Packet::SCHEMA.diagram().to_string();
    for title in ["Packet::Publish (tag 0x30..=0x35 | 0x3a..=0x3d)", "Connect::V311 (tag 4)"] {
        is_shown(part(&mqtt, title));
    }
    let message = b"\x32\x1a\0\x12room/7/temperature\0\x0121.5";
    is_shown(&mqtt::Packet::decode(message).unwrap().dump().to_string());
}

#[track_caller]
fn is_shown(drawing: &str) {
    assert!(EXAMPLES.contains(&trimmed(drawing)), "examples/README.md lacks\n{drawing}");
}

/// Removes white space at the ends of lines.
fn trimmed(drawing: &str) -> String {
    drawing.lines().map(str::trim_end).collect::<Vec<_>>().join("\n")
}

/// Returns the drawing of one frame, up to the beginning of the next drawing.
#[track_caller]
fn part<'a>(diagram: &'a str, title: &str) -> &'a str {
    const NEXT: &str = "\n\n 0                   1";
    let start = format!("{title}{NEXT}");
    let start = diagram.find(&start).unwrap_or_else(|| panic!("nothing of {title} in\n{diagram}"));
    let diagram = &diagram[start..];
    let next = diagram.match_indices(NEXT).nth(1).map_or(diagram.len(), |(at, _)| at);
    // The title of the next drawing comes before `NEXT`.
    diagram[..next].rsplit_once("\n\n").filter(|_| next < diagram.len()).map_or(diagram, |(part, _)| part)
}

#[test]
fn declarations_are_as_short_as_said() {
    let declarations = [
        ("modbus", include_str!("../../examples/src/bin/modbus/protocol.rs"), 80),
        ("dns", include_str!("../../examples/src/bin/dns/protocol.rs"), 120),
        ("mqtt", include_str!("../../examples/src/bin/mqtt/protocol.rs"), 150),
    ];
    for (name, code, limit) in declarations {
        let code = code.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
        let count = code.count();
        assert!(count < limit, "{name}: {count} lines");
        let said = format!("[{count} lines](src/bin/{name}/protocol.rs)");
        assert!(EXAMPLES.contains(&said), "examples/README.md lacks {said}");
    }
}
