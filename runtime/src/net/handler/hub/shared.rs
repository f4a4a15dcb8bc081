//! A hub that several servers share.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::{self, Display, Write};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::OnceCell;

use super::bus::{Bus, Listener, Listening, LocalBus};
use super::{Delivery, Hub, Member};
use crate::error::Result;
use crate::frame::Encode;
use crate::net::Peer;

/// Connections of several servers by key, and groups of connections: a [`Hub`] over a [`Bus`].
///
/// Each server has a hub over the same bus. A key registered on one server can be reached from all
/// servers, and a broadcast reaches the members of a group on all servers. Frames for connections
/// of this server do not go over the bus. Cloning is cheap; all clones are the same hub.
///
/// A frame is lost if the connection ends before the frame is delivered, or if the bus loses the
/// frame. Frames that must arrive need to be stored until they are acknowledged, as in the `chat`
/// example. If a key is registered on two servers, a frame goes to the connection on the sending
/// server, or to both if neither server is the sending server. Keys are identified by their
/// `Display` on the bus, so other servers cannot distinguish two keys that print the same. Frames
/// of [`send_to`](Self::send_to) and [`broadcast`](Self::broadcast) may reach a connection in
/// another order than they were sent, because they may take different ways.
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
/// // Within one process; `NatsBus` (feature `nats`) works between machines.
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

/// The subscriptions of this server: one for each key and each group, however many members they
/// have.
type Heard<K> = HashMap<(Kind, K), Ear>;

/// Whether a subject is a key or a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Kind {
    Key,
    Group,
}

/// The subscription for a key or a group.
struct Ear {
    members: usize,
    listening: Arc<OnceCell<Listening>>,
}

impl<K, Out> SharedHub<K, Out> {
    /// Creates a hub over a bus. All hubs over the same bus act as one hub.
    #[must_use]
    pub fn over(bus: impl Bus) -> Self {
        Self { hub: Hub::new(), bus: Arc::new(bus), heard: Arc::default() }
    }

    /// Returns the local part of the hub.
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
    /// Registers `peer` for `key` on this server until the member is dropped. When this resolves,
    /// all servers can reach the peer.
    ///
    /// # Errors
    /// Returns an error if the bus fails.
    ///
    /// # Cancel safety
    /// If cancelled, the peer is removed from the hub.
    pub async fn register(&self, key: K, peer: Peer<Out>) -> Result<SharedMember<K, Out>> {
        let member = self.hub.register(key.clone(), peer);
        self.joined(Kind::Key, &key);
        // From here on, dropping the member undoes both registrations.
        let member = SharedMember { member, hub: self.clone(), groups: Vec::new() };
        self.listen_for(Kind::Key, &key).await?;
        Ok(member)
    }

    /// Sends a frame to the connection of `key`, whichever server that connection is on.
    ///
    /// # Errors
    /// Returns an error if the frame cannot be encoded, or if the bus fails. If the bus fails, the
    /// frame may have arrived or not.
    ///
    /// # Cancel safety
    /// If cancelled, the frame may have been sent or not.
    pub async fn send_to(&self, key: &K, frame: impl Borrow<Out>) -> Result<Delivery> {
        let frame = frame.borrow().to_bytes()?;
        match self.hub.deliver(key, &frame) {
            Delivery::Offline => self.bus.ask(&subject(Kind::Key, key), frame).await,
            here => Ok(here),
        }
    }

    /// Sends a frame to all members of a group, on all servers. The frame is encoded once.
    ///
    /// # Errors
    /// Returns an error if the frame cannot be encoded, or if the bus fails.
    ///
    /// # Cancel safety
    /// If cancelled, the frame may have been sent or not.
    pub async fn broadcast(&self, group: &K, frame: impl Borrow<Out>) -> Result<()> {
        let frame = frame.borrow().to_bytes()?;
        self.bus.publish(&subject(Kind::Group, group), frame).await
    }

    fn joined(&self, kind: Kind, key: &K) {
        let none = || Ear { members: 0, listening: Arc::default() };
        self.heard().entry((kind, key.clone())).or_insert_with(none).members += 1;
    }

    /// Subscribes to a key or a group, unless another member of this server has done so.
    async fn listen_for(&self, kind: Kind, key: &K) -> Result<()> {
        let listening = self.heard().get(&(kind, key.clone())).map(|ear| Arc::clone(&ear.listening));
        let Some(listening) = listening else { return Ok(()) };
        let listen = || async {
            let (hub, own) = (self.hub.clone(), key.clone());
            let listener: Listener = match kind {
                Kind::Key => Box::new(move |frame: &[u8]| hub.deliver(&own, &Bytes::copy_from_slice(frame))),
                Kind::Group => {
                    Box::new(move |frame: &[u8]| hub.deliver_all(&own, &Bytes::copy_from_slice(frame)))
                }
            };
            self.bus.listen(&subject(kind, key), listener).await
        };
        // Other members that join meanwhile wait for the same subscription.
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
            // Ending a subscription runs code of the bus, which may use this hub.
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
    /// Creates a hub of a single server, over its own [`LocalBus`].
    fn default() -> Self {
        Self::over(LocalBus::new())
    }
}

impl<K, Out> fmt::Debug for SharedHub<K, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SharedHub").field("local", &self.hub).finish_non_exhaustive()
    }
}

/// The registration of a connection in a [`SharedHub`]. Dropping it frees the key and leaves the
/// groups.
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
    /// Returns the key of the connection's registration.
    #[must_use]
    pub fn key(&self) -> &K {
        self.member.key()
    }

    /// Joins a group. Joining it again has no effect. When this resolves, broadcasts of all servers
    /// reach the connection.
    ///
    /// # Errors
    /// Returns an error if the bus fails. The group is not joined then.
    ///
    /// # Cancel safety
    /// If cancelled, the group is joined, but broadcasts of other servers may not reach the
    /// connection: join it again, or leave it.
    pub async fn join(&mut self, group: K) -> Result<()> {
        if !self.groups.contains(&group) {
            self.groups.push(group.clone());
            self.hub.joined(Kind::Group, &group);
            self.member.join(group.clone());
        }
        // This is done for a joined group too, because an earlier join may have been cancelled
        // while it was subscribing.
        let listens = self.hub.listen_for(Kind::Group, &group).await;
        if listens.is_err() {
            self.leave(&group);
        }
        listens
    }

    /// Leaves a group. Returns `true` if the connection was a member of it.
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

/// Returns the subject of a key or a group. Bytes that a subject cannot contain are written as `%`
/// and two hex digits.
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
        // Some buses do not allow an empty token.
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
