//! Counts as text, with a block for each layout. Each count is followed by its ratio to the count
//! of hand-written code.

use std::fmt;

use crate::case::Subject;
use crate::instructions::Count;

/// A table of counts, which must be in the order of the cases.
pub(crate) struct Table<'a>(pub(crate) &'a [Count]);

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for layout in self.0.chunk_by(|a, b| a.layout == b.layout) {
            let Some(first) = layout.first() else { continue };
            let mut subjects = layout.iter().map(|count| count.subject).collect::<Vec<_>>();
            subjects.sort();
            subjects.dedup();
            let mut operations = layout.iter().map(|count| count.operation).collect::<Vec<_>>();
            operations.sort();
            operations.dedup();

            writeln!(f, "\n{}", first.layout)?;
            write!(f, "{:22}", "")?;
            for subject in &subjects {
                write!(f, "{subject:>16}")?;
            }
            writeln!(f)?;
            for operation in operations {
                let of = |subject| {
                    let mut counts = layout.iter().filter(|count| count.operation == operation);
                    counts.find(|count| count.subject == subject).map(|count| count.instructions)
                };
                let by_hand = of(Subject::ByHand);
                write!(f, "{operation:22}")?;
                for subject in &subjects {
                    match (of(*subject), by_hand) {
                        (Some(count), Some(by_hand)) => write!(f, "{count:9.0} {:5.2}x", count / by_hand)?,
                        (Some(count), None) => write!(f, "{count:9.0}       ")?,
                        (None, _) => write!(f, "{:>16}", "-")?,
                    }
                }
                writeln!(f)?;
            }
        }
        Ok(())
    }
}
