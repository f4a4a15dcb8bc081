//! Records of traffic: frames, malformed bytes and gaps.

use std::format;
use std::string::{String, ToString as _};
use std::sync::Arc;

use bytes::Bytes;

use super::event::{Connection, Direction};
use super::time::Time;
use crate::cli::frames::{Fault as Unreadable, Kind};
use crate::error::DecodeError;
use crate::view::{Dump, dump_fault};

/// A record of one direction of a connection.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Record {
    pub(in crate::cli) time: Option<Time>,
    pub(in crate::cli) connection: Arc<Connection>,
    pub(in crate::cli) direction: Direction,
    /// The offset of the record in the stream of this direction; 0 for a datagram.
    pub(in crate::cli) offset: u64,
    /// The bytes of the record. The bytes of all records of a stream, in order, are the stream.
    pub(in crate::cli) bytes: Bytes,
    /// The type of the frame, or the expected type.
    pub(in crate::cli) kind: Kind,
    pub(in crate::cli) what: What,
}

/// The kind of a record.
#[derive(Clone, Debug)]
pub(in crate::cli) enum What {
    /// A frame.
    Frame,
    /// Malformed bytes, up to the position where another frame may begin.
    Malformed(Fault),
    /// Further bytes that were skipped after a malformed frame, before the next frame.
    Passed,
    /// This many bytes of the stream were not seen, so the record has no bytes.
    Missing(u64),
}

/// The error of malformed bytes.
#[derive(Clone, Debug)]
pub(in crate::cli) struct Fault {
    /// The error. Its offset is counted from the start of the record.
    pub(in crate::cli) error: Arc<DecodeError>,
    /// The bytes that the parser has read, up to a limit. They may extend beyond the record,
    /// because the error may be after it.
    pub(in crate::cli) seen: Bytes,
}

impl Record {
    /// Returns `true` if the record is not a frame.
    #[cfg(test)]
    pub(in crate::cli) fn is_fault(&self) -> bool {
        !matches!(self.what, What::Frame)
    }

    /// Returns the value of the frame as JSON, in several lines if it is long. Returns `None` if
    /// the record is not a valid frame.
    pub(in crate::cli) fn json(&self) -> Option<String> {
        match self.what {
            What::Frame => (self.kind.decode)(&self.bytes).ok(),
            _ => None,
        }
    }

    /// Returns the error on one line, or `None` if the record is a valid frame.
    pub(in crate::cli) fn fault(&self) -> Option<String> {
        match &self.what {
            What::Frame => match (self.kind.decode)(&self.bytes) {
                Ok(_) => None,
                Err(Unreadable::Decode(error)) => Some(error.to_string()),
                Err(Unreadable::Encode(error)) => Some(error.to_string()),
            },
            What::Malformed(fault) => Some(fault.error.to_string()),
            What::Passed => Some(format!("{} skipped", count(self.bytes.len()))),
            What::Missing(bytes) => Some(format!("{} missing", count(*bytes))),
        }
    }

    /// Returns the bytes field by field, with the error marked. Returns `None` for skipped and
    /// missing bytes, which have no fields.
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
