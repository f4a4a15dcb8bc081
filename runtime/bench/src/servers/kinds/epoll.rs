use std::collections::HashMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::TcpListener;

use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};

use crate::servers::message::{Receipt, answer_all, parse};

const LISTENER: Token = Token(usize::MAX);

/// The size of a read in bytes.
const READ: usize = 64 * 1024;

struct Connection {
    stream: TcpStream,
    /// The beginning of a message that has not arrived completely.
    rest: Vec<u8>,
    /// The bytes that the system has not taken yet.
    out: Vec<u8>,
}

pub(super) fn serve(listener: TcpListener) -> io::Result<()> {
    listener.set_nonblocking(true)?;
    let mut listener = mio::net::TcpListener::from_std(listener);
    let mut poll = Poll::new()?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let mut events = Events::with_capacity(1024);
    let mut connections = HashMap::new();
    let mut next = 0;
    // All connections share one buffer. The rest of a read is kept with its connection.
    let mut input = Vec::new();
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() == LISTENER {
                accept(&listener, &poll, &mut connections, &mut next)?;
                continue;
            }
            let Some(connection) = connections.get_mut(&event.token()) else { continue };
            if connection.turn(&mut input).is_err() {
                connections.remove(&event.token());
            }
        }
    }
}

fn accept(
    listener: &mio::net::TcpListener,
    poll: &Poll,
    connections: &mut HashMap<Token, Connection>,
    next: &mut usize,
) -> io::Result<()> {
    loop {
        match listener.accept() {
            Ok((mut stream, _)) => {
                stream.set_nodelay(true)?;
                let token = Token(*next);
                *next += 1;
                poll.registry().register(&mut stream, token, Interest::READABLE | Interest::WRITABLE)?;
                connections.insert(token, Connection { stream, rest: Vec::new(), out: Vec::new() });
            }
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

impl Connection {
    /// Reads, answers and writes until no more input is available. An error ends the connection.
    fn turn(&mut self, input: &mut Vec<u8>) -> io::Result<()> {
        loop {
            self.write()?;
            if !self.out.is_empty() {
                return Ok(());
            }
            let start = self.rest.len();
            // The buffer only grows, because a new buffer would have to be filled with zeros each
            // time.
            if input.len() < start + READ {
                input.resize(start + READ, 0);
            }
            input[..start].copy_from_slice(&self.rest);
            self.rest.clear();
            let read = match self.stream.read(&mut input[start..]) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(read) => read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => 0,
                Err(error) => return Err(error),
            };
            let arrived = &input[..start + read];
            let taken = answer_all(arrived, &mut self.out, parse, |message| {
                Receipt::of(message.sender, message.receiver, message.kind, message.body)
            });
            self.rest.extend_from_slice(&arrived[taken.map_err(io::Error::other)?..]);
            if read < READ {
                return self.write();
            }
        }
    }

    fn write(&mut self) -> io::Result<()> {
        while !self.out.is_empty() {
            match self.stream.write(&self.out) {
                Ok(written) => drop(self.out.drain(..written)),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}
