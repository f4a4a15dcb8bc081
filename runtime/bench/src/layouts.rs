//! The layouts that are measured. Each has its declaration and samples in a file of its own, beside it the same by hand
//! and by each peer that can express it.

mod chat;
mod dns;
mod ipv4;
mod itch;
mod line;
mod list;
mod mqtt;
mod variants;

use crate::case::Case;

/// Every case there is, layout by layout.
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

/// The cases of the layouts that have one of `parts` in their name, all if there are none.
pub(crate) fn matching(parts: &[String]) -> Vec<Case> {
    let mut cases = cases();
    cases.retain(|case| parts.is_empty() || parts.iter().any(|part| case.layout.contains(part)));
    cases
}

#[cfg(test)]
mod tests {
    #[test]
    fn everyone_gives_the_same() {
        for case in super::cases() {
            case.check();
        }
    }
}
