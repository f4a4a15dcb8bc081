//! Tests of the counters through the `metrics` facade.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use framewright::prelude::*;
use framewright::udp;
use metrics::{Counter, Gauge, Histogram, Key, KeyName, Metadata, SharedString, Unit};
use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};
use tokio::sync::oneshot;

use crate::frames::{Line, Rest};

/// Records the counters.
#[derive(Default)]
struct Recorder(Mutex<HashMap<String, Arc<AtomicU64>>>);

impl metrics::Recorder for Recorder {
    fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
    fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

    fn register_counter(&self, key: &Key, _: &Metadata<'_>) -> Counter {
        Counter::from_arc(Arc::clone(self.0.lock().unwrap().entry(key.name().to_owned()).or_default()))
    }

    fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
        Gauge::noop()
    }

    fn register_histogram(&self, _: &Key, _: &Metadata<'_>) -> Histogram {
        Histogram::noop()
    }
}

#[tokio::test]
async fn servers_count_for_the_recorder_that_is_installed() {
    let recorder = Recorder::default();
    let server = metrics::with_local_recorder(&recorder, || Server::new(async |line: Line| line));
    let (mut ours, theirs) = duplex(64);
    let serving = tokio::spawn(async move { server.serve_connection(theirs).await.unwrap() });
    ours.write_all(b"one\ntwo\n\xff\n").await.unwrap();
    let mut seen = Vec::new();
    ours.read_to_end(&mut seen).await.unwrap();
    drop(ours);
    serving.await.unwrap();
    let counts = recorder.0.lock().unwrap();
    let count = |name: &str| counts[&format!("framewright_{name}_total")].load(Ordering::SeqCst);
    assert_eq!((count("connections_accepted"), count("connections_closed")), (1, 1));
    assert_eq!((count("frames"), count("frames_malformed")), (2, 1));
    assert_eq!((count("bytes_in"), count("bytes_out")), (10, 8));
    assert_eq!((count("timeouts"), count("panics"), count("connections_refused")), (0, 0, 0));
}

#[tokio::test]
async fn udp_servers_count_too() {
    let recorder = Recorder::default();
    let server = metrics::with_local_recorder(&recorder, || udp::Server::new(async |rest: Rest| rest));
    let server = server.bind("127.0.0.1:0").await.unwrap();
    let client = udp::Endpoint::<Rest>::bind("127.0.0.1:0").await.unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let address = server.local_addr();
    let serving = tokio::spawn(server.serve_until(stopped));
    client.send_to(&Rest::new("hello"), address).await.unwrap();
    client.recv_from().await.unwrap();
    stop.send(()).unwrap();
    serving.await.unwrap().unwrap();
    let counts = recorder.0.lock().unwrap();
    let count = |name: &str| counts[&format!("framewright_{name}_total")].load(Ordering::SeqCst);
    assert_eq!((count("frames"), count("bytes_in"), count("bytes_out")), (1, 5, 5));
}
