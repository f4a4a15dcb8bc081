//! Keys and values, and the subscribers of each channel.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use bytes::Bytes;
use framewright::net::Peer;

use crate::protocol::Value;

/// The approximate memory overhead of a key or a subscription in bytes, without key and value.
const EACH: usize = 160;

/// The minimum time between two searches for expired keys when the store is full.
const SWEEP: Duration = Duration::from_secs(1);

/// Keys and values, and subscribers.
pub struct Store {
    entries: Mutex<Entries>,
    listeners: Mutex<HashMap<Bytes, Vec<Listener>>>,
}

/// The keys and values.
struct Entries {
    map: HashMap<Bytes, Entry>,
    /// The size of keys, values and subscriptions.
    bytes: usize,
    most: usize,
    swept: Instant,
}

/// The error if the store is full.
#[derive(Debug, PartialEq)]
pub struct Full;

struct Entry {
    value: Bytes,
    /// When the entry expires, if it does.
    until: Option<Instant>,
}

/// A connection that has subscribed to channels.
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

/// Returns the value plus one, if it is an integer.
fn one_more(value: &[u8]) -> Option<i64> {
    std::str::from_utf8(value).ok()?.parse::<i64>().ok()?.checked_add(1)
}

fn cost(key: &[u8], value: &[u8]) -> usize {
    key.len().saturating_add(value.len()).saturating_add(EACH)
}

impl Entries {
    fn insert(&mut self, key: &[u8], entry: Entry) -> Result<(), Full> {
        let (new, old) = (cost(key, &entry.value), self.map.get(key).map_or(0, |old| cost(key, &old.value)));
        if self.bytes.saturating_sub(old).saturating_add(new) > self.most {
            self.sweep();
        }
        let old = self.map.get(key).map_or(0, |old| cost(key, &old.value));
        let bytes = self.bytes.saturating_sub(old).saturating_add(new);
        if bytes > self.most {
            return Err(Full);
        }
        self.bytes = bytes;
        self.map.insert(Bytes::copy_from_slice(key), entry);
        Ok(())
    }

    fn remove(&mut self, key: &[u8]) -> Option<Entry> {
        let entry = self.map.remove(key)?;
        self.give_back(cost(key, &entry.value));
        Some(entry)
    }

    /// Takes memory for something that is not a key.
    fn take(&mut self, bytes: usize) -> Result<(), Full> {
        if self.bytes.saturating_add(bytes) > self.most {
            self.sweep();
        }
        self.bytes = self.bytes.checked_add(bytes).filter(|sum| *sum <= self.most).ok_or(Full)?;
        Ok(())
    }

    fn give_back(&mut self, bytes: usize) {
        self.bytes = self.bytes.saturating_sub(bytes);
    }

    /// Removes expired keys, unless the last call was less than [`SWEEP`] ago.
    fn sweep(&mut self) {
        if self.swept.elapsed() < SWEEP {
            return;
        }
        let mut freed = 0;
        self.map.retain(|key, entry| {
            let stays = entry.is_there();
            freed += if stays { 0 } else { cost(key, &entry.value) };
            stays
        });
        self.give_back(freed);
        self.swept = Instant::now();
    }
}

impl Store {
    /// Creates a store with a memory limit of `most` bytes for keys, values and subscriptions.
    pub fn new(most: usize) -> Self {
        let entries = Entries { map: HashMap::new(), bytes: 0, most, swept: Instant::now() };
        Self { entries: Mutex::new(entries), listeners: Mutex::default() }
    }

    pub fn get(&self, key: &[u8]) -> Option<Bytes> {
        let mut entries = lock(&self.entries);
        let entry = entries.map.get(key)?;
        if entry.is_there() {
            return Some(entry.value.clone());
        }
        entries.remove(key);
        None
    }

    pub fn set(&self, key: &[u8], value: &[u8], lives: Option<Duration>) -> Result<(), Full> {
        let until = lives.and_then(|lives| Instant::now().checked_add(lives));
        let value = Bytes::copy_from_slice(value);
        lock(&self.entries).insert(key, Entry { value, until })
    }

    /// Removes keys. Returns how many of them existed.
    pub fn remove(&self, keys: &[&[u8]]) -> usize {
        let mut entries = lock(&self.entries);
        keys.iter().filter(|key| entries.remove(key).is_some_and(|entry| entry.is_there())).count()
    }

    /// Adds one to the integer at a key, which is 0 if the key does not exist. Returns `None` if
    /// the value is not an integer.
    pub fn increment(&self, key: &[u8]) -> Result<Option<i64>, Full> {
        let mut entries = lock(&self.entries);
        let old = entries.map.get(key).filter(|entry| entry.is_there());
        let until = old.and_then(|entry| entry.until);
        let number = match old {
            Some(entry) => one_more(&entry.value),
            None => Some(1),
        };
        if let Some(number) = number {
            entries.insert(key, Entry { value: number.to_string().into(), until })?;
        }
        Ok(number)
    }

    /// Sets how long a key is kept. Returns `true` if the key exists.
    pub fn expire(&self, key: &[u8], lives: Duration) -> bool {
        let mut entries = lock(&self.entries);
        match entries.map.get_mut(key).filter(|entry| entry.is_there()) {
            Some(entry) => {
                entry.until = Instant::now().checked_add(lives);
                true
            }
            None => false,
        }
    }

    /// Adds a subscriber to a channel, which it must not have subscribed to before. Returns the name
    /// of the channel, which all its subscribers share.
    pub fn subscribe(&self, channel: &[u8], listener: Listener) -> Result<Bytes, Full> {
        lock(&self.entries).take(cost(channel, b""))?;
        let mut listeners = lock(&self.listeners);
        let name = listeners.get_key_value(channel).map(|(name, _)| name.clone());
        let name = name.unwrap_or_else(|| Bytes::copy_from_slice(channel));
        listeners.entry(name.clone()).or_default().push(listener);
        Ok(name)
    }

    pub fn unsubscribe(&self, channel: &[u8], id: u64) {
        let mut listeners = lock(&self.listeners);
        if let Some(listening) = listeners.get_mut(channel) {
            listening.retain(|listener| listener.id != id);
            if listening.is_empty() {
                listeners.remove(channel);
            }
        }
        drop(listeners);
        lock(&self.entries).give_back(cost(channel, b""));
    }

    /// Sends a message to the subscribers of a channel. Returns how many receive it. A subscriber
    /// that reads too slowly misses it.
    pub fn publish(&self, channel: &[u8], message: &[u8]) -> usize {
        let listening = lock(&self.listeners).get(channel).cloned().unwrap_or_default();
        let words = [&b"message"[..], channel, message];
        let news = Value::array(words.map(|word| Value::bulk(Bytes::copy_from_slice(word))).to_vec());
        listening.iter().filter(|listener| listener.peer.try_send(news.clone()).is_ok()).count()
    }
}
