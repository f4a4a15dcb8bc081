//! `proxy`: pass connections on to a server, and show what is said.

use std::format;
use std::io::Write;
use std::string::{String, ToString as _};
use std::thread;

use super::command::owned;
use super::frames::Kind;
use super::print::{Printer, Style};
use super::proxy::{Accept, Connect, Proxy, Tap};
use super::traffic::Traffic;
use crate::error::{Error, Result};

/// The options of `proxy`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where clients connect to
    #[arg(value_name = "LISTEN")]
    listen: String,
    /// The server, as HOST:PORT
    #[arg(value_name = "UPSTREAM")]
    upstream: String,
    /// Print lines of JSON
    #[arg(long)]
    json: bool,
    /// What the frames are, in both directions
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
}

impl Options {
    pub(super) fn run(self, kinds: &[Kind], out: &mut impl Write, colored: bool) -> Result<()> {
        let kinds = owned(kinds, self.name.as_deref())?;
        let style = Style { json: self.json, colored, headed: true };
        let mut tap = start(&self.listen, Accept::default(), Connect::plain(&*self.upstream))?;
        let mut printer = Printer::new(out, style);
        let mut traffic = Traffic::new(kinds);
        while let Some(event) = tap.wait() {
            for record in traffic.take(event) {
                printer.print(&record)?;
            }
        }
        for record in traffic.finish(None) {
            printer.print(&record)?;
        }
        Ok(())
    }
}

/// Runs a proxy on a thread of its own, so that no output slows it down, until Ctrl-C.
fn start(listen: &str, accept: Accept, connect: Connect) -> Result<Tap> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let upstream = connect.address.clone();
    let (proxy, tap) = runtime.block_on(Proxy::bind(listen, accept, connect))?;
    note(&format!("listening on {}, passing on to {upstream}; Ctrl-C ends it", proxy.address()));
    let run = move || {
        runtime.block_on(async {
            tokio::select! {
                () = proxy.run() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
        });
    };
    thread::Builder::new().name("proxy".to_string()).spawn(run).map_err(Error::Io)?;
    Ok(tap)
}

/// Says something beside the output.
fn note(text: &str) {
    // Where nobody reads it there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "{text}");
}
