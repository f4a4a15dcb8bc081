//! All packets of MQTT 3.1.1. All numbers are big-endian.

use std::num::NonZeroU16;

use bytes::Bytes;
use framewright::prelude::*;

/// A packet: a byte with the type and flags, a length, and the content.
///
/// The flags are part of the tag, so invalid flags are refused as unknown tags.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8, len_prefixed(mqtt))]
pub enum Packet {
    /// The first packet from a client.
    #[tag(0x10)]
    Connect(Connect),
    /// The answer to `Connect`.
    #[tag(0x20)]
    ConnAck {
        /// Whether the broker already has a session of the client.
        session_present: bool,
        /// Whether the client is accepted.
        code: ConnectCode,
    },
    /// A message, in either direction. In its first byte, bit 3 marks a repeated message, bits 2
    /// and 1 are the quality of service, and bit 0 marks a retained message.
    #[tag(0x30..=0x35 | 0x3a..=0x3d)]
    Publish {
        /// The first byte of the packet.
        #[tag]
        header: u8,
        /// The topic.
        #[len_prefixed(u16)]
        #[check(!topic.is_empty() && !topic.contains(['\0', '+', '#']), "not a topic name")]
        topic: String,
        /// An identifier for the acknowledgement. A message that is sent at most once has none.
        #[when(header & 0b0110 != 0)]
        id: Option<NonZeroU16>,
        /// The message itself.
        #[rest]
        payload: Bytes,
    },
    /// Acknowledges a QoS 1 message.
    #[tag(0x40)]
    PubAck { id: NonZeroU16 },
    /// Acknowledges a QoS 2 message.
    #[tag(0x50)]
    PubRec { id: NonZeroU16 },
    /// Releases the identifier of a QoS 2 message.
    #[tag(0x62)]
    PubRel { id: NonZeroU16 },
    /// Acknowledges `PubRel`.
    #[tag(0x70)]
    PubComp { id: NonZeroU16 },
    /// A client subscribes.
    #[tag(0x82)]
    #[check(!filters.is_empty(), "no topic filter")]
    Subscribe {
        /// An identifier for the acknowledgement.
        id: NonZeroU16,
        /// The filters.
        #[rest]
        filters: Vec<Subscription>,
    },
    /// The answer to `Subscribe`.
    #[tag(0x90)]
    SubAck {
        /// The identifier of the `Subscribe` packet.
        id: NonZeroU16,
        /// The result for each filter, in the same order.
        #[rest]
        codes: Vec<SubscribeCode>,
    },
    /// A client unsubscribes.
    #[tag(0xa2)]
    #[check(!filters.is_empty(), "no topic filter")]
    Unsubscribe {
        /// An identifier for the acknowledgement.
        id: NonZeroU16,
        /// The filters.
        #[rest]
        filters: Vec<Filter>,
    },
    /// Acknowledges `Unsubscribe`.
    #[tag(0xb0)]
    UnsubAck { id: NonZeroU16 },
    /// A client shows that it is still connected.
    #[tag(0xc0)]
    PingReq,
    /// The answer to `PingReq`.
    #[tag(0xd0)]
    PingResp,
    /// A client disconnects.
    #[tag(0xe0)]
    Disconnect,
}

/// The first packet of a client. Its tag is the version of the protocol.
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
        /// Whether the broker retains the will.
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
        /// How long the client may be silent, in seconds. After one and a half times this period it
        /// counts as lost; 0 means no limit.
        keep_alive: u16,
        /// The identifier of the client.
        #[len_prefixed(u16)]
        #[check(!client_id.contains('\0'), "a NUL character in a text")]
        client_id: String,
        /// The message that the broker publishes if the client is lost.
        will: Option<Will>,
        /// The user name.
        #[len_prefixed(u16)]
        #[check(!user_name.contains('\0'), "a NUL character in a text")]
        user_name: Option<String>,
        /// The password.
        #[len_prefixed(u16)]
        password: Option<Vec<u8>>,
    },
    /// A client with another version. The rest of its packet is not parsed.
    #[tag(_)]
    Other(#[tag] u8, #[rest] Vec<u8>),
}

/// The message that the broker publishes if the client is lost.
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

/// A topic filter that a client subscribes to.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Subscription {
    /// The filter for the topics.
    pub filter: Filter,
    /// Reserved bits.
    #[bits(6)]
    #[pad(strict)]
    pub reserved: Auto,
    /// The maximum quality of service that the client wants.
    #[bits(2)]
    pub qos: QoS,
}

/// A topic filter. `+` matches one level, and `#` at the end matches all further levels.
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

/// The answer to a client that connects.
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

/// The maximum quality of service that the broker grants.
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
