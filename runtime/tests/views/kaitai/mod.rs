//! Tests of the Kaitai descriptions, which are compiled and run with Node.js. If Node.js or its
//! packages are missing, these tests print that they are skipped.

mod cut;
mod integers;
mod names;
mod ranges;

use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use framewright::Schema;
use framewright::prelude::*;
use framewright::testing::insta::assert_snapshot;

use crate::protocol::{
    ChatMsg, Chunk, Headed, Inner, Ipv4, Line, Lists, Lsb, Message, Numbers, Options, Packet, Png, Post,
    Ranged, chat, headed, ipv4, letters, line, lists, lsb, messages, numbers, options, packets, ranged,
};

/// Decodes `bytes` with the parser that Kaitai Struct generates from the schema. Returns the values
/// as JSON, or `None` if Node.js or its Kaitai packages are missing.
pub(crate) fn parsed(schema: &Schema, bytes: &[u8]) -> Option<String> {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/views/kaitai/kaitai.js");
    let packages = [
        "-e",
        "require('kaitai-struct-compiler'), require('js-yaml'), require('kaitai-struct/KaitaiStream')",
    ];
    if !Command::new("node").args(packages).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no node, or not the packages kaitai-struct-compiler, kaitai-struct and js-yaml");
        return None;
    }
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("framewright-{}-{}-{number}.ksy", std::process::id(), schema.name);
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
fn tags_are_kept_constant_and_counted() {
    let expected = [
        r#"{"tag":48,"len":5,"lenContent":{"body":{"hasNote":255,"note":5,"body":"61","header":48}}}"#,
        r#"{"tag":193,"len":2,"lenContent":{"body":{}}}"#,
        r#"{"tag":50,"len":7,"lenContent":{"body":{"id":9,"hasNote":15,"body":"6263","header":50}}}"#,
    ];
    for (headed, expected) in headed().iter().zip(expected) {
        let Some(json) = parsed(Headed::SCHEMA, &headed.to_vec().unwrap()) else { return };
        assert_eq!(json.trim(), expected);
    }
}

#[test]
fn descriptions() {
    for schema in [ChatMsg::SCHEMA, Message::SCHEMA, Line::SCHEMA, Ranged::SCHEMA] {
        assert_snapshot!(format!("{}-ksy", schema.name), schema.kaitai());
    }
}

#[test]
fn kaitai_parses_encoded_frames() {
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
        &[r#""tag":99"#, r#""body":{"body":"3fff","tag":99}"#],
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

/// Checks that a delimiter of UTF-16 text is found at even distances, and that the text is shown with
/// its padding: Kaitai would strip single bytes, and half of the last code unit with them.
#[test]
fn code_units_are_not_split() {
    #[derive(Frame, Debug, PartialEq)]
    struct Padded {
        #[text(utf16le)]
        #[until(0)]
        ended: String,
        #[text(utf16le)]
        #[fixed(6)]
        zeros: String,
        #[text(utf16be)]
        #[fixed(6, fill = b' ')]
        spaces: String,
        #[text(latin1)]
        #[fixed(3)]
        bytes: String,
    }

    let padded = Padded {
        ended: "a\u{100}\u{1}".into(),
        zeros: "ab".into(),
        spaces: "\u{2020}".into(),
        bytes: "c".into(),
    };
    let Some(json) = parsed(Padded::SCHEMA, &padded.to_vec().unwrap()) else { return };
    let rest = r#""zeros":"ab\u0000","spaces":"†  ","bytes":"c""#;
    assert_members(&json, &[r#""value":"aĀ\u0001"}"#, rest]);
}

#[test]
fn bits_and_numbers_of_every_kind_are_read() {
    let Some(json) = parsed(Ipv4::SCHEMA, &ipv4().to_vec().unwrap()) else { return };
    assert_members(
        &json,
        &[
            r#""version":4"#,
            r#""ihl":6"#,
            r#""dontFragment":true"#,
            r#""offset":5"#,
            r#""protocol":6"#,
            r#""options":"01010101""#,
            r#""payload":"7061796c6f6164""#,
        ],
    );
    let Some(json) = parsed(Numbers::SCHEMA, &numbers().to_vec().unwrap()) else { return };
    assert_members(
        &json,
        &[
            r#""three":66051"#,
            r#""little":258"#,
            r#""varint":{"groups":[172,2],"value":300}"#,
            r#""value":-3"#,
            r#""value":15293"#,
            r#""dec":"-42""#,
            r#""hex":"00AB""#,
            r#""tuple0":7,"tuple1":1"#,
            r#""list":[1,2]"#,
            r#""inclusive":"696e""#,
        ],
    );
    let Some(json) = parsed(Lsb::SCHEMA, &lsb().to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""a":5"#, r#""b":4660"#, r#""c":-2"#, r#""d":9"#]);
}

#[test]
fn a_tag_that_is_kept_has_a_name() {
    let expected: [&[&str]; 3] = [
        &[r#""text":"plain""#, r#""header":48"#],
        &[r#""id":7,"text":"registered""#, r#""header":50"#],
        &[r#""body":{"id":7}"#],
    ];
    for (letter, members) in letters().iter().zip(expected) {
        let Some(json) = parsed(Post::SCHEMA, &letter.to_vec().unwrap()) else { return };
        assert_members(&json, members);
    }
}

#[test]
fn absent_fields_are_not_there() {
    let Some(json) = parsed(Options::SCHEMA, &options(1).to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""when":2"#, r#""ext":3"#, r#""null":"x""#, r#""maybe":4"#]);
    let Some(json) = parsed(Options::SCHEMA, &options(0).to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""nullLen":-1"#]);
    assert!(!json.contains("when") && !json.contains(r#""ext""#) && !json.contains("maybe"), "{json}");
}

#[test]
fn a_tag_of_bits_shares_its_byte() {
    let expected: [&[&str]; 3] = [
        &[r#""keepAlive":60"#, r#""client":"probe""#, r#""tag":1"#],
        &[r#""qos":0"#, r#""retain":1"#, r#""topic":"a/b""#, r#""body":"32312e35""#],
        &[r#""qos":2"#, r#""id":9"#, r#""body":"32312e35""#],
    ];
    for (packet, members) in packets().iter().zip(expected) {
        let Some(json) = parsed(Packet::SCHEMA, &packet.to_vec().unwrap()) else { return };
        assert_members(&json, members);
    }
}

#[test]
fn lists_end_with_their_last_item() {
    let Some(json) = parsed(Lists::SCHEMA, &lists().to_vec().unwrap()) else { return };
    assert_members(
        &json,
        &[
            r#""kept":[{"last":false,"value":1},{"last":true,"value":2}]"#,
            r#""value":300},{"#,
            r#"{"groups":[0],"value":0}]"#,
            r#""bytes":"010203""#,
        ],
    );
}

#[test]
fn tags_of_text_choose_their_variant() {
    let png = Png { kind: Auto::new(), data: Chunk::Header { width: 640 } };
    let Some(json) = parsed(Png::SCHEMA, &png.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""kind":"49484452""#, r#""width":640"#]);
    let png = Png { data: Chunk::End, ..png };
    let Some(json) = parsed(Png::SCHEMA, &png.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""kind":"49454e44""#, r#""body":{}"#]);
}
