//! A node: the state that all connections of a server share.

use std::sync::Arc;
use std::time::Duration;

use framewright_examples::users::Users;
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::place::{Here, Outlet, Place};
use crate::bus::{Bus, News};
use crate::hello::{Hello, from_server};
use crate::protocol::{ChatReply, Kind};
use crate::store::{
    Claim, Enter, Entry, Fetch, Fetched, Greeting, Keeper, Leave, Message, Name, Right, StoreError, Take,
};

/// The pause after an error of the store before the next attempt.
pub const AGAIN: Duration = Duration::from_secs(2);

/// The approximate total size of the messages of one fetch.
const FETCH_BYTES: usize = 256 * 1024;

/// The state of a server, which can be one of several nodes with a common store.
pub struct Node<O> {
    pub keeper: Keeper,
    pub bus: Box<dyn Bus>,
    pub here: Here<O>,
    pub gate: Gate,
    /// A random number that identifies this node; 0 if there is only one.
    pub id: i64,
}

/// The rules about who may take a name.
#[derive(Default)]
pub struct Gate {
    /// The users with their passwords. If `None`, names have no passwords.
    pub users: Option<Users>,
    /// Whether any client may take over any name.
    pub takeover: bool,
}

/// The client's place, how many of its messages are stored, and the sequence number of the next
/// message for it.
pub type Entered<O> = (Arc<Place<O>>, u64, u64);

/// Why a client cannot take a name.
pub enum NoEntry {
    Refused(&'static str),
    Failed(StoreError),
}

impl From<StoreError> for NoEntry {
    fn from(error: StoreError) -> Self {
        Self::Failed(error)
    }
}

impl<O: Outlet> Node<O> {
    /// Takes a name for a connection.
    ///
    /// # Cancel safety
    /// If cancelled, a password that waits for its turn is not checked, and the name is released.
    pub async fn enter(
        self: &Arc<Self>,
        name: Name,
        hello: Option<&Hello>,
        out: &O,
    ) -> Result<Entered<O>, NoEntry> {
        let greeting = hello.map(|hello| Greeting { token: hello.token, seen: hello.seen });
        let place = async |right| self.place(name, Claim { greeting, right }, out).await;
        let entered = match (&self.gate.users, hello) {
            (None, _) => place(if self.gate.takeover { Right::Always } else { Right::Free }).await?,
            (Some(_), None) => return Err(NoEntry::Refused("a hello with a password is needed")),
            // Checking a password is expensive. A client that returns with its token needs no check.
            (Some(users), Some(hello)) => match place(Right::None).await? {
                None if users.check(out.peer_addr().ip(), &name.to_string(), &hello.password).await => {
                    place(Right::Always).await?
                }
                None => return Err(NoEntry::Refused("wrong name or password")),
                entered => entered,
            },
        };
        entered.ok_or(NoEntry::Refused("the name is taken"))
    }

    /// Takes a name in a separate task, which releases it if the connection breaks meanwhile. Returns
    /// `None` if the claim gives no right to the name.
    async fn place(
        self: &Arc<Self>,
        name: Name,
        claim: Claim,
        out: &O,
    ) -> Result<Option<Entered<O>>, NoEntry> {
        let (reply, entered) = oneshot::channel();
        let (node, out) = (Arc::clone(self), out.clone());
        tokio::spawn(async move {
            if let Err(Ok(Some((place, ..)))) = reply.send(node.take_place(name, claim, out).await) {
                node.leave(&place);
            }
        });
        entered.await.unwrap_or_else(|error| Err(NoEntry::Failed(StoreError::new(error))))
    }

    async fn take_place(&self, name: Name, claim: Claim, out: O) -> Result<Option<Entered<O>>, NoEntry> {
        let is_hello = claim.greeting.is_some();
        let (epoch, stored_from, next_for) = match self
            .keeper
            .ask(Enter { name, node: self.id, claim })
            .await?
        {
            Entry::Entered { epoch, stored_from, next_for } => (epoch, stored_from, next_for),
            Entry::Held => return Ok(None),
            Entry::Ahead => {
                return Err(NoEntry::Refused(
                    "more messages were acknowledged than were ever sent: the server uses a different store than before",
                ));
            }
        };
        let place = Arc::new(Place::new(name, epoch, is_hello, next_for, out));
        match self.here.enter(&place) {
            Some(before) if before.is_hello || place.is_hello => before.out.close(),
            Some(before) => before.news.notify_one(),
            None => self.bus.tell(name, News::Look),
        }
        self.bus.join(name).await;
        Ok(Some((place, stored_from, next_for)))
    }

    /// Releases a name.
    pub fn leave(&self, place: &Arc<Place<O>>) {
        if self.here.leave(place) {
            self.bus.leave(place.name);
        }
        let (keeper, name, epoch) = (self.keeper.clone(), place.name, place.epoch);
        tokio::spawn(async move {
            while keeper.ask(Leave { name, epoch }).await.is_err() {
                sleep(AGAIN).await;
            }
        });
    }

    /// Notifies the receiver that the store may have a message for it.
    pub fn has_news(&self, name: Name) {
        match self.here.get(name) {
            Some(place) => place.news.notify_one(),
            None => self.bus.tell(name, News::Look),
        }
    }

    /// Notifies these senders that `receiver` has acknowledged messages from them.
    pub fn has_taken(&self, receiver: Name, senders: Vec<Name>) {
        for sender in senders {
            match self.here.get(sender) {
                Some(place) => tell_taken(place, receiver),
                None => self.bus.tell(sender, News::Taken(receiver)),
            }
        }
    }

    /// Handles a notification from the bus.
    #[cfg(feature = "nodes")]
    pub fn hear(&self, name: Name, news: News) {
        let Some(place) = self.here.get(name) else { return };
        match news {
            News::Look => place.news.notify_one(),
            News::Taken(receiver) => tell_taken(place, receiver),
        }
    }

    /// Delivers messages until the connection ends or loses its name.
    pub async fn deliver(self: Arc<Self>, place: Arc<Place<O>>) {
        while !place.has_ended() {
            let Some(room) = place.room() else {
                place.news.notified().await;
                continue;
            };
            let fetch = Fetch {
                name: place.name,
                epoch: place.epoch,
                from: room.from,
                count: u64::try_from(room.count).unwrap_or(u64::MAX),
                bytes: u64::try_from(room.bytes.min(FETCH_BYTES)).unwrap_or(u64::MAX),
                at_least_one: room.at_least_one,
            };
            match self.keeper.ask(fetch).await {
                Err(_) => sleep(AGAIN).await,
                Ok(Fetched::Lost { to_hello }) => {
                    if to_hello || place.is_hello {
                        place.out.close();
                    }
                    return;
                }
                Ok(Fetched::Messages(messages)) if messages.is_empty() => place.news.notified().await,
                Ok(Fetched::Messages(messages)) => {
                    if self.send(&place, messages).await.is_err() {
                        return;
                    }
                }
            }
        }
    }

    async fn send(&self, place: &Place<O>, messages: Vec<Message>) -> framewright::Result<()> {
        for Message { peer, kind, body } in messages {
            place.sends(body.len());
            place.out.send(&ChatReply { sender: peer, kind: Kind::from(kind), body: body.into() }).await?;
        }
        if place.is_hello {
            return Ok(());
        }
        // This client sends no acknowledgements, so its messages count as delivered when they are
        // written.
        place.out.flushed().await?;
        let below = place.sent();
        // All messages below this sequence number were sent, so this cannot fail.
        let _ = place.takes(below);
        let take = Take { name: place.name, epoch: place.epoch, below };
        if let Ok(senders) = self.keeper.ask(take).await {
            self.has_taken(place.name, senders);
        }
        Ok(())
    }
}

/// Tells a sender that `receiver` has received its messages. This runs in a separate task, because
/// the sender may read slowly.
fn tell_taken<O: Outlet>(place: Arc<Place<O>>, receiver: Name) {
    if place.finds_back(receiver) {
        tokio::spawn(async move {
            let notice = from_server(Kind::Text, format!("{receiver} has received the stored messages"));
            // Sending fails if the connection has ended.
            let _ = place.out.send(&notice).await;
        });
    }
}

#[cfg(test)]
mod tests {
    use std::future::{Future, poll_fn};
    use std::net::SocketAddr;
    use std::path::Path;
    use std::pin::pin;
    use std::sync::mpsc;
    use std::task::Poll;

    use tokio::task::spawn_blocking;
    use tokio::time::timeout;

    use super::*;
    use crate::bus::Alone;
    use crate::store::{Allowance, Sqlite};

    /// The output to a client, with a count of its owners.
    #[derive(Clone, Default)]
    struct Nowhere(Arc<()>);

    impl Outlet for Nowhere {
        async fn send(&self, _: &ChatReply) -> framewright::Result<()> {
            Ok(())
        }

        async fn flushed(&self) -> framewright::Result<()> {
            Ok(())
        }

        fn close(&self) {}

        fn peer_addr(&self) -> SocketAddr {
            SocketAddr::from(([127, 0, 0, 1], 0))
        }
    }

    fn node() -> Arc<Node<Nowhere>> {
        let path = std::env::temp_dir().join(format!("framewright-node-{}.users", std::process::id()));
        std::fs::write(&path, "").unwrap();
        let users = Users::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        let store = Sqlite::open(Path::new(":memory:"), 1 << 20).unwrap();
        let keeper = Keeper::new(store, Allowance { messages: 10, bytes: 1000 });
        let gate = Gate { users: Some(users), takeover: false };
        Arc::new(Node { keeper, bus: Box::new(Alone), here: Here::default(), gate, id: 0 })
    }

    /// Only the future of the connection waits for its turn to check the password, so it leaves the queue
    /// when the connection breaks.
    #[test]
    fn no_task_waits_for_a_password() {
        let runtime =
            tokio::runtime::Builder::new_current_thread().enable_time().max_blocking_threads(1).build();
        runtime.unwrap().block_on(async {
            // No password is checked while this runs.
            let (go, wait) = mpsc::channel::<()>();
            let first = spawn_blocking(move || wait.recv());
            let (node, out) = (node(), Nowhere::default());
            let hello = Hello { seen: 0, token: [1; 16], password: b"guess".to_vec() };
            let mut entering = pin!(node.enter(1, Some(&hello), &out));
            let waits = poll_fn(|cx| {
                assert!(entering.as_mut().poll(cx).is_pending());
                if Arc::strong_count(&out.0) == 1 { Poll::Ready(()) } else { Poll::Pending }
            });
            timeout(Duration::from_secs(30), waits).await.unwrap();
            drop(go);
            assert!(first.await.unwrap().is_err());
            assert!(matches!(entering.await, Err(NoEntry::Refused("wrong name or password"))));
        });
    }
}
