//! The Kaitai descriptions, compiled and used by node. Without node and its
//! packages these tests say so and check nothing.

use std::path::Path;
use std::process::Command;

use framewright::Schema;
use framewright::prelude::*;
use framewright::testing::insta::assert_snapshot;

use crate::protocol::{ChatMsg, Inner, Line, Message, Ranged, chat, line, messages, ranged};

/// What the parser that Kaitai makes of the schema finds in `bytes`, as JSON;
/// nothing if there is no node, or no Kaitai in it.
fn parsed(schema: &Schema, bytes: &[u8]) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/view/kaitai.js");
    let packages = [
        "-e",
        "require('kaitai-struct-compiler'), require('js-yaml'), require('kaitai-struct/KaitaiStream')",
    ];
    if !Command::new("node").args(packages).output().is_ok_and(|output| output.status.success()) {
        eprintln!("left out: no node, or not the packages kaitai-struct-compiler, kaitai-struct and js-yaml");
        return None;
    }
    let name = format!("framewright-{}-{}-{}.ksy", std::process::id(), schema.name, bytes.len());
    let ksy = std::env::temp_dir().join(name);
    std::fs::write(&ksy, schema.kaitai().to_string()).unwrap();
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    let output = Command::new("node").arg(script).arg(&ksy).arg(hex).output().unwrap();
    std::fs::remove_file(ksy).unwrap();
    let faults = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {faults}\n{}", schema.name, schema.kaitai());
    Some(String::from_utf8(output.stdout).unwrap())
}

#[track_caller]
fn assert_members(json: &str, members: &[&str]) {
    for member in members {
        assert!(json.contains(member), "no {member} in {json}");
    }
}

#[test]
fn descriptions() {
    for schema in [ChatMsg::SCHEMA, Message::SCHEMA, Line::SCHEMA, Ranged::SCHEMA] {
        assert_snapshot!(format!("{}-ksy", schema.name), schema.kaitai());
    }
}

#[test]
fn what_we_encode_kaitai_parses() {
    let bytes = chat(b"hi there").to_vec().unwrap();
    let Some(json) = parsed(ChatMsg::SCHEMA, &bytes) else { return };
    let expected =
        r#"{"sender":10000000,"receiver":10000001,"kind":1,"bodyLen":8,"body":"6869207468657265"}"#;
    assert_eq!(json.trim(), expected);

    let expected: [&[&str]; 5] = [
        &[
            r#""items":[{"id":1,"nameLen":5,"name":"sword"},{"id":2,"#,
            r#""numbers":{"items":[-1,5]}"#,
            r#""name":"ß""#,
        ],
        &[r#""items":[]"#, r#""numbers":{"items":[]}"#, r#""first":{"id":4,"#],
        &[r#""f0":2"#],
        &[r#""next":{"items":[{"value":2,"#, r#"{"value":4,"#, r#""point":[0.5,1.0000000150474662e+30]"#],
        &[r#""tag":99"#, r#""body":{"body":"3fff"}"#],
    ];
    for (message, members) in messages().iter().zip(expected) {
        let Some(json) = parsed(Message::SCHEMA, &message.to_vec().unwrap()) else { return };
        assert_members(&json, members);
    }
}

#[test]
fn delimiters_and_lengths_elsewhere_are_followed() {
    let Some(json) = parsed(Line::SCHEMA, &line().to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""value":"Speed""#, r#""code":"abc""#, r#""unit":"m/s""#, r#""value":"12""#]);
    let Some(json) = parsed(Ranged::SCHEMA, &ranged(Inner::Number(5)).to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""total":17"#, r#""body":"626f6479""#, r#""f0":5"#]);
}
