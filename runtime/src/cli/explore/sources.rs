//! What brings frames: inputs that are opened, and connections that are passed on.

use std::format;
use std::string::String;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use super::super::input::Input;
use super::super::proxy::Tap;
use super::super::traffic::{Connection, Time, Traffic};
use super::Explorer;
use crate::error::{Error, Result};

/// Adds the frames of an input, to its end; what is to be said of it.
pub(super) fn read(explorer: &Explorer, mut input: Input) -> String {
    let is_capture = input.is_capture();
    let mut traffic = Traffic::new(explorer.kinds.clone());
    // What is no capture is one stream, and others are told apart from it.
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

/// Adds what passes through a proxy, for as long as that runs.
pub(super) fn follow(explorer: &Explorer, mut tap: Tap) {
    let mut traffic = Traffic::new(explorer.kinds.clone());
    while let Some(event) = tap.wait() {
        explorer.store.add(traffic.take(event), false);
    }
    explorer.store.add(traffic.finish(Some(Time::now())), false);
}

/// Does something on a thread of its own, which ends with the program.
pub(super) fn aside<T>(work: impl FnOnce() -> T + Send + 'static) -> Result<()> {
    let work = move || drop(work());
    std::thread::Builder::new().name(String::from("frames")).spawn(work).map(drop).map_err(Error::Io)
}
