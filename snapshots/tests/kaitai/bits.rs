//! Bit fields.

use framewright::prelude::*;

use super::{holds, sample};

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, lsb)]
struct At32 {
    #[bits(32)]
    low: u32,
    #[bits(8)]
    high: u8,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, lsb)]
struct At64 {
    #[bits(64)]
    low: u64,
    #[bits(8)]
    high: u8,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, lsb)]
struct Within32 {
    #[bits(31)]
    low: u32,
    #[bits(9)]
    high: u16,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le, lsb)]
struct Within64 {
    #[bits(63)]
    low: u64,
    #[bits(9)]
    high: u16,
}

#[test]
fn bits_continue_after_a_word() {
    holds(sample!("bits_shift_by_b32_le"), At32 { low: u32::MAX, high: 0 });
    holds(sample!("bits_shift_by_b64_le"), At64 { low: u64::MAX, high: 0 });
    holds(sample!("bits_signed_shift_b32_le"), Within32 { low: 0, high: 255 });
    holds(sample!("bits_signed_shift_b64_le"), Within64 { low: 0, high: 255 });
}

/// A packet of an MPEG transport stream.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Transport {
    #[magic(0x47)]
    sync: Auto<u8>,
    #[bits(1)]
    has_error: bool,
    #[bits(1)]
    begins: bool,
    #[bits(1)]
    priority: bool,
    #[bits(13)]
    pid: u16,
    #[bits(2)]
    scrambling: u8,
    #[bits(2)]
    content: Content,
    #[bits(4)]
    counter: u8,
    payload: [u8; 184],
}

#[derive(Frame, Debug, PartialEq, Clone, Copy)]
enum Content {
    Reserved,
    Payload,
    Adaptation,
    Both,
}

#[test]
fn a_packet_of_a_transport_stream() {
    let packet = Transport {
        sync: Auto::new(),
        has_error: false,
        begins: false,
        priority: true,
        pid: 33,
        scrambling: 0,
        content: Content::Payload,
        counter: 11,
        payload: [0xff; 184],
    };
    holds(sample!("ts_packet"), packet);
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Full([u8; 256]);

#[test]
fn every_byte() {
    holds(sample!("full256"), Full(std::array::from_fn(|byte| u8::try_from(byte).unwrap())));
}
