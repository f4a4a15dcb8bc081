//! Servers under load: generic ones, hand-written ones and `tokio_util`, each in a process of its
//! own.
//!
//! All of them answer a [`Message`](message::Message) with a receipt. The server and the load are
//! each pinned to a processor. All servers of a comparison run from the start and are loaded in
//! turns, so that other programs on the machine affect all of them equally.

mod broadcast;
mod comparison;
mod exchange;
mod kinds;
mod load;
mod message;
mod process;

pub(crate) use broadcast::{Broadcast, broadcast};
pub(crate) use comparison::{Comparison, Outcome, compare, crowd, idle_memory};
pub(crate) use exchange::{count as count_exchanges, run as run_exchanges};
pub(crate) use kinds::Kind;
pub(crate) use load::{Load, Report};
pub(crate) use process::serve;
