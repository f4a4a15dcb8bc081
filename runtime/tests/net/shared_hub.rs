//! Tests of one hub that two servers share, over a bus in this process and over NATS.

use std::sync::Arc;

use framewright::net::{Bus, Close, Conn, Delivery, Handler, LocalBus, Server, SharedHub, SharedMember};
use framewright::{Error, Result};

use crate::frames::Line;
use crate::hub::Guest;

/// A handler that takes the first line as the name of the client. The other lines are `name text`
/// to send to a client, `+group` to join, `-group` to leave, and `#group text` to send to a group.
/// Each is answered by its result.
#[derive(Clone)]
struct Chat {
    hub: SharedHub<String, Line>,
}

impl Handler for Chat {
    type In<'a> = Line;
    type Out = Line;
    type State = Option<SharedMember<String, Line>>;

    async fn open(&self, _: &mut Conn<Line>) -> std::result::Result<Self::State, Close> {
        Ok(None)
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Line>,
        member: &'a mut Self::State,
        line: Line,
    ) -> std::result::Result<(), Close> {
        let answer = match member {
            None => {
                *member = Some(self.hub.register(line.text, conn.handle()).await?);
                "hello".to_owned()
            }
            Some(member) => self.answer(member, &line.text).await?,
        };
        conn.send(Line::new(answer))?;
        Ok(())
    }
}

impl Chat {
    async fn answer(&self, member: &mut SharedMember<String, Line>, text: &str) -> Result<String> {
        if let Some(group) = text.strip_prefix('+') {
            member.join(group.to_owned()).await?;
            return Ok("joined".into());
        }
        if let Some(group) = text.strip_prefix('-') {
            return Ok(member.leave(&group.to_owned()).to_string());
        }
        let (to, text) = text.split_once(' ').ok_or_else(|| Error::other("no text"))?;
        Ok(match to.strip_prefix('#') {
            Some(group) => {
                self.hub.broadcast(&group.to_owned(), Line::new(text)).await?;
                "sent".into()
            }
            None => format!("{:?}", self.hub.send_to(&to.to_owned(), Line::new(text)).await?),
        })
    }
}

/// Checks sending by name and to groups, with Ada on one server, and Bob and Eve on the other.
async fn keys_and_groups(one: impl Bus, other: impl Bus) {
    let node = |hub| Arc::new(Server::new(Chat { hub }));
    let (near, far) = (SharedHub::over(one), SharedHub::over(other));
    let (first, second) = (node(near.clone()), node(far.clone()));
    let mut ada = Guest::join(&first, "ada").await;
    let mut bob = Guest::join(&second, "bob").await;
    let mut eve = Guest::join(&second, "eve *.>").await;

    for (from, to) in [(&mut ada, "bob"), (&mut eve, "bob")] {
        assert_eq!(from.ask(&format!("{to} hi")).await, "Delivered");
        assert_eq!(bob.line().await, "hi");
    }
    assert_eq!(ada.ask("zoe hi").await, "Offline");

    assert_eq!(ada.ask("+club").await, "joined");
    for guest in [&mut bob, &mut eve] {
        assert_eq!(guest.ask("+club").await, "joined");
        assert_eq!(guest.ask("+club").await, "joined");
    }
    assert_eq!(ada.ask("#nobody psst").await, "sent");
    assert_eq!(ada.ask("-club").await, "true");
    assert_eq!(ada.ask("-club").await, "false");
    assert_eq!(ada.ask("#club psst").await, "sent");
    assert_eq!(bob.line().await, "psst");
    assert_eq!(eve.line().await, "psst");
    // The remaining members still receive what is sent to the group.
    assert_eq!(bob.ask("-club").await, "true");
    assert_eq!(ada.ask("#club again").await, "sent");
    assert_eq!(eve.line().await, "again");

    // The new owner of a key receives its frames, and the old owner does not.
    let mut second_eve = Guest::join(&second, "eve *.>").await;
    assert_eq!(near.send_to(&"eve *.>".to_owned(), Line::new("one")).await.unwrap(), Delivery::Delivered);
    assert_eq!(near.send_to(&"eve *.>".to_owned(), Line::new("two")).await.unwrap(), Delivery::Delivered);
    assert_eq!(second_eve.line().await, "one");
    assert_eq!(second_eve.line().await, "two");
    drop(eve);
    let mut eve = second_eve;

    drop(bob);
    while far.local().len() > 1 {
        tokio::task::yield_now().await;
    }
    assert_eq!(ada.ask("bob hi").await, "Offline");
    assert_eq!(near.send_to(&"eve *.>".to_owned(), Line::new("last")).await.unwrap(), Delivery::Delivered);
    assert_eq!(eve.line().await, "last");
}

#[tokio::test]
async fn within_a_process() {
    let bus = LocalBus::new();
    keys_and_groups(bus.clone(), bus.clone()).await;
    let alone: SharedHub<u8, Line> = SharedHub::default();
    assert_eq!(alone.send_to(&1, Line::new("")).await.unwrap(), Delivery::Offline);
}

/// Checks that `send_to` reports a full out-buffer of a connection on the other server.
#[tokio::test]
async fn a_full_buffer_on_the_other_server_is_reported() {
    let bus = LocalBus::new();
    let near: SharedHub<String, Line> = SharedHub::over(bus.clone());
    let limits = framewright::net::Limits::new().out_buffer(100);
    let server = Arc::new(Server::new(Chat { hub: SharedHub::over(bus) }).limits(limits));
    let _bob = Guest::join(&server, "bob").await;
    let long = Line::new("x".repeat(200));
    let mut sent = 0;
    while near.send_to(&"bob".to_owned(), &long).await.unwrap() == Delivery::Delivered {
        sent += 1;
        assert!(sent < 1000, "the buffer has no end");
    }
    assert_eq!(near.send_to(&"bob".to_owned(), &long).await.unwrap(), Delivery::Full);
}

#[cfg(feature = "nats")]
mod over_nats {
    use std::path::PathBuf;
    use std::process::{Child, Command, Stdio};
    use std::time::{Duration, Instant};

    use async_nats::ConnectOptions;
    use framewright::net::NatsBus;
    use tokio::net::TcpStream;

    use super::*;

    struct Nats(Child);

    impl Drop for Nats {
        fn drop(&mut self) {
            let _ = self.0.kill();
            let _ = self.0.wait();
        }
    }

    /// Starts a NATS server on a free port, and returns it with its URL. If it is not installed,
    /// returns `None` and prints that the test is skipped.
    async fn start() -> Option<(Nats, String)> {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let folders = std::env::split_paths(&path).chain([PathBuf::from("/usr/sbin")]);
        let Some(program) =
            folders.map(|folder| folder.join("nats-server")).find(|program| program.is_file())
        else {
            eprintln!("skipped: nats-server is not installed (Debian: nats-server)");
            return None;
        };
        let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let mut command = Command::new(program);
        command.args(["--addr", "127.0.0.1", "--port", &port.to_string()]);
        let nats = Nats(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        let due = Instant::now() + Duration::from_secs(20);
        while TcpStream::connect(("127.0.0.1", port)).await.is_err() {
            assert!(Instant::now() < due, "nats-server does not listen");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        Some((nats, format!("nats://127.0.0.1:{port}")))
    }

    #[tokio::test]
    async fn between_machines() {
        let Some((nats, url)) = start().await else { return };
        let options = || ConnectOptions::new().request_timeout(Some(Duration::from_secs(3)));
        let client = || async { options().connect(&url).await.unwrap() };
        let (one, other) = (NatsBus::new(client().await, "test"), NatsBus::new(client().await, "test"));
        keys_and_groups(one.clone(), other).await;

        // Without a NATS server, nothing is reported as delivered.
        let hub: SharedHub<u8, Line> = SharedHub::over(one);
        drop(nats);
        assert!(hub.send_to(&1, Line::new("hi")).await.is_err());
    }
}
