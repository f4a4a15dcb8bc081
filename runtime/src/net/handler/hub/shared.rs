//! One hub of several servers.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::{self, Display, Write};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::bus::{Bus, Listening, LocalBus};
use super::{Delivery, Hub, Member};
use crate::error::Result;
use crate::frame::Encode;
use crate::net::Peer;

/// Who is where on several servers: a [`Hub`] over a [`Bus`].
///
/// Each server has one, over the same bus. A key that is registered on one of them is reached from all, and a broadcast reaches the
/// members of a group wherever they are. What is for a connection of this server does not go over the bus. Cloning it is cheap
/// and gives the same hub.
///
/// A frame that is on its way when a connection goes away, or that a bus loses, is lost: what must arrive is kept
/// somewhere until it is acknowledged, as the `chat` example does. A key that is registered on two servers is reached on
/// the one that sends, or else on both.
///
/// ```
/// use framewright::net::{Delivery, LocalBus, SharedHub};
/// use framewright::prelude::*;
///
/// #[derive(Frame, Clone)]
/// #[frame(be)]
/// struct Note { to: u32, #[len_prefixed] text: String }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> framewright::Result<()> {
/// // On one machine alone; `NatsBus` (feature `nats`) is one between machines.
/// let hub: SharedHub<u32, Note> = SharedHub::over(LocalBus::new());
/// // In a handler: `let member = hub.register(name, conn.handle()).await?;`
/// let note = Note { to: 7, text: "hi".into() };
/// assert_eq!(hub.send_to(&7, note).await?, Delivery::Offline);
/// # Ok(())
/// # }
/// ```
pub struct SharedHub<K, Out> {
    hub: Hub<K, Out>,
    bus: Arc<dyn Bus>,
    groups: Arc<Mutex<HashMap<K, Group>>>,
}

/// A group with members on this server.
struct Group {
    members: usize,
    listening: Arc<tokio::sync::OnceCell<Listening>>,
}

impl<K, Out> SharedHub<K, Out> {
    /// A hub over a bus; all hubs over it are one.
    #[must_use]
    pub fn over(bus: impl Bus) -> Self {
        Self { hub: Hub::new(), bus: Arc::new(bus), groups: Arc::default() }
    }

    /// The part of it that is on this server.
    #[must_use]
    pub fn local(&self) -> &Hub<K, Out> {
        &self.hub
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<K, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K, Out> SharedHub<K, Out>
where
    K: Eq + Hash + Clone + Display + Send + Sync + 'static,
    Out: Encode + 'static,
{
    /// Makes `peer` the one who answers to `key` on this server, until the member is dropped. When this resolves it can be
    /// reached from all servers.
    ///
    /// # Errors
    /// What the bus says.
    ///
    /// # Cancel safety
    /// Dropping the future takes the peer off the hub.
    pub async fn register(&self, key: K, peer: Peer<Out>) -> Result<SharedMember<K, Out>> {
        let member = self.hub.register(key.clone(), peer);
        let (hub, subject) = (self.hub.clone(), subject("key", &key));
        let listener = Box::new(move |frame: &[u8]| hub.deliver(&key, frame));
        let listening = self.bus.listen(&subject, listener).await?;
        Ok(SharedMember { member, hub: self.clone(), groups: Vec::new(), _listening: listening })
    }

    /// Sends a frame to the one who answers to `key`, on whichever server that is.
    ///
    /// # Errors
    /// For a frame that cannot be put on the wire, and what the bus says: then it is not known whether it arrived.
    ///
    /// # Cancel safety
    /// The frame may have been sent.
    pub async fn send_to(&self, key: &K, frame: impl Borrow<Out>) -> Result<Delivery> {
        let frame = frame.borrow().to_bytes()?;
        match self.hub.deliver(key, &frame) {
            Delivery::Offline => self.bus.ask(&subject("key", key), frame).await,
            here => Ok(here),
        }
    }

    /// Sends a frame to all members of a group, on all servers. It is encoded once.
    ///
    /// # Errors
    /// For a frame that cannot be put on the wire, and what the bus says.
    ///
    /// # Cancel safety
    /// The frame may have been sent.
    pub async fn broadcast(&self, group: &K, frame: impl Borrow<Out>) -> Result<()> {
        let frame = frame.borrow().to_bytes()?;
        self.bus.publish(&subject("group", group), frame).await
    }

    fn joined(&self, group: &K) {
        let mut groups = self.groups();
        let none = || Group { members: 0, listening: Arc::default() };
        groups.entry(group.clone()).or_insert_with(none).members += 1;
    }

    /// Listens for a group, if no member of this server did before.
    async fn listen_for(&self, group: &K) -> Result<()> {
        let Some(listening) = self.groups().get(group).map(|group| Arc::clone(&group.listening)) else {
            return Ok(());
        };
        let listen = || async {
            let (hub, key) = (self.hub.clone(), group.clone());
            let listener = Box::new(move |frame: &[u8]| hub.deliver_all(&key, frame));
            self.bus.listen(&subject("group", group), listener).await
        };
        // Who joins meanwhile waits for the same listening.
        listening.get_or_try_init(listen).await.map(|_| ())
    }
}

impl<K: Eq + Hash, Out> SharedHub<K, Out> {
    fn left(&self, group: &K) {
        let mut groups = self.groups();
        if let Some(entry) = groups.get_mut(group) {
            entry.members -= 1;
            if entry.members == 0 {
                groups.remove(group);
            }
        }
    }
}

impl<K, Out> Clone for SharedHub<K, Out> {
    fn clone(&self) -> Self {
        let (hub, bus, groups) = (self.hub.clone(), Arc::clone(&self.bus), Arc::clone(&self.groups));
        Self { hub, bus, groups }
    }
}

impl<K, Out> Default for SharedHub<K, Out> {
    /// A hub of a server that is alone, over a [`LocalBus`] of its own.
    fn default() -> Self {
        Self::over(LocalBus::new())
    }
}

impl<K, Out> fmt::Debug for SharedHub<K, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedHub").field("local", &self.hub).finish_non_exhaustive()
    }
}

/// A connection's place on a [`SharedHub`]; dropping it frees the key and leaves the groups.
pub struct SharedMember<K: Eq + Hash, Out> {
    member: Member<K, Out>,
    hub: SharedHub<K, Out>,
    groups: Vec<K>,
    _listening: Listening,
}

impl<K, Out> SharedMember<K, Out>
where
    K: Eq + Hash + Clone + Display + Send + Sync + 'static,
    Out: Encode + 'static,
{
    /// The key it was registered with.
    #[must_use]
    pub fn key(&self) -> &K {
        self.member.key()
    }

    /// Joins a group; joining twice is joining once. When this resolves, broadcasts of all servers reach it.
    ///
    /// # Errors
    /// What the bus says; the group is not joined then.
    ///
    /// # Cancel safety
    /// The group is joined, but perhaps not reached by broadcasts of other servers yet: join it again, or leave it.
    pub async fn join(&mut self, group: K) -> Result<()> {
        if !self.groups.contains(&group) {
            self.groups.push(group.clone());
            self.hub.joined(&group);
            self.member.join(group.clone());
        }
        // Also where a join before was dropped while it listened.
        let listens = self.hub.listen_for(&group).await;
        if listens.is_err() {
            self.leave(&group);
        }
        listens
    }

    /// Leaves a group, and says whether it was in there.
    pub fn leave(&mut self, group: &K) -> bool {
        let Some(at) = self.groups.iter().position(|joined| joined == group) else { return false };
        self.groups.swap_remove(at);
        self.hub.left(group);
        self.member.leave(group)
    }
}

impl<K: Eq + Hash, Out> Drop for SharedMember<K, Out> {
    fn drop(&mut self) {
        for group in core::mem::take(&mut self.groups) {
            self.hub.left(&group);
        }
    }
}

impl<K: Eq + Hash + fmt::Debug, Out> fmt::Debug for SharedMember<K, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMember")
            .field("member", &self.member)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

/// The subject of a key or a group. What a subject cannot hold is written as `%` and its number.
fn subject(kind: &str, key: &impl Display) -> String {
    let mut subject = format!("{kind}.");
    for byte in key.to_string().bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => subject.push(char::from(byte)),
            // Writing to a string cannot fail.
            byte => drop(write!(subject, "%{byte:02x}")),
        }
    }
    if key.to_string().is_empty() {
        // An empty token is not allowed everywhere.
        subject.push('%');
    }
    subject
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subjects_tell_keys_apart() {
        assert_eq!(subject("key", &7), "key.7");
        assert_eq!(subject("key", &"a.b c*>"), "key.a%2eb%20c%2a%3e");
        assert_eq!(subject("key", &"ä%"), "key.%c3%a4%25");
        assert_eq!(subject("group", &""), "group.%");
    }
}
