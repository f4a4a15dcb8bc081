//! A test that kills the server at random moments while it is busy.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread;
use std::time::Duration;

use super::{Token, hello, msg, serve, taken};
use crate::support::{Folder, patient};

const SENDERS: [u32; 3] = [11, 12, 13];
const RECEIVER: u32 = 2;

/// The maximum number of messages without a receipt.
const WINDOW: u64 = 16;

fn token(name: u32) -> Token {
    let mut token = [7; 16];
    token[..4].copy_from_slice(&name.to_be_bytes());
    token
}

/// Reads a reply. Returns `None` once the server is dead.
fn read(peer: &mut TcpStream) -> Option<(u32, u8, Vec<u8>)> {
    let mut head = [0; 9];
    peer.read_exact(&mut head).ok()?;
    let number = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
    let mut body = vec![0; number(5).try_into().unwrap()];
    peer.read_exact(&mut body).ok()?;
    Some((number(0), head[4], body))
}

/// Sends a hello. Returns the connection and the two numbers in the answer: how many messages of
/// this client are stored, and the number of the next message for it.
fn greet(server: SocketAddr, name: u32, seen: u64) -> Option<(TcpStream, u64, u64)> {
    let mut peer = patient(TcpStream::connect(server).ok()?);
    peer.write_all(&hello(name, seen, token(name), "")).ok()?;
    let (sender, kind, body) = read(&mut peer)?;
    assert_eq!((sender, kind, body.len()), (0, 0, 16));
    let number = |at: usize| u64::from_be_bytes(body[at..at + 8].try_into().unwrap());
    Some((peer, number(0), number(8)))
}

/// Returns the body of the message with this number: 20 to 3,000 bytes.
fn body(sender: u32, number: u64) -> Vec<u8> {
    let len = 20 + usize::try_from(number * 577 % 2981).unwrap();
    let mut body = format!("{sender} {number:>16} ").into_bytes();
    body.resize(len.max(body.len()), b'.');
    body
}

/// The state of a sender across connections.
#[derive(Clone, Copy)]
struct Sender {
    name: u32,
    /// The number of messages sent at least once.
    sent: u64,
    /// The number of messages with a receipt.
    acknowledged: u64,
}

impl Sender {
    /// Sends messages as long as the server lives.
    fn load(&mut self, server: SocketAddr) -> Option<()> {
        let (mut peer, stored, _) = greet(server, self.name, 0)?;
        assert!(
            (self.acknowledged..=self.sent).contains(&stored),
            "a message with a receipt is missing, or an unsent one is stored"
        );
        self.acknowledged = stored;
        let mut next = stored;
        loop {
            while next < self.acknowledged + WINDOW {
                self.sent = self.sent.max(next + 1);
                peer.write_all(&msg(self.name, RECEIVER, 1, &body(self.name, next))).ok()?;
                next += 1;
            }
            let (sender, _, receipt) = read(&mut peer)?;
            if sender == self.name {
                assert_eq!(receipt, body(self.name, self.acknowledged));
                self.acknowledged += 1;
            }
        }
    }
}

/// The state of the receiver across connections.
#[derive(Clone, Default)]
struct Receiver {
    /// The receiver has seen all messages below this number.
    seen: u64,
    /// The number of messages seen from each sender.
    of: BTreeMap<u32, u64>,
}

impl Receiver {
    fn load(&mut self, server: SocketAddr, until: u64) -> Option<()> {
        let (mut peer, _, mut number) = greet(server, RECEIVER, self.seen)?;
        assert!(number <= self.seen, "numbers {}..{number} are lost", self.seen);
        while self.seen < until {
            let (sender, kind, found) = read(&mut peer)?;
            assert_eq!(kind, 1);
            // Messages with a lower number have been received before.
            if number >= self.seen {
                let next = self.of.entry(sender).or_default();
                assert_eq!(String::from_utf8(found), String::from_utf8(body(sender, *next)));
                *next += 1;
                self.seen += 1;
            }
            number += 1;
            // The receiver acknowledges only every fifth message.
            if number % 5 == 0 {
                peer.write_all(&taken(RECEIVER, number)).ok()?;
            }
        }
        Some(())
    }
}

#[test]
fn messages_with_a_receipt_survive() {
    let kills = std::env::var("FRAMEWRIGHT_KILLS").map_or(20, |kills| kills.parse().unwrap());
    let folder = Folder::new();
    let mut senders = SENDERS.map(|name| Sender { name, sent: 0, acknowledged: 0 });
    let mut receiver = Receiver::default();
    for kill in 0..kills {
        let mut server = serve(&folder, &[]);
        let due = Duration::from_millis(10 + kill * 37 % 90);
        thread::scope(|scope| {
            let address = server.address;
            senders.iter_mut().for_each(|sender| {
                scope.spawn(move || sender.load(address));
            });
            let receiver = &mut receiver;
            // In every third round, the receiver is not connected.
            if kill % 3 != 2 {
                scope.spawn(move || receiver.load(address, u64::MAX));
            }
            // The server is killed at a random time.
            thread::sleep(due);
            server.kill();
        });
    }
    let server = serve(&folder, &[]);
    let mut all = 0;
    for sender in &mut senders {
        let (_, stored, _) = greet(server.address, sender.name, 0).unwrap();
        assert!((sender.acknowledged..=sender.sent).contains(&stored));
        (sender.acknowledged, all) = (stored, all + stored);
    }
    assert!(all > kills, "the server had nothing to do");
    receiver.load(server.address, all).unwrap();
    for sender in senders {
        assert_eq!(receiver.of[&sender.name], sender.acknowledged);
    }
    println!("{kills} kills, {all} messages");
}
