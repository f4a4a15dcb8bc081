//! The layouts that are measured. Each layout has a file with its declaration and samples, and a
//! folder with the hand-written code and the code for each peer that can express the layout.

mod chat;
mod dns;
mod ipv4;
mod itch;
mod line;
mod list;
mod mqtt;
mod variants;

use crate::case::{Case, Operation};

/// Returns all cases, layout by layout.
pub(crate) fn cases() -> Vec<Case> {
    let layouts = [
        chat::cases(),
        ipv4::cases(),
        itch::cases(),
        dns::cases(),
        mqtt::cases(),
        line::cases(),
        list::cases(),
        variants::cases(),
    ];
    layouts.into_iter().flatten().collect()
}

/// Returns the cases of parsers and encoders for the layouts whose names contain one of `parts`, or
/// for all layouts if `parts` is empty.
pub(crate) fn codec(parts: &[String]) -> Vec<Case> {
    let mut cases = cases();
    cases.retain(|case| !is_stream(case));
    cases.retain(|case| parts.is_empty() || parts.iter().any(|part| case.layout.contains(part)));
    cases
}

/// Returns the cases of the framer.
pub(crate) fn streams() -> Vec<Case> {
    let mut cases = cases();
    cases.retain(is_stream);
    cases
}

fn is_stream(case: &Case) -> bool {
    matches!(case.operation, Operation::Stream(_) | Operation::Trickle(_))
}

#[cfg(test)]
mod tests {
    #[test]
    fn all_implementations_give_the_same_results() {
        for case in super::cases() {
            case.check();
        }
    }
}
