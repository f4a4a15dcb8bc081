//! Calls that wait, and which of them a frame is for.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::task::{Context, Poll};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::unclaimed::Feed;
use crate::error::{Error, Result};

/// What a frame is where replies come in the order of their requests; see [`Client::in_order`](crate::Client::in_order).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The reply to the oldest request, or the last frame of it.
    Last,
    /// A frame of the reply to the oldest request, of which more will come.
    More,
    /// No reply: the server sends it of its own accord.
    Push,
}

/// How many frames a reply may have.
const PARTS: usize = 1024;

/// The id of a reply.
type Answered<R, K> = Box<dyn Fn(&R) -> Option<K> + Send>;

/// How it is found out whose reply a frame is.
pub(super) enum Sorting<R, K> {
    ById(Answered<R, K>),
    InOrder(Box<dyn Fn(&R) -> Part + Send>),
}

/// What was found out about a frame.
pub(super) enum Sorted<K> {
    ById(Option<K>),
    InOrder(Part),
}

impl<R, K> Sorting<R, K> {
    pub(super) fn sort(&self, frame: &R) -> Sorted<K> {
        match self {
            Self::ById(answered) => Sorted::ById(answered(frame)),
            Self::InOrder(part) => Sorted::InOrder(part(frame)),
        }
    }
}

/// A reply: its last frame, and those before it.
pub(super) struct Reply<R> {
    pub(super) before: Vec<R>,
    pub(super) last: R,
}

/// What a call needs to wait for its reply.
pub(super) enum Ticket<K> {
    /// An id that no other call has.
    Id(K),
    /// One of the places in the order.
    Place(OwnedSemaphorePermit),
}

/// Whom a reply is for.
pub(super) type Caller<R> = oneshot::Sender<Result<Reply<R>>>;

/// The calls of one connection that wait for their replies.
pub(super) struct Waiting<R, K> {
    by_id: HashMap<K, Caller<R>>,
    in_order: VecDeque<Place<R>>,
    /// How many of these have been answered: it tells the first of them from one before.
    answered: u64,
}

/// A place in the order of replies. Who gives up a call leaves it behind.
struct Place<R> {
    caller: Caller<R>,
    before: Vec<R>,
    permit: OwnedSemaphorePermit,
}

impl<R, K> Default for Waiting<R, K> {
    fn default() -> Self {
        Self { by_id: HashMap::new(), in_order: VecDeque::new(), answered: 0 }
    }
}

impl<R, K> Waiting<R, K> {
    pub(super) fn len(&self) -> usize {
        self.by_id.len() + self.in_order.len()
    }

    /// Everyone who waits.
    pub(super) fn drain(&mut self) -> Vec<Caller<R>> {
        let in_order = self.in_order.drain(..).map(|place| place.caller);
        self.by_id.drain().map(|(_, caller)| caller).chain(in_order).collect()
    }

    /// Resolves when the first in the order has given up, with a number that no other place has.
    pub(super) fn poll_given_up(&mut self, cx: &mut Context<'_>) -> Poll<u64> {
        match self.in_order.front_mut() {
            Some(place) => place.caller.poll_closed(cx).map(|()| self.answered),
            None => Poll::Pending,
        }
    }

    /// Hands a frame to whom it is for.
    fn hand_to_first(&mut self, (frame, len): (R, usize), part: Part, unclaimed: &Feed<R>) -> Result<()> {
        let Some(place) = self.in_order.front_mut().filter(|_| part != Part::Push) else {
            unclaimed.put(frame, len);
            return Ok(());
        };
        if part == Part::More {
            if place.caller.is_closed() {
                place.before.clear();
            } else if place.before.len() < PARTS {
                place.before.push(frame);
            } else {
                return Err(Error::other(format!("a reply has more than {PARTS} frames")));
            }
            return Ok(());
        }
        self.answered += 1;
        if let Some(Place { caller, before, .. }) = self.in_order.pop_front() {
            // Who has given up need not be told.
            let _ = caller.send(Ok(Reply { before, last: frame }));
        }
        Ok(())
    }
}

impl<R, K: Eq + Hash> Waiting<R, K> {
    /// Lets a call wait. Gives its id, if it has one, to be taken [back](Self::leave).
    pub(super) fn enter(&mut self, caller: Caller<R>, ticket: Ticket<K>) -> Result<Option<K>>
    where
        K: Clone,
    {
        match ticket {
            Ticket::Id(id) if self.by_id.contains_key(&id) => {
                Err(Error::other("a call with the same id is pending"))
            }
            Ticket::Id(id) => {
                self.by_id.insert(id.clone(), caller);
                Ok(Some(id))
            }
            Ticket::Place(permit) => {
                self.in_order.push_back(Place { caller, before: Vec::new(), permit });
                Ok(None)
            }
        }
    }

    /// Takes back the call that has just entered, since its request could not be sent.
    pub(super) fn leave(&mut self, id: Option<K>) -> Option<(Caller<R>, Ticket<K>)> {
        match id {
            Some(id) => self.by_id.remove(&id).map(|caller| (caller, Ticket::Id(id))),
            None => self.in_order.pop_back().map(|place| (place.caller, Ticket::Place(place.permit))),
        }
    }

    /// Hands a frame, which has had so many bytes on the wire, to whom it is for.
    pub(super) fn hand_out(
        &mut self,
        (frame, len): (R, usize),
        sorted: Sorted<K>,
        unclaimed: &Feed<R>,
    ) -> Result<()> {
        let id = match sorted {
            Sorted::InOrder(part) => return self.hand_to_first((frame, len), part, unclaimed),
            Sorted::ById(id) => id,
        };
        let Some(caller) = id.and_then(|id| self.by_id.remove(&id)) else {
            unclaimed.put(frame, len);
            return Ok(());
        };
        if let Err(Ok(late)) = caller.send(Ok(Reply { before: Vec::new(), last: frame })) {
            unclaimed.put(late.last, len);
        }
        Ok(())
    }
}
