//! Reading the user's input, and printing for the user.

use std::fmt::Display;
use std::io::{self, BufRead, Write};
use std::{process, thread};

use framewright::Encode;
use tokio::sync::mpsc;

/// Returns the arguments one by one, or the lines of standard input if `arguments` is empty.
///
/// Standard input is read on a separate thread, so that the program is never blocked and can end
/// while the thread waits for a line.
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

/// Makes untrusted text safe for a terminal: control characters other than line breaks and tabs are
/// replaced.
#[must_use]
pub fn printable(text: &[u8]) -> String {
    let keeps = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    String::from_utf8_lossy(text).chars().map(|c| Some(c).filter(keeps).unwrap_or('\u{fffd}')).collect()
}

/// Prints the direction of a frame and its annotated bytes, in colour on a terminal.
pub fn show(way: &str, frame: &impl Encode) {
    say(way);
    frame.dump().print();
    say("");
}

/// Prints a line. If nobody reads it any more, as with `| head`, the program exits.
pub fn say(line: impl Display) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(0);
    }
}
