//! Assignment of packets to connections.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::string::ToString as _;
use std::sync::Arc;
use std::vec::Vec;

use bytes::Bytes;

use super::packet::{Carries, Packet};
use super::stream::{Segment, Stream};
use crate::cli::traffic::{Connection, Direction, Event, Happened, Time};

/// The maximum number of known connections. When it is reached, the quarter of the connections that
/// has been silent for longest is dropped.
pub(super) const MOST_FLOWS: usize = 8 * 1024;

/// The maximum total size of segments that arrived too early.
const MOST_EARLY: usize = 64 * 1024 * 1024;

/// The client, the server, and `true` for TCP or `false` for UDP.
type Key = (SocketAddr, SocketAddr, bool);

/// The connections of a capture.
pub(super) struct Flows {
    port: Option<u16>,
    flows: HashMap<Key, Flow>,
    /// Number of connections so far.
    connections: u64,
    packets: u64,
    /// Total size of the kept segments that arrived too early.
    early: usize,
    time: Option<Time>,
}

struct Flow {
    connection: Arc<Connection>,
    up: Stream,
    down: Stream,
    last: u64,
}

impl Flows {
    pub(super) fn new(port: Option<u16>) -> Self {
        Self { port, flows: HashMap::new(), connections: 0, packets: 0, early: 0, time: None }
    }

    /// Returns the number of known connections.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.flows.len()
    }

    /// Returns the size of the kept segments that arrived too early.
    #[cfg(test)]
    pub(super) fn early(&self) -> usize {
        self.early
    }

    /// Adds the events of a packet to `out`.
    pub(super) fn take(&mut self, time: Option<Time>, packet: Packet, out: &mut VecDeque<Event>) {
        self.packets += 1;
        self.time = time;
        let Some((key, direction)) = self.key(&packet) else { return };
        match packet.carries {
            Carries::Datagram => {
                let connection = Arc::clone(&self.flow(key, out).connection);
                let happened = Happened::Datagram(Bytes::from(packet.payload));
                out.push_back(Event { time, connection, direction, happened });
            }
            Carries::Segment { sequence, syn, acknowledged, .. } => {
                let opens = syn && acknowledged.is_none();
                let is_other = |flow: &Flow| flow.stream(direction).is_other(sequence);
                if opens && self.flows.get(&key).is_some_and(is_other) {
                    self.end(key, None, out);
                }
                // A late packet of an ended connection does not begin a new one.
                if syn || !packet.payload.is_empty() || self.flows.contains_key(&key) {
                    self.segment(key, direction, packet, out);
                }
            }
        }
    }

    fn segment(&mut self, key: Key, direction: Direction, packet: Packet, out: &mut VecDeque<Event>) {
        let Carries::Segment { sequence, acknowledged, syn, fin, reset } = packet.carries else { return };
        let time = self.time;
        let flow = self.flow(key, out);
        let before = flow.early();
        let connection = Arc::clone(&flow.connection);
        let mut tell = |direction, happened| {
            out.push_back(Event { time, connection: Arc::clone(&connection), direction, happened });
        };
        let (there, back) = match direction {
            Direction::FromServer => (Direction::FromServer, Direction::ToServer),
            _ => (Direction::ToServer, Direction::FromServer),
        };
        if !reset {
            let segment =
                Segment { sequence, syn, fin, payload: Bytes::from(packet.payload), cut: packet.cut };
            flow.stream_mut(there).take(segment, &mut |happened| tell(there, happened));
        }
        if let Some(number) = acknowledged {
            flow.stream_mut(back).acknowledge(number, &mut |happened| tell(back, happened));
        }
        let is_over = flow.up.has_ended && flow.down.has_ended;
        self.early = self.early.saturating_sub(before);
        self.early += self.flows.get(&key).map_or(0, Flow::early);
        if is_over || reset {
            self.end(key, reset.then_some("reset"), out);
        } else if self.early > MOST_EARLY {
            // The segment that exceeded the limit belongs to this connection, so this connection is
            // ended.
            self.end(key, None, out);
        }
    }

    /// Ends all connections and adds their remaining events.
    pub(super) fn finish(&mut self, out: &mut VecDeque<Event>) {
        let mut keys: Vec<(u64, Key)> =
            self.flows.iter().map(|(key, flow)| (flow.connection.id, *key)).collect();
        keys.sort_unstable();
        keys.into_iter().for_each(|(_, key)| self.end(key, None, out));
    }

    /// Returns the connection and the direction of a packet, or `None` if the packet belongs to
    /// another port.
    fn key(&self, packet: &Packet) -> Option<(Key, Direction)> {
        let is_tcp = matches!(packet.carries, Carries::Segment { .. });
        let to_server = ((packet.from, packet.to, is_tcp), Direction::ToServer);
        let from_server = ((packet.to, packet.from, is_tcp), Direction::FromServer);
        match self.port {
            Some(port) if packet.to.port() == port => return Some(to_server),
            Some(port) if packet.from.port() == port => return Some(from_server),
            Some(_) => return None,
            None => {}
        }
        if self.flows.contains_key(&to_server.0) {
            return Some(to_server);
        }
        if self.flows.contains_key(&from_server.0) {
            return Some(from_server);
        }
        // The client is the side that opens the connection. If that was not captured, the client is
        // assumed to be the side with the higher port.
        let is_from_server = match packet.carries {
            Carries::Segment { syn: true, acknowledged, .. } => acknowledged.is_some(),
            _ => packet.from.port() < packet.to.port(),
        };
        Some(if is_from_server { from_server } else { to_server })
    }

    fn flow(&mut self, key: Key, out: &mut VecDeque<Event>) -> &mut Flow {
        if self.flows.len() >= MOST_FLOWS && !self.flows.contains_key(&key) {
            let mut silent: Vec<(u64, Key)> =
                self.flows.iter().map(|(key, flow)| (flow.last, *key)).collect();
            silent.sort_unstable();
            silent.truncate(MOST_FLOWS / 4);
            silent.into_iter().for_each(|(_, key)| self.end(key, None, out));
        }
        let flow = self.flows.entry(key).or_insert_with(|| {
            self.connections += 1;
            let connection =
                Connection { id: self.connections, client: key.0.to_string(), server: key.1.to_string() };
            let (up, down) = (Stream::default(), Stream::default());
            Flow { connection: Arc::new(connection), up, down, last: 0 }
        });
        flow.last = self.packets;
        flow
    }

    /// Ends a connection and adds its remaining events.
    fn end(&mut self, key: Key, why: Option<&str>, out: &mut VecDeque<Event>) {
        let Some(mut flow) = self.flows.remove(&key) else { return };
        self.early = self.early.saturating_sub(flow.early());
        if !key.2 {
            return;
        }
        for direction in [Direction::ToServer, Direction::FromServer] {
            let connection = Arc::clone(&flow.connection);
            let time = self.time;
            let mut tell = |happened| {
                out.push_back(Event { time, connection: Arc::clone(&connection), direction, happened });
            };
            let stream = flow.stream_mut(direction);
            stream.finish(&mut tell);
            if !stream.has_ended {
                tell(Happened::End(why.map(Into::into)));
            }
        }
    }
}

impl Flow {
    fn stream(&self, direction: Direction) -> &Stream {
        if direction == Direction::FromServer { &self.down } else { &self.up }
    }

    fn stream_mut(&mut self, direction: Direction) -> &mut Stream {
        if direction == Direction::FromServer { &mut self.down } else { &mut self.up }
    }

    fn early(&self) -> usize {
        self.up.early() + self.down.early()
    }
}
