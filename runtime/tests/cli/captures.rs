//! Tests of captures. One capture is encoded here, the other is recorded by `dumpcap`.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use crate::{file, program, told};

/// Encodes a TCP packet over IPv4 to port 8888 or, if `from_server` is set, from port 8888.
fn packet(from_server: bool, sequence: u32, payload: &[u8]) -> Vec<u8> {
    let len = u16::try_from(40 + payload.len()).unwrap();
    let (from, to) = if from_server { (2, 1) } else { (1, 2) };
    let ports = [50_000_u16.to_be_bytes(), 8888_u16.to_be_bytes()];
    let [source, destination] = if from_server { [ports[1], ports[0]] } else { ports };
    let ip = [&[0x45, 0][..], &len.to_be_bytes(), &[0, 0, 0, 0, 64, 6, 0, 0, 10, 0, 0, from, 10, 0, 0, to]]
        .concat();
    let tcp =
        [&source[..], &destination, &sequence.to_be_bytes(), &[0; 4], &[0x50, 0, 0, 9, 0, 0, 0, 0]].concat();
    [&ip, &tcp, payload].concat()
}

fn pcap(packets: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = b"\xd4\xc3\xb2\xa1\x02\0\x04\0\0\0\0\0\0\0\0\0\xff\xff\0\0\x65\0\0\0".to_vec();
    for packet in packets {
        let len = u32::try_from(packet.len()).unwrap();
        [60, 250_000, len, len].iter().for_each(|number| bytes.extend(number.to_le_bytes()));
        bytes.extend(packet);
    }
    bytes
}

pub(crate) fn captures_are_shown() {
    let capture = pcap(&[
        packet(false, 1, b"\0\x01\0\x02h"),
        packet(true, 1, b"\0\x01\x01"),
        packet(false, 6, b"i"),
        // Two bytes of the client's stream are missing, and a reply is malformed.
        packet(false, 9, b"\0\x02\0\0"),
        packet(true, 4, b"\0\x02\x07"),
        packet(true, 7, b"\0\x03\x01"),
    ]);
    let name = file("made.pcap", &capture);
    let (shown, error) = told(&["dump", "--port", "8888", &name], 1);
    let first = "\
00:01:00.250000  10.0.0.1:50000 <- 10.0.0.2:8888  connection 1, byte 0
Reply, 3 bytes
0000  00 01  id        u16 be    1
0002  01     ok        bool      true

00:01:00.250000  10.0.0.1:50000 -> 10.0.0.2:8888  connection 1, byte 0
Request, 6 bytes
0000  00 01  id        u16 be    1
0002  00 02  text.len  u16 be    2
0004  68 69  text      2 bytes   \"hi\"
";
    assert!(shown.starts_with(first), "{shown}");
    assert!(shown.contains("connection 1, byte 6\n2 bytes missing\n"), "{shown}");
    assert!(shown.contains("^^ Reply.ok at byte 2: expected 0 or 1, found 7"), "{shown}");
    assert!(shown.contains("connection 1, byte 6\nReply, 3 bytes\n0000  00 03"), "{shown}");
    assert_eq!(error, "error: 2 frames are malformed or incomplete\n");

    let (lines, _) = told(&["decode", "--port", "8888", &name], 1);
    let lines: Vec<_> = lines.lines().collect();
    assert_eq!(
        lines[0],
        "{\"time\": \"1970-01-01T00:01:00.250000Z\", \"from\": \"10.0.0.2:8888\", \"to\": \"10.0.0.1:50000\", \
         \"connection\": 1, \"offset\": 0, \"type\": \"Reply\", \"frame\": {\"id\": 1, \"ok\": true}}"
    );
    assert!(lines.iter().any(|line| line.contains("\"missing\": \"2 bytes missing\"")), "{lines:?}");
    assert!(lines.iter().any(|line| line.ends_with("\"bytes\": \"0x000207\"}")), "{lines:?}");
    assert_eq!(told(&["dump", "--port", "9", &name], 0).0, "");

    // The command also reads a capture from a pipe, while the capture is written.
    let mut child = program(&["dump", "--port", "8888"]).stdin(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&capture).unwrap();
    assert_eq!(String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap(), shown);
}

/// Captures with `dumpcap`. If the program or the permission to capture is missing, prints that the
/// test is skipped.
pub(crate) fn what_a_real_program_captured_is_shown() {
    let name = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("real.pcapng");
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let port = address.port().to_string();
    let filter = format!("tcp port {port}");
    let started = Command::new("dumpcap")
        .args(["-i", "lo", "-f", &filter, "-a", "duration:20", "-w", name.to_str().unwrap()])
        .stderr(Stdio::piped())
        .spawn();
    let Ok(mut capturing) = started else {
        eprintln!("skipped: dumpcap is not installed");
        return;
    };
    // `dumpcap` prints the name of the file once it captures.
    let mut said = String::new();
    let mut stderr = capturing.stderr.take().unwrap();
    let mut byte = [0];
    while !said.contains("File:") && stderr.read(&mut byte).is_ok_and(|read| read > 0) {
        said.push(char::from(byte[0]));
    }
    if !said.contains("File:") {
        eprintln!("skipped: dumpcap cannot capture here: {said}");
        let _ = capturing.wait();
        return;
    }
    let mut client = TcpStream::connect(address).unwrap();
    let (mut server, _) = listener.accept().unwrap();
    let mut heard = [0; 6];
    client.write_all(b"\0\x07\0\x02hi").unwrap();
    server.read_exact(&mut heard).unwrap();
    server.write_all(b"\0\x07\x01").unwrap();
    client.read_exact(&mut heard[..3]).unwrap();
    // The packets may reach the file a moment later, so the command is repeated.
    let shown = loop {
        let shown = program(&["decode", "--port", &port, name.to_str().unwrap()]).output().unwrap();
        let shown = String::from_utf8(shown.stdout).unwrap();
        if shown.lines().count() == 2 || capturing.try_wait().unwrap().is_some() {
            break shown;
        }
        std::thread::yield_now();
    };
    let _ = capturing.kill();
    let _ = capturing.wait();
    assert!(shown.contains(r#""frame": {"id": 7, "text": "hi"}}"#), "{shown}");
    assert!(shown.contains(r#""frame": {"id": 7, "ok": true}}"#), "{shown}");
}
