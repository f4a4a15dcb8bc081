//! Tests of the dissectors in tshark. If tshark is missing, these tests print that they are
//! skipped.

use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};

use framewright::prelude::*;
use framewright::{Order, Schema};

use crate::capture::{self, PORT, Transport, Way};
use crate::languages::usual::Closed;
use crate::protocol::{
    ChatMsg, ChatReply, Chunk, Headed, Inner, Ipv4, Line, Lists, Lsb, Message, Numbers, Options, Packet, Png,
    Post, Ranged, chat, headed, ipv4, letters, line, lists, lsb, messages, numbers, options, packets, ranged,
};

/// Returns a directory that no other test uses.
fn directory(name: &str) -> PathBuf {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let directory = std::env::temp_dir().join(format!("framewright-{}-{name}-{number}", std::process::id()));
    std::fs::create_dir_all(&directory).unwrap();
    directory
}

/// Returns the output of tshark for `packets` with this dissector, or `None` if tshark is missing.
pub(crate) fn shown(
    name: &str,
    lua: impl ToString,
    transport: Transport,
    packets: &[(Way, Vec<u8>)],
) -> Option<String> {
    let directory = directory(name);
    let (script, pcap) = (directory.join("dissector.lua"), directory.join("capture.pcap"));
    std::fs::write(&script, lua.to_string()).unwrap();
    capture::write(&pcap, transport, packets);
    let option = format!("lua_script:{}", script.display());
    let output = Command::new("tshark").args(["-X", &option, "-V", "-r"]).arg(&pcap).output();
    let output = match output {
        Ok(output) => output,
        Err(error) => {
            eprintln!("left out, because tshark cannot be run: {error}");
            return None;
        }
    };
    std::fs::remove_dir_all(directory).unwrap();
    let (text, faults) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "tshark failed: {faults}");
    assert!(!faults.contains("Lua") && !text.contains("Lua Error"), "the script is faulty: {faults}\n{text}");
    Some(text.into_owned())
}

/// Asserts that these lines occur in this order. Other lines may be between them.
#[track_caller]
pub(crate) fn assert_lines(text: &str, lines: &[&str]) {
    let mut rest = text.lines().map(str::trim);
    for line in lines {
        assert!(rest.any(|shown| shown == *line), "no line {line:?} where it should be in\n{text}");
    }
}

fn to_port<T: Encode>(value: &T) -> (Way, Vec<u8>) {
    (Way::ToPort, value.to_vec().unwrap())
}

#[test]
fn chat_is_shown_field_by_field() {
    let reply = ChatReply { sender: 7, kind: 2, body: b"ok".to_vec() };
    let three =
        [chat(b"hi there"), chat(b""), chat(&[0xff, 0])].map(|message| message.to_vec().unwrap()).concat();
    // The frames begin and end in the middle of segments.
    let (first, rest) = three.split_at(30);
    let (second, third) = rest.split_at(10);
    let mut packets: Vec<_> = [first, second, third].map(|part| (Way::ToPort, part.to_vec())).into();
    packets.push((Way::FromPort, reply.to_vec().unwrap()));
    let lua = ChatMsg::SCHEMA.wireshark(PORT).replies(ChatReply::SCHEMA);
    let Some(text) = shown("chat", lua, Transport::Tcp, &packets) else { return };
    assert_lines(
        &text,
        &[
            "ChatMsg",
            "sender: 10000000",
            "receiver: 10000001",
            "kind: 1",
            "body.len: 8",
            "body: 6869207468657265 \"hi there\"",
            "ChatMsg",
            "body.len: 0",
            "body: (empty)",
            "ChatMsg",
            "body.len: 2",
            "body: ff00",
            "ChatReply",
            "sender: 7",
            "kind: 2",
            "body: 6f6b \"ok\"",
        ],
    );
    assert!(!text.contains("Malformed"), "{text}");
}

#[test]
fn nested_frames_lists_and_variants_have_their_names() {
    let packets: Vec<_> = messages().iter().map(to_port).collect();
    let Some(text) = shown("messages", Message::SCHEMA.wireshark(PORT), Transport::Udp, &packets) else {
        return;
    };
    assert_lines(
        &text,
        &[
            "Message Inventory",
            "tag: Inventory (1)",
            "items.count: 2",
            "items[0]: Item",
            "id: 1",
            "name: sword",
            "items[1]: Item",
            "numbers: -1",
            "numbers: 5",
            "first: Item",
            "name: ß",
            "Message Bye",
            "0: Lost (2)",
            "Message Tree",
            "0: Node",
            "next[0]: Node",
            "point: 1e+30",
            "next[1]: Node",
            "next[0]: Node",
            "value: 4",
            "Message Other",
            "tag: Unknown (99)",
            "body: 3fff",
        ],
    );
    assert!(!text.contains("Malformed"), "{text}");
}

#[test]
fn a_tag_that_is_kept_has_a_name() {
    let packets: Vec<_> = letters().iter().map(to_port).collect();
    let Some(text) = shown("letters", Post::SCHEMA.wireshark(PORT), Transport::Tcp, &packets) else { return };
    assert_lines(
        &text,
        &[
            "tag: Letter (48)",
            "text: plain",
            "tag: Letter (50)",
            "id: 7",
            "text: registered",
            "tag: Receipt (64)",
            "id: 7",
        ],
    );
    assert!(!text.contains("Malformed"), "{text}");
}

#[test]
fn delimiters_and_lengths_elsewhere_are_followed() {
    let lua = Line::SCHEMA.wireshark(PORT);
    let Some(text) = shown("line", lua, Transport::Tcp, &[to_port(&line()), to_port(&line())]) else {
        return;
    };
    let each =
        ["Line", "key: Speed", "key.until: 3a20", "code: abc", "unit: m/s", "value: 12", "until: 0d0a"];
    assert_lines(&text, &[each, each].concat());

    let packets = [to_port(&ranged(Inner::Number(5))), to_port(&ranged(Inner::Nothing))];
    let lua = Ranged::SCHEMA.wireshark(PORT);
    let Some(text) = shown("ranged", lua, Transport::Udp, &packets) else { return };
    assert_lines(
        &text,
        &[
            "Ranged",
            "total: 17",
            "body_len: 4",
            "which: Number (7)",
            "body: 626f6479 \"body\"",
            "inner: Inner Number",
            "0: 5",
            "Ranged",
            "which: Nothing (8)",
        ],
    );
    assert!(!text.contains("Malformed"), "{text}");
}

#[test]
fn bits_and_numbers_of_every_kind_are_read() {
    let Some(text) = shown("ipv4", Ipv4::SCHEMA.wireshark(PORT), Transport::Udp, &[to_port(&ipv4())]) else {
        return;
    };
    assert_lines(
        &text,
        &[
            "Ipv4",
            "0100 .... = version: 4",
            ".... 0110 = ihl: 6",
            "total_len: 31",
            ".1.. .... .... .... = dont_fragment: 1",
            "...0 0000 0000 0101 = offset: 5",
            "protocol: Tcp (6)",
            "source: 10.0.0.1",
            "options: 01010101",
            "payload: 7061796c6f6164 \"payload\"",
        ],
    );
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");

    let lua = Numbers::SCHEMA.wireshark(PORT);
    let Some(text) = shown("numbers", lua, Transport::Udp, &[to_port(&numbers())]) else { return };
    assert_lines(
        &text,
        &[
            "three: 66051",
            "little: 258",
            "varint: 300",
            "zigzag: -3",
            "quic: 15293",
            "dec: -42",
            "hex: 171",
            "tuple.0: 7",
            "tuple.1: True",
            "six: ::1",
            "list.count: 2",
            "list: 1",
            "list: 2",
            "inclusive.len: 4",
            "inclusive: 696e \"in\"",
        ],
    );
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");

    let Some(text) = shown("lsb", Lsb::SCHEMA.wireshark(PORT), Transport::Udp, &[to_port(&lsb())]) else {
        return;
    };
    assert_lines(
        &text,
        &[".... .... .... .101 = a: 5", "1001 0001 1010 0... = b: 4660", "c: -2", "1001 .... = d: 9"],
    );
}

#[test]
fn lists_end_with_their_last_item() {
    let Some(text) = shown("lists", Lists::SCHEMA.wireshark(PORT), Transport::Udp, &[to_port(&lists())])
    else {
        return;
    };
    assert_lines(
        &text,
        &[
            "kept[0]: Flagged",
            "0... .... = last: 0",
            ".000 0001 = value: 1",
            "kept[1]: Flagged",
            "1... .... = last: 1",
            "numbers: 300",
            "numbers: 7",
            "numbers: 0",
            "bytes.count: 3",
            "bytes: 010203",
        ],
    );
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");
}

#[test]
fn bytes_end_with_their_last_byte() {
    let closed = Closed { bytes: vec![3, 66, 67], numbers: vec![9, 504], behind: 5 };
    let Some(text) = shown("closed", Closed::SCHEMA.wireshark(PORT), Transport::Udp, &[to_port(&closed)])
    else {
        return;
    };
    assert_lines(&text, &["bytes: 3", "bytes: 66", "bytes: 67", "numbers: 9", "numbers: 504", "behind: 5"]);
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");
}

#[test]
fn names_that_lua_has_taken_are_renamed() {
    let png = Png { kind: Auto::new(), data: Chunk::Header { width: 640 } };
    let Some(text) = shown("png", Png::SCHEMA.wireshark(PORT), Transport::Udp, &[to_port(&png)]) else {
        return;
    };
    assert_lines(&text, &["Png", "kind: 49484452 \"IHDR\"", "data: Chunk Header", "width: 640"]);
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");
}

#[test]
fn absent_fields_are_not_there() {
    let lua = Options::SCHEMA.wireshark(PORT);
    let packets = [to_port(&options(1)), to_port(&options(0))];
    let Some(text) = shown("options", lua, Transport::Udp, &packets) else { return };
    let all =
        ["Options", "has_ext: True", "flags: 1", "when: 2", "ext: 3", "null.len: 1", "null: x", "maybe: 4"];
    assert_lines(&text, &[&all[..], &["Options", "has_ext: False", "flags: 0", "null.len: -1"]].concat());
    assert_eq!(text.matches("ext: 3").count(), 1);
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");
}

#[test]
fn a_tag_of_bits_shares_its_byte() {
    let packets: Vec<_> = packets().iter().map(to_port).collect();
    let Some(text) = shown("packets", Packet::SCHEMA.wireshark(PORT), Transport::Tcp, &packets) else {
        return;
    };
    assert_lines(
        &text,
        &[
            "Packet Connect",
            "0001 .... = tag: Connect (1)",
            "len: 9",
            "keep_alive: 60",
            "client: probe",
            "Packet Publish",
            "0011 .... = tag: Publish (3)",
            ".... .00. = qos: 0",
            ".... ...1 = retain: 1",
            "topic: a/b",
            "body: 32312e35 \"21.5\"",
            "Packet Publish",
            ".... .10. = qos: 2",
            "id: 9",
            "body: 32312e35 \"21.5\"",
        ],
    );
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");
}

#[test]
fn tags_are_kept_constant_and_counted() {
    let packets: Vec<_> = headed().iter().map(to_port).collect();
    let Some(text) = shown("headed", Headed::SCHEMA.wireshark(PORT), Transport::Tcp, &packets) else {
        return;
    };
    assert_lines(
        &text,
        &[
            "Headed Publish",
            "len: 5",
            "has_note: 255",
            "note: 5",
            "body: 61 \"a\"",
            "Headed Ping",
            "tag: Ping (193)",
            "len: 2",
            "Headed Publish",
            "id: 9",
            "has_note: 15",
            "body: 6263 \"bc\"",
        ],
    );
    assert_eq!((text.matches("note: 5").count(), text.matches("id: 9").count()), (1, 1), "{text}");
    assert!(!text.contains("Malformed") && !text.contains("left over"), "{text}");
}

/// Returns packets with every truncation of each sample, and packets with one flipped bit, for
/// every bit.
pub(crate) fn damaged(samples: &[Vec<u8>]) -> Vec<(Way, Vec<u8>)> {
    let mut packets = Vec::new();
    for sample in samples {
        packets.extend((1..sample.len()).map(|len| (Way::ToPort, sample[..len].to_vec())));
        for bit in 0..sample.len() * 8 {
            let mut flipped = sample.clone();
            flipped[bit / 8] ^= 1 << (bit % 8);
            packets.push((Way::FromPort, flipped));
        }
    }
    packets
}

#[test]
fn damaged_frames_are_reported() {
    let cases: [(&str, &Schema, Vec<Vec<u8>>); 9] = [
        ("packets", Packet::SCHEMA, packets().iter().map(|packet| packet.to_vec().unwrap()).collect()),
        ("ipv4", Ipv4::SCHEMA, vec![ipv4().to_vec().unwrap()]),
        ("numbers", Numbers::SCHEMA, vec![numbers().to_vec().unwrap()]),
        ("lists", Lists::SCHEMA, vec![lists().to_vec().unwrap()]),
        ("options", Options::SCHEMA, vec![options(0).to_vec().unwrap(), options(1).to_vec().unwrap()]),
        ("chat", ChatMsg::SCHEMA, vec![chat(b"hi there").to_vec().unwrap()]),
        ("messages", Message::SCHEMA, messages().iter().map(|message| message.to_vec().unwrap()).collect()),
        ("line", Line::SCHEMA, vec![line().to_vec().unwrap()]),
        ("ranged", Ranged::SCHEMA, vec![ranged(Inner::Number(5)).to_vec().unwrap()]),
    ];
    for (name, schema, samples) in cases {
        let packets = damaged(&samples);
        let name = format!("damaged-{name}");
        let Some(text) = shown(&name, schema.wireshark(PORT), Transport::Udp, &packets) else { return };
        assert!(text.contains("(Error/Malformed)"), "{name} reports nothing");
    }
    // In a TCP stream, a damaged frame also moves the boundaries of the frames after it.
    let packets = damaged(&[messages()[0].to_vec().unwrap(), messages()[3].to_vec().unwrap()]);
    shown("damaged-stream", Message::SCHEMA.wireshark(PORT), Transport::Tcp, &packets);
}

/// The first byte determines the byte order of the numbers. The nested frame receives its byte order
/// as context, which the Lua dissector does not know.
#[derive(Frame, Debug, Clone, PartialEq)]
struct Ordered {
    little: bool,
    #[wire(order = if little { Order::Little } else { Order::Big })]
    number: u16,
    #[len_prefixed(u16, order = if little { Order::Little } else { Order::Big })]
    text: String,
    #[ctx(if little { Order::Little } else { Order::Big })]
    inner: InOrder,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
struct InOrder {
    value: u16,
}

#[test]
fn a_field_may_select_the_byte_order() {
    let of = |little| Ordered { little, number: 258, text: "hi".into(), inner: InOrder { value: 3 } };
    let packets = [to_port(&of(false)), to_port(&of(true))];
    let shown = shown("ordered", Ordered::SCHEMA.wireshark(PORT), Transport::Udp, &packets);
    let Some(text) = shown else { return };
    let one = ["number: 258", "text.len: 2", "text: hi"];
    assert_lines(&text, &[one, one].concat());
    assert!(!text.contains("Malformed") && !text.contains("number_"), "{text}");
    let kaitai = Ordered::SCHEMA.kaitai().to_string();
    assert!(kaitai.contains("Kaitai cannot express: the byte order of number"), "{kaitai}");
}

/// A range before its length may begin with a field that is absent, or with a prefix.
#[test]
fn ranges_begin_where_their_first_field_begins() {
    #[derive(Frame, Debug, PartialEq)]
    struct Ranges {
        flag: bool,
        #[when(flag)]
        extra: Option<u8>,
        #[len_of(extra..=name)]
        len: Auto<u8>,
        #[rest]
        name: String,
        #[len_prefixed(u8)]
        text: String,
        #[len_of(text..=more)]
        size: Auto<u8>,
        #[rest]
        more: String,
        last: u8,
    }
    let ranges = |extra: Option<u8>| Ranges {
        flag: extra.is_some(),
        extra,
        len: Auto::new(),
        name: "ab".into(),
        text: "cd".into(),
        size: Auto::new(),
        more: "ef".into(),
        last: 7,
    };
    assert_eq!(ranges(None).to_vec().unwrap(), b"\0\x03ab\x02cd\x06ef\x07");
    let bytes = ranges(None).to_vec().unwrap();
    assert_eq!(framewright::testing::dissects::<Ranges>(&bytes), Ok(bytes.len()));
    framewright::testing::laws([ranges(None), ranges(Some(5))]);
    let packets = [to_port(&ranges(None)), to_port(&ranges(Some(5)))];
    let lua = Ranges::SCHEMA.wireshark(PORT);
    let Some(text) = shown("ranges", lua, Transport::Udp, &packets) else { return };
    let ranges = ["name: ab", "text: cd", "more: ef", "last: 7"];
    assert_lines(&text, &[&ranges[..], &["extra: 5"], &ranges].concat());
    assert!(!text.contains("Malformed"), "{text}");
}
