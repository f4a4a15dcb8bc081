//! Tests of dumps of nested frames, and of malformed bytes.

use crate::protocol::{
    Inner, Ipv4, Line, Lists, Lsb, Message, Numbers, Options, Packet, Ranged, chat, ipv4, line, lists, lsb,
    messages, numbers, options, packets, ranged,
};
use framewright::prelude::*;
use framewright::testing::{assert_wire_snapshot, insta::assert_snapshot, laws};
use framewright::view::{Dump, dump_bytes};

#[test]
fn the_laws_hold() {
    laws::<Message>(messages());
    laws::<Line>([line()]);
    laws::<Ranged>([ranged(Inner::Number(5)), ranged(Inner::Nothing)]);
    laws::<Ipv4>([ipv4()]);
    laws::<Packet>(packets());
    laws::<Numbers>([numbers()]);
    laws::<Options>([options(0), options(1), options(2)]);
    laws::<Lsb>([lsb()]);
    laws::<Lists>([lists()]);
}

#[test]
fn frames_in_frames_are_named_by_their_path() {
    let dumps: Vec<String> = messages().iter().map(|message| message.dump().to_string()).collect();
    assert_snapshot!("messages", dumps.join("\n\n"));
    assert_wire_snapshot!("line", line());
    assert_wire_snapshot!("ranged", ranged(Inner::Number(5)));
    assert_wire_snapshot!("ranged-nothing", ranged(Inner::Nothing));
    assert_wire_snapshot!("ipv4", ipv4());
    assert_wire_snapshot!("numbers", numbers());
    assert_wire_snapshot!("lsb", lsb());
    assert_wire_snapshot!("lists", lists());
    assert_snapshot!("packets", packets().map(|packet| packet.dump().to_string()).join("\n\n"));
    assert_snapshot!(
        "options",
        [options(0), options(1)].map(|options| options.dump().to_string()).join("\n\n")
    );
}

#[test]
fn received_bytes_are_shown_unchanged() {
    let mut bytes = ranged(Inner::Nothing).to_vec().unwrap();
    assert_eq!(dump_bytes::<Ranged>(&bytes).to_string(), ranged(Inner::Nothing).dump().to_string());
    bytes[5] = 7;
    let dump = dump_bytes::<Ranged>(&bytes).to_string();
    assert!(dump.contains("0005  07 00 00     pad"), "ignored bytes are not made up: {dump}");
}

/// Checks that a dump made from the schema has the rows of a dump made by the encoder. The extra
/// byte makes the bytes malformed, so `dump_bytes` uses the schema.
#[track_caller]
fn schema_leads_to_the_same<T: OwnedFrame>(values: impl IntoIterator<Item = T>) {
    for value in values {
        let mut bytes = value.to_vec().unwrap();
        bytes.push(0xee);
        let faulty = dump_bytes::<T>(&bytes).to_string();
        for line in value.dump().to_string().lines().skip(1) {
            let columns: Vec<&str> = line.split_whitespace().collect();
            let found = faulty.lines().any(|other| other.split_whitespace().eq(columns.iter().copied()));
            assert!(found, "{line}\nis missing in\n{faulty}");
        }
    }
}

#[test]
fn everything_before_an_error_is_shown_as_usual() {
    schema_leads_to_the_same(messages().into_iter().take(4));
    schema_leads_to_the_same([line()]);
    schema_leads_to_the_same([ranged(Inner::Number(5)), ranged(Inner::Nothing)]);
    schema_leads_to_the_same([ipv4()]);
    schema_leads_to_the_same(packets());
    schema_leads_to_the_same([numbers()]);
    schema_leads_to_the_same([options(1)]);
    schema_leads_to_the_same([lsb()]);
}

#[test]
fn the_fault_is_marked() {
    let inventory = messages()[0].to_vec().unwrap();
    let damaged = |at: usize, byte| {
        let mut bytes = inventory.clone();
        bytes[at] = byte;
        dump_bytes::<Message>(&bytes)
    };
    let dumps = [
        dump_bytes::<Message>(b""),
        dump_bytes::<Message>(&inventory[..2]),
        dump_bytes::<Message>(&inventory[..12]),
        damaged(1, b'g'),
        damaged(11, 0xff),
        damaged(5, 200),
        dump_bytes::<Message>(b"\x89GM\x02\0\x03"),
        dump_bytes::<Message>(b"\x89GM\x02\0\x02abcdefghijklm"),
        dump_bytes::<Ranged>(b"\x0d\0\x03\x07\0\0\0\0\x08body"),
        dump_bytes::<Line>(b"a: d\0\0\0\0\0x;1\r"),
        dump_bytes::<Line>(b"a: d\0\0\0\0\0x;1\xff\r\n"),
    ];
    let dumps: Vec<String> = dumps.iter().map(Dump::to_string).collect();
    assert_snapshot!("faults", dumps.join("\n\n"));
}

#[test]
fn colours_are_off_by_default() {
    let dump = chat(b"hi").dump();
    assert!(!dump.to_string().contains('\x1b'));
    let colored = dump.clone().colored(true).to_string();
    let mut plain = String::new();
    for (index, piece) in colored.split('\x1b').enumerate() {
        plain.push_str(if index == 0 { piece } else { piece.split_once('m').unwrap().1 });
    }
    let trimmed: Vec<&str> = plain.lines().map(str::trim_end).collect();
    assert_eq!(trimmed.join("\n"), dump.to_string());
    assert!(colored.contains("\x1b["));
}
