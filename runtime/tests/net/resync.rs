//! Tests of finding frames in noise.

use std::cell::Cell;
use std::time::Duration;

use framewright::checksum::Crc32IsoHdlc;
use framewright::net::{Close, Conn, Handler, Limits, Malformed, Session};
use framewright::prelude::*;
use framewright::stream::Framer;
use framewright::{ClientOptions, DecodeError, Error, blocking};
use proptest::prelude::*;
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{Instant, sleep};

use crate::frames::{Line, Msg, MsgRef, Place};
use crate::logs::Log;

/// A report of a device on a noisy line.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = 0xAA55u16)]
struct Report {
    #[len_of(body)]
    len: Auto<u16>,
    body: Vec<u8>,
    #[checksum(Crc32IsoHdlc, over = ..sum)]
    sum: Auto<u32>,
}

impl Report {
    fn new(body: impl Into<Vec<u8>>) -> Self {
        Self { len: Auto::new(), body: body.into(), sum: Auto::new() }
    }
}

/// A [`Report`] that borrows from the receive buffer.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, magic = 0xAA55u16)]
struct ReportRef<'a> {
    #[len_of(body)]
    len: Auto<u16>,
    body: &'a [u8],
    #[checksum(Crc32IsoHdlc, over = ..sum)]
    sum: Auto<u32>,
}

/// Returns all frames in a stream that arrives in these pieces, and the number of skipped bytes.
fn found<'s>(pieces: impl IntoIterator<Item = &'s [u8]>) -> (Vec<Report>, u64) {
    let (mut framer, mut found) = (Framer::new().limit(100_000), Vec::new());
    let mut take = |framer: &mut Framer| {
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => found.push(frame),
                Ok(None) => return,
                Err(_) => assert!(framer.resync::<Report>()),
            }
        }
    };
    for piece in pieces {
        framer.room().extend_from_slice(piece);
        take(&mut framer);
    }
    framer.finish();
    take(&mut framer);
    (found, framer.passed_over())
}

#[test]
fn a_false_start_loses_nothing() {
    let frames: Vec<_> = (0..500_u32).map(|index| Report::new(index.to_be_bytes())).collect();
    let good: Vec<u8> = frames.iter().flat_map(|frame| frame.to_vec().unwrap()).collect();
    for noise in [&b"\xaa\x55\xff\xff"[..], b"\xaa\x55\x00\x10", b"\xaa", b"\xaa\xaa\x55\x00", b"noise", b""]
    {
        let stream = [noise, &good].concat();
        let all = u64::try_from(noise.len()).unwrap();
        assert_eq!(found([&stream[..]]), (frames.clone(), all), "{noise:?}");
        assert_eq!(found(stream.chunks(1)), (frames.clone(), all), "{noise:?}");
        assert_eq!(found(stream.chunks(7)), (frames.clone(), all), "{noise:?}");
    }
}

/// Returns a strategy for the noise of a line: random bytes, and bytes that look like the beginning
/// of a frame.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let random = prop::collection::vec(any::<u8>(), 0..20);
    let start = (any::<u16>(), prop::collection::vec(any::<u8>(), 0..20))
        .prop_map(|(len, body)| [&[0xaa, 0x55][..], &len.to_be_bytes(), &body].concat());
    let short = (0_u16..60).prop_map(|len| [&[0xaa, 0x55][..], &len.to_be_bytes()].concat());
    prop_oneof![random, start, short, Just(vec![0xaa]), Just(vec![0xaa, 0x55]), Just(Vec::new())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_complete_frame_after_noise_is_found(
        parts in prop::collection::vec((noise(), prop::collection::vec(any::<u8>(), 0..40)), 1..8),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let frames: Vec<_> = parts.iter().map(|(_, body)| Report::new(body.clone())).collect();
        let stream: Vec<u8> = parts
            .iter()
            .zip(&frames)
            .flat_map(|((noise, _), frame)| [noise.clone(), frame.to_vec().unwrap()].concat())
            .collect();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut start = 0;
        for cut in cuts.into_iter().chain([stream.len()]) {
            pieces.push(&stream[start..cut]);
            start = cut;
        }
        let (found, passed) = found(pieces);
        prop_assert_eq!(&found, &frames);
        let noise: usize = parts.iter().map(|(noise, _)| noise.len()).sum();
        prop_assert_eq!(passed, u64::try_from(noise).unwrap());
    }
}

thread_local! {
    /// The number of bytes that have been summed up.
    static SUMMED: Cell<usize> = const { Cell::new(0) };
}

/// A checksum that counts its cost.
struct Counted;

impl Checksum for Counted {
    type Output = u8;

    fn compute(bytes: &[u8]) -> u8 {
        SUMMED.set(SUMMED.get() + bytes.len());
        bytes.iter().fold(0, |sum, byte| sum ^ byte)
    }
}

#[derive(Frame, Debug)]
#[frame(be, magic = 0xAA55u16)]
struct Costly {
    #[len_prefixed(u16)]
    body: Vec<u8>,
    #[checksum(Counted, over = body)]
    sum: Auto<u8>,
}

/// A frame with a leading checksum, which an attempt can verify only when everything after it has
/// been read.
#[derive(Frame, Debug)]
#[frame(be, magic = 0xAA55u16)]
struct SumFirst {
    #[checksum(Counted, over = body)]
    sum: Auto<u8>,
    #[len_prefixed(u16)]
    body: Vec<u8>,
}

/// Returns the number of bytes that were summed up and skipped in a stream of noise, until the
/// framer gives up.
fn cost<T: for<'a> Decode<'a>>(unit: &[u8], limit: usize) -> (usize, usize) {
    SUMMED.set(0);
    let mut framer = Framer::new().limit(limit);
    let stream = unit.repeat(2_000_000 / unit.len());
    let mut errors = 0;
    for piece in stream.chunks(64 * 1024) {
        framer.room().extend_from_slice(piece);
        while errors < 2 {
            match framer.next_frame::<T>() {
                Ok(None) => break,
                Ok(Some(_)) => {}
                Err(_) if errors == 0 => assert!(framer.resync::<T>()),
                Err(error) => assert!(error.to_string().contains("attempts have read"), "{error}"),
            }
            errors += usize::from(!framer.is_lost() || errors == 0);
        }
    }
    assert_eq!(errors, 2, "it is given up");
    (SUMMED.get(), usize::try_from(framer.passed_over()).unwrap())
}

#[test]
fn hostile_noise_costs_bounded_work() {
    const LIMIT: usize = 65_536 + 5;

    // Each of these false starts has the maximum length of a frame.
    let (summed, passed) = cost::<Costly>(b"\xaa\x55\xff\xf0", LIMIT);
    assert!(summed > LIMIT, "{summed}: it did go wrong");
    // The additional limits are for one attempt before the stream was out of step, and for one that
    // exceeds the allowance.
    assert!(summed <= 16 * passed + 4 * LIMIT, "{summed} for {passed}");
    let (summed, passed) = cost::<SumFirst>(b"\xaa\x55\x07\xff\xf0", LIMIT);
    assert!(summed > LIMIT && summed <= 16 * passed + 4 * LIMIT, "{summed} for {passed}");
}

/// Answers reports, and counts how often it is asked about noise.
#[derive(Clone, Default)]
struct Gateway(std::sync::Arc<std::sync::atomic::AtomicUsize>);

impl Handler for Gateway {
    type In<'a> = ReportRef<'a>;
    type Out = Line;
    type State = ();

    async fn open(&self, conn: &mut Conn<Line>) -> Result<(), Close> {
        conn.keep_alive(Duration::from_secs(30));
        Ok(())
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Line>,
        (): &'a mut (),
        report: ReportRef<'a>,
    ) -> Result<(), Close> {
        Ok(conn.send(Line::new(String::from_utf8_lossy(report.body)))?)
    }

    fn malformed(&self, _: &mut Conn<Line>, (): &mut (), _: &DecodeError) -> Malformed<Line> {
        self.0.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Malformed::Resync
    }
}

async fn expect(io: &mut tokio::io::DuplexStream, text: &str) {
    let mut seen = vec![0; text.len()];
    io.read_exact(&mut seen).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&seen), text);
}

#[tokio::test(start_paused = true)]
async fn a_server_continues_after_noise() {
    let gateway = Gateway::default();
    let (mut io, theirs) = duplex(64 * 1024);
    let mut server = Server::new(gateway.clone());
    let counters = server.counters();
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    let report = |text: &str| Report::new(text).to_vec().unwrap();
    io.write_all(&[&report("one")[..], b"noise and \xaa\x55\xff\xf0", &report("two")].concat())
        .await
        .unwrap();
    expect(&mut io, "one\ntwo\n").await;
    // Noise that arrives in several parts is one run.
    for _ in 0..5 {
        io.write_all(b"more").await.unwrap();
        sleep(Duration::from_secs(2)).await;
    }
    // A false start that is not complete in time is noise, and does not end the connection.
    io.write_all(b"\xaa\x55\xff\xf0").await.unwrap();
    sleep(Duration::from_secs(12)).await;
    io.write_all(&report("three")).await.unwrap();
    expect(&mut io, "three\n").await;
    // The same applies at the end of the stream.
    io.write_all(&[&b"\xaa\x55\xff\xf0"[..], &report("four")].concat()).await.unwrap();
    io.shutdown().await.unwrap();
    expect(&mut io, "four\n").await;
    assert_eq!(io.read(&mut [0; 8]).await.unwrap(), 0);
    drop(io);
    running.await.unwrap();
    let stats = counters.snapshot();
    assert_eq!(
        (stats.frames, stats.malformed, stats.passed_over, stats.timeouts),
        (4, 3, 14 + 24 + 4, 0),
        "{stats:?}"
    );
    assert_eq!(gateway.0.load(std::sync::atomic::Ordering::SeqCst), 3);
}

#[tokio::test(start_paused = true)]
async fn a_false_start_after_a_good_frame_times_out_as_noise() {
    let report = Report::new("found").to_vec().unwrap();
    let gateway = Gateway::default();
    let (mut io, theirs) = duplex(64 * 1024);
    let mut server = Server::new(gateway.clone());
    let counters = server.counters();
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    for asked in 1..=2 {
        io.write_all(&[&report[..], b"\xaa\x55\xff\xf0", &report].concat()).await.unwrap();
        expect(&mut io, "found\n").await;
        // The false start seems to contain the frames after it, so they are found only when its
        // time is over.
        let start = Instant::now();
        expect(&mut io, "found\n").await;
        assert!(start.elapsed() >= Duration::from_secs(9), "{:?}", start.elapsed());
        assert_eq!(gateway.0.load(std::sync::atomic::Ordering::SeqCst), asked);
    }
    let stats = counters.snapshot();
    assert_eq!((stats.frames, stats.malformed, stats.passed_over, stats.timeouts), (4, 2, 8, 0), "{stats:?}");
    // A connection is closed unless the answer is `Resync`, even if none of its frame has arrived.
    drop(io);
    running.await.unwrap();
    let mut server = Server::new(async |report: Report| report);
    let counters = server.counters();
    let (mut io, theirs) = duplex(64 * 1024);
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    io.write_all(b"\xaa\x55\xff\xf0").await.unwrap();
    assert_eq!(io.read(&mut [0; 8]).await.unwrap(), 0);
    drop(io);
    running.await.unwrap();
    assert_eq!(counters.snapshot().timeouts, 1);
}

/// Skips malformed bytes, or answers them.
struct Patient {
    replies: bool,
}

impl Handler for Patient {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, _: &mut Conn<Line>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame(&self, conn: &mut Conn<Line>, (): &mut (), line: Line) -> Result<(), Close> {
        Ok(conn.send(line)?)
    }

    fn malformed(&self, _: &mut Conn<Line>, (): &mut (), _: &DecodeError) -> Malformed<Line> {
        if self.replies { Malformed::Reply(Line::new("?")) } else { Malformed::Skip }
    }
}

#[tokio::test(start_paused = true)]
async fn repeated_noise_is_logged_once_and_counted() {
    for replies in [true, false] {
        let (log, _logging) = Log::start();
        let (mut io, theirs) = duplex(64 * 1024);
        let server = Server::new(Patient { replies });
        let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
        io.write_all(&b"\xff\n".repeat(1000)).await.unwrap();
        io.write_all(b"end\n").await.unwrap();
        expect(&mut io, &if replies { "?\n".repeat(1000) } else { String::new() }).await;
        expect(&mut io, "end\n").await;
        drop(io);
        running.await.unwrap();
        assert_eq!(log.count("malformed frame"), 1, "{}", log.text());
        assert_eq!(log.count("malformed bytes 1000 times"), 1, "{}", log.text());
    }
    // A peer can also repeat runs of noise.
    let report = Report::new("found").to_vec().unwrap();
    let runs = [&b"noise"[..], &report].concat().repeat(50);
    let (log, _logging) = Log::start();
    let (mut io, theirs) = duplex(64 * 1024);
    let server = Server::new(Gateway::default());
    let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    io.write_all(&runs).await.unwrap();
    expect(&mut io, &"found\n".repeat(50)).await;
    drop(io);
    running.await.unwrap();
    assert_eq!((log.count("malformed frame"), log.count("50 times")), (1, 1), "{}", log.text());
    // A client limits its log in the same way.
    let (log, _logging) = Log::start();
    let (io, mut theirs) = duplex(64 * 1024);
    theirs.write_all(&runs).await.unwrap();
    drop(theirs);
    let mut s = Session::over(io, &ClientOptions::new().resync(true));
    while s.recv::<Report>().await.unwrap().is_some() {}
    drop(s);
    assert_eq!((log.count("malformed frame"), log.count("50 times")), (1, 1), "{}", log.text());
}

#[tokio::test(start_paused = true)]
async fn noise_does_not_keep_a_connection_alive() {
    for (keep_alive, seconds) in [(true, 30), (false, 100)] {
        let (mut io, theirs) = duplex(64 * 1024);
        let limits = Limits::new().idle(Duration::from_secs(100)).first_frame_time(None);
        let mut server = Server::new(Gateway::default()).limits(limits.clone());
        let counters = server.counters();
        let running = if keep_alive {
            tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() })
        } else {
            let server = Server::sessions(noisy_session).limits(limits);
            tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() })
        };
        let start = Instant::now();
        let (mut reads, mut writes) = tokio::io::split(io);
        let noise = tokio::spawn(async move {
            while writes.write_all(b"noise").await.is_ok() {
                sleep(Duration::from_secs(1)).await;
            }
        });
        assert_eq!(reads.read(&mut [0; 8]).await.unwrap(), 0);
        let took = start.elapsed().as_secs();
        assert!((seconds..=seconds + 2).contains(&took), "{took}");
        if keep_alive {
            assert_eq!(counters.snapshot().timeouts, 1);
            assert!(counters.snapshot().passed_over >= 100);
        }
        noise.abort();
        let _ = noise.await;
        io = duplex(1).0;
        drop((io, reads));
        running.abort();
    }
}

async fn noisy_session(mut s: Session) -> Result<(), Close> {
    loop {
        match s.recv::<Report>().await {
            Ok(Some(report)) => s.feed(&Line::new(String::from_utf8_lossy(&report.body)))?,
            Ok(None) => return Ok(()),
            Err(Error::Decode(_)) if s.resync::<Report>() => {}
            Err(error) => return Err(error.into()),
        }
    }
}

#[tokio::test]
async fn sessions_find_frames_of_every_kind() {
    let report = Report::new("found").to_vec().unwrap();
    let (io, mut theirs) = duplex(64 * 1024);
    let mut s = Session::over(io, &ClientOptions::new());
    for _ in 0..3 {
        theirs.write_all(b"noise \xaa\x55\xff\xf0").await.unwrap();
        theirs.write_all(&report).await.unwrap();
    }
    assert!(matches!(s.recv::<Report>().await, Err(Error::Decode(_))));
    assert!(s.resync::<Report>());
    assert_eq!(s.require::<Report>().await.unwrap().body, b"found");
    assert!(matches!(s.recv::<ReportRef<'_>>().await, Err(Error::Decode(_))));
    assert!(s.resync::<ReportRef<'_>>());
    assert_eq!(s.require::<ReportRef<'_>>().await.unwrap().body, b"found");
    assert!(matches!(s.recv::<Wrapped<Report>>().await, Err(Error::Decode(_))));
    assert!(s.resync::<Wrapped<Report>>());
    assert_eq!(s.require::<Wrapped<Report>>().await.unwrap().inner.body, b"found");
    // A type without a recognisable beginning cannot be searched for.
    theirs.write_all(b"\xff\xff\xff\xff\xff").await.unwrap();
    assert!(matches!(s.recv::<Msg>().await, Err(Error::Decode(_))));
    assert!(!s.resync::<Msg>());
}

/// A report within a frame whose parser is for one lifetime only.
#[derive(Frame, Debug)]
#[frame(be)]
struct Wrapped<T> {
    inner: T,
}

/// A report whose leading constant is followed by context.
#[derive(Frame, Debug)]
#[frame(be, magic = 0xAA55u16, ctx(most: u16))]
struct Bounded {
    #[len_of(body)]
    #[check(len < most, "too long")]
    len: Auto<u16>,
    body: Vec<u8>,
    #[checksum(Crc32IsoHdlc, over = ..sum)]
    sum: Auto<u32>,
}

#[tokio::test]
async fn clients_skip_noise_if_resync_is_on() {
    let stream = [
        &b"noise"[..],
        &Report::new("one").to_vec().unwrap(),
        // The noise has a start that lacks bytes, and a start whose checksum is wrong.
        b"more\xaa\x55\x0f\xff\xaa\x55\x00\x0112345",
        &Report::new("two").to_vec().unwrap(),
        b"\xaa\x55\x00\x02",
    ];
    let stream = stream.concat();
    let options = ClientOptions::new().resync(true);
    for (way, piece) in (0..6).flat_map(|way| [1, 5, 4096].map(|piece| (way, piece))) {
        let (io, mut theirs) = duplex(64 * 1024);
        let (stream, mut bodies) = (stream.clone(), Vec::new());
        let sending = tokio::spawn(async move {
            for piece in stream.chunks(piece) {
                theirs.write_all(piece).await.unwrap();
                tokio::task::yield_now().await;
            }
        });
        let mut s = Session::over(io, &options);
        match way {
            0 => {
                let mut client = s.into_client::<Line, Report>();
                while let Some(report) = client.recv().await.unwrap() {
                    bodies.push(report.body);
                }
            }
            1 => {
                let (_, mut receiver) = s.into_client::<Line, Report>().split();
                while let Some(report) = receiver.recv().await.unwrap() {
                    bodies.push(report.body);
                }
            }
            2 => {
                while let Some(report) = s.recv::<Report>().await.unwrap() {
                    bodies.push(report.body);
                }
            }
            3 => {
                while let Some(report) = s.recv::<ReportRef<'_>>().await.unwrap() {
                    bodies.push(report.body.to_vec());
                }
            }
            4 => {
                while let Some(report) = s.recv::<Wrapped<Report>>().await.unwrap() {
                    bodies.push(report.inner.body);
                }
            }
            _ => {
                while let Some(report) = s.recv_with::<Bounded, _>(4096_u16).await.unwrap() {
                    bodies.push(report.body);
                }
            }
        }
        assert_eq!(bodies, [b"one", b"two"], "way {way} in pieces of {piece}");
        sending.await.unwrap();
    }
}

#[tokio::test]
async fn clients_take_frames_of_generic_types() {
    let stream = [&b"noise"[..], &Report::new("one").to_vec().unwrap()].concat().repeat(2);
    for splits in [false, true] {
        let (io, mut theirs) = duplex(64 * 1024);
        theirs.write_all(&stream).await.unwrap();
        drop(theirs);
        let mut client = Client::<Line, Wrapped<Report>>::over(io, &ClientOptions::new().resync(true));
        let mut bodies = Vec::new();
        if splits {
            let (_, mut receiver) = client.split();
            while let Some(report) = receiver.recv().await.unwrap() {
                bodies.push(report.inner.body);
            }
        } else {
            while let Some(report) = client.recv().await.unwrap() {
                bodies.push(report.inner.body);
            }
        }
        assert_eq!(bodies, [b"one", b"one"]);
    }
}

/// A stream that returns a given number of bytes for each read.
struct Pieces(std::io::Cursor<Vec<u8>>, usize);

impl std::io::Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let len = buffer.len().min(self.1);
        std::io::Read::read(&mut self.0, &mut buffer[..len])
    }
}

impl std::io::Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn blocking_clients_skip_noise_too() {
    let (one, two) = (Report::new("one").to_vec().unwrap(), Report::new("two").to_vec().unwrap());
    let stream = [&b"noise"[..], &one, b"more\xaa\x55\x00\x04", &two, b"end"].concat();
    let options = ClientOptions::new().resync(true);
    for piece in [1, 5, 4096] {
        let over = || Pieces(std::io::Cursor::new(stream.clone()), piece);
        let session = || blocking::Session::over(over(), &options);
        let mut client = blocking::Client::<Line, Report>::over(over(), &options);
        let mut ways = vec![Vec::new()];
        while let Some(report) = client.recv().unwrap() {
            ways[0].push(report.body);
        }
        let (mut s, mut bodies) = (session(), Vec::new());
        while let Some(report) = s.recv::<Report>().unwrap() {
            bodies.push(report.body);
        }
        ways.push(std::mem::take(&mut bodies));
        let mut s = session();
        while let Some(report) = s.recv::<ReportRef<'_>>().unwrap() {
            bodies.push(report.body.to_vec());
        }
        ways.push(std::mem::take(&mut bodies));
        let mut s = session();
        while let Some(report) = s.recv::<Wrapped<ReportRef<'_>>>().unwrap() {
            bodies.push(report.inner.body.to_vec());
        }
        ways.push(std::mem::take(&mut bodies));
        let mut s = session();
        while let Some(report) = s.recv_with::<Bounded, _>(4096_u16).unwrap() {
            bodies.push(report.body);
        }
        ways.push(bodies);
        for (way, bodies) in ways.into_iter().enumerate() {
            assert_eq!(bodies, [b"one", b"two"], "way {way} in pieces of {piece}");
        }
    }
}

#[tokio::test]
async fn a_malformed_read_is_skipped_for_every_type() {
    let (io, mut theirs) = duplex(64);
    let mut s = Session::over(io, &ClientOptions::new().resync(true).per_read());
    let msg = Msg::new("found").to_vec().unwrap();
    let sending = tokio::spawn(async move {
        for read in [&b"\xff\xff\xff"[..], &msg, b"\xff", &msg] {
            theirs.write_all(read).await.unwrap();
            for _ in 0..4 {
                tokio::task::yield_now().await;
            }
        }
    });
    assert_eq!(s.require::<Msg>().await.unwrap(), Msg::new("found"));
    assert_eq!(s.require::<MsgRef<'_>>().await.unwrap().body, b"found");
    sending.await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn noise_costs_a_session_bounded_memory() {
    // Each attempt at such a type copies the bytes that have arrived. There is one attempt for each
    // start, not for each read.
    let (io, mut theirs) = duplex(64);
    let sending = tokio::spawn(async move {
        let first = [&b"\xaa\x55\xff\xf0"[..], &[0; 20_000]].concat();
        let rest = b"\xaa\x55\xff\xf0".repeat(20_000);
        for byte in first.into_iter().chain(rest) {
            if theirs.write_all(&[byte]).await.is_err() {
                return false;
            }
        }
        true
    });
    let mut s = Session::over(io, &ClientOptions::new().resync(true).max_frame(65_536 + 10));
    let error = s.recv::<Wrapped<Report>>().await.unwrap_err().to_string();
    assert!(error.contains("attempts have read"), "{error}");
    drop(s);
    assert!(!sending.await.unwrap(), "it was given up before the end");
}

/// Returns noise in which four false starts cost more than a small limit allows.
fn costly_noise() -> Vec<u8> {
    b"\xaa\x55\0\xf0".repeat(200)
}

#[tokio::test(start_paused = true)]
async fn a_session_continues_after_noise_that_costs_too_much() {
    let server = Server::sessions(noisy_session).limits(Limits::new().frame(260));
    let (io, mut theirs) = duplex(4096);
    tokio::spawn(async move { server.serve_connection(io).await });
    theirs.write_all(&costly_noise()).await.unwrap();
    theirs.write_all(&Report::new("good").to_vec().unwrap().repeat(3)).await.unwrap();
    theirs.shutdown().await.unwrap();
    let mut replies = Vec::new();
    theirs.read_to_end(&mut replies).await.unwrap();
    assert_eq!(replies, b"good\ngood\ngood\n");
}

#[test]
fn noise_that_costs_too_much_is_skipped_at_a_bounded_cost() {
    SUMMED.set(0);
    let mut framer = Framer::new().limit(65_536 + 5);
    let noise = b"\xaa\x55\xff\xf0".repeat(500_000);
    framer.room().extend_from_slice(&noise);
    let mut errors = 0_usize;
    loop {
        match framer.next_frame::<Costly>() {
            Ok(None) => break,
            Ok(Some(_)) => {}
            Err(_) => assert!(framer.resync::<Costly>()),
        }
        errors += 1;
        assert!(SUMMED.get() <= 40 * noise.len(), "{}", SUMMED.get());
    }
    assert!(errors > 3, "{errors}: it is given up more than once");
}

#[tokio::test]
async fn types_that_cannot_be_found_again_are_reported() {
    let (log, _logging) = Log::start();
    let options = ClientOptions::new().resync(true);
    let error = Client::<Msg>::connect_with("127.0.0.1:1", options.clone()).await.unwrap_err().to_string();
    assert!(error.contains("cannot find frames of Msg"), "{error}");
    let error = blocking::Client::<Msg>::connect_with("127.0.0.1:1", options).unwrap_err().to_string();
    assert!(error.contains("cannot find frames of Msg"), "{error}");

    /// A handler that asks for `Resync`, which `Msg` does not support.
    struct Hopeful;

    impl Handler for Hopeful {
        type In<'a> = Msg;
        type Out = Msg;
        type State = ();

        async fn open(&self, _: &mut Conn<Msg>) -> Result<(), Close> {
            Ok(())
        }

        async fn frame(&self, conn: &mut Conn<Msg>, (): &mut (), msg: Msg) -> Result<(), Close> {
            Ok(conn.send(msg)?)
        }

        fn malformed(&self, _: &mut Conn<Msg>, (): &mut (), _: &DecodeError) -> Malformed<Msg> {
            Malformed::Resync
        }
    }

    for _ in 0..2 {
        let (mut io, theirs) = duplex(64);
        let server = Server::new(Hopeful);
        let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
        io.write_all(b"\xff\xff\xff\xff\xff").await.unwrap();
        assert_eq!(io.read(&mut [0; 8]).await.unwrap(), 0);
        drop(io);
        running.await.unwrap();
    }
    assert_eq!(log.count("cannot resynchronise: Msg has neither"), 1, "{}", log.text());
    // A session reports each of its types separately.
    let (io, mut theirs) = duplex(64);
    theirs.write_all(b"\xff\xff\xff\xff\xff").await.unwrap();
    let mut s = Session::over(io, &ClientOptions::new().resync(true));
    assert!(matches!(s.recv::<Msg>().await, Err(Error::Decode(_))));
    assert!(matches!(s.recv::<MsgRef<'_>>().await, Err(Error::Decode(_))));
    assert_eq!(log.count("cannot resynchronise"), 1, "{}", log.text());
}

#[test]
fn sync_is_the_leading_constant() {
    #[derive(Frame)]
    #[frame(le, magic = 0xCAFEu16)]
    struct Little(u8);

    #[derive(Frame)]
    struct InAField {
        #[magic(b"$GP")]
        start: Auto,
        #[until(b"\r\n")]
        text: String,
    }

    #[derive(Frame)]
    #[frame(be)]
    struct Nested {
        header: InAField,
    }

    assert_eq!(Report::SYNC, [0xaa, 0x55]);
    assert_eq!(Little::SYNC, [0xfe, 0xca]);
    assert_eq!(InAField::SYNC, b"$GP");
    assert_eq!(Place::SYNC, b"");
    // The leading constant of a nested frame is found as well.
    let mut framer = Framer::new();
    framer.room().extend_from_slice(b"$$GPx$GPtext\r\n");
    assert!(framer.next_frame::<Nested>().is_err());
    assert!(framer.resync::<Nested>());
    // The frame begins at the first of the two starts, which have the same end.
    assert_eq!(framer.next_frame::<Nested>().unwrap().unwrap().header.text, "x$GPtext");
}

#[tokio::test]
async fn a_false_start_costs_the_bytes_that_were_read() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, magic = 0xCAFEu16)]
    struct Note<'a> {
        urgent: bool,
        #[len_prefixed(u8)]
        text: &'a [u8],
    }

    let (ours, mut theirs) = duplex(1 << 16);
    // Each false start is refused at its third byte.
    theirs.write_all(&b"\xca\xfe\x02".repeat(20_000)).await.unwrap();
    theirs.write_all(b"\xca\xfe\x01\x02hi").await.unwrap();
    let mut s = Session::over(ours, &ClientOptions::new());
    assert!(matches!(s.recv::<Note<'_>>().await, Err(Error::Decode(_))));
    assert!(s.resync::<Note<'_>>());
    assert_eq!(s.recv().await.unwrap(), Some(Note { urgent: true, text: b"hi" }));
}
