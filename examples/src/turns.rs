//! Turns: the tasks that need the same key proceed one after the other.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex as Lock, PoisonError, Weak};

use tokio::sync::{Mutex, OwnedMutexGuard};

/// A lock for each key. Tasks with different keys do not wait for each other.
#[derive(Clone, Debug)]
pub struct Turns<K>(Arc<Lock<HashMap<K, Weak<Mutex<()>>>>>);

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<K: Eq + Hash> Turns<K> {
    /// Waits for the turn of a task with this key. The turn ends when the guard is dropped.
    ///
    /// # Cancel safety
    /// If cancelled, the task loses its position in the queue.
    pub async fn wait(&self, key: K) -> OwnedMutexGuard<()> {
        self.of(key).lock_owned().await
    }

    fn of(&self, key: K) -> Arc<Mutex<()>> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turn) = turns.get(&key).and_then(Weak::upgrade) {
            return turn;
        }
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = Arc::default();
        turns.insert(key, Arc::downgrade(&turn));
        turn
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;

    #[tokio::test]
    async fn only_tasks_with_the_same_key_wait() {
        let turns = Turns::default();
        let first = turns.wait("a").await;
        let _other = turns.wait("b").await;
        let mut second = pin!(turns.wait("a"));
        assert!(second.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(first);
        drop(second.await);
        let _next = turns.wait("c").await;
        assert_eq!(turns.0.lock().unwrap().len(), 2, "keys that are not in use are forgotten");
    }
}
