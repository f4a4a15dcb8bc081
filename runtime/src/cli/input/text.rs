//! Text that a command is given: JSON.

use std::format;
use std::io::{self, Read as _};
use std::string::String;
use std::vec::Vec;

use crate::error::{Error, Result};

/// The text that the argument of a command is, or names.
pub(in crate::cli) fn text(words: &[String]) -> Result<String> {
    let text = words.join(" ");
    if text.trim_start().starts_with(['{', '[', '"']) {
        return Ok(text);
    }
    match contents(words) {
        Ok(content) => String::from_utf8(content).map_err(|_| Error::other(format!("`{text}` is no text"))),
        // Numbers and `null` are JSON too; what is wrong with anything else is said there.
        Err(_)
            if text.starts_with(|first: char| first.is_ascii_digit() || first == '-') || text == "null" =>
        {
            Ok(text)
        }
        Err(error) => {
            Err(Error::other(format!("`{text}` is neither JSON nor a file that can be read: {error}")))
        }
    }
}

/// What a file holds, or standard input if none is named.
fn contents(words: &[String]) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    match words {
        [] => io::stdin().lock().read_to_end(&mut content)?,
        [name] if name == "-" => io::stdin().lock().read_to_end(&mut content)?,
        [name] => return std::fs::read(name),
        // A name with spaces is one argument; several are meant as hex.
        _ => return Err(io::ErrorKind::NotFound.into()),
    };
    Ok(content)
}
