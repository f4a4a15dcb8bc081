//! Tests of a few bytes that decode to a lot of memory.

use framewright::error::{DecodeError, DecodeErrorKind};
use framewright::net::{Close, CloseReason, Limits};
use framewright::prelude::*;
use framewright::stream::Framer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;

/// A frame of one byte on the wire, and of four kilobytes in memory.
#[derive(Frame, Debug)]
#[frame(be)]
struct Big {
    present: u8,
    #[when(present == 1)]
    bytes: Option<[u8; 4000]>,
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Many {
    id: u8,
    #[len_prefixed]
    items: Vec<Big>,
}

/// A counted list of `Big`. To find the end of the frame, the walk has to measure the items.
#[derive(Frame, Debug)]
#[frame(be)]
struct Counted {
    #[count_prefixed(u32)]
    items: Vec<Big>,
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Borrowed<'a> {
    #[len_prefixed(u8)]
    name: &'a str,
    #[len_prefixed]
    items: Vec<Big>,
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Generic<T> {
    #[len_prefixed]
    items: Vec<T>,
}

fn zeros(len: u32, before: &[u8]) -> Vec<u8> {
    let zeros = vec![0; usize::try_from(len).unwrap()];
    [before, &len.to_be_bytes(), &zeros].concat()
}

#[track_caller]
fn is_memory(error: &DecodeError, path: &str) {
    assert!(matches!(error.kind(), DecodeErrorKind::Memory { .. }), "{error}");
    assert!(error.to_string().starts_with(path), "{error}");
}

#[test]
fn a_framer_bounds_what_frames_take_in_memory() {
    let bytes = zeros(256 * 1024, &[1]);
    let mut framer = Framer::new();
    framer.room().extend_from_slice(&bytes);
    let error = framer.next_frame::<Many>().unwrap_err();
    is_memory(&error, "Many.items[");
    // Without a limit, the frame is accepted.
    assert_eq!(Many::decode(&bytes[..]).unwrap().items.len(), 256 * 1024);
    let mut framer = Framer::new().decoded(usize::MAX);
    framer.room().extend_from_slice(&bytes);
    assert!(framer.next_frame::<Many>().unwrap().is_some());
}

#[test]
fn each_frame_has_its_own_budget() {
    let mut framer = Framer::new();
    for _ in 0..100 {
        framer.room().extend_from_slice(&zeros(1000, &[1]));
        assert_eq!(framer.next_frame::<Many>().unwrap().unwrap().items.len(), 1000);
    }
    // This frame alone exceeds the limit.
    framer.room().extend_from_slice(&zeros(6000, &[1]));
    is_memory(&framer.next_frame::<Many>().unwrap_err(), "Many.items[");
}

#[test]
fn finding_the_end_of_a_frame_takes_no_more_memory_either() {
    let bytes = zeros(64 * 1024, &[]);
    let mut framer = Framer::new().decoded(1 << 20);
    for chunk in bytes.chunks(1000) {
        framer.room().extend_from_slice(chunk);
        match framer.next_frame::<Counted>() {
            Ok(frame) => assert!(frame.is_none()),
            Err(error) => return is_memory(&error, "Counted.items"),
        }
    }
    panic!("accepted");
}

#[tokio::test]
async fn sessions_bound_it_for_every_kind_of_type() {
    let (tell, mut told) = mpsc::unbounded_channel();
    let server = Server::sessions(async move |mut s: Session| -> Result<(), Close> {
        let kind: u8 = s.require::<Kind>().await?.kind;
        let error = match kind {
            0 => s.require::<Many>().await.map(drop),
            1 => s.require::<Borrowed<'_>>().await.map(drop),
            _ => s.require::<Generic<Big>>().await.map(drop),
        };
        tell.send(error.unwrap_err().to_string())?;
        Ok(())
    });
    let server = std::sync::Arc::new(server.limits(Limits::new().decoded(1 << 20)));
    for (kind, before) in [(0, &[1][..]), (1, &[1, b'x'][..]), (2, &[][..])] {
        let (mut ours, theirs) = tokio::io::duplex(1 << 20);
        let server = server.clone();
        let served = tokio::spawn(async move { server.serve_connection(theirs).await });
        ours.write_all(&[kind]).await.unwrap();
        ours.write_all(&zeros(64 * 1024, before)).await.unwrap();
        let error = told.recv().await.unwrap();
        assert!(error.contains("the decoded frame takes more than 1048576 bytes"), "{error}");
        drop(ours);
        served.await.unwrap().unwrap();
    }
}

#[derive(Frame, Debug)]
#[frame(be)]
struct Kind {
    kind: u8,
}

#[tokio::test]
async fn servers_close_who_sends_it() {
    let mut server = Server::new(async |many: Many| Kind { kind: many.id });
    let counters = server.counters();
    let (mut ours, theirs) = tokio::io::duplex(1 << 20);
    let served = tokio::spawn(async move { server.serve_connection(theirs).await });
    ours.write_all(&zeros(100, &[7])).await.unwrap();
    assert_eq!(ours.read_u8().await.unwrap(), 7);
    ours.write_all(&zeros(256 * 1024, &[8])).await.unwrap();
    assert_eq!(ours.read(&mut [0; 1]).await.unwrap(), 0);
    drop(ours);
    served.await.unwrap().unwrap();
    assert_eq!(counters.snapshot().malformed, 1);
}

#[tokio::test]
async fn datagrams_are_bounded_too() {
    let limits = Limits::new().decoded(1 << 20);
    let server = framewright::net::udp::Server::new(async |many: Many| Kind { kind: many.id }).limits(limits);
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let address = server.local_addr();
    tokio::spawn(server.serve());
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&zeros(1000, &[1]), address).await.unwrap();
    socket.send_to(&zeros(10, &[2]), address).await.unwrap();
    let mut reply = [0; 2];
    // The first datagram exceeds the limit, and gets no reply.
    assert_eq!(socket.recv(&mut reply).await.unwrap(), 1);
    assert_eq!(reply[0], 2);
}

#[test]
fn the_reason_reads_as_a_sentence() {
    let mut framer = Framer::new().decoded(5000);
    framer.room().extend_from_slice(&zeros(9, &[1]));
    let error = framer.next_frame::<Many>().unwrap_err();
    let text = CloseReason::Malformed(error).to_string();
    assert_eq!(
        text,
        "malformed frame: Many.items[1] at byte 6: the decoded frame takes more than 5000 bytes of memory"
    );
}

#[derive(Frame, Debug)]
struct Words {
    #[until(b"\n")]
    #[separated(b",")]
    words: Vec<String>,
}

#[test]
fn items_between_delimiters_are_counted_as_well() {
    let mut framer = Framer::new().decoded(1 << 20);
    framer.room().extend_from_slice(&b",".repeat(100_000));
    framer.room().extend_from_slice(b"\n");
    is_memory(&framer.next_frame::<Words>().unwrap_err(), "Words.words[");
}

#[tokio::test]
async fn endpoints_bound_it_too() {
    let here = framewright::net::udp::Endpoint::<Kind, Many>::bind("127.0.0.1:0").await.unwrap();
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(&zeros(60_000, &[1]), here.local_addr()).await.unwrap();
    let error = here.recv_from().await.unwrap_err();
    let error = format!("{error:#}");
    assert!(error.contains("the decoded frame takes more than"), "{error}");
}
