//! The thread that uses the database, and the queue of requests to it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::{slice, thread};

use framewright_examples::Flood;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, oneshot};

use super::asks::Ask;
use super::ledger::{Allowance, Ledger};
use super::{Name, Store, StoreError};

/// The maximum number of queued requests. Further callers wait.
const QUEUE: usize = 1024;

/// The maximum total size of queued requests in KiB. It is needed because the limits of the server
/// no longer count a frame once it is handled.
const ROOM: u32 = 64 * 1024;

/// The maximum number of requests in a transaction.
const BATCH: usize = 1024;

/// The approximate maximum size of the requests in a transaction.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

#[derive(Clone)]
pub struct Keeper {
    queue: mpsc::Sender<Box<dyn Work>>,
    room: Arc<Semaphore>,
}

impl Keeper {
    /// Starts the thread that uses the database.
    pub fn new(mut store: impl Store + 'static, allowance: Allowance) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Box<dyn Work>>(QUEUE);
        thread::spawn(move || {
            let mut log = Log::default();
            while let Some(first) = receiver.blocking_recv() {
                let mut batch = vec![first];
                let mut bytes = 0;
                // Requests that arrived during the previous commit share this transaction.
                while batch.len() < BATCH && bytes < BATCH_BYTES {
                    let Ok(next) = receiver.try_recv() else { break };
                    bytes += next.size();
                    batch.push(next);
                }
                run(&mut store, allowance, batch, &mut log);
            }
        });
        let room = Semaphore::new(usize::try_from(ROOM).unwrap_or(usize::MAX));
        Self { queue: sender, room: Arc::new(room) }
    }

    /// Runs a request. Returns after the commit, when the changes are durable.
    ///
    /// # Errors
    /// Returns an error if the request failed.
    ///
    /// # Cancel safety
    /// If cancelled, the request may still run.
    pub async fn ask<A: Ask>(&self, ask: A) -> Result<A::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let stopped = || StoreError::new("the store has stopped");
        // A request larger than `ROOM` waits until there are no other requests.
        let kilobytes = u32::try_from(ask.size() / 1024).unwrap_or(ROOM).min(ROOM);
        let room = Arc::clone(&self.room).acquire_many_owned(kilobytes).await.map_err(|_| stopped())?;
        let work = Box::new(Asked { ask, answer: None, reply, _room: room });
        self.queue.send(work).await.map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// The log of failures. Clients may be able to cause them.
#[derive(Default)]
struct Log {
    failing: bool,
    failed: Flood,
    again: Flood,
}

impl Log {
    fn note(&mut self, done: &Result<(), StoreError>) {
        match done {
            Err(error) => self.failed.happened(|_| tracing::error!("messages cannot be stored: {error}")),
            Ok(()) if self.failing => self.again.happened(|_| tracing::info!("messages are stored again")),
            Ok(()) => {}
        }
        self.failing = done.is_err();
    }
}

/// Why a transaction failed.
#[derive(Clone)]
enum Fault {
    /// The store cannot begin or commit.
    Store(StoreError),
    /// A request failed.
    Request(StoreError),
}

impl Fault {
    fn into_error(self) -> StoreError {
        let (Self::Store(error) | Self::Request(error)) = self;
        error
    }
}

/// Runs all requests in one transaction, and answers them. If a request fails, each of them runs in
/// a transaction of its own, so that only those fail that must.
fn run(store: &mut dyn Store, allowance: Allowance, mut batch: Vec<Box<dyn Work>>, log: &mut Log) {
    let mut done = transact(store, allowance, &mut batch);
    let singly = batch.len() > 1 && matches!(done, Err(Fault::Request(_)));
    for mut work in batch {
        if singly && !matches!(done, Err(Fault::Store(_))) {
            done = transact(store, allowance, slice::from_mut(&mut work));
        }
        let done = done.clone().map_err(Fault::into_error);
        log.note(&done);
        work.answer(done);
    }
}

/// Runs all requests in one transaction. If one fails, none of them changes anything.
fn transact(store: &mut dyn Store, allowance: Allowance, batch: &mut [Box<dyn Work>]) -> Result<(), Fault> {
    store.begin().map_err(Fault::Store)?;
    if let Err(error) = in_transaction(store, allowance, batch) {
        store.rollback();
        return Err(Fault::Request(error));
    }
    store.commit().map_err(Fault::Store)
}

fn in_transaction(
    store: &mut dyn Store,
    allowance: Allowance,
    batch: &mut [Box<dyn Work>],
) -> Result<(), StoreError> {
    let mut names = BTreeSet::new();
    batch.iter().for_each(|work| work.names(&mut names));
    let mut ledger = Ledger::open(store, allowance, &names)?;
    batch.iter_mut().try_for_each(|work| work.run(&mut ledger))?;
    ledger.close()
}

/// An [`Ask`] of any type, with the sender for its answer.
trait Work: Send {
    fn names(&self, names: &mut BTreeSet<Name>);
    fn size(&self) -> usize;
    fn run(&mut self, ledger: &mut Ledger<'_>) -> Result<(), StoreError>;
    fn answer(self: Box<Self>, done: Result<(), StoreError>);
}

struct Asked<A: Ask> {
    ask: A,
    answer: Option<A::Answer>,
    reply: oneshot::Sender<Result<A::Answer, StoreError>>,
    _room: OwnedSemaphorePermit,
}

impl<A: Ask> Work for Asked<A> {
    fn names(&self, names: &mut BTreeSet<Name>) {
        self.ask.names(names);
    }

    fn size(&self) -> usize {
        self.ask.size()
    }

    fn run(&mut self, ledger: &mut Ledger<'_>) -> Result<(), StoreError> {
        self.answer = Some(self.ask.run(ledger)?);
        Ok(())
    }

    fn answer(self: Box<Self>, done: Result<(), StoreError>) {
        let answer = self.answer.ok_or_else(|| StoreError::new("nothing was done"));
        // Sending fails if the caller no longer waits.
        let _ = self.reply.send(done.and(answer));
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::path::Path;
    use std::pin::pin;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::{Mutex, PoisonError, mpsc};
    use std::task::{Context, Waker};

    use super::*;
    use crate::store::Sqlite;

    /// A slow request for tests. It signals when it starts, and then waits for a signal.
    struct Slow {
        size: usize,
        begun: mpsc::Sender<usize>,
        go: Mutex<mpsc::Receiver<()>>,
        in_batch: Arc<AtomicUsize>,
    }

    impl Ask for Slow {
        type Answer = ();

        fn names(&self, _: &mut BTreeSet<Name>) {
            self.in_batch.fetch_add(1, Ordering::SeqCst);
        }

        fn size(&self) -> usize {
            self.size
        }

        fn run(&self, _: &mut Ledger<'_>) -> Result<(), StoreError> {
            // Sending fails if the test has ended.
            let _ = self.begun.send(self.in_batch.load(Ordering::SeqCst));
            let go = self.go.lock().unwrap_or_else(PoisonError::into_inner);
            go.recv().map_err(|_| StoreError::new("nobody says so"))
        }
    }

    #[tokio::test]
    async fn waiting_messages_are_limited_in_bytes() {
        let store = Sqlite::open(Path::new(":memory:"), 1 << 20).unwrap();
        let keeper = Keeper::new(store, Allowance { messages: 1, bytes: 1 });
        let (begun, begins) = mpsc::channel();
        let in_batch = Arc::default();
        let ask = |size| {
            let (go, wait) = mpsc::channel();
            let (begun, in_batch) = (begun.clone(), Arc::clone(&in_batch));
            (go, keeper.ask(Slow { size, begun, go: Mutex::new(wait), in_batch }))
        };
        let ((go_first, first), (go_second, second)) = (ask(40 << 20), ask(40 << 20));
        let (mut first, mut second) = (pin!(first), pin!(second));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(first.as_mut().poll(&mut cx).is_pending());
        assert!(second.as_mut().poll(&mut cx).is_pending());
        // The second request is neither running nor in the queue.
        assert_eq!((begins.recv(), keeper.queue.capacity()), (Ok(1), QUEUE));
        go_second.send(()).unwrap();
        go_first.send(()).unwrap();
        let (first, second) = tokio::join!(first, second);
        assert!(first.is_ok() && second.is_ok());
        // A request larger than the limit runs alone.
        let (go, huge) = ask(1 << 30);
        go.send(()).unwrap();
        huge.await.unwrap();
    }

    /// A request that takes a name, and may fail after that.
    struct Takes {
        name: Name,
        fails: bool,
    }

    impl Ask for Takes {
        type Answer = ();

        fn names(&self, names: &mut BTreeSet<Name>) {
            names.insert(self.name);
        }

        fn run(&self, ledger: &mut Ledger<'_>) -> Result<(), StoreError> {
            ledger.account(self.name)?.epoch += 1;
            if self.fails { Err(StoreError::new("as asked")) } else { Ok(()) }
        }
    }

    struct Names;

    impl Ask for Names {
        type Answer = Vec<Name>;

        fn names(&self, _: &mut BTreeSet<Name>) {}

        fn run(&self, ledger: &mut Ledger<'_>) -> Result<Vec<Name>, StoreError> {
            let rows = ledger.store.query("SELECT name FROM names WHERE epoch = 1 ORDER BY name", &[])?;
            rows.into_iter().map(|mut row| row.name()).collect()
        }
    }

    #[tokio::test]
    async fn a_request_that_fails_does_not_affect_others_in_its_batch() {
        let store = Sqlite::open(Path::new(":memory:"), 1 << 20).unwrap();
        let keeper = Keeper::new(store, Allowance { messages: 1, bytes: 1 });
        let ((begun, begins), (go, wait)) = (mpsc::channel(), mpsc::channel());
        let slow = keeper.ask(Slow { size: 0, begun, go: Mutex::new(wait), in_batch: Arc::default() });
        let mut slow = pin!(slow);
        let mut cx = Context::from_waker(Waker::noop());
        assert!(slow.as_mut().poll(&mut cx).is_pending());
        begins.recv().unwrap();
        // While the thread waits for the slow request, these queue up.
        let takes = [(1, false), (2, true), (3, false)];
        let mut asked = Vec::new();
        for (name, fails) in takes {
            let mut ask = Box::pin(keeper.ask(Takes { name, fails }));
            assert!(ask.as_mut().poll(&mut cx).is_pending());
            asked.push(ask);
        }
        go.send(()).unwrap();
        slow.await.unwrap();
        for (ask, (_, fails)) in asked.into_iter().zip(takes) {
            assert_eq!(ask.await.is_err(), fails);
        }
        assert_eq!(keeper.ask(Names).await.unwrap(), [1, 3]);
    }
}
