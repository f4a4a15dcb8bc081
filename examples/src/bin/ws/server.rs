//! The server. It upgrades the connection and then returns each message.

use framewright::net::{Limits, Serves};
use framewright::{Close, Error, Result, Server, Session};
use framewright_examples::http::protocol::Request;
use framewright_examples::websocket::{Budget, OVERHEAD, Side, Socket, code, upgrade};
use framewright_examples::{EACH, interrupted, log};

/// The maximum total size of incomplete messages in bytes: on all connections, and on the
/// connections from one address.
const PIECES: [usize; 2] = [256 << 20, 64 << 20];

pub async fn serve(address: &str, max_message: usize) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    server(max_message).bind(address).await?.serve_until(stop).await
}

pub fn server(max_message: usize) -> Server<impl Serves> {
    let [all, each] = PIECES;
    let budget = Budget::new(all, each);
    let limits = Limits::new()
        .per_address(EACH)
        .frame(max_message.saturating_add(OVERHEAD))
        // A whole message must fit into the out-buffer.
        .out_buffer(max_message.saturating_add(1 << 20));
    Server::sessions(async move |s: Session| -> Result<(), Close> { converse(s, &budget, max_message).await })
        .limits(limits)
}

async fn converse(mut s: Session, budget: &Budget, max_message: usize) -> Result<(), Close> {
    let request = match s.require::<Request>().await {
        Err(Error::Decode(error)) => {
            s.send(&upgrade::refusal(400, "Bad Request")).await?;
            return Err(error.into());
        }
        request => request?,
    };
    match upgrade::accept(&request) {
        Ok(granted) => s.feed(&granted)?,
        Err(refused) => {
            tracing::info!("refused: {} {}", refused.status, refused.reason);
            s.send(&refused).await?;
            return Ok(());
        }
    }
    let share = budget.share(s.peer_addr().ip());
    let mut socket = Socket::over(s, Side::Server, max_message).within(share);
    while let Some(message) = socket.recv().await? {
        socket.feed(message)?;
    }
    if socket.is_draining() {
        socket.close(code::GOING_AWAY, "the server is stopping").await?;
    }
    Ok(())
}
