//! A tree of names, for subscriptions (by filter) and retained messages (by topic).

use std::collections::HashMap;
use std::iter::from_fn;
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
    /// The names are shared, because a node is cloned if it changes during a search.
    below: HashMap<Arc<str>, Arc<Node<T>>>,
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
    /// Searches the filters that match the topic `name`. Each step visits one node, and returns the
    /// value if its filter matches.
    pub fn choosing<'t>(&'t self, name: &'t str) -> impl Iterator<Item = Option<&'t T>> {
        let levels = levels(name);
        let mut next = vec![(&*self.0, 0)];
        from_fn(move || {
            let (node, depth) = next.pop()?;
            // No filter with a wildcard at the start matches a topic that begins with `$`.
            let wildcards = depth > 0 || !name.starts_with('$');
            let wildcard = |level| node.below.get(level).filter(|_| wildcards);
            // `#` also matches its parent level: `a/#` matches `a`.
            next.extend(wildcard("#").map(|all| (&**all, levels.len())));
            let Some(level) = levels.get(depth) else { return Some(node.value.as_ref()) };
            let below = node.below.get(*level).into_iter().chain(wildcard("+"));
            next.extend(below.map(|below| (&**below, depth + 1)));
            Some(None)
        })
    }

    /// Searches the topics that match `filter`. Each step visits one node, and returns the value if
    /// its topic matches.
    pub fn chosen<'t>(&'t self, filter: &'t str) -> impl Iterator<Item = Option<&'t T>> {
        let levels = levels(filter);
        let mut next = vec![(&*self.0, 0)];
        let mut top = true;
        from_fn(move || {
            let (node, depth) = next.pop()?;
            let is_top = std::mem::take(&mut top);
            let all = node.below.iter().filter(|(name, _)| !is_top || !name.starts_with('$'));
            let all = all.map(|(_, below)| &**below);
            match levels.get(depth) {
                None => return Some(node.value.as_ref()),
                Some(&"#") => {
                    next.extend(all.map(|below| (below, depth)));
                    return Some(node.value.as_ref());
                }
                Some(&"+") => next.extend(all.map(|below| (below, depth + 1))),
                Some(level) => next.extend(node.below.get(*level).map(|below| (&**below, depth + 1))),
            }
            Some(None)
        })
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
            let mut found: Vec<_> = filters.choosing(name).flatten().copied().collect();
            found.sort_unstable();
            let mut expected: Vec<_> = FILTERS.into_iter().filter(|filter| matches(filter, name)).collect();
            expected.sort_unstable();
            assert_eq!(found, expected, "{name}");
        }
        for filter in FILTERS {
            assert!(is_filter(filter));
            let mut found: Vec<_> = names.chosen(filter).flatten().copied().collect();
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
        let found = before.chosen("#").chain(before.chosen("$SYS/#"));
        assert_eq!(found.flatten().count(), NAMES.len());
    }
}
