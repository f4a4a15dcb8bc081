//! Conversion of traffic into frames, in the same way for a pipe, a capture and a proxy.
//!
//! A source of traffic reports [`Event`]s, and [`Traffic`] turns them into [`Record`]s, without
//! I/O. Each byte of an event is in exactly one record. [`Traffic::MOST_HELD`] limits the memory of
//! partial frames.

mod event;
mod reader;
mod record;
mod time;

use std::collections::HashMap;
use std::sync::Arc;
use std::vec::Vec;

pub(super) use event::{Connection, Direction, Event, Happened};
pub(super) use record::{Record, What};
pub(super) use time::Time;

use self::reader::Reader;
use super::frames::Kind;
use crate::stream::Framer;

/// Converts the traffic of all connections into records.
#[derive(Debug)]
pub(super) struct Traffic {
    kinds: Vec<Kind>,
    limit: usize,
    readers: HashMap<(u64, Direction), Reader>,
    /// Number of bytes that all readers hold.
    held: usize,
    events: u64,
}

impl Traffic {
    /// The maximum total size of partial frames. Beyond this, the streams that have been silent for
    /// longest are ended.
    pub(super) const MOST_HELD: usize = 256 * 1024 * 1024;

    /// The maximum number of known streams.
    pub(super) const MOST_STREAMS: usize = 16 * 1024;

    /// Creates a converter for frames of these types. If there are several types, the first is sent
    /// to the server and the second comes from it. If the direction is unknown, the type that
    /// decodes the most bytes is used.
    pub(super) fn new(kinds: Vec<Kind>) -> Self {
        Self { kinds, limit: Framer::DEFAULT_LIMIT, readers: HashMap::new(), held: 0, events: 0 }
    }

    /// Sets the maximum size of a frame. The default is 1 MiB.
    pub(super) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// Adds an event, and returns completed frames and malformed bytes. An event should have at
    /// most 64 KiB.
    pub(super) fn take(&mut self, event: Event) -> Vec<Record> {
        self.events += 1;
        let mut records = Vec::new();
        let key = (event.connection.id, event.direction);
        if let Happened::Datagram(bytes) = event.happened {
            let kinds = self.kinds_of(event.direction);
            reader::datagram(&kinds, &event.connection, event.direction, event.time, bytes, &mut records);
            return records;
        }
        if !self.readers.contains_key(&key) {
            let kinds = self.kinds_of(event.direction);
            let reader = Reader::new(kinds, self.limit, Arc::clone(&event.connection), event.direction);
            self.readers.insert(key, reader);
        }
        let Some(reader) = self.readers.get_mut(&key) else { return records };
        let before = reader.held();
        reader.last_event = self.events;
        match event.happened {
            Happened::Bytes(bytes) => reader.push(event.time, &bytes, &mut records),
            Happened::Missing(bytes) => reader.lose(event.time, bytes, &mut records),
            Happened::End(_) => reader.finish(event.time, &mut records),
            Happened::Opened | Happened::Datagram(_) => {}
        }
        self.held = (self.held + reader.held()).saturating_sub(before);
        if reader.is_finished() {
            self.forget(key);
        }
        if self.readers.len() > Self::MOST_STREAMS || self.held > Self::MOST_HELD {
            self.give_up(event.time, &mut records);
        }
        records
    }

    /// Returns the remaining records after the last event.
    pub(super) fn finish(&mut self, time: Option<Time>) -> Vec<Record> {
        let mut records = Vec::new();
        let mut keys: Vec<_> = self.readers.keys().copied().collect();
        keys.sort_unstable();
        for key in keys {
            self.end(key, time, &mut records);
        }
        records
    }

    /// Ends the streams that have been silent for longest. It ends many at once, so that it is
    /// rarely called.
    fn give_up(&mut self, time: Option<Time>, records: &mut Vec<Record>) {
        let mut silent: Vec<_> = self.readers.iter().map(|(key, reader)| (reader.last_event, *key)).collect();
        silent.sort_unstable();
        // The last of them is the stream of the current event, which is kept.
        silent.pop();
        for (_, key) in silent {
            if self.readers.len() <= Self::MOST_STREAMS / 4 * 3 && self.held <= Self::MOST_HELD / 4 * 3 {
                break;
            }
            self.end(key, time, records);
        }
    }

    fn end(&mut self, key: (u64, Direction), time: Option<Time>, records: &mut Vec<Record>) {
        if let Some(reader) = self.readers.get_mut(&key) {
            let before = reader.held();
            reader.finish(time, records);
            self.held = (self.held + reader.held()).saturating_sub(before);
        }
        self.forget(key);
    }

    fn forget(&mut self, key: (u64, Direction)) {
        if let Some(reader) = self.readers.remove(&key) {
            self.held = self.held.saturating_sub(reader.held());
        }
    }

    /// Returns the possible types of the frames in a direction.
    fn kinds_of(&self, direction: Direction) -> Vec<Kind> {
        match (self.kinds.as_slice(), direction) {
            ([request, _, ..], Direction::ToServer) => Vec::from([request.clone()]),
            ([_, reply, ..], Direction::FromServer) => Vec::from([reply.clone()]),
            (kinds, _) => kinds.to_vec(),
        }
    }
}

#[cfg(test)]
mod tests;
