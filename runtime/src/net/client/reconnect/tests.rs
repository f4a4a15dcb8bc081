//! Tests of the waits between attempts, with paused time.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

/// Returns a client that never connects, and the counter of its attempts.
fn hopeless(backoff: Backoff) -> (Reconnecting<(), ()>, Arc<AtomicUsize>) {
    let attempts = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&attempts);
    let connect = move || -> Connecting<(), ()> {
        counter.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::ready(Err(Error::Closed)))
    };
    (Reconnecting::by(Box::new(connect), backoff, None), attempts)
}

#[tokio::test(start_paused = true)]
async fn attempts_become_rare() {
    let backoff = Backoff::new().first(Duration::from_secs(1)).longest(Duration::from_secs(60));
    let (mut client, attempts) = hopeless(backoff);
    assert!(timeout(Duration::from_secs(600), client.connected()).await.is_err());
    // The waits are at least 1 + 2 + 4 + .. + 32 s, then 60 s each, and at most twice as long.
    let attempts = attempts.load(Ordering::Relaxed);
    assert!((9..=16).contains(&attempts), "{attempts}");
}

#[tokio::test(start_paused = true)]
async fn giving_up_does_not_make_attempts_frequent() {
    let backoff = Backoff::new().first(Duration::from_secs(10));
    let (mut client, attempts) = hopeless(backoff);
    for _ in 0..100 {
        assert!(timeout(Duration::from_millis(10), client.connected()).await.is_err());
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn attempts_that_are_given_up_count_as_failures() {
    let backoff = Backoff::new().first(Duration::from_secs(10)).longest(Duration::from_secs(60));
    let (mut client, attempts) = hopeless(backoff);
    let (counter, started) = (Arc::clone(&attempts), Instant::now());
    client.connect = Box::new(move || {
        counter.fetch_add(1, Ordering::Relaxed);
        Box::pin(std::future::pending())
    });
    // The first attempt lasts 30 s. The next one is made 10 to 20 s after its end, and the third
    // one 20 to 40 s after the end of the second one.
    for (time, most) in [(30, 1), (39, 1), (51, 2), (70, 2), (92, 3)] {
        let left = Duration::from_secs(time).saturating_sub(started.elapsed());
        assert!(timeout(left, client.connected()).await.is_err());
        assert_eq!(attempts.load(Ordering::Relaxed), most, "after {time} s");
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_the_clock_is_not_a_short_one() {
    let (mut client, attempts) = hopeless(Backoff::new().first(Duration::MAX));
    for _ in 0..3 {
        assert!(timeout(Duration::from_secs(3600), client.connected()).await.is_err());
    }
    assert_eq!(attempts.load(Ordering::Relaxed), 1);
}

#[tokio::test(start_paused = true)]
async fn connections_that_are_taken_do_not_follow_at_once() {
    let backoff = Backoff::new().first(Duration::from_secs(1)).longest(Duration::from_secs(60));
    let (mut client, _) = hopeless(backoff);
    client.connect = Box::new(|| {
        let connected = Client::over(tokio::io::duplex(1).0, &ClientOptions::new());
        Box::pin(std::future::ready(Ok(connected)))
    });
    let mut waits = Vec::new();
    for lasted in [0, 0, 0, 600] {
        let start = Instant::now();
        let _ = client.take().await;
        waits.push(start.elapsed().as_secs());
        tokio::time::sleep(Duration::from_secs(lasted)).await;
    }
    // The first connection is made at once, the second after 1 to 2 s, the third after 2 to 4
    // s.
    assert!(waits[0] == 0 && (1..=2).contains(&waits[1]) && (2..=4).contains(&waits[2]), "{waits:?}");
    // After the connection that lasted 600 s, the next one is made at once. The one after that
    // is made 1 to 2 s later.
    let start = Instant::now();
    let _ = client.take().await;
    assert_eq!(start.elapsed().as_secs(), 0);
    let _ = client.take().await;
    assert!((1..=2).contains(&start.elapsed().as_secs()));
}

#[test]
fn no_two_clients_wait_alike() {
    let schedule = || Backoff::new().delays().take(10).collect::<Vec<_>>();
    assert_ne!(schedule(), schedule());
}
