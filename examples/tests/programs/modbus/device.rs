//! Tests of the device with requests that are encoded by hand.

use std::io::Write;

use super::{answers, device, packet};
use crate::support::Plain;

#[test]
fn reads_inputs() {
    let device = device();
    let mut peer = device.connect();
    // Every other bit is on, and the padding of the last byte is 0.
    answers(&mut peer, b"\x02\0\0\0\x08", b"\x02\x01\xaa");
    answers(&mut peer, b"\x02\0\x01\0\x0b", b"\x02\x02\x55\x05");
    answers(&mut peer, b"\x04\0\x64\0\x03", b"\x04\x06\0\x64\0\x65\0\x66");
}

#[test]
fn reads_what_was_written() {
    let device = device();
    let mut peer = device.connect();
    answers(&mut peer, b"\x05\0\x0a\xff\0", b"\x05\0\x0a\xff\0");
    answers(&mut peer, b"\x01\0\x09\0\x03", b"\x01\x01\x02");
    answers(&mut peer, b"\x05\0\x0a\0\0", b"\x05\0\x0a\0\0");
    answers(&mut peer, b"\x01\0\x09\0\x03", b"\x01\x01\0");
    answers(&mut peer, b"\x06\0\x0a\xbe\xef", b"\x06\0\x0a\xbe\xef");
    answers(&mut peer, b"\x10\0\x0b\0\x02\x04\0\x01\0\x02", b"\x10\0\x0b\0\x02");
    // Another connection sees the values too, because all connections share one device.
    answers(&mut device.connect(), b"\x03\0\x0a\0\x04", b"\x03\x08\xbe\xef\0\x01\0\x02\0\0");
    // The request writes eleven coils. The bits after them have no effect.
    answers(&mut peer, b"\x0f\0\x14\0\x0b\x02\xcd\xff", b"\x0f\0\x14\0\x0b");
    answers(&mut peer, b"\x01\0\x14\0\x10", b"\x01\x02\xcd\x07");
}

#[test]
fn the_largest_requests_are_answered() {
    let device = device();
    let mut peer = device.connect();
    let registers = vec![0x5a; 246];
    answers(&mut peer, &[&b"\x10\0\0\0\x7b\xf6"[..], &registers].concat(), b"\x10\0\0\0\x7b");
    answers(&mut peer, b"\x03\0\0\0\x7d", &[&b"\x03\xfa"[..], &registers, &[0; 4]].concat());
    // Requests may name this many coils, but the device has only 1000.
    answers(&mut peer, &[&b"\x0f\0\0\x07\xb0\xf6"[..], &registers].concat(), b"\x8f\x02");
    answers(&mut peer, b"\x01\0\0\x07\xd0", b"\x81\x02");
}

#[test]
fn addresses_out_of_range_are_illegal() {
    let device = device();
    let mut peer = device.connect();
    answers(&mut peer, b"\x01\x03\xe7\0\x01", b"\x01\x01\0");
    answers(&mut peer, b"\x01\x03\xe7\0\x02", b"\x81\x02");
    answers(&mut peer, b"\x02\x03\xe8\0\x01", b"\x82\x02");
    answers(&mut peer, b"\x03\xff\xff\0\x7d", b"\x83\x02");
    answers(&mut peer, b"\x04\xff\xff\0\x01", b"\x84\x02");
    answers(&mut peer, b"\x05\x03\xe8\xff\0", b"\x85\x02");
    answers(&mut peer, b"\x06\x03\xe8\0\0", b"\x86\x02");
    answers(&mut peer, b"\x0f\x03\xe7\0\x02\x01\x03", b"\x8f\x02");
    answers(&mut peer, b"\x10\x03\xe7\0\x02\x04\0\x01\0\x02", b"\x90\x02");
    // The refused requests have written nothing.
    answers(&mut peer, b"\x03\x03\xe7\0\x01", b"\x03\x02\0\0");
    answers(&mut peer, b"\x01\x03\xe7\0\x01", b"\x01\x01\0");
}

#[test]
fn unknown_functions_are_illegal() {
    let device = device();
    let mut peer = device.connect();
    for function in (7..15).chain(17..0x80).chain([0]) {
        answers(&mut peer, &[function], &[function | 0x80, 1]);
        answers(&mut peer, &[function, 1, 2, 3], &[function | 0x80, 1]);
    }
    // 0x83 is not the code of a function. It marks an exception reply to function 3.
    answers(&mut peer, b"\x83\x02", b"\x83\x01");
}

#[test]
fn the_unit_is_ignored() {
    let device = device();
    let mut peer = device.connect();
    peer.exchange(b"\0\x07\0\0\0\x06\xff\x04\0\x01\0\x01", b"\0\x07\0\0\0\x05\xff\x04\x02\0\x01");
}

#[test]
fn pipelined_transactions_keep_their_ids() {
    let device = device();
    let mut peer = device.connect();
    let address = |id: u16| (id % 1000).to_be_bytes();
    let requests: Vec<u8> =
        (0..5000).flat_map(|id| packet(id, &[&[4], &address(id)[..], &[0, 1]].concat())).collect();
    let replies: Vec<u8> =
        (0..5000).flat_map(|id| packet(id, &[&[4, 2], &address(id)[..]].concat())).collect();
    let mut writer = peer.try_clone().unwrap();
    let writing = std::thread::spawn(move || writer.write_all(&requests).unwrap());
    peer.expect(&replies);
    writing.join().unwrap();
}
