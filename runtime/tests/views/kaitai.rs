//! Tests of the Kaitai descriptions, which are compiled and run with Node.js. If Node.js or its
//! packages are missing, these tests print that they are skipped.

use std::path::Path;
use std::process::Command;

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
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/views/kaitai.js");
    let packages = [
        "-e",
        "require('kaitai-struct-compiler'), require('js-yaml'), require('kaitai-struct/KaitaiStream')",
    ];
    if !Command::new("node").args(packages).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no node, or not the packages kaitai-struct-compiler, kaitai-struct and js-yaml");
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

/// Members of nested frames and tuples are numbers in expressions, in whatever format they are.
#[test]
fn members_of_nested_frames_are_read() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Inner {
        live: bool,
        #[len_of(text)]
        len: Auto<u8>,
        text: String,
        size: u16,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, len_prefixed(u8))]
    struct Header {
        #[wire(varint)]
        len: u32,
        #[bits(1)]
        flag: u8,
        #[bits(7)]
        rest: u8,
        pair: (u8, u8),
        inner: Inner,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Packet {
        header: Header,
        #[len(header.len)]
        a: String,
        #[when(header.flag == 1)]
        b: Option<u8>,
        #[len(header.pair.1)]
        c: String,
        #[len(header.inner.size)]
        d: String,
        #[when(header.inner.live)]
        e: Option<u8>,
        pair: (u8, u8),
        #[len(pair.0)]
        f: String,
        #[until(|header| header.inner.size == 0)]
        headers: Vec<Header>,
        last: u8,
    }
    let header = |len, size| Header {
        len,
        flag: 1,
        rest: 5,
        pair: (9, 3),
        inner: Inner { live: true, len: Auto::new(), text: "xy".into(), size },
    };
    let packet = Packet {
        header: header(2, 4),
        a: "aa".into(),
        b: Some(6),
        c: "ccc".into(),
        d: "dddd".into(),
        e: Some(7),
        pair: (1, 2),
        f: "f".into(),
        headers: vec![header(300, 1), header(0, 0)],
        last: 77,
    };
    let Some(json) = parsed(Packet::SCHEMA, &packet.to_vec().unwrap()) else { return };
    assert_members(
        &json,
        &[
            r#""a":"aa""#,
            r#""b":6"#,
            r#""c":"ccc""#,
            r#""d":"dddd""#,
            r#""e":7"#,
            r#""f":"f""#,
            r#""last":77"#,
        ],
    );
}

/// Items with words of their own are the only fields of hidden frames.
#[test]
fn items_with_words_end_their_list() {
    #[derive(Frame, Debug, PartialEq)]
    struct Digits {
        #[each(wire(dec), until(b","))]
        #[until(0)]
        list: Vec<u32>,
        #[each(wire(dec), len(2))]
        #[until(|item| *item == 17)]
        pairs: Vec<u8>,
        #[each(wire(dec), until(b"\r\n"))]
        #[until(|item| *item > 9)]
        lines: Vec<u8>,
        last: u8,
    }
    let digits = Digits { list: vec![12, 5], pairs: vec![10, 17], lines: vec![3, 10], last: 77 };
    assert_eq!(digits.to_vec().unwrap(), b"12,5,0,10173\r\n10\r\nM");
    let Some(json) = parsed(Digits::SCHEMA, &digits.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""last":77"#]);
}

/// The number between two delimiters is the value of a type that finds the end.
#[test]
fn digits_that_end_with_several_bytes_are_numbers() {
    #[derive(Frame, Debug, PartialEq)]
    struct Header {
        #[wire(dec)]
        #[until(b"\r\n")]
        len: u32,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Inner {
        #[wire(dec)]
        #[until(b", ")]
        len: u32,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Bulk {
        #[wire(dec)]
        #[until(b"\r\n")]
        #[len_of(data)]
        len: Auto<u32>,
        data: String,
        header: Header,
        #[len(header.len)]
        more: String,
        #[until(b"\r\n")]
        inner: Inner,
        #[len(inner.len)]
        last: String,
    }
    let bulk = Bulk {
        len: Auto::new(),
        data: "abc".into(),
        header: Header { len: 2 },
        more: "de".into(),
        inner: Inner { len: 1 },
        last: "f".into(),
    };
    let Some(json) = parsed(Bulk::SCHEMA, &bulk.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""data":"abc""#, r#""more":"de""#, r#""last":"f""#]);
}

/// Where the description of a frame stops, that of what is around it stops too, unless the frame is
/// in an extent.
#[test]
fn members_that_are_not_described_are_not_named() {
    #[derive(Frame, Clone, Debug, PartialEq)]
    struct Header {
        kind: u8,
        #[until(b"\r\n" | b"\n")]
        line: String,
        size: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Open {
        header: Header,
        #[len(header.kind)]
        data: Vec<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Bounded {
        #[len_prefixed(u8)]
        header: Header,
        #[len(header.kind)]
        named: String,
        #[len(header.size)]
        unnamed: String,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Listed {
        #[count_prefixed(u8)]
        headers: Vec<Header>,
        last: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(tag = u8)]
    enum Command {
        #[tag(1)]
        Ping(u8),
        #[tag(2)]
        Line(#[until(b"\r\n" | b"\n")] String),
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Sized {
        #[len_prefixed(u8)]
        list: Vec<Command>,
        end: u8,
    }
    let sized = Sized { list: vec![Command::Ping(7), Command::Line("a".into())], end: 9 };
    let Some(json) = parsed(Sized::SCHEMA, &sized.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""end":9"#]);
    let header = Header { kind: 2, line: "ab".into(), size: 1 };
    let open = Open { header: header.clone(), data: vec![3, 4] };
    let bytes = open.to_vec().unwrap();
    let Some(json) = parsed(Open::SCHEMA, &bytes) else { return };
    assert_members(&json, &[r#""header":{"kind":2,"undescribed":"61620d0a010304"}"#]);
    let bounded = Bounded { header: header.clone(), named: "cd".into(), unnamed: "e".into() };
    let Some(json) = parsed(Bounded::SCHEMA, &bounded.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""named":"cd""#, r#""undescribed":"65""#]);
    let listed = Listed { headers: vec![header.clone(), header], last: 9 };
    let Some(json) = parsed(Listed::SCHEMA, &listed.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""headersCount":2,"undescribed":"#]);
}

/// Kaitai has no signed integers of 3 bytes and none of 16: they are bytes, and no numbers in
/// expressions.
#[test]
fn integers_that_are_bytes_to_kaitai_are_not_compared() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Header {
        id: u128,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Signed {
        #[wire(i24)]
        kind: i32,
        #[when(kind != 0)]
        x: Option<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Wide {
        header: Header,
        pair: (u128, u8),
        #[when(pair.1 == 2)]
        x: Option<u8>,
        #[when(header.id != 0)]
        y: Option<u8>,
    }
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Second {
        pair: (u128, u8),
        #[when(pair.0 != 0)]
        x: Option<u8>,
    }
    let signed = Signed { kind: -1, x: Some(5) }.to_vec().unwrap();
    let Some(json) = parsed(Signed::SCHEMA, &signed) else { return };
    assert_members(&json, &[r#""kind":"ffffff","undescribed":"05""#]);
    let wide = Wide { header: Header { id: 1 }, pair: (1, 2), x: Some(5), y: Some(6) }.to_vec().unwrap();
    let Some(json) = parsed(Wide::SCHEMA, &wide) else { return };
    assert_members(&json, &[r#""x":5,"undescribed":"06""#]);
    let second = Second { pair: (1, 2), x: Some(5) }.to_vec().unwrap();
    let Some(json) = parsed(Second::SCHEMA, &second) else { return };
    assert_members(&json, &[r#""undescribed":"05""#]);
}

/// The value of such a field is in a type of its own, from where the tag is in its parent.
#[test]
fn tags_are_found_from_the_types_of_values() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    enum Body {
        #[tag(1)]
        Small(u8),
        #[tag(2)]
        Large(u16),
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Tagged {
        kind: u8,
        #[tag(kind)]
        #[until(b"\r\n")]
        body: Body,
        #[tag(kind)]
        #[len_prefixed(u8)]
        list: Vec<Body>,
        last: u8,
    }
    let tagged =
        Tagged { kind: 2, body: Body::Large(5), list: vec![Body::Large(6), Body::Large(7)], last: 9 };
    let Some(json) = parsed(Tagged::SCHEMA, &tagged.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""f0":5"#, r#""f0":6"#, r#""f0":7"#, r#""last":9"#]);
}

/// A range in ranges counts from the start of the frame, or from a field outside of them.
#[test]
fn ranges_in_ranges_compile() {
    #[derive(Frame, Debug, PartialEq)]
    struct Starts {
        kind: u8,
        #[len_of(..)]
        all: Auto<u8>,
        #[len_of(..=b)]
        most: Auto<u8>,
        #[len_of(..=a)]
        some: Auto<u8>,
        a: u8,
        b: u8,
        c: u8,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Fields {
        kind: u8,
        #[len_of(kind..)]
        all: Auto<u8>,
        #[len_of(kind..=a)]
        some: Auto<u8>,
        a: u8,
        b: u8,
    }
    let (all, most, some) = (Auto::new(), Auto::new(), Auto::new());
    let starts = Starts { kind: 1, all, most, some, a: 2, b: 3, c: 4 };
    let Some(json) = parsed(Starts::SCHEMA, &starts.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""a":2"#, r#""b":3"#, r#""c":4"#]);
    let fields = Fields { kind: 1, all: Auto::new(), some: Auto::new(), a: 2, b: 3 };
    let Some(json) = parsed(Fields::SCHEMA, &fields.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""undescribed":"0203""#]);
}

/// Kaitai has enums of its own integers only. Others are read by their tags alone.
#[test]
fn enums_of_other_integers_compile() {
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[frame(tag = varint)]
    enum Varying {
        Near = 1,
        Far = 300,
    }
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[frame(be, tag = i24)]
    enum Narrow {
        Below = -1,
        Above = 1,
    }
    #[derive(Frame, Debug, PartialEq, Clone, Copy)]
    #[frame(be, tag = u128)]
    enum Wide {
        One = 1,
    }
    #[derive(Frame, Debug, PartialEq)]
    struct Enums {
        varying: Varying,
        narrow: Narrow,
        wide: Wide,
        last: u8,
    }
    let enums = Enums { varying: Varying::Far, narrow: Narrow::Below, wide: Wide::One, last: 7 };
    let Some(json) = parsed(Enums::SCHEMA, &enums.to_vec().unwrap()) else { return };
    assert_members(&json, &[r#""value":300"#, r#""last":7"#]);
}
