//! What the commands are given: hex, files, standard input.

use std::format;
use std::io::{self, Read as _};
use std::string::String;
use std::vec::Vec;

use crate::error::{Error, Result};

/// The bytes that the arguments of a command are, or name.
pub(super) fn bytes(words: &[String], raw: bool) -> Result<Vec<u8>> {
    let text = words.join(" ");
    if let (Some(bytes), false) = (hex(&text), raw) {
        return Ok(bytes);
    }
    let content = contents(words).map_err(|error| {
        Error::other(format!("`{text}` is neither hex nor a file that can be read: {error}"))
    })?;
    let hex = std::str::from_utf8(&content).ok().filter(|_| !raw).and_then(listing);
    Ok(hex.unwrap_or(content))
}

/// The text that the argument of a command is, or names.
pub(super) fn text(words: &[String]) -> Result<String> {
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

/// The bytes of hexadecimal digits, however they are set apart; nothing if
/// there is anything else, or no digit at all.
fn hex(text: &str) -> Option<Vec<u8>> {
    let text = text.replace("\\x", " ").replace("0x", " ").replace("0X", " ");
    let mut bytes = Vec::new();
    for word in text.split(|apart: char| apart.is_whitespace() || ",;:_-\"'[]{}".contains(apart)) {
        bytes.extend(crate::json::hex(word)?);
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Hex as `xxd` and `hexdump -C` print it, with offsets in front and text behind,
/// or plain.
fn listing(text: &str) -> Option<Vec<u8>> {
    let is_offset = |word: &str| word.len() >= 4 && word.chars().all(|digit| digit.is_ascii_hexdigit());
    let line = |line: &str| {
        let (offset, rest) = line.trim().split_once([' ', '\t'])?;
        if let Some(offset) = offset.strip_suffix(':') {
            // Two spaces set the text apart.
            let digits = rest.trim_start().split("  ").next()?;
            return is_offset(offset).then(|| String::from(digits));
        }
        let (digits, _) = rest.split_once('|')?;
        is_offset(offset).then(|| String::from(digits))
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    // `hexdump` ends with the offset of the end alone.
    let (last, before) = lines.split_last()?;
    let with_text = before.iter().any(|line| line.contains('|'));
    let whole = if with_text && is_offset(last.trim()) { before } else { &lines[..] };
    let digits: Option<Vec<String>> = whole.iter().map(|each| line(each)).collect();
    digits.and_then(|digits| hex(&digits.join(" "))).or_else(|| hex(text))
}

#[cfg(test)]
mod tests {
    use super::{hex, listing};

    #[test]
    fn hex_is_taken_as_it_is_found() {
        let all = [
            "0001fe",
            "00 01 FE",
            "0x00, 0x01, 0xfe",
            "\\x00\\x01\\xfe",
            "00:01:fe",
            "[0x0001fe]",
            "00\n01\nfe\n",
        ];
        for text in all {
            assert_eq!(hex(text).as_deref(), Some(&[0, 1, 0xfe][..]), "{text}");
        }
        for text in ["", " ", "0", "000", "0g", "hello", "-", "0x"] {
            assert_eq!(hex(text), None, "{text}");
        }
    }

    #[test]
    fn listings_lose_their_offsets_and_texts() {
        let xxd = "00000000: 0098 9680 0098 9681 0100 0000 0868 6920  .........hi \n00000010: 7468 6572 65                             there\n";
        let hexdump = "00000000  00 98 96 80 00 98 96 81  01 00 00 00 08 68 69 20  |.........hi |\n\
                       00000010  74 68 65 72 65                                    |there|\n00000015\n";
        let bytes = b"\0\x98\x96\x80\0\x98\x96\x81\x01\0\0\0\x08hi there";
        assert_eq!(listing(xxd).as_deref(), Some(&bytes[..]));
        assert_eq!(listing(hexdump).as_deref(), Some(&bytes[..]));
        assert_eq!(listing("00 01\nfe\n").as_deref(), Some(&[0, 1, 0xfe][..]));
        assert_eq!(listing("GET / HTTP/1.1\r\n"), None);
    }
}
