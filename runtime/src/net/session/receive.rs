//! Receiving frames of any type, which are owned or borrow from the receive buffer.

use std::future::poll_fn;
use std::task::{Context, Poll, ready};

use super::Session;
use super::link::Link;
use super::near::Near;
use crate::error::{DecodeError, Error, Result};
use crate::frame::{Decode, DecodeWith, Layout};
use crate::net::connection::noise::log_once_that_it_cannot_resync;
use crate::net::connection::transport::FRAMES_PER_TURN;
use crate::stream::{Attempts, ParseFrom, Snapshot};

impl Session {
    /// Receives the next frame, which is owned or borrows from the receive buffer. Returns `None`
    /// if the peer has closed its side after a complete frame, or if the server is draining and no
    /// frame has begun ([`is_draining`](Self::is_draining) distinguishes the two). Bytes after the
    /// frame are kept for the next step, which may have another type.
    ///
    /// [Fed](Self::feed) frames are written first if the session has to wait, or if 64 KiB of them
    /// are waiting, or as many as [`Limits::out_buffer`](crate::net::Limits::out_buffer) allows. An
    /// unread rest of a [body](Self::body) is skipped.
    ///
    /// # Errors
    /// [`Error::Decode`] for malformed bytes, which are not consumed, and for a stream that ends
    /// within a frame. Without a task ([see](Session#on-a-server-and-elsewhere)), [`Error::Io`] if
    /// the connection broke.
    ///
    /// # Cancel safety
    /// If cancelled, nothing is lost.
    pub async fn recv<'a, T: Decode<'a>>(&'a mut self) -> Result<Option<T>> {
        if self.near.has_to_begin() {
            self.begin().await?;
        }
        if T::IS_OWNED {
            let Self { link, near, .. } = self;
            let near = &mut **near;
            loop {
                match near.framer.next_frame_by(T::parse_owned) {
                    Ok(Some(frame)) => {
                        near.frames += 1;
                        return Ok(Some(frame));
                    }
                    Ok(None) => {}
                    Err(error) => return Err(near.refuse::<T>(error).into()),
                }
                if !near.more(link).await? {
                    return Ok(None);
                }
            }
        }
        let Some(measure) = T::SCHEMA.measure else { return self.recv_by(T::parse_from).await };
        let Self { link, near, .. } = self;
        let near = &mut **near;
        if near.framer.is_here::<T>(measure) {
            near.frames += 1;
            return Ok(Some(near.framer.take_here()?));
        }
        loop {
            match near.framer.has_frame::<T>(measure) {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) => return Err(near.refuse::<T>(error).into()),
            }
            if !near.more(link).await? {
                return Ok(None);
            }
        }
        let Near { framer, frames, malformed, .. } = near;
        let in_vain = framer.resyncs_in_vain::<T>();
        match framer.next_frame() {
            Ok(frame) => {
                *frames += u32::from(frame.is_some());
                Ok(frame)
            }
            Err(error) => {
                *malformed += 1;
                if in_vain {
                    log_once_that_it_cannot_resync::<T>();
                }
                Err(error.into())
            }
        }
    }

    /// Like [`recv`](Self::recv), for a type that is decoded with context: a type with `ctx(..)`,
    /// or an enum whose tag was part of an earlier frame.
    ///
    /// ```
    /// use framewright::prelude::*;
    /// use framewright::ClientOptions;
    /// use tokio::io::AsyncWriteExt;
    ///
    /// #[derive(Frame)]
    /// #[frame(be, ctx(len: usize))]
    /// struct Salt { #[len(len)] bytes: Vec<u8> }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> framewright::Result<()> {
    /// let (ours, mut theirs) = tokio::io::duplex(64);
    /// theirs.write_all(&[1, 2, 3]).await?;
    /// let mut s = Session::over(ours, &ClientOptions::new());
    /// let salt = s.recv_with::<Salt, _>(3_usize).await?;
    /// assert_eq!(salt.map(|salt| salt.bytes), Some(vec![1, 2, 3]));
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Same as [`recv`](Self::recv).
    ///
    /// # Cancel safety
    /// Same as [`recv`](Self::recv).
    pub async fn recv_with<'a, T, C>(&'a mut self, context: C) -> Result<Option<T>>
    where
        T: DecodeWith<'a, C>,
        C: Clone,
    {
        if self.near.has_to_begin() {
            self.begin().await?;
        }
        self.near.framer.start_over();
        self.recv_by(|input, source| T::parse_with_from(input, source, context.clone())).await
    }

    /// Like [`recv`](Self::recv), with a parser that need not work for all lifetimes. Each call of
    /// the parser needs a shared copy of the received bytes, so the parser is called only when
    /// necessary.
    async fn recv_by<'a, T, P>(&'a mut self, parse: P) -> Result<Option<T>>
    where
        T: Layout,
        P: ParseFrom<'a, T>,
    {
        let Self { link, near, snapshot } = self;
        near.has_rare_work = true;
        let mut attempts = Attempts::new(snapshot.get_or_insert_default());
        loop {
            let attempted = near.framer.attempt(&mut attempts, &parse);
            link.keeps(attempts.kept());
            match attempted {
                Ok(Some(frame)) => {
                    near.frames += 1;
                    return Ok(Some(frame));
                }
                Ok(None) => {}
                Err(error) => return Err(near.refuse::<T>(error).into()),
            }
            if !near.more(link).await? {
                return Ok(None);
            }
        }
    }

    /// Drops the copy that the last frame has borrowed from.
    pub(super) fn forget_last_frame(&mut self) {
        if let Some(snapshot) = &mut self.snapshot {
            **snapshot = Snapshot::default();
            self.link.keeps(0);
        }
        self.near.has_rare_work = self.near.broken;
    }

    /// Does the work [before a frame](Near::has_to_begin): skips the rest of a body, and flushes
    /// when its turn is over.
    async fn begin(&mut self) -> Result<()> {
        if self.near.broken {
            return Err(Error::Closed);
        }
        self.forget_last_frame();
        if !self.near.rest.is_nothing() {
            self.pass_over().await?;
        }
        if self.near.turn_is_over() {
            self.flush_to(self.link.outbox.pause_at() - 1).await?;
        }
        Ok(())
    }

    /// Like [`recv`](Self::recv), for an owned frame.
    pub(crate) fn poll_recv<T: for<'x> Decode<'x>>(
        &mut self,
        cx: &mut Context<'_>,
    ) -> Poll<Result<Option<T>>> {
        if self.near.has_rare_work {
            self.forget_last_frame();
        }
        if self.near.broken || !self.near.rest.is_nothing() {
            let passed = self.near.poll_pass_over(&self.link, cx);
            if passed.is_pending() {
                self.link.lock().asks();
            }
            ready!(passed)?;
        }
        if self.near.turn_is_over() {
            let left = self.link.outbox.pause_at() - 1;
            ready!(self.near.poll_flush(&self.link, cx, left))?;
        }
        loop {
            match self.near.framer.next_frame() {
                Ok(Some(frame)) => {
                    self.near.frames += 1;
                    return Poll::Ready(Ok(Some(frame)));
                }
                Ok(None) => {}
                Err(error) => return Poll::Ready(Err(self.near.refuse::<T>(error).into())),
            }
            if !ready!(self.near.poll_more(&self.link, cx))? {
                return Poll::Ready(Ok(None));
            }
        }
    }
}

impl Near {
    /// Returns `true` if work must be done before the next frame. Usually none is needed, and the
    /// caller avoids the future of `begin`.
    #[inline]
    fn has_to_begin(&self) -> bool {
        self.has_rare_work || !self.rest.is_nothing() || self.turn_is_over()
    }

    /// Returns `true` if it is time to flush and to let other tasks run.
    #[inline]
    fn turn_is_over(&self) -> bool {
        self.waiting >= self.flush_from || self.frames >= FRAMES_PER_TURN
    }

    /// Counts malformed bytes, and returns their error.
    #[cold]
    fn refuse<T: Layout>(&mut self, error: DecodeError) -> DecodeError {
        self.malformed += 1;
        if self.framer.resyncs_in_vain::<T>() {
            log_once_that_it_cannot_resync::<T>();
        }
        error
    }

    /// Waits for more bytes or the end of the stream.
    async fn more(&mut self, link: &Link) -> Result<bool> {
        poll_fn(|cx| self.poll_more(link, cx)).await
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncWriteExt, duplex};

    use super::*;
    use crate::{ClientOptions, Frame};

    #[derive(Frame)]
    #[frame(be)]
    struct Number {
        value: u16,
    }

    /// A generic frame, which is decoded from a copy of the received bytes.
    #[derive(Frame)]
    struct Envelope<T> {
        body: T,
    }

    impl Session {
        fn keeps_copy(&self) -> bool {
            self.snapshot.as_ref().is_some_and(|snapshot| !snapshot.is_empty())
        }
    }

    #[tokio::test]
    async fn the_next_step_drops_the_copy_of_the_last_frame() {
        let (ours, mut theirs) = duplex(64);
        theirs.write_all(&[0; 64]).await.unwrap();
        let mut s = Session::over(ours, &ClientOptions::new());
        for step in 0..5 {
            s.require::<Envelope<Number>>().await.unwrap();
            assert!(s.keeps_copy());
            match step {
                0 => assert_eq!(s.require::<Number>().await.unwrap().value, 0),
                1 => drop(s.body(2)),
                2 => s.send_body(2, &[0; 2][..]).await.unwrap(),
                3 => s.flush().await.unwrap(),
                _ => s = s.into_client::<Number, Number>().into_session(),
            }
            assert!(!s.keeps_copy(), "{step}");
        }
        s.require::<Envelope<Number>>().await.unwrap();
        std::future::poll_fn(|cx| s.poll_recv::<Number>(cx)).await.unwrap();
        assert!(!s.keeps_copy());
    }
}
