//! Tests of loads on servers that reply, reply late, or do not reply.

use std::string::{String, ToString as _};
use std::time::Duration;
use std::vec;
use std::vec::Vec;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

use super::load::Load;
use super::report::Report;
use super::tally::Tally;
use super::{Options, frames};
use crate::cli::frames::Frames as _;
use crate::cli::side::Connect;
use crate::prelude::*;

#[derive(Frame, Debug, PartialEq)]
#[frame(be, crate = crate)]
struct Reading {
    sensor: u16,
    #[len_prefixed(u8)]
    unit: String,
}

const REQUEST: &[u8] = b"\0\x07\x02mV";

/// Puts a short load on a server that runs `serve` for each connection, and returns the tally.
async fn load<F>(in_flight: u32, rate: Option<f64>, serve: impl Fn(TcpStream) -> F + 'static) -> Tally
where
    F: Future<Output = ()> + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let connect = Connect::plain(listener.local_addr().unwrap().to_string());
    let server = async {
        let local = tokio::task::LocalSet::new();
        let accepting = async {
            loop {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::task::spawn_local(serve(stream));
            }
        };
        local.run_until(accepting).await
    };
    let load = Load {
        requests: vec![REQUEST.to_vec()],
        reply: Reading::kinds().remove(0),
        connect,
        connections: 2,
        in_flight,
        rate,
        // At a rate, the load must last until late replies have arrived.
        lasting: Duration::from_millis(if rate.is_some() { 1500 } else { 300 }),
    };
    tokio::select! {
        tally = load.run() => tally.unwrap(),
        () = server => unreachable!("it serves for ever"),
    }
}

async fn echo(mut stream: TcpStream) {
    let mut bytes = vec![0; 4096];
    while let Ok(len @ 1..) = stream.read(&mut bytes).await {
        if stream.write_all(&bytes[..len]).await.is_err() {
            return;
        }
    }
}

#[tokio::test]
async fn replies_are_counted() {
    let tally = load(8, None, echo).await;
    assert!(tally.errors.is_empty(), "{:?}", tally.errors);
    assert!(tally.replies > 0 && tally.replies == tally.sent);
    assert_eq!(tally.received_bytes, 5 * tally.replies);
    assert_eq!(tally.latencies.len(), tally.replies);
    let text = Report { tally: &tally, is_paced: false }.to_string();
    assert!(
        text.contains(" replies/s") && text.contains("p99.9") && text.ends_with("errors      none"),
        "{text}"
    );
}

#[tokio::test]
async fn a_rate_is_kept_and_latencies_are_counted_from_when_requests_were_due() {
    // The server pauses, and then replies to everything.
    let late = |stream: TcpStream| async move {
        tokio::time::sleep(Duration::from_millis(150)).await;
        stream.set_nodelay(true).unwrap();
        echo(stream).await;
    };
    let tally = load(1, Some(200.0), late).await;
    assert!(tally.replies > 2 && tally.replies <= 302, "{}", tally.replies);
    // Requests that were due while the first request waited are late too, because only one request
    // may be in flight.
    let late = tally.latencies.len() - tally.latencies.count_between(0, 50_000_000);
    assert!(late > 2, "{late}");
}

#[tokio::test]
async fn errors_are_counted_by_their_kind() {
    let malformed = |mut stream: TcpStream| async move {
        let _ = stream.read(&mut [0; 64]).await;
        let _ = stream.write_all(b"\0\x07\x02\xff\xff").await;
    };
    let tally = load(1, None, malformed).await;
    let (why, _) = tally.errors.first_key_value().unwrap();
    assert_eq!(why, "malformed reply: Reading.unit at byte 3: expected UTF-8 text");
    let silent = |mut stream: TcpStream| async move {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all).await;
    };
    let tally = load(3, None, silent).await;
    assert_eq!(tally.errors.get("requests without a reply at the end"), Some(&6));
    let closed = |stream: TcpStream| async move { drop(stream) };
    let tally = load(1, None, closed).await;
    assert!(
        tally.errors.keys().all(|why| why.contains("closed") || why.contains("reset")),
        "{:?}",
        tally.errors
    );
}

#[test]
fn requests_are_given_or_made() {
    let kind = Reading::kinds().remove(0);
    let given = |words: &[&str]| {
        let words: Vec<String> = words.iter().map(|word| (*word).into()).collect();
        frames::given(&kind, &words, false).map_err(|error| error.to_string())
    };
    assert_eq!(given(&["000702 6d56", "000800"]), Ok(vec![REQUEST.to_vec(), b"\0\x08\0".to_vec()]));
    assert_eq!(given(&[r#"[{"sensor": 7, "unit": "mV"}]"#]), Ok(vec![REQUEST.to_vec()]));
    assert!(given(&["000702"]).unwrap_err().starts_with("the requests are malformed: "));
    let made = frames::made(&kind, 1, 20).unwrap();
    assert_eq!(made.len(), 20);
    assert_eq!(made, frames::made(&kind, 1, 20).unwrap());
    assert!(made.iter().all(|frame| Reading::decode(frame).is_ok()));
}

#[test]
fn a_pause_of_the_server_is_counted_for_all_requests_that_it_delays() {
    let mut tally = Tally::new().unwrap();
    (0..999).for_each(|_| tally.reply(Duration::from_millis(1)));
    tally.reply(Duration::from_secs(1));
    let p99 = |is_paced| tally.corrected(is_paced).value_at_quantile(0.99);
    assert!(p99(true) < 2_000_000 && p99(false) > 900_000_000);
}

#[derive(clap::Parser)]
struct Program {
    #[command(flatten)]
    options: Options,
}

#[test]
fn numbers_out_of_bounds_are_refused() {
    use clap::Parser as _;
    for wrong in
        ["--seconds=0", "--seconds=-1", "--seconds=nan", "--rate=0", "--connections=0", "--in-flight=x"]
    {
        assert!(Program::try_parse_from(["bench", "localhost:1", wrong]).is_err(), "{wrong}");
    }
    assert!(Program::try_parse_from(["bench", "localhost:1", "--rate=1e3", "00"]).is_ok());
}
