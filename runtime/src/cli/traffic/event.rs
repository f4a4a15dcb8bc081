//! What a source of traffic tells.

use std::string::String;
use std::sync::Arc;

use bytes::Bytes;

use super::time::Time;

/// Two peers, or the one end of a pipe.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::cli) struct Connection {
    /// Counted from 1.
    pub(in crate::cli) id: u64,
    /// Their addresses, as text; empty where there are none.
    pub(in crate::cli) client: String,
    pub(in crate::cli) server: String,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(in crate::cli) enum Direction {
    /// To the server.
    ToServer,
    /// From the server.
    FromServer,
    /// It is not known, as of a pipe.
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

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::cli) enum Happened {
    /// The connection is there. It may be missing.
    #[cfg_attr(not(feature = "net"), allow(dead_code, reason = "the proxy tells it"))]
    Opened,
    /// The next bytes of the stream.
    Bytes(Bytes),
    /// How many bytes of the stream were not seen.
    Missing(u64),
    /// A datagram, which is one frame.
    Datagram(Bytes),
    /// The direction has ended; with why, if that was not a plain close.
    End(Option<String>),
}
