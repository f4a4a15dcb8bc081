//! What carries frames between the hubs of several servers.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::Delivery;
use crate::error::Result;

/// A future of a [`Bus`].
pub type BusFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// What is done with a frame that a bus brings: it says what has become of it.
pub type Listener = Box<dyn Fn(&[u8]) -> Delivery + Send + Sync>;

/// Carries frames between the hubs of several servers, by subject: what a [`SharedHub`](super::SharedHub) stands on.
///
/// A subject is a text of ASCII letters, digits, `.`, `-`, `_` and `%`. What is carried are encoded frames, which reach connections as
/// they are: whoever may publish on a bus may write to every connection, so it is for the servers alone.
pub trait Bus: Send + Sync + 'static {
    /// From when this resolves until the [`Listening`] is dropped, frames for `subject` are given to `listener`, those that this
    /// bus itself publishes too.
    ///
    /// # Errors
    /// What the bus says; `listener` is not called any more then.
    ///
    /// # Cancel safety
    /// Dropping the future ends the listening.
    fn listen<'a>(&'a self, subject: &'a str, listener: Listener) -> BusFuture<'a, Listening>;

    /// Gives a frame to all who listen to `subject`. It does not say whether there are any.
    ///
    /// # Errors
    /// What the bus says; some may have been given the frame.
    ///
    /// # Cancel safety
    /// The frame may have been given to all, to some or to nobody.
    fn publish<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, ()>;

    /// Gives a frame to whoever listens to `subject`, and returns what the listener did with it. Of several listeners the
    /// first answer or the best counts; with none it is `Offline`.
    ///
    /// # Errors
    /// What the bus says; then it is not known whether the frame arrived.
    ///
    /// # Cancel safety
    /// The frame may have been given to all, to some or to nobody.
    fn ask<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, Delivery>;
}

/// Listens until it is dropped.
#[must_use = "dropping it ends the listening"]
pub struct Listening(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Listening {
    /// Calls `end` when it is dropped.
    pub fn new(end: impl FnOnce() + Send + Sync + 'static) -> Self {
        Self(Some(Box::new(end)))
    }
}

impl Drop for Listening {
    fn drop(&mut self) {
        if let Some(end) = self.0.take() {
            end();
        }
    }
}

impl fmt::Debug for Listening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Listening").finish_non_exhaustive()
    }
}

/// A bus within this process: of a server that is alone, and for tests of several. Cloning it gives the same bus.
#[derive(Clone, Default)]
pub struct LocalBus {
    subjects: Arc<Mutex<Subjects>>,
}

#[derive(Default)]
struct Subjects {
    listeners: HashMap<String, Vec<(u64, Arc<Listener>)>>,
    next: u64,
}

impl LocalBus {
    /// A bus that nobody listens to.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Subjects> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who listens to a subject. They are called without the lock, so that they may listen and publish themselves.
    fn listeners(&self, subject: &str) -> Vec<Arc<Listener>> {
        let listeners = self.lock().listeners.get(subject).cloned().unwrap_or_default();
        listeners.into_iter().map(|(_, listener)| listener).collect()
    }

    fn end(&self, subject: &str, id: u64) {
        let mut subjects = self.lock();
        if let Some(listeners) = subjects.listeners.get_mut(subject) {
            listeners.retain(|(other, _)| *other != id);
            if listeners.is_empty() {
                subjects.listeners.remove(subject);
            }
        }
    }
}

impl Bus for LocalBus {
    fn listen<'a>(&'a self, subject: &'a str, listener: Listener) -> BusFuture<'a, Listening> {
        let id = {
            let mut subjects = self.lock();
            subjects.next += 1;
            let id = subjects.next;
            subjects.listeners.entry(subject.to_owned()).or_default().push((id, Arc::new(listener)));
            id
        };
        let (bus, subject) = (self.clone(), subject.to_owned());
        let listening = Listening::new(move || bus.end(&subject, id));
        Box::pin(std::future::ready(Ok(listening)))
    }

    fn publish<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, ()> {
        for listener in self.listeners(subject) {
            let _ = listener(&frame);
        }
        Box::pin(std::future::ready(Ok(())))
    }

    fn ask<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, Delivery> {
        // All are given it, as on a bus between machines.
        let answers = self.listeners(subject).into_iter().map(|listener| listener(&frame));
        let best = answers.fold(Delivery::Offline, |best, answer| match (best, answer) {
            (Delivery::Delivered, _) | (_, Delivery::Offline) => best,
            (_, answer) => answer,
        });
        Box::pin(std::future::ready(Ok(best)))
    }
}

impl fmt::Debug for LocalBus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LocalBus").field("subjects", &self.lock().listeners.len()).finish()
    }
}
