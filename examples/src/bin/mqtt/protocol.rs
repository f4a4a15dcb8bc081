//! All packets of MQTT 3.1.1 (OASIS, 2014). All numbers are big-endian.

use std::num::NonZeroU16;

use bytes::Bytes;
use framewright::prelude::*;

/// A control packet: a byte of type and flags, a length, and the content.
///
/// The flags are part of the tag, so reserved flags are checked with it.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8, len_prefixed(mqtt))]
pub enum Packet {
    /// A client connects.
    #[tag(0x10)]
    Connect(Connect),
    /// The server's answer to a connecting client.
    #[tag(0x20)]
    ConnAck {
        /// Whether the server already has a session of the client.
        session_present: bool,
        /// The answer: whether the client is accepted.
        code: ConnectCode,
    },
    /// A message, in either direction. In its first byte, bit 3 marks a repetition, bits 2 and 1
    /// are the quality of service, and bit 0 marks a retained message.
    #[tag(0x30..=0x35 | 0x3a..=0x3d)]
    Publish {
        /// The first byte.
        #[tag]
        header: u8,
        /// The topic.
        #[len_prefixed(u16)]
        #[check(!topic.is_empty() && !topic.contains(['\0', '+', '#']), "not a topic name")]
        topic: String,
        /// The identifier of the message for its acknowledgement. Messages sent at most once have
        /// none.
        #[when(header & 0b0110 != 0)]
        id: Option<NonZeroU16>,
        /// The message itself.
        #[rest]
        payload: Bytes,
    },
    /// Acknowledges a message sent at least once.
    #[tag(0x40)]
    PubAck { id: NonZeroU16 },
    /// Acknowledges a QoS 2 message.
    #[tag(0x50)]
    PubRec { id: NonZeroU16 },
    /// Releases a QoS 2 message.
    #[tag(0x62)]
    PubRel { id: NonZeroU16 },
    /// Acknowledges the release.
    #[tag(0x70)]
    PubComp { id: NonZeroU16 },
    /// A client subscribes.
    #[tag(0x82)]
    #[check(!filters.is_empty(), "no topic filter")]
    Subscribe {
        /// The identifier of the request for its acknowledgement.
        id: NonZeroU16,
        /// The filters.
        #[rest]
        filters: Vec<Subscription>,
    },
    /// The server's answer to a subscription.
    #[tag(0x90)]
    SubAck {
        /// The identifier of the request that is answered.
        id: NonZeroU16,
        /// The results in the order of the filters.
        #[rest]
        codes: Vec<SubscribeCode>,
    },
    /// A client unsubscribes.
    #[tag(0xa2)]
    #[check(!filters.is_empty(), "no topic filter")]
    Unsubscribe {
        /// The identifier of the request for its acknowledgement.
        id: NonZeroU16,
        /// The filters.
        #[rest]
        filters: Vec<Filter>,
    },
    /// Acknowledges that a client has unsubscribed.
    #[tag(0xb0)]
    UnsubAck { id: NonZeroU16 },
    /// A client shows that it is still connected.
    #[tag(0xc0)]
    PingReq,
    /// The server's answer to a ping.
    #[tag(0xd0)]
    PingResp,
    /// A client disconnects.
    #[tag(0xe0)]
    Disconnect,
}

/// The first packet of a client, with its protocol level as the tag.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"\0\x04MQTT", tag = u8)]
pub enum Connect {
    /// A client of MQTT 3.1.1.
    #[tag(4)]
    #[check(will.is_some() || (will_qos == QoS::AtMostOnce && !will_retain), "will flags without a will")]
    #[check(user_name.is_some() || password.is_none(), "a password without a user name")]
    V311 {
        /// Whether a user name is present.
        #[bits(1)]
        #[presence_of(user_name)]
        has_user_name: Auto<bool>,
        /// Whether a password is present.
        #[bits(1)]
        #[presence_of(password)]
        has_password: Auto<bool>,
        /// Whether the will is retained.
        #[bits(1)]
        will_retain: bool,
        /// The quality of service of the will.
        #[bits(2)]
        will_qos: QoS,
        /// Whether a will is present.
        #[bits(1)]
        #[presence_of(will)]
        has_will: Auto<bool>,
        /// Whether the session begins and ends with the connection.
        #[bits(1)]
        clean_session: bool,
        /// A reserved bit.
        #[bits(1)]
        #[pad(strict)]
        reserved: Auto,
        /// The keep-alive time in seconds. A silent client counts as lost after one and a half
        /// times this time; 0 means never.
        keep_alive: u16,
        /// The identifier of the client.
        #[len_prefixed(u16)]
        #[check(!client_id.contains('\0'), "a NUL character in a text")]
        client_id: String,
        /// The message to publish if the client is lost.
        will: Option<Will>,
        /// The user name.
        #[len_prefixed(u16)]
        #[check(!user_name.contains('\0'), "a NUL character in a text")]
        user_name: Option<String>,
        /// The password.
        #[len_prefixed(u16)]
        password: Option<Vec<u8>>,
    },
    /// A client of another version, with the content of its packet.
    #[tag(_)]
    Other(#[tag] u8, #[rest] Vec<u8>),
}

/// The message to publish if a client is lost.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, check(!topic.is_empty() && !topic.contains(['\0', '+', '#']), "not a topic name"))]
pub struct Will {
    /// The topic.
    #[len_prefixed(u16)]
    pub topic: String,
    /// The message itself.
    #[len_prefixed(u16)]
    pub payload: Bytes,
}

/// A subscription of a client.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Subscription {
    /// The filter for the topics.
    pub filter: Filter,
    /// Reserved bits.
    #[bits(6)]
    #[pad(strict)]
    pub reserved: Auto,
    /// The maximum quality of service.
    #[bits(2)]
    pub qos: QoS,
}

/// A topic filter. `+` matches one level, and a final `#` matches all remaining levels.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, check(!_0.is_empty() && !_0.contains('\0'), "not a topic filter"))]
pub struct Filter(#[len_prefixed(u16)] pub String);

/// The quality of service: how often a message is delivered.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[frame(tag = u8)]
#[allow(clippy::enum_variant_names, reason = "they are called that")]
pub enum QoS {
    /// At most once.
    AtMostOnce = 0,
    /// At least once.
    AtLeastOnce = 1,
    /// Exactly once.
    ExactlyOnce = 2,
}

/// The server's answer to a connecting client.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
pub enum ConnectCode {
    /// The client is accepted.
    Accepted = 0,
    /// The protocol version is not supported.
    UnacceptableVersion = 1,
    /// The identifier is refused.
    IdentifierRejected = 2,
    /// The server is unavailable.
    ServerUnavailable = 3,
    /// The user name or the password is wrong.
    BadUserNameOrPassword = 4,
    /// The client is not authorised.
    NotAuthorized = 5,
}

/// The granted maximum quality of service.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
pub enum SubscribeCode {
    /// At most once.
    AtMostOnce = 0,
    /// At least once.
    AtLeastOnce = 1,
    /// Exactly once.
    ExactlyOnce = 2,
    /// The subscription is refused.
    Failure = 0x80,
}
