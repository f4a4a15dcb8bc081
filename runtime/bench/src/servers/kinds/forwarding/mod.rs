//! Proxies to a server of messages.

pub(super) mod by_hand;
pub(super) mod framewright;
