//! The part of HTTP/1.1 that is needed to download a page: a request without a body, and the head
//! of a response. The body follows the head and is not a frame.

use framewright::prelude::*;

/// A request for a page.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"GET ")]
pub struct Request {
    /// The path and the query.
    #[until(b" ")]
    pub target: String,
    #[magic(b"HTTP/1.1\r\n")]
    pub version: Auto,
    /// The header lines, up to the empty line.
    #[until(b"\r\n\r\n")]
    pub header: String,
}

/// The head of a response.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"HTTP/1.")]
pub struct Response {
    /// The rest of the status line and the header lines, up to the empty line.
    #[until(b"\r\n\r\n")]
    pub header: String,
}
