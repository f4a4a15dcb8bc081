//! Tests of the chat on three nodes that share PostgreSQL and NATS. The test starts both services
//! itself, on free ports and in temporary folders.
#![cfg(all(feature = "nodes", unix))]

mod client;
mod services;
mod throughput;

use std::process::Command;

use crate::support::{Program, run};
use client::Client;
use services::{Nats, Postgres};

const CHAT: &str = env!("CARGO_BIN_EXE_chat");

/// Returns the number of clients: 150, or the value of `FRAMEWRIGHT_NAMES`, which `.ci/full` sets.
fn names() -> u32 {
    std::env::var("FRAMEWRIGHT_NAMES").map_or(150, |names| names.parse().expect("a number of names"))
}

fn node(postgres: &Postgres, nats: &Nats) -> Program {
    let mut command = Command::new(CHAT);
    command.args(["server", "--listen", "127.0.0.1:0", "--store", &postgres.url(), "--bus", &nats.url()]);
    Program::start(&mut command)
}

/// Every client sends a message to the next client, and must receive the message of the previous
/// client.
fn round(clients: &mut [Client], nodes: &[Program], number: usize) {
    let addresses: Vec<_> = nodes.iter().map(|node| node.address).collect();
    let names = u32::try_from(clients.len()).unwrap();
    for client in clients.iter_mut() {
        let to = client.name % names + 1;
        client.send(to, format!("{number} from {}", client.name), &addresses);
    }
    // Waits for all receipts first, because clients that lost their connection reconnect and send
    // their messages again only while they wait.
    clients.iter_mut().for_each(|client| client.settle(0, &addresses));
    for client in clients.iter_mut() {
        client.settle(number, &addresses);
        let from = (client.name + names - 2) % names + 1;
        let expected: Vec<_> = (1..=number).map(|number| (from, format!("{number} from {from}"))).collect();
        assert_eq!(client.inbox, expected, "{}", client.name);
    }
}

#[test]
fn three_nodes_lose_nothing() {
    let (Some(mut postgres), Some(mut nats)) = (Postgres::start(), Nats::start()) else { return };
    let mut nodes: Vec<_> = (0..3).map(|_| node(&postgres, &nats)).collect();
    let mut clients: Vec<_> = (1..=names()).map(Client::new).collect();
    round(&mut clients, &nodes, 1);

    // If a node dies, its names move to the other nodes.
    nodes[0].kill();
    round(&mut clients, &nodes, 2);

    // Without NATS, the nodes look for new messages in PostgreSQL every two seconds.
    nats.stop();
    round(&mut clients, &nodes, 3);

    // Without NATS, the nodes also notice in the store that a name has moved to another node.
    let [one, other] = [(); 2].map(|()| node(&postgres, &nats));
    let (mut old, mut new) = (Client::new(u32::MAX), Client::new(u32::MAX));
    old.connect(one.address).unwrap();
    new.connect(other.address).unwrap();
    old.expect_end();
    new.expect_served();
    drop((one, other));

    nats.go();
    round(&mut clients, &nodes, 4);

    postgres.stop();
    postgres.go();
    round(&mut clients, &nodes, 5);

    // Nodes that start later have all messages. There are several, because each accepts a limited
    // number of connections per address.
    let late: Vec<_> = (0..names().div_ceil(400)).map(|_| node(&postgres, &nats)).collect();
    drop(nodes);
    round(&mut clients, &late, 6);
}

#[test]
fn reports_services_that_cannot_be_reached() {
    let ended =
        run(CHAT, &["server", "--listen", "127.0.0.1:0", "--store", "postgres://nobody@127.0.0.1:1/x"]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("PostgreSQL: "), "{}", ended.stderr);
}
