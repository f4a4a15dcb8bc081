//! Tests of sending by name and to groups.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use framewright::net::{Broadcast, Close, Conn, Delivery, Handler, Hub, Limits, Member, Server};
use framewright::{Encode, EncodeError, Layout, Schema, Sink};
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream};

use crate::frames::Line;

/// A line that counts how often it is encoded.
struct Counted(Line, Arc<AtomicUsize>);

impl Layout for Counted {
    const SCHEMA: &'static Schema = Line::SCHEMA;
    const MIN_LEN: usize = Line::MIN_LEN;
    const MAX_LEN: Option<usize> = Line::MAX_LEN;
    const OPEN: bool = Line::OPEN;
}

impl Encode for Counted {
    fn encode_to<S: Sink + ?Sized>(&self, out: &mut S) -> Result<(), EncodeError> {
        self.1.fetch_add(1, Ordering::Relaxed);
        self.0.encode_to(out)
    }

    fn encoded_len(&self) -> usize {
        self.0.encoded_len()
    }
}

/// A handler that takes the first line as the name of the client. The other lines are `name text`
/// to send to a client, `+group` to join, `-group` to leave, `#group text` to send to a group, and
/// `* text` to send to all. Each is answered by its result.
#[derive(Clone, Default)]
struct Chat {
    hub: Hub<String, Counted>,
    encoded: Arc<AtomicUsize>,
}

impl Chat {
    fn line(&self, text: impl Into<String>) -> Counted {
        Counted(Line::new(text), Arc::clone(&self.encoded))
    }
}

impl Handler for Chat {
    type In<'a> = Line;
    type Out = Counted;
    type State = Option<Member<String, Counted>>;

    async fn open(&self, _: &mut Conn<Counted>) -> Result<Self::State, Close> {
        Ok(None)
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Counted>,
        member: &'a mut Self::State,
        line: Line,
    ) -> Result<(), Close> {
        let Some(member) = member else {
            *member = Some(self.hub.register(line.text, conn.handle()));
            conn.send(self.line("hello"))?;
            return Ok(());
        };
        let answer = if let Some(group) = line.text.strip_prefix('+') {
            member.join(group.to_owned());
            "joined".to_owned()
        } else if let Some(group) = line.text.strip_prefix('-') {
            format!("{}", member.leave(&group.to_owned()))
        } else {
            let (to, text) = line.text.split_once(' ').ok_or("no text")?;
            match to.split_at(1) {
                ("*", _) => format!("{:?}", self.hub.broadcast_all(self.line(text))?),
                ("#", group) => format!("{:?}", self.hub.broadcast(&group.to_owned(), self.line(text))?),
                ("!", group) => format!("{:?}", member.broadcast(&group.to_owned(), self.line(text))?),
                _ => format!("{:?}", self.hub.send_to(&to.to_owned(), self.line(text))?),
            }
        };
        conn.send(self.line(answer))?;
        Ok(())
    }
}

pub(crate) struct Guest(DuplexStream);

impl Guest {
    pub(crate) async fn join(server: &Arc<Server<impl framewright::net::Service>>, name: &str) -> Self {
        let (ours, theirs) = tokio::io::duplex(1 << 16);
        let server = Arc::clone(server);
        tokio::spawn(async move { server.serve_connection(theirs).await });
        let mut guest = Self(ours);
        assert_eq!(guest.ask(name).await, "hello");
        guest
    }

    pub(crate) async fn ask(&mut self, line: &str) -> String {
        self.0.write_all(format!("{line}\n").as_bytes()).await.unwrap();
        self.line().await
    }

    pub(crate) async fn line(&mut self) -> String {
        let mut line = Vec::new();
        loop {
            match self.0.read_u8().await.unwrap() {
                b'\n' => return String::from_utf8(line).unwrap(),
                byte => line.push(byte),
            }
        }
    }
}

fn delivered(delivered: usize) -> String {
    format!("{:?}", Broadcast { delivered, full: 0 })
}

#[tokio::test]
async fn keys_and_groups() {
    let chat = Chat::default();
    let server = Arc::new(Server::new(chat.clone()));
    let mut ada = Guest::join(&server, "ada").await;
    let mut bob = Guest::join(&server, "bob").await;
    let mut eve = Guest::join(&server, "eve").await;

    assert_eq!(ada.ask("bob hi").await, "Delivered");
    assert_eq!(bob.line().await, "hi");
    assert_eq!(ada.ask("zoe hi").await, "Offline");

    for guest in [&mut ada, &mut bob] {
        assert_eq!(guest.ask("+club").await, "joined");
        assert_eq!(guest.ask("+club").await, "joined");
    }
    assert_eq!(eve.ask("#club psst").await, delivered(2));
    assert_eq!(ada.line().await, "psst");
    assert_eq!(bob.line().await, "psst");
    assert_eq!(ada.ask("!club to the others").await, delivered(1), "ada is left out");
    assert_eq!(bob.line().await, "to the others");
    assert_eq!(eve.ask("!club psst").await, delivered(2), "who is no member leaves out nobody");
    assert_eq!(ada.line().await, "psst");
    assert_eq!(bob.line().await, "psst");
    assert_eq!(ada.ask("-club").await, "true");
    assert_eq!(ada.ask("-club").await, "false");
    assert_eq!(eve.ask("#club psst").await, delivered(1));
    assert_eq!(bob.line().await, "psst");

    assert_eq!(chat.hub.len(), 3);
    drop(bob);
    while chat.hub.len() == 3 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ada.ask("bob hi").await, "Offline");
    assert_eq!(eve.ask("#club psst").await, delivered(0));
}

#[tokio::test]
async fn a_key_taken_over_is_not_freed_by_its_last_holder() {
    let chat = Chat::default();
    let server = Arc::new(Server::new(chat.clone()));
    let old = Guest::join(&server, "ada").await;
    let first = chat.hub.get(&"ada".to_owned()).unwrap();
    let mut new = Guest::join(&server, "ada").await;
    drop(old);
    while !first.is_closed() {
        tokio::task::yield_now().await;
    }
    assert_eq!(new.ask("ada to myself").await, "to myself");
    assert_eq!(new.line().await, "Delivered");
}

#[tokio::test]
async fn a_broadcast_is_encoded_once() {
    const GUESTS: usize = 1000;
    let chat = Chat::default();
    let server = Arc::new(Server::new(chat.clone()));
    let mut guests = Vec::new();
    for index in 0..GUESTS {
        guests.push(Guest::join(&server, &index.to_string()).await);
    }
    let before = chat.encoded.load(Ordering::Relaxed);
    let sent = chat.hub.broadcast_all(chat.line("news")).unwrap();
    assert_eq!(sent, Broadcast { delivered: GUESTS, full: 0 });
    assert_eq!(chat.encoded.load(Ordering::Relaxed), before + 1);
    for guest in &mut guests {
        assert_eq!(guest.line().await, "news");
    }
}

#[tokio::test]
async fn a_member_that_does_not_read_is_full() {
    let chat = Chat::default();
    let server = Arc::new(Server::new(chat.clone()).limits(Limits::new().out_buffer(100)));
    let mut ada = Guest::join(&server, "ada").await;
    let news = "x".repeat(60);
    let ada_key = "ada".to_owned();
    assert_eq!(chat.hub.send_to(&ada_key, chat.line(&news)).unwrap(), Delivery::Delivered);
    assert_eq!(chat.hub.send_to(&ada_key, chat.line(&news)).unwrap(), Delivery::Full);
    assert_eq!(chat.hub.broadcast_all(chat.line(&news)).unwrap(), Broadcast { delivered: 0, full: 1 });
    assert_eq!(ada.line().await, news);
    assert_eq!(chat.hub.send_to(&ada_key, chat.line(&news)).unwrap(), Delivery::Delivered);
}
