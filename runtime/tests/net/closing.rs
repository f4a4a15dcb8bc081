//! Tests that a connection ends even if its handler panics or hangs.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use framewright::net::{Close, CloseReason, Conn, Handler, Limits, Server};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::Instant;

use crate::frames::Line;

/// How the handler misbehaves.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mood {
    PanicsInOpen,
    HangsInOpen,
    PanicsInClosed,
    HangsInClosed,
    PanicsWhenDropped,
    Fine,
}

struct Moody {
    mood: Mood,
    closed: Arc<AtomicUsize>,
}

/// A value that panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            panic!("as asked");
        }
    }
}

impl Handler for Moody {
    type In<'a> = Line;
    type Out = Line;
    type State = ();

    async fn open(&self, conn: &mut Conn<Line>) -> Result<(), Close> {
        conn.send(Line::new("welcome"))?;
        match self.mood {
            Mood::PanicsInOpen => panic!("as asked"),
            Mood::HangsInOpen => std::future::pending().await,
            _ => Ok(()),
        }
    }

    async fn frame<'a>(&'a self, conn: &'a mut Conn<Line>, (): &'a mut (), line: Line) -> Result<(), Close> {
        if self.mood == Mood::PanicsWhenDropped {
            let _bomb = Bomb;
            std::future::pending::<()>().await;
        }
        Ok(conn.send(line)?)
    }

    async fn closed(&self, (): (), _: CloseReason) {
        self.closed.fetch_add(1, Ordering::Relaxed);
        match self.mood {
            Mood::PanicsInClosed => panic!("as asked"),
            Mood::HangsInClosed => std::future::pending().await,
            _ => {}
        }
    }
}

#[tokio::test(start_paused = true)]
async fn closed_is_called_once_for_each_open() {
    let moods = [
        (Mood::PanicsInOpen, 0),
        (Mood::HangsInOpen, 0),
        (Mood::PanicsInClosed, 1),
        (Mood::HangsInClosed, 1),
        (Mood::PanicsWhenDropped, 1),
        (Mood::Fine, 1),
    ];
    for (mood, told) in moods {
        let closed = Arc::<AtomicUsize>::default();
        let mut server = Server::new(Moody { mood, closed: Arc::clone(&closed) });
        let counters = server.counters();
        let server = server.limits(Limits::new().drain(Duration::from_secs(5)));
        let server = server.bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr();
        let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
        let task = tokio::spawn(server.serve_until(stopped));
        let mut peer = tokio::net::TcpStream::connect(address).await.unwrap();
        peer.write_all(b"hello\n").await.unwrap();
        let mut welcome = [0; 8];
        peer.read_exact(&mut welcome).await.unwrap();
        assert_eq!(&welcome, b"welcome\n", "{mood:?}: what was sent is flushed, whatever comes then");
        if mood == Mood::PanicsWhenDropped {
            while counters.snapshot().frames == 0 && counters.snapshot().bytes_in == 0 {
                tokio::task::yield_now().await;
            }
        }
        let start = Instant::now();
        drop(stop);
        task.await.unwrap().unwrap();
        assert!(start.elapsed() <= Duration::from_secs(12), "{mood:?}: {:?}", start.elapsed());
        let mut rest = Vec::new();
        // The stream ends. If the connection was dropped before the frame was read, it is reset
        // instead.
        let _ = peer.read_to_end(&mut rest).await;
        assert_eq!(closed.load(Ordering::Relaxed), told, "{mood:?}");
        // If `closed` hangs, this may take as long as a second drain.
        while counters.snapshot().open() > 0 {
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}
