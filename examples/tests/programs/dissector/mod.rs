//! Tests of the programs' dissectors in tshark, on captured traffic of the loopback interface.
//! Without tshark, or without the permission to capture, these tests print that they are skipped.

#[path = "../../../../runtime/tests/views/capture.rs"]
mod capture;
mod loopback;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{Plain, Program, run};
use capture::{PORT, Transport, Way};
use loopback::Capture;

const CHAT: &str = env!("CARGO_BIN_EXE_chat");
const MQTT: &str = env!("CARGO_BIN_EXE_mqtt");

/// The traffic of a connection.
type Talk = Vec<Turn>;

/// Writes of the client, and the server's reply to them.
struct Turn {
    writes: Vec<Vec<u8>>,
    replies: Vec<u8>,
}

fn turn(writes: &[&[u8]], replies: &[&[u8]]) -> Turn {
    Turn { writes: writes.iter().map(|bytes| bytes.to_vec()).collect(), replies: replies.concat() }
}

/// Sends the client's writes to a server, and returns the captured traffic.
fn say(talk: &Talk, server: &Program) -> Vec<(Way, Vec<u8>)> {
    let mut peer = server.connect();
    peer.set_nodelay(true).unwrap();
    let mut packets = Vec::new();
    for turn in talk {
        for part in &turn.writes {
            peer.write_all(part).unwrap();
            packets.push((Way::ToPort, part.clone()));
        }
        let mut replied = Vec::new();
        while replied.len() < turn.replies.len() {
            let mut read = vec![0; turn.replies.len() - replied.len()];
            let len = peer.read(&mut read).unwrap();
            assert!(len > 0, "the server closed the connection early");
            replied.extend_from_slice(&read[..len]);
            packets.push((Way::FromPort, read[..len].to_vec()));
        }
        assert_eq!(replied.escape_ascii().to_string(), turn.replies.escape_ascii().to_string());
    }
    packets
}

/// Decodes a capture with tshark and the dissector of a program. Returns the output of tshark, or
/// `None` if tshark is not installed.
fn shown(program: &str, port: u16, pcap: &Path) -> Option<String> {
    let script = pcap.with_extension("lua");
    let dissector = run(program, &["protocol", "wireshark", "--port", &port.to_string()]);
    fs::write(&script, dissector.stdout).unwrap();
    let option = format!("lua_script:{}", script.display());
    let output = match Command::new("tshark").args(["-X", &option, "-V", "-r"]).arg(pcap).output() {
        Ok(output) => output,
        Err(error) => {
            eprintln!("left out, because tshark cannot be run: {error}");
            return None;
        }
    };
    let (text, faults) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "tshark failed: {faults}");
    assert!(!faults.contains("Lua") && !text.contains("Lua Error"), "the script is faulty: {faults}\n{text}");
    Some(text.into_owned())
}

/// Asserts that these lines occur in this order. Other lines may be between them.
#[track_caller]
fn assert_lines(text: &str, lines: &[&str]) {
    let mut rest = text.lines().map(str::trim);
    for line in lines {
        assert!(rest.any(|shown| shown == *line), "no line {line:?} where it should be in\n{text}");
    }
}

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name)
}

/// Returns messages of the chat. One message is split between two writes, and two messages are sent
/// in one write. One of these has no body.
fn chat() -> Talk {
    // The client sends the message to itself. Thus it receives the message and the receipt, which
    // have the same bytes.
    let reply = b"\0\0\0\x07\x01\0\0\0\x08hi there";
    let message = b"\0\0\0\x07\0\0\0\x07\x01\0\0\0\x08hi there";
    let two = b"\0\0\0\x07\0\0\0\x09\x02\0\0\0\0\0\0\0\x07\0\0\0\x09\x63\0\0\0\x02\xff\0";
    vec![
        turn(&[&message[..11], &message[11..]], &[reply, reply]),
        turn(&[two], &[b"\0\0\0\x07\x02\0\0\0\0", b"\0\0\0\x07\x63\0\0\0\x02\xff\0"]),
    ]
}

const TO_CHAT: [&str; 18] = [
    "ChatMsg",
    "sender: 7",
    "receiver: 7",
    "kind: Text (1)",
    "body.len: 8",
    "body: 6869207468657265 \"hi there\"",
    "ChatMsg",
    "sender: 7",
    "receiver: 9",
    "kind: Picture (2)",
    "body.len: 0",
    "body: (empty)",
    "ChatMsg",
    "sender: 7",
    "receiver: 9",
    "kind: Unknown (99)",
    "body.len: 2",
    "body: ff00",
];

const FROM_CHAT: [&str; 16] = [
    "ChatReply",
    "sender: 7",
    "kind: Text (1)",
    "body.len: 8",
    "body: 6869207468657265 \"hi there\"",
    "ChatReply",
    "ChatReply",
    "sender: 7",
    "kind: Picture (2)",
    "body.len: 0",
    "body: (empty)",
    "ChatReply",
    "sender: 7",
    "kind: Unknown (99)",
    "body.len: 2",
    "body: ff00",
];

/// Returns packets of an MQTT client, which subscribes to a topic and publishes to it. Packets
/// begin and end in the middle of writes.
fn mqtt() -> Talk {
    let publish = b"\x30\x09\0\x03a/b21.5";
    vec![
        turn(&[b"\x10\x0e\0\x04MQTT\x04\x02\0\x3c\0\x02aa"], &[b"\x20\x02\0\0"]),
        turn(&[&[b"\x82\x08\0\x01\0\x03a/b\x01", &publish[..5]].concat()], &[b"\x90\x03\0\x01\x01"]),
        turn(&[&publish[5..]], &[publish]),
        turn(&[b"\x32\x07\0\x03x/y\0\x09"], &[b"\x40\x02\0\x09"]),
        turn(&[b"\xc0\0\xc0\0"], &[b"\xd0\0\xd0\0"]),
    ]
}

const TO_MQTT: [&str; 21] = [
    "Packet Connect",
    "tag: Connect (16)",
    "len: 14",
    "0: Connect V311",
    "tag: V311 (4)",
    ".... ..1. = clean_session: 1",
    "keep_alive: 60",
    "client_id: aa",
    "Packet Subscribe",
    "id: 1",
    "filters[0]: Subscription",
    "filter: Filter",
    "0: a/b",
    ".... ..01 = qos: AtLeastOnce (1)",
    "Packet Publish",
    "topic: a/b",
    "payload: 32312e35 \"21.5\"",
    "Packet Publish",
    "id: 9",
    "payload: (empty)",
    "Packet PingReq",
];

const FROM_MQTT: [&str; 9] = [
    "Packet ConnAck",
    "session_present: False",
    "code: Accepted (0)",
    "Packet SubAck",
    "codes: AtLeastOnce (1)",
    "Packet Publish",
    "payload: 32312e35 \"21.5\"",
    "Packet PubAck",
    "Packet PingResp",
];

/// Returns the traffic of each program, and the expected lines of output for either direction.
fn talks() -> [(&'static str, &'static str, Talk, [&'static [&'static str]; 2]); 2] {
    [("chat", CHAT, chat(), [&TO_CHAT, &FROM_CHAT]), ("mqtt", MQTT, mqtt(), [&TO_MQTT, &FROM_MQTT])]
}

#[test]
fn recorded_connections_are_shown_field_by_field() {
    for (name, program, talk, lines) in talks() {
        let packets = say(&talk, &Program::server(program, &[]));
        let pcap = file(&format!("{name}.pcap"));
        capture::write(&pcap, Transport::Tcp, &packets);
        let Some(text) = shown(program, PORT, &pcap) else { return };
        lines.iter().for_each(|lines| assert_lines(&text, lines));
        assert!(!text.contains("Malformed"), "{text}");
    }
}

#[test]
fn a_capture_of_the_loopback_interface_is_shown_field_by_field() {
    for (name, program, talk, lines) in talks() {
        let server = Program::server(program, &[]);
        let pcap = file(&format!("{name}-loopback.pcapng"));
        let Some(capture) = Capture::start(&pcap, server.address.port()) else { return };
        say(&talk, &server);
        let last = talk.last().unwrap();
        capture.end_with(&[&last.writes.concat()[..], &last.replies]);
        let Some(text) = shown(program, server.address.port(), &pcap) else { return };
        lines.iter().for_each(|lines| assert_lines(&text, lines));
        assert!(!text.contains("Malformed"), "{text}");
    }
}

/// For every bit of the client's traffic, sends a copy with this bit flipped and with up to 7 bytes
/// cut off at the end. Without checks in the dissector, tshark would report errors of the script.
#[test]
fn damaged_traffic_does_no_harm() {
    for (name, program, talk, _) in talks() {
        let server = Program::server(program, &[]);
        let mut packets = Vec::new();
        let whole: Vec<u8> = talk.iter().flat_map(|turn| turn.writes.concat()).collect();
        for bit in 0..whole.len() * 8 {
            let mut sent = whole.clone();
            sent[bit / 8] ^= 1 << (bit % 8);
            sent.truncate(whole.len() - bit % 8);
            let mut peer: TcpStream = server.connect();
            peer.write_all(&sent).unwrap();
            packets.push((Way::ToPort, sent));
            packets.push((Way::FromPort, peer.finish()));
        }
        packets.retain(|(_, bytes)| !bytes.is_empty());
        for transport in [Transport::Tcp, Transport::Udp] {
            let pcap = file(&format!("{name}-damaged.pcap"));
            capture::write(&pcap, transport, &packets);
            let Some(text) = shown(program, PORT, &pcap) else { return };
            assert!(text.contains("Malformed"), "{name}: nothing is reported");
        }
    }
}
