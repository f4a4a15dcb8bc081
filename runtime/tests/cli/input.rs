//! What is read, and when what is in it is told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;

use crate::{program, told};

pub(crate) fn a_frame_is_printed_when_it_is_there() {
    let mut child = program(&["decode", "--type", "Reply"]).stdin(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    // The input stays open: each line comes before there is an end.
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
    assert!(error.contains("an odd number"), "{error}");
}

pub(crate) fn a_list_of_frames_is_encoded() {
    let list = r#"[{"id": 1, "ok": true}, {"id": 2, "text": "hi"}]"#;
    assert_eq!(told(&["encode", list], 0).0, "000101000200026869\n");
    let (_, error) = told(&["encode", r#"[{"id": 1, "ok": true}, {"id": -2, "ok": true}]"#], 1);
    assert!(error.starts_with("error: in frame 1 of the list: "), "{error}");
    assert_eq!(told(&["encode", "[]"], 0).0, "\n");
}
