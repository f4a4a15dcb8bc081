//! Tests that run scripts with the generated modules.

use std::process::Command;

use super::super::protocol::ChatMsg;
use super::{QUICK, agree_by, python};
use framewright::prelude::*;

/// Runs a script in each language, in a folder with these modules.
fn run(name: &str, modules: &[(&str, &str)], in_python: &str, in_javascript: &str) {
    let folder = std::env::temp_dir().join(format!("framewright-{}-{name}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for (file, text) in modules.iter().chain(&[("script.py", in_python), ("script.mjs", in_javascript)]) {
        std::fs::write(folder.join(file), text).unwrap();
    }
    for (mut program, script) in [(python(), "script.py"), (Command::new("node"), "script.mjs")] {
        match program.arg(folder.join(script)).output() {
            Ok(output) => assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr)),
            Err(_) => eprintln!("skipped: nothing runs {script} of {name}"),
        }
    }
    std::fs::remove_dir_all(folder).unwrap();
}

const FEED_PY: &str = r#"
import chatmsg
from chatmsg import ChatMsg, DecodeError, Frames
good, bad = ChatMsg(1, 2, 3, b"x" * 9000).encode(), bytes(9) + b"\xff" * 4
frames = Frames(ChatMsg.parse)
assert frames.feed(good[:20]) == [] and frames.left == 20
assert len(frames.feed(good[20:] + good * 3 + bad)) == 4
for _ in range(2):
    try:
        frames.feed(b"")
        raise SystemExit("no fault")
    except DecodeError as fault:
        assert fault.path == "ChatMsg.body", fault
"#;

const FEED_JS: &str = r#"
import { ChatMsg, DecodeError, Frames } from "./chatmsg.mjs";
const good = ChatMsg.encode({ sender: 1, receiver: 2, kind: 3, body: new Uint8Array(9000) });
const bad = [0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255];
const frames = new Frames(ChatMsg.parse);
if (frames.feed(good.slice(0, 20)).length !== 0 || frames.left !== 20) throw new Error("a frame of 20 bytes");
if (frames.feed(new Uint8Array([...good.slice(20), ...good, ...good, ...bad])).length !== 3) throw new Error("not three");
for (let time = 0; time < 2; time++) {
  try {
    frames.feed(new Uint8Array(0));
  } catch (fault) {
    if (fault instanceof DecodeError && fault.path === "ChatMsg.body") continue;
    throw fault;
  }
  throw new Error("no fault");
}
"#;

/// Checks that frames are returned before the error after them, in whatever pieces the bytes
/// arrive.
#[test]
fn frames_before_an_error_are_returned() {
    let module = ChatMsg::SCHEMA.typescript().javascript().generate().unwrap();
    let python = ChatMsg::SCHEMA.python().generate().unwrap();
    run("feed", &[("chatmsg.py", &python), ("chatmsg.mjs", &module)], FEED_PY, FEED_JS);
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Station {
    #[magic(b"ST")]
    mark: Auto,
    #[count_of(readings)]
    count: Auto<u16>,
    name: Label,
    readings: Vec<Reading>,
    #[len_prefixed(u16)]
    labels: Vec<Label>,
    state: State,
    #[until(0)]
    note: String,
    #[rest]
    body: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Label {
    #[len_prefixed(u8)]
    text: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Reading {
    sensor: u16,
    value: f64,
    #[bits(4)]
    unit: u8,
    #[bits(4)]
    scale: u8,
    at: [u8; 3],
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
enum State {
    #[tag(1)]
    Idle,
    #[tag(2)]
    Busy { since: u32, is_late: bool, steps: [u16; 2] },
    #[tag(_)]
    Other {
        #[tag]
        number: u8,
        #[wire(u24)]
        code: u32,
    },
}

const QUICK_PY: &str = r#"
import station
from station import Label, Reading, State, Station
for state in State.Idle(), State.Busy(7, True, [1, 2]), State.Other(9, 1 << 20):
    value = Station(Label("north"), [Reading(1, 2.5, 3, 4, b"abc")] * 2, [Label("")] * 3, state, "n", b"x")
    data = value._quick_write()
    assert data == value.encode() == station._encode("Station", value._write)
    assert Station._quick_read(data, 0, len(data)) == (value, len(data))
"#;

const QUICK_JS: &str = r#"
import { strict as assert } from "node:assert";
import { IRREGULAR, Station } from "./station.mjs";
const [careful, quick] = [Station._write, Station._quickWrite];
const states = [{ kind: "Idle" }, { kind: "Busy", since: 7, is_late: true, steps: [1, 2] }, { kind: "Other", number: 9, code: 1 << 20 }];
for (const state of states) {
  const reading = { sensor: 1, value: 2.5, unit: 3, scale: 4, at: new Uint8Array(3) };
  const [text, body] = ["t", new Uint8Array(70000)];
  const value = { name: { text }, readings: [reading, reading], labels: [{ text }, { text: "é" }], state, note: "n", body };
  Station._write = () => { throw new Error("not quickly"); };
  const data = Station.encode(value);
  assert.deepEqual(Station._quickRead(data, 0, data.length), value);
  Station._write = careful;
  Station._quickWrite = () => { throw IRREGULAR; };
  assert.deepEqual(Station.encode(value), data);
  Station._quickWrite = quick;
  // A getter may itself call `encode`.
  let inner = 0;
  const twice = { ...value, get name() { inner = Station.encode(value).length; return value.name; } };
  assert.deepEqual(Station.encode(twice), data);
  assert.equal(inner, data.length);
  // A getter may add to a list after its count has been written.
  const list = [reading];
  const grows = { ...value, readings: list, name: { get text() { list.push(reading); return text; } } };
  assert.equal(Station.decode(Station.encode(grows)).readings.length, 1);
}
"#;

/// Checks that the fast paths support all parts of plain frames. Otherwise, a fallback to the slow
/// path would go unnoticed.
#[test]
fn plain_frames_take_the_fast_path() {
    let values = framewright::testing::samples::<Station>(1, 5);
    agree_by::<Station>(QUICK, &values.iter().map(|value| value.to_vec().unwrap()).collect::<Vec<_>>());
    let module = Station::SCHEMA.typescript().javascript().generate().unwrap();
    let module = format!("{module}\nexport {{ IRREGULAR }};\n");
    let python = Station::SCHEMA.python().generate().unwrap();
    run("quick", &[("station.py", &python), ("station.mjs", &module)], QUICK_PY, QUICK_JS);
}
