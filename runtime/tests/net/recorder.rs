//! A handler that follows instructions in the frames and records its events.

use std::time::Duration;

use framewright::net::{Close, CloseReason, Conn, Handler, Peer};
use tokio::sync::{Notify, mpsc};

use crate::frames::{Msg, MsgRef};

/// An event of the handler.
#[derive(Debug)]
pub(crate) enum Seen {
    Opened(Peer<Msg>),
    Frame,
    Closed(CloseReason),
}

/// A handler that echoes frames, unless the body of a frame requests something else.
pub(crate) struct Recorder {
    seen: mpsc::UnboundedSender<Seen>,
    pub(crate) go_on: std::sync::Arc<Notify>,
}

impl Recorder {
    pub(crate) fn new() -> (Self, mpsc::UnboundedReceiver<Seen>) {
        let (seen, events) = mpsc::unbounded_channel();
        (Self { seen, go_on: std::sync::Arc::default() }, events)
    }

    fn tell(&self, seen: Seen) {
        // Sending fails if the test no longer listens.
        let _ = self.seen.send(seen);
    }
}

impl Handler for Recorder {
    type In<'a> = MsgRef<'a>;
    type Out = Msg;
    type State = ();

    async fn open(&self, conn: &mut Conn<Msg>) -> Result<(), Close> {
        self.tell(Seen::Opened(conn.handle()));
        Ok(())
    }

    async fn frame<'a>(
        &'a self,
        conn: &'a mut Conn<Msg>,
        (): &'a mut (),
        frame: MsgRef<'a>,
    ) -> Result<(), Close> {
        self.tell(Seen::Frame);
        match frame.body {
            b"panic" => panic!("as asked"),
            b"fail" => Err("as asked")?,
            b"close" => {
                conn.send(Msg::new("closing"))?;
                conn.close();
            }
            b"bye" => return Err(Close::new()),
            b"wait" => {
                conn.send(Msg::new("waiting"))?;
                self.go_on.notified().await;
                conn.send(Msg::new("waited"))?;
            }
            b"hang" => std::future::pending().await,
            b"keep alive" => conn.keep_alive(Duration::from_secs(3)),
            b"sleep" => tokio::time::sleep(Duration::from_secs(3)).await,
            body => conn.send(Msg { urgent: frame.urgent, body: body.to_vec() })?,
        }
        Ok(())
    }

    async fn closed(&self, (): (), why: CloseReason) {
        self.tell(Seen::Closed(why));
    }
}

/// Waits until a connection closes, and returns the reason.
pub(crate) async fn closed(events: &mut mpsc::UnboundedReceiver<Seen>) -> CloseReason {
    loop {
        if let Seen::Closed(why) = events.recv().await.expect("the handler is gone") {
            return why;
        }
    }
}

/// Waits for the next connection, and returns its handle.
pub(crate) async fn opened(events: &mut mpsc::UnboundedReceiver<Seen>) -> Peer<Msg> {
    loop {
        if let Seen::Opened(peer) = events.recv().await.expect("the handler is gone") {
            return peer;
        }
    }
}
