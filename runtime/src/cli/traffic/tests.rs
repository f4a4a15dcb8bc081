//! Tests that each byte of a stream is in exactly one record, even if it is malformed.

use std::string::{String, ToString as _};
use std::sync::Arc;
use std::vec::Vec;
use std::{format, vec};

use bytes::Bytes;

use super::{Connection, Direction, Event, Happened, Record, Traffic, What};
use crate::cli::frames::Frames;
use crate::prelude::*;

#[derive(Frame, Debug, PartialEq)]
#[frame(be, magic = 0xCAFEu16, crate = crate)]
struct Request {
    id: u8,
    #[len_prefixed(u8)]
    text: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, crate = crate)]
struct Reply {
    id: u16,
    ok: bool,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, crate = crate)]
struct Text {
    #[len_prefixed(u8)]
    text: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, until(b"\n"), crate = crate)]
struct Line {
    #[until(b'=')]
    key: String,
    #[rest]
    value: String,
}

fn event(direction: Direction, happened: Happened) -> Event {
    Event { time: None, connection: Arc::new(Connection::default()), direction, happened }
}

fn bytes(bytes: &[u8]) -> Happened {
    Happened::Bytes(Bytes::copy_from_slice(bytes))
}

/// Returns the records in short form.
fn told(records: &[Record]) -> Vec<String> {
    let line = |record: &Record| {
        let said = record.json().or_else(|| record.fault()).unwrap_or_default();
        format!("{} {} {said}", record.offset, record.bytes.len())
    };
    records.iter().map(line).collect()
}

/// Returns the records of these events in the direction to the server, followed by the end of the
/// stream.
fn all<P: Frames>(pieces: &[Happened]) -> Vec<Record> {
    let mut traffic = Traffic::new(P::kinds());
    let mut records = Vec::new();
    for piece in pieces {
        records.extend(traffic.take(event(Direction::ToServer, piece.clone())));
    }
    records.extend(traffic.take(event(Direction::ToServer, Happened::End(None))));
    assert!(traffic.finish(None).is_empty() && traffic.held == 0);
    records
}

#[test]
fn frames_are_reported_when_complete() {
    let mut traffic = Traffic::new(<(Request, Reply)>::kinds());
    let mut take = |direction, piece: &[u8]| told(&traffic.take(event(direction, bytes(piece))));
    assert!(take(Direction::ToServer, b"\xca\xfe\x01\x02h").is_empty());
    assert!(take(Direction::FromServer, b"\0").is_empty());
    assert_eq!(
        take(Direction::ToServer, b"i\xca\xfe\x02\0"),
        ["0 6 {\"id\": 1, \"text\": \"hi\"}", "6 4 {\"id\": 2, \"text\": \"\"}"]
    );
    assert_eq!(take(Direction::FromServer, b"\x01\x01"), ["0 3 {\"id\": 1, \"ok\": true}"]);
}

#[test]
fn the_next_frame_is_found_after_a_malformed_one() {
    let records =
        all::<Request>(&[bytes(b"\xca\xfe\x01\x01\xff\xca\xfe\x02\x01bx"), bytes(b"yz\xca\xfe\x03\0")]);
    assert_eq!(
        told(&records),
        [
            "0 5 Request.text at byte 4: expected UTF-8 text",
            "5 5 {\"id\": 2, \"text\": \"b\"}",
            "10 3 Request.magic at byte 0: expected the constant ca fe, found 78 79 (\"xy\")",
            "13 4 {\"id\": 3, \"text\": \"\"}",
        ]
    );
    let dump = records[0].dump().map(|dump| dump.to_string()).unwrap_or_default();
    assert!(dump.starts_with("Request, 5 bytes, malformed\n") && dump.contains("^^ Request.text"), "{dump}");
    // A delimiter also shows the start of the next frame.
    let records = all::<Line>(&[bytes(b"a=1\nnothing\nb=2\nc")]);
    let said = told(&records);
    assert_eq!(
        (&*said[0], &*said[2]),
        ("0 4 {\"key\": \"a\", \"value\": \"1\"}", "12 4 {\"key\": \"b\", \"value\": \"2\"}")
    );
    assert!(said[1].starts_with("4 8 Line.key") && said[3].starts_with("16 1 Line"), "{said:?}");
    // For this type only the next packet can show the start of the next frame.
    let records = all::<Text>(&[bytes(b"\x01\xff\x01a"), bytes(b"\x02hi")]);
    assert_eq!(told(&records), ["0 4 Text.text at byte 1: expected UTF-8 text", "4 3 {\"text\": \"hi\"}"]);
}

#[test]
fn missing_bytes_are_reported_at_their_position() {
    let records =
        all::<Request>(&[bytes(b"\xca\xfe\x01\x09abc"), Happened::Missing(7), bytes(b"d\xca\xfe\x02\x01b")]);
    assert_eq!(
        told(&records),
        [
            "0 7 Request at byte 7: 7 of its bytes are missing",
            "7 0 7 bytes missing",
            "14 1 1 byte skipped",
            "15 5 {\"id\": 2, \"text\": \"b\"}",
        ]
    );
    assert!(matches!(records[1].what, What::Missing(7)));
}

#[test]
fn every_byte_is_in_one_record_however_it_is_cut() {
    let streams: [&[u8]; 4] = [
        b"\xca\xfe\x01\x01\xff\xca\xfe\x02\x01b\xca\xca\xfe\x03\xfe\xca\xfe\x04\0\xca",
        b"\xca\xfe\x01\x02hi\xca\xfe\x01\x02hi",
        b"a=1\nb\n\n=\nc=",
        b"",
    ];
    for stream in streams {
        for len in 1..stream.len().max(2) {
            for read in [all::<Request>, all::<Reply>, all::<Line>, all::<(Line, Reply)>] {
                let pieces: Vec<_> = stream.chunks(len).map(bytes).collect();
                let records = read(&pieces);
                let whole: Vec<u8> = records.iter().flat_map(|record| record.bytes.to_vec()).collect();
                assert_eq!(whole, stream, "{len}");
                let mut at = 0;
                for record in &records {
                    assert_eq!(record.offset, at);
                    at += u64::try_from(record.bytes.len()).unwrap_or_default();
                }
            }
        }
    }
}

#[test]
fn the_type_of_a_pipe_is_the_one_that_reads_furthest() {
    let mut traffic = Traffic::new(<(Reply, Request)>::kinds());
    let records = traffic.take(event(Direction::Unknown, bytes(b"\xca\xfe\x01\x02hi\xca")));
    assert_eq!(told(&records), ["0 6 {\"id\": 1, \"text\": \"hi\"}"]);
    let mut traffic = Traffic::new(<(Reply, Request)>::kinds());
    let mut records = traffic.take(event(Direction::Unknown, bytes(b"\xca\xfd\x07")));
    records.extend(traffic.take(event(Direction::Unknown, bytes(b"\0\0\x01"))));
    records.extend(traffic.finish(None));
    assert_eq!(records.len(), 2, "{:?}", told(&records));
}

#[test]
fn a_datagram_is_a_frame() {
    let mut traffic = Traffic::new(Reply::kinds());
    let datagrams: Vec<&[u8]> = vec![b"\0\x01\x01", b"\0\x01\x01\0", b""];
    let all: Vec<_> = datagrams
        .iter()
        .flat_map(|datagram| {
            let happened = Happened::Datagram(Bytes::copy_from_slice(datagram));
            traffic.take(event(Direction::ToServer, happened))
        })
        .collect();
    assert_eq!(told(&all)[0], "0 3 {\"id\": 1, \"ok\": true}");
    assert!(told(&all)[1].contains("left over") || told(&all)[1].contains("1 byte"), "{:?}", told(&all));
    assert!(all[1].is_fault() && all[2].is_fault());
}
