//! The part of HTTP/1.1 needed to get one page: a request without a body, and the head of a
//! response. The body of the response is a stream after it.

use framewright::prelude::*;

/// A request for a page.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"GET ")]
pub struct Request {
    /// The path and the query.
    #[until(b" ")]
    pub target: String,
    /// The version.
    #[magic(b"HTTP/1.1\r\n")]
    pub version: Auto,
    /// The lines of the header, up to the blank line.
    #[until(b"\r\n\r\n")]
    pub header: String,
}

/// The head of a response.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"HTTP/1.")]
pub struct Response {
    /// The rest of the status line and the lines of the header, up to the blank line.
    #[until(b"\r\n\r\n")]
    pub header: String,
}
