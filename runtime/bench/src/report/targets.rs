//! What Framewright means to hold, and whether it does.

use super::{Results, page};
use crate::building::Library;
use crate::case::{Operation, Subject};
use crate::instructions;
use crate::servers::{Comparison, Kind, Outcome};

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
        "## Targets\n\nFramewright means to take at most 1.05 times the instructions or the time of hand-written slices, never more \
         than idiomatic nom, deku and binrw, to serve frames for what hand-written loops take, and more of the \
         kind. Of {} targets {met} are met, these are not:\n\n{table}",
        targets.len()
    )
}

/// Parsers and encoders: instructions or time, since either may be had for the other.
fn codec(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    for count in results.counts.iter().filter(|count| count.subject == Subject::Framewright) {
        let Some(by_hand) = instructions::by_hand(&results.counts, count.layout, count.operation) else {
            continue;
        };
        let same = |layout, operation| (layout, operation) == (count.layout, count.operation);
        // Where the compiler may inline it is what counts; where it may not is shown beside it.
        if !matches!(
            count.operation,
            Operation::ParseBorrowed | Operation::ParseOwned | Operation::EncodeReused
        ) {
            let mut timings = results.timings.iter().filter(|timing| timing.subject == count.subject);
            let timing = timings.find(|timing| same(timing.layout, timing.operation));
            let time = timing.map_or(f64::INFINITY, |timing| timing.ratio.median);
            targets.push(Target {
                what: format!("instructions or time, {}, {}: times by hand", count.layout, count.operation),
                at_least: false,
                wanted: 1.05,
                measured: time.min(count.instructions / by_hand),
                reason: reason(count.layout, count.operation),
            });
        }
        let peers = [Subject::Nom, Subject::Deku, Subject::Binrw];
        let peers = results.counts.iter().filter(|other| peers.contains(&other.subject));
        let least = peers.filter(|other| same(other.layout, other.operation)).map(|peer| peer.instructions);
        if let Some(least) = least.reduce(f64::min) {
            targets.push(Target {
                what: format!(
                    "instructions, {}, {}: times the least of nom, deku and binrw",
                    count.layout, count.operation
                ),
                at_least: false,
                wanted: 1.0,
                measured: count.instructions / least,
                reason: "as beside hand-written code",
            });
        }
    }
    targets
}

/// What a profile shows where Framewright takes more than hand-written code.
fn reason(layout: &str, operation: Operation) -> &'static str {
    use Operation::{EncodeNew, EncodeReusedInline};

    match (layout, operation) {
        ("CRLF line", EncodeReusedInline | EncodeNew) => {
            "what was written is searched for the delimiter, in a buffer whose bounds are checked; by hand it is the value"
        }
        ("ITCH add order", EncodeReusedInline | EncodeNew) => {
            "text of a fixed size is a value of its own, by hand a part of an array"
        }
        ("MQTT publish", EncodeReusedInline | EncodeNew) => {
            "the length and the condition of the packet's id are verified once more when all is written"
        }
        ("list of 1,000 items", EncodeReusedInline | EncodeNew) => {
            "the pass over the items that adds up the size takes nine instructions an item"
        }
        ("list of 1,000 items", _) => {
            "four instructions an item: each may be the one that outgrows its memory"
        }
        (_, EncodeNew) => {
            "`to_vec` asks for the size, bounds it, and calls the encoder, which by hand is inlined"
        }
        _ => "a dozen instructions more in the parser",
    }
}

/// The framer, byte by byte.
fn streams(results: &Results) -> Vec<Target> {
    // What ends with a delimiter is searched for it.
    let bytes = results.streams.iter().filter(|count| count.operation == Operation::Stream(1));
    let bytes = bytes.filter(|count| count.layout != "CRLF line");
    let targets = bytes.map(|count| Target {
        what: format!("streams, {}, byte by byte: instructions a call", count.layout),
        at_least: false,
        wanted: 90.0,
        measured: count.instructions / count.calls,
        reason: "each call looks at the buffer, the limits and what is known of the frame that is under way",
    });
    targets.collect()
}

fn servers(results: &Results) -> Vec<Target> {
    let mut targets = Vec::new();
    for (comparison, outcomes) in &results.servers {
        targets.extend(under_load(comparison, outcomes));
    }
    let most = [
        (Kind::Framewright, 300.0, "the body that is owned takes 140 of them, to be allocated and freed"),
        (Kind::FramewrightBorrowed, 200.0, "the framer, the future of the handler, and counters and limits"),
    ];
    for (kind, wanted, reason) in most {
        let counts = results.exchanges.iter().filter(|(counted, _)| *counted == kind);
        targets.extend(counts.map(|(_, measured)| Target {
            what: format!("servers, {kind}: instructions an exchange, 64 in flight"),
            at_least: false,
            wanted,
            measured: *measured,
            reason,
        }));
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
    let first = results.broadcast.first;
    let broadcast = [("nanoseconds", 200.0, first.nanoseconds), ("bytes", 1024.0, first.bytes)];
    targets.extend(broadcast.map(|(unit, wanted, measured)| Target {
        what: format!(
            "servers, the first broadcast to {} members: {unit} a member",
            results.broadcast.members
        ),
        at_least: false,
        wanted,
        measured,
        reason: "each member has a lock, a buffer and a task that is woken, none of them in a cache",
    }));
    targets
}

/// What servers cost under one load.
fn under_load(comparison: &Comparison, outcomes: &[Outcome]) -> Vec<Target> {
    let Comparison { connections, in_flight, body, .. } = comparison;
    let load = format!("{connections} connections, {in_flight} in flight, bodies of {body} bytes");
    let of = |kind| outcomes.iter().find(|outcome| outcome.kind == kind);
    let cost = |kind| of(kind).map(|outcome| outcome.processor.median);
    let mut targets = Vec::new();
    let mut target = |kind: Kind, than: &str, wanted, measured: Option<f64>, reason| {
        targets.extend(measured.map(|measured| Target {
            what: format!("servers, {kind}, {load}: processor time, times {than}"),
            at_least: false,
            wanted,
            measured,
            reason,
        }));
    };
    for kind in [Kind::Framewright, Kind::FramewrightBorrowed] {
        let ratio = of(kind).and_then(|outcome| outcome.processor_ratio).map(|ratio| ratio.median);
        let wanted = if *body < 1024 { 1.05 } else { 0.85 };
        target(
            kind,
            "by hand",
            wanted,
            ratio,
            "with one in flight it is the system's calls that cost, which are the same",
        );
    }
    let over = |kind, other| Some(cost(kind)? / cost(other)?);
    if *body >= 1024 {
        let ratio = over(Kind::FramewrightBorrowed, Kind::Epoll);
        target(
            Kind::FramewrightBorrowed,
            "epoll",
            1.1,
            ratio,
            "a loop over epoll has no tasks, timers and limits",
        );
    }
    let ratio = over(Kind::FramewrightSession, Kind::Framewright);
    target(Kind::FramewrightSession, "a handler", 1.1, ratio, "noise: in instructions they are the same");
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
