//! Tests of the GPS gateway with plain sockets, and on a pseudo-terminal.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use crate::support::{Plain, Program, Running, run};

const GPS: &str = env!("CARGO_BIN_EXE_gps");

/// Computes the X.25 checksum bit by bit.
fn sum(bytes: &[u8]) -> u16 {
    let mut sum = 0xffff_u16;
    for byte in bytes {
        sum ^= u16::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0x8408 } else { sum >> 1 };
        }
    }
    !sum
}

/// Encodes a packet with its length and checksum.
fn packet(kind: u8, content: &[u8], serial: u16) -> Vec<u8> {
    let len = u8::try_from(content.len() + 5).unwrap();
    let inner = [&[len, kind], content, &serial.to_be_bytes()].concat();
    [b"\x78\x78", &inner[..], &sum(&inner).to_be_bytes(), b"\r\n"].concat()
}

fn login(serial: u16) -> Vec<u8> {
    packet(0x01, b"\x01\x23\x45\x67\x89\x01\x23\x45", serial)
}

fn other_login(serial: u16) -> Vec<u8> {
    packet(0x01, b"\x05\x43\x21\x09\x87\x65\x43\x21", serial)
}

/// Returns a position at 48 degrees north and 8 1/3 degrees east, in London's time zone.
fn position(serial: u16) -> Vec<u8> {
    let mut content = b"\x19\x0b\x1c\x09\x1e\x00\xc9".to_vec();
    content.extend(86_400_000_u32.to_be_bytes());
    content.extend(15_000_000_u32.to_be_bytes());
    content.extend(b"\x2a\x14\x5a");
    packet(0x12, &content, serial)
}

const JSON: &str = "{\"imei\": \"0123456789012345\", \"time\": \"2025-11-28T09:30:00Z\", \"latitude\": 48.000000, \
                    \"longitude\": 8.333333, \"speed\": 42, \"course\": 90, \"satellites\": 9}";

/// The expected bytes are the example in the specification of the protocol.
#[test]
fn the_checksum_matches_the_specification() {
    assert_eq!(login(1)[12..], b"\x00\x01\x8c\xdd\r\n"[..]);
}

/// A gateway process, and the lines that it prints.
struct Gateway {
    child: Child,
    lines: mpsc::Receiver<String>,
}

impl Gateway {
    fn start(args: &[&str]) -> Self {
        let mut command = Command::new(GPS);
        command.args(args).env_remove("RUST_LOG").stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (sender, lines) = mpsc::channel();
        let outputs: [Box<dyn Read + Send>; 2] =
            [Box::new(child.stdout.take().unwrap()), Box::new(child.stderr.take().unwrap())];
        for output in outputs {
            let sender = sender.clone();
            std::thread::spawn(move || {
                let lines = std::io::BufRead::lines(std::io::BufReader::new(output));
                lines.map_while(Result::ok).try_for_each(|line| sender.send(line))
            });
        }
        Self { child, lines }
    }

    /// Waits for a line that contains this text.
    fn wait_for(&self, part: &str) -> String {
        loop {
            let line =
                self.lines.recv_timeout(crate::support::PATIENCE).unwrap_or_else(|_| panic!("no {part:?}"));
            if line.contains(part) {
                return line;
            }
        }
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends packets of a tracker between noise, and checks the answers.
fn drive(line: &mut (impl Read + Write)) {
    let expect = |line: &mut dyn Read, expected: &[u8]| {
        let mut seen = vec![0; expected.len()];
        line.read_exact(&mut seen).unwrap();
        assert_eq!(seen, expected);
    };
    line.write_all(&login(1)).unwrap();
    expect(line, &packet(0x01, b"", 1));
    // The noise contains incomplete starts of packets, a packet with a wrong checksum, and many
    // starts of long packets.
    let mut wrong = position(7);
    wrong[10] ^= 1;
    for noise in [&b"\x00\x78\x78\xff"[..], b"\x00\x78", b"\x00\x01\x78\x78\x0a", &wrong, &[0x78; 500]] {
        line.write_all(&[noise, &position(2)].concat()).unwrap();
    }
    line.write_all(&packet(0x13, b"\x00\x06\x04\x00\x02", 9)).unwrap();
    expect(line, &packet(0x13, b"", 9));
}

#[test]
fn positions_come_out_of_a_noisy_connection() {
    let gateway = Gateway::start(&["server", "--listen", "127.0.0.1:0"]);
    let listening = gateway.wait_for("listening on ");
    let address = listening.split("listening on ").nth(1).unwrap();
    let mut peer = crate::support::connect(address.parse().unwrap());
    drive(&mut peer);
    for _ in 0..5 {
        assert_eq!(gateway.wait_for("imei"), JSON);
    }
}

#[test]
fn a_tracker_that_does_not_log_in_is_disconnected() {
    let mut gateway = Program::server(GPS, &["--login", "1"]);
    let mut silent = gateway.connect();
    let mut eager = gateway.connect();
    eager.write_all(&position(1)).unwrap();
    assert_eq!(eager.drain(), b"");
    gateway.wait_for(&["the tracker has not logged in"]);
    // Noise does not count as a packet, so it does not extend the time limit.
    let closed = std::thread::spawn({
        let mut noisy = gateway.connect();
        move || {
            while noisy.write_all(b"\x78\x78\x00noise").is_ok() {
                std::thread::sleep(Duration::from_millis(50));
            }
        }
    });
    silent.write_all(b"noise").unwrap();
    assert_eq!(silent.drain(), b"");
    closed.join().unwrap();
    gateway.wait_for(&["its deadline has passed"]);
}

#[test]
fn a_repeated_login_is_logged_once() {
    let gateway = Gateway::start(&["server", "--listen", "127.0.0.1:0"]);
    let listening = gateway.wait_for("listening on ");
    let address = listening.split("listening on ").nth(1).unwrap().parse().unwrap();
    let mut peer = crate::support::connect(address);
    for serial in 1..=3 {
        peer.exchange(&login(serial), &packet(0x01, b"", serial));
    }
    crate::support::connect(address).exchange(&other_login(1), &packet(0x01, b"", 1));
    assert!(gateway.wait_for("has logged in").contains("0123456789012345"));
    assert!(gateway.wait_for("has logged in").contains("0543210987654321"));
}

#[test]
fn a_silent_tracker_is_disconnected() {
    let mut gateway = Program::server(GPS, &["--silence", "1"]);
    let mut peer = gateway.connect();
    peer.exchange(&login(1), &packet(0x01, b"", 1));
    peer.write_all(b"noise").unwrap();
    assert_eq!(peer.drain(), b"");
    gateway.wait_for(&["no frame arrived within the keep-alive time"]);
}

/// Returns a serial line, and the path of its other end.
#[cfg(target_os = "linux")]
fn serial_line() -> (std::fs::File, String) {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

    let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY | OpenptFlags::CLOEXEC).unwrap();
    grantpt(&terminal).unwrap();
    unlockpt(&terminal).unwrap();
    let path = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
    (terminal.into(), path)
}

#[cfg(target_os = "linux")]
#[test]
fn positions_come_out_of_a_serial_line() {
    let folder = crate::support::Folder::new();
    let device = folder.path().join("device");
    let (mut line, path) = serial_line();
    std::os::unix::fs::symlink(path, &device).unwrap();
    let gateway = Gateway::start(&["line", device.to_str().unwrap()]);
    gateway.wait_for("listening on ");
    drive(&mut line);
    for _ in 0..5 {
        assert_eq!(gateway.wait_for("imei"), JSON);
    }
    // Too much noise ends the connection, and the line is opened again.
    line.write_all(&[0x78; 2000]).unwrap();
    gateway.wait_for("listening on ");
    // The tracker does not know of that, and does not log in again.
    line.write_all(&position(3)).unwrap();
    assert_eq!(gateway.wait_for("imei"), JSON);
    // The device is unplugged, and later plugged in again.
    std::fs::remove_file(&device).unwrap();
    drop(line);
    gateway.wait_for("cannot be opened");
    let (mut line, path) = serial_line();
    std::os::unix::fs::symlink(path, &device).unwrap();
    gateway.wait_for("listening on ");
    // This may be another tracker, so it must log in.
    line.write_all(&[position(4), position(5)].concat()).unwrap();
    gateway.wait_for("the tracker has not logged in");
    gateway.wait_for("listening on ");
    line.write_all(&other_login(1)).unwrap();
    gateway.wait_for("0543210987654321 has logged in");
    line.write_all(&login(2)).unwrap();
    gateway.wait_for("0123456789012345 has logged in after 0543210987654321");
    line.write_all(&position(3)).unwrap();
    assert_eq!(gateway.wait_for("imei"), JSON);
}

#[test]
fn a_serial_line_that_is_not_there_is_an_error() {
    let ended = run(GPS, &["line", "/nowhere/at/all"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("error: "), "{}", ended.stderr);
}

#[test]
fn the_tracker_of_the_program_is_understood() {
    let gateway = Program::server(GPS, &[]);
    let address = gateway.address.to_string();
    let ended = Running::start(GPS, &["client", "--connect", &address, "--rounds", "3"]).end();
    assert_eq!(
        (ended.code, ended.stdout.as_str()),
        (Some(0), "logged in, which was answered by 0x01\n"),
        "{}",
        ended.stderr
    );
}

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(GPS, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["Packet, 28 bytes", "logged in", "\"latitude\": 48.000000", "Answer, 10 bytes"] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn there_is_help() {
    for (words, part) in [(&["--help"][..], "server"), (&["server", "--help"], "127.0.0.1:5023")] {
        let ended = run(GPS, words);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}
