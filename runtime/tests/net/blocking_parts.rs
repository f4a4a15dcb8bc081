//! Tests of blocking sessions that are taken apart, of blocking tunnels, and of blocking clients as
//! iterators.

use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use framewright::net::TunnelError;
use framewright::{ClientOptions, Error, blocking};

use crate::blocking::Port;
use crate::frames::Line;

#[test]
fn nothing_is_lost_when_a_session_is_taken_apart() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"line\nraw\nmore\n");
    let mut s = blocking::Session::over(port.clone(), &ClientOptions::new());
    assert_eq!(s.require::<Line>().unwrap(), Line::new("line"));
    s.feed(&Line::new("fed")).unwrap();
    let blocking::Parts { mut io, read_ahead } = s.into_parts();
    // A read of the port returns three bytes, so the second one has returned the first raw byte.
    assert_eq!((&read_ahead[..], port.written.lock().unwrap().len()), (&b"r"[..], 0));
    let mut bytes = [0; 3];
    io.read_exact(&mut bytes).unwrap();
    assert_eq!((&bytes, &port.written.lock().unwrap()[..]), (b"aw\n", &b"fed\n"[..]));
    io.write_all(b"raw\n").unwrap();
    let read_ahead = bytes::Bytes::from_static(b"ahead\n");
    let mut s = blocking::Session::from_parts(blocking::Parts { io, read_ahead });
    assert_eq!(s.require::<Line>().unwrap(), Line::new("ahead"));
    assert_eq!(s.require::<Line>().unwrap(), Line::new("more"));
    s.send(&Line::new("sent")).unwrap();
    assert_eq!(*port.written.lock().unwrap(), b"fed\nraw\nsent\n");
}

#[test]
fn fed_frames_are_written_before_raw_bytes() {
    for flushes in [false, true] {
        let port = Port::default();
        let mut s = blocking::Session::over(port.clone(), &ClientOptions::new());
        s.feed(&Line::new("fed")).unwrap();
        let mut io = s.into_parts().io;
        if flushes {
            io.flush().unwrap()
        } else {
            io.write_all(b"raw").unwrap()
        }
        assert_eq!(*port.written.lock().unwrap(), if flushes { &b"fed\n"[..] } else { b"fed\nraw" });
    }
}

#[test]
fn the_raw_stream_of_a_closed_session_is_closed() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"line\n");
    let mut s = blocking::Session::over(port, &ClientOptions::new());
    s.send_body(10, &b"short"[..]).unwrap_err();
    let mut io = s.into_parts().io;
    assert_eq!(io.read(&mut [0; 5]).unwrap_err().kind(), ErrorKind::NotConnected);
    assert_eq!(io.write(b"more").unwrap_err().kind(), ErrorKind::NotConnected);
}

/// A stream with a line to read. Its first write fails.
struct FailsOnce {
    arrives: &'static [u8],
    has_failed: bool,
}

impl FailsOnce {
    fn new() -> Self {
        Self { arrives: b"line\n", has_failed: false }
    }
}

impl Read for FailsOnce {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.arrives.read(buffer)
    }
}

impl Write for FailsOnce {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if !self.has_failed {
            self.has_failed = true;
            return Err(ErrorKind::BrokenPipe.into());
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn nothing_is_written_after_a_failed_write() {
    let mut s = blocking::Session::over(FailsOnce::new(), &ClientOptions::new());
    assert!(matches!(s.send(&Line::new("lost")), Err(Error::Io(_))));
    for _ in 0..2 {
        assert!(matches!(s.feed(&Line::new("x")), Err(Error::Closed)));
        assert!(matches!(s.flush(), Err(Error::Closed)));
    }
    // What the peer has sent can still be read.
    assert_eq!(s.require::<Line>().unwrap(), Line::new("line"));

    let mut s = blocking::Session::over(FailsOnce::new(), &ClientOptions::new());
    s.feed(&Line::new("lost")).unwrap();
    let mut io = s.into_parts().io;
    assert_eq!(io.flush().unwrap_err().kind(), ErrorKind::BrokenPipe);
    for _ in 0..2 {
        assert_eq!(io.flush().unwrap_err().kind(), ErrorKind::NotConnected);
    }
    assert_eq!(io.read(&mut [0; 9]).unwrap(), 5);
}

#[test]
fn parts_can_be_put_together_with_options() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"long line\nlong line\n");
    let s = blocking::Session::over(port, &ClientOptions::new());
    let mut s = blocking::Session::from_parts(s.into_parts());
    assert_eq!(s.require::<Line>().unwrap(), Line::new("long line"));
    let mut s = blocking::Session::from_parts_with(s.into_parts(), &ClientOptions::new().max_frame(4));
    assert!(matches!(s.require::<Line>(), Err(Error::Decode(_))));
}

#[test]
fn the_sending_side_of_a_raw_stream_can_be_closed() {
    let (near, mut peer) = pair();
    let ends = (peer.local_addr().unwrap(), peer.peer_addr().unwrap());
    let mut s = blocking::Session::from_parts(parts(near));
    s.feed(&Line::new("fed")).unwrap();
    let mut io = s.into_parts().io;
    assert_eq!((io.peer_addr(), io.local_addr()), ends);
    io.close_sending().unwrap();
    let mut read = Vec::new();
    peer.read_to_end(&mut read).unwrap();
    assert_eq!(read, b"fed\n");
    peer.write_all(b"reply").unwrap();
    assert_eq!(io.read(&mut [0; 9]).unwrap(), 5);
}

#[test]
fn a_raw_stream_has_no_deadline() {
    let (near, mut peer) = pair();
    let mut s = blocking::Session::from_parts(parts(near));
    s.deadline(Instant::now() + Duration::from_millis(20));
    assert!(matches!(s.recv::<Line>(), Err(Error::Timeout(_))));
    let mut io = s.into_parts().io;
    let reading = thread::spawn(move || io.read(&mut [0; 4]).unwrap());
    // A leftover timeout of the socket would end the read before these bytes arrive.
    thread::sleep(Duration::from_millis(100));
    peer.write_all(b"late").unwrap();
    assert_eq!(reading.join().unwrap(), 4);
}

/// Returns both ends of a TCP connection. No read of a test waits for longer than ten seconds.
fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let ours = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let (theirs, _) = listener.accept().unwrap();
    theirs.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    (ours, theirs)
}

fn parts(stream: TcpStream) -> blocking::Parts {
    blocking::Parts { io: stream.into(), read_ahead: bytes::Bytes::new() }
}

/// Writes a mebibyte, then closes the sending side, and then reads up to the end. Returns what was
/// read.
fn exchange(mut stream: TcpStream, byte: u8) -> Vec<u8> {
    stream.write_all(&vec![byte; 1 << 20]).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    let mut read = Vec::new();
    stream.read_to_end(&mut read).unwrap();
    read
}

#[test]
fn a_tunnel_carries_both_ways_at_once() {
    let ((near, mut peer), (far, other)) = (pair(), pair());
    peer.write_all(b"line\nahead").unwrap();
    let mut s = blocking::Session::from_parts(parts(near));
    assert_eq!(s.require::<Line>().unwrap(), Line::new("line"));
    s.feed(&Line::new("fed")).unwrap();
    let tunnel = thread::spawn(move || s.tunnel(far).unwrap());
    let peer = thread::spawn(move || exchange(peer, b'p'));
    let read = exchange(other, b'o');
    assert!(read.starts_with(b"ahead"));
    assert!(read[5..] == vec![b'p'; 1 << 20]);
    let read = peer.join().unwrap();
    assert!(read.starts_with(b"fed\n"));
    assert!(read[4..] == vec![b'o'; 1 << 20]);
    assert_eq!(tunnel.join().unwrap(), (5 + (1 << 20), 1 << 20));
}

#[test]
fn a_direction_of_a_tunnel_may_end_before_the_other() {
    let ((near, mut peer), (far, mut other)) = (pair(), pair());
    let tunnel = thread::spawn(move || blocking::Session::from_parts(parts(near)).tunnel(far).unwrap());
    peer.shutdown(Shutdown::Write).unwrap();
    assert_eq!(other.read(&mut [0; 9]).unwrap(), 0);
    other.write_all(b"later").unwrap();
    drop(other);
    let mut read = Vec::new();
    peer.read_to_end(&mut read).unwrap();
    assert_eq!(read, b"later");
    assert_eq!(tunnel.join().unwrap(), (0, 5));
}

#[test]
fn a_tunnel_closes_both_sides_at_its_deadline() {
    let ((near, mut peer), (far, mut other)) = (pair(), pair());
    let mut s = blocking::Session::from_parts(parts(near));
    peer.write_all(b"abc").unwrap();
    let due = Instant::now() + Duration::from_millis(50);
    s.deadline(due);
    let Err(Error::Io(error)) = s.tunnel(far) else { panic!("the tunnel has not failed") };
    assert!(Instant::now() >= due);
    assert_eq!(error.kind(), ErrorKind::TimedOut);
    let broken = error.get_ref().and_then(|error| error.downcast_ref::<TunnelError>()).unwrap();
    assert_eq!((broken.received, broken.sent), (3, 0));
    let mut read = Vec::new();
    other.read_to_end(&mut read).unwrap();
    assert_eq!(read, b"abc");
    assert_eq!(peer.read(&mut [0; 9]).unwrap(), 0);
}

#[test]
fn a_tunnel_does_not_inherit_the_modes_of_a_socket() {
    let ((near, mut peer), (far, mut other)) = (pair(), pair());
    far.set_nonblocking(true).unwrap();
    far.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
    let tunnel = thread::spawn(move || blocking::Session::from_parts(parts(near)).tunnel(far));
    // Either mode would end the tunnel meanwhile.
    thread::sleep(Duration::from_millis(100));
    other.write_all(b"late").unwrap();
    let mut read = [0; 4];
    peer.read_exact(&mut read).unwrap();
    assert_eq!(&read, b"late");
    drop((peer, other));
    assert_eq!(tunnel.join().unwrap().unwrap(), (0, 4));
}

#[test]
fn a_tunnel_that_breaks_closes_both_sides() {
    let ((near, peer), (far, mut other)) = (pair(), pair());
    let tunnel = thread::spawn(move || blocking::Session::from_parts(parts(near)).tunnel(far));
    other.write_all(b"x").unwrap();
    assert_eq!((&peer).read(&mut [0; 9]).unwrap(), 1);
    // The peer resets the connection. Nobody closes the other side.
    socket2::SockRef::from(&peer).set_linger(Some(Duration::ZERO)).unwrap();
    drop(peer);
    assert_eq!(other.read(&mut [0; 9]).unwrap(), 0);
    let Err(Error::Io(error)) = tunnel.join().unwrap() else { panic!("the tunnel has not failed") };
    assert_eq!(error.kind(), ErrorKind::ConnectionReset);
}

#[test]
fn a_tunnel_needs_sockets() {
    let s = blocking::Session::over(Port::default(), &ClientOptions::new());
    let Err(Error::Io(error)) = s.tunnel(pair().0) else { panic!("a port is not a socket") };
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    let s = blocking::Session::from_parts(parts(pair().0));
    let Err(Error::Io(error)) = s.tunnel(blocking::RawStream::over(Port::default())) else {
        panic!("a port is not a socket")
    };
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn the_halves_of_a_client_work_in_two_threads() {
    let (near, mut peer) = pair();
    peer.write_all(b"-body\none\n").unwrap();
    let mut s = blocking::Session::from_parts(parts(near));
    let _ = s.body(6);
    let mut client = s.into_client::<Line, Line>();
    assert_eq!(client.recv().unwrap(), Some(Line::new("one")));
    client.feed(&Line::new("fed")).unwrap();
    let (mut sender, receiver) = client.split().unwrap();
    let receiving = thread::spawn(move || receiver.map(Result::unwrap).collect::<Vec<_>>());
    // The other thread waits to receive meanwhile.
    sender.send(&Line::new("sent")).unwrap();
    sender.feed(&Line::new("last")).unwrap();
    sender.close().unwrap();
    let mut read = Vec::new();
    peer.read_to_end(&mut read).unwrap();
    assert_eq!(read, b"fed\nsent\nlast\n");
    peer.write_all(b"two\nthree\n").unwrap();
    drop(peer);
    assert_eq!(receiving.join().unwrap(), [Line::new("two"), Line::new("three")]);
}

#[test]
fn a_receiver_closes_the_connection_of_its_sender() {
    let (near, mut peer) = pair();
    let mut s = blocking::Session::from_parts(parts(near));
    let _ = s.body(2 << 20);
    let (mut sender, mut receiver) = s.into_client::<Line, Line>().split().unwrap();
    let writing = thread::spawn(move || {
        // Writing fails if the connection is closed before everything is written.
        let _ = peer.write_all(&vec![0; 2 << 20]);
        peer
    });
    assert!(matches!(receiver.recv(), Err(Error::Other(_))));
    assert!(matches!(receiver.recv(), Err(Error::Closed)));
    assert!(matches!(sender.feed(&Line::new("x")), Err(Error::Closed)));
    // The end of the stream, or an error because the peer has sent more than was read.
    assert!(!matches!(writing.join().unwrap().read(&mut [0]), Ok(1)));
}

#[test]
fn dropping_a_sender_closes_the_sending_side() {
    let (near, mut peer) = pair();
    let client = blocking::Session::from_parts(parts(near)).into_client::<Line, Line>();
    let (sender, mut receiver) = client.split().unwrap();
    drop(sender);
    assert_eq!(peer.read(&mut [0; 9]).unwrap(), 0);
    peer.write_all(b"reply\n").unwrap();
    assert_eq!(receiver.recv().unwrap(), Some(Line::new("reply")));
}

#[test]
fn a_sender_can_end_a_receiver_that_waits() {
    let (near, mut peer) = pair();
    let client = blocking::Session::from_parts(parts(near)).into_client::<Line, Line>();
    let (mut sender, mut receiver) = client.split().unwrap();
    let receiving = thread::spawn(move || receiver.recv());
    sender.abort();
    assert!(matches!(receiving.join().unwrap(), Err(Error::Closed)));
    assert!(matches!(sender.send(&Line::new("x")), Err(Error::Closed)));
    assert_eq!(peer.read(&mut [0; 9]).unwrap(), 0);
}

#[test]
fn only_a_client_over_a_socket_can_be_split() {
    let client = blocking::Client::<Line>::over(Port::default(), &ClientOptions::new());
    let Err(Error::Io(error)) = client.split() else { panic!("a port is not a socket") };
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_client_is_an_iterator() {
    let client = |bytes: &[u8]| {
        let port = Port::default();
        port.arrives.lock().unwrap().extend(bytes);
        blocking::Client::<Line>::over(port, &ClientOptions::new())
    };
    let lines: Vec<_> = client(b"one\ntwo\n").map(Result::unwrap).collect();
    assert_eq!(lines, [Line::new("one"), Line::new("two")]);
    let mut broken = client(b"one\n\xff\n");
    assert!(broken.next().unwrap().is_ok());
    assert!(broken.next().unwrap().is_err());
    assert!(broken.next().is_none());
}
