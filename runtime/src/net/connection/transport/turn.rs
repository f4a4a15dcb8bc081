//! The turn of a connection: how much it does before other tasks run.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::yield_now;

use super::Transport;

/// Maximum number of frames that are handled in a turn.
pub(crate) const FRAMES_PER_TURN: u32 = 1024;

/// Number of frames that a read or a flush counts as. At most 64 of them are made in a turn, because
/// a body has no frames, and each read may bring only one.
const FRAMES_PER_STEP: u32 = FRAMES_PER_TURN / 64;

impl<IO: AsyncRead + AsyncWrite + Unpin> Transport<IO> {
    /// Pauses the task when its turn is over, so that other tasks run. A turn begins whenever the
    /// task waits.
    pub(super) fn poll_turn(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.turn < FRAMES_PER_TURN {
            return Poll::Ready(());
        }
        self.turn = 0;
        // The first poll wakes the task again once the others have run, and is always pending.
        pin!(yield_now()).poll(cx)
    }

    /// Records a read or a flush.
    pub(super) fn took_a_step(&mut self) {
        self.turn = self.turn.saturating_add(FRAMES_PER_STEP);
    }
}
