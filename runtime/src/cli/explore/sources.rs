//! The sources of frames: opened inputs and forwarded connections.

use std::format;
use std::string::String;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::input::Input;
use super::super::proxy::Tap;
use super::super::traffic::{Connection, Time, Traffic};
use super::Explorer;
use crate::error::{Error, Result};

/// Adds all frames of an input to the store. Returns notes about the input.
pub(super) fn read(explorer: &Explorer, mut input: Input) -> String {
    let is_capture = input.is_capture();
    let mut traffic = Traffic::new(explorer.kinds.clone());
    // An input that is not a capture is one stream, and each such stream needs its own number.
    let number = explorer.inputs.fetch_add(1, Ordering::Relaxed) + 1;
    let stream = Arc::new(Connection { id: number, ..Connection::default() });
    let mut found = 0;
    let mut add = |records: std::vec::Vec<_>| {
        found += records.len();
        explorer.store.add(records, false);
    };
    let mut notes = std::vec::Vec::new();
    loop {
        match input.next() {
            Ok(Some(mut event)) => {
                if !is_capture {
                    event.connection = Arc::clone(&stream);
                }
                add(traffic.take(event));
            }
            Ok(None) => break,
            Err(error) => {
                notes.push(format!("{error}"));
                break;
            }
        }
    }
    add(traffic.finish(None));
    notes.extend(input.notes().iter().map(|(what, count)| format!("not shown: {count} {what}")));
    if found == 0 && notes.is_empty() {
        notes.push(String::from("there are no frames in it"));
    }
    notes.join("; ")
}

/// Adds the frames that a proxy forwards to the store, for as long as the proxy runs.
pub(super) fn follow(explorer: &Explorer, mut tap: Tap) {
    let mut traffic = Traffic::new(explorer.kinds.clone());
    while let Some(event) = tap.wait() {
        explorer.store.add(traffic.take(event), false);
    }
    explorer.store.add(traffic.finish(Some(Time::now())), false);
}

/// Runs work in its own thread. The thread ends with the program at the latest.
pub(super) fn aside<T>(work: impl FnOnce() -> T + Send + 'static) -> Result<()> {
    let work = move || drop(work());
    std::thread::Builder::new().name(String::from("frames")).spawn(work).map(drop).map_err(Error::Io)
}
