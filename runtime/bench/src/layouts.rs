//! The layouts that are measured. Each has its declaration and samples in a file of its own, beside it the same by hand
//! and by each peer that can express it.

mod chat;

use crate::case::Case;

/// Every case there is, layout by layout.
pub(crate) fn cases() -> Vec<Case> {
    [chat::cases()].into_iter().flatten().collect()
}

/// The cases of the layouts that have `filter` in their name.
pub(crate) fn matching(filter: &str) -> Vec<Case> {
    let mut cases = cases();
    cases.retain(|case| case.layout.contains(filter));
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
