//! Framing without I/O: received bytes are turned into frames.
//!
//! The async server and client, the blocking client and the tests use the same state machine. It
//! neither reads nor waits: the owner of the socket appends received bytes to [`Framer::room`] and
//! takes frames with [`Framer::next_frame`] until no complete frame is left.
//!
//! ```
//! use framewright::{prelude::*, stream::Framer};
//!
//! #[derive(Frame, Debug, PartialEq)]
//! #[frame(be)]
//! struct Name { #[len_prefixed(u8)] text: String }
//!
//! let mut framer = Framer::new();
//! framer.room().extend_from_slice(b"\x02hi\x05wor");
//! assert_eq!(framer.next_frame::<Name>()?, Some(Name { text: "hi".into() }));
//! assert_eq!(framer.next_frame::<Name>()?, None);
//!
//! framer.room().extend_from_slice(b"ld");
//! assert_eq!(framer.next_frame::<Name>()?, Some(Name { text: "world".into() }));
//! # Ok::<(), framewright::DecodeError>(())
//! ```

mod buffer;
mod framer;
#[cfg(feature = "std")]
mod lookahead;
mod lost;
mod outcome;
mod progress;
mod refused;
#[cfg(feature = "std")]
pub(crate) mod rest;
mod resync;
#[cfg(feature = "cli")]
mod take;
mod walk;

pub use framer::Framer;
#[cfg(feature = "std")]
pub(crate) use lookahead::{Attempts, Snapshot};
#[cfg(feature = "std")]
pub(crate) use resync::can_resync;
#[cfg(feature = "cli")]
pub(crate) use take::Taken;

use nom::IResult;

use crate::error::DecodeError;
use crate::frame::Layout;
use crate::schema::Schema;
use crate::source::Source;

/// A parser of frames: [`parse_from`](crate::Decode::parse_from), or the same with a context.
pub(crate) trait ParseFrom<'a, T>:
    Fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], T, DecodeError>
{
}

impl<'a, T, P> ParseFrom<'a, T> for P where P: Fn(&'a [u8], &Source<'a>) -> IResult<&'a [u8], T, DecodeError> {}

/// Returns the schema of a type, at the same address for all callers in a crate, so that schemas
/// can be compared by address. (The constant itself may have a different address in each function
/// that uses it.) If two crates take frames from one framer, the addresses differ, and the framer
/// only decodes a partial frame from its start again.
#[inline(never)]
fn schema_of<T: Layout>() -> &'static Schema {
    T::SCHEMA
}
