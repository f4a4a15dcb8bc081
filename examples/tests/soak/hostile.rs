//! Attacks: damaged requests, garbage, and connections that are left open.

use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::thread;
use std::time::Duration;

use rustix::net::{AddressFamily, SocketType};

use crate::honest::{Exchange, Over};

/// The number of connections that an attacker keeps open.
const KEPT: usize = 50;

/// The source address of attackers. Ordinary clients are in another network.
const FROM: Ipv4Addr = Ipv4Addr::new(127, 9, 9, 9);

fn connect(to: SocketAddr) -> io::Result<TcpStream> {
    let socket = rustix::net::socket(AddressFamily::INET, SocketType::STREAM, None)?;
    rustix::net::bind(&socket, &SocketAddr::from((FROM, 0)))?;
    rustix::net::connect(&socket, &to)?;
    Ok(socket.into())
}

pub(crate) struct Attacker {
    address: SocketAddr,
    seed: u64,
    turn: u64,
    kept: VecDeque<TcpStream>,
    socket: UdpSocket,
}

impl Attacker {
    pub(crate) fn new(address: SocketAddr) -> Self {
        let socket = UdpSocket::bind((FROM, 0)).unwrap();
        Self { address, seed: 1, turn: 0, kept: VecDeque::new(), socket }
    }

    fn random(&mut self) -> usize {
        self.seed = self.seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.seed >> 40).unwrap()
    }

    fn garbage(&mut self) -> Vec<u8> {
        (0..self.random() % 300).map(|_| self.random().to_le_bytes()[0]).collect()
    }

    /// Returns all bytes that a client sends in an exchange, with one to three bytes changed.
    fn damaged(&mut self, exchange: &Exchange) -> Vec<u8> {
        let mut bytes = exchange.steps.iter().flat_map(|(said, _)| said.clone()).collect::<Vec<_>>();
        for _ in 0..1 + self.random() % 3 {
            let at = self.random() % bytes.len();
            bytes[at] = if self.random() % 2 == 0 { 0xff } else { self.random().to_le_bytes()[0] };
        }
        bytes
    }

    /// Carries out one of several attacks, which are expected to fail.
    pub(crate) fn attack(&mut self, exchange: &Exchange) {
        self.turn += 1;
        // Leaves processor time to ordinary clients: the test measures leaked resources, not speed.
        thread::sleep(Duration::from_millis(5));
        let mut bytes = match self.turn % 3 {
            0 => self.garbage(),
            _ => self.damaged(exchange),
        };
        if self.turn % 5 == 0 {
            bytes.truncate(self.random() % (bytes.len() + 1));
        }
        if exchange.over != Over::Tcp {
            let _ = self.socket.send_to(&bytes, self.address);
            return;
        }
        let Ok(mut stream) = connect(self.address) else { return };
        let _ = stream.set_write_timeout(Some(Duration::from_millis(20)));
        let _ = stream.set_read_timeout(Some(Duration::from_millis(5)));
        let _ = stream.write_all(&bytes);
        match self.turn % 4 {
            // The attacker leaves at once.
            0 => {}
            1 => {
                let _ = stream.read(&mut [0; 1000]);
            }
            // The attacker sends many requests, and never reads the answers.
            2 => {
                let said: Vec<u8> = exchange.steps.iter().flat_map(|(said, _)| said.clone()).collect();
                let many = said.repeat(2000 / said.len().max(1) + 1);
                while stream.write(&many).is_ok_and(|written| written == many.len()) && self.random() % 8 > 0
                {
                }
                self.keep(stream);
            }
            // The attacker stays connected, in the middle of a frame.
            _ => self.keep(stream),
        }
    }

    fn keep(&mut self, stream: TcpStream) {
        self.kept.push_back(stream);
        if self.kept.len() > KEPT {
            self.kept.pop_front();
        }
    }
}
