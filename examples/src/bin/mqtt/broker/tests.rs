mod retained;
mod subscriptions;

use std::future::{Future, ready};
use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::task::{Context, Waker};

use bytes::Bytes;
use framewright::{Auto, Conn, Encode, Handler, Server};
use tokio::io::{AsyncReadExt, DuplexStream};
use tokio::sync::mpsc;

use super::*;
use crate::protocol::Filter;
use crate::server::limits;

/// A topic that is found by a long search, if there are the subscriptions of [`occupied`].
const FAR: &str = "a/a/a/a/a/a/a/a/a/a/a/a/a/a";

/// Returns the names with `levels` levels that are each one of `words`.
fn names(words: [&str; 2], levels: u32) -> Vec<String> {
    (1..levels).fold(words.map(str::to_owned).to_vec(), |names, _| {
        let longer = |name: &String| words.map(|word| format!("{name}/{word}"));
        names.iter().flat_map(longer).collect()
    })
}

fn owner() -> Owner {
    Owner::Network(IpAddr::from([127, 0, 0, 1]).into())
}

fn message(topic: &str, text: &'static str) -> Message {
    Message::new(topic.to_owned(), Bytes::from_static(text.as_bytes()))
}

/// Returns a broker with many subscriptions that match [`FAR`], all of an unknown client.
fn occupied() -> Broker {
    let broker = Broker::new(None);
    for filter in names(["a", "+"], 14) {
        let nobody = Subscriber { qos: QoS::AtMostOnce, subscription: Weak::new() };
        let to = HashMap::from([("nobody".to_owned(), nobody)]);
        broker.lock().subscriptions.change(&filter, |subscribers| *subscribers = Some(to));
    }
    broker
}

struct Hands(mpsc::UnboundedSender<Peer<Packet>>);

impl Handler for Hands {
    type In<'a> = Packet;
    type Out = Packet;
    type State = ();

    async fn open(&self, conn: &mut Conn<Packet>) -> Result<(), Close> {
        self.0.send(conn.handle()).map_err(|_| Close::new())
    }

    async fn frame(&self, _: &mut Conn<Packet>, (): &mut (), _: Packet) -> Result<(), Close> {
        Ok(())
    }
}

/// Connects a client. Returns what it reads from.
async fn connect(broker: &Broker, id: &str, clean: bool) -> (Client, DuplexStream) {
    let (hands, mut peers) = mpsc::unbounded_channel();
    let (near, mut far) = tokio::io::duplex(1 << 16);
    let server = Server::new(Hands(hands)).limits(limits());
    tokio::spawn(async move { server.serve_connection(near).await });
    let peer = peers.recv().await.unwrap();
    let client = broker.connect(id.to_owned(), clean, owner(), &peer).unwrap().unwrap();
    let mut answer = [0; 4];
    far.read_exact(&mut answer).await.unwrap();
    (client, far)
}

/// Subscribes to these filters with one packet.
async fn subscribe_all(broker: &Broker, client: &Client, asked: &[(&str, QoS)]) -> Vec<SubscribeCode> {
    let filter = |filter: &str| Filter(filter.to_owned());
    let asked = asked.iter().map(|(name, qos)| Subscription {
        filter: filter(name),
        reserved: Auto::new(),
        qos: *qos,
    });
    broker.subscribe(client, &asked.collect::<Vec<_>>()).await.unwrap()
}

async fn subscribe(broker: &Broker, client: &Client, filter: &str) {
    assert_eq!(
        subscribe_all(broker, client, &[(filter, QoS::AtMostOnce)]).await,
        [SubscribeCode::AtMostOnce]
    );
}

/// Checks that the next packet that the client reads is this message.
async fn expect(reads: &mut DuplexStream, topic: &str, text: &'static str) {
    let expected = message(topic, text).packet(None, false, false).to_vec().unwrap();
    let mut found = vec![0; expected.len()];
    reads.read_exact(&mut found).await.unwrap();
    assert_eq!(found.escape_ascii().to_string(), expected.escape_ascii().to_string());
}

/// Runs a future until it waits for the first time.
fn begin(future: Pin<&mut impl Future>) {
    assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending(), "one turn");
}

#[tokio::test]
async fn a_long_search_lets_others_run() {
    let broker = occupied();
    let client = Client { id: "a".to_owned(), connection: 1, owner: owner() };
    tokio::select! {
        biased;
        _ = broker.publish(&client, message(FAR, "x"), QoS::AtMostOnce, false, None) => panic!("one turn"),
        () = ready(()) => {}
    }
    for topic in names(["a", "b"], 14) {
        let message = Arc::new(message(&topic, "x"));
        let retained = Retained { message, qos: QoS::AtMostOnce, owner: owner() };
        broker.lock().retained.messages.change(&topic, |place| *place = Some(retained));
    }
    let [nothing, half] = ["c", "a"].map(|last| format!("{}{last}", "+/".repeat(13)));
    tokio::select! {
        biased;
        _ = broker.retained(&nothing) => panic!("one turn"),
        () = ready(()) => {}
    }
    assert_eq!(broker.retained(&half).await.len(), 8192);
}

#[tokio::test]
async fn a_qos_2_message_whose_publisher_is_lost_is_sent_once() {
    let broker = occupied();
    let (ada, mut reads) = connect(&broker, "ada", true).await;
    subscribe(&broker, &ada, "#").await;
    let (eve, _eve_reads) = connect(&broker, "eve", true).await;
    let once = NonZeroU16::new(7);
    let publish = |text| broker.publish(&eve, message(FAR, text), QoS::ExactlyOnce, false, once);
    begin(pin!(publish("x")));
    expect(&mut reads, FAR, "x").await;
    publish("x").await.unwrap();
    broker.with(&eve, |session, _| session.released(NonZeroU16::new(7).unwrap())).unwrap();
    publish("y").await.unwrap();
    expect(&mut reads, FAR, "y").await;
}

#[tokio::test]
async fn a_retained_message_whose_publisher_is_lost_is_sent() {
    let broker = occupied();
    let (ada, mut reads) = connect(&broker, "ada", true).await;
    subscribe(&broker, &ada, "#").await;
    begin(pin!(broker.publish(&ada, message(FAR, "off"), QoS::AtMostOnce, true, None)));
    expect(&mut reads, FAR, "off").await;
    assert_eq!(&*broker.lock().retained.get(FAR).unwrap().message.payload, b"off");
}

#[tokio::test]
async fn lost_publishers_of_an_owner_leave_one_search_behind() {
    let broker = occupied();
    let (ada, mut reads) = connect(&broker, "ada", true).await;
    subscribe(&broker, &ada, "#").await;
    let publish = |topic, text| broker.publish(&ada, message(topic, text), QoS::AtMostOnce, true, None);
    begin(pin!(publish(FAR, "x")));
    begin(pin!(publish("b", "y")));
    publish("b", "z").await.unwrap();
    expect(&mut reads, FAR, "x").await;
    expect(&mut reads, "b", "z").await;
}

#[tokio::test]
async fn a_message_that_is_refused_is_not_retained() {
    let broker = Broker::new(None);
    let (ada, _reads) = connect(&broker, "ada", true).await;
    let publish =
        |text, id| broker.publish(&ada, message("a", text), QoS::ExactlyOnce, true, NonZeroU16::new(id));
    publish("on", 1).await.unwrap();
    let received =
        |id| broker.with(&ada, |session, _| session.received(NonZeroU16::new(id).unwrap())).unwrap();
    assert!((2..=1000).all(|id| received(id) == Ok(true)));
    assert!(publish("off", 1001).await.is_err());
    publish("on", 1).await.unwrap();
    assert_eq!(&*broker.lock().retained.get("a").unwrap().message.payload, b"on");
}

#[tokio::test]
async fn a_client_that_unsubscribes_during_a_search_receives_nothing() {
    let broker = occupied();
    let (ada, mut reads) = connect(&broker, "ada", true).await;
    subscribe(&broker, &ada, FAR).await;
    subscribe(&broker, &ada, "b").await;
    let (bob, _bob_reads) = connect(&broker, "bob", true).await;
    subscribe(&broker, &bob, FAR).await;
    let mut publishing = pin!(broker.publish(&ada, message(FAR, "x"), QoS::AtMostOnce, false, None));
    begin(publishing.as_mut());
    broker.unsubscribe(&ada, [FAR].into_iter()).unwrap();
    // Another client takes the identifier.
    broker.disconnect(&bob);
    let (bob, mut bob_reads) = connect(&broker, "bob", true).await;
    subscribe(&broker, &bob, "b").await;
    publishing.await.unwrap();
    broker.publish(&ada, message("b", "y"), QoS::AtMostOnce, false, None).await.unwrap();
    expect(&mut reads, "b", "y").await;
    expect(&mut bob_reads, "b", "y").await;
}
