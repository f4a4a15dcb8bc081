//! Pending calls, and the matching of replies to calls.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::iter;
use std::task::{Context, Poll};

use tokio::sync::{OwnedSemaphorePermit, oneshot};

use super::unclaimed::Feed;
use crate::error::{Error, Result};

/// The role of a frame in a protocol with replies in the order of the requests; see
/// [`Client::in_order`](crate::Client::in_order).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The reply to the oldest request, or the last frame of that reply.
    Last,
    /// A frame of the reply to the oldest request. More frames of that reply follow.
    More,
    /// A frame that the server pushes, which is not a reply.
    Push,
}

/// The maximum number of frames of a reply before its last frame.
const PARTS: usize = 1024;

/// The function that returns the id of a reply.
type Answered<R, K> = Box<dyn Fn(&R) -> Option<K> + Send>;

/// How replies are matched to calls.
pub(super) enum Sorting<R, K> {
    ById(Answered<R, K>),
    InOrder(Box<dyn Fn(&R) -> Part + Send>),
}

/// What a [`Sorting`] returns for a frame.
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

    /// Returns how many of the `owed` replies to earlier calls come before the replies to new
    /// calls. Replies with an id may come in any order.
    pub(super) fn first_of(&self, owed: usize) -> usize {
        match self {
            Self::ById(_) => 0,
            Self::InOrder(_) => owed,
        }
    }
}

/// A reply: its last frame, and the frames before it.
pub(super) struct Reply<R> {
    pub(super) before: Vec<R>,
    pub(super) last: R,
}

/// The identity of a pending call.
pub(super) enum Ticket<K> {
    /// The id of the request. No other pending call may use it.
    Id(K),
    /// A permit to wait for a reply in order.
    Place(OwnedSemaphorePermit),
}

/// The channel to the caller who receives a reply.
pub(super) type Caller<R> = oneshot::Sender<Result<Reply<R>>>;

/// The pending calls of one connection.
pub(super) struct Waiting<R, K> {
    by_id: HashMap<K, Caller<R>>,
    in_order: VecDeque<Place<R>>,
    /// How many calls in order were answered so far. It is also the number of the oldest call in
    /// order that still waits.
    answered: u64,
}

/// A call that waits for a reply in order. It stays in the queue when the caller gives up, because
/// the reply still arrives.
struct Place<R> {
    caller: Caller<R>,
    before: Vec<R>,
    /// `None` for a call that the client made before it was shared.
    permit: Option<OwnedSemaphorePermit>,
}

impl<R, K> Waiting<R, K> {
    /// Creates the calls of a connection on which `owed` replies in order are still to come, to
    /// calls that were given up.
    pub(super) fn after(owed: usize) -> Self {
        let given_up = || Place { caller: oneshot::channel().0, before: Vec::new(), permit: None };
        let in_order = iter::repeat_with(given_up).take(owed).collect();
        Self { by_id: HashMap::new(), in_order, answered: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.by_id.len() + self.in_order.len()
    }

    /// Removes all pending calls and returns their callers.
    pub(super) fn drain(&mut self) -> Vec<Caller<R>> {
        let in_order = self.in_order.drain(..).map(|place| place.caller);
        self.by_id.drain().map(|(_, caller)| caller).chain(in_order).collect()
    }

    /// Waits until the caller of the oldest call in order gives up, and returns the number of the
    /// call.
    pub(super) fn poll_given_up(&mut self, cx: &mut Context<'_>) -> Poll<u64> {
        match self.in_order.front_mut() {
            Some(place) => place.caller.poll_closed(cx).map(|()| self.answered),
            None => Poll::Pending,
        }
    }

    /// Delivers a frame to the oldest call in order.
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
            // The caller may have given up.
            let _ = caller.send(Ok(Reply { before, last: frame }));
        }
        Ok(())
    }
}

impl<R, K: Eq + Hash> Waiting<R, K> {
    /// Registers a call. Returns the argument for [`leave`](Self::leave): the id of the call, or
    /// `None` if replies carry no id.
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
                self.in_order.push_back(Place { caller, before: Vec::new(), permit: Some(permit) });
                Ok(None)
            }
        }
    }

    /// Removes the call that was registered last, because its request could not be sent.
    pub(super) fn leave(&mut self, id: Option<K>) -> Option<(Caller<R>, Ticket<K>)> {
        match id {
            Some(id) => self.by_id.remove(&id).map(|caller| (caller, Ticket::Id(id))),
            None => {
                let place = self.in_order.pop_back()?;
                Some((place.caller, Ticket::Place(place.permit?)))
            }
        }
    }

    /// Delivers a frame to its call. `len` is the size of the frame on the wire.
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
