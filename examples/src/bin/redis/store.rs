//! What is kept: keys and values, and who listens to what.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use framewright::net::Peer;

use crate::protocol::Value;

/// Everything, in memory. It is gone with the program.
#[derive(Default)]
pub struct Store {
    entries: Mutex<HashMap<Bytes, Entry>>,
    listeners: Mutex<HashMap<Bytes, Vec<Listener>>>,
}

struct Entry {
    value: Bytes,
    /// When it is gone.
    until: Option<Instant>,
}

/// A connection that listens.
#[derive(Clone)]
pub struct Listener {
    pub id: u64,
    pub peer: Peer<Value>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Entry {
    fn is_there(&self) -> bool {
        self.until.is_none_or(|until| Instant::now() < until)
    }
}

impl Store {
    pub fn get(&self, key: &[u8]) -> Option<Bytes> {
        let mut entries = lock(&self.entries);
        let entry = entries.get(key)?;
        if entry.is_there() {
            return Some(entry.value.clone());
        }
        entries.remove(key);
        None
    }

    pub fn set(&self, key: &[u8], value: &[u8], lives: Option<Duration>) {
        let until = lives.and_then(|lives| Instant::now().checked_add(lives));
        let value = Bytes::copy_from_slice(value);
        lock(&self.entries).insert(Bytes::copy_from_slice(key), Entry { value, until });
    }

    /// Says how many of the keys were there.
    pub fn remove(&self, keys: &[&[u8]]) -> usize {
        let mut entries = lock(&self.entries);
        keys.iter().filter(|key| entries.remove(**key).is_some_and(|entry| entry.is_there())).count()
    }

    /// Counts up a number, which is 0 if there is none. What is no number stays as it is.
    pub fn increment(&self, key: &[u8]) -> Option<i64> {
        let mut entries = lock(&self.entries);
        let old = entries.get(key).filter(|entry| entry.is_there());
        let until = old.and_then(|entry| entry.until);
        let number = match old {
            Some(entry) => std::str::from_utf8(&entry.value).ok()?.parse::<i64>().ok()?.checked_add(1)?,
            None => 1,
        };
        entries.insert(Bytes::copy_from_slice(key), Entry { value: number.to_string().into(), until });
        Some(number)
    }

    /// Says whether the key is there.
    pub fn expire(&self, key: &[u8], lives: Duration) -> bool {
        let mut entries = lock(&self.entries);
        match entries.get_mut(key).filter(|entry| entry.is_there()) {
            Some(entry) => {
                entry.until = Instant::now().checked_add(lives);
                true
            }
            None => false,
        }
    }

    pub fn subscribe(&self, channel: &[u8], listener: Listener) {
        let mut listeners = lock(&self.listeners);
        let listening = listeners.entry(Bytes::copy_from_slice(channel)).or_default();
        if listening.iter().all(|other| other.id != listener.id) {
            listening.push(listener);
        }
    }

    pub fn unsubscribe(&self, channel: &[u8], id: u64) {
        let mut listeners = lock(&self.listeners);
        if let Some(listening) = listeners.get_mut(channel) {
            listening.retain(|listener| listener.id != id);
            if listening.is_empty() {
                listeners.remove(channel);
            }
        }
    }

    /// Tells those who listen, and says how many they are. One that does not take what it is sent misses it.
    pub fn publish(&self, channel: &[u8], message: &[u8]) -> usize {
        let listening = lock(&self.listeners).get(channel).cloned().unwrap_or_default();
        let words = [&b"message"[..], channel, message];
        let news = Value::array(words.map(|word| Value::bulk(Bytes::copy_from_slice(word))).to_vec());
        listening.iter().filter(|listener| listener.peer.try_send(news.clone()).is_ok()).count()
    }
}
