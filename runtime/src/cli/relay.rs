//! The command `proxy`, which forwards connections to a server and shows the frames.

use std::collections::HashMap;
use std::format;
use std::fs::File;
use std::io::Write;
use std::string::{String, ToString as _};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread;
use std::vec::Vec;

use super::capture::Recorder;
use super::command::owned;
use super::filter::Filter;
use super::frames::Kind;
use super::interrupt::Interrupt;
use super::note;
use super::print::{Printer, Style};
use super::proxy::{Accept, Connect, Proxy, Tap};
use super::side::{ClientTls, ServerTls};
use super::traffic::{Direction, Event, Happened, Traffic};
use crate::error::{Error, Result};

/// The maximum number of events that wait to be printed.
const QUEUE: usize = 1024;

/// The options of `proxy`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The address for clients, as HOST:PORT
    #[arg(value_name = "LISTEN")]
    listen: String,
    /// The server, as HOST:PORT
    #[arg(value_name = "UPSTREAM")]
    upstream: String,
    /// Print lines of JSON
    #[arg(long)]
    json: bool,
    /// Only show frames of this type, or with this field or value
    #[arg(long, value_name = "TYPE|FIELD|FIELD=VALUE", value_parser = Filter::parse)]
    only: Vec<Filter>,
    /// Record the traffic in a capture that Wireshark can read
    #[arg(long, value_name = "FILE.pcapng")]
    record: Option<String>,
    /// The type of the frames in both directions
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
    #[command(flatten)]
    client_tls: ClientTls,
    #[command(flatten)]
    server_tls: ServerTls,
}

impl Options {
    pub(super) fn run(self, kinds: &[Kind], out: &mut impl Write, colored: bool) -> Result<()> {
        let kinds = owned(kinds, self.name.as_deref())?;
        let style = Style { json: self.json, colored, headed: true };
        let recorder = self.record.as_deref().map(recorder).transpose()?;
        let connect = self.server_tls.connect(&self.upstream)?;
        let tap = start(self.listen, self.client_tls.accept()?, connect)?;
        let events = taken(tap, recorder)?;
        let mut printer = Printer::new(out, style);
        let mut traffic = Traffic::new(kinds);
        for event in events {
            match &event.happened {
                Happened::Missing(bytes) => {
                    note(&format!("{bytes} bytes are not shown: the output is too slow"))
                }
                Happened::End(Some(why)) => note(&format!("connection {}: {why}", event.connection.id)),
                _ => {}
            }
            for record in traffic.take(event) {
                printer.print_of(&self.only, &record)?;
            }
        }
        for record in traffic.finish(None) {
            printer.print_of(&self.only, &record)?;
        }
        note(&printer.summary());
        Ok(())
    }
}

fn recorder(name: &str) -> Result<Recorder<File>> {
    let recorder = File::create(name).and_then(Recorder::new);
    recorder.map_err(|error| Error::other(format!("`{name}` cannot be written: {error}")))
}

/// Runs a proxy in its own thread until Ctrl-C, so that output never slows it down. The thread is
/// also needed because the caller may be in a tokio runtime, in which another runtime cannot be
/// started.
fn start(listen: String, accept: Accept, connect: Connect) -> Result<Tap> {
    let (bound, outcome) = sync_channel(1);
    let run = move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        let upstream = connect.address.clone();
        let started = runtime.map_err(Error::Io).and_then(|runtime| {
            let (proxy, tap) = runtime.block_on(Proxy::bind(&listen, accept, connect))?;
            let interrupt = runtime.block_on(async { Interrupt::new() })?;
            Ok((runtime, proxy, tap, interrupt))
        });
        let (runtime, proxy, mut interrupt) = match started {
            Ok((runtime, proxy, tap, interrupt)) => {
                note(&format!("listening on {}, forwarding to {upstream}; Ctrl-C stops it", proxy.address()));
                let _ = bound.send(Ok(tap));
                (runtime, proxy, interrupt)
            }
            Err(error) => {
                let _ = bound.send(Err(error));
                return;
            }
        };
        runtime.block_on(async {
            tokio::select! {
                () = proxy.run() => {}
                () = interrupt.heard() => {}
            }
        });
    };
    thread::Builder::new().name("proxy".to_string()).spawn(run).map_err(Error::Io)?;
    outcome.recv().map_err(|_| Error::Closed)?
}

/// Returns the events to be printed. They are taken from the tap in a separate thread, which also
/// records them, so that events which cannot be printed in time are still recorded.
fn taken(mut tap: Tap, mut recorder: Option<Recorder<File>>) -> Result<Receiver<Event>> {
    let (events, printed) = sync_channel(QUEUE);
    let run = move || {
        let mut queue = Queue { events, left_out: HashMap::new() };
        while let Some(event) = tap.wait() {
            if let Some(error) = recorder.as_mut().and_then(|recorder| recorder.add(&event).err()) {
                note(&format!("the recording ends here: {error}"));
                recorder = None;
            }
            if !queue.put(event) {
                break;
            }
        }
    };
    thread::Builder::new().name("record".to_string()).spawn(run).map_err(Error::Io)?;
    Ok(printed)
}

/// A queue of events to be printed. Events are left out if the queue is full.
struct Queue {
    events: SyncSender<Event>,
    /// For each stream, the number of bytes that were left out and are not reported yet.
    left_out: HashMap<(u64, Direction), u64>,
}

impl Queue {
    /// Queues an event, or leaves it out if the queue is full. Returns `false` if the receiver does
    /// not exist any more.
    fn put(&mut self, event: Event) -> bool {
        let key = (event.connection.id, event.direction);
        if let Some(bytes) = self.left_out.get(&key).copied() {
            match self.events.try_send(Event { happened: Happened::Missing(bytes), ..event.clone() }) {
                Ok(()) => self.left_out.remove(&key),
                Err(TrySendError::Full(_)) => return self.leave_out(event),
                Err(TrySendError::Disconnected(_)) => return false,
            };
        }
        match self.events.try_send(event) {
            Ok(()) => true,
            Err(TrySendError::Full(event)) => self.leave_out(event),
            Err(TrySendError::Disconnected(_)) => false,
        }
    }

    fn leave_out(&mut self, event: Event) -> bool {
        let bytes = match &event.happened {
            Happened::Bytes(bytes) => u64::try_from(bytes.len()).unwrap_or_default(),
            Happened::Missing(bytes) => *bytes,
            // The end of a stream is never left out, so this waits for room.
            Happened::End(_) => {
                let missing = self.left_out.remove(&(event.connection.id, event.direction));
                let missing =
                    missing.map(|bytes| Event { happened: Happened::Missing(bytes), ..event.clone() });
                return missing.into_iter().chain([event]).all(|event| self.events.send(event).is_ok());
            }
            Happened::Opened | Happened::Datagram(_) => return true,
        };
        *self.left_out.entry((event.connection.id, event.direction)).or_default() += bytes;
        true
    }
}
