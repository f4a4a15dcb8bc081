//! Tests of the server with plain sockets and with the command-line tools of Redis, and of the
//! client with a Redis server.

#[path = "../../../src/bin/redis/protocol.rs"]
#[allow(dead_code, reason = "the server uses the rest")]
mod protocol;

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::support::{Plain, Program, run};
use bytes::Bytes;
use framewright::net::Part;
use framewright::{Client, ClientOptions};
use protocol::Value;

const REDIS: &str = env!("CARGO_BIN_EXE_redis");

#[test]
fn commands_are_answered() {
    let server = Program::server(REDIS, &[]);
    let mut peer = server.connect();
    for (command, answer) in [
        ("*1\r\n$4\r\nPING\r\n", "+PONG\r\n"),
        ("PING\r\n", "+PONG\r\n"),
        ("ping hello\r\n", "$5\r\nhello\r\n"),
        ("*2\r\n$3\r\nGET\r\n$1\r\na\r\n", "$-1\r\n"),
        ("*3\r\n$3\r\nSET\r\n$1\r\na\r\n$0\r\n\r\n", "+OK\r\n"),
        ("*2\r\n$3\r\nGET\r\n$1\r\na\r\n", "$0\r\n\r\n"),
        ("SET a 41\r\n", "+OK\r\n"),
        ("INCR a\r\n", ":42\r\n"),
        ("INCR b\r\n", ":1\r\n"),
        ("*3\r\n$3\r\nset\r\n$1\r\nc\r\n$4\r\n\r\n\r\n\r\n", "+OK\r\n"),
        ("GET c\r\n", "$4\r\n\r\n\r\n\r\n"),
        ("INCR c\r\n", "-ERR value is not an integer or out of range\r\n"),
        ("DEL a b nothing\r\n", ":2\r\n"),
        ("EXPIRE a 10\r\n", ":0\r\n"),
        ("SET d x PX 1\r\n", "+OK\r\n"),
        ("SET d x XX 1\r\n", "-ERR syntax error\r\n"),
        ("GET\r\n", "-ERR wrong number of arguments for 'get' command\r\n"),
        ("FLY\r\n", "-ERR unknown command 'FLY'\r\n"),
        ("PUBLISH a b\r\n", ":0\r\n"),
        ("*0\r\nPING\r\n", "+PONG\r\n"),
        ("SET e x\r\n", "+OK\r\n"),
        ("EXPIRE e -1\r\n", ":1\r\n"),
        ("GET e\r\n", "$-1\r\n"),
        ("SET e x EX -1\r\n", "-ERR syntax error\r\n"),
        ("UNSUBSCRIBE\r\n", "*3\r\n$11\r\nunsubscribe\r\n$-1\r\n:0\r\n"),
    ] {
        peer.exchange(command.as_bytes(), answer.as_bytes());
    }
    std::thread::sleep(Duration::from_millis(5));
    peer.exchange(b"GET d\r\nEXPIRE c 0\r\nGET c\r\n", b"$-1\r\n:1\r\n$-1\r\n");
    let long = "X".repeat(1000);
    let error = format!("-ERR unknown command '{}'\r\n", "X".repeat(128));
    peer.exchange(format!("{long}\r\n").as_bytes(), error.as_bytes());
    peer.exchange(b"QUIT\r\n", b"+OK\r\n");
    assert_eq!(peer.drain(), b"");
    // Malformed requests close the connection.
    let line = format!("PING {}\r\n", "x ".repeat(32 * 1024));
    for request in [
        "*-1\r\n",
        "*1\r\n+x\r\n",
        "*1\r\n$-1\r\n",
        "*1\r\n$1\r\nxy\r\n",
        "*99999999999\r\n",
        "*65537\r\n",
        &line,
    ] {
        let mut peer = server.connect();
        std::io::Write::write_all(&mut peer, request.as_bytes()).unwrap();
        assert_eq!(peer.finish(), b"", "{request:?}");
    }
}

#[test]
fn stored_keys_and_values_are_limited() {
    let full = "-OOM command not allowed: the memory for keys is used up\r\n";
    let server = Program::server(REDIS, &["--max-memory", "1000"]);
    let mut peer = server.connect();
    for (command, answer) in [
        (format!("SET a {}\r\n", "x".repeat(800)), "+OK\r\n"),
        (format!("SET b {}\r\n", "x".repeat(800)), full),
        ("INCR c\r\n".to_owned(), full),
        ("GET b\r\n".to_owned(), "$-1\r\n"),
        // A value may replace a value of the same size.
        (format!("SET a {}\r\n", "y".repeat(800)), "+OK\r\n"),
        ("DEL a\r\n".to_owned(), ":1\r\n"),
        (format!("SET b {}\r\n", "x".repeat(800)), "+OK\r\n"),
    ] {
        peer.exchange(command.as_bytes(), answer.as_bytes());
    }
    let server = Program::server(REDIS, &[]);
    let mut peer = server.connect();
    for channel in 0..1024 {
        std::io::Write::write_all(&mut peer, format!("SUBSCRIBE {channel}\r\n").as_bytes()).unwrap();
        while peer.take_bytes(1) != b":" {}
        let digits = (channel + 1_usize).to_string().len();
        peer.take_bytes(digits + 2);
    }
    peer.exchange(b"SUBSCRIBE more\r\n", b"-ERR at most 1024 channels\r\n");
}

#[test]
fn subscriptions_count_towards_the_memory() {
    let full = &b"-OOM command not allowed: the memory for keys is used up\r\n"[..];
    let server = Program::server(REDIS, &["--max-memory", "1000"]);
    let (mut peer, mut other) = (server.connect(), server.connect());
    let name = "x".repeat(800);
    let confirmed =
        |what: &str, count| format!("*3\r\n${}\r\n{what}\r\n$800\r\n{name}\r\n:{count}\r\n", what.len());
    // A channel counts once for each of its subscribers.
    let subscribe = format!("SUBSCRIBE {name} {name}\r\n");
    peer.exchange(
        subscribe.as_bytes(),
        [confirmed("subscribe", 1), confirmed("subscribe", 1)].concat().as_bytes(),
    );
    other.exchange(subscribe.as_bytes(), full.repeat(2).as_slice());
    peer.exchange(b"SUBSCRIBE second\r\n", full);
    other.exchange(b"SET second x\r\n", full);
    // Other channels that are left free nothing.
    other.exchange(b"UNSUBSCRIBE y\r\n", b"*3\r\n$11\r\nunsubscribe\r\n$1\r\ny\r\n:0\r\n");
    other.exchange(b"SET second x\r\n", full);
    peer.exchange(b"UNSUBSCRIBE\r\n", confirmed("unsubscribe", 0).as_bytes());
    other.exchange(format!("SET {name} x\r\nDEL {name}\r\n").as_bytes(), b"+OK\r\n:1\r\n");
    // A subscription ends a moment after its connection.
    peer.exchange(
        subscribe.as_bytes(),
        [confirmed("subscribe", 1), confirmed("subscribe", 1)].concat().as_bytes(),
    );
    peer.finish();
    let due = Instant::now() + crate::support::PATIENCE;
    loop {
        std::io::Write::write_all(&mut other, format!("SUBSCRIBE {name}\r\n").as_bytes()).unwrap();
        match other.take_bytes(1).as_slice() {
            b"-" => assert!(Instant::now() < due),
            _ => break,
        }
        other.expect(&full[1..]);
    }
}

#[test]
fn a_silent_client_is_disconnected_unless_it_subscribes() {
    // Each connection is used at once, so that none is silent before it sends a command.
    let server = Program::server(REDIS, &["--timeout", "3"]);
    let mut listens = server.connect();
    listens.exchange(b"SUBSCRIBE news\r\n", b"*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
    let silent = server.connect();
    let mut left = server.connect();
    left.exchange(
        b"SUBSCRIBE a\r\nUNSUBSCRIBE a\r\n",
        b"*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$11\r\nunsubscribe\r\n$1\r\na\r\n:0\r\n",
    );
    assert_eq!(left.drain(), b"");
    assert_eq!(silent.drain(), b"");
    server.connect().exchange(b"PUBLISH news hello\r\n", b":1\r\n");
    listens.expect(b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
}

#[test]
fn without_a_time_limit_a_silent_client_stays() {
    let server = Program::server(REDIS, &["--timeout", "0"]);
    let mut silent = server.connect();
    // A limit of no time would have passed before the second command.
    for _ in 0..2 {
        silent.exchange(b"PING\r\n", b"+PONG\r\n");
    }
}

#[test]
fn subscribers_receive_published_messages() {
    let server = Program::server(REDIS, &[]);
    let (mut listens, mut speaks) = (server.connect(), server.connect());
    listens.exchange(b"SUBSCRIBE news other\r\n", b"*3\r\n$9\r\nsubscribe\r\n$4\r\nnews\r\n:1\r\n");
    listens.expect(b"*3\r\n$9\r\nsubscribe\r\n$5\r\nother\r\n:2\r\n");
    speaks.exchange(b"PUBLISH news hello\r\n", b":1\r\n");
    listens.expect(b"*3\r\n$7\r\nmessage\r\n$4\r\nnews\r\n$5\r\nhello\r\n");
    listens.exchange(b"UNSUBSCRIBE news\r\n", b"*3\r\n$11\r\nunsubscribe\r\n$4\r\nnews\r\n:1\r\n");
    speaks.exchange(b"PUBLISH news hello\r\n", b":0\r\n");
    listens.finish();
    // The subscription ends a moment after its connection.
    let due = Instant::now() + crate::support::PATIENCE;
    loop {
        std::io::Write::write_all(&mut speaks, b"PUBLISH other x\r\n").unwrap();
        match speaks.take_bytes(4).as_slice() {
            b":0\r\n" => break,
            _ => assert!(Instant::now() < due),
        }
    }
}

fn has(program: &str) -> bool {
    let has = Command::new(program).arg("--version").output().is_ok();
    if !has {
        eprintln!("skipped: {program} is not installed (Debian: redis-server, redis-tools)");
    }
    has
}

#[test]
fn the_programs_of_redis_are_served() {
    if !has("redis-cli") || !has("redis-benchmark") {
        return;
    }
    let server = Program::server(REDIS, &[]);
    let port = server.address.port().to_string();
    let cli = |words: &[&str]| {
        let output = Command::new("redis-cli").args(["-p", &port]).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(cli(&["SET", "key", "a value"]), "OK\n");
    assert_eq!(cli(&["GET", "key"]), "a value\n");
    assert_eq!(cli(&["GET", "nothing"]), "\n");
    assert_eq!(cli(&["INCR", "visits"]), "1\n");
    assert_eq!(cli(&["DEL", "key", "visits"]), "2\n");
    let output = Command::new("redis-benchmark")
        .args(["-p", &port, "-n", "20000", "-P", "64", "-q", "-t", "ping,set,get,incr"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    for test in ["PING_INLINE", "PING_MBULK", "SET", "GET", "INCR"] {
        assert!(said.contains(&format!("{test}: ")), "{said}");
    }
    // `redis-benchmark` sends whole batches, so it may send a few more requests.
    let counted: u32 = cli(&["GET", "counter:__rand_int__"]).trim().parse().unwrap();
    assert!((20_000..20_064).contains(&counted), "{counted}");
}

/// A Redis server and its port. The server is killed when dropped.
struct Redis(Child, u16);

impl Redis {
    fn start() -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let server = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--save", "", "--appendonly", "no"])
            .current_dir(env!("CARGO_TARGET_TMPDIR"))
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let due = Instant::now() + crate::support::PATIENCE;
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(Instant::now() < due);
            std::thread::sleep(Duration::from_millis(10));
        }
        Self(server, port)
    }
}

impl Drop for Redis {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn command(words: &[&str]) -> Value {
    Value::array(words.iter().map(|word| Value::bulk(Bytes::copy_from_slice(word.as_bytes()))).collect())
}

fn is_push(value: &Value) -> bool {
    let Value::Array { items, .. } = value else { return false };
    let first = items.first();
    matches!(first, Some(Value::Bulk { bytes: Some(bytes), .. }) if &bytes[..] == b"message")
}

#[tokio::test]
async fn eight_tasks_share_calls_of_redis_itself() {
    if !has("redis-server") {
        return;
    }
    let redis = Redis::start();
    let connect = async || {
        let options = ClientOptions::new().request_timeout(Duration::from_secs(30));
        let client = Client::<Value>::connect_with(("127.0.0.1", redis.1), options).await.unwrap();
        client.in_order(|value| if is_push(value) { Part::Push } else { Part::Last })
    };
    let (calls, _) = connect().await;
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let calls = calls.clone();
        tasks.spawn(async move {
            let key = format!("key{task}");
            for index in 1..=500_i64 {
                let answer = calls.call(&command(&["INCR", &key])).await.unwrap();
                assert_eq!(answer, Value::Integer(index), "{key}");
                let text = format!("{task} {index}");
                let answer = calls.call(&command(&["ECHO", &text])).await.unwrap();
                assert_eq!(answer, Value::bulk(Bytes::from(text)));
            }
        });
    }
    tasks.join_all().await;

    // Redis accepts PING from a connection with a subscription, so pushed messages arrive between
    // the replies.
    let (listens, mut news) = connect().await;
    let _ = listens.call(&command(&["SUBSCRIBE", "news"])).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for task in 0..8 {
        let (calls, listens) = (calls.clone(), listens.clone());
        tasks.spawn(async move {
            for index in 0..50 {
                let text = format!("{task} {index}");
                let told = calls.call(&command(&["PUBLISH", "news", &text])).await.unwrap();
                assert_eq!(told, Value::Integer(1));
                let answer = listens.call(&command(&["PING", &text])).await.unwrap();
                let words =
                    ["pong", text.as_str()].map(|word| Value::bulk(Bytes::copy_from_slice(word.as_bytes())));
                assert_eq!(answer, Value::array(words.to_vec()));
            }
        });
    }
    tasks.join_all().await;
    for _ in 0..400 {
        assert!(is_push(&news.recv().await.unwrap()));
    }
}

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(REDIS, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["Value, 33 bytes", "\"visits\"", "42"] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn there_is_help() {
    for (words, part) in [(&["--help"][..], "server"), (&["server", "--help"], "127.0.0.1:6379")] {
        let ended = run(REDIS, words);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}
