//! Messages, independent of the packets that carry them.

use std::num::NonZeroU16;
use std::sync::Arc;

use bytes::Bytes;

use crate::protocol::{Packet, QoS};

/// The type and the flags in the first byte of a PUBLISH packet.
const PUBLISH: u8 = 0b0011_0000;
const AGAIN: u8 = 0b1000;
const EXACTLY_ONCE: u8 = 0b0100;
const AT_LEAST_ONCE: u8 = 0b0010;
const RETAIN: u8 = 0b0001;

/// A message, which all its receivers share.
pub struct Message {
    /// The topic, which sessions also share.
    pub topic: Arc<str>,
    pub payload: Bytes,
}

impl Message {
    pub fn new(topic: String, payload: Bytes) -> Self {
        Self { topic: topic.into(), payload }
    }

    /// Returns how much memory the message uses, approximately.
    pub fn size(&self) -> usize {
        const KEEPING_IT: usize = 200;
        KEEPING_IT + self.topic.len() + self.payload.len()
    }

    /// Returns a PUBLISH packet with the message. With an `id` its quality of service is "at least
    /// once", otherwise "at most once".
    pub fn packet(&self, id: Option<NonZeroU16>, retained: bool, again: bool) -> Packet {
        let flag = |is_set, bit| if is_set { bit } else { 0 };
        Packet::Publish {
            header: PUBLISH | flag(again, AGAIN) | flag(id.is_some(), AT_LEAST_ONCE) | flag(retained, RETAIN),
            topic: self.topic.to_string(),
            id,
            payload: self.payload.clone(),
        }
    }
}

/// Returns the quality of service of a PUBLISH packet with this first byte.
pub fn qos(header: u8) -> QoS {
    match header & (EXACTLY_ONCE | AT_LEAST_ONCE) {
        0 => QoS::AtMostOnce,
        AT_LEAST_ONCE => QoS::AtLeastOnce,
        _ => QoS::ExactlyOnce,
    }
}

/// Returns `true` if the first byte of a PUBLISH packet has the retain flag.
pub fn retain(header: u8) -> bool {
    header & RETAIN != 0
}
