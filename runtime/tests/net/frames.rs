//! The protocols the tests speak.

use framewright::prelude::*;

/// The usual shape: something fixed, a length, a body. A first byte of
/// neither 0 nor 1 is malformed.
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

/// Goes on to the end of the stream, the read or the datagram.
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

/// Begins with its length.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, len_prefixed(u16))]
pub(crate) struct Parcel {
    pub(crate) urgent: bool,
    #[len_prefixed(u8)]
    pub(crate) label: String,
    #[rest]
    pub(crate) content: Vec<u8>,
}

/// Always of the same size, in two parts.
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

/// Keeps its body without copying it, if it is long.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(crate) struct Upload {
    #[len_prefixed]
    pub(crate) body: bytes::Bytes,
}
