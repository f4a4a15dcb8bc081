//! A client that sends a hello and acknowledgements, and connects to another node when its node
//! fails.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::support::PATIENCE;

pub(crate) struct Client {
    pub(crate) name: u32,
    peer: Option<TcpStream>,
    /// The index of the node to which the client connected last.
    node: usize,
    stored: u64,
    pending: VecDeque<Vec<u8>>,
    number: u64,
    seen: u64,
    pub(crate) inbox: Vec<(u32, String)>,
}

impl Client {
    pub(crate) fn new(name: u32) -> Self {
        Self {
            name,
            peer: None,
            node: usize::try_from(name).unwrap(),
            stored: 0,
            pending: VecDeque::new(),
            number: 0,
            seen: 0,
            inbox: Vec::new(),
        }
    }

    fn msg(&self, receiver: u32, kind: u8, body: &[u8]) -> Vec<u8> {
        let len = u32::try_from(body.len()).unwrap();
        [&self.name.to_be_bytes()[..], &receiver.to_be_bytes(), &[kind], &len.to_be_bytes(), body].concat()
    }

    /// Connects and sends a hello. Then resends the messages that the server has not stored.
    pub(crate) fn connect(&mut self, node: SocketAddr) -> io::Result<()> {
        let mut peer = TcpStream::connect(node)?;
        peer.set_read_timeout(Some(PATIENCE))?;
        let mut token = [b'!'; 16];
        token[..4].copy_from_slice(&self.name.to_be_bytes());
        peer.write_all(&self.msg(0, 0, &[&self.seen.to_be_bytes()[..], &token, &[0]].concat()))?;
        let (sender, kind, body) = read(&mut peer)?;
        assert_eq!((sender, kind), (0, 0), "{}", String::from_utf8_lossy(&body));
        let number = |at: usize| u64::from_be_bytes(body[at..at + 8].try_into().unwrap());
        while self.stored < number(0) {
            self.stored += 1;
            self.pending.pop_front().unwrap();
        }
        self.number = number(8);
        assert!(self.number <= self.seen, "messages are lost");
        self.pending.iter().try_for_each(|message| peer.write_all(message))?;
        self.peer = Some(peer);
        Ok(())
    }

    /// Tries one node after another until one of them accepts the client.
    fn reconnect(&mut self, nodes: &[SocketAddr]) {
        self.peer = None;
        let due = Instant::now() + PATIENCE;
        while self.peer.is_none() {
            assert!(Instant::now() < due, "no node takes {}", self.name);
            self.node += 1;
            if self.connect(nodes[self.node % nodes.len()]).is_err() {
                sleep(Duration::from_millis(20));
            }
        }
    }

    pub(crate) fn send(&mut self, to: u32, text: String, nodes: &[SocketAddr]) {
        let message = self.msg(to, 1, text.as_bytes());
        self.pending.push_back(message.clone());
        let sent = self.peer.as_mut().map(|peer| peer.write_all(&message));
        if !matches!(sent, Some(Ok(()))) {
            self.reconnect(nodes);
        }
    }

    /// Waits for all receipts, and until the inbox has this many messages.
    pub(crate) fn settle(&mut self, messages: usize, nodes: &[SocketAddr]) {
        while !self.pending.is_empty() || self.inbox.len() < messages {
            if self.receive().is_err() {
                self.reconnect(nodes);
            }
        }
    }

    fn receive(&mut self) -> io::Result<()> {
        let peer = self.peer.as_mut().ok_or(io::ErrorKind::NotConnected)?;
        let (sender, kind, body) = read(peer)?;
        if sender == self.name {
            self.stored += 1;
            self.pending.pop_front().unwrap();
        } else if sender == 0 {
            assert_eq!(kind, 1, "{}", String::from_utf8_lossy(&body));
        } else {
            if self.number >= self.seen {
                self.inbox.push((sender, String::from_utf8(body).unwrap()));
                self.seen += 1;
            }
            self.number += 1;
            let taken = self.msg(0, 5, &self.number.to_be_bytes());
            self.peer.as_mut().unwrap().write_all(&taken)?;
        }
        Ok(())
    }

    pub(crate) fn expect_end(&mut self) {
        let mut rest = Vec::new();
        self.peer.as_mut().unwrap().read_to_end(&mut rest).unwrap();
        assert_eq!(rest, b"");
    }

    /// Checks that the connection still works.
    pub(crate) fn expect_served(&mut self) {
        let question = self.msg(0, 1, b"?");
        let peer = self.peer.as_mut().unwrap();
        peer.write_all(&question).unwrap();
        assert_eq!(read(peer).unwrap(), (self.name, 1, b"?".to_vec()));
    }
}

fn read(peer: &mut TcpStream) -> io::Result<(u32, u8, Vec<u8>)> {
    let mut head = [0; 9];
    peer.read_exact(&mut head)?;
    let number = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
    let mut body = vec![0; number(5).try_into().unwrap()];
    peer.read_exact(&mut body)?;
    Ok((number(0), head[4], body))
}
