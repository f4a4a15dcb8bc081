//! The targets of Framewright, and whether they are met.

use super::Outcomes;
use crate::building::{Cost, Library};
use crate::case::{Operation, Subject};
use crate::instructions::{self, Count};
use crate::servers::{Broadcast, Comparison, Kind, Outcome};
use crate::time::Timing;

/// A target, and what was measured.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Target {
    pub(super) what: String,
    /// Whether `wanted` is a minimum; otherwise it is a maximum.
    pub(super) at_least: bool,
    pub(super) wanted: f64,
    pub(super) measured: f64,
    /// The reason why the target is missed, if it is: the possible minimum, and the attempts to
    /// reach it.
    pub(super) reason: String,
}

impl Target {
    pub(super) fn at_most(what: String, wanted: f64, measured: f64, reason: &str) -> Self {
        Self {
            what: what.replace(['\t', '\n'], " "),
            at_least: false,
            wanted,
            measured,
            reason: reason.to_owned(),
        }
    }

    fn at_least(what: String, wanted: f64, measured: f64, reason: &str) -> Self {
        Self { at_least: true, ..Self::at_most(what, wanted, measured, reason) }
    }

    pub(super) fn met(&self) -> bool {
        if self.at_least { self.measured >= self.wanted } else { self.measured <= self.wanted }
    }

    /// Returns the target as a line of a file.
    pub(super) fn print(&self) -> String {
        let Self { what, at_least, wanted, measured, reason } = self;
        format!("{what}\t{at_least}\t{wanted}\t{measured}\t{reason}\n")
    }

    /// Parses a line of [`print`](Self::print).
    pub(super) fn parse(line: &str) -> Option<Self> {
        let [what, at_least, wanted, measured, reason] = *line.split('\t').collect::<Vec<_>>() else {
            return None;
        };
        Some(Self {
            what: what.to_owned(),
            at_least: at_least.parse().ok()?,
            wanted: wanted.parse().ok()?,
            measured: measured.parse().ok()?,
            reason: reason.to_owned(),
        })
    }
}

/// Returns the targets of parsers and encoders. The comparison with hand-written code takes the
/// better of two ratios, of instructions or of time, because either can be improved at the cost of
/// the other.
pub(super) fn codec(counts: &[Count], timings: &[Timing]) -> Vec<Target> {
    let mut targets = Vec::new();
    for count in counts.iter().filter(|count| count.subject == Subject::Framewright) {
        let Some(by_hand) = instructions::by_hand(counts, count.layout, count.operation) else { continue };
        let same = |layout, operation| (layout, operation) == (count.layout, count.operation);
        // An operation that is measured both with and without inlining has this target only with
        // inlining.
        if !matches!(
            count.operation,
            Operation::ParseBorrowed | Operation::ParseOwned | Operation::EncodeReused
        ) {
            let mut timings = timings.iter().filter(|timing| timing.subject == count.subject);
            let timing = timings.find(|timing| same(timing.layout, timing.operation));
            let time = timing.map_or(f64::INFINITY, |timing| timing.ratio.median);
            targets.push(Target::at_most(
                format!("instructions or time, {}, {}: times by hand", count.layout, count.operation),
                1.05,
                time.min(count.instructions / by_hand),
                reason(count.layout, count.operation),
            ));
        }
        let peers = [Subject::Nom, Subject::Deku, Subject::Binrw];
        let peers = counts.iter().filter(|other| peers.contains(&other.subject));
        let least = peers.filter(|other| same(other.layout, other.operation)).map(|peer| peer.instructions);
        if let Some(least) = least.reduce(f64::min) {
            targets.push(Target::at_most(
                format!(
                    "instructions, {}, {}: times the least of nom, deku and binrw",
                    count.layout, count.operation
                ),
                1.0,
                count.instructions / least,
                beside_peers(count.layout, count.operation),
            ));
        }
    }
    targets
}

/// Returns why Framewright takes more than other libraries, as found in a profile.
fn beside_peers(layout: &str, operation: Operation) -> &'static str {
    match (layout, operation) {
        ("CRLF line", Operation::EncodeReused | Operation::EncodeReusedInline) => {
            "text that contains the delimiter is refused, and the search for it takes 80 of 139 instructions, 133 by hand. binrw does not \
             search: it writes such text as two lines. What is left is what binrw takes, which is the floor without the search"
        }
        _ => "as beside hand-written code",
    }
}

/// Returns why Framewright takes more than hand-written code, as found in a profile.
fn reason(layout: &str, operation: Operation) -> &'static str {
    use Operation::{EncodeNew, EncodeReusedInline, ParseBorrowedInline, ParseOwnedInline};

    match (layout, operation) {
        ("CRLF line", ParseBorrowedInline | ParseOwnedInline) => {
            "UTF-8 and the search are 168 of the 216 instructions by hand and the same; the rest is the error's place"
        }
        ("ITCH add order", EncodeReusedInline | EncodeNew) => {
            "the enum is a type of its own, so room is asked for three times, by hand once (12 instructions), and the encoder is a call (16); \
             tried: a shift instead of reading the six bytes again; errors out of line; the end of the text is looked at in the value \
             instead of its place (one instruction less, and in time 1.04 instead of 1.29 where the encoder is a call on both sides)"
        }
        ("ITCH add order", _) => {
            "the enum is a type of its own, and the parser is a call that by hand is inlined. Tried: `#[inline(always)]` on generated parsers \
             and encoders (168 instead of 181 borrowed; owned and encoded it is as before)"
        }
        ("MQTT publish", ParseBorrowedInline | ParseOwnedInline) => {
            "the parser is a call that by hand is inlined (25 instructions); 115 on both sides are UTF-8"
        }
        ("MQTT publish", EncodeReusedInline | EncodeNew) => {
            "the length and the condition of the packet's id are verified once more when all is written"
        }
        ("DNS header", EncodeReusedInline) => {
            "the encoder is a call (20 instructions with its registers) that by hand is inlined; within it they are the same. Tried: errors \
             out of line, so that it is half as long"
        }
        ("list of 1,000 items", EncodeReusedInline | EncodeNew) => {
            "the pass over the items that adds up the size takes nine instructions an item"
        }
        ("list of 1,000 items", _) => {
            "three instructions an item: each may be the one that outgrows its memory. Tried: the list is moved to the function that grows \
             it, so that the loop keeps it in registers (1.28 before)"
        }
        (_, EncodeNew) => {
            "`to_vec` asks for the size, bounds it, and calls the encoder, which by hand is inlined; to allocate and free is 140 on both sides"
        }
        _ => "the parser or encoder is a call, which by hand is inlined",
    }
}

/// Returns the targets of the framer, byte by byte.
pub(super) fn streams(counts: &[Count]) -> Vec<Target> {
    // The layout that ends with a delimiter is left out, because the search for the delimiter costs
    // more.
    let bytes = counts.iter().filter(|count| count.operation == Operation::Stream(1));
    let bytes = bytes.filter(|count| count.layout != "CRLF line");
    let targets = bytes.map(|count| {
        Target::at_most(
            format!("streams, {}, byte by byte: instructions a call", count.layout),
            90.0,
            count.instructions / count.calls,
            in_bytes(count.layout),
        )
    });
    targets.collect()
}

/// Returns the explanation from a profile, if a call of the framer takes more than the target.
fn in_bytes(layout: &str) -> &'static str {
    match layout {
        "list of 1,000 items" => {
            "an item of nine bytes takes two attempts, one for its length and one for its end, of about 500 each. Each steps into the list and \
             calls the item's parser. Tried: the parser of the item instead of a walk through its schema (415 before)"
        }
        _ => {
            "a call that waits takes 80, of which 46 append the byte and run the loop, which are not the framer's. A frame of 7 or 12 bytes \
             has one call in 4 to 6 that does more: the first one, which finds out how long the frame is, and the last one, which takes it; \
             they take about 100 each on top. Tried: whether a type needs a walk is found out once (463 before for the enum, 247 after); an \
             attempt that lacks bytes only notes how many (153); its error without the sum of its fields, and the buffer emptied by a \
             function of its own (104)"
        }
    }
}

/// Returns the targets of an exchange over a pipe.
pub(super) fn exchanges(counts: &[(Kind, f64)]) -> Vec<Target> {
    let most = [
        (
            Kind::Framewright,
            300.0,
            "a loop by hand takes 225, of which 155 allocate, copy and free the body that is owned; on top of it are a parser that is a call \
             (65), the framer, the future that the frame moves into, counters and limits, and 20 of a batch. Tried: the usual case of the \
             framer as a function of its own, inlined into the loop (462 before); the handler polled in one place instead of two (407 \
             instead of 400); the frame moved once less on its way out of the framer (393 instead of 398)",
        ),
        (
            Kind::FramewrightBorrowed,
            200.0,
            "a loop by hand takes 45: it has no task, clock, limits or counters, and writes into its own buffer. The way of a reply through \
             `Conn` into a buffer that lies in a thread-local takes 60, the future of the handler and its frame 45, a batch 20. Tried: the usual \
             cases of the framer and of `send` as functions of their own, inlined (358 before); the handler polled in one place, so that \
             the compiler may inline it, which it did not (265 instead of 253); the error of a refused reply made out of line \
             (251 as before). A `Session` needs neither future nor thread-local",
        ),
        (
            Kind::FramewrightSessionBorrowed,
            200.0,
            "the frame is measured before it is borrowed, which takes 25",
        ),
    ];
    let targets = most.into_iter().flat_map(|(kind, wanted, reason)| {
        let counts = counts.iter().filter(move |(counted, _)| *counted == kind);
        counts.map(move |(_, measured)| {
            let what = format!("servers, {kind}: instructions an exchange, 64 in flight");
            Target::at_most(what, wanted, *measured, reason)
        })
    });
    let of = |kind| counts.iter().find(|(counted, _)| *counted == kind).map(|(_, count)| *count);
    let session = of(Kind::FramewrightSession).zip(of(Kind::Framewright));
    let session = session.map(|(session, closure)| {
        let what = "servers, a session's loop of `recv` and `feed`: instructions, times a closure's";
        Target::at_most(
            what.to_owned(),
            1.0,
            session / closure,
            "a fed frame takes a lock that the connection's task shares (47 instructions), so that it is written whatever the conversation waits for, and the frame is handed on through one more result (18). Tried: a buffer of the session's own (445 instead of 486), in which replies waited until the session itself waited for the peer; the framer inlined into both (473 beside 462 before)",
        )
    });
    targets.chain(session).collect()
}

pub(super) fn idle(bytes: &[(Kind, f64)]) -> Vec<Target> {
    let own = bytes.iter().filter(|(kind, _)| *kind == Kind::Framewright);
    let targets = own.map(|(_, bytes)| {
        let what = "servers: bytes for an idle connection".to_owned();
        Target::at_most(what, 2048.0, *bytes, "pages that are only partly in use are counted whole")
    });
    targets.collect()
}

pub(super) fn broadcast(Broadcast { members, first, .. }: Broadcast) -> Vec<Target> {
    let most = [("nanoseconds", 200.0, first.nanoseconds), ("bytes", 1024.0, first.bytes)];
    let targets = most.map(|(unit, wanted, measured)| {
        Target::at_most(
            format!("servers, the first broadcast to {members} members: {unit} a member"),
            wanted,
            measured,
            "a member takes 404 instructions and 5.6 cache lines (by callgrind: 3.5 of its out-buffer and lock, one of the task that is \
             woken, one of new memory), which come from memory the first time, at about 100 ns each. Three lines would be the floor. Where \
             the members fit into the processor's cache beside what else runs there, it is 240 to 350, otherwise 650 to 1,100. Tried: the \
             outboxes of 32 members read ahead of their turn, so that they are fetched at the same time (no difference in 30 runs of each)",
        )
    });
    targets.into()
}

/// Returns the targets of proxies, which are compared with the server that they forward to.
pub(super) fn forwarding(outcomes: &Outcomes) -> Vec<Target> {
    let proxies = outcomes.iter().flat_map(|(comparison, outcomes)| {
        let load = load(comparison);
        let own = [Kind::FramewrightForward, Kind::FramewrightForwardSessions];
        let own = outcomes.iter().filter(move |outcome| own.contains(&outcome.kind));
        own.filter_map(move |outcome| {
            let measured = outcome.throughput_ratio?.median;
            let what = format!("servers, {}, {load}: throughput of the server without it", outcome.kind);
            Some(Target::at_least(
                what,
                0.8,
                measured,
                "proxy and server share one processor here; the floor is what a proxy reaches that copies bytes, in the same table. A \
                 frame passes through a framer, limits and counters twice",
            ))
        })
    });
    proxies.collect()
}

fn load(Comparison { connections, in_flight, body, .. }: &Comparison) -> String {
    format!("{connections} connections, {in_flight} in flight, bodies of {body} bytes")
}

pub(super) fn servers(outcomes: &Outcomes) -> Vec<Target> {
    outcomes.iter().flat_map(|(comparison, outcomes)| under_load(comparison, outcomes)).collect()
}

/// Returns the targets of servers under one load.
fn under_load(comparison: &Comparison, outcomes: &[Outcome]) -> Vec<Target> {
    let load = load(comparison);
    let of = |kind| outcomes.iter().find(|outcome| outcome.kind == kind);
    let cost = |kind| of(kind).map(|outcome| outcome.processor.median);
    let mut targets = Vec::new();
    let mut target = |kind: Kind, than: &str, wanted, measured: Option<f64>, reason| {
        let what = format!("servers, {kind}, {load}: processor time, times {than}");
        targets.extend(measured.map(|measured| Target::at_most(what, wanted, measured, reason)));
    };
    for kind in [Kind::Framewright, Kind::FramewrightBorrowed] {
        let ratio = of(kind).and_then(|outcome| outcome.processor_ratio).map(|ratio| ratio.median);
        let wanted = if comparison.body < 1024 { 1.05 } else { 0.85 };
        target(kind, "by hand", wanted, ratio, beside_by_hand(comparison));
    }
    let over = |kind, other| Some(cost(kind)? / cost(other)?);
    if comparison.body >= 1024 {
        let ratio = over(Kind::FramewrightBorrowed, Kind::Epoll);
        let reason = "a loop over epoll has no tasks, timers and limits, and one buffer for all connections";
        target(Kind::FramewrightBorrowed, "epoll", 1.1, ratio, reason);
    }
    let ratio = over(Kind::FramewrightSession, Kind::Framewright);
    target(Kind::FramewrightSession, "a handler", 1.1, ratio, "noise: in instructions they are the same");
    targets
}

/// Returns the reason why a server takes more than the hand-written loop under this load.
fn beside_by_hand(comparison: &Comparison) -> &'static str {
    match (comparison.in_flight, comparison.body) {
        (1, _) => "with one in flight it is the system's calls that cost, which are the same: the floor is 1",
        (_, ..1024) => {
            "a hand-written loop has neither deadlines, limits, counters nor a buffer that is given up when it waits; see the exchange"
        }
        _ => "the body is copied once by both, which is most of it; what is left is the same system calls",
    }
}

pub(super) fn building(costs: &[Cost]) -> Vec<Target> {
    let of = |library| costs.iter().find(|cost| cost.library == library);
    let Some(own) = of(Library::Framewright) else { return Vec::new() };
    let mut targets = Vec::new();
    let mut target = |what: &str, wanted, measured, reason| {
        targets.push(Target::at_most(format!("building, {what}"), wanted, measured, reason));
    };
    for other in [Library::Deku, Library::Binrw].into_iter().filter_map(of) {
        target(
            &format!("a derived type from nothing: times {}", other.library.name()),
            0.85,
            own.per_type.median / other.per_type.median,
            "a type brings a schema, errors that name its fields, and encoders for several kinds of buffers; tried: one `match` for \
             each error instead of closures, numbers without `Result`, one mark a run, schemas behind constants",
        );
    }
    target(
        "40 pairs in release: seconds",
        2.0,
        own.wide.median,
        "each length is checked and each error says where it is",
    );
    if let Some(deku) = of(Library::Deku) {
        target(
            "500 fields with their length in front: times deku",
            2.0,
            own.fields.median / deku.fields.median,
            "each field is also described in the schema, and each error says where it is",
        );
        target(
            "1,000 variants: times deku",
            1.0,
            own.variants.median / deku.variants.median,
            "each variant is described in the schema as well as read, written and measured; matches over all variants are four, not two",
        );
    }
    if let (Some(nom), Some(binrw)) = (of(Library::Nom), of(Library::Binrw)) {
        target(
            "the library alone: times binrw and nom together",
            1.0,
            own.alone.median / (binrw.alone.median + nom.alone.median),
            "of the processor time, 43 % are the library, 33 % the macros, 12 % syn and 7 % nom. Tried: views, JSON and the reader of schemas behind a feature, which would make it 1.7. The macros, syn and nom without a line of the library are 1.16, which is the floor",
        );
    }
    targets
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_minimum_or_a_maximum() {
        let most = |measured| Target::at_most(String::new(), 1.0, measured, "");
        let least = |measured| Target::at_least(String::new(), 1.0, measured, "");
        assert!(least(1.1).met() && most(0.9).met());
        assert!(!least(0.9).met() && !most(1.1).met());
        // A target that could not be measured is not met.
        assert!(!least(f64::NAN).met() && !most(f64::NAN).met());
    }
}
