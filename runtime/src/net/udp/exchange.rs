//! One datagram of a server whose handler keeps no state, and its replies.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use tokio::net::UdpSocket;

use super::floods::Floods;
use crate::budget::Budget;
use crate::error::{OneLine, Result};
use crate::frame::{Decode, Encode};
use crate::net::connection::close::{Close, CloseReason};
use crate::net::handler::conn::Conn;
use crate::net::handler::service::{Reply, Service, WriteFrame};
use crate::net::server::stats::Counters;
use crate::source::Source;

/// One datagram and its replies.
pub(super) struct Exchange<S: Service> {
    pub(super) service: Arc<S>,
    pub(super) socket: Arc<UdpSocket>,
    pub(super) conn: Conn<S::Out>,
    pub(super) to: SocketAddr,
    pub(super) limit: usize,
    pub(super) decoded: usize,
    pub(super) floods: Arc<Floods>,
    pub(super) counters: Option<Counters>,
}

impl<S: Service> Exchange<S> {
    pub(super) async fn run(mut self, datagram: Bytes) {
        let to = self.to;
        self.count(|counters| counters.read(datagram.len()));
        let Some(replies) = self.answer(&datagram).await else { return };
        let mut rest = replies.bytes;
        for len in replies.lens {
            let reply = rest.split_to(len.min(rest.len()));
            match self.socket.send_to(&reply, to).await {
                Ok(bytes) => self.count(|counters| counters.wrote(bytes)),
                Err(error) => self.floods.log_unsent(len, &error),
            }
        }
    }

    async fn answer(&mut self, datagram: &[u8]) -> Option<Replies> {
        if datagram.len() > self.limit {
            let len = datagram.len();
            self.note_malformed(format_args!("{len} bytes are more than the limit of {}", self.limit));
            return None;
        }
        // The state of a closure is empty. It is opened before the frame is decoded because a frame
        // need not be `Send`.
        let mut state = match self.service.open(&mut self.conn).await {
            Ok(state) => state,
            Err(close) => {
                self.note_failed(close);
                return None;
            }
        };
        let budget = Budget::new(self.decoded);
        let source = Source::complete().with_budget(budget.renewed());
        let frame = match S::In::decode_from(datagram, &source) {
            Ok(frame) => frame,
            Err(error) => {
                self.note_malformed(format_args!("malformed datagram {error:#}"));
                return None;
            }
        };
        let mut replies = Replies::default();
        let written = self.service.frame(&mut self.conn, &mut state, frame).await.write(&mut replies);
        // If too many handlers are waiting, this future is dropped before this line. Its datagram then
        // counts as refused, and not also as a frame.
        self.count(|counters| counters.handled(1, 0));
        if let Err(close) = written {
            self.note_failed(close);
        }
        Some(replies)
    }

    fn count(&self, count: impl FnOnce(&Counters)) {
        if let Some(counters) = &self.counters {
            count(counters);
        }
    }

    fn note_malformed(&self, why: impl fmt::Display) {
        self.floods.log_dropped(why);
        self.count(|counters| counters.handled(0, 1));
    }

    fn note_failed(&self, close: Close) {
        // `Close` without an error is a normal end.
        if close.error().is_some() {
            self.floods.log_failed(OneLine(&close));
        }
        self.count(|counters| counters.ended(&CloseReason::Handler(close)));
    }
}

/// Encoded replies, each for its own datagram.
#[derive(Default)]
struct Replies {
    bytes: BytesMut,
    lens: Vec<usize>,
}

impl WriteFrame for Replies {
    fn write_frame<T: Encode>(&mut self, frame: &T) -> Result<(), Close> {
        let start = self.bytes.len();
        frame.encode(&mut self.bytes)?;
        self.lens.push(self.bytes.len() - start);
        Ok(())
    }
}
