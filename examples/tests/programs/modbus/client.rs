//! Tests of the client with the device, and with devices that reply incorrectly.

use std::io::Write;

use super::{MODBUS, device, packet};
use crate::support::{Ended, Plain, Running, listen, patient, run};

fn client(address: &str, args: &[&str]) -> Ended {
    run(MODBUS, &[&["client", "--connect", address], args].concat())
}

#[test]
fn reads_and_writes() {
    let device = device();
    let client = |args: &[&str]| {
        let ended = client(&device.address.to_string(), args);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        ended.stdout
    };
    assert_eq!(client(&["read", "input-registers", "100", "3"]), "100: 100\n101: 101\n102: 102\n");
    assert_eq!(client(&["read", "discrete-inputs", "0", "3"]), "0: 0\n1: 1\n2: 0\n");
    assert_eq!(client(&["write-registers", "5", "65535", "7"]), "");
    assert_eq!(client(&["write-registers", "7", "8"]), "");
    assert_eq!(client(&["read", "holding-registers", "4", "5"]), "4: 0\n5: 65535\n6: 7\n7: 8\n8: 0\n");
    assert_eq!(client(&["write-coils", "1", "1", "0", "1"]), "");
    assert_eq!(client(&["write-coils", "4", "1"]), "");
    assert_eq!(client(&["read", "coils", "0", "6"]), "0: 0\n1: 1\n2: 0\n3: 1\n4: 1\n5: 0\n");
    assert_eq!(client(&["read", "coils", "1"]), "1: 1\n");
}

#[test]
fn a_long_read_is_several_requests() {
    let device = device();
    let lines: String = (10..1000).map(|address| format!("{address}: {address}\n")).collect();
    for pipeline in ["1", "3", "255"] {
        let args = ["--pipeline", pipeline, "read", "input-registers", "10", "990"];
        let ended = client(&device.address.to_string(), &args);
        assert_eq!((ended.stdout.as_str(), ended.code), (lines.as_str(), Some(0)), "{}", ended.stderr);
    }
}

#[test]
fn replies_are_matched_by_their_ids() {
    let (listener, address) = listen();
    let args = ["client", "--connect", &address, "--pipeline", "2", "read", "holding-registers", "0", "126"];
    let client = Running::start(MODBUS, &args);
    let mut device = patient(listener.accept().unwrap().0);
    // The client sends both requests, in either order, before it receives a reply.
    let mut requests = [device.take_bytes(12), device.take_bytes(12)];
    requests.sort();
    assert_eq!(requests, [packet(1, b"\x03\0\0\0\x7d"), packet(2, b"\x03\0\x7d\0\x01")]);
    // The replies come in the opposite order, with an unsolicited reply between them.
    let first = [&b"\x03\xfa"[..], &[0; 250]].concat();
    let replies = [packet(2, b"\x03\x02\0\x09"), packet(3, b"\x83\x02"), packet(1, &first)];
    device.write_all(&replies.concat()).unwrap();
    let ended = client.end();
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stdout.ends_with("124: 0\n125: 9\n"), "{}", ended.stdout);
}

#[test]
fn says_what_the_device_refuses() {
    let device = device();
    let refused = |args: &[&str], part: &str| {
        let ended = client(&device.address.to_string(), args);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(ended.stderr.contains(part), "{}", ended.stderr);
    };
    refused(&["read", "coils", "1000"], "the device refuses function 1: IllegalAddress");
    refused(&["write-registers", "999", "1", "2"], "the device refuses function 16: IllegalAddress");
    refused(&["read", "coils", "65535", "2001"], "the device refuses function 1: IllegalAddress");
    refused(&["read", "input-registers", "65500", "200"], "the device refuses function 4: IllegalAddress");
    // A write request holds at most 123 registers, so nothing is sent.
    let many = vec!["1"; 124];
    refused(&[&["write-registers", "0"], &many[..]].concat(), "must be at least one and fit into a packet");
}

#[test]
fn refuses_replies_to_other_requests() {
    for (reply, part) in [
        (packet(1, b"\x04\x02\0\x01"), "not a reply to the request"),
        (packet(1, b"\x03\x00"), "0 values instead of 2"),
        (packet(1, b"\x03\x02\0\x01"), "1 values instead of 2"),
        (packet(1, b"\x83\x06"), "refuses function 3: Other(6)"),
        (packet(1, b"\x2b\x0e"), "Packet.body at byte 7: no variant of Reply has the tag 43"),
        (b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(), "Packet.protocol at byte 2"),
    ] {
        let (listener, address) = listen();
        let args = ["client", "--connect", &address, "read", "holding-registers", "0", "2"];
        let client = Running::start(MODBUS, &args);
        let mut device = patient(listener.accept().unwrap().0);
        device.take_bytes(12);
        device.write_all(&reply).unwrap();
        drop(device);
        let ended = client.end();
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(1), ""));
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
}
