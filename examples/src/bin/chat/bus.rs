//! What nodes tell each other.

use std::pin::Pin;

use crate::store::Name;

/// News for a name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum News {
    /// There may be a message for it, or somebody else has its place.
    Look,
    /// This receiver has taken what was kept for it.
    Taken(Name),
}

/// Carries news to the node where a name is. It is only the fast path: what it loses is found in the store.
pub trait Bus: Send + Sync + 'static {
    /// From when this resolves, news for the name come to this node.
    fn join(&self, name: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;

    /// News for the name need not come any more.
    fn leave(&self, name: Name);

    /// Sends news. It does not wait.
    fn tell(&self, name: Name, news: News);
}

/// The bus of a node that is alone.
pub struct Alone;

impl Bus for Alone {
    fn join(&self, _: Name) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(std::future::ready(()))
    }

    fn leave(&self, _: Name) {}

    fn tell(&self, _: Name, _: News) {}
}
