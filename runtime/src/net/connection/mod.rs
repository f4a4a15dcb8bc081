//! The parts that all connections have in common: the I/O, the out-buffer, the deadlines, and the
//! reason for the end.

pub(super) mod close;
pub(super) mod deadlines;
pub(super) mod lent;
pub(super) mod noise;
pub(super) mod out_buffer;
pub(super) mod outbox;
pub(super) mod pool;
pub(super) mod transport;
