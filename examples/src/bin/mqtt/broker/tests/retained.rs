use std::time::Duration;

use framewright::{Client as Socket, ClientOptions};
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use super::*;

/// How long to wait for what must happen without a further packet.
const PATIENCE: Duration = Duration::from_secs(5);

pub const ONCE: QoS = QoS::AtLeastOnce;

/// Retains a message of this size.
pub fn put(broker: &Broker, topic: &str, bytes: usize, qos: QoS) {
    let message = Arc::new(Message::new(topic.to_owned(), Bytes::from(vec![7; bytes])));
    broker.lock().retained.put(Retained { message, qos, owner: owner() });
}

/// Asks for the retained messages of these topics, as a new subscription does.
pub fn ask(broker: &Broker, client: &Client, topics: &[&str], qos: QoS) {
    let act = |session: &mut Session, retained: &Store| {
        add(session, topics, qos);
        session.send_all(retained);
    };
    broker.with(client, act).unwrap();
}

fn add(session: &mut Session, topics: &[&str], qos: QoS) {
    let (subscription, _) = session.subscribe("#").unwrap();
    let topics = topics.iter().map(|topic| (*topic).into()).collect();
    assert!(session.add_topics(topics, &subscription, qos));
}

/// The packets that a client reads.
pub struct Reads(Socket<Packet, Packet>);

impl Reads {
    pub fn new(reads: DuplexStream) -> Self {
        Self(Socket::over(reads, &ClientOptions::new().max_frame(4_000_000)))
    }

    /// Returns the next message: its topic, its identifier, and whether it is marked as retained.
    pub async fn next(&mut self) -> (String, Option<NonZeroU16>, bool) {
        match timeout(PATIENCE, self.0.recv()).await.unwrap().unwrap().unwrap() {
            Packet::Publish { header, topic, id, .. } => (topic, id, crate::message::retain(header)),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn the_retained_message_is_the_last_one() {
    let broker = Arc::new(occupied());
    let (ada, mut reads) = connect(&broker, "ada", true).await;
    subscribe(&broker, &ada, "#").await;
    let publish = async |broker: Arc<Broker>, owner, text| {
        let client = Client { id: "eve".to_owned(), connection: 0, owner };
        broker.publish(&client, message(FAR, text), QoS::AtMostOnce, true, None).await.unwrap();
    };
    let mut first = Box::pin(publish(Arc::clone(&broker), owner(), "on"));
    begin(first.as_mut());
    // The second message needs no long search.
    broker.lock().subscriptions = Tree::default();
    subscribe(&broker, &ada, "#").await;
    let second = tokio::spawn(publish(Arc::clone(&broker), Owner::User("bob".to_owned()), "off"));
    first.await;
    second.await.unwrap();
    expect(&mut reads, FAR, "on").await;
    expect(&mut reads, FAR, "off").await;
    assert_eq!(&*broker.lock().retained.get(FAR).unwrap().message.payload, b"off");
}

#[tokio::test]
async fn a_message_that_waits_for_its_owner_does_not_hold_up_its_topic() {
    let broker = Broker::new(None);
    let [eve, ada] = ["eve", "ada"].map(|name| {
        let owner = Owner::User(name.to_owned());
        Client { id: name.to_owned(), connection: 0, owner }
    });
    let publish = |client| broker.publish(client, message("a", "x"), QoS::AtMostOnce, true, None);
    let turn = broker.recording.wait(eve.owner.clone()).await;
    let mut hers = pin!(publish(&eve));
    begin(hers.as_mut());
    timeout(PATIENCE, publish(&ada)).await.unwrap().unwrap();
    drop(turn);
    hers.await.unwrap();
}

#[tokio::test]
async fn the_retained_message_that_is_sent_is_the_present_one() {
    let broker = Broker::new(None);
    let (eve, _eve_reads) = connect(&broker, "eve", true).await;
    let publish = |text| broker.publish(&eve, message("a", text), QoS::AtMostOnce, true, None);
    put(&broker, "a", 10, ONCE);
    let (ada, reads) = connect(&broker, "ada", false).await;
    // The connection breaks, and the broker does not know it yet.
    broker.with(&ada, |session, _| session.peer.as_ref().unwrap().close()).unwrap();
    ask(&broker, &ada, &["a"], ONCE);
    broker.disconnect(&ada);
    drop(reads);
    // A message with QoS 0 is not kept for a client that is not there.
    publish("off").await.unwrap();
    let (ada, mut reads) = connect(&broker, "ada", false).await;
    let expected = message("a", "off").packet(None, true, false).to_vec().unwrap();
    let mut found = vec![0; expected.len()];
    reads.read_exact(&mut found).await.unwrap();
    assert_eq!(found.escape_ascii().to_string(), expected.escape_ascii().to_string());
    // A message that was removed is not sent.
    broker.with(&ada, |session, _| add(session, &["a"], ONCE)).unwrap();
    publish("").await.unwrap();
    put(&broker, "b", 10, ONCE);
    ask(&broker, &ada, &["b"], ONCE);
    assert_eq!(Reads::new(reads).next().await.0, "b");
    assert_eq!(broker.with(&ada, |session, _| session.missed).unwrap(), 0);
}

#[tokio::test]
async fn a_retained_message_without_room_does_not_hold_up_the_others() {
    let mut broker = Broker::new(None);
    broker.budget = Budget::new(0, 0);
    let (ada, reads) = connect(&broker, "ada", true).await;
    for topic in ["a", "b", "c"] {
        put(&broker, topic, 100_000, ONCE);
    }
    put(&broker, "d", 10, ONCE);
    put(&broker, "e", 100_000, QoS::AtMostOnce);
    ask(&broker, &ada, &["a", "b", "c", "d", "e"], ONCE);
    let mut reads = Reads::new(reads);
    assert_eq!(reads.next().await, ("d".to_owned(), NonZeroU16::new(1), true));
    assert_eq!(reads.next().await, ("e".to_owned(), None, true));
}

#[tokio::test]
async fn a_retained_message_that_does_not_fit_waits_behind_the_others() {
    let broker = Broker::new(None);
    let (ada, reads) = connect(&broker, "ada", false).await;
    let live = Arc::new(Message::new("live".to_owned(), Bytes::from(vec![7; 3_500_000])));
    put(&broker, "a", 1_000_000, ONCE);
    broker.with(&ada, |session, _| add(session, &["a"], ONCE)).unwrap();
    broker.disconnect(&ada);
    drop(reads);
    broker.lock().sessions.get_mut("ada").unwrap().deliver(&live, ONCE, false);
    let (ada, reads) = connect(&broker, "ada", false).await;
    let mut reads = Reads::new(reads);
    for (expected, is_retained) in [("live", false), ("a", true)] {
        let (topic, id, retained) = reads.next().await;
        assert_eq!((&*topic, retained), (expected, is_retained));
        broker.with(&ada, |session, retained| session.acknowledged(id.unwrap(), retained)).unwrap();
    }
    assert_eq!(broker.with(&ada, |session, _| session.missed).unwrap(), 0);
}

#[tokio::test]
async fn a_topic_of_several_filters_is_sent_once_with_the_best_quality() {
    let broker = Broker::new(None);
    let (ada, reads) = connect(&broker, "ada", true).await;
    for number in 0..2400 {
        put(&broker, &number.to_string(), 10, ONCE);
    }
    for _ in 0..2 {
        let asked = [("#", QoS::AtMostOnce), ("+", ONCE), ("+/#", QoS::AtMostOnce)];
        assert!(!subscribe_all(&broker, &ada, &asked).await.contains(&SubscribeCode::Failure));
    }
    broker.with(&ada, Session::send_all).unwrap();
    let mut reads = Reads::new(reads);
    let mut names = HashSet::new();
    for _ in 0..2400 {
        let (topic, id, _) = reads.next().await;
        names.insert(topic);
        broker.with(&ada, |session, retained| session.acknowledged(id.unwrap(), retained)).unwrap();
    }
    assert_eq!(names.len(), 2400);
    put(&broker, "last", 10, ONCE);
    ask(&broker, &ada, &["last"], ONCE);
    assert_eq!(reads.next().await.0, "last");
    assert_eq!(broker.with(&ada, |session, _| session.missed).unwrap(), 0);
}

#[tokio::test]
async fn no_retained_message_is_sent_after_unsubscribing_or_a_second_time() {
    let broker = Broker::new(None);
    let (eve, _eve_reads) = connect(&broker, "eve", true).await;
    let publish = |topic| broker.publish(&eve, message(topic, "new"), QoS::AtMostOnce, true, None);
    let (ada, reads) = connect(&broker, "ada", true).await;
    let mut reads = Reads::new(reads);
    put(&broker, "live", 10, QoS::AtMostOnce);
    subscribe(&broker, &ada, "live").await;
    broker.with(&ada, |session, _| add(session, &["gone", "live"], QoS::AtMostOnce)).unwrap();
    broker.with(&ada, |session, _| session.unsubscribe("#")).unwrap();
    publish("gone").await.unwrap();
    publish("live").await.unwrap();
    broker.with(&ada, Session::send_all).unwrap();
    assert_eq!(reads.next().await, ("live".to_owned(), None, false));
    put(&broker, "last", 10, QoS::AtMostOnce);
    ask(&broker, &ada, &["last"], QoS::AtMostOnce);
    assert_eq!(reads.next().await.0, "last");
}

#[tokio::test]
async fn a_new_connection_does_not_wait_for_the_one_that_it_replaces() {
    let names: Vec<_> = (0..20).map(|number| number.to_string()).collect();
    let topics: Vec<_> = names.iter().map(String::as_str).collect();
    let broker = Broker::new(None);
    topics.iter().for_each(|topic| put(&broker, topic, 10_000, ONCE));
    // This connection stays open, and the client does not read from it any more.
    let (ada, _old) = connect(&broker, "ada", false).await;
    ask(&broker, &ada, &topics, ONCE);
    let (_ada, reads) = connect(&broker, "ada", false).await;
    let mut reads = Reads::new(reads);
    let mut found = HashSet::new();
    while found.len() < topics.len() {
        found.insert(reads.next().await.0);
    }
}

#[tokio::test]
async fn retained_messages_are_sent_even_if_the_connection_breaks_meanwhile() {
    const MESSAGES: u16 = 50;
    let broker = Broker::new(None);
    let (eve, _eve_reads) = connect(&broker, "eve", true).await;
    for number in 0..MESSAGES {
        let message = Message::new(format!("{number:02}"), Bytes::from(vec![7; 1000]));
        broker.publish(&eve, message, QoS::AtLeastOnce, true, None).await.unwrap();
    }
    let server = Arc::new(Server::new(broker).limits(limits()));
    let connect = || {
        let (near, far) = tokio::io::duplex(100);
        let server = Arc::clone(&server);
        tokio::spawn(async move { server.serve_connection(near).await });
        far
    };
    let hello = b"\x10\x0f\0\x04MQTT\x04\0\0\0\0\x03ada";
    let mut broken = connect();
    for (sent, expected) in
        [(&hello[..], &b"\x20\x02\0\0"[..]), (b"\x82\x06\0\x01\0\x01#\x01", b"\x90\x03\0\x01\x01")]
    {
        broken.write_all(sent).await.unwrap();
        let mut found = vec![0; expected.len()];
        broken.read_exact(&mut found).await.unwrap();
        assert_eq!(found, expected);
    }
    drop(broken);
    let mut again = connect();
    again.write_all(hello).await.unwrap();
    again.read_exact(&mut [0; 4]).await.unwrap();
    let mut names: Vec<_> = Vec::new();
    for _ in 0..MESSAGES {
        // The first byte, two of the length, two of the topic's length, the topic and the identifier.
        let mut packet = [0; 1009];
        again.read_exact(&mut packet).await.unwrap();
        names.push([packet[5], packet[6]]);
    }
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), usize::from(MESSAGES));
}
