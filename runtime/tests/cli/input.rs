//! Tests of the input of commands: its formats, and that frames are printed as they arrive.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::{file, program, told};

pub(crate) fn a_frame_is_printed_when_it_is_there() {
    let mut child = program(&["decode", "--type", "Reply"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The input stays open, so each line is printed before the end of the input.
    input.write_all(b"\xff\x01\x01\0").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), r#"{"id": 65281, "ok": true}"#);
    input.write_all(b"\x02").unwrap();
    input.write_all(b"\0\0").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), r#"{"id": 2, "ok": false}"#);
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(1), "a byte is left");

    let mut child = program(&["decode", "-"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    input.write_all(b"00 01 01\n").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), r#"{"id": 1, "ok": true}"#);
    input.write_all(b"\n000200\n").unwrap();
    assert_eq!(lines.next().unwrap().unwrap(), r#"{"id": 2, "ok": false}"#);
    input.write_all(b"1\t000300\n").unwrap();
    drop(input);
    let error = String::from_utf8(child.wait_with_output().unwrap().stderr).unwrap();
    assert!(error.starts_with("error: line 4 of the input: the lines have several columns"), "{error}");
}

pub(crate) fn empty_input_is_no_fault() {
    assert_eq!(told(&["dump"], 0), (String::new(), String::new()));
    assert_eq!(told(&["decode", "-"], 0), (String::new(), String::new()));
}

pub(crate) fn faults_do_not_hide_what_follows() {
    let (shown, error) = told(&["decode", "--type", "Reply", "000102 000201 0003"], 1);
    assert_eq!(shown, "{\"id\": 2, \"ok\": true}\n");
    assert_eq!(
        error,
        "error: Reply.ok at byte 2: expected 0 or 1, found 2\n       \
         in the frame at byte 6: Reply.ok at byte 2: expected 1 byte, found 0\n"
    );
    let (_, error) = told(&["dump", "00 01 02..."], 1);
    assert!(error.contains("the hex ends with dots"), "{error}");
    let (_, error) = told(&["dump", "00010"], 1);
    assert!(error.contains("odd number of hex digits"), "{error}");
}

pub(crate) fn a_list_of_frames_is_encoded() {
    let list = r#"[{"id": 1, "ok": true}, {"id": 2, "text": "hi"}]"#;
    assert_eq!(told(&["encode", list], 0).0, "000101000200026869\n");
    let (_, error) = told(&["encode", r#"[{"id": 1, "ok": true}, {"id": -2, "ok": true}]"#], 1);
    assert!(error.starts_with("error: in frame 1 of the list: "), "{error}");
    assert_eq!(told(&["encode", "[]"], 0).0, "\n");
}

pub(crate) fn parts_of_frames_are_shown_alone() {
    let items = "0007 03 616263 0008 00";
    let shown = "\
Item, 6 bytes
0000  00 07     price     u16 be    7
0002  03        name.len  u8        3
0003  61 62 63  name      3 bytes   \"abc\"

Item, 3 bytes
0000  00 08  price     u16 be    8
0002  00     name.len  u8        0
0003         name      0 bytes   \"\"
";
    assert_eq!(told(&["dump", "--type", "item", items], 0).0, shown);
    let values = "{\"price\": 7, \"name\": \"abc\"}\n{\"price\": 8, \"name\": \"\"}\n";
    assert_eq!(told(&["decode", "--type", "Item", items], 0).0, values);
    let (_, error) = told(&["decode", "--type", "Item", "000700 0001"], 1);
    assert!(error.starts_with("error: in the frame at byte 3: Item"), "{error}");
    assert!(told(&["schema", "--type", "Item"], 0).0.starts_with("Item: 3 to 258 bytes, be\n"));
    let (_, error) = told(&["schema", "--type", "Things"], 1);
    assert_eq!(
        error,
        "error: unknown type `Things`, expected one of `Request`, `Reply`, `Listing`, `Item`\n"
    );
}

pub(crate) fn an_old_schema_is_compared() {
    let (schema, _) = told(&["schema", "--json"], 0);
    let same = file("same.json", schema.as_bytes());
    let (report, _) = told(&["compatible", &same], 0);
    assert_eq!(
        report,
        "Request is the same on the wire\n\nReply is the same on the wire\n\nListing is the same on the wire\n"
    );
    let changed =
        schema.replace("\"text\": \"u16 be\"", "\"text\": \"u8\"").replace("\"bytes\": 2", "\"bytes\": 1");
    let changed = file("changed.json", changed.as_bytes());
    let (report, error) = told(&["compatible", "--type", "Reply", &changed], 1);
    assert!(
        report.starts_with("Reply has changed on the wire:\n") && report.contains("id: u8 has become u16 be"),
        "{report}"
    );
    assert_eq!(error, "error: not compatible in both directions: Reply\n");
    let (_, error) = told(&["compatible", &file("none.json", b"{")], 1);
    assert!(error.starts_with("error: invalid JSON: "), "{error}");
    assert!(told(&["compatible", "nothing.json"], 1).1.contains("cannot be read"));
}
