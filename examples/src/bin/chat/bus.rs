//! Notifications between nodes.

use std::pin::Pin;

use crate::store::Name;

/// A notification for a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum News {
    /// There may be a message for it, or another connection has taken its name.
    Look,
    /// This receiver has acknowledged its stored messages.
    Taken(Name),
}

/// Carries notifications to the node of a name. It is only the fast path: what it loses is found in
/// the store.
pub trait Bus: Send + Sync + 'static {
    /// Once this resolves, notifications for the name reach this node.
    fn join(&self, name: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Stops notifications for the name.
    fn leave(&self, name: Name);

    /// Sends a notification without waiting.
    fn tell(&self, name: Name, news: News);
}

/// The bus of a single node.
pub struct Alone;

impl Bus for Alone {
    fn join(&self, _: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn leave(&self, _: Name) {}

    fn tell(&self, _: Name, _: News) {}
}
