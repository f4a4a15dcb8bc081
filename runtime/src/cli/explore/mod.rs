//! The web page of a protocol. It shows live frames with bytes and fields side by side, edits and
//! sends values, and shows the declaration.
//!
//! The server of the page ([`server`], [`route`]) and the sources of frames ([`sources`], [`line`])
//! share one state ([`Explorer`]). The sources add frames to its [`store`], and [`events`] reports
//! new frames to the page.

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
    /// Read a file as raw bytes, even if it contains hex
    #[arg(long)]
    raw: bool,
    /// The port of the server in captures; other connections are ignored
    #[arg(long)]
    port: Option<u16>,
    /// Forward connections to a server, and show the frames
    #[arg(long, num_args = 2, value_names = ["LISTEN", "UPSTREAM"])]
    proxy: Vec<String>,
    /// The server to send frames to, as HOST:PORT, or udp:HOST:PORT for datagrams; by default that
    /// of the proxy
    #[arg(long, value_name = "ADDRESS")]
    to: Option<String>,
    /// The type of the frames
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
    /// The address of the page. It is not encrypted: at an address other than loopback, others on
    /// the network can read it
    #[arg(long, value_name = "IP:PORT", default_value = "127.0.0.1:0")]
    page: SocketAddr,
}

/// The state that the server of the page shares with the sources of frames.
struct Explorer {
    kinds: Vec<Kind>,
    token: Token,
    address: SocketAddr,
    /// The port of the server in captures.
    port: Option<u16>,
    /// The default server to send frames to.
    to: Option<String>,
    /// The connections that the proxy forwards, or else the input, as text for the page.
    source: String,
    store: Store,
    line: Line,
    /// The number of inputs so far.
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
        // This needs a new thread: the caller may be in a tokio runtime, in which another runtime
        // cannot be started.
        std::thread::scope(|threads| {
            let page = threads.spawn(move || {
                let outcome = runtime.block_on(self.explore(kinds, given, &lines));
                // Work in other threads may take long, so the program does not wait for its end.
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
                let source = std::format!("{} is forwarded to {upstream}", proxy.address());
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
            // The input is read in its own thread because it may be a pipe, which may end much
            // later.
            sources::aside(move || {
                let notes = sources::read(&explorer, given);
                if !notes.is_empty() {
                    use std::io::Write as _;
                    // If standard error is closed, the note is lost.
                    let _ = std::writeln!(std::io::stderr(), "{notes}");
                }
            })?;
        }
        if let Some((proxy, tap)) = proxy {
            let explorer = Arc::clone(&explorer);
            sources::aside(move || sources::follow(&explorer, tap))?;
            tokio::spawn(proxy.run());
        }
        // Sending cannot fail, because the other thread waits for this line.
        let url = std::format!("http://{address}/{}/", explorer.token.as_str());
        let passed_on = if self.proxy.is_empty() { "" } else { &*explorer.source };
        let _ = lines.send(std::format!("{url}\n{passed_on}").trim_end().into());
        tokio::select! {
            () = server::serve(listener, explorer) => Ok(()),
            () = interrupt.heard() => Ok(()),
        }
    }
}
