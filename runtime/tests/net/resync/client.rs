//! Tests that clients skip noise if `resync` is on.

use framewright::net::{Close, Conn, Handler, Malformed, Session};
use framewright::prelude::*;
use framewright::{ClientOptions, DecodeError, Error, blocking};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

use super::{Bounded, Report, ReportRef, Wrapped};
use crate::frames::{Line, Msg, MsgRef};
use crate::logs::Log;

#[tokio::test]
async fn clients_skip_noise_if_resync_is_on() {
    let stream = [
        &b"noise"[..],
        &Report::new("one").to_vec().unwrap(),
        // The noise contains a start of a frame that lacks bytes, and one with a wrong checksum.
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
async fn types_that_cannot_be_found_again_are_reported() {
    let (log, _logging) = Log::start();
    let options = ClientOptions::new().resync(true);
    let error = Client::<Msg>::connect_with("127.0.0.1:1", options.clone()).await.unwrap_err().to_string();
    assert!(error.contains("cannot find frames of Msg"), "{error}");
    let error = blocking::Client::<Msg>::connect_with("127.0.0.1:1", options).unwrap_err().to_string();
    assert!(error.contains("cannot find frames of Msg"), "{error}");

    /// A handler that answers malformed bytes by `Malformed::Resync`, which `Msg` does not support.
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
