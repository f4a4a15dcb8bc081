//! What came of all declarations together.

use std::collections::BTreeMap;

use crate::batch::{Case, Outcome, plain};
use crate::model::Declaration;
use crate::source;

/// What has been found so far.
#[derive(Default)]
pub(crate) struct Report {
    /// Whether any message of the derive's is right.
    wild: bool,
    passed: usize,
    values: usize,
    refused_values: usize,
    /// Declarations that the reference allows as far as the generator knows, but for what the derive says.
    refused: BTreeMap<String, usize>,
    faults: Vec<Fault>,
}

/// A declaration that is wrong.
pub(crate) struct Fault {
    pub(crate) number: usize,
    pub(crate) kind: String,
    pub(crate) declaration: Declaration,
    pub(crate) outcome: Outcome,
}

/// Messages for what the generator makes although it does not compile, and rightly so. Each is
/// of a rule that needs more than the generator wants to know.
const RIGHTLY: [&str; 3] = [
    // Behind an optional field a length begins that counts some of what follows.
    "is there if bytes are left, so only",
    // Behind a rest a length begins, or a nested type has no fixed size.
    "goes on to the end, less the fields behind it, so their size must be known",
    // A length of varying size stands within a range, and what it counts behind that.
    "varies in size, so what it counts must be in the same range of fields",
];

impl Report {
    pub(crate) fn new(wild: bool) -> Self {
        Self { wild, ..Self::default() }
    }

    pub(crate) fn take(&mut self, number: usize, case: Case, outcome: Outcome) {
        if let Outcome::Refused(message) = &outcome {
            let message = plain(message);
            if self.wild || RIGHTLY.iter().any(|known| message.contains(known)) {
                *self.refused.entry(message).or_default() += 1;
                return;
            }
        }
        let accepted = case.samples.iter().filter(|sample| sample.encoded.is_ok()).count();
        self.values += accepted;
        self.refused_values += case.samples.len() - accepted;
        match outcome.kind() {
            None => self.passed += 1,
            Some(kind) => {
                // What takes long is said as it is found.
                if self.faults.iter().all(|other| other.kind != kind) {
                    eprintln!("--- {number}: {kind}\n{}", source::declaration(&case.declaration));
                    eprintln!("{}", text(&outcome));
                }
                self.faults.push(Fault { number, kind, declaration: case.declaration, outcome });
            }
        }
    }

    pub(crate) fn line(&self) -> String {
        let refused: usize = self.refused.values().sum();
        format!(
            "{} declarations: {} hold with {} values and {} that are refused, {refused} do not compile, {} are wrong",
            self.passed + refused + self.faults.len(),
            self.passed,
            self.values,
            self.refused_values,
            self.faults.len()
        )
    }

    /// The first fault of each kind.
    pub(crate) fn faults(&self) -> Vec<&Fault> {
        let mut kinds = std::collections::BTreeSet::new();
        self.faults.iter().filter(|fault| kinds.insert(&fault.kind)).collect()
    }

    /// Prints everything, faults as small as they got.
    pub(crate) fn print(&self, small: &[(String, Case, Outcome)]) {
        for (message, count) in &self.refused {
            println!("{count:5} refused: {message}");
        }
        for fault in self.faults() {
            let numbers: Vec<_> = self
                .faults
                .iter()
                .filter(|other| other.kind == fault.kind)
                .map(|other| other.number)
                .collect();
            println!(
                "\n=== {} ({} declarations: {:?})",
                fault.kind,
                numbers.len(),
                &numbers[..numbers.len().min(8)]
            );
            let shrunk = small.iter().find(|(kind, ..)| *kind == fault.kind);
            let (declaration, outcome) = match shrunk {
                Some((_, case, outcome)) => (&case.declaration, outcome),
                None => (&fault.declaration, &fault.outcome),
            };
            println!("{}\n{}", source::declaration(declaration), text(outcome));
        }
        println!("\n{}", self.line());
    }
}

fn text(outcome: &Outcome) -> &str {
    match outcome {
        Outcome::Refused(text) | Outcome::Broken { text, .. } | Outcome::Failed { text, .. } => text,
        Outcome::Passed => "",
    }
}
