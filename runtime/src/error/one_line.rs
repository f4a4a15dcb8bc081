//! Text of a peer's, or of somebody who quotes it, within a line of ours.

use core::fmt::{self, Write};

/// Text on one line: what would end the line, move the cursor or turn the text round is escaped.
///
/// A log is read on a terminal, and line by line by programs. What a peer sends must not look like a line of another's.
pub(crate) struct OneLine<T>(pub(crate) T);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaped(f), "{}", self.0)
    }
}

/// Escapes what is written to it.
struct Escaped<'a, 'f>(&'a mut fmt::Formatter<'f>);

impl Write for Escaped<'_, '_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        for part in text.split_inclusive(is_harmful) {
            let harmful = part.chars().next_back().filter(|last| is_harmful(*last));
            let harmless = part.len() - harmful.map_or(0, char::len_utf8);
            self.0.write_str(part.get(..harmless).unwrap_or_default())?;
            harmful.map_or(Ok(()), |harmful| write!(self.0, "{}", harmful.escape_default()))?;
        }
        Ok(())
    }
}

/// Controls, separators of lines, and what sets the direction of text or is not seen at all.
fn is_harmful(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{206f}'
                | '\u{feff}'
                | '\u{e0000}'..='\u{e007f}'
        )
}

#[cfg(test)]
mod tests {
    use alloc::string::ToString;

    use super::*;

    #[test]
    fn nothing_ends_a_line_or_turns_it_round() {
        let line = |text: &str| OneLine(text).to_string();
        assert_eq!(
            line("plain text, ümläuts and 漢字: \"quoted\""),
            "plain text, ümläuts and 漢字: \"quoted\""
        );
        assert_eq!(line("a\nb\r\u{1b}[2Kc\u{0}"), "a\\nb\\r\\u{1b}[2Kc\\u{0}");
        assert_eq!(
            line("\u{202e}txt.exe\u{2028}\u{9b}2K\u{feff}"),
            "\\u{202e}txt.exe\\u{2028}\\u{9b}2K\\u{feff}"
        );
        assert_eq!(line(""), "");
    }
}
