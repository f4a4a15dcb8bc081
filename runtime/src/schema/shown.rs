//! Display of tags.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::fmt;

use super::{Tags, Variant};

/// The display of a variant's tags. `0x10..=0x1f` is shown as written. A constant is shown with its
/// value, for readers who do not have the declaration: `3 (READ)`.
pub(super) struct ShownTag<'v>(pub(super) &'v Variant);

impl fmt::Display for ShownTag<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(Variant { tag, tags, .. }) = self;
        if tags.is_empty() || tags.contains(&Tags::Unknown) || !names_something(tag) {
            return f.pad(tag);
        }
        let tags = tags.iter().map(Tags::to_string).collect::<Vec<_>>().join(" | ");
        f.pad(&format!("{tags} ({tag})"))
    }
}

impl fmt::Display for Tags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Range(first, last) if first == last => write!(f, "{first}"),
            Self::Range(first, last) => write!(f, "{first}..={last}"),
            Self::Bytes(bytes) => write!(f, "b\"{}\"", bytes.escape_ascii()),
            Self::Any | Self::Unknown => f.write_str("_"),
        }
    }
}

/// Returns `true` if a pattern contains anything except literals.
fn names_something(pattern: &str) -> bool {
    let is_of_word = |each: char| each.is_alphanumeric() || matches!(each, '_' | '\'' | '"');
    let is_name = |word: &str| {
        let begins = word.starts_with(char::is_alphabetic) || (word.starts_with('_') && word.len() > 1);
        // Characters before a quote are the prefix of a literal, not a name.
        begins && !word.contains(['\'', '"']) && !matches!(word, "true" | "false")
    };
    without_quoted(pattern).split(|each| !is_of_word(each)).any(is_name)
}

/// Removes the quoted parts of a pattern.
fn without_quoted(pattern: &str) -> String {
    let (mut kept, mut quote, mut escaped) = (String::new(), None, false);
    for each in pattern.chars() {
        match quote {
            None => kept.push(each),
            Some(end) if each == end && !escaped => kept.push(each),
            Some(_) => {}
        }
        quote = match quote {
            None if matches!(each, '\'' | '"') => Some(each),
            Some(end) if each == end && !escaped => None,
            quote => quote,
        };
        escaped = quote.is_some() && each == '\\' && !escaped;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(tag: &'static str, tags: &'static [Tags]) -> String {
        ShownTag(&Variant::new("V", tag, tags, &[])).to_string()
    }

    #[test]
    fn literals_are_shown_as_written() {
        for tag in
            ["1", "0x1F", "0x10..=0x1f", "b'Z' | b'z'", "b\"GET \\\"x\"", "_", "true", "-1", "1_000u16"]
        {
            assert_eq!(shown(tag, &[Tags::Range(1, 1)]), tag);
        }
    }

    #[test]
    fn constants_are_shown_with_their_values() {
        assert_eq!(shown("READ", &[Tags::Range(3, 3)]), "3 (READ)");
        assert_eq!(
            shown("a::LOW..=HIGH | 9", &[Tags::Range(1, 2), Tags::Range(9, 9)]),
            "1..=2 | 9 (a::LOW..=HIGH | 9)"
        );
        assert_eq!(shown("READ + 1", &[Tags::Range(4, 4)]), "4 (READ + 1)");
        assert_eq!(shown("GET", &[Tags::Bytes(b"GET\0")]), "b\"GET\\x00\" (GET)");
        assert_eq!(shown("(READ, 1)", &[]), "(READ, 1)");
        assert_eq!(shown("READ", &[Tags::Unknown]), "READ");
    }
}
