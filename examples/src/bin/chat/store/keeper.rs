//! The queue to the thread that writes.

use std::collections::BTreeSet;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::asks::Ask;
use super::ledger::{Allowance, Ledger};
use super::{Name, Store, StoreError};

/// How many asks wait before those who ask do.
const QUEUE: usize = 1024;

/// How many asks share a transaction at most.
const BATCH: usize = 1024;

/// How many bytes are written in a transaction, about.
const BATCH_BYTES: usize = 16 * 1024 * 1024;

/// The store, as the server has it. Cloning it is cheap.
#[derive(Clone)]
pub struct Keeper {
    queue: mpsc::Sender<Box<dyn Work>>,
}

impl Keeper {
    /// Starts the thread.
    pub fn new(mut store: impl Store + 'static, allowance: Allowance) -> Self {
        let (sender, mut receiver) = mpsc::channel::<Box<dyn Work>>(QUEUE);
        thread::spawn(move || {
            let mut failing = false;
            while let Some(first) = receiver.blocking_recv() {
                let mut batch = vec![first];
                let mut bytes = 0;
                // What has arrived meanwhile shares the commit.
                while batch.len() < BATCH && bytes < BATCH_BYTES {
                    let Ok(next) = receiver.try_recv() else { break };
                    bytes += next.size();
                    batch.push(next);
                }
                let done = transact(&mut store, allowance, &mut batch);
                match &done {
                    // The cause is logged once, however many ask meanwhile.
                    Err(error) if !failing => tracing::error!("no message is kept: {error}"),
                    Ok(()) if failing => tracing::info!("messages are kept again"),
                    _ => {}
                }
                failing = done.is_err();
                batch.into_iter().for_each(|work| work.answer(done.clone()));
            }
        });
        Self { queue: sender }
    }

    /// Waits until it is done and durable.
    ///
    /// # Errors
    /// If it was not done.
    ///
    /// # Cancel safety
    /// Cancelled, it may be done all the same.
    pub async fn ask<A: Ask>(&self, ask: A) -> Result<A::Answer, StoreError> {
        let (reply, answer) = oneshot::channel();
        let stopped = || StoreError::new("the store has stopped");
        let work = Box::new(Asked { ask, answer: None, reply });
        self.queue.send(work).await.map_err(|_| stopped())?;
        answer.await.unwrap_or_else(|_| Err(stopped()))
    }
}

/// Does all of it, or nothing.
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

/// An [`Ask`] with whom to answer, of whatever type.
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
        // Whoever asked may be gone.
        let _ = self.reply.send(done.and(answer));
    }
}
