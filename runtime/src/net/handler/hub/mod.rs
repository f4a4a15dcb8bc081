//! Types for sending to connections by key and in groups.

mod bus;
#[cfg(feature = "nats")]
mod nats;
mod shared;

pub use bus::{Bus, BusFuture, Listener, Listening, LocalBus};
#[cfg(feature = "nats")]
pub use nats::NatsBus;
pub use shared::{SharedHub, SharedMember};

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use bytes::Bytes;

use crate::error::EncodeError;
use crate::frame::Encode;
use crate::net::connection::outbox::Refused;
use crate::net::handler::conn::Peer;

/// A registry of connections, by key and in groups.
///
/// A connection [registers](Self::register) and keeps its [`Member`] in its handler's state;
/// dropping the member frees the key and leaves the groups. Cloning is cheap; all clones are the
/// same hub.
///
/// [`SharedHub`] is a hub that several servers share.
///
/// The methods never wait: a frame goes into the out-buffer of each receiver if it fits, and is
/// dropped otherwise. A receiver gets the frames of one task in the order in which they were sent.
/// Frames that several tasks broadcast at the same time may reach different receivers in different
/// orders.
///
/// ```
/// use framewright::net::{Close, Conn, Delivery, Handler, Hub, Member};
/// use framewright::prelude::*;
///
/// #[derive(Frame, Clone)]
/// #[frame(be)]
/// struct Note { from: u32, to: u32, #[len_prefixed] text: String }
///
/// struct Chat { hub: Hub<u32, Note> }
///
/// impl Handler for Chat {
///     type In<'a> = Note;
///     type Out = Note;
///     type State = Option<Member<u32, Note>>;
///
///     async fn open(&self, _: &mut Conn<Note>) -> Result<Self::State, Close> {
///         Ok(None)
///     }
///
///     async fn frame<'a>(
///         &'a self,
///         conn: &'a mut Conn<Note>,
///         member: &'a mut Self::State,
///         note: Note,
///     ) -> Result<(), Close> {
///         // The first note has the sender's name.
///         member.get_or_insert_with(|| self.hub.register(note.from, conn.handle()));
///         if self.hub.send_to(&note.to, &note)? == Delivery::Offline {
///             tracing::info!("{} is not here", note.to);
///         }
///         Ok(())
///     }
/// }
/// # mod tracing { macro_rules! info { ($($t:tt)*) => {} } pub(crate) use info; }
/// ```
pub struct Hub<K, Out> {
    registry: Arc<RwLock<Registry<K, Out>>>,
}

struct Registry<K, Out> {
    /// The connection of each key.
    keys: HashMap<K, Entry<Out>>,
    groups: HashMap<K, HashMap<u64, Peer<Out>>>,
    next: u64,
}

struct Entry<Out> {
    member: u64,
    peer: Peer<Out>,
}

/// The result of sending a frame to one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Delivery {
    /// The frame is in the connection's out-buffer.
    Delivered,
    /// No connection has this key.
    Offline,
    /// The connection's out-buffer has no room for the frame, because the peer reads too slowly.
    Full,
}

/// The result of sending a frame to many connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Broadcast {
    /// Number of connections that have the frame in their out-buffers.
    pub delivered: usize,
    /// Number of connections whose out-buffers had no room for the frame.
    pub full: usize,
}

impl<K, Out> Hub<K, Out> {
    /// Creates an empty hub.
    #[must_use]
    pub fn new() -> Self {
        let registry = Registry { keys: HashMap::new(), groups: HashMap::new(), next: 0 };
        Self { registry: Arc::new(RwLock::new(registry)) }
    }

    /// Returns the number of registered keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.read().keys.len()
    }

    /// Returns `true` if no key is registered.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn read(&self) -> RwLockReadGuard<'_, Registry<K, Out>> {
        self.registry.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Registry<K, Out>> {
        self.registry.write().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<K: Eq + Hash + Clone, Out> Hub<K, Out> {
    /// Registers `peer` for `key` until the member is dropped. It replaces the previous connection
    /// of the key, which stays in its groups. To find the previous connection, call
    /// [`get`](Self::get) first.
    #[must_use = "dropping the member removes it from the hub"]
    pub fn register(&self, key: K, peer: Peer<Out>) -> Member<K, Out> {
        let mut registry = self.write();
        let id = registry.next;
        registry.next += 1;
        registry.keys.insert(key.clone(), Entry { member: id, peer: peer.clone() });
        Member { hub: self.clone(), id, key, peer, groups: Vec::new() }
    }

    /// Returns the connection of `key`.
    #[must_use]
    pub fn get(&self, key: &K) -> Option<Peer<Out>> {
        self.read().keys.get(key).map(|entry| entry.peer.clone())
    }
}

impl<K: Eq + Hash, Out: Encode> Hub<K, Out> {
    /// Sends a frame to the connection of `key`.
    ///
    /// # Errors
    /// Returns an error if the frame cannot be encoded.
    pub fn send_to(&self, key: &K, frame: impl Borrow<Out>) -> Result<Delivery, EncodeError> {
        let peer = match self.read().keys.get(key) {
            Some(entry) => entry.peer.clone(),
            None => return Ok(Delivery::Offline),
        };
        match peer.outbox().push(frame.borrow()) {
            Ok(()) => Ok(Delivery::Delivered),
            Err(Refused::Full) => Ok(Delivery::Full),
            Err(Refused::Closed) => Ok(Delivery::Offline),
            Err(Refused::Invalid(error)) => Err(error),
        }
    }

    /// Sends a frame to all members of a group. The frame is encoded once.
    ///
    /// The sender receives the frame too if it is a member; [`Member::broadcast`] leaves it out. The
    /// result does not say which receivers are slow. To close slow connections, keep the [`Peer`] of
    /// each connection in a map of your own, and call [`Peer::try_send`] for each.
    ///
    /// # Errors
    /// Returns an error if the frame cannot be encoded. No connection receives it then.
    pub fn broadcast(&self, group: &K, frame: impl Borrow<Out>) -> Result<Broadcast, EncodeError> {
        let bytes = frame.borrow().to_bytes()?;
        let registry = self.read();
        Ok(send_all(&bytes, registry.groups.get(group).into_iter().flat_map(HashMap::values)))
    }

    /// Sends a frame to the connections of all keys. The frame is encoded once.
    ///
    /// # Errors
    /// Returns an error if the frame cannot be encoded. No connection receives it then.
    pub fn broadcast_all(&self, frame: impl Borrow<Out>) -> Result<Broadcast, EncodeError> {
        let bytes = frame.borrow().to_bytes()?;
        Ok(send_all(&bytes, self.read().keys.values().map(|entry| &entry.peer)))
    }
}

/// Delivery of frames that another server has encoded.
impl<K: Eq + Hash, Out> Hub<K, Out> {
    fn deliver(&self, key: &K, frame: &Bytes) -> Delivery {
        let peer = match self.read().keys.get(key) {
            Some(entry) => entry.peer.clone(),
            None => return Delivery::Offline,
        };
        match peer.outbox().push_encoded(frame) {
            Ok(()) => Delivery::Delivered,
            Err(Refused::Full) => Delivery::Full,
            Err(Refused::Closed | Refused::Invalid(_)) => Delivery::Offline,
        }
    }

    fn deliver_all(&self, group: &K, frame: &Bytes) -> Delivery {
        let registry = self.read();
        let sent = send_all(frame, registry.groups.get(group).into_iter().flat_map(HashMap::values));
        match (sent.delivered, sent.full) {
            (0, 0) => Delivery::Offline,
            (0, _) => Delivery::Full,
            _ => Delivery::Delivered,
        }
    }
}

fn send_all<'a, Out: 'a>(frame: &Bytes, peers: impl Iterator<Item = &'a Peer<Out>>) -> Broadcast {
    let mut broadcast = Broadcast::default();
    for peer in peers {
        match peer.outbox().push_encoded(frame) {
            Ok(()) => broadcast.delivered += 1,
            Err(Refused::Full) => broadcast.full += 1,
            // The connection is about to leave the hub.
            Err(Refused::Closed | Refused::Invalid(_)) => {}
        }
    }
    broadcast
}

impl<K, Out> Clone for Hub<K, Out> {
    fn clone(&self) -> Self {
        Self { registry: Arc::clone(&self.registry) }
    }
}

impl<K, Out> Default for Hub<K, Out> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K, Out> fmt::Debug for Hub<K, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Hub").field("len", &self.len()).finish_non_exhaustive()
    }
}

/// The registration of a connection in a [`Hub`]. Dropping it frees the key and leaves the groups.
pub struct Member<K: Eq + Hash, Out> {
    hub: Hub<K, Out>,
    id: u64,
    key: K,
    peer: Peer<Out>,
    groups: Vec<K>,
}

impl<K: Eq + Hash + Clone, Out> Member<K, Out> {
    /// Returns the key of the connection's registration.
    #[must_use]
    pub fn key(&self) -> &K {
        &self.key
    }

    /// Joins a group. Joining it again has no effect.
    pub fn join(&mut self, group: K) {
        let mut registry = self.hub.write();
        let members = registry.groups.entry(group.clone()).or_default();
        if members.insert(self.id, self.peer.clone()).is_none() {
            self.groups.push(group);
        }
    }

    /// Leaves a group. Returns `true` if the connection was a member of it.
    pub fn leave(&mut self, group: &K) -> bool {
        let Some(at) = self.groups.iter().position(|joined| joined == group) else { return false };
        self.groups.swap_remove(at);
        self.hub.write().leave(group, self.id);
        true
    }
}

impl<K: Eq + Hash, Out: Encode> Member<K, Out> {
    /// Sends a frame to all other members of a group. The frame is encoded once. The connection
    /// itself need not be a member.
    ///
    /// ```
    /// use framewright::net::{Close, Hub, Member};
    /// use framewright::prelude::*;
    ///
    /// #[derive(Frame, Clone)]
    /// #[frame(be)]
    /// struct Note { #[len_prefixed] text: String }
    ///
    /// struct Rooms { hub: Hub<u32, Note>, next: std::sync::atomic::AtomicU32 }
    ///
    /// impl Handler for Rooms {
    ///     type In<'a> = Note;
    ///     type Out = Note;
    ///     type State = Member<u32, Note>;
    ///
    ///     async fn open(&self, conn: &mut Conn<Note>) -> Result<Member<u32, Note>, Close> {
    ///         let id = self.next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    ///         let mut member = self.hub.register(id, conn.handle());
    ///         member.join(0);
    ///         Ok(member)
    ///     }
    ///
    ///     async fn frame(&self, _: &mut Conn<Note>, member: &mut Member<u32, Note>, note: Note) -> Result<(), Close> {
    ///         member.broadcast(&0, note)?;
    ///         Ok(())
    ///     }
    /// }
    /// ```
    ///
    /// # Errors
    /// Returns an error if the frame cannot be encoded. No connection receives it then.
    pub fn broadcast(&self, group: &K, frame: impl Borrow<Out>) -> Result<Broadcast, EncodeError> {
        let bytes = frame.borrow().to_bytes()?;
        let registry = self.hub.read();
        let members = registry.groups.get(group).into_iter().flatten();
        Ok(send_all(&bytes, members.filter(|(id, _)| **id != self.id).map(|(_, peer)| peer)))
    }
}

impl<K: Eq + Hash, Out> Registry<K, Out> {
    fn leave(&mut self, group: &K, member: u64) {
        if let Some(members) = self.groups.get_mut(group) {
            members.remove(&member);
            if members.is_empty() {
                self.groups.remove(group);
            }
        }
    }
}

impl<K: Eq + Hash, Out> Drop for Member<K, Out> {
    fn drop(&mut self) {
        let mut registry = self.hub.write();
        // The key may belong to another connection by now.
        if registry.keys.get(&self.key).is_some_and(|entry| entry.member == self.id) {
            registry.keys.remove(&self.key);
        }
        for group in &self.groups {
            registry.leave(group, self.id);
        }
    }
}

impl<K: Eq + Hash + fmt::Debug, Out> fmt::Debug for Member<K, Out> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Member").field("key", &self.key).field("groups", &self.groups).finish_non_exhaustive()
    }
}
