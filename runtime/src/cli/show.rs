//! The commands `dump` and `decode`, which show frames.

use std::format;
use std::io::Write;
use std::string::String;
use std::vec::Vec;

use super::filter::Filter;
use super::frames::Kind;
use super::input::Input;
use super::note;
use super::print::{Printer, Style};
use super::traffic::{Record, Traffic, What};
use crate::error::{Error, Result};

/// The maximum number of errors that are listed after the output.
const LISTED: usize = 10;

/// Prints all frames of an input as they arrive.
pub(super) fn show(
    kinds: Vec<Kind>,
    mut input: Input,
    only: &[Filter],
    json: bool,
    out: &mut impl Write,
    colored: bool,
) -> Result<()> {
    let headed = input.is_capture();
    let mut traffic = Traffic::new(kinds);
    if !headed {
        // An input that is not a capture is one stream. It may be a single frame of any size.
        traffic = traffic.limit(usize::MAX);
    }
    let mut printer = Printer::new(out, Style { json, colored, headed });
    let mut faults = Faults::default();
    let outcome = loop {
        match input.next() {
            Ok(Some(event)) => {
                for record in traffic.take(event) {
                    printer.print_of(only, &record)?;
                    faults.note(&record);
                }
            }
            Ok(None) => break Ok(()),
            Err(error) => break Err(error),
        }
    };
    for record in traffic.finish(None) {
        printer.print_of(only, &record)?;
        faults.note(&record);
    }
    for (what, count) in input.notes() {
        note(&format!("not shown: {count} {what}"));
    }
    outcome.and_then(|()| faults.outcome(headed))
}

/// The errors in frames, which are listed after the output.
#[derive(Default)]
struct Faults {
    listed: Vec<String>,
    count: usize,
}

impl Faults {
    fn note(&mut self, record: &Record) {
        // Skipped bytes are not a further error: they belong to the malformed frame before them.
        if matches!(record.what, What::Passed) {
            return;
        }
        let Some(fault) = record.fault() else { return };
        self.count += 1;
        if self.listed.len() < LISTED {
            let at = record.offset;
            let is_first = at == 0 && record.time.is_none();
            self.listed.push(if is_first { fault } else { format!("in the frame at byte {at}: {fault}") });
        }
    }

    fn outcome(self, is_capture: bool) -> Result<()> {
        match (self.count, is_capture) {
            (0, _) => Ok(()),
            // For a capture the errors are in the output itself.
            (1, true) => Err(Error::other("1 frame is malformed or incomplete")),
            (count, true) => Err(Error::other(format!("{count} frames are malformed or incomplete"))),
            (count, false) => {
                let mut text = self.listed.join("\n       ");
                if count > LISTED {
                    text.push_str(&format!("\n       and {} more", count - LISTED));
                }
                Err(Error::other(text))
            }
        }
    }
}
