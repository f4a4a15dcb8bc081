//! MQTT 3.1.1: every packet, as OASIS wrote it down in 2014. All numbers are big-endian.

use std::num::NonZeroU16;

use bytes::Bytes;
use framewright::prelude::*;

/// A control packet: a byte of type and flags, the length of what follows, and that.
///
/// The flags are part of the tag: what they must be where they are reserved is checked with it.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8, len_prefixed(mqtt))]
pub enum Packet {
    /// A client asks to be served.
    #[tag(0x10)]
    Connect(Connect),
    /// The server answers that.
    #[tag(0x20)]
    ConnAck {
        /// Whether the server has a session of the client's.
        session_present: bool,
        /// Whether the client is served.
        code: ConnectCode,
    },
    /// A message, either way. Of its first byte bit 3 says that it is sent again, bits 2 and 1 how often it is to arrive, and
    /// bit 0 that it is or was retained.
    #[tag(0x30..=0x35 | 0x3a..=0x3d)]
    Publish {
        /// The first byte.
        #[tag]
        header: u8,
        /// What it is about.
        #[len_prefixed(u16)]
        #[check(!topic.is_empty() && !topic.contains(['\0', '+', '#']), "no name of a topic")]
        topic: String,
        /// By which it is acknowledged, unless it is sent at most once.
        #[when(header & 0b0110 != 0)]
        id: Option<NonZeroU16>,
        /// The message itself.
        #[rest]
        payload: Bytes,
    },
    /// A message sent at least once has arrived.
    #[tag(0x40)]
    PubAck { id: NonZeroU16 },
    /// A message sent exactly once has arrived.
    #[tag(0x50)]
    PubRec { id: NonZeroU16 },
    /// It will not be sent again.
    #[tag(0x62)]
    PubRel { id: NonZeroU16 },
    /// That has arrived.
    #[tag(0x70)]
    PubComp { id: NonZeroU16 },
    /// A client asks for messages.
    #[tag(0x82)]
    #[check(!filters.is_empty(), "no topic filter")]
    Subscribe {
        /// By which it is acknowledged.
        id: NonZeroU16,
        /// Which messages.
        #[rest]
        filters: Vec<Subscription>,
    },
    /// The server answers that.
    #[tag(0x90)]
    SubAck {
        /// That of the request.
        id: NonZeroU16,
        /// The answers, in the order of the filters.
        #[rest]
        codes: Vec<SubscribeCode>,
    },
    /// A client does not want messages any more.
    #[tag(0xa2)]
    #[check(!filters.is_empty(), "no topic filter")]
    Unsubscribe {
        /// By which it is acknowledged.
        id: NonZeroU16,
        /// Which messages.
        #[rest]
        filters: Vec<Filter>,
    },
    /// The server has heard that.
    #[tag(0xb0)]
    UnsubAck { id: NonZeroU16 },
    /// A client is still there.
    #[tag(0xc0)]
    PingReq,
    /// So is the server.
    #[tag(0xd0)]
    PingResp,
    /// A client leaves in peace.
    #[tag(0xe0)]
    Disconnect,
}

/// What a client says first, by the level of the protocol that it speaks.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = b"\0\x04MQTT", tag = u8)]
pub enum Connect {
    /// MQTT 3.1.1.
    #[tag(4)]
    #[check(will.is_some() || (will_qos == QoS::AtMostOnce && !will_retain), "flags of no will")]
    #[check(user_name.is_some() || password.is_none(), "a password of nobody")]
    V311 {
        /// Whether there is a user name.
        #[bits(1)]
        #[presence_of(user_name)]
        has_user_name: Auto<bool>,
        /// Whether there is a password.
        #[bits(1)]
        #[presence_of(password)]
        has_password: Auto<bool>,
        /// Whether the will is retained.
        #[bits(1)]
        will_retain: bool,
        /// How the will is sent.
        #[bits(2)]
        will_qos: QoS,
        /// Whether there is a will.
        #[bits(1)]
        #[presence_of(will)]
        has_will: Auto<bool>,
        /// Whether the session begins and ends with the connection.
        #[bits(1)]
        clean_session: bool,
        /// Reserved.
        #[bits(1)]
        #[pad(strict)]
        reserved: Auto,
        /// After one and a half times so many seconds of silence the client is gone; 0 for never.
        keep_alive: u16,
        /// Who it is.
        #[len_prefixed(u16)]
        #[check(!client_id.contains('\0'), "a NUL in a text")]
        client_id: String,
        /// What is published should the client be lost.
        will: Option<Will>,
        /// Who the user is.
        #[len_prefixed(u16)]
        #[check(!user_name.contains('\0'), "a NUL in a text")]
        user_name: Option<String>,
        /// The proof of that.
        #[len_prefixed(u16)]
        password: Option<Vec<u8>>,
    },
    /// Another version, and what it says.
    #[tag(_)]
    Other(#[tag] u8, #[rest] Vec<u8>),
}

/// What is published in the name of a client that is lost.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, check(!topic.is_empty() && !topic.contains(['\0', '+', '#']), "no name of a topic"))]
pub struct Will {
    /// What it is about.
    #[len_prefixed(u16)]
    pub topic: String,
    /// The message itself.
    #[len_prefixed(u16)]
    pub payload: Bytes,
}

/// Which messages a client asks for.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Subscription {
    /// The topics.
    pub filter: Filter,
    /// Reserved.
    #[bits(6)]
    #[pad(strict)]
    pub reserved: Auto,
    /// The best that they may be sent with.
    #[bits(2)]
    pub qos: QoS,
}

/// Topics: a name, in which `+` stands for a level and a last `#` for all that follow.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, check(!_0.is_empty() && !_0.contains('\0'), "no topic filter"))]
pub struct Filter(#[len_prefixed(u16)] pub String);

/// How often a message arrives.
#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[frame(tag = u8)]
#[allow(clippy::enum_variant_names, reason = "they are called that")]
pub enum QoS {
    /// Once or not at all.
    AtMostOnce = 0,
    /// Once or more often.
    AtLeastOnce = 1,
    /// Once.
    ExactlyOnce = 2,
}

/// Whether a client is served.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
pub enum ConnectCode {
    /// It is.
    Accepted = 0,
    /// Not in that version of the protocol.
    UnacceptableVersion = 1,
    /// Not by that name.
    IdentifierRejected = 2,
    /// Not now.
    ServerUnavailable = 3,
    /// Not with that user name or password.
    BadUserNameOrPassword = 4,
    /// Not this client.
    NotAuthorized = 5,
}

/// The best that messages are sent with.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = u8)]
pub enum SubscribeCode {
    /// Once or not at all.
    AtMostOnce = 0,
    /// Once or more often.
    AtLeastOnce = 1,
    /// Once.
    ExactlyOnce = 2,
    /// Not at all.
    Failure = 0x80,
}
