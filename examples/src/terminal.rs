//! Reads the user's input, and prints output.

use std::fmt::Display;
use std::io::{self, BufRead, Write};
use std::{process, thread};

use framewright::Encode;
use tokio::sync::mpsc;

/// Returns the arguments one by one. If there are none, returns the lines of standard input.
///
/// A separate thread reads standard input. So the program is not blocked, and can exit while the
/// thread waits for a line.
#[must_use]
pub fn inputs(arguments: Vec<String>) -> mpsc::Receiver<String> {
    let (sender, receiver) = mpsc::channel(1);
    thread::spawn(move || {
        if !arguments.is_empty() {
            return arguments.into_iter().try_for_each(|input| sender.blocking_send(input)).ok();
        }
        for line in io::stdin().lock().lines() {
            match line {
                Ok(line) => sender.blocking_send(line).ok()?,
                Err(error) => {
                    eprintln!("error: standard input: {error}");
                    return None;
                }
            }
        }
        Some(())
    });
    receiver
}

/// Makes untrusted text safe to print. Replaces control characters other than line breaks and tabs,
/// and characters that change the direction of text or separate lines.
#[must_use]
pub fn printable(text: &[u8]) -> String {
    let harmless = |c| if is_harmful(c) { '\u{fffd}' } else { c };
    String::from_utf8_lossy(text).replace("\r\n", "\n").chars().map(harmless).collect()
}

fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\t'))
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
        )
}

/// Returns the beginning of untrusted text for a line of the log: at most 200 characters, escaped.
#[must_use]
pub fn excerpt(text: &str) -> String {
    const MOST: usize = 200;
    let mut excerpt: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        excerpt.push_str("..");
    }
    excerpt
}

/// Prints `way` and the annotated bytes of a frame, in colour on a terminal.
pub fn show(way: &str, frame: &impl Encode) {
    say(way);
    frame.dump().print();
    say("");
}

/// Prints a line. Exits if standard output is closed, as by `| head`.
pub fn say(line: impl Display) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn harmful_characters_are_replaced() {
        let text = "1: h\u{f6}rt, \u{5e9}\u{5dc}\u{5d5}\u{5dd} \u{1f468}\u{200d}\u{1f467}\n\tand more";
        assert_eq!(printable(text.as_bytes()), text);
        assert_eq!(printable(b"a\r\nb"), "a\nb");
        for harmful in ['\r', '\u{1b}', '\u{9b}', '\u{85}', '\u{2028}', '\u{202e}', '\u{2066}', '\u{200f}'] {
            assert_eq!(printable(format!("a{harmful}b").as_bytes()), "a\u{fffd}b", "{harmful:?}");
        }
    }

    #[test]
    fn excerpts_are_short_and_in_one_line() {
        assert_eq!(excerpt("a\nb\u{202e}"), "a\\nb\\u{202e}");
        assert_eq!(excerpt(&"x".repeat(200)), "x".repeat(200));
        assert_eq!(excerpt(&"x".repeat(201)), "x".repeat(200) + "..");
    }
}
