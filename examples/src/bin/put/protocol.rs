//! The heads of HTTP/1.1 requests and responses, without the bodies.

use framewright::prelude::*;

/// The maximum size of a head in bytes.
pub const HEAD: usize = 16 * 1024;

/// The head of a request, up to the empty line.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(max = HEAD)]
pub struct Request {
    #[until(b" ")]
    pub method: String,
    /// The path and the query.
    #[until(b" ")]
    pub target: String,
    #[magic(b"HTTP/1.1\r\n")]
    pub version: Auto,
    #[until(END)]
    pub fields: Vec<Field>,
}

/// The head of a response, up to the empty line.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"HTTP/1.1 ", max = HEAD)]
pub struct Response {
    #[wire(dec)]
    #[until(b" ")]
    pub status: u16,
    #[until(b"\r\n")]
    pub reason: String,
    #[until(END)]
    pub fields: Vec<Field>,
}

/// A header line: `name: value`.
#[derive(Frame, Debug, Clone, PartialEq)]
pub struct Field {
    #[until(b"\r\n")]
    pub line: String,
}

/// The empty line after the last field.
const END: Field = Field { line: String::new() };

impl Field {
    pub fn new(name: &str, value: impl std::fmt::Display) -> Self {
        Self { line: format!("{name}: {value}") }
    }
}

impl Request {
    pub fn new(method: &str, target: String, fields: Vec<Field>) -> Self {
        Self { method: method.to_owned(), target, version: Auto::new(), fields }
    }

    pub fn lines(&self) -> impl Iterator<Item = &str> + Clone {
        self.fields.iter().map(|field| field.line.as_str())
    }
}

impl Response {
    pub fn new(status: u16, reason: &str, fields: Vec<Field>) -> Self {
        Self { status, reason: reason.to_owned(), fields }
    }

    pub fn lines(&self) -> impl Iterator<Item = &str> + Clone {
        self.fields.iter().map(|field| field.line.as_str())
    }
}
