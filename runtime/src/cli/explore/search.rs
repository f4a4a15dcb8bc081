//! Search for frames by the values of fields, or by text.

use core::cmp::Ordering;
use std::string::{String, ToString as _};
use std::vec::Vec;

use super::shown;
use super::store::Entry;
use crate::view::Parts;

/// A search: words that must all be found in a frame.
pub(super) struct Search(Vec<Word>);

#[derive(Debug, PartialEq)]
enum Word {
    Malformed,
    /// A text, in lower case, that may be anywhere in the displayed text of the frame or in its
    /// bytes.
    Text(String),
    /// A comparison: the end of the path of a field, the operator, and the value.
    Field(String, Compared, String),
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Compared {
    Same,
    Other,
    Less,
    More,
}

impl Search {
    pub(super) fn new(text: &str) -> Self {
        Self(words(text).iter().map(|word| Word::new(word)).collect())
    }

    pub(super) fn finds(&self, entry: &Entry) -> bool {
        if self.0.is_empty() {
            return true;
        }
        let mut parts = None;
        self.0.iter().all(|word| word.is_in(entry, &mut parts))
    }
}

/// Splits a text into words. A quoted part is one word.
fn words(text: &str) -> Vec<String> {
    let (mut words, mut word, mut quoted) = (Vec::new(), String::new(), false);
    for each in text.chars() {
        match each {
            '"' => quoted = !quoted,
            each if each.is_whitespace() && !quoted => words.push(std::mem::take(&mut word)),
            each => word.push(each),
        }
    }
    words.push(word);
    words.retain(|word| !word.is_empty());
    words
}

impl Word {
    fn new(word: &str) -> Self {
        let operators =
            [("!=", Compared::Other), ("=", Compared::Same), ("<", Compared::Less), (">", Compared::More)];
        let first = operators
            .iter()
            .filter_map(|(sign, how)| Some((word.find(sign)?, *sign, *how)))
            .min_by_key(|(at, ..)| *at);
        match first {
            Some((at, sign, how)) if at > 0 => {
                let (name, value) = word.split_at(at);
                Self::Field(
                    name.to_lowercase(),
                    how,
                    value.get(sign.len()..).unwrap_or_default().to_lowercase(),
                )
            }
            _ if word == "malformed" => Self::Malformed,
            _ => Self::Text(word.to_lowercase()),
        }
    }

    fn is_in(&self, entry: &Entry, parts: &mut Option<Parts>) -> bool {
        match self {
            Self::Malformed => entry.fault.is_some(),
            Self::Text(text) => {
                let has = |said: &str| said.to_lowercase().contains(text);
                has(&entry.record.kind.name)
                    || has(&entry.summary)
                    || entry.fault.as_deref().is_some_and(has)
                    || has(&String::from_utf8_lossy(&entry.record.bytes))
            }
            Self::Field(name, how, value) => {
                let bytes = &entry.record.bytes;
                if let Some(is) = self.of_frame(entry) {
                    return is;
                }
                let parts = parts.get_or_insert_with(|| shown::parts(&entry.record));
                let named = parts.list.iter().skip(1).filter(|part| is_named(&part.path, name));
                let mut named = named.peekable();
                let has_any = named.peek().is_some();
                let is = |part: &crate::view::ShownPart| {
                    let text =
                        bytes.get(part.range.clone()).and_then(|bytes| core::str::from_utf8(bytes).ok());
                    compares(shown::said(part), text, *how, value)
                };
                // `!=` is true only if no field with the name has the value.
                if *how == Compared::Other { has_any && named.all(is) } else { named.any(is) }
            }
        }
    }

    /// Checks a word for the type or the size of the frame. Returns `None` for any other word.
    fn of_frame(&self, entry: &Entry) -> Option<bool> {
        let Self::Field(name, how, value) = self else { return None };
        match &**name {
            "type" => Some(compares(&entry.record.kind.name, None, *how, value)),
            "len" | "bytes" => Some(compares(&entry.record.bytes.len().to_string(), None, *how, value)),
            _ => None,
        }
    }
}

/// Returns `true` if `name` is the end of the path to a part. The path `items[2].name` ends with
/// `name`, `items.name` and `items[2].name`.
fn is_named(path: &str, name: &str) -> bool {
    let ends =
        |path: &str| path.strip_suffix(name).is_some_and(|before| before.is_empty() || before.ends_with('.'));
    let path = path.to_lowercase();
    ends(&path) || (path.contains('[') && ends(&without_indices(&path)))
}

fn without_indices(path: &str) -> String {
    let mut kept = String::new();
    let mut inside = false;
    for each in path.chars() {
        match each {
            '[' => inside = true,
            ']' => inside = false,
            each if !inside => kept.push(each),
            _ => {}
        }
    }
    kept
}

/// Returns `true` if the comparison of a field with `value` holds. `shown` is the text of the field
/// in a dump, such as `8 = len_of(body)` or `"hi"`, and `text` the whole string of a text field.
fn compares(shown: &str, text: Option<&str>, how: Compared, value: &str) -> bool {
    let shown = shown.to_lowercase();
    let (first, second) = shown.split_once(" = ").unwrap_or((&shown, ""));
    let is_same = || {
        let plain = first.trim_matches('"');
        [first, second, plain, &shown].contains(&value)
            || text.is_some_and(|text| text.to_lowercase() == value)
            || ordered(first, value) == Some(Ordering::Equal)
    };
    match how {
        Compared::Same => is_same(),
        Compared::Other => !is_same(),
        Compared::Less => ordered(first, value) == Some(Ordering::Less),
        Compared::More => ordered(first, value) == Some(Ordering::Greater),
    }
}

/// Compares two numbers: integers exactly, in decimal or in hex, and others as `f64`. Returns
/// `None` if one of them is not a number.
fn ordered(first: &str, second: &str) -> Option<Ordering> {
    match (integer(first), integer(second)) {
        (Some(first), Some(second)) => Some(first.cmp(&second)),
        _ => first.parse::<f64>().ok()?.partial_cmp(&second.parse().ok()?),
    }
}

/// Parses an integer in decimal, or in hex after `0x`.
fn integer(text: &str) -> Option<i128> {
    match text.strip_prefix("0x") {
        Some(digits) => i128::from_str_radix(digits, 16).ok(),
        None => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_separated_by_spaces() {
        assert_eq!(words(" a  b=\"c d\" \"e f\""), ["a", "b=c d", "e f"]);
        assert_eq!(Word::new("malformed"), Word::Malformed);
        assert_eq!(Word::new("Kind!=Text"), Word::Field("kind".into(), Compared::Other, "text".into()));
        assert_eq!(Word::new("a>=b"), Word::Field("a".into(), Compared::More, "=b".into()));
        assert_eq!(Word::new("=x"), Word::Text("=x".into()));
    }

    #[test]
    fn a_name_matches_the_end_of_a_path() {
        for name in ["name", "items.name", "items[2].name"] {
            assert!(is_named("Items[2].name", name), "{name}");
        }
        for name in ["ame", "items", "items[1].name"] {
            assert!(!is_named("items[2].name", name), "{name}");
        }
    }

    #[test]
    fn values_are_compared_as_they_are_shown() {
        for value in ["8", "len_of(body)", "0x8", "8.0"] {
            assert!(compares("8 = len_of(body)", None, Compared::Same, value), "{value}");
        }
        assert!(compares("\"Hi\"", None, Compared::Same, "hi"));
        assert!(compares("\"a long te\"...", Some("A long text"), Compared::Same, "a long text"));
        assert!(compares("10", None, Compared::More, "9"));
        assert!(!compares("\"x\"", None, Compared::More, "9"));
        assert!(compares("1.5", None, Compared::Less, "2"));
        // Numbers that a 32-bit integer or an `f64` cannot hold.
        assert!(compares("4294967296", None, Compared::Same, "0x100000000"));
        assert!(compares("9007199254740993", None, Compared::More, "9007199254740992"));
        assert!(!compares("9007199254740993", None, Compared::Same, "9007199254740992"));
        assert!(compares("1 = Text", None, Compared::Other, "picture"));
    }
}
