//! Reading captures (pcap and pcapng) as events, from a file or a live pipe.
//!
//! `pcap-parser` reads the blocks and `etherparse` the packets; this module reassembles streams
//! ([`stream`]) and distinguishes connections ([`flows`]). Memory is bounded for any capture:
//! [`MOST_BLOCK`] limits a block, and `flows` limits out-of-order segments and connections.

mod flows;
mod packet;
#[cfg(feature = "net")]
mod record;
mod stream;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::format;
use std::io::Read;
use std::string::String;
use std::vec::Vec;

use nom::error::ErrorKind;
use pcap_parser::pcapng::{Block, parse_block_be, parse_block_le};
use pcap_parser::traits::PcapNGPacketBlock as _;
use pcap_parser::{
    Linktype, PcapError, PcapHeader, parse_pcap_frame, parse_pcap_frame_be, parse_pcap_frame_modified,
    parse_pcap_header,
};

use self::flows::Flows;
use self::packet::{Unread, packet};
#[cfg(feature = "net")]
pub(super) use self::record::Recorder;
use super::traffic::{Event, Time};
use crate::error::{Error, Result};

/// The maximum size of a block.
const MOST_BLOCK: usize = 16 * 1024 * 1024;

/// The size of a pcapng block without content: its type, and its length twice.
const LEAST_BLOCK: u32 = 12;

/// The size of a read.
const READ: usize = 64 * 1024;

/// The maximum number of known interfaces in a section.
const MOST_INTERFACES: usize = 65_536;

/// The maximum number of different notes.
const MOST_NOTES: usize = 32;

/// The leading bytes of a section in a pcapng capture.
const SECTION: [u8; 4] = [0x0a, 0x0d, 0x0d, 0x0a];

/// The leading bytes of captures: pcap in either byte order, with micro- and nanoseconds, modified
/// pcap, and pcapng.
const MAGICS: [[u8; 4]; 6] = [
    [0xd4, 0xc3, 0xb2, 0xa1],
    [0xa1, 0xb2, 0xc3, 0xd4],
    [0x4d, 0x3c, 0xb2, 0xa1],
    [0xa1, 0xb2, 0x3c, 0x4d],
    [0x34, 0xcd, 0xb2, 0xa1],
    SECTION,
];

/// Returns `Some(true)` if this is the beginning of a capture, and `None` if `start` is too short
/// to decide.
pub(super) fn is_capture(start: &[u8]) -> Option<bool> {
    match start.get(..4) {
        Some(start) => Some(MAGICS.iter().any(|magic| magic == start)),
        None if MAGICS.iter().any(|magic| magic.starts_with(start)) => None,
        None => Some(false),
    }
}

/// A reader of a capture, which returns events.
pub(super) struct Capture<R> {
    reader: R,
    /// The bytes read so far, with the next block at `start`.
    buffer: Vec<u8>,
    start: usize,
    /// The offset of the next block in the capture.
    offset: u64,
    format: Option<Format>,
    interfaces: Vec<Interface>,
    flows: Flows,
    events: VecDeque<Event>,
    is_over: bool,
    failure: Option<Error>,
    /// Why packets were left out, with the number of such packets.
    notes: Vec<(String, u64)>,
}

enum Format {
    Legacy(PcapHeader),
    Ng { big_endian: bool },
}

/// An interface of a pcapng capture.
#[derive(Clone, Copy)]
struct Interface {
    link: Linktype,
    /// Number of time units per second.
    resolution: Option<u64>,
    /// Number of seconds to add to each time.
    offset: i64,
}

/// The content of a block.
enum Taken {
    /// A packet. `cut` bytes are missing at its end.
    Packet {
        time: Option<Time>,
        link: i32,
        data: Vec<u8>,
        cut: usize,
    },
    Other,
}

impl<R: Read> Capture<R> {
    /// Creates a reader of the capture that begins with the bytes `start` and continues with
    /// `reader`. If `port` is given, packets of other ports are ignored.
    pub(super) fn new(start: Vec<u8>, reader: R, port: Option<u16>) -> Self {
        Self {
            reader,
            buffer: start,
            start: 0,
            offset: 0,
            format: None,
            interfaces: Vec::new(),
            flows: Flows::new(port),
            events: VecDeque::new(),
            is_over: false,
            failure: None,
            notes: Vec::new(),
        }
    }

    /// Returns why packets were left out, with the number of such packets.
    pub(super) fn notes(&self) -> &[(String, u64)] {
        &self.notes
    }

    /// Returns the next event, or `None` at the end.
    ///
    /// # Errors
    /// Returns an error if the capture is malformed or truncated, after all earlier events.
    pub(super) fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.events.pop_front() {
                return Ok(Some(event));
            }
            if self.is_over {
                return self.failure.take().map_or(Ok(None), Err);
            }
            match self.block() {
                Ok(Some(Taken::Packet { time, link, data, cut })) => match packet(link, &data, cut) {
                    Ok(packet) => self.flows.take(time, packet, &mut self.events),
                    Err(Unread(why)) => self.note(why),
                },
                Ok(Some(Taken::Other)) => {}
                outcome => {
                    self.flows.finish(&mut self.events);
                    (self.is_over, self.failure) = (true, outcome.err());
                }
            }
        }
    }

    fn note(&mut self, why: String) {
        if let Some((_, count)) = self.notes.iter_mut().find(|(known, _)| *known == why) {
            *count += 1;
        } else if self.notes.len() < MOST_NOTES {
            self.notes.push((why, 1));
        }
    }

    /// Returns the next block, or `None` at the end.
    fn block(&mut self) -> Result<Option<Taken>> {
        loop {
            let input = self.buffer.get(self.start..).unwrap_or_default();
            let (taken, rest) = match parse(input, &mut self.format, &mut self.interfaces) {
                Ok((rest, taken)) => (taken, rest.len()),
                Err(nom::Err::Incomplete(_)) if input.len() < MOST_BLOCK => {
                    if self.read()? {
                        continue;
                    }
                    if self.start >= self.buffer.len() {
                        return Ok(None);
                    }
                    return Err(self.fault("is cut"));
                }
                Err(nom::Err::Incomplete(_)) => {
                    return Err(self.fault("is malformed, or has a block of more than 16 MiB"));
                }
                Err(_) => return Err(self.fault("is malformed")),
            };
            let len = input.len() - rest;
            self.start += len;
            self.offset = self.offset.saturating_add(u64::try_from(len).unwrap_or_default());
            return Ok(Some(taken));
        }
    }

    fn fault(&self, what: &str) -> Error {
        Error::other(format!("the capture {what} at byte {}", self.offset))
    }

    /// Reads more bytes. Returns `false` at the end.
    fn read(&mut self) -> Result<bool> {
        self.buffer.drain(..self.start);
        self.start = 0;
        let len = self.buffer.len();
        self.buffer.resize(len + READ, 0);
        let read = self.reader.read(self.buffer.get_mut(len..).unwrap_or_default());
        self.buffer.truncate(len + read.as_ref().map_or(0, |read| *read));
        Ok(read? > 0)
    }
}

type Parsed<'a, T> = nom::IResult<&'a [u8], T, PcapError<&'a [u8]>>;

fn parse<'a>(
    input: &'a [u8],
    format: &mut Option<Format>,
    interfaces: &mut Vec<Interface>,
) -> Parsed<'a, Taken> {
    match format {
        None if input.starts_with(&SECTION) => *format = Some(Format::Ng { big_endian: false }),
        None => {
            let (rest, header) = parse_pcap_header(input)?;
            *format = Some(Format::Legacy(header));
            return Ok((rest, Taken::Other));
        }
        Some(_) => {}
    }
    match format {
        Some(Format::Legacy(header)) => {
            let parse = match (header.is_bigendian(), header.is_modified_format()) {
                (true, _) => parse_pcap_frame_be,
                (false, true) => parse_pcap_frame_modified,
                (false, false) => parse_pcap_frame,
            };
            let (rest, packet) = parse(input)?;
            let unit = if header.is_nanosecond_precision() { 1 } else { 1000 };
            let nanos = u64::from(packet.ts_sec) * 1_000_000_000 + u64::from(packet.ts_usec) * unit;
            let taken = Taken::packet(Some(Time(nanos)), header.network, packet.data, packet.origlen);
            Ok((rest, taken))
        }
        Some(Format::Ng { big_endian }) => section(input, big_endian, interfaces),
        None => Ok((input, Taken::Other)),
    }
}

/// Parses a block of a pcapng capture.
fn section<'a>(input: &'a [u8], big_endian: &mut bool, interfaces: &mut Vec<Interface>) -> Parsed<'a, Taken> {
    // The parser does not check this for all types of blocks. The caller limits the size of a block, so
    // a wrong length does not make the reader wait for ever.
    if block_len(input, *big_endian).is_some_and(|len| len < LEAST_BLOCK) {
        return Err(nom::Err::Error(PcapError::NomError(input, ErrorKind::Verify)));
    }
    let (rest, block) = if *big_endian { parse_block_be(input) } else { parse_block_le(input) }?;
    let taken = match block {
        Block::SectionHeader(header) => {
            *big_endian = header.big_endian();
            interfaces.clear();
            Taken::Other
        }
        Block::InterfaceDescription(block) => {
            let (resolution, offset) = (block.ts_resolution(), block.if_tsoffset);
            // Interfaces beyond the limit are not recorded. Their packets are left out.
            if interfaces.len() < MOST_INTERFACES {
                interfaces.push(Interface { link: block.linktype, resolution, offset });
            }
            Taken::Other
        }
        Block::EnhancedPacket(packet) => {
            let index = usize::try_from(packet.if_id).unwrap_or(usize::MAX);
            match interfaces.get(index) {
                Some(interface) => {
                    let units = u64::from(packet.ts_high) << 32 | u64::from(packet.ts_low);
                    Taken::packet(interface.time(units), interface.link, packet.packet_data(), packet.origlen)
                }
                None => Taken::Other,
            }
        }
        Block::SimplePacket(packet) => match interfaces.first() {
            Some(interface) => Taken::packet(None, interface.link, packet.packet_data(), packet.origlen),
            None => Taken::Other,
        },
        _ => Taken::Other,
    };
    Ok((rest, taken))
}

/// Returns the length of a pcapng block, if it has been read.
fn block_len(block: &[u8], big_endian: bool) -> Option<u32> {
    let bytes = block.get(4..8)?.try_into().ok()?;
    Some(if big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
}

impl Taken {
    fn packet(time: Option<Time>, link: Linktype, data: &[u8], len: u32) -> Self {
        let len = usize::try_from(len).unwrap_or(usize::MAX);
        let cut = len.saturating_sub(data.len());
        Self::Packet { time, link: link.0, data: data.to_vec(), cut }
    }
}

impl Interface {
    fn time(&self, units: u64) -> Option<Time> {
        let (units, resolution) = (u128::from(units), u128::from(self.resolution?));
        let nanos = i128::try_from(units * 1_000_000_000 / resolution).ok()?;
        let nanos = nanos + i128::from(self.offset) * 1_000_000_000;
        u64::try_from(nanos).ok().map(Time)
    }
}
