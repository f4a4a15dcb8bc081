//! Measures how many messages per second a single node and a group of three nodes store and
//! deliver. The test is ignored by default, because it only measures.

use std::net::SocketAddr;
use std::process::Command;
use std::thread;
use std::time::{Duration, Instant};

use super::client::Client;
use super::services::{Nats, Postgres};
use super::{CHAT, node};
use crate::support::Program;

/// The number of clients that write. Each has a receiver at another node.
const WRITERS: u32 = 32;

/// The number of messages that a writer sends before it waits for the receipts.
const WINDOW: usize = 16;

const TIME: Duration = Duration::from_secs(10);

/// Returns the number of messages per second that were stored, confirmed by a receipt, delivered
/// and acknowledged.
fn measured(nodes: &[Program], first: u32) -> usize {
    let addresses: Vec<SocketAddr> = nodes.iter().map(|node| node.address).collect();
    let began = Instant::now();
    let writers: Vec<_> = (0..WRITERS)
        .map(|number| {
            let nodes = addresses.clone();
            thread::spawn(move || {
                let (from, to) = (first + 2 * number, first + 2 * number + 1);
                let (mut writer, mut reader) = (Client::new(from), Client::new(to));
                let mut count = 0;
                while began.elapsed() < TIME {
                    for _ in 0..WINDOW {
                        writer.send(to, "x".repeat(100), &nodes);
                    }
                    writer.settle(0, &nodes);
                    count += WINDOW;
                    reader.settle(count, &nodes);
                }
                count
            })
        })
        .collect();
    let count: usize = writers.into_iter().map(|writer| writer.join().unwrap()).sum();
    count / usize::try_from(began.elapsed().as_secs()).unwrap()
}

#[test]
#[ignore = "it measures"]
fn messages_a_second() {
    let mut sqlite = Command::new(CHAT);
    let alone =
        [Program::start(sqlite.args(["server", "--listen", "127.0.0.1:0", "--store", "chat.sqlite"]))];
    println!("one node, SQLite: {} messages a second", measured(&alone, 1));
    drop(alone);
    let (Some(postgres), Some(nats)) = (Postgres::start(), Nats::start()) else { return };
    for (count, first) in [(1, 1), (3, 1001)] {
        let nodes: Vec<_> = (0..count).map(|_| node(&postgres, &nats)).collect();
        println!("{count} nodes, PostgreSQL and NATS: {} messages a second", measured(&nodes, first));
    }
}
