//! The events of a source of traffic.

use std::string::String;
use std::sync::Arc;

use bytes::Bytes;

use super::time::Time;

/// A TCP connection, a pair of UDP addresses, or an input without addresses.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Connection {
    /// The number of the connection, starting with 1.
    pub(in crate::cli) id: u64,
    /// The address of the client as text; empty if the input has no addresses.
    pub(in crate::cli) client: String,
    /// The address of the server as text; empty if the input has no addresses.
    pub(in crate::cli) server: String,
}

/// The direction of bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::cli) enum Direction {
    ToServer,
    FromServer,
    /// An unknown direction, as for a pipe.
    Unknown,
}

/// Something that happened in one direction of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) struct Event {
    pub(in crate::cli) time: Option<Time>,
    pub(in crate::cli) connection: Arc<Connection>,
    pub(in crate::cli) direction: Direction,
    pub(in crate::cli) happened: Happened,
}

/// The kind of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Happened {
    /// The connection was opened. This event may be missing.
    #[cfg_attr(not(feature = "net"), allow(dead_code, reason = "the proxy tells it"))]
    Opened,
    /// The next bytes of the stream.
    Bytes(Bytes),
    /// This many bytes of the stream were not seen.
    Missing(u64),
    /// A datagram, which is one frame.
    Datagram(Bytes),
    /// The direction has ended, with a reason if it was not closed normally.
    End(Option<String>),
}
