//! The charts of the page.

use super::Outcomes;
use super::chart::{Chart, Panel};
use crate::building::{Cost, Library};
use crate::case::{Operation, Subject};
use crate::instructions::{self, Count};
use crate::servers::{Comparison, Kind};
use crate::spread::Spread;

/// Draws the instructions of parsers and encoders.
pub(super) fn instructions(counts: &[Count]) -> String {
    let panels = [
        (Operation::ParseBorrowed, "parse, borrowing"),
        (Operation::ParseOwned, "parse, owning"),
        (Operation::EncodeReused, "encode, reused buffer"),
    ];
    let subjects = [
        Subject::Framewright,
        Subject::Nom,
        Subject::NomDerive,
        Subject::Zerocopy,
        Subject::Binrw,
        Subject::Deku,
    ];
    let mut layouts = counts.iter().map(|count| count.layout).collect::<Vec<_>>();
    layouts.dedup();
    let panels = panels.map(|(operation, title)| {
        let mut marks = Vec::new();
        for (row, layout) in layouts.iter().enumerate() {
            let Some(by_hand) = instructions::by_hand(counts, layout, operation) else { continue };
            for (number, subject) in subjects.iter().enumerate() {
                let mut own = counts.iter().filter(|count| count.subject == *subject);
                let own = own.find(|count| (count.layout, count.operation) == (*layout, operation));
                marks.extend(own.map(|count| (row, number, count.instructions / by_hand)));
            }
        }
        Panel { title: title.to_owned(), marks }
    });
    let chart = Chart {
        title: "Instructions, as multiples of hand-written code",
        subjects: subjects.iter().map(Subject::to_string).collect(),
        rows: layouts.iter().map(|layout| (*layout).to_owned()).collect(),
        panels: panels.into(),
        least: 0.4,
        most: 600.0,
    };
    chart.draw()
}

/// Draws the processor time of servers.
pub(super) fn servers(outcomes: &Outcomes) -> String {
    let subjects = [
        Kind::Framewright,
        Kind::FramewrightBorrowed,
        Kind::FramewrightSession,
        Kind::Epoll,
        Kind::FramedFeed,
        Kind::FramedSend,
    ];
    let mut bodies = outcomes.iter().map(|(load, _)| load.body).collect::<Vec<_>>();
    bodies.sort_unstable();
    bodies.dedup();
    let row = |load: &Comparison| format!("{} connections, {} in flight", load.connections, load.in_flight);
    let mut rows = outcomes.iter().map(|(load, _)| row(load)).collect::<Vec<_>>();
    rows.dedup();
    let panels = bodies.into_iter().map(|body| {
        let mut marks = Vec::new();
        for (load, outcomes) in outcomes.iter().filter(|(load, _)| load.body == body) {
            let Some(place) = rows.iter().position(|other| *other == row(load)) else { continue };
            for (number, kind) in subjects.iter().enumerate() {
                let ratio = outcomes.iter().find(|outcome| outcome.kind == *kind);
                let ratio = ratio.and_then(|outcome| outcome.processor_ratio);
                marks.extend(ratio.map(|ratio| (place, number, ratio.median)));
            }
        }
        Panel { title: format!("bodies of {body} bytes"), marks }
    });
    let panels = panels.collect();
    let chart = Chart {
        title: "Processor time of servers, as multiples of hand-written loops",
        subjects: subjects.iter().map(Kind::to_string).collect(),
        rows,
        panels,
        least: 0.4,
        most: 60.0,
    };
    chart.draw()
}

/// Draws the cost of builds.
pub(super) fn building(costs: &[Cost]) -> String {
    let subjects = [Library::Framewright, Library::Binrw, Library::Deku];
    let builds: [(&str, fn(&Cost) -> Spread); 7] = [
        ("the library alone", |cost| cost.alone),
        ("a derived type", |cost| cost.per_type),
        ("one type of 200 has changed", |cost| cost.changed),
        ("nothing has changed", |cost| cost.unchanged),
        ("500 fields with a length", |cost| cost.fields),
        ("1,000 variants", |cost| cost.variants),
        ("40 pairs, in release", |cost| cost.wide),
    ];
    let of = |library| costs.iter().find(|cost| cost.library == library);
    let mut marks = Vec::new();
    for (row, (_, build)) in builds.iter().enumerate() {
        let Some(deku) = of(Library::Deku).map(|cost| build(cost).median) else { continue };
        for (number, library) in subjects.iter().enumerate() {
            let multiple = of(*library).map(|cost| build(cost).median / deku);
            marks.extend(
                multiple.filter(|multiple| multiple.is_finite()).map(|multiple| (row, number, multiple)),
            );
        }
    }
    let chart = Chart {
        title: "Builds, as multiples of deku",
        subjects: subjects.iter().map(|library| library.name().to_owned()).collect(),
        rows: builds.iter().map(|(name, _)| (*name).to_owned()).collect(),
        panels: vec![Panel { title: "processor time".to_owned(), marks }],
        least: 0.25,
        most: 10.0,
    };
    chart.draw()
}
