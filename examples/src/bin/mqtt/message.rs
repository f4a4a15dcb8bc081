//! Messages, independent of their packets.

use std::num::NonZeroU16;

use bytes::Bytes;

use crate::protocol::{Packet, QoS};

/// The parts of the first byte of a PUBLISH packet.
const PUBLISH: u8 = 0b0011_0000;
const AGAIN: u8 = 0b1000;
const EXACTLY_ONCE: u8 = 0b0100;
const AT_LEAST_ONCE: u8 = 0b0010;
const RETAIN: u8 = 0b0001;

/// A message, shared by all receivers.
pub struct Message {
    pub topic: String,
    pub payload: Bytes,
}

impl Message {
    /// Returns the approximate memory of the message in bytes.
    pub fn size(&self) -> usize {
        const KEEPING_IT: usize = 200;
        KEEPING_IT + self.topic.len() + self.payload.len()
    }

    /// Returns a packet with the message. If the packet has an identifier, it is delivered at least
    /// once.
    pub fn packet(&self, id: Option<NonZeroU16>, retained: bool, again: bool) -> Packet {
        let flag = |is_set, bit| if is_set { bit } else { 0 };
        Packet::Publish {
            header: PUBLISH | flag(again, AGAIN) | flag(id.is_some(), AT_LEAST_ONCE) | flag(retained, RETAIN),
            topic: self.topic.clone(),
            id,
            payload: self.payload.clone(),
        }
    }
}

/// Returns the quality of service of a packet with this first byte.
pub fn qos(header: u8) -> QoS {
    match header & (EXACTLY_ONCE | AT_LEAST_ONCE) {
        0 => QoS::AtMostOnce,
        AT_LEAST_ONCE => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}

/// Returns `true` if a packet with this first byte is to be retained.
pub fn is_retained(header: u8) -> bool {
    header & RETAIN != 0
}
