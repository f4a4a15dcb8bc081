//! What passes between peers, as frames: the same for a pipe, a capture and a proxy.
//!
//! A source of traffic tells [`Event`]s; [`Traffic`] makes [`Record`]s of them, without I/O. Each byte that an event brings is in exactly one
//! record. Memory is bounded by what frames that have begun take up: [`Traffic::MOST_HELD`] in all.

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

/// The frames of all connections.
#[derive(Debug)]
pub(super) struct Traffic {
    kinds: Vec<Kind>,
    limit: usize,
    readers: HashMap<(u64, Direction), Reader>,
    /// How many bytes all readers hold, and how many events there have been.
    held: usize,
    events: u64,
}

impl Traffic {
    /// What frames that have begun may take up in all; beyond it the stream that has been silent for longest is given up.
    pub(super) const MOST_HELD: usize = 256 * 1024 * 1024;

    /// The most streams that are known at a time.
    pub(super) const MOST_STREAMS: usize = 16 * 1024;

    /// For frames of these types. Of two or more the first goes to the server and the second comes from it; where no
    /// direction is known, it is the type that reads furthest.
    pub(super) fn new(kinds: Vec<Kind>) -> Self {
        Self { kinds, limit: Framer::DEFAULT_LIMIT, readers: HashMap::new(), held: 0, events: 0 }
    }

    /// Frames may have so many bytes; 1 MiB is the default.
    pub(super) fn limit(mut self, bytes: usize) -> Self {
        self.limit = bytes;
        self
    }

    /// The frames that are whole with this event, and what is malformed. An event should bring no more than 64 KiB.
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

    /// What is left once no more events come.
    pub(super) fn finish(&mut self, time: Option<Time>) -> Vec<Record> {
        let mut records = Vec::new();
        let mut keys: Vec<_> = self.readers.keys().copied().collect();
        keys.sort_unstable();
        for key in keys {
            self.end(key, time, &mut records);
        }
        records
    }

    /// Forgets streams that were silent for longest, so many at once that it is seldom done.
    fn give_up(&mut self, time: Option<Time>, records: &mut Vec<Record>) {
        let mut silent: Vec<_> = self.readers.iter().map(|(key, reader)| (reader.last_event, *key)).collect();
        silent.sort_unstable();
        // The one that has just heard of something is the last.
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

    /// What the frames of a direction may be.
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
