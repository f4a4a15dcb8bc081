//! Tests of how clients connect and disconnect: CONNECT, wills, keep-alive, and sessions that
//! outlive their connection.

use std::io::Write;
use std::net::TcpStream;

use super::packets::*;
use crate::support::{Plain, Program};

fn refused(broker: &Program, connect: &[u8], answer: &[u8]) {
    let mut client = broker.connect();
    client.write_all(connect).unwrap();
    assert_eq!(client.drain(), answer);
}

/// Checks the reason in `CONNACK`, and that the connection is closed after it.
#[test]
fn refused_clients_get_the_reason() {
    let broker = broker();
    // The broker must not parse anything after the version, because packets of other versions have
    // another layout.
    refused(&broker, b"\x10\x0c\0\x04MQTT\x03\x02\0\0\0\0", b"\x20\x02\0\x01");
    refused(&broker, b"\x10\x0d\0\x04MQTT\x05\x02\0\0\0\0\0", b"\x20\x02\0\x01");
    refused(&broker, b"\x10\x07\0\x04MQTT\xff", b"\x20\x02\0\x01");
    // Without an identifier, a client cannot request that its session is kept.
    refused(&broker, &connect_with(0, 0, "", b""), b"\x20\x02\0\x02");
    refused(&broker, &connect(&"x".repeat(257)), b"\x20\x02\0\x02");
    client(&broker, &"x".repeat(256)).quiet();
}

#[test]
fn clients_without_a_name_are_served() {
    let broker = broker();
    let mut ada = subscriber(&broker, "", "a", 0);
    let mut bob = subscriber(&broker, "", "a", 0);
    let mut eve = client(&broker, "");
    eve.write_all(&publish(QOS0, "a", 0, b"x")).unwrap();
    ada.expect(&publish(QOS0, "a", 0, b"x"));
    bob.expect(&publish(QOS0, "a", 0, b"x"));
}

#[test]
fn users_and_passwords_are_taken() {
    let broker = broker();
    let mut ada = broker.connect();
    let user = [text("ada"), text([0, 0xff, 0])].concat();
    ada.exchange(&connect_with(CLEAN | 0xc0, 0, "ada", &user), CONNACK);
    let mut bob = broker.connect();
    bob.exchange(&connect_with(CLEAN | 0x80, 0, "bob", &text("bob")), CONNACK);
}

#[test]
fn disconnect_closes() {
    let broker = broker();
    let mut ada = client(&broker, "ada");
    // The bytes after DISCONNECT are ignored.
    ada.write_all(&[PINGREQ, DISCONNECT, PINGREQ].concat()).unwrap();
    assert_eq!(ada.drain(), PINGRESP);
}

#[test]
fn the_newer_of_two_connections_of_a_client_stays() {
    let broker = broker();
    let mut watcher = subscriber(&broker, "watcher", "will", 0);
    let mut old = broker.connect();
    old.exchange(&connect_will("ada", 0, 0), CONNACK);
    let mut new = subscriber(&broker, "ada", "a", 0);
    assert_eq!(old.drain(), b"");
    // The old connection has not sent DISCONNECT, so its will is published.
    watcher.expect(&publish(QOS0, "will", 0, b"lost"));
    new.exchange(&publish(QOS0, "a", 0, b"x"), &publish(QOS0, "a", 0, b"x"));
}

/// Checks that the will of a client is published if `how` closes its connection without DISCONNECT.
fn lost(how: impl FnOnce(&mut Program, TcpStream)) {
    let mut broker = broker();
    let mut watcher = subscriber(&broker, "watcher", "will", 0);
    let mut ada = broker.connect();
    ada.exchange(&connect_will("ada", 0, 0), CONNACK);
    how(&mut broker, ada);
    watcher.expect(&publish(QOS0, "will", 0, b"lost"));
    watcher.quiet();
}

#[test]
fn the_will_of_a_client_that_ends_the_stream_is_published() {
    lost(|_, ada| drop(ada));
}

#[cfg(unix)]
#[test]
fn the_will_of_a_client_that_resets_is_published() {
    lost(|_, ada| {
        rustix::net::sockopt::set_socket_linger(&ada, Some(std::time::Duration::ZERO)).unwrap();
    });
}

#[test]
fn the_will_of_a_client_that_breaks_the_rules_is_published() {
    lost(|_, mut ada| ada.write_all(b"\xf0\0").unwrap());
    lost(|_, mut ada| ada.write_all(&connect("ada")).unwrap());
}

#[test]
fn the_will_of_a_client_that_disconnects_is_not_published() {
    let mut broker = broker();
    let mut watcher = subscriber(&broker, "watcher", "will", 0);
    let mut ada = broker.connect();
    ada.exchange(&connect_will("ada", 0, 0), CONNACK);
    ada.write_all(DISCONNECT).unwrap();
    assert_eq!(ada.drain(), b"");
    broker.wait_for(&["ada is gone"]);
    watcher.quiet();
}

#[test]
fn a_will_may_be_retained_and_sent_at_least_once() {
    let mut broker = broker();
    let mut watcher = subscriber(&broker, "watcher", "will", 1);
    let mut ada = broker.connect();
    ada.exchange(&connect_will("ada", 0, 0x28), CONNACK);
    drop(ada);
    watcher.expect(&publish(QOS1, "will", 1, b"lost"));
    broker.wait_for(&["ada is gone"]);
    let mut late = subscriber(&broker, "late", "will", 1);
    late.expect(&publish(QOS1 | RETAIN, "will", 1, b"lost"));
}

#[test]
fn a_client_that_does_not_keep_its_connection_alive_is_lost() {
    let mut broker = broker();
    let mut watcher = subscriber(&broker, "watcher", "will", 0);
    let mut ada = broker.connect();
    ada.exchange(&connect_will("ada", 1, 0), CONNACK);
    ada.quiet();
    // An incomplete packet does not extend the keep-alive time.
    ada.write_all(&PINGREQ[..1]).unwrap();
    assert_eq!(ada.drain(), b"");
    watcher.expect(&publish(QOS0, "will", 0, b"lost"));
    broker.wait_for(&["closed: timed out: no frame arrived within the keep-alive time"]);
}

/// Connects a client that asks the broker to keep its session.
fn lasting(broker: &Program, answer: &[u8]) -> TcpStream {
    let mut client = broker.connect();
    client.exchange(&connect_with(0, 0, "ada", b""), answer);
    client
}

#[test]
fn sessions_outlive_their_connections() {
    let mut broker = broker();
    let mut ada = lasting(&broker, CONNACK);
    ada.exchange(&subscribe(1, &[("a", 1), ("b", 0)]), &suback(1, &[1, 0]));
    let mut eve = client(&broker, "eve");
    let mut send = |topic: &str, n: u16| {
        eve.exchange(&publish(QOS1, topic, n, &n.to_be_bytes()), &ack(PUBACK, n));
    };
    send("a", 1);
    send("a", 2);
    ada.expect(&publish(QOS1, "a", 1, &[0, 1]));
    ada.exchange(&[ack(PUBACK, 1), Vec::new()].concat(), &publish(QOS1, "a", 2, &[0, 2]));
    ada.quiet();
    assert_eq!(ada.finish(), b"");
    broker.wait_for(&["ada is gone"]);
    // QoS 0 messages are not stored for an absent client.
    send("b", 3);
    send("a", 4);
    send("a", 5);
    let mut ada = lasting(&broker, CONNACK_PRESENT);
    // Unacknowledged messages are sent again. Then the client receives the messages that it has
    // missed.
    ada.expect(&publish(QOS1 | DUP, "a", 2, &[0, 2]));
    ada.expect(&publish(QOS1, "a", 3, &[0, 4]));
    ada.expect(&publish(QOS1, "a", 4, &[0, 5]));
    ada.quiet();
}

#[test]
fn a_clean_session_begins_and_ends_with_its_connection() {
    let mut broker = broker();
    let mut ada = lasting(&broker, CONNACK);
    ada.exchange(&subscribe(1, &[("a", 1)]), &suback(1, &[1]));
    // The newer connection requests a clean session, so its session is not kept either.
    let clean = subscriber(&broker, "ada", "a", 1);
    assert_eq!(ada.drain(), b"");
    assert_eq!(clean.finish(), b"");
    broker.wait_for(&["ada is gone"]);
    let mut eve = client(&broker, "eve");
    eve.exchange(&publish(QOS1, "a", 1, b"x"), &ack(PUBACK, 1));
    let mut ada = lasting(&broker, CONNACK);
    eve.exchange(&publish(QOS1, "a", 1, b"x"), &ack(PUBACK, 1));
    ada.quiet();
}

#[test]
fn exactly_once_holds_across_connections() {
    let broker = broker();
    let mut watcher = subscriber(&broker, "watcher", "a", 0);
    let mut ada = lasting(&broker, CONNACK);
    ada.exchange(&publish(QOS2, "a", 7, b"x"), &ack(PUBREC, 7));
    drop(ada);
    watcher.expect(&publish(QOS0, "a", 0, b"x"));
    let mut ada = lasting(&broker, CONNACK_PRESENT);
    ada.exchange(&publish(QOS2 | DUP, "a", 7, b"x"), &ack(PUBREC, 7));
    ada.exchange(&ack(PUBREL, 7), &ack(PUBCOMP, 7));
    watcher.quiet();
}
