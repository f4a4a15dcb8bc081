//! RESP2, the protocol of Redis. A value begins with its kind and its length, as text.

use bytes::Bytes;
use framewright::prelude::*;

/// The maximum number of words of a request.
const WORDS: u32 = 64 * 1024;

/// The maximum length of a command that a person types, in bytes.
const LINE: usize = 64 * 1024;

/// A command and its arguments. It borrows from the input.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = u8)]
pub enum Request<'a> {
    #[tag(b'*')]
    Words {
        #[count_of(words)]
        #[wire(dec)]
        #[until(b"\r\n")]
        #[check(count <= WORDS, "too many words")]
        count: Auto<u32>,
        words: Vec<Word<'a>>,
    },
    /// A command as a person types it.
    #[tag(_)]
    Line {
        #[tag]
        first: u8,
        #[until(b"\r\n")]
        #[check(rest.len() <= LINE, "too long for a typed command")]
        rest: &'a str,
    },
}

/// A word of a request.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"$")]
pub struct Word<'a> {
    #[len_of(bytes)]
    #[wire(dec)]
    #[until(b"\r\n")]
    pub len: Auto<u32>,
    pub bytes: &'a [u8],
    #[magic(b"\r\n")]
    pub end: Auto,
}

/// An answer of the server.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(tag = u8)]
pub enum Value {
    #[tag(b'+')]
    Simple(#[until(b"\r\n")] String),
    #[tag(b'-')]
    Error(#[until(b"\r\n")] String),
    #[tag(b':')]
    Integer(
        #[wire(dec)]
        #[until(b"\r\n")]
        i64,
    ),
    /// A byte string or null.
    #[tag(b'$')]
    Bulk {
        #[len_of(bytes, none = -1)]
        #[wire(dec)]
        #[until(b"\r\n")]
        len: Auto<i64>,
        bytes: Option<Bytes>,
        #[when(bytes.is_some())]
        #[magic(b"\r\n")]
        end: Auto,
    },
    #[tag(b'*')]
    Array {
        #[count_of(items)]
        #[wire(dec)]
        #[until(b"\r\n")]
        count: Auto<u32>,
        items: Vec<Value>,
    },
}

impl Value {
    pub fn ok() -> Self {
        Self::Simple("OK".to_owned())
    }

    pub fn bulk(bytes: impl Into<Option<Bytes>>) -> Self {
        Self::Bulk { len: Auto::new(), bytes: bytes.into(), end: Auto::new() }
    }

    pub fn array(items: Vec<Self>) -> Self {
        Self::Array { count: Auto::new(), items }
    }

    pub fn integer(number: usize) -> Self {
        Self::Integer(i64::try_from(number).unwrap_or(i64::MAX))
    }
}
