//! Instructions, counted by callgrind: the same on every run, however busy the machine is.
//!
//! The program runs itself under valgrind and takes its cases one after
//! another. Callgrind counts only inside [`turns_alone`] and writes a file each time
//! [`one_case_alone`] is left, so the files are in the order of the cases.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

use crate::case::{Case, Operation, Subject};
use crate::layouts;

/// Turns before anything is counted, in which tables are made and buffers grow.
const WARM_UP: u32 = 3;

/// Turns that are counted.
const TURNS: u32 = 50;

/// How many instructions one frame takes.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) layout: &'static str,
    pub(crate) subject: Subject,
    pub(crate) operation: Operation,
    pub(crate) instructions: f64,
}

/// Counts the cases of the layouts that have one of `parts` in their name. The files of callgrind are left in `directory`.
///
/// # Panics
/// When an implementation does not give what the others give.
///
/// # Errors
/// When valgrind cannot be run, or says something unexpected.
pub(crate) fn count(parts: &[String], directory: &Path) -> io::Result<Vec<Count>> {
    let cases = layouts::matching(parts);
    cases.iter().for_each(Case::check);
    let files = directory.join("callgrind.out");
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--toggle-collect=*turns_alone*", "--dump-after=*one_case_alone*"])
        .arg("--compress-strings=no")
        .arg(format!("--callgrind-out-file={}", files.display()))
        .arg(env::current_exe()?)
        .arg("run-counted")
        .args(parts)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let totals = (1..=cases.len()).map(|number| total(&numbered(&files, number)));
    let totals = totals.collect::<io::Result<Vec<_>>>()?;
    let mut counts = Vec::new();
    let mut nothing = Vec::new();
    for (case, total) in cases.iter().zip(totals) {
        let per_frame = total / f64::from(TURNS) / f64::from(case.frames);
        if case.subject == Subject::Nothing {
            nothing.push((case.layout, case.operation, per_frame));
            continue;
        }
        let (.., least) = nothing
            .iter()
            .find(|(layout, operation, _)| (*layout, *operation) == (case.layout, case.operation))
            .ok_or_else(|| io::Error::other(format!("{}: nothing to subtract", case.layout)))?;
        let Case { layout, subject, operation, .. } = *case;
        counts.push(Count { layout, subject, operation, instructions: per_frame - least });
    }
    Ok(counts)
}

/// Makes sure that nothing takes more than `at_most` times the instructions of hand-written code.
///
/// # Errors
/// When something does: all that does, a line each.
pub(crate) fn compare(counts: &[Count], at_most: f64) -> Result<(), String> {
    let ours = counts.iter().filter(|count| count.subject == Subject::Framewright);
    let above = ours.filter_map(|count| {
        let Count { layout, operation, instructions, .. } = count;
        let ratio = instructions / by_hand(counts, layout, *operation)?;
        (ratio > at_most)
            .then(|| format!("{layout}, {operation}: {ratio:.2} times by hand, at most {at_most:.2}"))
    });
    let above = above.collect::<Vec<_>>();
    if above.is_empty() { Ok(()) } else { Err(above.join("\n")) }
}

/// What hand-written code takes.
pub(crate) fn by_hand(counts: &[Count], layout: &str, operation: Operation) -> Option<f64> {
    let mut counts = counts.iter().filter(|count| count.subject == Subject::ByHand);
    counts
        .find(|count| (count.layout, count.operation) == (layout, operation))
        .map(|count| count.instructions)
}

/// What valgrind is to run.
pub(crate) fn run_counted(parts: &[String]) {
    for case in layouts::matching(parts) {
        case.run(WARM_UP);
        one_case_alone(&case);
    }
}

/// Callgrind does only one thing for each name it is given, so that writing files and counting take two functions.
#[inline(never)]
fn one_case_alone(case: &Case) {
    turns_alone(case);
    black_box(());
}

#[inline(never)]
fn turns_alone(case: &Case) {
    case.run(TURNS);
    // Without something behind it the call would be a jump, and callgrind would not see this function being left.
    black_box(());
}

fn numbered(files: &Path, number: usize) -> PathBuf {
    PathBuf::from(format!("{}.{number}", files.display()))
}

/// The instructions in one file of callgrind.
fn total(file: &Path) -> io::Result<f64> {
    let text = fs::read_to_string(file)?;
    let line = text.lines().find_map(|line| line.strip_prefix("totals: ").or(line.strip_prefix("summary: ")));
    line.and_then(|number| number.trim().parse().ok())
        .ok_or_else(|| io::Error::other(format!("{} has no total", file.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(subject: Subject, instructions: f64) -> Count {
        Count { layout: "chat", subject, operation: Operation::ParseOwned, instructions }
    }

    #[test]
    fn more_than_the_limit_is_an_error() {
        let counts =
            [count(Subject::ByHand, 100.0), count(Subject::Framewright, 110.5), count(Subject::Nom, 900.0)];
        assert_eq!(compare(&counts, 1.11), Ok(()));
        let error = compare(&counts, 1.10).unwrap_err();
        assert_eq!(error, "chat, parse owned: 1.10 times by hand, at most 1.10");
    }
}
