//! Tests that sessions continue after noise.

use framewright::net::{Close, Limits, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, Error};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{Report, ReportRef, Wrapped, costly_noise};
use crate::frames::{Line, Msg, MsgRef};

pub(super) async fn noisy_session(mut s: Session) -> Result<(), Close> {
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
    // `Msg` has no recognisable beginning, so it cannot be searched for.
    theirs.write_all(b"\xff\xff\xff\xff\xff").await.unwrap();
    assert!(matches!(s.recv::<Msg>().await, Err(Error::Decode(_))));
    assert!(!s.resync::<Msg>());
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
    // Each attempt to decode a `Wrapped` copies the bytes that have arrived. Each false start must
    // cost only one attempt, even if many reads follow.
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
