//! Tests that servers continue after noise if their handler requests it.

use std::time::Duration;

use framewright::net::{Close, Conn, Handler, Limits, Malformed, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, DecodeError};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::time::{Instant, sleep};

use super::session::noisy_session;
use super::{Report, ReportRef};
use crate::frames::Line;
use crate::logs::Log;

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
    // Noise that arrives in several parts counts as one run.
    for _ in 0..5 {
        io.write_all(b"more").await.unwrap();
        sleep(Duration::from_secs(2)).await;
    }
    // A false start that is not completed in time is noise, and does not end the connection.
    io.write_all(b"\xaa\x55\xff\xf0").await.unwrap();
    sleep(Duration::from_secs(12)).await;
    io.write_all(&report("three")).await.unwrap();
    expect(&mut io, "three\n").await;
    // The same applies to a false start before the end of the stream.
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
        // According to its length, the false start contains the frames after it. They are found
        // only when the time for a frame is over.
        let start = Instant::now();
        expect(&mut io, "found\n").await;
        assert!(start.elapsed() >= Duration::from_secs(9), "{:?}", start.elapsed());
        assert_eq!(gateway.0.load(std::sync::atomic::Ordering::SeqCst), asked);
    }
    let stats = counters.snapshot();
    assert_eq!((stats.frames, stats.malformed, stats.passed_over, stats.timeouts), (4, 2, 8, 0), "{stats:?}");
    // Without `Resync`, an incomplete false start ends the connection when the time for a frame is
    // over.
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

#[tokio::test(start_paused = true)]
async fn a_part_of_the_constant_times_out_as_noise() {
    for time in [Duration::ZERO, Duration::from_secs(10)] {
        let (mut io, theirs) = duplex(64 * 1024);
        let mut server = Server::new(Gateway::default()).limits(Limits::new().frame_time(time));
        let counters = server.counters();
        let running = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
        let report = Report::new("found").to_vec().unwrap();
        // The last byte is the first one of the constant.
        io.write_all(b"noise\xaa\xaa").await.unwrap();
        sleep(Duration::from_secs(25)).await;
        io.write_all(&report[1..]).await.unwrap();
        io.write_all(&report).await.unwrap();
        expect(&mut io, "found\n").await;
        drop(io);
        running.await.unwrap();
        let stats = counters.snapshot();
        assert_eq!((stats.frames, stats.timeouts, stats.passed_over), (1, 0, 7 + 12), "{stats:?}");
    }
}

/// Skips malformed frames. If `replies` is set, answers them as well.
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
    // Repeated runs of noise also make only two lines in the log.
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
