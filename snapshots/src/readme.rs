//! The README: one text in two places, and the drawings in it.

use framewright::prelude::*;

use crate::encodings::chat_msg;
use crate::protocols::chat::{ChatMsg, Kind};

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
        let lines: Vec<_> = drawing.lines().map(str::trim_end).collect();
        assert!(ROOT.contains(&lines.join("\n")), "README.md lacks\n{drawing}");
    }
}
