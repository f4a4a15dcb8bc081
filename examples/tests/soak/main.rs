//! A test of every server at once under ordinary and hostile load: memory, descriptors and threads
//! of each stay constant, their logs have few lines for each connection, and ordinary clients are
//! served to the end. It takes a few seconds; `FRAMEWRIGHT_SOAK=600` makes it take 600.
#![cfg(target_os = "linux")]

mod honest;
mod hostile;
#[path = "../programs/support.rs"]
#[allow(dead_code, reason = "the tests of other programs use the rest")]
mod support;

use std::fs;
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use honest::Exchange;
use support::{Folder, PATIENCE, Program};

/// The number of lines that a server may log for each connection: that it is accepted and closed,
/// the dump of a malformed frame, and what the program adds. No client can make it log more.
const LINES_EACH: u64 = 12;

/// A server under load.
struct Case {
    name: &'static str,
    server: Program,
    exchanges: Vec<Exchange>,
}

/// Resources that a process might leak.
#[derive(Clone, Copy, Debug)]
struct Usage {
    kilobytes: usize,
    descriptors: usize,
    threads: usize,
}

impl Usage {
    fn of(server: &Program) -> Self {
        let folder = format!("/proc/{}", server.pid());
        let count = |of: &str| fs::read_dir(format!("{folder}/{of}")).unwrap().count();
        let status = fs::read_to_string(format!("{folder}/status")).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap();
        let kilobytes = line.split_whitespace().nth(1).unwrap().parse().unwrap();
        Self { kilobytes, descriptors: count("fd"), threads: count("task") }
    }
}

fn cases(upstream: std::net::SocketAddr, folder: &Folder) -> Vec<Case> {
    let root = folder.path().to_str().unwrap().to_owned();
    let files = ["--root", &root, "--room", "50000000"];
    let case = |name, path, args: &[&str], exchanges: Vec<Exchange>| {
        let server = Program::server(path, args);
        Case { name, server, exchanges }
    };
    vec![
        case("chat", env!("CARGO_BIN_EXE_chat"), &[], honest::chat()),
        case("chat-echo", env!("CARGO_BIN_EXE_chat-echo"), &[], honest::chat_echo()),
        case("dns", env!("CARGO_BIN_EXE_dns"), &[], honest::dns()),
        case("echo", env!("CARGO_BIN_EXE_echo"), &[], honest::echo()),
        case("fetch", env!("CARGO_BIN_EXE_fetch"), &[], honest::fetch()),
        case("gps", env!("CARGO_BIN_EXE_gps"), &[], honest::gps()),
        case("hello", env!("CARGO_BIN_EXE_hello"), &[], honest::hello()),
        case("modbus", env!("CARGO_BIN_EXE_modbus"), &[], honest::modbus()),
        case("mqtt", env!("CARGO_BIN_EXE_mqtt"), &[], honest::mqtt()),
        case("put", env!("CARGO_BIN_EXE_put"), &files, honest::put()),
        case("redis", env!("CARGO_BIN_EXE_redis"), &[], honest::redis()),
        case("socks5", env!("CARGO_BIN_EXE_socks5"), &[], honest::socks5(upstream)),
        case("tftp", env!("CARGO_BIN_EXE_tftp"), &files, honest::tftp()),
        case("ws", env!("CARGO_BIN_EXE_ws"), &[], honest::ws()),
    ]
}

/// Starts an echo server for the proxy, and returns its address.
fn upstream() -> std::net::SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            thread::spawn(move || {
                let mut buffer = [0; 4096];
                while let Ok(len @ 1..) = stream.read(&mut buffer) {
                    if stream.write_all(&buffer[..len]).is_err() {
                        return;
                    }
                }
            });
        }
    });
    address
}

#[test]
fn nothing_grows_under_load() {
    let seconds = std::env::var("FRAMEWRIGHT_SOAK").ok().and_then(|text| text.parse().ok()).unwrap_or(4);
    let time = Duration::from_secs(seconds);
    let folder = Folder::new();
    fs::write(folder.path().join("there"), vec![7; 3000]).unwrap();
    let cases = cases(upstream(), &folder);
    let stop = Arc::new(AtomicBool::new(false));
    let before: Vec<_> = cases.iter().map(|case| Usage::of(&case.server)).collect();
    let counts: Vec<_> = cases.iter().map(|_| Arc::new([AtomicU64::new(0), AtomicU64::new(0)])).collect();
    let mut warm = Vec::new();
    let mut lines = vec![0; cases.len()];
    thread::scope(|scope| {
        for (case, counts) in cases.iter().zip(&counts) {
            let (name, address, stop, exchanges) = (case.name, case.server.address, &stop, &case.exchanges);
            let turns = exchanges.iter().cycle().take_while(move |_| !stop.load(Ordering::Relaxed));
            let honest = turns.clone();
            scope.spawn(move || {
                for exchange in honest {
                    exchange.hold(name, address);
                    counts[0].fetch_add(1, Ordering::Relaxed);
                }
            });
            let hostile = turns;
            scope.spawn(move || {
                let mut attacker = hostile::Attacker::new(address);
                for exchange in hostile {
                    attacker.attack(exchange);
                    counts[1].fetch_add(1, Ordering::Relaxed);
                }
            });
        }
        // The first third of the time is a warm-up.
        count_lines(&cases, &mut lines, time / 3);
        warm.extend(cases.iter().map(|case| Usage::of(&case.server)));
        count_lines(&cases, &mut lines, time * 2 / 3);
        stop.store(true, Ordering::Relaxed);
    });
    println!(
        "{seconds} s: server, exchanges, attacks, lines of the log, KiB at first, warm and in the end, descriptors and \
         threads likewise"
    );
    for (index, case) in cases.iter().enumerate() {
        let after = settled(&case.server, before[index]);
        let (before, warm) = (before[index], warm[index]);
        let [honest, hostile] = [0, 1].map(|of: usize| counts[index][of].load(Ordering::Relaxed));
        println!(
            "{:<10} {honest:>8} {hostile:>8} {:>8}  {:>7} {:>7} {:>7}  {:>4} {:>4} {:>4}  {:>3} {:>3} {:>3}",
            case.name,
            lines[index],
            before.kilobytes,
            warm.kilobytes,
            after.kilobytes,
            before.descriptors,
            warm.descriptors,
            after.descriptors,
            before.threads,
            warm.threads,
            after.threads,
        );
        assert!(honest > 0 && hostile > 0, "{}", case.name);
        let most = LINES_EACH * (honest + hostile + 100);
        assert!(
            lines[index] <= most,
            "{} logs {} lines, at most {most} are expected",
            case.name,
            lines[index]
        );
        assert!(
            after.kilobytes <= warm.kilobytes + warm.kilobytes / 4 + 32 * 1024,
            "{}: {after:?}",
            case.name
        );
        for exchange in &case.exchanges {
            exchange.hold(case.name, case.server.address);
        }
    }
}

/// Counts the lines that the servers log in this time.
fn count_lines(cases: &[Case], lines: &mut [u64], time: Duration) {
    let due = Instant::now() + time;
    while let Some(left) = due.checked_duration_since(Instant::now()) {
        thread::sleep(left.min(Duration::from_secs(1)));
        for (case, lines) in cases.iter().zip(&mut *lines) {
            *lines += u64::try_from(case.server.drain_log()).unwrap();
        }
    }
}

/// Returns the resources of a server once it has closed the connections of all clients.
fn settled(server: &Program, before: Usage) -> Usage {
    let due = Instant::now() + PATIENCE * 2;
    loop {
        let usage = Usage::of(server);
        // Some more are allowed: tokio starts threads for blocking tasks as needed, and a database
        // opens files.
        if usage.descriptors <= before.descriptors + 4 && usage.threads <= before.threads + 64 {
            return usage;
        }
        assert!(Instant::now() < due, "{usage:?} remain of {before:?}");
        thread::sleep(Duration::from_millis(50));
    }
}
