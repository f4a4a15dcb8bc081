//! The stages of shutting down.

/// The stage of shutting down a connection. A connection never returns to an earlier stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Stage {
    Open,
    /// The server stops. Frames that have begun to arrive are still answered.
    Draining,
    /// No more bytes are read, and sent frames are flushed.
    Closing,
    /// No more frames are sent.
    Ended,
    /// The connection is closed without waiting, because the time to drain is over, or because of
    /// the memory that the connection holds.
    Killed,
}

impl Stage {
    pub(super) const ALL: [Self; 5] = [Self::Open, Self::Draining, Self::Closing, Self::Ended, Self::Killed];

    pub(super) const fn number(self) -> u8 {
        match self {
            Self::Open => 0,
            Self::Draining => 1,
            Self::Closing => 2,
            Self::Ended => 3,
            Self::Killed => 4,
        }
    }
}
