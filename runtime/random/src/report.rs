//! The results of all declarations.

use std::collections::BTreeMap;

use crate::batch::{Case, Outcome, plain};
use crate::model::Declaration;
use crate::source;

/// The results so far.
#[derive(Default)]
pub(crate) struct Report {
    /// Whether all errors of the derive are accepted.
    wild: bool,
    passed: usize,
    values: usize,
    refused_values: usize,
    /// Errors of the derive for declarations that the reference allows, as far as the generator
    /// knows.
    refused: BTreeMap<String, usize>,
    faults: Vec<Fault>,
}

/// A declaration with a fault.
pub(crate) struct Fault {
    pub(crate) number: usize,
    pub(crate) kind: String,
    pub(crate) declaration: Declaration,
    pub(crate) outcome: Outcome,
}

/// Errors for declarations that the generator makes although they must not compile. Each belongs to
/// a rule that the generator does not implement.
const RIGHTLY: [&str; 5] = [
    // Padding depends on an offset, which is known when the field that begins there is written.
    "is known when _ is written, and _ needs _ before that",
    // A length follows an optional field, and counts some of the later fields.
    "is present if bytes are left, so only",
    // A length, or a nested type without a fixed size, follows a rest.
    "takes everything up to the fields after it, so their size must be known",
    // A length field with a variable-length format is within a range, and the fields that it counts
    // are after the range.
    "has a variable length, so the fields that it counts must be in the same range",
    // A length that an expression names is before an `Auto` that the counted frame takes as context.
    "is computed from _, which may be behind it only if",
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
                // Minimising takes a long time, so a new kind of fault is printed when it is found.
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
            "{} declarations: {} passed ({} values encoded, {} refused), {refused} do not compile, {} have faults",
            self.passed + refused + self.faults.len(),
            self.passed,
            self.values,
            self.refused_values,
            self.faults.len()
        )
    }

    /// Returns the first fault of each kind.
    pub(crate) fn faults(&self) -> Vec<&Fault> {
        let mut kinds = std::collections::BTreeSet::new();
        self.faults.iter().filter(|fault| kinds.insert(&fault.kind)).collect()
    }

    /// Prints everything, with minimised faults.
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
