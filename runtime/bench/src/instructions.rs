//! Counts of instructions by callgrind, which are the same on every run, however busy the machine
//! is.
//!
//! The program runs itself under valgrind, once for each case, so that every case begins with the
//! same heap. Callgrind counts only inside [`counted_turns`].

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::{env, fs, io, thread};

use crate::case::{Case, Operation, Subject};
use crate::layouts;

/// The number of iterations before counting begins. They initialise tables and let buffers grow.
const WARM_UP: u32 = 3;

/// The number of instructions for one frame.
#[derive(Debug, Clone)]
pub(crate) struct Count {
    pub(crate) layout: &'static str,
    pub(crate) subject: Subject,
    pub(crate) operation: Operation,
    pub(crate) instructions: f64,
    /// The number of calls for one frame.
    pub(crate) calls: f64,
}

/// Counts the instructions of cases. The files of callgrind stay in `directory`.
///
/// # Panics
/// Panics if an implementation does not give the same results as the others.
///
/// # Errors
/// Returns an error if valgrind cannot be run, or prints something unexpected.
pub(crate) fn count(cases: &[Case], directory: &Path) -> io::Result<Vec<Count>> {
    fs::create_dir_all(directory)?;
    cases.iter().for_each(Case::check);
    let names = cases.iter().map(Case::name).collect::<Vec<_>>();
    let totals = totals(&names, directory)?;

    let counts = cases.iter().zip(totals).map(|(case, total)| Count {
        layout: case.layout,
        subject: case.subject,
        operation: case.operation,
        instructions: total / f64::from(case.counted) / f64::from(case.frames),
        calls: case.calls,
    });
    let (nothing, mut counts) = counts.partition::<Vec<_>, _>(|count| count.subject == Subject::Nothing);
    for count in &mut counts {
        let same = |empty: &&Count| (empty.layout, empty.operation) == (count.layout, count.operation);
        count.instructions -= nothing.iter().find(same).map_or(0.0, |empty| empty.instructions);
    }
    Ok(counts)
}

/// Returns the number of instructions of each case. Cases run in parallel on all processors.
fn totals(names: &[String], directory: &Path) -> io::Result<Vec<f64>> {
    let waiting = Mutex::new(names.iter().enumerate());
    let next = || waiting.lock().ok()?.next();
    let work = || {
        let mut done = Vec::new();
        while let Some((index, name)) = next() {
            done.push((index, total(name, directory)?));
        }
        Ok(done)
    };
    let mut totals = thread::scope(|scope| {
        let workers = thread::available_parallelism().map_or(1, usize::from);
        let workers = (0..workers).map(|_| scope.spawn(work)).collect::<Vec<_>>();
        let done = workers
            .into_iter()
            .map(|worker| worker.join().map_err(|_| io::Error::other("a worker panicked"))?);
        io::Result::Ok(done.collect::<io::Result<Vec<_>>>()?.concat())
    })?;
    totals.sort_by_key(|(index, _)| *index);
    Ok(totals.into_iter().map(|(_, total)| total).collect())
}

/// Returns the number of instructions of one case.
fn total(name: &str, directory: &Path) -> io::Result<f64> {
    let arguments = ["run-counted".to_owned(), name.to_owned()];
    callgrind(&env::current_exe()?, &arguments, "*counted_turns*", &file(name, directory))
}

/// Returns the number of instructions of a program within these functions. The output of callgrind
/// stays in `file`.
pub(crate) fn callgrind(
    program: &Path,
    arguments: &[String],
    functions: &str,
    file: &Path,
) -> io::Result<f64> {
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", &format!("--toggle-collect={functions}")])
        .arg(format!("--callgrind-out-file={}", file.display()))
        .arg(program)
        .args(arguments)
        .output()?;
    if !output.status.success() {
        return Err(io::Error::other(String::from_utf8_lossy(&output.stderr).into_owned()));
    }
    let text = fs::read_to_string(file)?;
    let total = text.lines().find_map(|line| line.strip_prefix("totals: "));
    total
        .and_then(|number| number.trim().parse().ok())
        .ok_or_else(|| io::Error::other(format!("{} has no total", file.display())))
}

/// Returns the file of a case. Its name has only characters that a shell does not interpret.
pub(crate) fn file(name: &str, directory: &Path) -> PathBuf {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    directory.join(words.collect::<Vec<_>>().join("-"))
}

/// Compares each operation with hand-written code. `at_most` returns the maximum ratio of their
/// numbers of instructions, or `None` if the operation has no limit.
///
/// # Errors
/// Returns an error if an operation exceeds its limit. The error has a line for each such
/// operation.
pub(crate) fn compare(counts: &[Count], at_most: impl Fn(Operation) -> Option<f64>) -> Result<(), String> {
    let ours = counts.iter().filter(|count| count.subject == Subject::Framewright);
    let above = ours.filter_map(|count| {
        let Count { layout, operation, instructions, .. } = count;
        let at_most = at_most(*operation)?;
        let ratio = instructions / by_hand(counts, layout, *operation)?;
        (ratio > at_most)
            .then(|| format!("{layout}, {operation}: {ratio:.2} times by hand, at most {at_most:.2}"))
    });
    let above = above.collect::<Vec<_>>();
    if above.is_empty() { Ok(()) } else { Err(above.join("\n")) }
}

/// Returns the number of instructions of hand-written code.
pub(crate) fn by_hand(counts: &[Count], layout: &str, operation: Operation) -> Option<f64> {
    let mut counts = counts.iter().filter(|count| count.subject == Subject::ByHand);
    counts
        .find(|count| (count.layout, count.operation) == (layout, operation))
        .map(|count| count.instructions)
}

/// Runs the case of this name. The program calls this when it runs under valgrind.
pub(crate) fn run_counted(name: &str) {
    for case in layouts::cases().iter().filter(|case| case.name() == name) {
        case.run(case.counted.min(WARM_UP));
        counted_turns(case);
    }
}

#[inline(never)]
fn counted_turns(case: &Case) {
    case.run(case.counted);
    // Without an instruction after the call, the compiler would turn the call into a jump, and
    // callgrind would not see that this function returns.
    black_box(());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(subject: Subject, instructions: f64) -> Count {
        Count { layout: "chat", subject, operation: Operation::ParseOwned, instructions, calls: 1.0 }
    }

    #[test]
    fn more_than_the_limit_is_an_error() {
        let counts =
            [count(Subject::ByHand, 100.0), count(Subject::Framewright, 110.5), count(Subject::Nom, 900.0)];
        assert_eq!(compare(&counts, |_| Some(1.11)), Ok(()));
        assert_eq!(compare(&counts, |_| None), Ok(()));
        let error = compare(&counts, |_| Some(1.10)).unwrap_err();
        assert_eq!(error, "chat, parse owned: 1.10 times by hand, at most 1.10");
    }
}
