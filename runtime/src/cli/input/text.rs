//! The JSON input of commands.

use std::format;
use std::io::{self, Read as _};
use std::string::String;
use std::vec::Vec;

use crate::error::{Error, Result};

/// Returns the text that the arguments contain, or the content of the file that they name.
pub(in crate::cli) fn text(words: &[String]) -> Result<String> {
    let text = words.join(" ");
    if text.trim_start().starts_with(['{', '[', '"']) {
        return Ok(text);
    }
    match contents(words) {
        Ok(content) => {
            String::from_utf8(content).map_err(|_| Error::other(format!("`{text}` is not UTF-8 text")))
        }
        // Numbers and `null` are JSON too. If the text is not valid JSON, its parser reports that
        // later.
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

/// Returns the content of a file, or of standard input if no file is named.
fn contents(words: &[String]) -> io::Result<Vec<u8>> {
    let mut content = Vec::new();
    match words {
        [] => io::stdin().lock().read_to_end(&mut content)?,
        [name] if name == "-" => io::stdin().lock().read_to_end(&mut content)?,
        [name] => return std::fs::read(name),
        // A name with spaces is a single argument, so several arguments are not a name.
        _ => return Err(io::ErrorKind::NotFound.into()),
    };
    Ok(content)
}
