//! The domain name system: queries and answers have the same message (RFC 1035, with the extension
//! of RFC 6891). All numbers are big-endian.

use std::net::{Ipv4Addr, Ipv6Addr};

use framewright::prelude::*;

/// A message over TCP, which has a length prefix. Over UDP, a datagram is one message.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Tcp<T>(#[len_prefixed(u16)] pub T);

/// A query or its answer.
#[derive(Frame, Debug, Clone, Default, PartialEq)]
#[frame(be)]
pub struct Message {
    pub header: Header,
    #[count_of(questions)]
    pub question_count: Auto<u16>,
    #[count_of(answers)]
    pub answer_count: Auto<u16>,
    #[count_of(authorities)]
    pub authority_count: Auto<u16>,
    #[count_of(additional)]
    pub additional_count: Auto<u16>,
    /// The questions, which the answer repeats.
    pub questions: Vec<Question>,
    pub answers: Vec<Record>,
    /// The authoritative servers.
    pub authorities: Vec<Record>,
    /// Additional records, and the options of the extension.
    pub additional: Vec<Record>,
}

/// The part of a message that can be read even if the rest is malformed.
#[derive(Frame, Debug, Clone, Copy, Default, PartialEq)]
#[frame(be)]
pub struct Header {
    /// An identifier that the client chooses, and the answer repeats.
    pub id: u16,
    #[bits(1)]
    pub is_response: bool,
    /// The kind of query; 0 for a question.
    #[bits(4)]
    pub opcode: u8,
    /// Whether the answer is from a server of the zone.
    #[bits(1)]
    pub authoritative: bool,
    /// Whether the answer is truncated.
    #[bits(1)]
    pub truncated: bool,
    #[bits(1)]
    pub recursion_desired: bool,
    #[bits(1)]
    pub recursion_available: bool,
    /// Reserved bits, which are not used here. Two of them belong to DNSSEC.
    #[bits(3)]
    pub reserved: u8,
    #[bits(4)]
    pub code: Code,
}

/// The result of a query.
#[derive(Frame, Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Code {
    #[default]
    NoError = 0,
    FormatError = 1,
    NoSuchName = 3,
    NotImplemented = 4,
    Refused = 5,
    #[tag(_)]
    Other(u8),
}

/// A question for records of a kind at a name.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Question {
    pub name: Name,
    pub kind: u16,
    pub class: u16,
}

/// A record of a name. The extension (kind 41) uses class and time differently.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Record {
    pub name: Name,
    #[tag_of(data)]
    pub kind: Auto<u16>,
    pub class: u16,
    /// The time in seconds that the record may be cached.
    pub time: u32,
    #[len_of(data)]
    pub length: Auto<u16>,
    pub data: Data,
}

/// The data of a record.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub enum Data {
    #[tag(1)]
    A(Ipv4Addr),
    /// A server of the zone.
    #[tag(2)]
    Ns(Name),
    /// An alias: the canonical name.
    #[tag(5)]
    Cname(Name),
    /// The primary server, the mailbox of the administrator, and the numbers: serial number,
    /// refresh, retry, expire, minimum.
    #[tag(6)]
    Soa(Name, Name, [u32; 5]),
    /// A mail server and its preference. The server with the lowest preference is used first.
    #[tag(15)]
    Mx(u16, Name),
    #[tag(16)]
    Txt(#[rest] Vec<Text>),
    #[tag(28)]
    Aaaa(Ipv6Addr),
    #[tag(41)]
    Opt(#[rest] Vec<Opt>),
    #[tag(_)]
    Other(#[tag] u16, #[rest] Vec<u8>),
}

/// Text of up to 255 bytes.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Text(#[len_prefixed(u8)] pub Vec<u8>);

/// An option of the extension: its code and data.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Opt(pub u16, #[len_prefixed(u16)] pub Vec<u8>);

/// A name: labels up to the empty one, or up to a pointer to the rest of the name.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(max = 255)]
pub struct Name(#[until(|label| !matches!(label, Label::Text(_, text) if !text.is_empty()))] pub Vec<Label>);

/// A part of a name.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = bits(2))]
pub enum Label {
    #[tag(0)]
    Text(
        #[bits(6)]
        #[len_of(_1)]
        Auto<u8>,
        Vec<u8>,
    ),
    /// The offset of another label in the message.
    #[tag(3)]
    Pointer(#[bits(14)] u16),
}
