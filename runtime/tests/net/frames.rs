//! The frames of the protocols that the tests use.

use framewright::prelude::*;

/// A frame of the usual shape: a fixed part, a length and a body. It is malformed if the first byte
/// is neither 0 nor 1.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Msg {
    pub(crate) urgent: bool,
    #[len_prefixed]
    pub(crate) body: Vec<u8>,
}

impl Msg {
    pub(crate) fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { urgent: false, body: body.into() }
    }
}

/// A [`Msg`] that borrows from the receive buffer.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct MsgRef<'a> {
    pub(crate) urgent: bool,
    #[len_prefixed]
    pub(crate) body: &'a [u8],
}

/// A frame that extends to the end of the stream, of the read or of the datagram.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Rest {
    #[rest]
    pub(crate) text: String,
}

impl Rest {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// Text up to a delimiter.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, until(b"\n"))]
pub(crate) struct Line {
    #[rest]
    pub(crate) text: String,
}

impl Line {
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

/// A frame that begins with its length.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, len_prefixed(u16))]
pub(crate) struct Parcel {
    pub(crate) urgent: bool,
    #[len_prefixed(u8)]
    pub(crate) label: String,
    #[rest]
    pub(crate) content: Vec<u8>,
}

/// A frame of fixed size that contains another frame.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Switch {
    pub(crate) on: bool,
    pub(crate) place: Place,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Place {
    pub(crate) row: u32,
    pub(crate) seat: u16,
}

/// A frame whose body is not copied if it is long.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Upload {
    #[len_prefixed]
    pub(crate) body: bytes::Bytes,
}
