//! What the programs read from the user, and how they show what they exchange.

use std::fmt::Display;
use std::io::{self, BufRead, Write};
use std::{process, thread};

use framewright::Encode;
use tokio::sync::mpsc;

/// The arguments one by one, or without any the lines of standard input to its end.
///
/// Standard input is read on a thread of its own, which waits for the next line while the program goes on and does
/// not keep it from ending.
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

/// Text from a stranger, fit for a terminal: other control characters than line ends and tabs are replaced.
#[must_use]
pub fn printable(text: &[u8]) -> String {
    let keeps = |c: &char| !c.is_control() || matches!(c, '\n' | '\r' | '\t');
    String::from_utf8_lossy(text).chars().map(|c| Some(c).filter(keeps).unwrap_or('\u{fffd}')).collect()
}

/// Prints who sent a frame to whom, and its bytes annotated, in colour on a terminal.
pub fn show(way: &str, frame: &impl Encode) {
    say(way);
    frame.dump().print();
    say("");
}

/// Prints a line. Where nobody reads any more, as behind `| head`, the program is done.
pub fn say(line: impl Display) {
    if writeln!(io::stdout(), "{line}").is_err() {
        process::exit(0);
    }
}
