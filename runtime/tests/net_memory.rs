//! Tests of the memory that connections take, as counted by the allocator. They are a separate
//! program, because counting replaces the allocator.

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

use framewright::net::{Close, Counters, Limits, Serves};
use framewright::prelude::*;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::oneshot;

#[derive(Frame)]
#[frame(be)]
struct Request<'a> {
    id: u32,
    #[len_prefixed]
    body: &'a [u8],
}

#[derive(Frame)]
#[frame(be)]
struct Ack {
    id: u32,
    len: u32,
}

/// A handler that borrows the frames it reads and writes.
struct Counter;

impl Handler for Counter {
    type In<'a> = Request<'a>;
    type Out = Ack;
    type State = ();

    async fn open(&self, _: &mut Conn<Ack>) -> Result<(), Close> {
        Ok(())
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Ack>,
        (): &'a mut (),
        request: Request<'a>,
    ) -> Result<(), Close> {
        let len = u32::try_from(request.body.len())?;
        Ok(conn.send(Ack { id: request.id, len })?)
    }
}

struct Served {
    runtime: Runtime,
    address: SocketAddr,
    counters: Counters,
    /// Stops the server when it is dropped.
    _stop: oneshot::Sender<()>,
}

/// A conversation that does the same as [`Counter`].
async fn talk(mut s: Session) -> Result<(), Close> {
    while let Some(request) = s.recv::<Request<'_>>().await? {
        let ack = Ack { id: request.id, len: u32::try_from(request.body.len())? };
        s.feed(&ack)?;
    }
    Ok(())
}

fn serve(limits: Limits) -> Served {
    start(Server::new(Counter), limits)
}

/// Returns a server on this thread, which makes progress only while one of the methods of `Served`
/// runs.
fn start(mut server: Server<impl Serves>, limits: Limits) -> Served {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let counters = server.counters();
    let address = runtime.block_on(async {
        let server = server.limits(limits).bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr();
        tokio::spawn(server.serve_until(stopped));
        address
    });
    Served { runtime, address, counters, _stop: stop }
}

impl Served {
    /// Lets the server do its pending work.
    fn run(&self) {
        self.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(50)).await });
    }

    /// Reads `len` bytes. Runs the server until they have arrived.
    fn read(&self, stream: &mut TcpStream, len: usize) {
        let (mut left, mut buffer) = (len, [0; 4096]);
        stream.set_nonblocking(true).unwrap();
        while left > 0 {
            let part = left.min(buffer.len());
            match stream.read(&mut buffer[..part]) {
                Ok(0) => panic!("closed with {left} bytes to come"),
                Ok(read) => left -= read,
                Err(error) if error.kind() == ErrorKind::WouldBlock => self.run(),
                Err(error) => panic!("{error}"),
            }
        }
        stream.set_nonblocking(false).unwrap();
    }

    fn connect(&self, count: usize) -> Vec<TcpStream> {
        (0..count)
            .map(|index| {
                if index % 100 == 0 {
                    self.run();
                }
                TcpStream::connect(self.address).unwrap()
            })
            .collect()
    }
}

/// Runs `work`. Returns the number of bytes that stay allocated, divided by `count`.
fn bytes_each(count: usize, work: impl FnOnce()) -> usize {
    let info = allocation_counter::measure(work);
    usize::try_from(info.bytes_current).unwrap() / count
}

/// Returns the number of bytes that each connection takes while it waits, after it has exchanged a
/// frame.
fn idle_bytes(served: &Served) -> usize {
    const COUNT: usize = 2000;
    let mut crowd = Vec::with_capacity(COUNT);
    bytes_each(COUNT, || {
        crowd = served.connect(COUNT);
        for stream in &mut crowd {
            stream.write_all(&[0, 0, 0, 1, 0, 0, 0, 2, b'h', b'i']).unwrap();
        }
        served.run();
        for stream in &mut crowd {
            served.read(stream, 8);
        }
        served.run();
    })
}

#[test]
fn idle_connections_take_two_kib_at_most() {
    let each = idle_bytes(&serve(Limits::new().first_frame_time(None)));
    assert!(each <= 2048, "{each} bytes each");
}

#[test]
fn idle_sessions_take_two_kib_at_most() {
    let each = idle_bytes(&start(Server::sessions(talk), Limits::new().first_frame_time(None)));
    assert!(each <= 2048, "{each} bytes each");
}

#[test]
fn an_announced_length_allocates_nothing() {
    const COUNT: usize = 2000;
    let served = serve(Limits::new().frame(usize::MAX));
    let mut crowd = Vec::with_capacity(COUNT);
    let each = bytes_each(COUNT, || {
        crowd = served.connect(COUNT);
        for stream in &mut crowd {
            stream.write_all(&[0, 0, 0, 1, 0xff, 0xff, 0xff, 0xff]).unwrap();
        }
        // The server has read all bytes, and has closed no connection.
        while served.counters.snapshot().bytes_in < 8 * u64::try_from(COUNT).unwrap() {
            served.run();
        }
        served.run();
    });
    assert_eq!(served.counters.snapshot().open(), u64::try_from(COUNT).unwrap());
    assert!(each <= 4096, "{each} bytes each");
    drop(crowd);
}

#[test]
fn a_big_frame_is_given_back() {
    const SIZE: u32 = 8 << 20;
    let served = serve(Limits::new().frame(16 << 20));
    let mut stream = TcpStream::connect(served.address).unwrap();
    let left = bytes_each(1, || {
        let mut sender = stream.try_clone().unwrap();
        // Only allocations on this thread are counted, so the frame is made on another thread.
        let sending = std::thread::spawn(move || {
            let mut big = vec![0, 0, 0, 1];
            big.extend_from_slice(&SIZE.to_be_bytes());
            big.resize(big.len() + usize::try_from(SIZE).unwrap(), 7);
            sender.write_all(&big).unwrap();
        });
        while !sending.is_finished() {
            served.run();
        }
        served.run();
        served.read(&mut stream, 8);
        // A small frame follows.
        stream.write_all(&[0, 0, 0, 1, 0, 0, 0, 0]).unwrap();
        served.run();
        served.read(&mut stream, 8);
    });
    assert!(left <= 512 * 1024, "{left} bytes");
}

#[test]
fn borrowed_frames_allocate_nothing() {
    let served = serve(Limits::new());
    let mut stream = TcpStream::connect(served.address).unwrap();
    let mut exchange = |frames: usize| {
        let batch = [0, 0, 0, 1, 0, 0, 0, 2, b'h', b'i'].repeat(frames);
        stream.write_all(&batch).unwrap();
        served.runtime.block_on(async {
            for _ in 0..10 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        });
        served.read(&mut stream, 8 * frames);
    };
    for frames in [1, 500] {
        exchange(frames);
    }
    let idle = allocation_counter::measure(|| exchange(0)).count_total;
    for frames in [1, 500] {
        let count = allocation_counter::measure(|| exchange(frames)).count_total;
        // The two allocations are vectors of the test itself: the batch, and the room for the
        // replies.
        assert!(count <= idle + 2, "{} allocations for {frames} frames", count - idle);
    }
}

#[test]
fn visitors_leave_no_memory_behind() {
    const VISITORS: usize = 20_000;
    let served = serve(Limits::new());
    let visit = |count: usize| {
        for _ in 0..count / 100 {
            let visit = |_| {
                let mut stream = TcpStream::connect(served.address).unwrap();
                stream.write_all(&[0, 0, 0, 1, 0, 0, 0, 2, b'h', b'i']).unwrap();
                stream
            };
            let _visitors: Vec<TcpStream> = (0..100).map(visit).collect();
            // Waits until every connection is accepted, because the size of the backlog is limited.
            let accepted = served.counters.snapshot().accepted + 100;
            while served.counters.snapshot().accepted < accepted {
                served.runtime.block_on(async { tokio::time::sleep(Duration::from_millis(1)).await });
            }
        }
        while served.counters.snapshot().open() > 0 {
            served.run();
        }
    };
    visit(1000);
    let before = served.counters.snapshot().accepted;
    let info = allocation_counter::measure(|| visit(VISITORS));
    assert!(served.counters.snapshot().accepted >= before + u64::try_from(VISITORS).unwrap());
    assert!(info.bytes_current <= 64 * 1024, "{} bytes", info.bytes_current);
}
