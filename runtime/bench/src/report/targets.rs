//! What Framewright means to hold, and whether it does.

use super::{Results, page};
use crate::building::Library;
use crate::case::{Operation, Subject};
use crate::instructions;
use crate::servers::{Comparison, Kind};

/// One line of the table.
struct Target {
    what: String,
    /// `true` if it is to be at least this, `false` if at most.
    at_least: bool,
    wanted: f64,
    measured: f64,
    /// Why it is missed, if it is.
    reason: &'static str,
}

impl Target {
    fn met(&self) -> bool {
        if self.at_least { self.measured >= self.wanted } else { self.measured <= self.wanted }
    }
}

pub(super) fn table(results: &Results) -> String {
    let mut targets = codec(results);
    targets.extend(time(results));
    targets.extend(streams(results));
    targets.extend(servers(results));
    targets.extend(building(results));
    let missed = targets.iter().filter(|target| !target.met()).collect::<Vec<_>>();
    let met = targets.len() - missed.len();
    let rows = missed.iter().map(|target| {
        let Target { what, at_least, wanted, measured, reason } = target;
        let bound = if *at_least { "at least" } else { "at most" };
        let digits = if *wanted >= 1000.0 { 0 } else { 2 };
        [what.clone(), format!("{bound} {wanted}"), format!("{measured:.digits$}"), (*reason).to_owned()]
    });
    let table = page::table(&["missed", "target", "measured", "why"], "lrrl", rows);
    format!(
        "## Targets\n\nFramewright means to take at most 1.05 times the instructions of hand-written slices and never more \
         than idiomatic nom, to serve as many frames as hand-written loops but for a few percent, and more of the \
         kind. Of {} targets {met} are met, these are not:\n\n{table}",
        targets.len()
    )
}

/// Instructions: of each operation the layout that is furthest from hand-written code.
fn codec(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    for count in results.counts.iter().filter(|count| count.subject == Subject::Framewright) {
        let Some(by_hand) = instructions::by_hand(&results.counts, count.layout, count.operation) else {
            continue;
        };
        targets.push(Target {
            what: format!("instructions, {}, {}: times by hand", count.layout, count.operation),
            at_least: false,
            wanted: 1.05,
            measured: count.instructions / by_hand,
            reason: reason(count.layout, count.operation),
        });
        let nom = results.counts.iter().filter(|other| other.subject == Subject::Nom);
        let nom = nom.filter(|other| (other.layout, other.operation) == (count.layout, count.operation));
        targets.extend(nom.map(|nom| Target {
            what: format!("instructions, {}, {}: times nom", count.layout, count.operation),
            at_least: false,
            wanted: 1.0,
            measured: count.instructions / nom.instructions,
            reason: "as beside hand-written code",
        }));
    }
    targets
}

/// What a profile shows where Framewright takes more than hand-written code.
fn reason(layout: &str, operation: Operation) -> &'static str {
    use Operation::{EncodeNew, EncodeReused, ParseBorrowed, ParseOwned};

    match (layout, operation) {
        ("CRLF line", EncodeReused | EncodeNew) => {
            "what was written is searched for the delimiter, which takes more checks of bounds than to search the value"
        }
        ("ITCH add order", EncodeReused | EncodeNew) => {
            "text of a fixed size is copied and filled up by two calls, by hand it is copied into an array of spaces"
        }
        ("MQTT publish", EncodeReused | EncodeNew) => {
            "the length and the condition of the packet's id are verified once more when all is written"
        }
        ("list of 1,000 items", EncodeReused | EncodeNew) => {
            "the pass over the items that adds up the size takes nine instructions an item"
        }
        ("list of 1,000 items", ParseBorrowed | ParseOwned) => "three instructions an item",
        (_, EncodeNew) => {
            "`to_vec` asks for the size, bounds it, and calls the encoder, which by hand is inlined"
        }
        _ => "a dozen instructions more in the parser",
    }
}

/// Time: how many times as fast as a peer.
fn time(results: &Results) -> Vec<Target> {
    use Operation::{EncodeReused, ParseBorrowed, ParseOwned};

    let chat = "chat, 16-byte body";
    let targets = [
        (chat, ParseBorrowed, Subject::Deku, ParseOwned, 5.0),
        (chat, ParseBorrowed, Subject::Binrw, ParseOwned, 8.0),
        (chat, ParseOwned, Subject::Deku, ParseOwned, 1.7),
        (chat, ParseOwned, Subject::Binrw, ParseOwned, 2.3),
        ("IPv4 header", ParseOwned, Subject::Deku, ParseOwned, 10.0),
        (chat, EncodeReused, Subject::Binrw, EncodeReused, 2.0),
        (chat, EncodeReused, Subject::Deku, EncodeReused, 20.0),
    ];
    let of = |layout: &str, subject, operation| {
        let mut timings = results.timings.iter().filter(|timing| timing.subject == subject);
        timings
            .find(|timing| (timing.layout, timing.operation) == (layout, operation))
            .map(|timing| timing.nanoseconds.median)
    };
    let targets = targets.into_iter().filter_map(|(layout, operation, peer, its_operation, wanted)| {
        Some(Target {
            what: format!("time, {layout}, {operation}: times as fast as {peer}"),
            at_least: true,
            wanted,
            measured: of(layout, peer, its_operation)? / of(layout, Subject::Framewright, operation)?,
            reason: "hand-written code is not so much faster either: see below",
        })
    });
    targets.collect()
}

fn streams(results: &Results) -> Vec<Target> {
    let whole = results.streams.iter().filter(|count| count.operation == Operation::Stream(64 * 1024));
    let pieces = whole.filter_map(|whole| {
        let mut bytes = results.streams.iter().filter(|count| count.operation == Operation::Stream(1));
        let bytes = bytes.find(|count| count.layout == whole.layout)?;
        Some(Target {
            what: format!("streams, {}: 1-byte pieces, times one piece", whole.layout),
            at_least: false,
            wanted: 30.0,
            measured: bytes.instructions / whole.instructions,
            reason: "each byte is a call that looks at buffer and limits: about 140 instructions, with a delimiter 500",
        })
    });
    pieces.collect()
}

fn servers(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    for (Comparison { connections, in_flight, body, .. }, outcomes) in &results.servers {
        if (*connections, *body) != (50, 32) {
            continue;
        }
        let wanted = if *in_flight == 1 { 0.97 } else { 0.95 };
        for outcome in outcomes {
            let Some(ratio) = outcome.throughput_ratio else { continue };
            if matches!(outcome.kind, Kind::Framewright | Kind::FramewrightBorrowed) {
                targets.push(Target {
                    what: format!(
                        "servers, {}, 50 connections, {in_flight} in flight: throughput of by hand",
                        outcome.kind
                    ),
                    at_least: true,
                    wanted,
                    measured: ratio.median,
                    reason: "limits, deadlines and counters that a hand-written loop does without",
                });
            }
        }
        let of = |kind| {
            outcomes
                .iter()
                .find(|outcome| outcome.kind == kind)
                .map(|outcome| outcome.frames_per_second.median)
        };
        if let (64, Some(own), Some(framed)) = (*in_flight, of(Kind::Framewright), of(Kind::FramedSend)) {
            targets.push(Target {
                what: "servers, 50 connections, 64 in flight: times as many frames as `Framed` with `send`"
                    .to_owned(),
                at_least: true,
                wanted: 25.0,
                measured: own / framed,
                reason: "the load is the limit, which has a processor of its own: in processor time it is about 20",
            });
        }
    }
    targets.extend(results.idle.1.iter().filter(|(kind, _)| *kind == Kind::Framewright).map(|(_, bytes)| {
        Target {
            what: "servers: bytes for an idle connection".to_owned(),
            at_least: false,
            wanted: 2048.0,
            measured: *bytes,
            reason: "pages that are only partly in use are counted whole",
        }
    }));
    targets
}

fn building(results: &Results) -> Vec<Target> {
    let of = |library| results.building.iter().find(|cost| cost.library == library);
    let Some(own) = of(Library::Framewright) else { return Vec::new() };
    let others = [Library::Deku, Library::Binrw].into_iter().filter_map(of);
    let targets = others.map(|other| Target {
        what: format!("building, a derived type from nothing: times {}", other.library.name()),
        at_least: false,
        wanted: 0.85,
        measured: own.per_type.median / other.per_type.median,
        reason: "a type brings a schema, errors that name its fields, and encoders for several kinds of buffers",
    });
    let wide = Target {
        what: "building, 40 pairs in release: seconds".to_owned(),
        at_least: false,
        wanted: 2.0,
        measured: own.wide.median,
        reason: "each length is checked and each error says where it is",
    };
    targets.chain([wide]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_met_on_its_own_side() {
        let target =
            |at_least, measured| Target { what: String::new(), at_least, wanted: 1.0, measured, reason: "" };
        assert!(target(true, 1.1).met() && target(false, 0.9).met());
        assert!(!target(true, 0.9).met() && !target(false, 1.1).met());
        // What could not be measured is not met.
        assert!(!target(true, f64::NAN).met() && !target(false, f64::NAN).met());
    }
}
