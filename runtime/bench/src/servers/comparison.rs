//! A comparison of several servers, which are put under the same load one after the other.

use std::fmt;
use std::io::{self, Read, Write};
use std::net::TcpStream;

use framewright::prelude::*;
use rustix::process::{Resource, getrlimit};

use super::message::{Message, Receipt};
use super::process::{self, ServerProcess};
use super::{Kind, Load, Report};
use crate::spread::Spread;

/// The load on all servers of a comparison.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Comparison {
    pub(crate) connections: usize,
    pub(crate) in_flight: usize,
    pub(crate) body: usize,
    pub(crate) millis: u64,
    pub(crate) rounds: usize,
}

/// The results of one server.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    pub(crate) kind: Kind,
    pub(crate) frames_per_second: Spread,
    pub(crate) processor: Spread,
    pub(crate) latency: [Spread; 3],
    /// The ratio to the throughput of the baseline, calculated for each round.
    pub(crate) throughput_ratio: Option<Spread>,
    /// The ratio to the processor time of the baseline, calculated for each round.
    pub(crate) processor_ratio: Option<Spread>,
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p99, p999] = &self.latency;
        write!(f, "{:24}{:10.0} frames/s", self.kind, self.frames_per_second.median)?;
        if let Some(ratio) = self.throughput_ratio {
            write!(f, ", {ratio} of by hand")?;
        }
        write!(f, "; {:6.3} s of processor a million", self.processor.median)?;
        if let Some(ratio) = self.processor_ratio {
            write!(f, ", {ratio} times by hand")?;
        }
        write!(f, "; p50 {:.0} us, p99 {:.0}, p99.9 {:.0}", p50.median, p99.median, p999.median)
    }
}

/// Compares servers under one load.
///
/// # Errors
/// Returns an error if a server cannot be started, or answers wrongly.
pub(crate) fn compare(comparison: Comparison, kinds: &[Kind]) -> io::Result<Vec<Outcome>> {
    let servers = kinds.iter().map(|kind| ServerProcess::start(*kind)).collect::<io::Result<Vec<_>>>()?;
    let Comparison { connections, in_flight, body, millis, rounds } = comparison;
    let mut reports = vec![Vec::new(); kinds.len()];
    for _ in 0..rounds {
        for (server, reports) in servers.iter().zip(&mut reports) {
            let load =
                Load { address: server.address, server: server.id(), connections, in_flight, body, millis };
            reports.push(process::load(&load)?);
        }
    }
    Ok(kinds
        .iter()
        .zip(&reports)
        .map(|(kind, own)| outcome(*kind, own, baseline(*kind, kinds, &reports)))
        .collect())
}

fn baseline<'a>(kind: Kind, kinds: &[Kind], reports: &'a [Vec<Report>]) -> Option<&'a [Report]> {
    let index = kinds.iter().position(|other| *other == kind.baseline())?;
    reports.get(index).map(Vec::as_slice)
}

fn outcome(kind: Kind, own: &[Report], baseline: Option<&[Report]>) -> Outcome {
    let of = |value: fn(&Report) -> f64| Spread::of(own.iter().map(value));
    let ratio = |value: fn(&Report) -> f64| {
        baseline
            .map(|baseline| Spread::of(own.iter().zip(baseline).map(|(own, base)| value(own) / value(base))))
    };
    Outcome {
        kind,
        frames_per_second: of(|report| report.frames_per_second),
        processor: of(|report| report.processor),
        latency: [
            of(|report| report.latency[0]),
            of(|report| report.latency[1]),
            of(|report| report.latency[2]),
        ],
        throughput_ratio: ratio(|report| report.frames_per_second),
        processor_ratio: ratio(|report| report.processor),
    }
}

/// Returns the possible number of idle connections: the default connection limit of Framewright
/// minus the connection that already exists, but at most the number of available descriptors.
pub(crate) fn crowd() -> u32 {
    const SPARE: u64 = 64;

    let descriptors = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX).saturating_sub(SPARE);
    u32::try_from(descriptors.min(9_999)).unwrap_or(9_999)
}

/// Returns the memory that a server uses for each waiting connection. Measures it with this number
/// of connections, after each has exchanged one message.
///
/// # Errors
/// Returns an error if the server cannot be started, or if the process cannot have that many
/// descriptors.
pub(crate) fn idle_memory(kind: Kind, connections: u32) -> io::Result<f64> {
    let server = ServerProcess::start(kind)?;
    let message = Message { sender: 1, receiver: 2, kind: 3, body: vec![b'x'; 32] };
    let message = message.to_vec().map_err(io::Error::other)?;
    let exchange = || {
        let mut stream = TcpStream::connect(server.address)?;
        stream.write_all(&message)?;
        stream.read_exact(&mut [0; Receipt::LEN])?;
        Ok(stream)
    };
    let _first = exchange()?;
    let before = server.memory()?;
    let _crowd = (0..connections).map(|_| exchange()).collect::<io::Result<Vec<_>>>()?;
    let grown = u32::try_from((server.memory()?.saturating_sub(before)) / 1024).map_err(io::Error::other)?;
    Ok(f64::from(grown) * 1024.0 / f64::from(connections))
}
