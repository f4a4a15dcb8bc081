//! The text of the page.

use std::fmt::Write;

use super::Outcomes;
use super::section::{Section, Taken};
use super::targets::Target;
use crate::building::Cost;
use crate::case::{Operation, Subject};
use crate::instructions::Count;
use crate::languages::Speeds;
use crate::servers::{Broadcast, Comparison, Kind, Outcome};
use crate::spread::Spread;
use crate::time::Timing;

const OPERATIONS: [(Operation, &str); 7] = [
    (Operation::ParseBorrowed, "Parse, borrowing"),
    (Operation::ParseOwned, "Parse, owning"),
    (Operation::EncodeReused, "Encode into a buffer that is used again"),
    (Operation::EncodeNew, "Encode into a new buffer"),
    (Operation::ParseBorrowedInline, "Parse, borrowing, where the compiler may inline it"),
    (Operation::ParseOwnedInline, "Parse, owning, where the compiler may inline it"),
    (
        Operation::EncodeReusedInline,
        "Encode into a buffer that is used again, where the compiler may inline it",
    ),
];

const OTHERS: [Subject; 6] = [
    Subject::Framewright,
    Subject::Nom,
    Subject::NomDerive,
    Subject::Deku,
    Subject::Binrw,
    Subject::Zerocopy,
];

/// Returns the page of all sections, which are in the order of [`Section::ALL`].
pub(super) fn page(sections: &[Taken]) -> String {
    let mut page = String::from("# Measured beside hand-written code and other libraries\n\n");
    add(
        &mut page,
        "Written by the program in this directory; `CONTRIBUTING.md` says how to run it. Its layouts and everyone's way to read and write \
         them are in [`src/layouts`](src/layouts), its servers in [`src/servers`](src/servers/kinds).\n\n",
    );
    add(&mut page, &conditions(sections));
    add(&mut page, &targets(sections));
    let order = [
        Section::Codec,
        Section::Streams,
        Section::Servers,
        Section::Forwarding,
        Section::Exchanges,
        Section::Broadcast,
        Section::Idle,
        Section::Building,
        Section::Languages,
    ];
    for section in order {
        let taken = Section::ALL.into_iter().zip(sections).find(|(other, _)| *other == section);
        add(&mut page, taken.map_or("", |(_, taken)| &taken.text));
    }
    page
}

/// Returns the common conditions of all sections, or the conditions of each section if they differ.
fn conditions(sections: &[Taken]) -> String {
    let mut lines = sections.iter().map(|taken| &*taken.conditions).collect::<Vec<_>>();
    lines.dedup();
    match *lines {
        [one] => format!("{one}\n\n"),
        _ => {
            let rows = Section::ALL.into_iter().zip(sections);
            let rows = rows.map(|(section, taken)| [section.to_string(), taken.conditions.clone()]);
            table(&["section", "taken on"], "l", rows)
        }
    }
}

fn targets(sections: &[Taken]) -> String {
    let targets = sections.iter().flat_map(|taken| &taken.targets).collect::<Vec<_>>();
    let missed = targets.iter().filter(|target| !target.met()).collect::<Vec<_>>();
    let met = targets.len() - missed.len();
    let rows = missed.iter().map(|target| {
        let Target { what, at_least, wanted, measured, reason } = target;
        let bound = if *at_least { "at least" } else { "at most" };
        let digits = if *wanted >= 1000.0 { 0 } else { 2 };
        [what.clone(), format!("{bound} {wanted}"), format!("{measured:.digits$}"), reason.clone()]
    });
    let table = table(&["missed", "target", "measured", "why"], "lrrl", rows);
    format!(
        "## Targets\n\nFramewright means to take at most 1.05 times the instructions or the time of hand-written slices, never more \
         than idiomatic nom, deku and binrw, to serve frames for what hand-written loops take, and more of the \
         kind. Of {} targets {met} are met, these are not:\n\n{table}",
        targets.len()
    )
}

pub(super) fn languages(speeds: &Speeds) -> String {
    format!("{LANGUAGES}{speeds}")
}

const LANGUAGES: &str = "\n## Other languages\n\nThe codecs that `protocol python` and `protocol typescript --js` print, in processor time: nanoseconds \
     by hand, for everyone else multiples of it, the median of 15 rounds in which all take turns. By hand is `struct` and dataclasses in Python, \
     `DataView` in JavaScript, without paths and places in errors. Kaitai Struct reads only, and its parsers here come from the same declaration. \
     By hand nothing checks whether values have the right type, nor in JavaScript whether they fit; what is generated does. Both layouts are \
     plain, and are read and written without paths first. What is not plain (varints, checksums, context) takes the careful functions, as these \
     layouts did before: 5 to 14 times as long as by hand in Python, 1 to 5 times in JavaScript.\n\n";

fn add(page: &mut String, text: &str) {
    page.push_str(text);
}

/// Returns a Markdown table. `columns` has an `l` for each column that is aligned left, and an `r`
/// for each that is aligned right. The last letter applies to all further columns.
pub(super) fn table<R: AsRef<[String]>>(
    header: &[&str],
    columns: &str,
    rows: impl IntoIterator<Item = R>,
) -> String {
    let mut text = format!("| {} |\n|", header.join(" | "));
    let mut columns = columns.chars();
    let mut column = 'l';
    for _ in header {
        column = columns.next().unwrap_or(column);
        text.push_str(if column == 'r' { "--:|" } else { "---|" });
    }
    text.push('\n');
    for row in rows {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "| {} |", row.as_ref().join(" | "));
    }
    text.push('\n');
    text
}

/// Returns the layouts of these counts or timings, in their order.
fn layouts(all: impl Iterator<Item = &'static str>) -> Vec<&'static str> {
    let mut layouts = all.collect::<Vec<_>>();
    layouts.dedup();
    layouts
}

fn header<'a>(first: &'a str, by_hand: &'a str, names: &'a [String]) -> Vec<&'a str> {
    [first, by_hand].into_iter().chain(names.iter().map(String::as_str)).collect()
}

fn others() -> Vec<String> {
    OTHERS.iter().map(Subject::to_string).collect()
}

pub(super) fn instructions(counts: &[Count]) -> String {
    let mut text = String::from(
        "## Instructions\n\n![Instructions as multiples of those by hand](results.svg)\n\nOf one frame, counted by callgrind: they repeat exactly. By hand they are a number, for \
         everyone else multiples of it. Allocating and freeing is included. A dash is what a library does not do: \
         deku and binrw do not borrow, the parsers of nom and nom-derive do not encode, zerocopy is for layouts of \
         a fixed size. Where nothing else is said, each frame is a call that cannot be inlined, the same for everyone; where it may be, it is \
         the compiler that decides. Where a peer has no bit fields, they are taken out of its numbers by hand. With the list of owned items glibc \
         merges freed memory each time for some and for others not, which sets nom-derive apart there.\n\n",
    );
    let names = others();
    for (operation, title) in OPERATIONS {
        let of = |layout: &str, subject| {
            let mut counts = counts.iter().filter(|count| count.subject == subject);
            counts
                .find(|count| (count.layout, count.operation) == (layout, operation))
                .map(|count| count.instructions)
        };
        let rows = layouts(counts.iter().map(|count| count.layout)).into_iter().filter_map(|layout| {
            let by_hand = of(layout, Subject::ByHand)?;
            let ratio = |subject| {
                of(layout, subject).map_or("–".to_owned(), |count| format!("{:.2}", count / by_hand))
            };
            let mut row = vec![layout.to_owned(), format!("{by_hand:.0}")];
            row.extend(OTHERS.map(ratio));
            Some(row)
        });
        add(
            &mut text,
            &format!("### {title}\n\n{}", table(&header("layout", "by hand", &names), "lr", rows)),
        );
    }
    text
}

pub(super) fn time(timings: &[Timing]) -> String {
    let mut text = String::from(
        "## Time\n\nOf one frame: nanoseconds by hand, for everyone else multiples of it. All take turns; a ratio is \
         of two turns one after the other. In brackets are the quartiles.\n\n",
    );
    let names = others();
    for (operation, title) in OPERATIONS {
        let of = |layout: &str, subject| {
            let mut timings = timings.iter().filter(|timing| timing.subject == subject);
            timings.find(|timing| (timing.layout, timing.operation) == (layout, operation))
        };
        let rows = layouts(timings.iter().map(|timing| timing.layout)).into_iter().filter_map(|layout| {
            let by_hand = of(layout, Subject::ByHand)?.nanoseconds.median;
            let ratio =
                |subject| of(layout, subject).map_or("–".to_owned(), |timing| brackets(timing.ratio));
            let mut row = vec![layout.to_owned(), format!("{by_hand:.1}")];
            row.extend(OTHERS.map(ratio));
            Some(row)
        });
        add(
            &mut text,
            &format!("### {title}\n\n{}", table(&header("layout", "by hand, ns", &names), "lr", rows)),
        );
    }
    text
}

/// Formats a median and its quartiles.
fn brackets(spread: Spread) -> String {
    let Spread { median, low, high } = spread;
    if median >= 10.0 {
        format!("{median:.0} ({low:.0}–{high:.0})")
    } else {
        format!("{median:.2} ({low:.2}–{high:.2})")
    }
}

pub(super) fn streams(counts: &[Count]) -> String {
    let of = |layout: &str, operation| {
        let mut counts = counts.iter().filter(|count| count.operation == operation);
        counts.find(|count| count.layout == layout).map(|count| count.instructions)
    };
    let rows = layouts(counts.iter().map(|count| count.layout)).into_iter().filter_map(|layout| {
        let whole = of(layout, Operation::Stream(64 * 1024))?;
        let mut row = vec![layout.to_owned(), format!("{whole:.0}")];
        for piece in [1460, 100, 1] {
            row.push(format!("{:.1}", of(layout, Operation::Stream(piece))? / whole));
        }
        let mut bytes = counts.iter().filter(|count| count.operation == Operation::Stream(1));
        let bytes = bytes.find(|count| count.layout == layout)?;
        row.push(format!("{:.0}", bytes.instructions / bytes.calls));
        Some(row)
    });
    let pieces = table(
        &["layout", "in one piece", "1,460 bytes", "100 bytes", "1 byte", "a call of 1 byte"],
        "lr",
        rows,
    );
    let growth = layouts(counts.iter().map(|count| count.layout)).into_iter().filter_map(|layout| {
        let mut long = counts.iter().filter_map(|count| match count.operation {
            Operation::Trickle(len) if count.layout == layout => Some((len, count.instructions)),
            _ => None,
        });
        let ((half, less), (len, more)) = (long.next()?, long.next()?);
        Some([layout.to_owned(), half.to_string(), len.to_string(), format!("{:.2}", more / less)])
    });
    let growth = table(&["one frame of", "bytes", "and of", "takes so many times as much"], "lr", growth);
    format!(
        "## Streams\n\n64 KiB of the same frames through the incremental decoder, in one piece and in small ones, \
         in a loop as users write it: instructions of a frame in one piece, and multiples of them; the last column is instructions a call, byte by byte.\n\n{pieces}\
         One frame that comes byte by byte, and one twice as long:\n\n{growth}"
    )
}

pub(super) fn servers(outcomes: &Outcomes) -> String {
    let text = "## Servers\n\n![Processor time as multiples of that by hand](servers.svg)\n\nEach answers messages with receipts. Server \
                and load are processes on a processor each; all servers of a table take turns. What owns its messages is compared with the \
                hand-written loop that owns them, what borrows with the one that borrows. In brackets are the quartiles.\n\n";
    format!("{text}{}", under_loads(outcomes, "by hand"))
}

pub(super) fn forwarding(outcomes: &Outcomes) -> String {
    let text = "## Forwarding\n\nClients talk to a server directly, and through several kinds of proxies. The server owns its messages. \
                Proxy and server share one processor, and the clients have the other. The processor time is that of the proxy alone. The \
                proxy that copies bytes does not look for frames, so it does the least work.\n\n";
    format!("{text}{}", under_loads(outcomes, "the server"))
}

/// Returns a table for each load.
fn under_loads(outcomes: &Outcomes, baseline: &str) -> String {
    let mut text = String::new();
    for (Comparison { connections, in_flight, body, .. }, outcomes) in outcomes {
        let plural = if *connections == 1 { "" } else { "s" };
        add(
            &mut text,
            &format!(
                "### {connections} connection{plural}, {in_flight} in flight, bodies of {body} bytes\n\n"
            ),
        );
        let (of, times) = (format!("of {baseline}"), format!("times {baseline}"));
        let header = ["", "frames/s", &of, "processor s per million", &times, "p50 µs", "p99 µs", "p99.9 µs"];
        add(&mut text, &table(&header, "lr", outcomes.iter().map(row)));
    }
    text
}

fn row(outcome: &Outcome) -> [String; 8] {
    let ratio = |ratio: Option<Spread>| ratio.map_or("–".to_owned(), brackets);
    let [p50, p99, p999] = outcome.latency;
    [
        outcome.kind.to_string(),
        format!("{:.0}", outcome.frames_per_second.median),
        ratio(outcome.throughput_ratio),
        format!("{:.3}", outcome.processor.median),
        ratio(outcome.processor_ratio),
        format!("{:.0}", p50.median),
        format!("{:.0}", p99.median),
        format!("{:.0}", p999.median),
    ]
}

pub(super) fn exchanges(counts: &[(Kind, f64)]) -> String {
    let rows = counts.iter().map(|(kind, count)| [kind.to_string(), format!("{count:.0}")]);
    let what = "Instructions of one exchange: a message of 45 bytes and its receipt, over a pipe in memory, with 64 exchanges in flight. \
                System calls are not counted. A proxy forwards to a server in memory, whose few instructions are included.";
    format!("## An exchange\n\n{what}\n\n{}", table(&["", "instructions"], "lr", rows))
}

pub(super) fn broadcast(Broadcast { members, first, later }: Broadcast) -> String {
    let (one, two) = (first.nanoseconds, first.bytes);
    format!(
        "## Broadcast\n\nA frame of 45 bytes for {members} members of a `Hub`, by one thread: the first takes {one:.0} ns and {two:.0} \
         bytes a member, later ones {:.0} ns.\n\n",
        later.median
    )
}

pub(super) fn idle(crowd: u32, bytes: &[(Kind, f64)]) -> String {
    let rows = bytes.iter().map(|(kind, bytes)| [kind.to_string(), format!("{bytes:.0}")]);
    let what = format!(
        "Memory of the process for each of {crowd} connections that have exchanged one message and wait:"
    );
    format!("## Idle connections\n\n{what}\n\n{}", table(&["server", "bytes"], "lr", rows))
}

pub(super) fn building(costs: &[Cost]) -> String {
    let rows = costs.iter().map(|cost| {
        let per_type = match cost.per_type {
            Spread { median, .. } if median.is_nan() => "–".to_owned(),
            Spread { median, low, high } => {
                format!("{:.1} ({:.1}–{:.1})", median * 1e3, low * 1e3, high * 1e3)
            }
        };
        let rest = [cost.changed, cost.unchanged, cost.fields, cost.variants, cost.wide];
        let rest = rest.map(|spread| if spread.median.is_nan() { "–".to_owned() } else { brackets(spread) });
        [vec![cost.library.name().to_owned(), brackets(cost.alone), per_type], rest.to_vec()].concat()
    });
    let heads = [
        "library",
        "alone, s",
        "a type, ms",
        "one changed, s",
        "none changed, s",
        "500 fields, s",
        "1,000 variants, s",
        "40 pairs, release, s",
    ];
    let table = table(&heads, "lr", rows);
    format!(
        "## Building\n\n![Processor time of builds as multiples of deku's](building.svg)\n\nProcessor time of debug builds: the library \
         with its dependencies from nothing (Framewright's codec, without `net`); each of 200 types of seven fields that are read and \
         written, from nothing; the package of these when one of them has changed, and when it was touched but nothing has changed; one type \
         of 500 fields of bytes with their length in front, and one of 1,000 variants, from nothing. Of release \
         builds: one type of 40 pairs of a number and bytes with their length in front.\n\n{table}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_aligned_right() {
        let rows = [["chat", "37"], ["line", "233"]].map(|row| row.map(str::to_owned));
        assert_eq!(
            table(&["layout", "by hand"], "lr", rows),
            "| layout | by hand |\n|---|--:|\n| chat | 37 |\n| line | 233 |\n\n"
        );
    }

    #[test]
    fn large_multiples_have_no_decimals() {
        assert_eq!(brackets(Spread { median: 1.034, low: 0.98, high: 1.1 }), "1.03 (0.98–1.10)");
        assert_eq!(brackets(Spread { median: 267.4, low: 260.0, high: 270.6 }), "267 (260–271)");
    }
}
