//! Parsing of captured packets.

use std::format;
use std::net::{IpAddr, SocketAddr};
use std::string::String;
use std::vec::Vec;

use etherparse::{EtherType, LaxNetSlice, LaxSlicedPacket, TransportSlice};

/// A packet of a connection.
pub(super) struct Packet {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) carries: Carries,
    pub(super) payload: Vec<u8>,
    /// Number of bytes that are missing at the end of the payload.
    pub(super) cut: usize,
}

/// The transport protocol of a packet, with the properties of a segment.
#[derive(Clone, Copy)]
pub(super) enum Carries {
    Segment { sequence: u32, acknowledged: Option<u32>, syn: bool, fin: bool, reset: bool },
    Datagram,
}

/// The reason why a packet is left out.
pub(super) struct Unread(pub(super) String);

/// Parses a packet of this link type.
pub(super) fn packet(link: i32, data: &[u8], cut: usize) -> Result<Packet, Unread> {
    let sliced = slice(link, data)?;
    let Some(net) = &sliced.net else { return Err(left_out(&sliced, "packets of neither IPv4 nor IPv6")) };
    let (source, destination): (IpAddr, IpAddr) = match net {
        LaxNetSlice::Ipv4(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        LaxNetSlice::Ipv6(ip) => (ip.header().source_addr().into(), ip.header().destination_addr().into()),
        LaxNetSlice::Arp(_) => return Err(Unread("packets of neither IPv4 nor IPv6".into())),
    };
    let Some(ip) = net.ip_payload_ref() else { return Err(left_out(&sliced, "malformed packets")) };
    if ip.fragmented {
        return Err(Unread("fragments of IP packets, which are not reassembled".into()));
    }
    let (carries, ports, payload) = match &sliced.transport {
        Some(TransportSlice::Tcp(tcp)) => {
            let carries = Carries::Segment {
                sequence: tcp.sequence_number(),
                acknowledged: tcp.ack().then(|| tcp.acknowledgment_number()),
                syn: tcp.syn(),
                fin: tcp.fin(),
                reset: tcp.rst(),
            };
            (carries, (tcp.source_port(), tcp.destination_port()), tcp.payload())
        }
        Some(TransportSlice::Udp(udp)) => {
            (Carries::Datagram, (udp.source_port(), udp.destination_port()), udp.payload())
        }
        _ => return Err(left_out(&sliced, "packets of neither TCP nor UDP")),
    };
    Ok(Packet {
        from: SocketAddr::new(source, ports.0),
        to: SocketAddr::new(destination, ports.1),
        carries,
        payload: payload.to_vec(),
        // If the IP packet is complete, only padding after it is missing.
        cut: if ip.incomplete { cut } else { 0 },
    })
}

fn left_out(sliced: &LaxSlicedPacket<'_>, otherwise: &str) -> Unread {
    Unread(if sliced.stop_err.is_some() { "malformed packets".into() } else { otherwise.into() })
}

/// Splits a packet of this link type into its layers.
fn slice(link: i32, data: &[u8]) -> Result<LaxSlicedPacket<'_>, Unread> {
    let behind = |bytes: usize| data.get(bytes..).ok_or_else(|| Unread("malformed packets".into()));
    let ip = |data| LaxSlicedPacket::from_ip(data).map_err(|_| Unread("malformed packets".into()));
    let protocol = |at: usize| match data.get(at..at + 2) {
        Some([high, low]) => Ok(EtherType(u16::from_be_bytes([*high, *low]))),
        _ => Err(Unread("malformed packets".into())),
    };
    match link {
        // Ethernet.
        1 => LaxSlicedPacket::from_ethernet(data).map_err(|_| Unread("malformed packets".into())),
        // Loopback: the header is the address family in host or network order, and the IP header
        // has the version.
        0 | 108 => ip(behind(4)?),
        // IP without a link header.
        12 | 14 | 101 | 228 | 229 => ip(data),
        // Linux cooked, versions 1 and 2.
        113 => Ok(LaxSlicedPacket::from_ether_type(protocol(14)?, behind(16)?)),
        276 => Ok(LaxSlicedPacket::from_ether_type(protocol(0)?, behind(20)?)),
        other => Err(Unread(format!("packets of the unknown link type {other}"))),
    }
}
