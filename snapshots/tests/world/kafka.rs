//! Kafka's record batch (Kafka documentation, "Record Batch"). The bytes are from a 0.11 broker,
//! captured by the kafka-python project.

use framewright::checksum::Crc32c;
use framewright::prelude::*;
use framewright::testing::laws;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct RecordBatch {
    base_offset: i64,
    #[len_of(leader_epoch..)]
    len: Auto<i32>,
    leader_epoch: i32,
    #[magic(2)]
    magic: Auto<i8>,
    #[checksum(Crc32c, over = attributes..)]
    crc: Auto<u32>,
    attributes: Attributes,
    last_offset_delta: i32,
    base_timestamp: i64,
    max_timestamp: i64,
    producer_id: i64,
    producer_epoch: i16,
    base_sequence: i32,
    #[count_of(records)]
    record_count: Auto<i32>,
    records: Vec<Record>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Attributes {
    #[bits(9)]
    unused: u16,
    #[bits(1)]
    has_delete_horizon: bool,
    #[bits(1)]
    is_control: bool,
    #[bits(1)]
    is_transactional: bool,
    #[bits(1)]
    append_time: bool,
    #[bits(3)]
    compression: Compression,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
enum Compression {
    None,
    Gzip,
    Snappy,
    Lz4,
    Zstd,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, len_prefixed(zigzag))]
struct Record {
    attributes: i8,
    #[wire(zigzag)]
    timestamp_delta: i64,
    #[wire(zigzag)]
    offset_delta: i32,
    #[len_prefixed(zigzag, none = -1)]
    key: Option<Vec<u8>>,
    #[len_prefixed(zigzag, none = -1)]
    value: Option<Vec<u8>>,
    #[count_prefixed(zigzag)]
    headers: Vec<Header>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Header {
    #[len_prefixed(zigzag)]
    key: String,
    #[len_prefixed(zigzag, none = -1)]
    value: Option<Vec<u8>>,
}

fn batch(records: Vec<Record>) -> RecordBatch {
    RecordBatch {
        base_offset: 0,
        len: Auto::new(),
        leader_epoch: 1,
        magic: Auto::new(),
        crc: Auto::new(),
        attributes: Attributes {
            unused: 0,
            has_delete_horizon: false,
            is_control: false,
            is_transactional: false,
            append_time: false,
            compression: Compression::None,
        },
        last_offset_delta: 0,
        base_timestamp: 1_503_229_838_908,
        max_timestamp: 1_503_229_838_908,
        producer_id: -1,
        producer_epoch: -1,
        base_sequence: -1,
        record_count: Auto::new(),
        records,
    }
}

#[test]
fn record_batch() {
    let bytes = hex("
        0000000000000000 0000003b 00000001 02 0318a270 0000 00000000
        0000015dff7b063c 0000015dff7b063c ffffffffffffffff ffff ffffffff 00000001
        12 00 00 00 01 06 313233 00
    ");
    let record = Record {
        attributes: 0,
        timestamp_delta: 0,
        offset_delta: 0,
        key: None,
        value: Some(b"123".to_vec()),
        headers: vec![],
    };
    proves("kafka-record-batch", &bytes, batch(vec![record.clone()]));
    let header = |value: Option<&[u8]>| Header { key: "trace".to_owned(), value: value.map(<[u8]>::to_vec) };
    let deleted = Record {
        timestamp_delta: -70,
        offset_delta: 1,
        key: Some(vec![7; 100]),
        value: None,
        headers: vec![header(None), header(Some(b"")), header(Some(b"id"))],
        ..record.clone()
    };
    laws([batch(vec![]), batch(vec![record, deleted])]);
}
