use super::retained::{ONCE, Reads, ask, put};
use super::*;

const FAILURE: SubscribeCode = SubscribeCode::Failure;

/// Returns a broker without any budget: a session has room for some topics, but not for 1000.
fn narrow() -> Broker {
    let mut broker = Broker::new(None);
    broker.budget = Budget::new(0, 0);
    broker
}

fn put_1000(broker: &Broker) {
    for number in 0..1000 {
        put(broker, &format!("a/{number}"), 10, QoS::AtMostOnce);
    }
}

async fn publish(broker: &Broker, client: &Client, topic: &str) {
    broker.publish(client, message(topic, "x"), ONCE, false, None).await.unwrap();
}

#[tokio::test]
async fn a_subscription_without_room_for_its_topics_fails_alone() {
    let broker = narrow();
    let (ada, reads) = connect(&broker, "ada", true).await;
    put_1000(&broker);
    for number in 0..10 {
        put(&broker, &format!("b/{number}"), 10, QoS::AtMostOnce);
    }
    let asked = [("a/#", ONCE), ("a/#", QoS::AtMostOnce), ("b/#", ONCE)];
    let codes = subscribe_all(&broker, &ada, &asked).await;
    assert_eq!(codes, [FAILURE, FAILURE, SubscribeCode::AtLeastOnce]);
    // Nothing of the failed subscription is left that takes the room of messages, or is sent.
    publish(&broker, &ada, "a/x").await;
    publish(&broker, &ada, "b/x").await;
    broker.with(&ada, Session::send_all).unwrap();
    let mut reads = Reads::new(reads);
    assert_eq!(reads.next().await, ("b/x".to_owned(), NonZeroU16::new(1), false));
    for _ in 0..10 {
        let (topic, id, retained) = reads.next().await;
        assert_eq!((topic.starts_with("b/"), id, retained), (true, None, true), "{topic}");
    }
    put(&broker, "last", 10, QoS::AtMostOnce);
    ask(&broker, &ada, &["last"], ONCE);
    assert_eq!(reads.next().await.0, "last");
}

#[tokio::test]
async fn topics_give_their_room_back() {
    let mut broker = Broker::new(None);
    broker.budget = Budget::new(100_000, 100_000);
    let all = |broker: &Broker| broker.budget.share(owner()).set(100_000);
    let (ada, _reads) = connect(&broker, "ada", true).await;
    for number in 0..200 {
        put(&broker, &format!("{number:050}"), 10, QoS::AtMostOnce);
    }
    subscribe(&broker, &ada, "#").await;
    assert!(!all(&broker));
    broker.with(&ada, Session::send_all).unwrap();
    assert!(all(&broker), "after they are sent");
    subscribe(&broker, &ada, "#").await;
    broker.unsubscribe(&ada, ["#"].into_iter()).unwrap();
    broker.with(&ada, Session::send_all).unwrap();
    assert!(all(&broker), "after nobody wants them");
}

#[tokio::test]
async fn a_subscription_stays_if_there_is_no_room_when_the_client_asks_again() {
    let broker = narrow();
    let (ada, reads) = connect(&broker, "ada", true).await;
    subscribe(&broker, &ada, "a/#").await;
    put_1000(&broker);
    let asked = [("a/#", QoS::AtMostOnce); 2];
    assert_eq!(subscribe_all(&broker, &ada, &asked).await, [FAILURE, FAILURE]);
    publish(&broker, &ada, "a/x").await;
    assert_eq!(Reads::new(reads).next().await, ("a/x".to_owned(), None, false));
}

#[tokio::test]
async fn the_last_one_of_repeated_filters_counts() {
    let broker = Broker::new(None);
    let (ada, reads) = connect(&broker, "ada", true).await;
    let mut reads = Reads::new(reads);
    put(&broker, "a", 10, ONCE);
    let [low, high] = [SubscribeCode::AtMostOnce, SubscribeCode::AtLeastOnce];
    assert_eq!(subscribe_all(&broker, &ada, &[("a", QoS::AtMostOnce), ("a", ONCE)]).await, [low, high]);
    broker.with(&ada, Session::send_all).unwrap();
    assert_eq!(reads.next().await, ("a".to_owned(), NonZeroU16::new(1), true));
    assert_eq!(subscribe_all(&broker, &ada, &[("a", ONCE), ("a", QoS::AtMostOnce)]).await, [high, low]);
    broker.with(&ada, Session::send_all).unwrap();
    assert_eq!(reads.next().await, ("a".to_owned(), None, true));
}

#[tokio::test]
async fn a_retained_message_has_the_quality_of_the_subscriptions_that_are_left() {
    let broker = Broker::new(None);
    let (ada, reads) = connect(&broker, "ada", true).await;
    let mut reads = Reads::new(reads);
    put(&broker, "a", 10, ONCE);
    for (first, unsubscribes) in [("a", true), ("a", false), ("#", true)] {
        subscribe_all(&broker, &ada, &[("+", QoS::AtMostOnce), (first, ONCE)]).await;
        if unsubscribes {
            broker.unsubscribe(&ada, [first].into_iter()).unwrap();
        }
        subscribe(&broker, &ada, "a").await;
        broker.with(&ada, Session::send_all).unwrap();
        assert_eq!(reads.next().await, ("a".to_owned(), None, true));
    }
}

#[tokio::test]
async fn a_topic_is_not_sent_for_a_subscription_that_did_not_ask_for_it() {
    let broker = Broker::new(None);
    let (ada, reads) = connect(&broker, "ada", true).await;
    subscribe(&broker, &ada, "+").await;
    put(&broker, "a", 10, ONCE);
    subscribe(&broker, &ada, "#").await;
    broker.unsubscribe(&ada, ["#"].into_iter()).unwrap();
    broker.with(&ada, Session::send_all).unwrap();
    put(&broker, "last", 10, ONCE);
    ask(&broker, &ada, &["last"], ONCE);
    assert_eq!(Reads::new(reads).next().await.0, "last");
}
