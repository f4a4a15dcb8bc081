//! What every example puts on the wire.
