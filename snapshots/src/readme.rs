//! The README: one text in two places, and the drawings in it.

use framewright::prelude::*;

use crate::encodings::chat_msg;
use crate::protocols::chat::{ChatMsg, Kind};
use crate::protocols::dns;
use crate::protocols::modbus::{Packet, Range, Request};
use crate::protocols::mqtt;

const ROOT: &str = include_str!("../../README.md");
const CRATE: &str = include_str!("../../runtime/README.md");

/// The text without what only the compiler is to see of the examples in it.
fn visible(text: &str) -> String {
    let mut in_code = false;
    let mut visible = String::new();
    for line in text.lines() {
        if line.starts_with("```") {
            in_code = !in_code;
        }
        if !(in_code && line.starts_with("# ")) {
            visible.push_str(&line.replace("```rust,no_run", "```rust"));
            visible.push('\n');
        }
    }
    visible
}

/// The README of the repository has all that the README of the crate has, which compiles.
#[test]
fn the_two_texts_agree() {
    for section in visible(CRATE).split("\n## ") {
        assert!(
            ROOT.contains(section.trim_end()),
            "README.md lacks this section of runtime/README.md:\n{section}"
        );
    }
}

/// The message of the first page.
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
fn the_drawings_are_those_of_today() {
    let first = FirstPage { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: b"hi there".to_vec() };
    let drawings = [
        first.dump().to_string().replace("FirstPage", "ChatMsg"),
        ChatMsg::SCHEMA.diagram().to_string(),
        chat_msg(Kind::Picture, &[0x89, 0x50, 0x4e, 0x47]).dump().to_string(),
    ];
    for drawing in drawings {
        is_shown(&drawing);
    }
    // Of long ones some frames are shown.
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
    let lines: Vec<_> = drawing.lines().map(str::trim_end).collect();
    assert!(ROOT.contains(&lines.join("\n")), "README.md lacks\n{drawing}");
}

/// The drawing of one frame, up to where the next one begins.
#[track_caller]
fn part<'a>(diagram: &'a str, title: &str) -> &'a str {
    const NEXT: &str = "\n\n 0                   1";
    let start = format!("{title}{NEXT}");
    let start = diagram.find(&start).unwrap_or_else(|| panic!("nothing of {title} in\n{diagram}"));
    let diagram = &diagram[start..];
    let next = diagram.match_indices(NEXT).nth(1).map_or(diagram.len(), |(at, _)| at);
    // In front of the next one stands its title.
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
        let said = format!("[{count} lines](examples/src/bin/{name}/protocol.rs)");
        assert!(ROOT.contains(&said), "README.md lacks {said}");
    }
}
