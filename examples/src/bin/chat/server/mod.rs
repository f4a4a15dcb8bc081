//! The server. It stores messages, sends receipts to senders and delivers messages to receivers.

mod conversation;
mod line;
mod node;
#[cfg(feature = "nodes")]
mod nodes;
mod place;
mod web;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use framewright::{
    Close, CloseReason, Conn, DecodeErrorKind, Error, Handler, Layout, Limits, Result, Server,
};
use framewright_examples::users::Users;
use framewright_examples::{both, halved, interrupted, log, unhurried};

use crate::ADDRESS;
use crate::bus::Alone;
use crate::hello::{REFUSED, from_server};
use crate::protocol::{ChatMsg, ChatReply};
use crate::store::{Allowance, Keeper, Sqlite};
use conversation::Conversation;
use line::Line;
pub use node::{Gate, Node};

/// Store and deliver messages until Ctrl-C
#[derive(clap::Args)]
pub struct Options {
    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
    listen: String,
    /// Serve the web page for browsers at this address; off by default
    #[arg(long, value_name = "ADDRESS")]
    web: Option<String>,
    /// The maximum size of a message's body in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 1024 * 1024)]
    max_body: usize,
    /// The store for undelivered messages: an SQLite file, or with the feature `nodes` a
    /// `postgres://` URL
    #[arg(long, value_name = "FILE", default_value = "chat.sqlite")]
    store: String,
    /// The bus for notifications between nodes that share the store: a `nats://` URL
    #[cfg(feature = "nodes")]
    #[arg(long, value_name = "URL")]
    bus: Option<String>,
    /// The users: a file of `name:hash` lines, with hashes printed by `chat password`
    #[arg(long, value_name = "FILE")]
    users: Option<PathBuf>,
    /// Allow any client to take over any name
    #[arg(long)]
    takeover: bool,
    /// The maximum number of messages that one sender may have waiting for a receiver; all senders
    /// together may have four times as many
    #[arg(long, value_name = "COUNT", default_value_t = 100_000)]
    kept: u64,
    /// The maximum total size, in bytes, of the messages that one sender may have waiting for a
    /// receiver; all senders together may have four times as much
    #[arg(long, value_name = "BYTES", default_value_t = 256 * 1024 * 1024)]
    kept_bytes: u64,
    /// The maximum size of the SQLite file in bytes; an eighth of it is kept for names, so that clients
    /// can enter and acknowledge messages when it is full
    #[arg(long, value_name = "BYTES", default_value_t = 16 << 30)]
    store_bytes: u64,
}

pub async fn serve(options: Options) -> Result<()> {
    log("info");
    let stop = interrupted()?;
    let allowance = Allowance { messages: options.kept, bytes: options.kept_bytes };
    let users = options.users.as_deref().map(Users::read).transpose()?;
    let gate = Gate { users, takeover: options.takeover };
    let chat = open(&options, allowance, gate).await?;
    let node = Arc::clone(&chat.0);
    let limits = limits(options.max_body);
    let Some(address) = &options.web else {
        return Server::new(chat).limits(limits).bind(&options.listen).await?.serve_until(stop).await;
    };
    let tcp = Server::new(chat).limits(halved(limits)).bind(&options.listen).await?;
    let web = web::server(node, options.max_body)?.bind(address).await?;
    tracing::info!("the page is at http://{}/", web.local_addr());
    both::until(stop, |stopped| tcp.serve_until(stopped), |stopped| web.serve_until(stopped)).await
}

/// Opens the store, and returns a server that uses it.
async fn open(options: &Options, allowance: Allowance, gate: Gate) -> Result<Chat> {
    let is_postgres = options.store.starts_with("postgres://") || options.store.starts_with("postgresql://");
    #[cfg(feature = "nodes")]
    if is_postgres {
        return Ok(Chat(nodes::open(&options.store, options.bus.as_deref(), allowance, gate).await?));
    }
    #[cfg(feature = "nodes")]
    if options.bus.is_some() {
        return Err(Error::other("--bus is for nodes that share a store: --store postgres://.."));
    }
    if is_postgres {
        return Err(Error::other("this program is built without PostgreSQL: cargo run --features nodes .."));
    }
    let store = Sqlite::open(Path::new(&options.store), options.store_bytes).map_err(Error::other)?;
    Ok(Chat::new(Keeper::new(store, allowance), gate))
}

/// Returns limits that allow the largest message, and several such messages in the out-buffer.
fn limits(max_body: usize) -> Limits {
    let largest = max_body.saturating_add(ChatMsg::MIN_LEN);
    unhurried().frame(largest).out_buffer(largest.saturating_mul(4))
}

/// The chat over TCP.
pub struct Chat(Arc<Node<Line>>);

impl Chat {
    pub fn new(keeper: Keeper, gate: Gate) -> Self {
        let node = Node { keeper, bus: Box::new(Alone), here: Default::default(), gate, id: 0 };
        Self(Arc::new(node))
    }
}

impl Handler for Chat {
    type In<'a> = ChatMsg;
    type Out = ChatReply;
    type State = Conversation<Line>;

    async fn open(&self, conn: &mut Conn<ChatReply>) -> Result<Self::State, Close> {
        Ok(Conversation::new(Arc::clone(&self.0), Line::Tcp(conn.handle())))
    }

    async fn frame<'a>(
        &'a self,
        _: &'a mut Conn<ChatReply>,
        conversation: &'a mut Self::State,
        msg: ChatMsg,
    ) -> Result<(), Close> {
        conversation.frame(msg).await
    }

    async fn batch_end(&self, _: &mut Conn<ChatReply>, conversation: &mut Self::State) -> Result<(), Close> {
        conversation.settle().await
    }

    fn ending(&self, conn: &mut Conn<ChatReply>, conversation: &mut Self::State, why: &CloseReason) {
        if let (CloseReason::Malformed(error), true) = (why, conversation.takes_refusals()) {
            if let DecodeErrorKind::TooLong { .. } = error.kind() {
                // If the refusal cannot be sent, the connection is already closing.
                let _ = conn.send(from_server(REFUSED, "it is larger than this server allows"));
            }
        }
    }

    async fn closed(&self, conversation: Self::State, _: CloseReason) {
        conversation.end().await;
    }
}
