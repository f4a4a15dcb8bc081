//! Tests of the client with the server, and with servers that answer incorrectly.

use std::net::UdpSocket;

use super::{DNS, server};
use crate::support::{Ended, PATIENCE, Running, run};

fn client(address: &str, args: &[&str]) -> Ended {
    run(DNS, &[&["client", "--connect", address], args].concat())
}

#[test]
fn shows_what_is_asked_and_answered() {
    let server = server();
    let ended = client(&server.address.to_string(), &["mail.example.test", "a"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    for part in ["client -> server (UDP)", "\"mail\"", "192.0.2.25", "1232"] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
    assert!(!ended.stdout.contains("TCP"), "{}", ended.stdout);
}

#[test]
fn asks_over_tcp_where_the_answer_does_not_fit() {
    let server = server();
    for args in [&["longest.example.test.", "txt"][..], &["--tcp", "longest.example.test", "txt"]] {
        let ended = client(&server.address.to_string(), args);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert_eq!(ended.stdout.contains("The answer is truncated: asking again."), args[0] != "--tcp");
        for part in ["client -> server (TCP)", "\"l1234", "12 = count_of(answers)"] {
            assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
        }
    }
}

#[test]
fn says_where_an_answer_is_wrong() {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let address = socket.local_addr().unwrap().to_string();
    let client = Running::start(DNS, &["client", "--connect", &address, "example.test"]);
    let (_, peer) = socket.recv_from(&mut [0; 512]).unwrap();
    socket.send_to(&[0, 1, 0x80, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0x41], peer).unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("Message.questions at byte 12"), "{}", ended.stderr);
}

#[test]
fn refuses_text_that_is_not_a_name() {
    let ended = client("127.0.0.1:1", &["a..b"]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(1), "error: \"a..b\" is not a name\n"));
}
