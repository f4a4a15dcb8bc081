//! The thread that uses the database, and the queue of requests to it.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread;

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
            let mut failing = false;
            while let Some(first) = receiver.blocking_recv() {
                let mut batch = vec![first];
                let mut bytes = 0;
                // Requests that arrived during the previous commit share this transaction.
                while batch.len() < BATCH && bytes < BATCH_BYTES {
                    let Ok(next) = receiver.try_recv() else { break };
                    bytes += next.size();
                    batch.push(next);
                }
                let done = transact(&mut store, allowance, &mut batch);
                match &done {
                    // Log an error only once while the store fails.
                    Err(error) if !failing => tracing::error!("messages cannot be stored: {error}"),
                    Ok(()) if failing => tracing::info!("messages are stored again"),
                    _ => {}
                }
                failing = done.is_err();
                batch.into_iter().for_each(|work| work.answer(done.clone()));
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

/// Runs all requests in one transaction. If one fails, none of them changes anything.
fn transact(
    store: &mut dyn Store,
    allowance: Allowance,
    batch: &mut [Box<dyn Work>],
) -> Result<(), StoreError> {
    store.begin()?;
    let done = in_transaction(store, allowance, batch);
    match done {
        Ok(()) => store.commit(),
        Err(error) => {
            store.rollback();
            Err(error)
        }
    }
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
}
