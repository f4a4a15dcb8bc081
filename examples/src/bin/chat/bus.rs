//! Notifications between nodes.

use std::pin::Pin;

use crate::store::Name;

/// A notification for a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum News {
    /// There may be a message for the name, or another connection has taken it.
    Look,
    /// The receiver with this name has acknowledged its stored messages.
    Taken(Name),
}

/// Carries notifications to the node of a name. Notifications are only a fast path: if one is lost,
/// the node finds the change in the store.
pub trait Bus: Send + Sync + 'static {
    /// Asks for the notifications of a name. Once the future resolves, they reach this node.
    fn join(&self, name: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Stops the notifications for the name.
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
