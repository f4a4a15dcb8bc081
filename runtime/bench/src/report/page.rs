//! The page.

use std::fmt::Write;

use super::{Results, targets};
use crate::case::{Operation, Subject};
use crate::servers::{Broadcast, Comparison};
use crate::spread::Spread;

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

pub(super) fn page(results: &Results) -> String {
    let mut page = String::from("# Measured beside hand-written code and other libraries\n\n");
    add(
        &mut page,
        "Written by the program in this directory; the README says how to run it. Its layouts and everyone's way to read and write them are in [`src/layouts`](src/layouts), its servers in [`src/servers`](src/servers/kinds).\n\n",
    );
    add(
        &mut page,
        &format!("{}\n\n![Instructions as multiples of those by hand](results.svg)\n\n", results.machine),
    );
    add(&mut page, &targets::table(results));
    add(&mut page, &instructions(results));
    add(&mut page, &time(results));
    add(&mut page, &streams(results));
    add(&mut page, &servers(results));
    add(&mut page, &building(results));
    add(&mut page, &format!("{LANGUAGES}{}", results.languages));
    page
}

const LANGUAGES: &str = "\n## Other languages\n\nThe codecs that `protocol python` and `protocol typescript --js` print, in processor time: nanoseconds \
     by hand, for everyone else multiples of it, the median of 15 rounds in which all take turns. By hand is `struct` and dataclasses in Python, \
     `DataView` in JavaScript, without paths and places in errors. Kaitai Struct reads only, and its parsers here come from the same declaration. \
     Lists cost more than by hand, since each item is a frame with functions and a path of its own.\n\n";

fn add(page: &mut String, text: &str) {
    page.push_str(text);
}

/// A Markdown table. `columns` has an `l` for each that begins on the left, an `r` for each that ends on the right; the
/// last letter holds for all that follow.
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

fn layouts(results: &Results) -> Vec<&'static str> {
    let mut layouts = results.counts.iter().map(|count| count.layout).collect::<Vec<_>>();
    layouts.dedup();
    layouts
}

fn header<'a>(first: &'a str, by_hand: &'a str, names: &'a [String]) -> Vec<&'a str> {
    [first, by_hand].into_iter().chain(names.iter().map(String::as_str)).collect()
}

fn others() -> Vec<String> {
    OTHERS.iter().map(Subject::to_string).collect()
}

fn instructions(results: &Results) -> String {
    let mut text = String::from(
        "## Instructions\n\nOf one frame, counted by callgrind: they repeat exactly. By hand they are a number, for \
         everyone else multiples of it. Allocating and freeing is included. A dash is what a library does not do: \
         deku and binrw do not borrow, the parsers of nom and nom-derive do not encode, zerocopy is for layouts of \
         a fixed size. Where nothing else is said, each frame is a call that cannot be inlined, the same for everyone; where it may be, it is \
         the compiler that decides. Where a peer has no bit fields, they are taken out of its numbers by hand. With the list of owned items glibc \
         merges freed memory each time for some and for others not, which sets nom-derive apart there.\n\n",
    );
    let names = others();
    for (operation, title) in OPERATIONS {
        let of = |layout: &str, subject| {
            let mut counts = results.counts.iter().filter(|count| count.subject == subject);
            counts
                .find(|count| (count.layout, count.operation) == (layout, operation))
                .map(|count| count.instructions)
        };
        let rows = layouts(results).into_iter().filter_map(|layout| {
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

fn time(results: &Results) -> String {
    let mut text = String::from(
        "## Time\n\nOf one frame: nanoseconds by hand, for everyone else multiples of it. All take turns; a ratio is \
         of two turns one after the other. In brackets are the quartiles.\n\n",
    );
    let names = others();
    for (operation, title) in OPERATIONS {
        let of = |layout: &str, subject| {
            let mut timings = results.timings.iter().filter(|timing| timing.subject == subject);
            timings.find(|timing| (timing.layout, timing.operation) == (layout, operation))
        };
        let rows = layouts(results).into_iter().filter_map(|layout| {
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

/// A median and its quartiles.
fn brackets(spread: Spread) -> String {
    let Spread { median, low, high } = spread;
    if median >= 10.0 {
        format!("{median:.0} ({low:.0}–{high:.0})")
    } else {
        format!("{median:.2} ({low:.2}–{high:.2})")
    }
}

fn streams(results: &Results) -> String {
    let of = |layout: &str, operation| {
        let mut counts = results.streams.iter().filter(|count| count.operation == operation);
        counts.find(|count| count.layout == layout).map(|count| count.instructions)
    };
    let rows = layouts(results).into_iter().filter_map(|layout| {
        let whole = of(layout, Operation::Stream(64 * 1024))?;
        let mut row = vec![layout.to_owned(), format!("{whole:.0}")];
        for piece in [1460, 100, 1] {
            row.push(format!("{:.1}", of(layout, Operation::Stream(piece))? / whole));
        }
        Some(row)
    });
    let pieces = table(&["layout", "in one piece", "1,460 bytes", "100 bytes", "1 byte"], "lr", rows);
    let growth = layouts(results).into_iter().filter_map(|layout| {
        let mut long = results.streams.iter().filter_map(|count| match count.operation {
            Operation::Trickle(len) if count.layout == layout => Some((len, count.instructions)),
            _ => None,
        });
        let ((half, less), (len, more)) = (long.next()?, long.next()?);
        Some([layout.to_owned(), half.to_string(), len.to_string(), format!("{:.2}", more / less)])
    });
    let growth = table(&["one frame of", "bytes", "and of", "takes so many times as much"], "lr", growth);
    format!(
        "## Streams\n\n64 KiB of the same frames through the incremental decoder, in one piece and in small ones: \
         instructions of a frame in one piece, and multiples of them.\n\n{pieces}\
         One frame that comes byte by byte, and one twice as long:\n\n{growth}"
    )
}

fn servers(results: &Results) -> String {
    let mut text = String::from(
        "## Servers\n\nEach answers messages with receipts. Server and load are processes on a processor each; all \
         servers of a table take turns. What owns its messages is compared with the hand-written loop that owns \
         them, what borrows with the one that borrows. In brackets are the quartiles.\n\n",
    );
    for (Comparison { connections, in_flight, body, .. }, outcomes) in &results.servers {
        let plural = if *connections == 1 { "" } else { "s" };
        add(
            &mut text,
            &format!(
                "### {connections} connection{plural}, {in_flight} in flight, bodies of {body} bytes\n\n"
            ),
        );
        let rows = outcomes.iter().map(|outcome| {
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
        });
        let header = [
            "server",
            "frames/s",
            "of by hand",
            "processor s per million",
            "times by hand",
            "p50 µs",
            "p99 µs",
            "p99.9 µs",
        ];
        add(&mut text, &table(&header, "lr", rows));
    }
    let rows = results.exchanges.iter().map(|(kind, count)| [kind.to_string(), format!("{count:.0}")]);
    let what = "Instructions of one exchange of a message of 45 bytes and a receipt over a pipe in memory, 64 in flight:";
    add(&mut text, &format!("### An exchange\n\n{what}\n\n"));
    add(&mut text, &table(&["server", "instructions"], "lr", rows));
    let Broadcast { members, first, later } = results.broadcast;
    let (one, two) = (first.nanoseconds, first.bytes);
    let what = format!(
        "A frame of 45 bytes for {members} members of a `Hub`, by one thread: the first takes {one:.0} ns and {two:.0} bytes a member, \
         later ones {:.0} ns.",
        later.median
    );
    add(&mut text, &format!("### Broadcast\n\n{what}\n\n"));
    let (crowd, idle) = &results.idle;
    let rows = idle.iter().map(|(kind, bytes)| [kind.to_string(), format!("{bytes:.0}")]);
    let heading = "### Idle connections";
    let what = format!(
        "Memory of the process for each of {crowd} connections that have exchanged one message and wait:"
    );
    add(&mut text, &format!("{heading}\n\n{what}\n\n"));
    add(&mut text, &table(&["server", "bytes"], "lr", rows));
    text
}

fn building(results: &Results) -> String {
    let rows = results.building.iter().map(|cost| {
        let Spread { median, low, high } = cost.per_type;
        let per_type = format!("{:.1} ({:.1}–{:.1})", median * 1e3, low * 1e3, high * 1e3);
        let rest = [cost.changed, cost.unchanged, cost.wide].map(brackets);
        [vec![cost.library.name().to_owned(), brackets(cost.alone), per_type], rest.to_vec()].concat()
    });
    let heads =
        ["library", "alone, s", "a type, ms", "one changed, s", "none changed, s", "wide, release, s"];
    let table = table(&heads, "lr", rows);
    format!(
        "## Building\n\nProcessor time of debug builds: the library with its dependencies from nothing (Framewright's codec, \
         without `net`); each of 200 types of seven fields that are read and written, from nothing; the package of these \
         when one of them has changed, and when it was touched but nothing has changed. Of release builds: one type of 40 \
         pairs of a number and bytes with their length in front.\n\n{table}"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_on_the_right() {
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
