//! Tests of the resources of a server's process: descriptors, tasks, time. They are a separate
//! program, because all tests of a program share its descriptors.
#![cfg(target_os = "linux")]

use std::io::{ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use framewright::prelude::*;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::runtime::{Builder, Runtime};

#[derive(Frame)]
#[frame(be)]
struct Byte {
    value: u8,
}

/// Waits until no other test runs, and returns a guard.
fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::new(());
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve() -> (Runtime, SocketAddr) {
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    let address = runtime.block_on(async {
        let server = Server::new(async |byte: Byte| byte).bind("127.0.0.1:0").await.unwrap();
        let address = server.local_addr();
        tokio::spawn(server.serve());
        address
    });
    (runtime, address)
}

fn run(runtime: &Runtime, time: Duration) {
    runtime.block_on(async { tokio::time::sleep(time).await });
}

fn descriptors() -> usize {
    std::fs::read_dir("/proc/self/fd").unwrap().count()
}

/// Returns the processor time that this process has used.
fn busy() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ProcessCPUTime);
    Duration::new(time.tv_sec.try_into().unwrap(), time.tv_nsec.try_into().unwrap())
}

/// Runs the server until the stream receives a byte or fails. Returns `true` if the byte is 7, as
/// it was sent.
fn answered(runtime: &Runtime, stream: &mut TcpStream) -> bool {
    let mut byte = [0];
    stream.set_nonblocking(true).unwrap();
    loop {
        match stream.read(&mut byte) {
            Ok(read) => return read == 1 && byte == [7],
            Err(error) if error.kind() == ErrorKind::WouldBlock => run(runtime, Duration::from_millis(10)),
            Err(_) => return false,
        }
    }
}

#[test]
fn out_of_descriptors_is_survived() {
    let _alone = alone();
    let (runtime, address) = serve();
    run(&runtime, Duration::from_millis(10));
    let before = getrlimit(Resource::Nofile);
    let room = u64::try_from(descriptors()).unwrap() + 20;
    setrlimit(Resource::Nofile, Rlimit { current: Some(room), ..before }).unwrap();
    // The server does not run during this loop, so the clients take all descriptors and wait in the
    // backlog.
    let mut clients = Vec::new();
    while let Ok(mut client) = TcpStream::connect(address) {
        client.write_all(&[7]).unwrap();
        clients.push(client);
    }
    assert!(clients.len() > 10);

    let (start, used) = (Instant::now(), busy());
    run(&runtime, Duration::from_millis(500));
    let used = busy().saturating_sub(used);
    assert!(start.elapsed() >= Duration::from_millis(500));
    assert!(used <= Duration::from_millis(100), "busy for {used:?} with nothing to do");

    // Once descriptors are free again, the remaining clients are served.
    let mut rest = clients.split_off(clients.len() / 2);
    drop(clients);
    assert!(rest.iter_mut().all(|client| answered(&runtime, client)), "those in the backlog are served");
    setrlimit(Resource::Nofile, before).unwrap();
}

#[test]
fn twenty_thousand_visitors_leave_nothing_behind() {
    let _alone = alone();
    let (runtime, address) = serve();
    run(&runtime, Duration::from_millis(10));
    let visit = |count: usize| {
        for _ in 0..count / 50 {
            let mut visitors: Vec<TcpStream> = (0..50)
                .map(|_| {
                    let mut stream = TcpStream::connect(address).unwrap();
                    stream.write_all(&[7]).unwrap();
                    stream
                })
                .collect();
            run(&runtime, Duration::from_millis(1));
            // Waits until the last connection is served, because the size of the backlog is
            // limited.
            assert!(visitors.last_mut().is_some_and(|last| answered(&runtime, last)));
            drop(visitors);
        }
        run(&runtime, Duration::from_millis(100));
    };
    visit(100);
    let metrics = runtime.metrics();
    let before = (descriptors(), metrics.num_alive_tasks());
    visit(20_000);
    // It may take a moment until the server notices that the last clients have left.
    let start = Instant::now();
    while (descriptors(), metrics.num_alive_tasks()) != before && start.elapsed() < Duration::from_secs(10) {
        run(&runtime, Duration::from_millis(10));
    }
    assert_eq!((descriptors(), metrics.num_alive_tasks()), before);
}
