//! Running the load: the connections, their requests and their replies.

use std::boxed::Box;
use std::cell::RefCell;
use std::collections::VecDeque;
use std::format;
use std::io;
use std::rc::Rc;
use std::string::{String, ToString as _};
use std::time::Duration;
use std::vec::Vec;

use bytes::{Buf as _, BytesMut};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, ReadHalf, WriteHalf, split};
use tokio::task::LocalSet;
use tokio::time::{Instant, interval, sleep, sleep_until};

use super::tally::Tally;
use crate::cli::frames::Kind;
use crate::cli::interrupt::Interrupt;
use crate::cli::side::{Connect, Io};
use crate::error::Result;
use crate::stream::{Framer, Taken};

/// The time to wait for replies after the last request.
const GRACE: Duration = Duration::from_secs(1);

/// The time to wait before a failed connection is replaced.
const PAUSE: Duration = Duration::from_millis(50);

/// The maximum number of bytes of requests that wait to be written.
const MOST_WAITING: usize = 64 * 1024;

/// What is sent, where to, and for how long.
pub(super) struct Load {
    pub(super) requests: Vec<Vec<u8>>,
    pub(super) reply: Kind,
    pub(super) connect: Connect,
    pub(super) connections: u32,
    pub(super) in_flight: u32,
    pub(super) rate: Option<f64>,
    pub(super) lasting: Duration,
}

/// The results of all connections.
type Shared = Rc<RefCell<Tally>>;

impl Load {
    /// Sends requests until the time is over.
    pub(super) async fn run(self) -> Result<Tally> {
        let mut interrupt = Interrupt::new()?;
        let tally = Rc::new(RefCell::new(Tally::new()?));
        let load = Rc::new(self);
        let start = Instant::now();
        let end = start + load.lasting;
        let local = LocalSet::new();
        for index in 0..load.connections {
            let (load, tally) = (Rc::clone(&load), Rc::clone(&tally));
            local.spawn_local(async move { load.connection(index, start, end, &tally).await });
        }
        tokio::select! {
            () = local => {}
            () = progress(&tally, start, load.lasting) => {}
            () = interrupt.heard() => {}
        }
        let mut tally = tally.replace(Tally::new()?);
        tally.took = start.elapsed().min(load.lasting);
        Ok(tally)
    }

    /// Runs one connection, and its replacements if it fails.
    async fn connection(&self, index: u32, start: Instant, end: Instant, tally: &Shared) {
        let mut pace = self.pace(index, start);
        let mut next = usize::try_from(index).unwrap_or_default();
        while Instant::now() < end {
            let io = tokio::select! {
                io = self.connect.connect() => io,
                () = sleep_until(end) => return,
            };
            let outcome = match io {
                Ok(io) => Conversation::new(self, io, end, tally).hold(&mut pace, &mut next).await,
                Err(error) => Err((error, 1)),
            };
            let Err((error, unanswered)) = outcome else { return };
            tally.borrow_mut().error(said(&error), unanswered.max(1));
            sleep(PAUSE).await;
        }
    }

    /// Returns when the requests of a connection are due, or `None` if the user gave no rate.
    fn pace(&self, index: u32, start: Instant) -> Option<Pace> {
        let between = f64::from(self.connections) / self.rate?;
        let between = Duration::try_from_secs_f64(between).unwrap_or(Duration::MAX);
        let offset = between / self.connections * index;
        Some(Pace { next: start.checked_add(offset)?, between })
    }
}

/// The times when the requests of a connection are due.
struct Pace {
    next: Instant,
    between: Duration,
}

/// The state of a connection.
struct Conversation<'l> {
    load: &'l Load,
    tally: &'l Shared,
    from: ReadHalf<Box<dyn Io>>,
    to: WriteHalf<Box<dyn Io>>,
    framer: Framer,
    out: BytesMut,
    /// The time when each pending request was due.
    due: VecDeque<Instant>,
    end: Instant,
}

impl<'l> Conversation<'l> {
    fn new(load: &'l Load, io: Box<dyn Io>, end: Instant, tally: &'l Shared) -> Self {
        let (from, to) = split(io);
        let (framer, out, due) = (Framer::new(), BytesMut::new(), VecDeque::new());
        Self { load, tally, from, to, framer, out, due, end }
    }

    /// Sends requests and receives replies until the time is over. An error is returned together
    /// with the number of requests that have no reply.
    async fn hold(
        mut self,
        pace: &mut Option<Pace>,
        next: &mut usize,
    ) -> std::result::Result<(), (io::Error, u64)> {
        let outcome = self.talk(pace, next).await;
        let unanswered = u64::try_from(self.due.len()).unwrap_or(u64::MAX);
        match outcome {
            Ok(()) if unanswered > 0 => {
                let error = io::Error::new(io::ErrorKind::TimedOut, "requests without a reply at the end");
                self.tally.borrow_mut().error(said(&error), unanswered);
                Ok(())
            }
            outcome => outcome.map_err(|error| (error, unanswered)),
        }
    }

    async fn talk(&mut self, pace: &mut Option<Pace>, next: &mut usize) -> io::Result<()> {
        loop {
            let is_over = Instant::now() >= self.end;
            if is_over && self.due.is_empty() {
                return Ok(());
            }
            let wake = if is_over { self.end + GRACE } else { self.fill(pace, next) };
            if is_over && Instant::now() >= wake {
                return Ok(());
            }
            tokio::select! {
                biased;
                read = self.from.read_buf(self.framer.room()) => {
                    if read? == 0 {
                        return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the server has closed the connection"));
                    }
                    self.replies()?;
                }
                written = self.to.write(&self.out), if !self.out.is_empty() => {
                    self.out.advance(written?);
                    self.to.flush().await?;
                }
                () = sleep_until(wake) => {}
            }
        }
    }

    /// Queues the requests that are due while the out-buffer has room. Returns when to call this
    /// again.
    fn fill(&mut self, pace: &mut Option<Pace>, next: &mut usize) -> Instant {
        let most = usize::try_from(self.load.in_flight).unwrap_or(usize::MAX);
        let now = Instant::now();
        let mut tally = self.tally.borrow_mut();
        while self.due.len() < most && self.out.len() < MOST_WAITING {
            let due = match pace {
                Some(pace) if pace.next > now => return pace.next.min(self.end),
                Some(pace) => {
                    let due = pace.next;
                    pace.next = due.checked_add(pace.between).unwrap_or(self.end);
                    due
                }
                None => now,
            };
            let Some(request) = self.load.requests.get(*next % self.load.requests.len().max(1)) else {
                break;
            };
            *next = next.wrapping_add(1);
            self.out.extend_from_slice(request);
            self.due.push_back(due);
            tally.sent += 1;
            tally.sent_bytes += u64::try_from(request.len()).unwrap_or_default();
        }
        self.end
    }

    /// Takes the replies received so far. Each one answers the oldest pending request.
    fn replies(&mut self) -> io::Result<()> {
        let now = Instant::now();
        let mut tally = self.tally.borrow_mut();
        loop {
            let Taken { frame, .. } = (self.load.reply.take)(&mut self.framer);
            let malformed = |text: String| io::Error::new(io::ErrorKind::InvalidData, text);
            let Some(frame) = frame.map_err(|error| malformed(format!("malformed reply: {error}")))? else {
                return Ok(());
            };
            tally.received_bytes += u64::try_from(frame.len()).unwrap_or_default();
            match self.due.pop_front() {
                Some(due) => tally.reply(now.saturating_duration_since(due)),
                None => tally.error("unsolicited frames".to_string(), 1),
            }
        }
    }
}

/// Returns the text of an error. Errors with the same text are counted together.
fn said(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => "connection refused".into(),
        io::ErrorKind::ConnectionReset | io::ErrorKind::BrokenPipe => "connection reset".into(),
        _ => error.to_string(),
    }
}

/// Shows the progress on a terminal.
async fn progress(tally: &Shared, start: Instant, lasting: Duration) {
    let length = u64::try_from(lasting.as_millis()).unwrap_or(u64::MAX);
    let bar = ProgressBar::new(length);
    if let Ok(style) = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {msg}") {
        bar.set_style(style);
    }
    let mut ticks = interval(Duration::from_millis(200));
    let mut before = 0;
    loop {
        ticks.tick().await;
        let replies = tally.borrow().replies;
        bar.set_position(u64::try_from(start.elapsed().as_millis()).unwrap_or(length).min(length));
        bar.set_message(format!(
            "{} replies/s, {} errors",
            (replies - before) * 5,
            tally.borrow().errors.values().sum::<u64>()
        ));
        before = replies;
    }
}
