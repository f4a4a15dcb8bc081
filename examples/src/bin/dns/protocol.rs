//! DNS messages (RFC 1035) with the extension EDNS (RFC 6891). All numbers are big-endian.

use std::net::{Ipv4Addr, Ipv6Addr};

use framewright::prelude::*;

/// A message over TCP, which has a length prefix. Over UDP, each datagram is one message.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Tcp<T>(#[len_prefixed(u16)] pub T);

/// A query, or the answer to it.
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
    /// The questions. An answer repeats them.
    pub questions: Vec<Question>,
    pub answers: Vec<Record>,
    /// The servers of the zone, or the zone's SOA record.
    pub authorities: Vec<Record>,
    /// Further records, including the EDNS record.
    pub additional: Vec<Record>,
}

/// The header of a message. It can be decoded even if the rest is malformed.
#[derive(Frame, Debug, Clone, Copy, Default, PartialEq)]
#[frame(be)]
pub struct Header {
    /// An identifier chosen by the client. The answer repeats it.
    pub id: u16,
    #[bits(1)]
    pub is_response: bool,
    /// The kind of query; 0 is a standard query.
    #[bits(4)]
    pub opcode: u8,
    /// Whether the answer comes from a server of the zone.
    #[bits(1)]
    pub authoritative: bool,
    /// Whether the answer is truncated.
    #[bits(1)]
    pub truncated: bool,
    #[bits(1)]
    pub recursion_desired: bool,
    #[bits(1)]
    pub recursion_available: bool,
    /// Reserved bits, two of which belong to DNSSEC.
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

/// A question for the records of a name that have this kind.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Question {
    pub name: Name,
    pub kind: u16,
    pub class: u16,
}

/// A record of a name. The EDNS record (kind 41) uses `class` and `time` for other values.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Record {
    pub name: Name,
    #[tag_of(data)]
    pub kind: Auto<u16>,
    pub class: u16,
    /// How long the record may be cached, in seconds.
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
    /// The name that this name is an alias of.
    #[tag(5)]
    Cname(Name),
    /// The primary server, the mailbox of the administrator, and five numbers: serial number,
    /// refresh, retry, expire and minimum.
    #[tag(6)]
    Soa(Name, Name, [u32; 5]),
    /// A preference and a mail server. Clients first try the server with the lowest preference.
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

/// An option of EDNS: a code and data.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub struct Opt(pub u16, #[len_prefixed(u16)] pub Vec<u8>);

/// A name: labels up to an empty label, or up to a pointer to the rest of the name.
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
    /// The offset of the rest of the name in the message.
    #[tag(3)]
    Pointer(#[bits(14)] u16),
}
