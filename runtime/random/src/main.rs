//! Tests random declarations: each is built, and those that compile are run and must pass all
//! checks.

mod batch;
#[allow(dead_code, reason = "datagrams to a port are all that is sent")]
#[path = "../../tests/views/capture.rs"]
mod capture;
mod edges;
mod encode;
mod make;
mod model;
mod report;
mod rng;
mod shrink;
mod sizes;
mod source;
mod sums;
mod values;
mod views;

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::Parser;

use batch::{Case, Outcome, Workshop};
use model::Declaration;
use report::Report;
use rng::Rng;
use shrink::Step;

/// The default folder for generated crates.
const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/target/generated");

/// Makes random declarations, builds them, and tests with generated values those that compile.
#[derive(Parser)]
struct Arguments {
    /// The same seed makes the same declarations.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// The number of declarations.
    #[arg(long, default_value_t = 200)]
    count: usize,
    /// The number of declarations that are built as one crate.
    #[arg(long, default_value_t = 100)]
    batch: usize,
    /// The time in seconds after which no new batch is begun.
    #[arg(long, default_value_t = 3600)]
    seconds: u64,
    /// The number of faults of different kinds that are minimised.
    #[arg(long, default_value_t = 6)]
    shrink: usize,
    /// The number of declarations whose values are also decoded by tshark and by parsers that
    /// Kaitai generates, if these programs are installed.
    #[arg(long, default_value_t = 0)]
    views: usize,
    /// Only compares the drawings in this folder, which the harness has written.
    #[arg(long)]
    drawings: Option<PathBuf>,
    /// Prints the declarations as tests instead of running them.
    #[arg(long)]
    print: bool,
    /// Makes declarations with mistakes, and only checks the errors.
    #[arg(long)]
    wild: bool,
    #[arg(long, default_value = FOLDER)]
    folder: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Returns the case with this number. Each case has its own seed, so it can be generated alone.
fn case(seed: u64, number: usize) -> Case {
    let mut rng = Rng::new(seed.wrapping_mul(0x1_0000_0001) ^ u64::try_from(number).unwrap_or(0));
    let declaration = make::declaration(&mut rng);
    let samples = values::samples(&declaration, &mut rng);
    Case { declaration, samples }
}

/// Returns the wild case with this number: a declaration that may have mistakes, without values.
fn wild_case(seed: u64, number: usize) -> Case {
    let mut rng = Rng::new(seed.wrapping_mul(0x1_0000_0001) ^ u64::try_from(number).unwrap_or(0));
    Case { declaration: make::wild(&mut rng), samples: Vec::new() }
}

fn run(arguments: &Arguments) -> io::Result<bool> {
    let case = if arguments.wild { wild_case } else { case };
    if arguments.print {
        for number in 0..arguments.count {
            println!(
                "{}",
                batch::test(&format!("seed_{}_{number}", arguments.seed), &case(arguments.seed, number))
            );
        }
        return Ok(true);
    }
    if let Some(folder) = &arguments.drawings {
        return views_agree(folder, arguments.views);
    }
    let workshop = Workshop::new(&arguments.folder, arguments.wild)?;
    let start = Instant::now();
    let mut report = Report::new(arguments.wild);
    let mut next = 0;
    while next < arguments.count && start.elapsed() < Duration::from_secs(arguments.seconds) {
        let end = (next + arguments.batch).min(arguments.count);
        let cases: Vec<_> = (next..end).map(|number| case(arguments.seed, number)).collect();
        let outcomes = workshop.run(&cases)?;
        for (index, (case, outcome)) in cases.into_iter().zip(outcomes).enumerate() {
            report.take(next + index, case, outcome);
        }
        next = end;
        eprintln!("{} in {:.0} s", report.line(), start.elapsed().as_secs_f64());
    }
    let agree = views_agree(&batch::drawings(&arguments.folder), arguments.views)?;
    let faults = report.faults();
    let shrink = if arguments.wild { 0 } else { arguments.shrink };
    let small = make_small(&workshop, faults.iter().copied().take(shrink), arguments.seed)?;
    report.print(&small);
    Ok(faults.is_empty() && agree)
}

/// Checks whether other programs decode the values as their encoders recorded them, for the first
/// declarations of the last batch. Returns `true` if they do.
fn views_agree(folder: &std::path::Path, most: usize) -> io::Result<bool> {
    if most == 0 {
        return Ok(true);
    }
    let (count, faults) = views::check(folder, most)?;
    println!("{count} declarations were shown to other programs, of which {} did not agree", faults.len());
    faults.iter().for_each(|fault| println!("--- {fault}"));
    Ok(faults.is_empty())
}

/// A fault that is being minimised.
struct Shrinking {
    kind: String,
    declaration: Declaration,
    outcome: Outcome,
    done: bool,
}

/// Minimises all faults together, in rounds. Each round first finds the single steps that keep a
/// fault, and then the largest combination of steps that keeps it.
fn make_small<'a>(
    workshop: &Workshop,
    faults: impl Iterator<Item = &'a report::Fault>,
    seed: u64,
) -> io::Result<Vec<(String, Case, Outcome)>> {
    const ROUNDS: usize = 4;
    let case = |declaration: Declaration| {
        let samples = values::samples(&declaration, &mut Rng::new(seed));
        Case { declaration, samples }
    };
    let mut all: Vec<_> = faults
        .map(|fault| Shrinking {
            kind: fault.kind.clone(),
            declaration: fault.declaration.clone(),
            outcome: fault.outcome.clone(),
            done: false,
        })
        .collect();
    for round in 0..ROUNDS {
        let steps: Vec<_> = all
            .iter()
            .map(|one| if one.done { Vec::new() } else { shrink::steps(&one.declaration) })
            .collect();
        let singles =
            steps.iter().map(|steps| steps.iter().map(|step| vec![step.clone()]).collect()).collect();
        eprintln!("shrinking, round {}", round + 1);
        let kept = try_all(workshop, &all, singles, &case)?;
        let together = kept.iter().map(|kept| {
            let steps: Vec<_> = kept.iter().flat_map(|(steps, ..)| steps.clone()).collect();
            let sizes = [steps.len(), steps.len() * 3 / 4, steps.len() / 2, steps.len() / 4, 1];
            sizes
                .iter()
                .filter(|size| **size > 0 && **size <= steps.len())
                .map(|size| steps[..*size].to_vec())
                .collect()
        });
        let together = together.collect();
        let best = try_all(workshop, &all, together, &case)?;
        for (one, best) in all.iter_mut().zip(best) {
            match best.into_iter().next() {
                Some((_, declaration, outcome)) => (one.declaration, one.outcome) = (declaration, outcome),
                None => one.done = true,
            }
        }
    }
    Ok(all.into_iter().map(|one| (one.kind, case(one.declaration), one.outcome)).collect())
}

/// The combinations of steps that keep a fault, with the remaining declarations.
type Kept = Vec<(Vec<Step>, Declaration, Outcome)>;

/// Tries all lists of steps, and returns those that keep each fault.
fn try_all(
    workshop: &Workshop,
    all: &[Shrinking],
    lists: Vec<Vec<Vec<Step>>>,
    case: &impl Fn(Declaration) -> Case,
) -> io::Result<Vec<Kept>> {
    let mut cases = Vec::new();
    let mut owners = Vec::new();
    for (owner, lists) in lists.into_iter().enumerate() {
        for steps in lists {
            if let Some(declaration) = shrink::apply(&all[owner].declaration, &steps) {
                cases.push(case(declaration));
                owners.push((owner, steps));
            }
        }
    }
    let mut kept: Vec<Kept> = all.iter().map(|_| Vec::new()).collect();
    if cases.is_empty() {
        return Ok(kept);
    }
    let outcomes = workshop.run(&cases)?;
    for (((owner, steps), case), outcome) in owners.into_iter().zip(cases).zip(outcomes) {
        if outcome.kind().as_ref() == Some(&all[owner].kind) {
            kept[owner].push((steps, case.declaration, outcome));
        }
    }
    Ok(kept)
}
