//! One hub of several servers.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::{self, Display, Write};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use super::bus::{Bus, Listener, Listening, LocalBus};
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
/// the one that sends, or else on both. Keys are told apart by their `Display`, so two that print alike are one to other servers.
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
    heard: Arc<Mutex<Heard<K>>>,
}

/// What this server listens for on the bus: once, however many members that is for.
type Heard<K> = HashMap<(Kind, K), Ear>;

/// What frames are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Key,
    Group,
}

/// The listening for a key or a group.
struct Ear {
    members: usize,
    listening: Arc<OnceCell<Listening>>,
}

impl<K, Out> SharedHub<K, Out> {
    /// A hub over a bus; all hubs over it are one.
    #[must_use]
    pub fn over(bus: impl Bus) -> Self {
        Self { hub: Hub::new(), bus: Arc::new(bus), heard: Arc::default() }
    }

    /// The part of it that is on this server.
    #[must_use]
    pub fn local(&self) -> &Hub<K, Out> {
        &self.hub
    }

    fn heard(&self) -> MutexGuard<'_, Heard<K>> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.joined(Kind::Key, &key);
        // From here on dropping it undoes both.
        let member = SharedMember { member, hub: self.clone(), groups: Vec::new() };
        self.listen_for(Kind::Key, &key).await?;
        Ok(member)
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
            Delivery::Offline => self.bus.ask(&subject(Kind::Key, key), frame).await,
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
        self.bus.publish(&subject(Kind::Group, group), frame).await
    }

    fn joined(&self, kind: Kind, key: &K) {
        let none = || Ear { members: 0, listening: Arc::default() };
        self.heard().entry((kind, key.clone())).or_insert_with(none).members += 1;
    }

    /// Listens for a key or a group, if no member of this server did before.
    async fn listen_for(&self, kind: Kind, key: &K) -> Result<()> {
        let listening = self.heard().get(&(kind, key.clone())).map(|ear| Arc::clone(&ear.listening));
        let Some(listening) = listening else { return Ok(()) };
        let listen = || async {
            let (hub, own) = (self.hub.clone(), key.clone());
            let listener: Listener = match kind {
                Kind::Key => Box::new(move |frame: &[u8]| hub.deliver(&own, frame)),
                Kind::Group => Box::new(move |frame: &[u8]| hub.deliver_all(&own, frame)),
            };
            self.bus.listen(&subject(kind, key), listener).await
        };
        // Who joins meanwhile waits for the same listening.
        listening.get_or_try_init(listen).await.map(|_| ())
    }
}

impl<K: Eq + Hash + Clone, Out> SharedHub<K, Out> {
    fn left(&self, kind: Kind, key: &K) {
        let mut heard = self.heard();
        let place = (kind, key.clone());
        let Some(ear) = heard.get_mut(&place) else { return };
        ear.members -= 1;
        if ear.members == 0 {
            let gone = heard.remove(&place);
            // The end of a listening is the bus's code, which may use this hub.
            drop(heard);
            drop(gone);
        }
    }
}

impl<K, Out> Clone for SharedHub<K, Out> {
    fn clone(&self) -> Self {
        Self { hub: self.hub.clone(), bus: Arc::clone(&self.bus), heard: Arc::clone(&self.heard) }
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
pub struct SharedMember<K: Eq + Hash + Clone, Out> {
    member: Member<K, Out>,
    hub: SharedHub<K, Out>,
    groups: Vec<K>,
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
            self.hub.joined(Kind::Group, &group);
            self.member.join(group.clone());
        }
        // Also where a join before was dropped while it listened.
        let listens = self.hub.listen_for(Kind::Group, &group).await;
        if listens.is_err() {
            self.leave(&group);
        }
        listens
    }

    /// Leaves a group, and says whether it was in there.
    pub fn leave(&mut self, group: &K) -> bool {
        let Some(at) = self.groups.iter().position(|joined| joined == group) else { return false };
        self.groups.swap_remove(at);
        self.hub.left(Kind::Group, group);
        self.member.leave(group)
    }
}

impl<K: Eq + Hash + Clone, Out> Drop for SharedMember<K, Out> {
    fn drop(&mut self) {
        for group in core::mem::take(&mut self.groups) {
            self.hub.left(Kind::Group, &group);
        }
        self.hub.left(Kind::Key, self.member.key());
    }
}

impl<K: Eq + Hash + Clone + fmt::Debug, Out> fmt::Debug for SharedMember<K, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedMember")
            .field("member", &self.member)
            .field("groups", &self.groups)
            .finish_non_exhaustive()
    }
}

/// The subject of a key or a group. What a subject cannot hold is written as `%` and its number.
fn subject(kind: Kind, key: &impl Display) -> String {
    let mut subject = String::from(match kind {
        Kind::Key => "key.",
        Kind::Group => "group.",
    });
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
        assert_eq!(subject(Kind::Key, &7), "key.7");
        assert_eq!(subject(Kind::Key, &"a.b c*>"), "key.a%2eb%20c%2a%3e");
        assert_eq!(subject(Kind::Key, &"ä%"), "key.%c3%a4%25");
        assert_eq!(subject(Kind::Group, &""), "group.%");
    }
}
