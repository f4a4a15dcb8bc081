//! Servers under load: with Framewright, hand-written, and with `tokio_util`, each in its own
//! process.
//!
//! All of them answer a [`Message`](message::Message) with a receipt. The server and the load are
//! each pinned to a processor. All servers of a comparison run from the start. They are loaded one
//! after the other, in several rounds, so that other programs on the machine affect all of them
//! equally.

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
