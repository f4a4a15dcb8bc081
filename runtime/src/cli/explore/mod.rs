//! The page of a protocol: frames as they come, bytes and fields side by side, values edited and sent, the declaration.
//!
//! One state ([`Explorer`]) is shared by the server of the page ([`server`], [`route`]) and by what brings frames ([`sources`],
//! [`line`]) into its [`store`], from which [`events`] tells the page what is new.

mod answer;
mod declaration;
mod events;
mod files;
mod guard;
mod line;
mod make;
mod route;
mod search;
mod server;
mod shown;
mod sources;
mod store;

use std::io::Write;
use std::net::SocketAddr;
use std::string::{String, ToString as _};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;
use std::sync::mpsc;
use std::vec::Vec;

use tokio::net::TcpListener;

use self::guard::Token;
use self::line::Line;
use self::store::Store;
use super::command::owned;
use super::frames::Kind;
use super::input::{self, Input};
use super::interrupt::Interrupt;
use super::proxy;
use crate::error::{Error, Result};

/// The options of `explore`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Hex, a file, a capture (pcap, pcapng), or - for standard input
    #[arg(value_name = "HEX|FILE|-")]
    input: Vec<String>,
    /// Take a file as bytes, even if it holds hex
    #[arg(long)]
    raw: bool,
    /// The port of the server in captures; what is of others is passed over
    #[arg(long)]
    port: Option<u16>,
    /// Pass on connections to a server, and show what is said
    #[arg(long, num_args = 2, value_names = ["LISTEN", "UPSTREAM"])]
    proxy: Vec<String>,
    /// The server that frames are sent to, as HOST:PORT, or udp:HOST:PORT for datagrams; the proxy's if there is one
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// What the frames are
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
    /// The address of the page. It is not encrypted: at any address but loopback, others on the network may read it
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    page: SocketAddr,
}

/// What the page shows and does.
struct Explorer {
    kinds: Vec<Kind>,
    token: Token,
    /// The address of the page.
    address: SocketAddr,
    /// The port of the server in captures.
    port: Option<u16>,
    /// Where frames are sent if the page does not say otherwise.
    to: Option<String>,
    /// Where frames come from, in words.
    source: String,
    store: Store,
    line: Line,
    /// How many inputs there have been.
    inputs: AtomicU64,
}

impl Options {
    /// Serves the page until Ctrl-C.
    pub(super) fn run(self, kinds: &[Kind], out: &mut impl Write) -> Result<()> {
        let kinds = owned(kinds, self.name.as_deref())?;
        let given = match self.input.as_slice() {
            [] => None,
            words => Some(input::open(words, self.raw, self.port)?),
        };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (lines, line) = mpsc::channel();
        // The program may be in a runtime already, whose threads must not start another.
        std::thread::scope(|threads| {
            let page = threads.spawn(move || {
                let outcome = runtime.block_on(self.explore(kinds, given, &lines));
                // Work on other threads ends by itself, but not necessarily soon.
                runtime.shutdown_background();
                outcome
            });
            if let Ok(line) = line.recv() {
                writeln!(out, "{line}")?;
                out.flush()?;
            }
            page.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    async fn explore(
        self,
        kinds: Vec<Kind>,
        given: Option<Input>,
        lines: &mpsc::Sender<String>,
    ) -> Result<()> {
        let mut interrupt = Interrupt::new()?;
        let listener = TcpListener::bind(self.page)
            .await
            .map_err(|source| Error::Bind { address: self.page.to_string(), source })?;
        let address = listener.local_addr()?;
        let (proxy, source, upstream) = match self.proxy.as_slice() {
            [listen, upstream] => {
                let connect = proxy::Connect::plain(&**upstream);
                let (proxy, tap) = proxy::Proxy::bind(listen, proxy::Accept::default(), connect).await?;
                let source = std::format!("{} is passed on to {upstream}", proxy.address());
                (Some((proxy, tap)), source, Some(upstream.clone()))
            }
            _ => (None, self.input.join(" "), None),
        };
        let explorer = Arc::new(Explorer {
            kinds,
            token: Token::random()?,
            address,
            port: self.port,
            to: self.to.or(upstream),
            source,
            store: Store::new(),
            line: Line::default(),
            inputs: AtomicU64::new(0),
        });
        if let Some(given) = given {
            let explorer = Arc::clone(&explorer);
            // It may be a pipe, which comes to its end some day.
            sources::aside(move || {
                let notes = sources::read(&explorer, given);
                if !notes.is_empty() {
                    use std::io::Write as _;
                    // Where nobody reads it there is nobody to tell.
                    let _ = std::writeln!(std::io::stderr(), "{notes}");
                }
            })?;
        }
        if let Some((proxy, tap)) = proxy {
            let explorer = Arc::clone(&explorer);
            sources::aside(move || sources::follow(&explorer, tap))?;
            tokio::spawn(proxy.run());
        }
        // Nobody waits for it where nothing can be printed any more.
        let url = std::format!("http://{address}/{}/", explorer.token.as_str());
        let passed_on = if self.proxy.is_empty() { "" } else { &*explorer.source };
        let _ = lines.send(std::format!("{url}\n{passed_on}").trim_end().into());
        tokio::select! {
            () = server::serve(listener, explorer) => Ok(()),
            () = interrupt.heard() => Ok(()),
        }
    }
}
