//! TFTP (RFC 1350). Each datagram is one packet.

use bytes::Bytes;
use framewright::prelude::*;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u16)]
pub enum Packet {
    /// A request to read a file.
    #[tag(1)]
    Read(File),
    /// A request to write a file.
    #[tag(2)]
    Write(File),
    /// A part of the file. It has 512 bytes. The last part has fewer.
    #[tag(3)]
    Data {
        block: u16,
        #[rest]
        data: Bytes,
    },
    /// Acknowledges a part.
    #[tag(4)]
    Ack { block: u16 },
    /// An error. It ends the transfer.
    #[tag(5)]
    Error {
        code: Code,
        #[until(0)]
        message: String,
    },
}

/// The file to transfer, and the mode.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct File {
    #[until(0)]
    pub name: String,
    /// The transfer mode: "octet" for unchanged files. "netascii" and "mail" are not supported.
    #[until(0)]
    pub mode: String,
    /// Options (RFC 2347), as names and values. They are refused by not acknowledging them.
    #[rest]
    pub options: Vec<u8>,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq, Eq)]
#[frame(be, tag = u16)]
pub enum Code {
    #[tag(0)]
    Undefined,
    #[tag(1)]
    NotFound,
    #[tag(2)]
    AccessViolation,
    #[tag(3)]
    DiskFull,
    #[tag(4)]
    IllegalOperation,
    #[tag(5)]
    UnknownTransfer,
    #[tag(6)]
    FileExists,
    #[tag(7)]
    NoSuchUser,
    #[tag(_)]
    Other(u16),
}

impl File {
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), mode: "octet".to_owned(), options: Vec::new() }
    }
}

impl Packet {
    pub fn error(code: Code, message: &str) -> Self {
        Self::Error { code, message: message.to_owned() }
    }
}
