//! The chat in a browser: a web page, and a WebSocket connection for chat frames.

mod site;
mod talk;

use std::sync::Arc;
use std::time::Duration;

use framewright::net::{Limits, Serves};
use framewright::{Close, Error, Layout, Result, Server, Session};
use framewright_examples::halved;
use framewright_examples::http::protocol::{Request, Response};
use framewright_examples::http::{self, Length};
use framewright_examples::websocket::{Budget, OVERHEAD, upgrade};
use tokio::time::Instant;

use super::line::Line;
use super::node::Node;
use crate::protocol::{ChatMsg, ChatReply};
use site::{Asset, Site};
use talk::{Shared, Talk};

/// The path of the WebSocket.
const CHAT: &str = "/chat";

/// The maximum total size of incomplete messages: on all connections, and on the connections from
/// one address. Browsers split long messages into several WebSocket frames.
const PIECES: [usize; 2] = [256 << 20, 64 << 20];

/// How long a page may take to send its first frame after the upgrade.
const FIRST: Duration = Duration::from_secs(30);

/// Returns a server of the page for this node.
pub fn server(node: Arc<Node<Line>>, max_body: usize) -> Result<Server<impl Serves>> {
    let largest = max_body.saturating_add(ChatMsg::MIN_LEN.max(ChatReply::MIN_LEN));
    let site = Arc::new(Site::new(max_body, node.gate.users.is_some())?);
    let [all, each] = PIECES;
    let shared = Shared { node, budget: Budget::new(all, each), largest };
    let limits = Limits::new().frame(largest.saturating_add(OVERHEAD)).out_buffer(largest.saturating_mul(4));
    let converse = async move |s: Session| -> Result<(), Close> { converse(s, &site, shared).await };
    Ok(Server::sessions(converse).limits(halved(limits)))
}

/// Answers HTTP requests until a request asks for a WebSocket.
async fn converse(mut s: Session, site: &Site, shared: Shared) -> Result<(), Close> {
    loop {
        let request = match s.recv::<Request>().await {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(Error::Decode(error)) => {
                s.send(&upgrade::refusal(400, "Bad Request")).await?;
                return Err(error.into());
            }
            Err(error) => return Err(error.into()),
        };
        // A request with a body is refused, because the body would be read as the next request.
        if !matches!(Length::said(request.lines()), Ok(None | Some(Length::Bytes(0)))) {
            return refuse(s, &upgrade::refusal(400, "Bad Request")).await;
        }
        let target = request.target.split('?').next().unwrap_or_default();
        match (target, request.method.as_str(), site.get(target)) {
            (CHAT, ..) => match upgrade::accept(&request) {
                Ok(granted) => return talk(s, granted, shared).await,
                Err(refused) => return refuse(s, &refused).await,
            },
            (_, method @ ("GET" | "HEAD"), Some(asset)) => {
                give(&mut s, asset, method == "GET").await?;
                if http::closes(request.lines()) {
                    return Ok(());
                }
            }
            (.., Some(_)) => return refuse(s, &upgrade::refusal(405, "Method Not Allowed")).await,
            (.., None) => return refuse(s, &upgrade::refusal(404, "Not Found")).await,
        }
    }
}

async fn give(s: &mut Session, asset: &Asset, with_body: bool) -> Result<()> {
    let len = u64::try_from(asset.text.len()).map_err(Error::other)?;
    s.feed(&asset.head(len))?;
    if with_body {
        s.send_body(len, asset.text.as_bytes()).await?;
    }
    s.flush().await
}

/// Refuses a request and closes the connection. The rest of the request is not read.
async fn refuse(mut s: Session, refused: &Response) -> Result<(), Close> {
    tracing::info!("refused: {} {}", refused.status, refused.reason);
    Ok(s.send(refused).await?)
}

/// Continues as a WebSocket connection.
async fn talk(mut s: Session, granted: Response, shared: Shared) -> Result<(), Close> {
    s.send(&granted).await?;
    s.deadline(Instant::now() + FIRST);
    let state = shared.begin(s.handle(), s.peer_addr().ip());
    s.serve_with(Talk, state).await
}
