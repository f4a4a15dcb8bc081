//! Tests of the number formats of schemas: readers and writers that use the schema accept exactly
//! the numbers that generated code accepts.

use framewright::json::{from_json, to_json};
use framewright::prelude::*;
use framewright::schema::{Int, NumberFormat, Type};
use framewright::testing::laws;
use framewright::view::dump_bytes;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Numbers {
    #[wire(varint)]
    small: u16,
    #[wire(varint(max = 2))]
    short: u64,
    #[wire(zigzag)]
    signed: i32,
    #[wire(quic)]
    quic: u64,
    #[wire(dec)]
    #[fixed(3)]
    three: i16,
    #[wire(hex(lower))]
    #[until(0)]
    hex: u8,
    #[len_prefixed(mqtt)]
    body: Vec<u8>,
}

fn numbers() -> Numbers {
    Numbers { small: 300, short: 7, signed: -3, quic: 70, three: -5, hex: 0xab, body: b"hi".into() }
}

fn formats() -> Vec<&'static NumberFormat> {
    let number = |ty: &Type| if let Type::Number(format) = ty { Some(*format) } else { None };
    Numbers::SCHEMA.fields(0).iter().filter_map(|field| number(&field.ty)).collect()
}

#[test]
fn formats_have_the_limits_of_their_numbers() {
    let said = |format: &&NumberFormat| {
        (format.name, format.ty, format.least, format.most, format.min_len, format.max_len)
    };
    assert_eq!(
        formats().iter().map(said).collect::<Vec<_>>(),
        [
            ("varint", Int::U16, 0, 0xffff, 1, Some(3)),
            ("varint", Int::U64, 0, 0x3fff, 1, Some(2)),
            ("zigzag", Int::I32, i128::from(i32::MIN), 0x7fff_ffff, 1, Some(5)),
            ("quic", Int::U64, 0, (1 << 62) - 1, 1, Some(8)),
            ("dec", Int::I16, -99, 999, 3, Some(3)),
            ("hex(lower)", Int::U8, 0, 255, 1, None),
        ]
    );
}

#[test]
fn json_holds_each_to_its_range() {
    let json = to_json(&numbers()).unwrap();
    assert_eq!(from_json::<Numbers>(&json).unwrap(), numbers().to_vec().unwrap());
    let refused = |from: &str, to: &str| {
        assert!(json.contains(from), "{json}");
        from_json::<Numbers>(&json.replace(from, to)).unwrap_err().to_string()
    };
    assert_eq!(
        refused("\"small\": 300", "\"small\": 65536"),
        "Numbers.small: expected an integer from 0 to 65535, found 65536"
    );
    assert_eq!(
        refused("\"short\": 7", "\"short\": 16384"),
        "Numbers.short: expected an integer from 0 to 16383, found 16384"
    );
    assert_eq!(
        refused("\"three\": -5", "\"three\": -100"),
        "Numbers.three: expected an integer from -99 to 999, found -100"
    );
}

#[test]
fn samples_reach_the_borders() {
    laws::<Numbers>([]);
    let widest = framewright::testing::samples::<Numbers>(1, 2).pop().unwrap();
    assert_eq!((widest.small, widest.short, widest.quic), (u16::MAX, 0x3fff, (1 << 62) - 1));
    assert_eq!((widest.signed, widest.three, widest.hex), (i32::MAX, 999, 255));
}

/// Checks that a dump shows a varint as malformed if the parser refuses it: because it is longer
/// than necessary, or because it exceeds its type.
#[test]
fn a_dump_reads_no_more_than_the_parser() {
    let longer = dump_bytes::<Numbers>(&[0x80, 0x00, 7]).to_string();
    assert!(longer.contains("malformed"), "{longer}");
    assert!(!longer.contains("varint"), "{longer}");
    let wide = dump_bytes::<Numbers>(&[0xff, 0xff, 0x7f, 7]).to_string();
    assert!(!wide.contains("varint"), "{wide}");
    let good = dump_bytes::<Numbers>(&[0xac, 0x02, 7]).to_string();
    assert!(good.contains("small     varint    300"), "{good}");
}

mod old {
    #[derive(framewright::Frame)]
    pub(crate) struct Numbers {
        #[wire(varint)]
        id: u16,
        #[wire(varint)]
        other: u32,
    }
}

#[derive(Frame)]
struct Wider {
    #[wire(varint)]
    id: u32,
    #[wire(quic)]
    other: u32,
}

#[test]
fn a_wider_number_reads_what_the_narrower_one_wrote() {
    let report = Wider::SCHEMA.compatible_with(old::Numbers::SCHEMA);
    let report = report.to_string();
    let lines: Vec<_> =
        report.lines().skip(3).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "id: varint from 0 to 65535 has become varint from 0 to 4294967295 not all yes",
            "other: varint has become quic no no",
        ]
    );
}
