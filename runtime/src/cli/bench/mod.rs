//! The command `bench`, which puts a load of frames on a server and measures its replies.

mod frames;
mod load;
mod report;
mod tally;
#[cfg(test)]
mod tests;

use std::io::Write;
use std::string::{String, ToString as _};
use std::time::Duration;
use std::vec::Vec;

use self::load::Load;
use self::report::Report;
use super::frames::Kind;
use super::note;
use super::side::ServerTls;
use crate::error::{Error, Result};

/// The options of `bench`.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// The server, as HOST:PORT
    #[arg(value_name = "ADDRESS")]
    address: String,
    /// The requests: hex, JSON, or a file of either; made from the declaration if none are given
    #[arg(value_name = "HEX|JSON|FILE")]
    input: Vec<String>,
    /// Read a file as raw bytes, even if it contains hex
    #[arg(long)]
    raw: bool,
    /// The number of connections
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    connections: u32,
    /// The number of pending requests per connection
    #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    in_flight: u32,
    /// The number of requests per second on all connections together; by default as fast as replies
    /// arrive
    #[arg(long, value_parser = positive)]
    rate: Option<f64>,
    /// The number of seconds for which requests are sent
    #[arg(long, default_value = "10", value_parser = positive)]
    seconds: f64,
    /// The seed of generated requests: the same seed makes the same requests
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of different requests
    #[arg(long, default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    samples: u32,
    /// The type of the requests; replies have the protocol's second type, or the same type if there
    /// is only one
    #[arg(long = "type", value_name = "NAME")]
    name: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    tls: ServerTls,
}

/// Parses a number above 0 and of reasonable size.
fn positive(text: &str) -> std::result::Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number <= 1e9 => Ok(number),
        _ => Err("expected a number above 0".into()),
    }
}

impl Options {
    pub(super) fn run(self, kinds: &[Kind], out: &mut impl Write) -> Result<()> {
        let request = match &self.name {
            Some(name) => super::command::owned(kinds, Some(name))?.into_iter().next(),
            None => kinds.first().cloned(),
        };
        let request = request.ok_or_else(|| Error::other("the protocol has no types"))?;
        let reply = kinds.get(1).cloned().unwrap_or_else(|| request.clone());
        let requests = match self.input.as_slice() {
            [] => frames::made(&request, self.seed, self.samples)?,
            input => frames::given(&request, input, self.raw)?,
        };
        let (connections, in_flight) = (self.connections, self.in_flight);
        let connect = self.tls.connect(&self.address)?;
        note(&std::format!(
            "{} for {} s, {connections} connections with {in_flight} in flight each",
            self.address,
            self.seconds
        ));
        let lasting =
            Duration::try_from_secs_f64(self.seconds).map_err(|error| Error::other(error.to_string()))?;
        let load = Load { requests, reply, connect, connections, in_flight, rate: self.rate, lasting };
        let run = || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
            runtime.block_on(load.run())
        };
        // This needs a new thread: the caller may be in a tokio runtime, in which another runtime
        // cannot be started.
        let tally = std::thread::scope(|threads| {
            threads.spawn(run).join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })?;
        let report = Report { tally: &tally, is_paced: self.rate.is_some() };
        match self.json {
            true => writeln!(out, "{}", report.json())?,
            false => writeln!(out, "{report}")?,
        }
        out.flush()?;
        match (tally.replies, tally.errors.values().sum::<u64>()) {
            (0, _) => Err(Error::other(tally.errors.keys().next().map_or_else(
                || "there was no reply".to_string(),
                |why| std::format!("there was no reply: {why}"),
            ))),
            (_, 0) => Ok(()),
            (_, errors) => Err(Error::other(std::format!("{errors} errors"))),
        }
    }
}
