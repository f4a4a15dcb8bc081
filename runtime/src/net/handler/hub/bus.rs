//! The bus that carries frames between the hubs of several servers.

use std::collections::HashMap;
use std::fmt;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

use super::Delivery;
use crate::error::Result;

/// A future of a [`Bus`].
pub type BusFuture<'a, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'a>>;

/// The function that is called for each frame from a bus. It returns the result of delivering the
/// frame.
pub type Listener = Box<dyn Fn(&[u8]) -> Delivery + Send + Sync>;

/// Carries frames between the hubs of several servers, by subject. Used by
/// [`SharedHub`](super::SharedHub).
///
/// A subject is a text of ASCII letters, digits, `.`, `-`, `_` and `%`. Encoded frames from a bus
/// are written to connections unchanged. So anyone who can publish on the bus can write to every
/// connection. Give only the servers access to the bus.
pub trait Bus: Send + Sync + 'static {
    /// Starts listening. Once this has resolved and until the [`Listening`] is dropped, frames for
    /// `subject` are passed to `listener`, including frames that this bus publishes itself.
    ///
    /// # Errors
    /// Errors of the bus. After an error, `listener` is not called any more.
    ///
    /// # Cancel safety
    /// If cancelled, `listener` is not called any more.
    fn listen<'a>(&'a self, subject: &'a str, listener: Listener) -> BusFuture<'a, Listening>;

    /// Sends a frame to all listeners of `subject`. It is not an error if the subject has no
    /// listeners.
    ///
    /// # Errors
    /// Errors of the bus. After an error, some listeners may have received the frame.
    ///
    /// # Cancel safety
    /// If cancelled, the frame may have reached all, some or no listeners.
    fn publish<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, ()>;

    /// Sends a frame to the listeners of `subject`, and returns the result. If the subject has
    /// several listeners, returns the first or the best result. If it has none, returns `Offline`.
    ///
    /// # Errors
    /// Errors of the bus. After an error, the frame may have arrived or not.
    ///
    /// # Cancel safety
    /// If cancelled, the frame may have reached all, some or no listeners.
    fn ask<'a>(&'a self, subject: &'a str, frame: Bytes) -> BusFuture<'a, Delivery>;
}

/// A subscription to a subject of a [`Bus`]. The subscription ends when it is dropped.
#[must_use = "dropping the listening ends it"]
pub struct Listening(Option<Box<dyn FnOnce() + Send + Sync>>);

impl Listening {
    /// Creates a subscription that calls `end` when it is dropped.
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

/// A bus within this process, for a single server and for tests. All clones are the same bus.
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
    /// Creates a bus without listeners.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn lock(&self) -> MutexGuard<'_, Subjects> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the listeners of a subject. The caller calls them after the lock is released, so
    /// that they may use the bus themselves.
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
        // All listeners receive the frame, as on a bus between machines.
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
