//! Notifications between nodes.

use std::pin::Pin;

use crate::store::Name;

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum News {
    /// The store may have a new message for the name, or another connection may have taken over the
    /// name.
    Look,
    /// The receiver with this name has acknowledged its stored messages.
    Taken(Name),
}

/// Carries notifications to the node where a name is connected. They only save time: if one is
/// lost, the node later finds the change in the store.
pub trait Bus: Send + Sync + 'static {
    /// Subscribes to the notifications for a name. They arrive once the future resolves.
    fn join(&self, name: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// Unsubscribes from the notifications for a name.
    fn leave(&self, name: Name);

    /// Sends a notification without waiting.
    fn tell(&self, name: Name, news: News);
}

/// The bus of a server with only one node. It does nothing.
pub struct Alone;

impl Bus for Alone {
    fn join(&self, _: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn leave(&self, _: Name) {}

    fn tell(&self, _: Name, _: News) {}
}
