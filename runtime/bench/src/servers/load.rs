//! The load: connections that each keep so many messages in flight, driven by one thread over epoll.
//!
//! Every receipt is compared with what it should be, byte for byte.

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

/// What a server is put under.
#[derive(Debug, Clone, Args)]
pub(crate) struct Load {
    /// The server's address.
    #[arg(long)]
    pub(crate) address: SocketAddr,
    /// The server's process, for its processor time.
    #[arg(long)]
    pub(crate) server: u32,
    #[arg(long)]
    pub(crate) connections: usize,
    #[arg(long)]
    pub(crate) in_flight: usize,
    /// The bytes of a message's body.
    #[arg(long)]
    pub(crate) body: usize,
    /// How long it is measured.
    #[arg(long)]
    pub(crate) millis: u64,
}

/// What came of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Report {
    pub(crate) frames_per_second: f64,
    /// Seconds of the server's processor that a million frames take.
    pub(crate) processor: f64,
    /// Microseconds from a message's write to its receipt: the median, then of the slowest 1 % and 0.1 % the fastest.
    pub(crate) latency: [f64; 3],
}

impl Load {
    /// Returns the arguments of a process that is this load.
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

    /// What the process of a load does.
    ///
    /// # Errors
    /// When a connection fails, or something comes back that is no receipt.
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
        // Buffers grow and caches fill before anything counts.
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
    /// Returns the line by which one process tells another.
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
    /// Nanoseconds, once it counts.
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

/// One connection.
struct Peer {
    stream: TcpStream,
    /// A message, as often as there may be in flight.
    messages: Vec<u8>,
    message_len: usize,
    receipts: Vec<u8>,
    /// The place in `messages` that was written up to, and how many of its bytes are still due.
    due: usize,
    /// The bytes of a receipt that came at the end of the last read.
    partial: usize,
    /// When messages were written, and how many at once.
    sent: VecDeque<(Instant, usize)>,
}

/// The longest latency that is told from longer ones, in nanoseconds: ten seconds.
const LONGEST: u64 = 10_000_000_000;

/// Room for a read.
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

    /// Writes what is due and reads what is there; says how many receipts that was.
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
                return Err(io::Error::other("something came back that is no receipt"));
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
            // What is due is a suffix of the messages, so every write goes on where the last one stopped.
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

    /// Records how long the oldest messages took.
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
