//! Tests of sessions and clients without tokio.

use std::cell::Cell;
use std::collections::VecDeque;
use std::io::{self, Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use framewright::net::{Close, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error, blocking};

use crate::frames::{Line, Msg, MsgRef, Place};
use crate::peer;

/// A simulated serial port: bytes to be read, and bytes that were written.
#[derive(Clone, Default)]
pub(crate) struct Port {
    pub(crate) arrives: Arc<Mutex<VecDeque<u8>>>,
    pub(crate) written: Arc<Mutex<Vec<u8>>>,
}

impl Read for Port {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut arrives = self.arrives.lock().unwrap();
        let count = buffer.len().min(arrives.len()).min(3);
        for (place, byte) in buffer.iter_mut().zip(arrives.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }
}

impl Write for Port {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.written.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Envelope<B> {
    kind: u8,
    body: B,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, ctx(len: usize))]
struct Salt {
    #[len(len)]
    bytes: Vec<u8>,
}

#[test]
fn every_step_over_a_port() {
    let port = Port::default();
    let place = Place { row: 1, seat: 2 };
    let said = [
        place.to_vec().unwrap(),
        Msg::new("borrowed").to_vec().unwrap(),
        Envelope { kind: 3, body: place.clone() }.to_vec().unwrap(),
        vec![7, 8, 9],
        vec![5; 1000],
        vec![6; 50],
        b"line\n".to_vec(),
    ];
    port.arrives.lock().unwrap().extend(said.concat());
    let mut s = blocking::Session::over(port.clone(), &ClientOptions::new().max_frame(100));
    assert_eq!(s.require::<Place>().unwrap(), place);
    assert_eq!(s.require::<MsgRef<'_>>().unwrap().body, b"borrowed");
    assert_eq!(s.require::<Envelope<Place>>().unwrap().kind, 3);
    assert_eq!(s.recv_with::<Salt, _>(3_usize).unwrap(), Some(Salt { bytes: vec![7, 8, 9] }));
    let mut body = Vec::new();
    s.body(1000).read_to_end(&mut body).unwrap();
    assert_eq!(body, [5; 1000]);
    // Receiving the next frame skips a body that was not read.
    let _ = s.body(50);
    s.feed(&Line::new("fed")).unwrap();
    assert_eq!(s.require::<Line>().unwrap(), Line::new("line"));
    assert_eq!(*port.written.lock().unwrap(), b"fed\n");
    s.send_body(4, &b"body and more"[..]).unwrap();
    assert_eq!(*port.written.lock().unwrap(), b"fed\nbody");
    assert!(s.recv::<Line>().unwrap().is_none());
    assert!(matches!(s.require::<Line>(), Err(Error::Closed)));
    assert!(matches!(s.send_body(10, &b"short"[..]), Err(Error::Io(_))));
}

#[test]
fn a_client_over_a_port_and_back() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"one\ntwo\n");
    let mut client = blocking::Client::<Line>::over(port.clone(), &ClientOptions::new());
    assert_eq!(client.call(&Line::new("ask")).unwrap(), Line::new("one"));
    let mut s = client.into_session();
    assert_eq!(s.call::<_, Line>(&Line::new("again")).unwrap(), Line::new("two"));
    assert_eq!(*port.written.lock().unwrap(), b"ask\nagain\n");
}

#[test]
fn a_client_writes_many_frames_at_once() {
    let port = Port::default();
    let mut client = blocking::Client::<Line>::over(port.clone(), &ClientOptions::new());
    client.feed(&Line::new("one")).unwrap();
    client.feed(&Line::new("two")).unwrap();
    assert_eq!(*port.written.lock().unwrap(), b"");
    client.flush().unwrap();
    assert_eq!(*port.written.lock().unwrap(), b"one\ntwo\n");
}

#[test]
fn a_body_that_is_not_sent_whole_ends_the_session() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"line\n");
    let mut s = blocking::Session::over(port.clone(), &ClientOptions::new());
    s.send_body(10, &b"short"[..]).unwrap_err();
    assert!(matches!(s.send(&Line::new("more")), Err(Error::Closed)));
    assert!(matches!(s.recv::<Line>(), Err(Error::Closed)));
    assert_eq!(*port.written.lock().unwrap(), b"short");
}

#[test]
fn a_body_whose_reader_panics_ends_the_session() {
    struct Panics;
    impl Read for Panics {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            panic!("as asked")
        }
    }
    let port = Port::default();
    let mut s = blocking::Session::over(port.clone(), &ClientOptions::new());
    let reader = b"short".chain(Panics);
    catch_unwind(AssertUnwindSafe(|| s.send_body(10, reader))).unwrap_err();
    assert!(matches!(s.send(&Line::new("more")), Err(Error::Closed)));
    assert_eq!(*port.written.lock().unwrap(), b"short");
}

#[test]
fn the_unread_rest_of_a_body_is_no_frame() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"one\n-body\ntwo\n");
    let mut s = blocking::Session::over(port.clone(), &ClientOptions::new());
    let _ = s.body(10);
    let mut client = s.into_client::<Line, Line>();
    assert_eq!(client.recv().unwrap(), Some(Line::new("two")));

    port.arrives.lock().unwrap().extend([b'\n'; 1000]);
    let mut s = blocking::Session::over(port, &ClientOptions::new().max_frame(100));
    let _ = s.body(900);
    s.recv::<Line>().unwrap_err();
    assert!(matches!(s.recv::<Line>(), Err(Error::Closed)), "it was longer than a frame");
}

#[test]
fn a_body_comes_in_chunks() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"skippedcontentrest\n");
    let mut s = blocking::Session::over(port, &ClientOptions::new());
    let _ = s.body(7);
    let mut body = s.body(7);
    let mut content = Vec::new();
    while let Some(chunk) = body.chunk().unwrap() {
        content.extend_from_slice(&chunk);
    }
    assert_eq!(content, b"content");
    assert_eq!(s.require::<Line>().unwrap(), Line::new("rest"));
    assert!(s.body(1).chunk().is_err(), "the stream has ended");
}

#[test]
fn a_session_ends_at_its_deadline() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let mut s = blocking::Session::connect(listener.local_addr().unwrap()).unwrap();
    let (_peer, address) = listener.accept().unwrap();
    assert_eq!((s.peer_addr(), s.local_addr()), (listener.local_addr().unwrap(), address));
    s.deadline(Instant::now() + Duration::from_millis(20));
    assert!(matches!(s.recv::<Line>(), Err(Error::Timeout(_))));
    assert!(matches!(s.call::<_, Line>(&Line::new("hi")), Err(Error::Timeout(_))));

    let mut s = blocking::Session::over(Port::default(), &ClientOptions::new());
    assert_eq!(s.peer_addr().to_string(), "0.0.0.0:0");
    s.deadline(Instant::now());
    assert!(matches!(s.send(&Line::new("hi")), Err(Error::Timeout(_))));
}

#[tokio::test]
async fn a_blocking_session_and_a_server() {
    let server = Server::sessions(async |mut s: Session| -> Result<(), Close> {
        let place: Place = s.require().await?;
        s.feed(&place)?;
        s.serve(async |line: Line| line).await
    });
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    let running = tokio::spawn(server.serve());
    peer::blocking(move || {
        let mut s = blocking::Session::connect(address).unwrap();
        let place = Place { row: 1, seat: 2 };
        assert_eq!(s.call::<_, Place>(&place).unwrap(), place);
        let mut client = s.into_client::<Line, Line>();
        assert_eq!(client.call(&Line::new("hi")).unwrap(), Line::new("hi"));
    })
    .await;
    running.abort();
}

#[test]
fn clients_and_sessions_can_be_shared_between_threads() {
    fn is_shared<T: Send + Sync>() {}
    is_shared::<blocking::Client<Line>>();
    is_shared::<blocking::Session>();
    is_shared::<framewright::Client<Line>>();
    is_shared::<framewright::Session>();
}

#[test]
fn a_body_may_go_on_to_the_end_of_the_stream() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"head\nabcdefgh");
    let mut s = blocking::Session::over(port.clone(), &ClientOptions::new());
    assert_eq!(s.require::<Line>().unwrap(), Line::new("head"));
    // The rest of the previous body is skipped.
    s.body(3);
    let mut body = String::new();
    s.body_to_end().read_to_string(&mut body).unwrap();
    assert_eq!(body, "defgh");
    assert!(s.recv::<Line>().unwrap().is_none());

    // An unread body is skipped, but only up to the limit on frames.
    for (limit, passes) in [(8, true), (7, false)] {
        let port = Port::default();
        port.arrives.lock().unwrap().extend(b"abcdefgh");
        let mut s = blocking::Session::over(port, &ClientOptions::new().max_frame(limit));
        s.body_to_end();
        assert_eq!(s.recv::<Line>().is_ok(), passes, "{limit}");
    }

    // It is an error if the stream ends within the previous body.
    let port = Port::default();
    port.arrives.lock().unwrap().extend(b"ab");
    let mut s = blocking::Session::over(port, &ClientOptions::new());
    s.body(3);
    assert!(s.body_to_end().read_to_string(&mut String::new()).is_err());
}

thread_local! {
    static PARSED: Cell<usize> = const { Cell::new(0) };
}

/// A byte that counts how often it is parsed on this thread.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Counted(u8);

impl From<u8> for Counted {
    fn from(byte: u8) -> Self {
        PARSED.set(PARSED.get() + 1);
        Self(byte)
    }
}

impl From<Counted> for u8 {
    fn from(Counted(byte): Counted) -> Self {
        byte
    }
}

/// A generic frame of variable length. Each attempt to decode it copies the received bytes.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Labelled<B> {
    #[wire(u8)]
    kind: Counted,
    body: B,
    #[until(b"\n")]
    text: String,
    #[count_prefixed(u16)]
    more: Vec<Line>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, ctx(len: usize))]
struct Salted {
    #[wire(u8)]
    kind: Counted,
    #[len(len)]
    salt: Vec<u8>,
    #[until(b"\n")]
    text: String,
    #[until(b"\n")]
    more: String,
}

/// Checks that a frame is not parsed again after each read, because each attempt copies all bytes
/// that have arrived.
#[test]
fn a_frame_is_not_tried_at_each_read() {
    let (kind, text) = (Counted(7), "x".repeat(5000));
    let port = Port::default();
    let lines = vec![Line::new(text.clone()); 3];
    let labelled = Labelled { kind, body: Place { row: 1, seat: 2 }, text: text.clone(), more: lines };
    let salted = Salted { kind, salt: b"salt".to_vec(), text: text.clone(), more: text };
    let mut said = labelled.to_vec().unwrap();
    salted.encode_with(&mut said, 4_usize).unwrap();
    port.arrives.lock().unwrap().extend(said);
    let mut s = blocking::Session::over(port, &ClientOptions::new());
    assert_eq!(s.require::<Labelled<Place>>().unwrap(), labelled);
    assert!(PARSED.get() <= 10, "{}", PARSED.get());
    PARSED.set(0);
    assert_eq!(s.recv_with::<Salted, _>(4_usize).unwrap(), Some(salted));
    assert!(PARSED.get() <= 20, "{}", PARSED.get());
}

/// A module for `#[with(..)]`. Its parser does not report how many bytes are missing.
mod unsaid {
    use framewright::{DecodeError, EncodeError, Sink};
    use nom::{Err, IResult, Needed};

    pub(super) fn parse(input: &[u8]) -> IResult<&[u8], Vec<u8>, DecodeError> {
        match input.iter().position(|byte| *byte == 0) {
            Some(at) => Ok((input.get(at + 1..).unwrap_or_default(), input[..at].to_vec())),
            None => Err(Err::Incomplete(Needed::Unknown)),
        }
    }

    pub(super) fn encode<S: Sink + ?Sized>(value: &[u8], out: &mut S) -> Result<(), EncodeError> {
        out.put(value)?;
        out.put(&[0])
    }

    pub(super) fn encoded_len(value: &[u8]) -> usize {
        value.len() + 1
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Unsaid<B> {
    body: B,
    #[with(unsaid)]
    text: Vec<u8>,
}

#[test]
fn many_attempts_do_not_overflow_the_stack() {
    let receive = || {
        let port = Port::default();
        let unsaid = Unsaid { body: Place { row: 1, seat: 2 }, text: vec![1; 9_000] };
        port.arrives.lock().unwrap().extend(unsaid.to_vec().unwrap());
        let mut s = blocking::Session::over(port, &ClientOptions::new());
        assert_eq!(s.require::<Unsaid<Place>>().unwrap(), unsaid);
    };
    std::thread::Builder::new().stack_size(256 * 1024).spawn(receive).unwrap().join().unwrap();
}

#[test]
fn what_attempts_keep_is_bounded() {
    let port = Port::default();
    port.arrives.lock().unwrap().extend(vec![1; 20_000]);
    let mut s = blocking::Session::over(port, &ClientOptions::new());
    let error = s.require::<Unsaid<Place>>().unwrap_err().to_string();
    assert!(error.contains("may be copied"), "{error}");
}
