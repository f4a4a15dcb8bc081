//! Tests of the delivery of messages between clients.

use std::io::Write;
use std::thread;

use super::packets::*;
use crate::support::Plain;

#[test]
fn messages_reach_their_subscribers() {
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "room/7", 0);
    let mut bob = subscriber(&broker, "bob", "room/8", 0);
    let mut eve = client(&broker, "eve");
    eve.write_all(b"\x30\x0a\0\x06room/7hi").unwrap();
    ada.expect(b"\x30\x0a\0\x06room/7hi");
    eve.write_all(&publish(QOS0, "room/8", 0, b"")).unwrap();
    bob.expect(b"\x30\x08\0\x06room/8");
    for client in [&mut ada, &mut bob, &mut eve] {
        client.quiet();
    }
}

#[test]
fn a_client_gets_its_own_messages_too() {
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "a", 0);
    ada.exchange(&publish(QOS0, "a", 0, b"note"), &publish(QOS0, "a", 0, b"note"));
}

#[test]
fn at_least_once_is_acknowledged() {
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "a", 1);
    let mut bob = subscriber(&broker, "bob", "a", 0);
    let mut eve = client(&broker, "eve");
    eve.exchange(&publish(QOS1, "a", 500, b"x"), &ack(PUBACK, 500));
    // The broker uses its own identifiers, and delivers with the lower of both qualities of
    // service.
    ada.expect(&publish(QOS1, "a", 1, b"x"));
    bob.expect(&publish(QOS0, "a", 0, b"x"));
    ada.write_all(&ack(PUBACK, 1)).unwrap();
    // The DUP flag is not passed on.
    eve.exchange(&publish(QOS1 | DUP, "a", 501, b"y"), &ack(PUBACK, 501));
    ada.expect(&publish(QOS1, "a", 2, b"y"));
    eve.write_all(&publish(QOS0, "a", 0, b"z")).unwrap();
    ada.expect(&publish(QOS0, "a", 0, b"z"));
}

#[test]
fn a_qos_2_message_is_delivered_once() {
    let broker = broker();
    let mut ada = client(&broker, "ada");
    ada.exchange(&subscribe(9, &[("a", 2)]), &suback(9, &[1]));
    let mut eve = client(&broker, "eve");
    eve.exchange(&publish(QOS2, "a", 7, b"x"), &ack(PUBREC, 7));
    ada.expect(&publish(QOS1, "a", 1, b"x"));
    // The message is sent again because its acknowledgement was lost. It is acknowledged again, but
    // not delivered again.
    eve.exchange(&publish(QOS2 | DUP, "a", 7, b"x"), &ack(PUBREC, 7));
    eve.exchange(&ack(PUBREL, 7), &ack(PUBCOMP, 7));
    eve.exchange(&ack(PUBREL, 7), &ack(PUBCOMP, 7));
    ada.quiet();
    // Once the message is released, its identifier is free for another message.
    eve.exchange(&publish(QOS2, "a", 7, b"y"), &ack(PUBREC, 7));
    ada.expect(&publish(QOS1, "a", 2, b"y"));
}

#[test]
fn wildcards_match_topics() {
    let broker = broker();
    let mut ada = client(&broker, "ada");
    let filters = [("+/temperature", 0), ("house/#", 1), ("/+", 0), ("a b/ü", 0)];
    ada.exchange(&subscribe(1, &filters), &suback(1, &[0, 1, 0, 0]));
    let mut eve = client(&broker, "eve");
    for (topic, chosen) in [
        ("7/temperature", true),
        ("7/8/temperature", false),
        ("house", true),
        ("house/7/8", true),
        ("houses", false),
        ("/x", true),
        ("x", false),
        ("a b/ü", true),
        ("$SYS/temperature", false),
    ] {
        eve.write_all(&publish(QOS0, topic, 0, topic.as_bytes())).unwrap();
        if chosen {
            ada.expect(&publish(QOS0, topic, 0, topic.as_bytes()));
        }
    }
    // If two filters match a topic, only one message is sent, with the higher quality of service.
    eve.exchange(&publish(QOS1, "house/temperature", 1, b"20"), &ack(PUBACK, 1));
    ada.expect(&publish(QOS1, "house/temperature", 1, b"20"));
    ada.quiet();
}

#[test]
fn wildcards_do_not_match_topics_that_begin_with_a_dollar_sign() {
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "#", 0);
    let mut bob = subscriber(&broker, "bob", "$mine/#", 0);
    let mut eve = client(&broker, "eve");
    eve.exchange(&[publish(QOS0, "$mine/a", 0, b""), PINGREQ.to_vec()].concat(), PINGRESP);
    bob.expect(&publish(QOS0, "$mine/a", 0, b""));
    ada.quiet();
}

#[test]
fn unsubscribing_ends_the_delivery() {
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "a", 0);
    ada.exchange(&subscribe(2, &[("b", 0)]), &suback(2, &[0]));
    let mut eve = client(&broker, "eve");
    ada.exchange(&unsubscribe(3, &["a", "never"]), &ack(UNSUBACK, 3));
    eve.write_all(&[publish(QOS0, "a", 0, b"1"), publish(QOS0, "b", 0, b"2")].concat()).unwrap();
    ada.expect(&publish(QOS0, "b", 0, b"2"));
    ada.quiet();
}

#[test]
fn the_last_message_is_retained() {
    let broker = broker();
    let mut eve = client(&broker, "eve");
    let mut ada = subscriber(&broker, "ada", "a/+", 1);
    eve.exchange(&publish(QOS1 | RETAIN, "a/b", 1, b"old"), &ack(PUBACK, 1));
    // Connected subscribers receive a retained message like any other message.
    ada.expect(&publish(QOS1, "a/b", 1, b"old"));
    eve.exchange(&publish(QOS1 | RETAIN, "a/b", 2, b"new"), &ack(PUBACK, 2));
    eve.exchange(&publish(QOS1, "a/b", 3, b"newer, but not retained"), &ack(PUBACK, 3));
    let mut bob = client(&broker, "bob");
    bob.exchange(&subscribe(1, &[("#", 1)]), &suback(1, &[1]));
    bob.expect(&publish(QOS1 | RETAIN, "a/b", 1, b"new"));
    // After a repeated subscription, the retained message is sent again, with the requested quality
    // of service.
    bob.exchange(&subscribe(2, &[("#", 0)]), &suback(2, &[0]));
    bob.expect(&publish(QOS0 | RETAIN, "a/b", 0, b"new"));
    // An empty message removes the retained one, and is sent to connected subscribers.
    eve.exchange(&publish(QOS1 | RETAIN, "a/b", 4, b""), &ack(PUBACK, 4));
    bob.expect(&publish(QOS0, "a/b", 0, b""));
    let mut late = subscriber(&broker, "late", "a/b", 0);
    late.quiet();
}

#[test]
fn a_client_has_a_hundred_subscriptions() {
    let broker = broker();
    let mut ada = client(&broker, "ada");
    let names: Vec<_> = (0..101).map(|n| format!("topic/{n}")).collect();
    let filters: Vec<_> = names.iter().map(|name| (name.as_str(), 0)).collect();
    let codes = [vec![0; 100], vec![0x80]].concat();
    ada.exchange(&subscribe(1, &filters), &suback(1, &codes));
    // A subscription that exists may be requested again. A filter that is too long is refused.
    let long = "x".repeat(1025);
    ada.exchange(&subscribe(2, &[("topic/3", 1), (&long, 0)]), &suback(2, &[1, 0x80]));
    ada.exchange(&unsubscribe(3, &["topic/3"]), &ack(UNSUBACK, 3));
    ada.exchange(&subscribe(4, &[("topic/100", 0)]), &suback(4, &[0]));
}

#[test]
fn many_messages_at_once_all_arrive_in_order() {
    const COUNT: u16 = 10_000;
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "a", 1);
    let mut eve = client(&broker, "eve");
    let mut sending = eve.try_clone().unwrap();
    let sender = thread::spawn(move || {
        let all: Vec<_> = (1..=COUNT).flat_map(|n| publish(QOS1, "a", n, &n.to_be_bytes())).collect();
        sending.write_all(&all).unwrap();
    });
    let acknowledged = thread::spawn(move || (1..=COUNT).for_each(|n| eve.expect(&ack(PUBACK, n))));
    for n in 1..=COUNT {
        let message = ada.take_packet();
        assert_eq!(message[..5], *b"\x32\x07\0\x01a");
        assert_eq!(message[7..], n.to_be_bytes());
        ada.write_all(&[&[PUBACK, 2], &message[5..7]].concat()).unwrap();
    }
    sender.join().unwrap();
    acknowledged.join().unwrap();
}

#[test]
fn large_messages_pass() {
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "#", 1);
    let mut eve = client(&broker, "eve");
    // Around 121 and 16,377 bytes, the length field of the packet grows by a byte. The last length
    // makes the largest packet that the broker accepts.
    let lengths = [0, 120, 121, 122, 16_376, 16_377, 16_378, 200 * 1024, 1024 * 1024 - 9];
    for (id, len) in (1..).zip(lengths) {
        let payload = vec![0x5a; len];
        eve.write_all(&publish(QOS1, "a", id, &payload)).unwrap();
        assert!(ada.take_packet() == publish(QOS1, "a", id, &payload), "{len} bytes");
        eve.expect(&ack(PUBACK, id));
        ada.write_all(&ack(PUBACK, id)).unwrap();
    }
}

#[test]
fn a_message_that_waited_for_room_arrives_without_a_request() {
    let broker = broker();
    let mut ada = subscriber(&broker, "ada", "a", 1);
    let mut eve = client(&broker, "eve");
    // Ada does not read, so her buffers fill up and messages at most once are dropped.
    let payload = vec![7; 1_000_000];
    for _ in 0..30 {
        eve.write_all(&publish(QOS0, "a", 0, &payload)).unwrap();
    }
    eve.exchange(&publish(QOS1, "a", 1, &payload), &ack(PUBACK, 1));
    let (dropped, waited) = (publish(QOS0, "a", 0, &payload), publish(QOS1, "a", 1, &payload));
    loop {
        let packet = ada.take_packet();
        if packet == waited {
            break;
        }
        assert!(packet == dropped);
    }
}
