//! Tests of malformed input: an invalid request is answered with an exception, and a malformed
//! header closes the connection.

use std::io::Write;

use super::{answers, device, packet};
use crate::support::Plain;

#[test]
fn requests_that_break_a_rule_are_illegal_values() {
    let device = device();
    let mut peer = device.connect();
    let mut refused = |request: &[u8]| answers(&mut peer, request, &[request[0] | 0x80, 3]);
    // These quantities are 0, or above the limit.
    for function in [1, 2] {
        refused(&[function, 0, 0, 0, 0]);
        refused(&[function, 0, 0, 0x07, 0xd1]);
        refused(&[function, 0, 0, 0xff, 0xff]);
    }
    for function in [3, 4] {
        refused(&[function, 0, 0, 0, 0]);
        refused(&[function, 0, 0, 0, 0x7e]);
        refused(&[function, 0, 0, 0xff, 0xff]);
    }
    refused(b"\x0f\0\0\0\0\0");
    refused(&[&b"\x0f\0\0\x07\xb1\xf7"[..], &[0; 247]].concat());
    refused(b"\x10\0\0\0\0\0");
    refused(&[&b"\x10\0\0\0\x7c\xf6"[..], &[0; 246]].concat());
    // These byte counts match neither the quantity nor the data.
    refused(b"\x0f\0\0\0\x09\x01\xff");
    refused(b"\x0f\0\0\0\x08\x02\xff\xff");
    refused(b"\x0f\0\0\0\x08\x02\xff");
    refused(b"\x0f\0\0\0\x08\0");
    refused(b"\x10\0\0\0\x02\x02\0\x01");
    refused(b"\x10\0\0\0\x01\x03\0\x01\x02");
    refused(b"\x10\0\0\0\x01\x02\0");
    // A coil that is neither on nor off.
    refused(b"\x05\0\0\x01\0");
    refused(b"\x05\0\0\xff\x01");
    // These requests are truncated, or have bytes after their end.
    for function in (1..7).chain([15, 16]) {
        refused(&[function]);
        refused(&[function, 0, 0, 0]);
        refused(&[function, 0, 0, 0xff, 0, 0, 0, 0, 0, 0]);
    }
    answers(&mut peer, b"\x04\0\x05\0\x01", b"\x04\x02\0\x05");
}

#[test]
fn requests_without_a_function_get_no_answer() {
    let device = device();
    let mut peer = device.connect();
    peer.write_all(&packet(1, b"")).unwrap();
    answers(&mut peer, b"\x04\0\x05\0\x01", b"\x04\x02\0\x05");
}

#[test]
fn requests_arrive_in_pieces() {
    let device = device();
    let mut peer = device.connect();
    for byte in [packet(7, b"\x04\0\x05\0\x01"), packet(8, b"\x04\0\x05")].concat() {
        peer.write_all(&[byte]).unwrap();
    }
    peer.expect(&[packet(7, b"\x04\x02\0\x05"), packet(8, b"\x84\x03")].concat());
}

#[test]
fn a_broken_header_ends_the_connection() {
    let mut device = device();
    let mut honest = device.connect();
    let good = packet(1, b"\x04\0\x05\0\x01");
    for (header, fault) in [
        // The headers have another protocol, a length of 0, lengths just above the limit, and the
        // largest possible length.
        (&b"\0\x01\0\x01\0\x06\x01"[..], "Packet.protocol at byte 2"),
        (b"GET / HTTP/1.1\r\n\r\n", "Packet.protocol at byte 2"),
        (b"\0\x01\0\0\0\0\x01", "Packet.unit at byte 6: expected 1 byte, found 0"),
        (b"\0\x01\0\0\0\xff\x01", "at most 260"),
        (&packet(1, &[&b"\x10\0\0\0\x7c\xf8"[..], &[0; 248]].concat()), "at most 260"),
        (b"\0\x01\0\0\xff\xff\x01", "at most 260"),
    ] {
        let mut peer = device.connect();
        let name = format!("peer={}", peer.local_addr().unwrap());
        // The request before the malformed header is answered.
        let _ = peer.write_all(&[&good, header].concat());
        assert_eq!(peer.drain(), packet(1, b"\x04\x02\0\x05"));
        device.wait_for(&[&name, "closed: malformed frame", fault]);
        answers(&mut honest, b"\x04\0\x05\0\x01", b"\x04\x02\0\x05");
    }
}

#[test]
fn a_request_cut_by_the_end_of_the_stream_is_logged() {
    let mut device = device();
    let good = packet(1, b"\x04\0\x05\0\x01");
    for cut in 1..good.len() {
        let mut peer = device.connect();
        let name = format!("peer={}", peer.local_addr().unwrap());
        peer.write_all(&good[..cut]).unwrap();
        assert_eq!(peer.finish(), b"");
        device.wait_for(&[&name, "closed: malformed frame"]);
    }
    answers(&mut device.connect(), b"\x04\0\x05\0\x01", b"\x04\x02\0\x05");
}

#[test]
fn garbage_harms_nobody() {
    let device = device();
    let mut honest = device.connect();
    let mut seed = 1_u32;
    for _ in 0..50 {
        let garbage: Vec<u8> = std::iter::repeat_with(|| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            seed.to_be_bytes()[0]
        })
        .take(4096)
        .collect();
        let mut peer = device.connect();
        // The device may close the connection before everything is sent.
        let _ = peer.write_all(&garbage);
        peer.finish();
        // In packets with valid headers, the same bytes are answered by replies or exceptions.
        let mut peer = device.connect();
        for body in garbage.chunks(250) {
            peer.write_all(&packet(9, body)).unwrap();
            let header = peer.take_bytes(8);
            assert_eq!((&header[..4], header[7] & 0x7f), (&b"\0\x09\0\0"[..], body[0] & 0x7f));
            let rest = usize::from(u16::from_be_bytes([header[4], header[5]])) - 2;
            peer.take_bytes(rest);
        }
        answers(&mut honest, b"\x04\0\x05\0\x01", b"\x04\x02\0\x05");
    }
}
