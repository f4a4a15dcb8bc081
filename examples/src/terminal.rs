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

/// Makes untrusted text safe to print. Replaces control characters other than line breaks and tabs.
#[must_use]
pub fn printable(text: &[u8]) -> String {
    let keeps = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    String::from_utf8_lossy(text).chars().map(|c| Some(c).filter(keeps).unwrap_or('\u{fffd}')).collect()
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
