//! Epochs: the numbers of the connections that have had a name.

/// How many of the low bits count connections without a hello.
const BITS: u32 = 20;

/// Returns the epoch of the connection after `last`. It is larger than all epochs before it.
///
/// The high bits count the connections with a hello, and the low bits count those without one since
/// then. If the low bits overflow, the connection counts as one with a hello, which does no harm.
pub fn next(last: u64, is_hello: bool) -> u64 {
    if is_hello { ((last >> BITS) + 1) << BITS } else { last + 1 }
}

/// Returns `true` if a connection with a hello has taken the name after `old` and up to `now`.
pub fn has_hello_since(old: u64, now: u64) -> bool {
    old >> BITS != now >> BITS
}
