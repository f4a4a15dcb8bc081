//! All measurements as a page with charts, in sections. The result of each section is kept, so that
//! a section can be measured again alone.

mod chart;
mod machine;
mod page;
mod pictures;
mod section;
mod targets;

use std::error::Error;
use std::fs;
use std::path::Path;

pub(crate) use section::Section;
use section::Taken;

use crate::servers::{self, Comparison, Kind};
use crate::{building, instructions, languages, layouts, time};

/// Measures these sections, or all sections if `sections` is empty. Writes `RESULTS.md` into
/// `directory`, with the kept results of the other sections, which are in `results` there. All other
/// files go to `scratch`.
///
/// # Errors
/// Returns an error if something cannot be measured or written, or a section was never measured.
pub(crate) fn write(
    directory: &Path,
    scratch: &Path,
    sections: &[Section],
    builds: usize,
) -> Result<(), Box<dyn Error>> {
    // They are in the repository, so that a section can be measured again on another machine.
    let kept = directory.join("results");
    let wanted = Section::ALL.into_iter().filter(|section| sections.is_empty() || sections.contains(section));
    for section in wanted {
        eprintln!("{section} ...");
        let conditions = machine::describe()?;
        let start = std::time::Instant::now();
        let taken = take(section, scratch, builds)?;
        taken.keep(section, &conditions, &kept)?;
        if let Some((name, picture)) = section.picture().zip(taken.picture) {
            fs::write(directory.join(name), picture)?;
        }
        eprintln!("{section} took {:.0} s", start.elapsed().as_secs_f64());
    }
    let taken = Section::ALL.map(|section| Taken::kept(section, &kept));
    let taken = taken.into_iter().collect::<Result<Vec<_>, _>>()?;
    fs::write(directory.join("RESULTS.md"), page::page(&taken))?;
    Ok(())
}

fn take(section: Section, scratch: &Path, builds: usize) -> Result<Taken, Box<dyn Error>> {
    let files = scratch.join("callgrind");
    Ok(match section {
        Section::Broadcast => {
            let broadcast = servers::broadcast()?;
            Taken::new(page::broadcast(broadcast), targets::broadcast(broadcast))
        }
        Section::Building => {
            let costs = building::measure(&scratch.join("building"), builds)?;
            let taken = Taken::new(page::building(&costs), targets::building(&costs));
            taken.with_picture(pictures::building(&costs))
        }
        Section::Codec => {
            let codec = layouts::codec(&[]);
            let counts = instructions::count(&codec, &files)?;
            let timings = time::time(&codec);
            let text = page::instructions(&counts) + &page::time(&timings);
            Taken::new(text, targets::codec(&counts, &timings)).with_picture(pictures::instructions(&counts))
        }
        Section::Streams => {
            let counts = instructions::count(&layouts::streams(), &files)?;
            Taken::new(page::streams(&counts), targets::streams(&counts))
        }
        Section::Exchanges => {
            let counts =
                Kind::OVER_A_PIPE.map(|kind| Ok((kind, servers::count_exchanges(kind, 64, 32, &files)?)));
            let counts = counts.into_iter().collect::<std::io::Result<Vec<_>>>()?;
            Taken::new(page::exchanges(&counts), targets::exchanges(&counts))
        }
        Section::Servers => {
            let outcomes = compare(loads(&[1, 50, 1000], &[1, 64], &[32, 1024]), &Kind::ALL)?;
            let taken = Taken::new(page::servers(&outcomes), targets::servers(&outcomes));
            taken.with_picture(pictures::servers(&outcomes))
        }
        Section::Forwarding => {
            let outcomes = compare(loads(&[1, 50], &[64], &[32, 1024]), &Kind::FORWARDING)?;
            Taken::new(page::forwarding(&outcomes), targets::forwarding(&outcomes))
        }
        Section::Idle => {
            let crowd = servers::crowd();
            let bytes = Kind::ALL.map(|kind| Ok((kind, servers::idle_memory(kind, crowd)?)));
            let bytes = bytes.into_iter().collect::<std::io::Result<Vec<_>>>()?;
            Taken::new(page::idle(crowd, &bytes), targets::idle(&bytes))
        }
        Section::Languages => {
            Taken::new(page::languages(&languages::measure(&scratch.join("languages"))?), Vec::new())
        }
    })
}

/// The costs of servers under each load.
type Outcomes = Vec<(Comparison, Vec<servers::Outcome>)>;

fn compare(loads: Vec<Comparison>, kinds: &[Kind]) -> std::io::Result<Outcomes> {
    let outcomes = loads.into_iter().map(|comparison| {
        let Comparison { connections, in_flight, body, .. } = comparison;
        eprintln!("  {connections} connections, {in_flight} in flight, {body}-byte bodies ...");
        Ok((comparison, servers::compare(comparison, kinds)?))
    });
    outcomes.collect()
}

fn loads(connections: &[usize], in_flight: &[usize], bodies: &[usize]) -> Vec<Comparison> {
    let mut loads = Vec::new();
    for &connections in connections {
        for &in_flight in in_flight {
            for &body in bodies {
                loads.push(Comparison { connections, in_flight, body, millis: 150, rounds: 5 });
            }
        }
    }
    loads
}
