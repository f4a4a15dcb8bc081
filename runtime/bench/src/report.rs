//! Everything measured, as a page and a picture.

mod chart;
mod machine;
mod page;
mod targets;

use std::error::Error;
use std::fs;
use std::path::Path;

use crate::building::{self, Cost};
use crate::instructions::{self, Count};
use crate::languages::{self, Speeds};
use crate::layouts;
use crate::servers::{self, Broadcast, Comparison, Kind, Outcome};
use crate::time::{self, Timing};

/// What the page is made of.
struct Results {
    machine: String,
    counts: Vec<Count>,
    streams: Vec<Count>,
    timings: Vec<Timing>,
    servers: Vec<(Comparison, Vec<Outcome>)>,
    /// How many connections there were, and the bytes of each.
    idle: (u32, Vec<(Kind, f64)>),
    broadcast: Broadcast,
    /// Instructions.
    exchanges: Vec<(Kind, f64)>,
    building: Vec<Cost>,
    languages: Speeds,
}

/// Measures everything and writes `RESULTS.md` and `results.svg` into `directory`; what else is needed goes to `scratch`.
///
/// # Errors
/// When something cannot be measured or written.
pub(crate) fn write(directory: &Path, scratch: &Path, builds: usize) -> Result<(), Box<dyn Error>> {
    let machine = machine::describe()?;
    // First, while this process holds nothing that could be used again.
    say("broadcasting");
    let broadcast = servers::broadcast()?;
    say("building");
    let building = building::measure(&scratch.join("building"), builds)?;
    let codec = layouts::codec(&[]);
    let files = scratch.join("callgrind");
    say("counting the instructions of parsers and encoders");
    let counts = instructions::count(&codec, &files)?;
    say("counting the instructions of the framer");
    let streams = instructions::count(&layouts::streams(), &files)?;
    say("counting the instructions of exchanges");
    let exchanges = Kind::OVER_A_PIPE.map(|kind| Ok((kind, servers::count_exchanges(kind, 64, 32, &files)?)));
    let exchanges = exchanges.into_iter().collect::<std::io::Result<_>>()?;
    say("timing parsers and encoders");
    let timings = time::time(&codec);
    let mut servers = Vec::new();
    for comparison in comparisons() {
        let Comparison { connections, in_flight, body, .. } = comparison;
        say(&format!(
            "loading servers: {connections} connections, {in_flight} in flight, {body}-byte bodies"
        ));
        servers.push((comparison, servers::compare(comparison, &Kind::ALL)?));
    }
    say("holding idle connections");
    let crowd = servers::crowd();
    let idle = Kind::ALL.map(|kind| Ok((kind, servers::idle_memory(kind, crowd)?)));
    let idle = idle.into_iter().collect::<std::io::Result<_>>()?;

    say("timing codecs in other languages");
    let languages = languages::measure(&scratch.join("languages"))?;

    let results = Results {
        machine,
        counts,
        streams,
        timings,
        servers,
        idle: (crowd, idle),
        broadcast,
        exchanges,
        building,
        languages,
    };
    fs::write(directory.join("RESULTS.md"), page::page(&results))?;
    fs::write(directory.join("results.svg"), chart::chart(&results.counts))?;
    Ok(())
}

fn comparisons() -> impl Iterator<Item = Comparison> {
    let loads =
        [1, 50, 1000].into_iter().flat_map(|connections| [1, 64].map(|in_flight| (connections, in_flight)));
    loads.flat_map(|(connections, in_flight)| {
        [32, 1024].map(|body| Comparison { connections, in_flight, body, millis: 150, rounds: 5 })
    })
}

fn say(what: &str) {
    eprintln!("{what} ...");
}
