//! Recording of traffic as a pcapng capture with synthetic packets.

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::vec::Vec;

use etherparse::{PacketBuilder, TcpHeader};

use crate::cli::traffic::{Connection, Direction, Event, Happened, Time};

/// The maximum payload of a packet.
const MOST_PAYLOAD: usize = 32 * 1024;

/// The link type of packets that begin with the IP header.
const LINK_RAW: u16 = 101;

/// A writer of a capture, which turns events into packets.
pub(in crate::cli) struct Recorder<W> {
    out: W,
    /// The next sequence numbers of the client and the server, for each connection that has not
    /// ended in both directions.
    sequences: HashMap<u64, [u32; 2]>,
    /// The connections that have ended in one direction.
    half_ended: HashSet<u64>,
}

impl<W: Write> Recorder<W> {
    /// Begins a capture.
    pub(in crate::cli) fn new(mut out: W) -> io::Result<Self> {
        let version = [&0x1a2b_3c4d_u32.to_le_bytes()[..], &[1, 0, 0, 0], &[0xff; 8]].concat();
        block(&mut out, 0x0a0d_0d0a, &version)?;
        // The interface has no limit for the length of packets, and times in nanoseconds.
        let interface = [&LINK_RAW.to_le_bytes()[..], &[0; 6], &[9, 0, 1, 0, 9, 0, 0, 0], &[0; 4]].concat();
        block(&mut out, 1, &interface)?;
        out.flush()?;
        Ok(Self { out, sequences: HashMap::new(), half_ended: HashSet::new() })
    }

    /// Adds an event, and flushes it.
    pub(in crate::cli) fn add(&mut self, event: &Event) -> io::Result<()> {
        let (id, from_server) = (event.connection.id, event.direction == Direction::FromServer);
        let time = event.time.unwrap_or(Time(0));
        if let Happened::Datagram(bytes) = &event.happened {
            self.packet(time, &datagram(&event.connection, from_server, bytes))?;
            return self.out.flush();
        }
        if let Entry::Vacant(place) = self.sequences.entry(id) {
            place.insert([1, 1]);
            for (way, flags) in [(false, "S"), (true, "SA"), (false, "A")] {
                let sequence = u32::from(flags == "A");
                self.packet(
                    time,
                    &segment(&event.connection, way, [sequence, u32::from(flags != "S")], flags, &[]),
                )?;
            }
        }
        match &event.happened {
            Happened::Bytes(bytes) => {
                for part in bytes.chunks(MOST_PAYLOAD) {
                    self.segment(time, event, "A", part)?;
                    self.advance(id, from_server, u64::try_from(part.len()).unwrap_or_default());
                }
            }
            Happened::Missing(bytes) => self.advance(id, from_server, *bytes),
            Happened::End(why) => {
                self.segment(time, event, if why.is_some() { "RA" } else { "FA" }, &[])?;
                self.advance(id, from_server, 1);
                if !self.half_ended.insert(id) {
                    self.half_ended.remove(&id);
                    self.sequences.remove(&id);
                }
            }
            Happened::Opened | Happened::Datagram(_) => {}
        }
        self.out.flush()
    }

    fn segment(&mut self, time: Time, event: &Event, flags: &str, payload: &[u8]) -> io::Result<()> {
        let from_server = event.direction == Direction::FromServer;
        let [client, server] = self.sequences.get(&event.connection.id).copied().unwrap_or_default();
        let numbers = if from_server { [server, client] } else { [client, server] };
        self.packet(time, &segment(&event.connection, from_server, numbers, flags, payload))
    }

    /// Adds `bytes` to the sequence number of one direction.
    fn advance(&mut self, id: u64, from_server: bool, bytes: u64) {
        let bytes = u32::try_from(bytes & 0xffff_ffff).unwrap_or_default();
        if let Some(sequences) = self.sequences.get_mut(&id) {
            let [client, server] = sequences;
            let sequence = if from_server { server } else { client };
            *sequence = sequence.wrapping_add(bytes);
        }
    }

    fn packet(&mut self, time: Time, packet: &[u8]) -> io::Result<()> {
        let len = u32::try_from(packet.len()).unwrap_or(u32::MAX).to_le_bytes();
        let [high, low] =
            [time.0 >> 32, time.0 & 0xffff_ffff].map(|half| u32::try_from(half).unwrap_or_default());
        let mut body = [&[0; 4][..], &high.to_le_bytes(), &low.to_le_bytes(), &len, &len, packet].concat();
        body.resize(body.len().next_multiple_of(4), 0);
        block(&mut self.out, 6, &body)
    }
}

/// Writes a block, padded to a multiple of 4 bytes.
fn block(out: &mut impl Write, kind: u32, body: &[u8]) -> io::Result<()> {
    let len = u32::try_from(body.len() + 12).unwrap_or(u32::MAX).to_le_bytes();
    out.write_all(&[&kind.to_le_bytes()[..], &len, body, &len].concat())
}

/// Returns the addresses of the sender and the receiver, both IPv4 or both IPv6.
fn ends(connection: &Connection, from_server: bool) -> (SocketAddr, SocketAddr) {
    let (client, server) = (address(&connection.client), address(&connection.server));
    let (from, to) = if from_server { (server, client) } else { (client, server) };
    match (from.ip(), to.ip()) {
        (IpAddr::V4(_), IpAddr::V4(_)) | (IpAddr::V6(_), IpAddr::V6(_)) => (from, to),
        _ => (mapped(from), mapped(to)),
    }
}

/// Parses an address. A host name is replaced by the loopback address, and its port is kept.
fn address(text: &str) -> SocketAddr {
    let port = || text.rsplit(':').next().and_then(|port| port.parse().ok()).unwrap_or_default();
    text.parse().unwrap_or_else(|_| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port()))
}

fn mapped(address: SocketAddr) -> SocketAddr {
    match address.ip() {
        IpAddr::V4(ip) => SocketAddr::new(ip.to_ipv6_mapped().into(), address.port()),
        IpAddr::V6(_) => address,
    }
}

fn segment(
    connection: &Connection,
    from_server: bool,
    [sequence, acknowledged]: [u32; 2],
    flags: &str,
    payload: &[u8],
) -> Vec<u8> {
    let (from, to) = ends(connection, from_server);
    let mut header = TcpHeader::new(from.port(), to.port(), sequence, u16::MAX);
    (header.syn, header.fin, header.rst) = (flags.contains('S'), flags.contains('F'), flags.contains('R'));
    (header.ack, header.psh) = (flags.contains('A'), !payload.is_empty());
    header.acknowledgment_number = if header.ack { acknowledged } else { 0 };
    let mut packet = Vec::new();
    // Writing cannot fail, because the maximum payload fits into a packet.
    let _ = match (from.ip(), to.ip()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            PacketBuilder::ipv4(from.octets(), to.octets(), 64).tcp_header(header).write(&mut packet, payload)
        }
        (from, to) => {
            PacketBuilder::ipv6(octets(from), octets(to), 64).tcp_header(header).write(&mut packet, payload)
        }
    };
    packet
}

fn datagram(connection: &Connection, from_server: bool, payload: &[u8]) -> Vec<u8> {
    let (from, to) = ends(connection, from_server);
    let mut packet = Vec::new();
    // Writing cannot fail, because the payload arrived as a datagram and so fits into one.
    let _ = match (from.ip(), to.ip()) {
        (IpAddr::V4(source), IpAddr::V4(target)) => PacketBuilder::ipv4(source.octets(), target.octets(), 64)
            .udp(from.port(), to.port())
            .write(&mut packet, payload),
        (source, target) => PacketBuilder::ipv6(octets(source), octets(target), 64)
            .udp(from.port(), to.port())
            .write(&mut packet, payload),
    };
    packet
}

fn octets(address: IpAddr) -> [u8; 16] {
    match address {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}
