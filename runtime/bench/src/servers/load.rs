//! The load: connections that each keep a number of messages in flight. One thread drives them over
//! epoll.
//!
//! Every receipt is compared with the expected one, byte for byte.

use std::collections::VecDeque;
use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use clap::Args;
use framewright::prelude::*;
use hdrhistogram::Histogram;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use super::message::{Message, Receipt};
use super::process::{Processor, pin, processor_time};

/// The load on a server.
#[derive(Debug, Clone, Args)]
pub(crate) struct Load {
    /// The server's address.
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// The process of the server, whose processor time is measured.
    #[arg(long)]
    pub(crate) server: u32,
    #[arg(long)]
    pub(crate) connections: usize,
    #[arg(long)]
    pub(crate) in_flight: usize,
    /// The size of a message's body in bytes.
    #[arg(long)]
    pub(crate) body: usize,
    /// The time in milliseconds for which the load is measured.
    #[arg(long)]
    pub(crate) millis: u64,
}

/// The results of a load.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    pub(crate) frames_per_second: f64,
    /// The server's processor time for a million frames, in seconds.
    pub(crate) processor: f64,
    /// The time from a message's write to its receipt, in microseconds: the median, the 99th and
    /// the 99.9th percentile.
    pub(crate) latency: [f64; 3],
}

impl Load {
    /// Returns the arguments for a process that runs this load.
    pub(super) fn arguments(&self) -> Vec<String> {
        let Self { address, server, connections, in_flight, body, millis } = self;
        vec![
            format!("--address={address}"),
            format!("--server={server}"),
            format!("--connections={connections}"),
            format!("--in-flight={in_flight}"),
            format!("--body={body}"),
            format!("--millis={millis}"),
        ]
    }

    /// Runs the load in this process.
    ///
    /// # Errors
    /// Returns an error if a connection fails, or an answer is not the expected receipt.
    pub(crate) fn run(&self) -> io::Result<Report> {
        pin(Processor::Last)?;
        let mut poll = Poll::new()?;
        let mut peers = Vec::with_capacity(self.connections);
        for index in 0..self.connections {
            let stream = std::net::TcpStream::connect(self.address)?;
            stream.set_nodelay(true)?;
            stream.set_nonblocking(true)?;
            let mut peer = Peer::new(TcpStream::from_std(stream), self)?;
            poll.registry().register(
                &mut peer.stream,
                Token(index),
                Interest::READABLE | Interest::WRITABLE,
            )?;
            peers.push(peer);
        }
        let mut run = Run { peers, events: Events::with_capacity(1024), latency: None, frames: 0 };
        // Buffers grow and caches fill before the measurement begins.
        run.until(&mut poll, Instant::now() + Duration::from_millis(self.millis / 4))?;

        run.frames = 0;
        run.latency = Some(Histogram::new_with_max(LONGEST, 3).map_err(io::Error::other)?);
        let busy = processor_time(self.server)?;
        let start = Instant::now();
        run.until(&mut poll, start + Duration::from_millis(self.millis))?;
        let elapsed = start.elapsed();
        let busy = Duration::from_nanos(processor_time(self.server)? - busy);

        let latency = run.latency.ok_or_else(|| io::Error::other("no latencies"))?;
        let micros = |quantile| Duration::from_nanos(latency.value_at_quantile(quantile)).as_secs_f64() * 1e6;
        let frames = f64::from(run.frames);
        Ok(Report {
            frames_per_second: frames / elapsed.as_secs_f64(),
            processor: busy.as_secs_f64() / frames * 1e6,
            latency: [micros(0.5), micros(0.99), micros(0.999)],
        })
    }
}

impl Report {
    /// Returns the report as a line, which one process prints for another.
    pub(crate) fn print(&self) -> String {
        let [p50, p99, p999] = self.latency;
        format!("{} {} {p50} {p99} {p999}", self.frames_per_second, self.processor)
    }

    pub(super) fn parse(line: &str) -> Option<Self> {
        let numbers =
            line.split_whitespace().map(|number| number.parse().ok()).collect::<Option<Vec<f64>>>()?;
        let [frames_per_second, processor, p50, p99, p999] = *numbers.first_chunk()?;
        Some(Self { frames_per_second, processor, latency: [p50, p99, p999] })
    }
}

struct Run {
    peers: Vec<Peer>,
    events: Events,
    /// The latencies in nanoseconds, once the measurement has begun.
    latency: Option<Histogram<u64>>,
    frames: u32,
}

impl Run {
    fn until(&mut self, poll: &mut Poll, end: Instant) -> io::Result<()> {
        loop {
            let now = Instant::now();
            if now >= end {
                return Ok(());
            }
            poll.poll(&mut self.events, Some(end - now))?;
            for event in &self.events {
                let Token(index) = event.token();
                if let Some(peer) = self.peers.get_mut(index) {
                    self.frames += peer.turn(self.latency.as_mut())?;
                }
            }
        }
    }
}

/// A connection of the load.
struct Peer {
    stream: TcpStream,
    /// The message, repeated as often as messages may be in flight.
    messages: Vec<u8>,
    message_len: usize,
    receipts: Vec<u8>,
    /// The number of bytes that are still to be written. They are the end of `messages`.
    due: usize,
    /// The number of bytes of an incomplete receipt at the end of the last read.
    partial: usize,
    /// For each write, its time and the number of its messages.
    sent: VecDeque<(Instant, usize)>,
}

/// The maximum latency that is recorded, in nanoseconds: ten seconds. Longer latencies are recorded
/// as this one.
const LONGEST: u64 = 10_000_000_000;

/// The size of a read in bytes.
const READ: usize = 64 * 1024;

impl Peer {
    fn new(stream: TcpStream, load: &Load) -> io::Result<Self> {
        let message =
            Message { sender: 10_000_000, receiver: 10_000_001, kind: 1, body: vec![b'x'; load.body] };
        let receipt = Receipt::of(message.sender, message.receiver, message.kind, &message.body).bytes();
        let message = message.to_vec().map_err(io::Error::other)?;
        Ok(Self {
            stream,
            message_len: message.len(),
            due: message.len() * load.in_flight,
            messages: message.repeat(load.in_flight),
            receipts: receipt.repeat(READ / Receipt::LEN + 2),
            partial: 0,
            sent: VecDeque::new(),
        })
    }

    /// Writes the messages that are due and reads the receipts that have arrived. Returns the
    /// number of receipts.
    fn turn(&mut self, mut latency: Option<&mut Histogram<u64>>) -> io::Result<u32> {
        let mut buffer = [0; READ];
        let mut receipts = 0;
        loop {
            self.write()?;
            let read = match self.stream.read(&mut buffer) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(receipts),
                Err(error) => return Err(error),
            };
            let expected = self.receipts.get(self.partial..self.partial + read);
            if expected != buffer.get(..read) {
                return Err(io::Error::other("unexpected bytes in place of a receipt"));
            }
            let whole = (self.partial + read) / Receipt::LEN;
            self.partial = (self.partial + read) % Receipt::LEN;
            self.note(whole, latency.as_deref_mut());
            self.due += whole * self.message_len;
            receipts += u32::try_from(whole).map_err(io::Error::other)?;
        }
    }

    fn write(&mut self) -> io::Result<()> {
        let before = self.due;
        while self.due > 0 {
            // The bytes still to be written are the end of `messages`, so each write continues at
            // the end of the previous write.
            let start = self.messages.len() - self.due;
            match self.stream.write(&self.messages[start..]) {
                Ok(written) => self.due -= written,
                Err(error) if error.kind() == ErrorKind::WouldBlock => break,
                Err(error) => return Err(error),
            }
        }
        let messages = before.div_ceil(self.message_len) - self.due.div_ceil(self.message_len);
        if messages > 0 {
            self.sent.push_back((Instant::now(), messages));
        }
        Ok(())
    }

    /// Records the latencies of the oldest messages.
    fn note(&mut self, mut receipts: usize, mut latency: Option<&mut Histogram<u64>>) {
        let now = Instant::now();
        while receipts > 0 {
            let Some((at, messages)) = self.sent.front_mut() else { return };
            let these = receipts.min(*messages);
            if let Some(latency) = latency.as_deref_mut() {
                let nanoseconds = u64::try_from((now - *at).as_nanos()).unwrap_or(u64::MAX);
                latency.saturating_record_n(nanoseconds, u64::try_from(these).unwrap_or(u64::MAX));
            }
            receipts -= these;
            *messages -= these;
            if *messages == 0 {
                self.sent.pop_front();
            }
        }
    }
}
