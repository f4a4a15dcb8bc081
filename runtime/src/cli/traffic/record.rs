//! A frame of the traffic, or malformed bytes.

use std::format;
use std::string::{String, ToString as _};
use std::sync::Arc;

use bytes::Bytes;

use super::event::{Connection, Direction};
use super::time::Time;
use crate::cli::frames::{Fault as Unreadable, Kind};
use crate::error::DecodeError;
use crate::view::{Dump, dump_fault};

/// One thing that was seen in one direction of a connection.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Record {
    pub(in crate::cli) time: Option<Time>,
    pub(in crate::cli) connection: Arc<Connection>,
    pub(in crate::cli) direction: Direction,
    /// Where in this direction's stream it begins, in bytes; 0 for a datagram.
    pub(in crate::cli) offset: u64,
    /// The bytes it is made of. Those of all records of a stream, one behind the other, are the stream.
    pub(in crate::cli) bytes: Bytes,
    /// What the frame is, or was expected to be.
    pub(in crate::cli) kind: Kind,
    pub(in crate::cli) what: What,
}

/// What a record is.
#[derive(Clone, Debug)]
pub(in crate::cli) enum What {
    /// A frame.
    Frame,
    /// No frame, and why. The bytes go as far as another frame cannot begin.
    Malformed(Fault),
    /// Further bytes behind a malformed frame in which none begins.
    Passed,
    /// How many bytes of the stream were not seen; the record has no bytes.
    Missing(u64),
}

/// Why bytes are no frame.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Fault {
    /// Counted from where the record begins.
    pub(in crate::cli) error: Arc<DecodeError>,
    /// What the parser has seen, as far as it helps: the fault may lie behind the bytes of the record.
    pub(in crate::cli) seen: Bytes,
}

impl Record {
    /// Whether it is anything but a frame.
    #[cfg(test)]
    pub(in crate::cli) fn is_fault(&self) -> bool {
        !matches!(self.what, What::Frame)
    }

    /// The value of the frame as JSON, in several lines if it is long; nothing if it is no frame.
    pub(in crate::cli) fn json(&self) -> Option<String> {
        match self.what {
            What::Frame => (self.kind.decode)(&self.bytes).ok(),
            _ => None,
        }
    }

    /// Why it is no frame, in one line.
    pub(in crate::cli) fn fault(&self) -> Option<String> {
        match &self.what {
            What::Frame => match (self.kind.decode)(&self.bytes) {
                Ok(_) => None,
                Err(Unreadable::Decode(error)) => Some(error.to_string()),
                Err(Unreadable::Encode(error)) => Some(error.to_string()),
            },
            What::Malformed(fault) => Some(fault.error.to_string()),
            What::Passed => Some(format!("{} passed over", count(self.bytes.len()))),
            What::Missing(bytes) => Some(format!("{} missing", count(*bytes))),
        }
    }

    /// The bytes field by field, with the fault marked; nothing for bytes of which nothing is known.
    pub(in crate::cli) fn dump(&self) -> Option<Dump> {
        match &self.what {
            What::Frame => Some((self.kind.dump)(&self.bytes)),
            What::Malformed(fault) => {
                Some(dump_fault(self.kind.schema, &fault.seen, self.bytes.len(), &fault.error))
            }
            What::Passed | What::Missing(_) => None,
        }
    }
}

fn count(bytes: impl TryInto<u64>) -> String {
    match bytes.try_into().unwrap_or(u64::MAX) {
        1 => "1 byte".into(),
        bytes => format!("{bytes} bytes"),
    }
}
