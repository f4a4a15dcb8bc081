//! Tests of the annotated hex dump.

use framewright::prelude::*;
use framewright::view::dump_bytes;

use crate::protocol::{Headed, chat, headed};

#[test]
fn the_sample_of_the_design() {
    let expected = r#"ChatMsg, 21 bytes
0000  00 98 96 80              sender    u32 be    10000000
0004  00 98 96 81              receiver  u32 be    10000001
0008  01                       kind      u8        1
0009  00 00 00 08              body.len  u32 be    8
000d  68 69 20 74 68 65 72 65  body      8 bytes   "hi there""#;
    assert_eq!(chat(b"hi there").dump().to_string(), expected);
}

#[test]
fn a_long_body_goes_on_below_and_a_very_long_one_is_cut() {
    let expected = r#"ChatMsg, 43 bytes
0000  00 98 96 80              sender    u32 be    10000000
0004  00 98 96 81              receiver  u32 be    10000001
0008  01                       kind      u8        1
0009  00 00 00 1e              body.len  u32 be    30
000d  68 65 6c 6c 6f 20 74 68  body      30 bytes  "hello there, this is 30 bytes "
0015  65 72 65 2c 20 74 68 69
001d  73 20 69 73 20 33 30 20
0025  62 79 74 65 73 20"#;
    assert_eq!(chat(b"hello there, this is 30 bytes ").dump().to_string(), expected);

    let expected = r#"ChatMsg, 1013 bytes
0000  00 98 96 80              sender    u32 be      10000000
0004  00 98 96 81              receiver  u32 be      10000001
0008  01                       kind      u8          1
0009  00 00 03 e8              body.len  u32 be      1000
000d  ff ff ff ff ff ff ff ff  body      1000 bytes  0xffffffffffffffff...
0015  ff ff ff ff ff ff ff ff
001d  ff ff ff ff ff ff ff ff
0025  ff ff ff ff ff ff ff ff
002d  ... 968 more bytes"#;
    assert_eq!(chat(&[0xff; 1000]).dump().to_string(), expected);
}

#[test]
fn an_empty_body_has_its_line() {
    assert!(chat(b"").dump().to_string().ends_with("\n000d               body      0 bytes   \"\""));
}

#[test]
fn offsets_are_as_wide_as_the_last_needs() {
    let dump = chat(&[0; 70_000]).dump().to_string();
    assert!(dump.contains("\n00000  00 98 96 80"), "{dump}");
    assert!(dump.ends_with("\n0002d  ... 69968 more bytes"), "{dump}");
}

#[test]
fn the_dump_of_an_invalid_value_has_the_reason() {
    let dump = chat(&vec![0; 2 << 20]).dump();
    assert_eq!(
        dump.to_string(),
        "ChatMsg does not encode: ChatMsg.body: 2097152 bytes do not fit: at most 1048576"
    );
    assert_eq!(format!("{dump:?}"), dump.to_string());
}

/// `has_note` is neither 255 nor 15, so the bytes are malformed and the dump is made from the
/// schema alone. The kept tag must still select the fields.
#[test]
fn a_kept_tag_selects_the_fields_in_a_dump() {
    let [_, _, mut bytes] = headed().map(|headed| headed.to_vec().unwrap());
    bytes[5] = 0x0e;
    let expected = "\
Headed, 8 bytes, malformed
0000  32     tag       u8        50 = Publish
0001  00 07  len       u16 be    7 = len_of(..)
0003  00 09  id        u16 be    9
0005  0e     has_note  u8        14 = presence_of(note)
      ^^ Headed.has_note at byte 5: expected 255 or 15, found 14
0006  62 63";
    assert_eq!(dump_bytes::<Headed>(&bytes).to_string(), expected);
}

/// The delimiter of the name is missing, so the dump is made from the schema alone.
#[test]
fn a_float_that_is_not_the_none_is_there_in_a_dump() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be)]
    struct Place {
        #[none(f32::NAN)]
        height: Option<f32>,
        #[when(height.is_some())]
        unit: Option<u8>,
        #[until(0)]
        name: String,
    }
    let dump = dump_bytes::<Place>(b"\x3f\xc0\0\0\x05A").to_string();
    assert!(dump.contains("  unit  ") && dump.contains("  name  "), "{dump}");
    let dump = dump_bytes::<Place>(b"\x7f\xc0\0\0A").to_string();
    assert!(!dump.contains("  unit  ") && dump.contains("  name  "), "{dump}");
}
