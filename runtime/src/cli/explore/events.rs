//! Reporting of new frames to the page, as server-sent events.
//!
//! The server buffers nothing for a slow page. When the page reads again, it receives the frames
//! that are still stored.

use std::format;
use std::string::String;
use std::sync::Arc;
use std::vec::Vec;

use bytes::Bytes;
use http_body_util::{BodyExt as _, channel::Channel};
use hyper::StatusCode;
use serde_json::{Value, json};

use super::super::traffic::Direction;
use super::Explorer;
use super::answer::{self, Answer};
use super::line::State;
use super::search::Search;
use super::store::{Counts, Entry};

/// The maximum number of frames examined for one event.
const FRAMES: usize = 1000;

/// Sends the stored frames that match a search, from the frame with number `from` on, and then new
/// frames for as long as the page listens.
pub(super) fn events(explorer: &Arc<Explorer>, search: Search, from: u64) -> Answer {
    let (mut out, body) = Channel::<Bytes>::new(2);
    let explorer = Arc::clone(explorer);
    tokio::spawn(async move {
        let (search, mut next) = (Arc::new(search), from);
        let mut news = explorer.store.news();
        loop {
            news.mark_unchanged();
            let (entries, counts) = explorer.store.from(next, FRAMES);
            let is_behind = entries.len() == FRAMES;
            next = entries.last().map_or(next, |entry| entry.id + 1);
            let (search, line) = (Arc::clone(&search), explorer.line.state());
            let told = move || event(&search, &entries, counts, line, next);
            let Ok(event) = tokio::task::spawn_blocking(told).await else { return };
            if out.send_data(event.into()).await.is_err() {
                return;
            }
            if !is_behind && news.changed().await.is_err() {
                return;
            }
        }
    });
    answer::of(StatusCode::OK, "text/event-stream", body.boxed_unsync())
}

fn event(search: &Search, entries: &[Arc<Entry>], counts: Counts, line: State, next: u64) -> String {
    let found = entries.iter().filter(|entry| search.finds(entry)).map(|entry| row(entry));
    let data = json!({
        "frames": found.collect::<Vec<Value>>(), "first": counts.first, "kept": counts.kept, "dropped": counts.dropped,
        "line": { "to": line.to, "ended": line.ended },
    });
    format!("id: {next}\ndata: {data}\n\n")
}

fn row(entry: &Entry) -> Value {
    let record = &entry.record;
    let way = match record.direction {
        Direction::ToServer => "up",
        Direction::FromServer => "down",
        Direction::Unknown => "",
    };
    json!({
        "id": entry.id, "time": record.time.map(|time| format!("{time}")).unwrap_or_default(),
        "connection": record.connection.id, "peers": format!("{} - {}", record.connection.client, record.connection.server),
        "way": way, "type": record.kind.name, "len": record.bytes.len(), "summary": entry.summary, "fault": entry.fault,
        "own": entry.is_own,
    })
}
