//! A tree of names, for subscriptions (by filter) and retained messages (by topic).

use std::collections::HashMap;
use std::sync::Arc;

use crate::topic::LEVELS;

/// A map from names with levels, such as `a/b/c`, to values.
///
/// A clone is cheap, because it shares the unchanged nodes. It can be searched while the original
/// is changed.
pub struct Tree<T>(Arc<Node<T>>);

#[derive(Clone)]
struct Node<T> {
    value: Option<T>,
    below: HashMap<Box<str>, Arc<Node<T>>>,
}

impl<T> Clone for Tree<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Tree<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self { value: None, below: HashMap::new() }
    }
}

impl<T: Clone> Tree<T> {
    /// Changes the value of a name with at most [`LEVELS`] levels.
    pub fn change<R>(&mut self, name: &str, change: impl FnOnce(&mut Option<T>) -> R) -> R {
        Arc::make_mut(&mut self.0).change(&levels(name), change)
    }
}

impl<T> Tree<T> {
    /// Calls `found` with the values of all filters that match the topic `name`.
    pub fn choosing<'t>(&'t self, name: &str, mut found: impl FnMut(&'t T)) {
        let levels = levels(name);
        self.0.choosing(&levels, !name.starts_with('$'), &mut found);
    }

    /// Calls `found` with the values of all topics that match `filter`.
    pub fn chosen<'t>(&'t self, filter: &str, mut found: impl FnMut(&'t T)) {
        self.0.chosen(&levels(filter), true, &mut found);
    }
}

/// Returns the levels of a name. No filter has more than [`LEVELS`] levels, so of further levels
/// only one is kept.
fn levels(name: &str) -> Vec<&str> {
    name.split('/').take(LEVELS + 1).collect()
}

impl<T: Clone> Node<T> {
    fn change<R>(&mut self, levels: &[&str], change: impl FnOnce(&mut Option<T>) -> R) -> R {
        let Some((level, rest)) = levels.split_first() else { return change(&mut self.value) };
        let below = Arc::make_mut(self.below.entry((*level).into()).or_default());
        let changed = below.change(rest, change);
        if below.value.is_none() && below.below.is_empty() {
            self.below.remove(*level);
        }
        changed
    }
}

impl<T> Node<T> {
    /// Calls `found` with the values of the filters that match the topic `levels`. `wildcards` is
    /// false for a topic that begins with `$`, which no filter with a wildcard at the start
    /// matches.
    fn choosing<'t>(&'t self, levels: &[&str], wildcards: bool, found: &mut impl FnMut(&'t T)) {
        let wildcard = |level| self.below.get(level).filter(|_| wildcards);
        // `#` also matches its parent level: `a/#` matches `a`.
        if let Some(all) = wildcard("#") {
            all.show(found);
        }
        let Some((level, rest)) = levels.split_first() else { return self.show(found) };
        for below in self.below.get(*level).into_iter().chain(wildcard("+")) {
            below.choosing(rest, true, found);
        }
    }

    fn show<'t>(&'t self, found: &mut impl FnMut(&'t T)) {
        self.value.iter().for_each(found);
    }

    fn chosen<'t>(&'t self, levels: &[&str], top: bool, found: &mut impl FnMut(&'t T)) {
        let all = self.below.iter().filter(|(name, _)| !top || !name.starts_with('$'));
        match levels.split_first() {
            None => self.show(found),
            Some((&"#", _)) => {
                self.show(found);
                all.for_each(|(_, below)| below.chosen(&["#"], false, found));
            }
            Some((&"+", rest)) => all.for_each(|(_, below)| below.chosen(rest, false, found)),
            Some((level, rest)) => {
                if let Some(below) = self.below.get(*level) {
                    below.chosen(rest, false, found);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topic::{is_filter, matches};

    const NAMES: [&str; 14] = [
        "a", "a/", "/a", "a/b", "a/b/c", "b/a", "b", "//", "a//b", "$SYS", "$SYS/a", "a/$SYS", "b/b/b",
        "c/c/c/c",
    ];
    const FILTERS: [&str; 16] = [
        "#", "+", "+/+", "a/#", "a/+", "+/b", "+/b/#", "/+", "$SYS/#", "$SYS/+", "a//b", "+//+", "b/b/b",
        "+/+/+/#", "a/+/c", "$SYS",
    ];

    fn tree(names: &[&'static str]) -> Tree<&'static str> {
        let mut tree = Tree::default();
        for name in names {
            tree.change(name, |value| *value = Some(*name));
        }
        tree
    }

    #[test]
    fn filters_and_names_match_as_specified_in_both_directions() {
        let (filters, names) = (tree(&FILTERS), tree(&NAMES));
        for name in NAMES {
            let mut found = Vec::new();
            filters.choosing(name, |filter| found.push(*filter));
            found.sort_unstable();
            let mut expected: Vec<_> = FILTERS.into_iter().filter(|filter| matches(filter, name)).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{name}");
        }
        for filter in FILTERS {
            assert!(is_filter(filter));
            let mut found = Vec::new();
            names.chosen(filter, |name| found.push(*name));
            found.sort_unstable();
            let mut expected: Vec<_> = NAMES.into_iter().filter(|name| matches(filter, name)).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{filter}");
        }
    }

    #[test]
    fn clones_do_not_see_changes_and_nothing_empty_is_left() {
        let mut tree = tree(&NAMES);
        let before = tree.clone();
        for name in NAMES {
            assert_eq!(tree.change(name, Option::take), Some(name));
        }
        assert!(tree.0.below.is_empty());
        let mut count = 0;
        before.chosen("#", |_| count += 1);
        before.chosen("$SYS/#", |_| count += 1);
        assert_eq!(count, NAMES.len());
    }
}
