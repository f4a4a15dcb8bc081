//! Display of untrusted text within one line of output.

use core::fmt::{self, Write};

/// Text that is displayed on one line. Characters that would end the line, move the cursor or
/// change the direction of text are escaped.
///
/// People read logs on terminals, and programs read them line by line. Text from a peer must not
/// look like another log line.
pub(crate) struct OneLine<T>(pub(crate) T);

impl<T: fmt::Display> fmt::Display for OneLine<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(Escaped(f), "{}", self.0)
    }
}

/// A writer that escapes harmful characters.
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

/// Returns `true` for control characters, line separators, and characters that are invisible or set
/// the direction of text.
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
    fn control_characters_are_escaped() {
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
