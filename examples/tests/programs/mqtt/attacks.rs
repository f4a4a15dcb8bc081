//! Tests that a violation of the protocol closes only the connection on which it happens. The names
//! in brackets are requirements of the MQTT specification.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use argon2::password_hash::{PasswordHasher, SaltString};

use super::packets::*;
use crate::support::{Plain, Program};

/// A broker, and a client that must be served whatever other clients do.
struct Victim {
    broker: Program,
    honest: TcpStream,
}

impl Victim {
    fn new() -> Self {
        let broker = broker();
        let honest = subscriber(&broker, "honest", "honest", 0);
        Self { broker, honest }
    }

    fn serves_on(&mut self) {
        self.honest.exchange(&publish(QOS0, "honest", 0, b"x"), &publish(QOS0, "honest", 0, b"x"));
    }

    /// Sends these bytes and keeps the connection open. Checks that the broker closes the
    /// connection without an answer, and logs the reason.
    #[track_caller]
    fn refuses(&mut self, mut peer: TcpStream, bytes: &[u8], fault: &str) {
        let name = format!("peer={}", peer.local_addr().unwrap());
        // The broker may close the connection before everything is sent.
        let _ = peer.write_all(bytes);
        assert_eq!(peer.drain(), b"", "{}", bytes[..bytes.len().min(50)].escape_ascii());
        self.broker.wait_for(&[&name, "closed: ", fault]);
        self.serves_on();
    }

    /// Checks that these bytes are refused as the first packet.
    #[track_caller]
    fn refuses_first(&mut self, bytes: &[u8], fault: &str) {
        self.refuses(self.broker.connect(), bytes, fault);
    }

    /// Checks that these bytes are refused from a client that is already connected.
    #[track_caller]
    fn refuses_later(&mut self, bytes: &[u8], fault: &str) {
        self.refuses(client(&self.broker, "mallory"), bytes, fault);
    }
}

#[test]
fn the_first_packet_is_connect() {
    let mut victim = Victim::new();
    // [MQTT-3.1.0-1]
    for packet in [PINGREQ.to_vec(), DISCONNECT.to_vec(), publish(QOS0, "a", 0, b""), CONNACK.to_vec()] {
        victim.refuses_first(&packet, "the first packet is not CONNECT");
    }
    let page = format!("GET / HTTP/1.1\r\nHost: localhost\r\n{:60}\r\n\r\n", "Accept: */*");
    victim.refuses_first(page.as_bytes(), "no variant of Packet has the tag");
    // [MQTT-3.1.0-2]
    let user = [text("mallory"), text("hush-hush")].concat();
    let again = connect_with(CLEAN | 0xc0, 0, "mallory", &user);
    victim.refuses_later(&again, "unexpected packet from a client: Connect");
    let line = victim.broker.wait_for(&["from a client: Connect"]);
    assert!(!line.contains("hush"), "passwords are nothing for the log");
}

#[test]
fn invalid_connect_packets_are_refused() {
    let mut victim = Victim::new();
    let mut refuses = |packet: &[u8], fault: &str| victim.refuses_first(packet, fault);
    // [MQTT-3.1.2-1]: the protocol name must be `MQTT`. `MQIsdp` is the name in version 3.1.
    refuses(b"\x10\x10\0\x06MQIsdp\x03\x02\0\0\0\x02me", "magic at byte 2");
    // [MQTT-3.1.2-3]: the reserved flag.
    refuses(&connect_with(CLEAN | 1, 0, "a", b""), "reserved at byte 9");
    // [MQTT-3.1.2-11, -13, -14, -15]: flags of a will without a will, and QoS 3.
    refuses(&connect_with(CLEAN | 0x08, 0, "a", b""), "will flags without a will");
    refuses(&connect_with(CLEAN | 0x20, 0, "a", b""), "will flags without a will");
    refuses(&connect_will("a", 0, 0x18), "will_qos at byte 9");
    // [MQTT-3.1.2-22]: a password without a user name.
    refuses(&connect_with(CLEAN | 0x40, 0, "a", &text("secret")), "a password without a user name");
    // [MQTT-3.1.3-1]: the payload must contain exactly the parts that the flags announce.
    refuses(&connect_with(CLEAN | 0x80, 0, "a", b""), "user_name");
    refuses(&connect_with(CLEAN, 0, "a", b"\0"), "at byte 15");
    // [MQTT-1.5.3-1, -2]: text must be UTF-8 without NUL.
    refuses(b"\x10\x0d\0\x04MQTT\x04\x02\0\0\0\x01\xff", "client_id at byte 14: expected UTF-8 text");
    refuses(b"\x10\x0f\0\x04MQTT\x04\x02\0\0\0\x03\xed\xa0\x80", "client_id at byte 14: expected UTF-8 text");
    refuses(&connect("a\0b"), "a NUL character in a text");
    refuses(&connect_with(CLEAN | 0x80, 0, "a", &text("a\0")), "a NUL character in a text");
    refuses(&connect_with(CLEAN | 4, 0, "a", &[text("a/+"), text("")].concat()), "not a topic name");
    // [MQTT-2.2.2-2]: the flags in the first byte must be 0.
    refuses(b"\x11\x0d\0\x04MQTT\x04\x02\0\0\0\x01a", "no variant of Packet has the tag");
}

#[test]
fn invalid_flags_are_refused() {
    let mut victim = Victim::new();
    // [MQTT-2.2.2-2]: the flags have reserved values, or the packet type is 0 or 15, which is
    // forbidden.
    for first in [0x00, 0x0f, 0x41, 0x60, 0x63, 0x80, 0x8a, 0xa0, 0xa3, 0xc1, 0xd8, 0xe1, 0xf0] {
        victim.refuses_later(&packet(first, b"\0\x01"), "no variant of Packet has the tag");
    }
    // [MQTT-3.3.1-4, -2]: QoS 3, and the DUP flag in a QoS 0 message.
    for first in [0x36, 0x37, 0x3e, 0x3f, 0x38, 0x39] {
        victim.refuses_later(
            &packet(first, &[&text("a")[..], b"\0\x01"].concat()),
            "no variant of Packet has the tag",
        );
    }
}

#[test]
fn invalid_packets_are_refused() {
    let mut victim = Victim::new();
    let mut refuses = |packet: &[u8], fault: &str| victim.refuses_later(packet, fault);
    // [MQTT-3.3.2-1, -2], [MQTT-4.7.3-1, -2]: invalid topic names.
    for topic in ["", "a/+", "#", "a\0"] {
        refuses(&publish(QOS0, topic, 0, b""), "not a topic name");
    }
    refuses(b"\x30\x03\0\x01\xc3", "topic at byte 4: expected UTF-8 text");
    refuses(b"\x30\0", "topic");
    refuses(b"\x30\x02\0\x01", "topic");
    // [MQTT-2.3.1-1]: an identifier must be present and not 0.
    refuses(&publish(QOS1, "a", 0, b""), "id at byte 5: expected a number other than 0");
    refuses(b"\x32\x03\0\x01a", "id at byte 5");
    for first in [PUBACK, PUBREC, PUBREL, PUBCOMP] {
        refuses(&ack(first, 0), "id at byte 2: expected a number other than 0");
        refuses(&packet(first, b""), "id at byte 2");
        refuses(&packet(first, b"\0\x01x"), "at byte 4");
    }
    refuses(&subscribe(0, &[("a", 0)]), "id at byte 2: expected a number other than 0");
    // [MQTT-3.8.3-3], [MQTT-3.10.3-2]: there must be at least one filter.
    refuses(&subscribe(1, &[]), "no topic filter");
    refuses(&unsubscribe(1, &[]), "no topic filter");
    // [MQTT-3.8.3-4]: reserved bits, and QoS 3.
    refuses(&subscribe(1, &[("a", 4)]), "reserved at byte 7");
    refuses(&subscribe(1, &[("a", 3)]), "qos at byte 7");
    refuses(b"\x82\x05\0\x01\0\x01a", "reserved at byte 7");
    // [MQTT-4.7.1-2, -3], [MQTT-4.7.3-1]: invalid topic filters.
    for filter in ["a#", "a/#/b", "a+", "+a/b"] {
        refuses(&subscribe(1, &[("a", 0), (filter, 0)]), "misplaced wildcards");
    }
    refuses(&subscribe(1, &[("", 0)]), "not a topic filter");
    refuses(&subscribe(1, &[("a\0", 0)]), "not a topic filter");
    refuses(&unsubscribe(1, &[""]), "not a topic filter");
    // Packets without content must be empty.
    refuses(b"\xc0\x01\0", "at byte 2");
    refuses(b"\xe0\x01\0", "at byte 2");
}

#[test]
fn packets_of_a_server_are_refused() {
    let mut victim = Victim::new();
    let mut refuses = |packet: &[u8], name: &str| {
        victim.refuses_later(packet, &format!("unexpected packet from a client: {name}"));
    };
    refuses(CONNACK, "ConnAck");
    refuses(&suback(1, &[0]), "SubAck");
    refuses(&ack(UNSUBACK, 1), "UnsubAck");
    refuses(PINGRESP, "PingResp");
    // This broker sends no QoS 2 messages, so the client has nothing to acknowledge.
    refuses(&ack(PUBREC, 1), "PubRec");
    refuses(&ack(PUBCOMP, 1), "PubComp");
}

#[test]
fn acknowledging_an_unknown_packet_is_no_error() {
    let victim = Victim::new();
    let mut ada = client(&victim.broker, "ada");
    ada.write_all(&ack(PUBACK, 9)).unwrap();
    ada.quiet();
}

#[test]
fn invalid_lengths_are_refused() {
    let mut victim = Victim::new();
    // The largest possible length is refused before the rest of the packet has arrived.
    victim.refuses_first(b"\x10\xff\xff\xff\x7f", "expected at most 1048576");
    victim.refuses_later(b"\x30\xff\xff\xff\x7f", "expected at most 1048576");
    victim.refuses_later(b"\x30\x80\x80\x80\x01", "expected at most 1048576");
    // The length has five bytes.
    victim.refuses_later(b"\x30\xff\xff\xff\xff\x01", "len at byte 1");
    // The length does not have the shortest form.
    victim.refuses_later(b"\xc0\x80\0", "len at byte 2");
    // The text is longer than its packet.
    victim.refuses_later(b"\x30\x05\0\x04abc", "topic at byte 4");
    // The packet is one byte larger than the limit.
    victim.refuses_later(&publish(QOS0, "a", 0, &vec![0; 1024 * 1024 - 6]), "expected at most 1048576");
}

#[test]
fn packets_may_come_byte_by_byte() {
    let broker = broker();
    let mut ada = broker.connect();
    ada.set_nodelay(true).unwrap();
    let message = publish(QOS1, "a", 3, &[b'x'; 130]);
    let all = [connect("ada"), subscribe(1, &[("a", 1)]), message, PINGREQ.to_vec(), DISCONNECT.to_vec()];
    for byte in all.concat() {
        ada.write_all(&[byte]).unwrap();
    }
    let message = publish(QOS1, "a", 1, &[b'x'; 130]);
    let answers = [CONNACK.to_vec(), suback(1, &[1]), message, ack(PUBACK, 3), PINGRESP.to_vec()];
    assert_eq!(ada.drain(), answers.concat());
}

#[test]
fn truncated_packets_end_in_order() {
    let mut victim = Victim::new();
    for packet in [connect_will("mallory", 0, 0), publish(QOS1, "a", 1, b"x"), subscribe(1, &[("a", 0)])] {
        for cut in 1..packet.len() {
            let mut peer = victim.broker.connect();
            if packet[0] != 0x10 {
                peer.exchange(&connect("mallory"), CONNACK);
            }
            let name = format!("peer={}", peer.local_addr().unwrap());
            peer.write_all(&packet[..cut]).unwrap();
            assert_eq!(peer.finish(), b"");
            victim.broker.wait_for(&[&name, "closed: malformed frame"]);
        }
    }
    victim.serves_on();
}

#[test]
fn a_client_that_never_reads_delays_nobody() {
    let mut victim = Victim::new();
    let payload = vec![0x5a; 200 * 1024];
    let mut stuck = subscriber(&victim.broker, "stuck", "a", 1);
    let mut stuck_too = subscriber(&victim.broker, "stuck too", "a", 0);
    let mut ada = subscriber(&victim.broker, "ada", "a", 1);
    let mut eve = client(&victim.broker, "eve");
    // In total, the messages are larger than the out-buffers, the queues and the socket buffers of
    // the two subscribers that do not read.
    for n in 1..=150 {
        eve.exchange(&publish(QOS1, "a", n, &payload), &ack(PUBACK, n));
        assert!(ada.take_packet() == publish(QOS1, "a", n, &payload), "message {n}");
        ada.write_all(&ack(PUBACK, n)).unwrap();
    }
    victim.serves_on();
    // When these subscribers read at last, they begin with the first message.
    assert_eq!(stuck.take_packet(), publish(QOS1, "a", 1, &payload));
    assert_eq!(stuck_too.take_packet(), publish(QOS0, "a", 0, &payload));
    drop((stuck, stuck_too));
    victim.broker.wait_for(&["stuck reads too slowly and has missed "]);
    victim.broker.wait_for(&["stuck too reads too slowly and has missed "]);
}

#[test]
fn retained_messages_are_sent_at_the_pace_of_the_client() {
    let broker = broker();
    let mut eve = client(&broker, "eve");
    let payload = vec![0x5a; 100 * 1024];
    // In total, the messages are larger than an out-buffer.
    for n in 1..=100 {
        eve.exchange(&publish(QOS1 | RETAIN, &format!("a/{n}"), n, &payload), &ack(PUBACK, n));
    }
    for qos in [0, 1] {
        let mut ada = subscriber(&broker, "ada", "a/+", qos);
        let mut names: Vec<_> = (1..=100)
            .map(|_| {
                let message = ada.take_packet();
                if qos == 1 {
                    let len = 6 + usize::from(message[5]);
                    ada.write_all(&[&[PUBACK, 2], &message[len..len + 2]].concat()).unwrap();
                }
                message[6..6 + usize::from(message[5])].to_vec()
            })
            .collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), 100);
    }
}

#[test]
fn many_connections_come_and_go() {
    let mut victim = Victim::new();
    let mut clients: Vec<_> =
        (0..200).map(|n| subscriber(&victim.broker, &format!("client-{n}"), "all", 0)).collect();
    victim.honest.write_all(&publish(QOS0, "all", 0, b"x")).unwrap();
    for client in &mut clients {
        client.expect(&publish(QOS0, "all", 0, b"x"));
    }
    // Half of the clients leave in the middle of a packet.
    for (n, mut client) in clients.into_iter().enumerate() {
        if n % 2 == 0 {
            client.write_all(b"\x30\x7f\0\x01").unwrap();
        }
        #[cfg(unix)]
        rustix::net::sockopt::set_socket_linger(&client, Some(std::time::Duration::ZERO)).unwrap();
    }
    for n in 0..200 {
        victim.broker.wait_for(&[&format!("client-{n} is gone")]);
    }
    victim.serves_on();
}

#[test]
fn random_bytes_end_the_connection() {
    let mut victim = Victim::new();
    let mut state = 0x2545_f491_u32;
    for _ in 0..200 {
        let garbage: Vec<_> = (0..100)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 17;
                state ^= state << 5;
                state.to_le_bytes()[0]
            })
            .collect();
        let mut peer = victim.broker.connect();
        let _ = peer.write_all(&[connect("mallory"), garbage].concat());
        let _ = peer.shutdown(Shutdown::Write);
        let _ = peer.read_to_end(&mut Vec::new());
    }
    victim.serves_on();
}

#[test]
fn unreleased_messages_are_limited() {
    let mut victim = Victim::new();
    let mut peer = client(&victim.broker, "mallory");
    for n in 1..=1000 {
        peer.exchange(&publish(QOS2, "a", n, b""), &ack(PUBREC, n));
    }
    victim.refuses(peer, &publish(QOS2, "a", 1001, b""), "too many unreleased messages");
}

#[test]
fn unacknowledged_messages_are_limited() {
    let broker = broker();
    let payload = vec![0x5a; 200 * 1024];
    // The client reads everything, but acknowledges nothing.
    let mut greedy = subscriber(&broker, "greedy", "a", 1);
    let mut eve = client(&broker, "eve");
    // The broker holds 4 MiB of messages for the client, and no more.
    for n in 1..=60 {
        eve.exchange(&publish(QOS1, "a", n, &payload), &ack(PUBACK, n));
        if n <= 20 {
            assert!(greedy.take_packet() == publish(QOS1, "a", n, &payload), "message {n}");
        }
    }
    greedy.quiet();
    // Each acknowledgement makes room for one more message.
    greedy.write_all(&ack(PUBACK, 1)).unwrap();
    greedy.quiet();
    eve.exchange(&publish(QOS1, "a", 61, &payload), &ack(PUBACK, 61));
    assert!(greedy.take_packet() == publish(QOS1, "a", 21, &payload));
    greedy.quiet();
}

#[test]
fn a_repeated_filter_matches_once() {
    let broker = broker();
    let mut eve = client(&broker, "eve");
    for n in 1..=50 {
        eve.exchange(&publish(QOS1 | RETAIN, &format!("a/{n}"), n, b"x"), &ack(PUBACK, n));
    }
    let mut ada = client(&broker, "ada");
    ada.exchange(&subscribe(1, &vec![("a/+", 0); 20_000]), &suback(1, &vec![0; 20_000]));
    for _ in 0..50 {
        ada.take_packet();
    }
    ada.quiet();
}

#[test]
fn the_levels_of_filters_are_limited() {
    let mut broker = broker();
    let mut ada = client(&broker, "ada");
    let (deep, deeper) = (vec!["+"; 32].join("/"), vec!["+"; 33].join("/"));
    ada.exchange(&subscribe(1, &[(&deep, 0), (&deeper, 0), ("#", 0)]), &suback(1, &[0, 0x80, 0]));
    // A topic may have any number of levels, but above a limit its messages are not retained.
    let topic = vec!["a"; 500].join("/");
    ada.exchange(&publish(QOS0 | RETAIN, &topic, 0, b"x"), &publish(QOS0, &topic, 0, b"x"));
    broker.wait_for(&["not retained: too many levels"]);
}

#[test]
fn names_cannot_add_lines_to_the_log() {
    let mut broker = broker();
    let forged = "eve\n2026-01-01T00:00:00Z  INFO root is here \u{1b}[2K\u{202e}";
    let eve = client(&broker, forged);
    let line = broker.wait_for(&["eve\\n2026", "\\u{1b}[2K\\u{202e} is here"]);
    assert!(!line.contains(['\u{1b}', '\u{202e}']), "{line:?}");
    drop(eve);
    broker.wait_for(&["eve\\n2026", " is gone"]);
}

/// A file with users and their passwords, which is removed when dropped.
struct Users(std::path::PathBuf);

impl Users {
    fn new(users: &[(&str, &str)]) -> Self {
        let name = format!("framewright-{}-{:?}.users", std::process::id(), std::thread::current().id());
        let path = std::env::temp_dir().join(name);
        let lines: String = users.iter().map(|(name, password)| line(name, password)).collect();
        std::fs::write(&path, lines).unwrap();
        Self(path)
    }

    /// Adds a user whose password takes little time to check, for tests with many logins.
    fn and_quick(self, name: &str, password: &str) -> Self {
        let params = argon2::Params::new(8, 1, 1, None).unwrap();
        let argon = argon2::Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params);
        let salt = SaltString::from_b64("c2FsdHNhbHQ").unwrap();
        let hash = argon.hash_password(password.as_bytes(), &salt).unwrap();
        let lines = std::fs::read_to_string(&self.0).unwrap() + &format!("{name}:{hash}\n");
        std::fs::write(&self.0, lines).unwrap();
        self
    }
}

impl Drop for Users {
    fn drop(&mut self) {
        // An error does no harm, because the file is in the folder for temporary files.
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Runs `mqtt user`, and returns the line that it prints for the file.
fn line(name: &str, password: &str) -> String {
    let mut program = std::process::Command::new(super::MQTT)
        .args(["user", name])
        .stdin(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    program.stdin.take().unwrap().write_all(format!("{password}\n").as_bytes()).unwrap();
    String::from_utf8(program.wait_with_output().unwrap().stdout).unwrap()
}

#[test]
fn users_are_authenticated_and_keep_their_sessions() {
    let users = Users::new(&[("ada", "engine")]).and_quick("eve", "apple");
    let path = users.0.to_str().unwrap();
    let mut broker = Program::server(super::MQTT, &["--users", path]);
    let login = |id: &str, flags, user: &str, password: &str| {
        connect_with(flags | 0xc0, 0, id, &[text(user), text(password)].concat())
    };
    for (user, password) in [("ada", "apple"), ("root", "engine"), ("", "")] {
        let mut peer = broker.connect();
        peer.write_all(&login("x", CLEAN, user, password)).unwrap();
        assert_eq!(peer.drain(), b"\x20\x02\0\x04");
    }
    let mut peer = broker.connect();
    peer.write_all(&connect("x")).unwrap();
    assert_eq!(peer.drain(), b"\x20\x02\0\x04", "without a name");
    // The broker keeps this session when the connection ends.
    let mut ada = broker.connect();
    ada.exchange(&login("ada-1", 0, "ada", "engine"), CONNACK);
    ada.exchange(&subscribe(1, &[("a", 1)]), &suback(1, &[1]));
    assert_eq!(ada.finish(), b"");
    broker.wait_for(&["ada-1 is gone"]);
    // No other user can take the session over.
    let mut eve = broker.connect();
    eve.write_all(&login("ada-1", 0, "eve", "apple")).unwrap();
    assert_eq!(eve.drain(), b"\x20\x02\0\x05");
    for n in 0..260 {
        let mut eve = broker.connect();
        eve.exchange(&login(&format!("eve-{n}"), 0, "eve", "apple"), CONNACK);
        assert_eq!(eve.finish(), b"");
        broker.wait_for(&[&format!("eve-{n} is gone")]);
    }
    let mut ada = broker.connect();
    ada.exchange(&login("ada-1", 0, "ada", "engine"), CONNACK_PRESENT);
}
