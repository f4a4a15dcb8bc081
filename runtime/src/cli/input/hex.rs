//! Parsing of hex in many forms.

use std::format;
use std::string::String;
use std::vec::Vec;

/// The reason why text is not hex.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Refused {
    /// The text is something other than hex.
    NotHex,
    /// The text is nearly hex. The string is a suggestion for the user.
    Hint(String),
}

type Bytes = Result<Vec<u8>, Refused>;

/// Parses a text of hex, which may have several lines.
pub(super) fn bytes(text: &str) -> Bytes {
    if let Some(bytes) = array(text) {
        return bytes;
    }
    let mut lines = Lines::default();
    let mut bytes = Vec::new();
    for line in text.lines() {
        bytes.extend(lines.line(line)?);
    }
    if bytes.is_empty() { Err(Refused::NotHex) } else { Ok(bytes) }
}

/// Returns `true` if a line that begins with these bytes may be hex.
pub(super) fn may_be(start: &[u8]) -> bool {
    start.iter().all(|byte| byte.is_ascii_hexdigit() || b" \t\r\n,;:_-\"'[]{}xX\\|.".contains(byte))
}

/// A parser of consecutive lines of hex.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// The offset that the next line must have in a listing with offsets.
    listed: usize,
    /// Whether the listing has text beside the bytes, like the output of `hexdump -C`. The last
    /// line of such a listing is an offset without bytes.
    with_text: bool,
}

impl Lines {
    /// Parses the next line.
    pub(super) fn line(&mut self, line: &str) -> Bytes {
        let line = line.trim();
        if line.is_empty() {
            return Ok(Vec::new());
        }
        if line == "*" {
            return Err(hint("`*` stands for lines that are left out; list them all, as by `hexdump -Cv`"));
        }
        if self.with_text && is_offset(line) {
            return Ok(Vec::new());
        }
        if let Some(bytes) = self.listed(line) {
            self.listed += bytes.len();
            return Ok(bytes);
        }
        if line.contains('\t') {
            return columns(line);
        }
        plain(line)
    }

    /// Parses a line with an offset, as `xxd`, `hexdump -C` and `tshark -x` print it.
    fn listed(&mut self, line: &str) -> Option<Vec<u8>> {
        let (offset, rest) = line.split_once([' ', '\t'])?;
        if let Some(offset) = offset.strip_suffix(':') {
            // Two spaces separate the bytes from the text.
            return is_offset(offset).then(|| digits(rest.trim_start().split("  ").next()?)).flatten();
        }
        if !is_offset(offset) {
            return None;
        }
        if let Some((bytes, _)) = rest.split_once('|') {
            self.with_text = true;
            return digits(bytes);
        }
        let at = usize::from_str_radix(offset, 16).ok()?;
        if at != 0 && at != self.listed {
            return None;
        }
        let pairs = rest.strip_prefix(' ')?.split("   ").next()?;
        let are_pairs = pairs.split_whitespace().all(|pair| pair.len() == 2);
        let bytes = digits(pairs).filter(|_| are_pairs)?;
        self.listed = at;
        Some(bytes)
    }
}

fn hint(text: &str) -> Refused {
    Refused::Hint(text.into())
}

fn is_offset(word: &str) -> bool {
    (4..=16).contains(&word.len()) && word.bytes().all(|digit| digit.is_ascii_hexdigit())
}

/// Parses a line without an offset.
fn plain(line: &str) -> Bytes {
    if let Some(bytes) = digits(line) {
        return Ok(bytes);
    }
    if let Some(bytes) = literal(line) {
        return Ok(bytes);
    }
    // The line may have text beside the bytes, with one character for each byte.
    if let Some((front, text)) = line.split_once("  ") {
        if let Some(bytes) = digits(front).filter(|bytes| bytes.len() == text.trim_start().chars().count()) {
            return Ok(bytes);
        }
    }
    let cut = line.trim_end_matches(['.', '…']).trim_end();
    if cut.len() < line.len() && digits(cut).is_some() {
        return Err(hint("the hex ends with dots, so bytes are left out; give them all, or no dots"));
    }
    let only: String = line.chars().filter(|digit| !digit.is_whitespace()).collect();
    if only.len() > 1 && only.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return Err(hint("odd number of hex digits: a byte has two"));
    }
    Err(Refused::NotHex)
}

/// Parses a line with tabs. They separate single bytes, or surround one column of hex.
fn columns(line: &str) -> Bytes {
    let cells: Vec<&str> = line.split('\t').map(str::trim).filter(|cell| !cell.is_empty()).collect();
    match cells.as_slice() {
        [cell] => plain(cell),
        cells if cells.iter().all(|cell| cell.len() == 2) => digits(line).ok_or(Refused::NotHex),
        cells if cells.iter().any(|cell| digits(cell).is_some()) => Err(hint(
            "the lines have several columns; print the bytes alone, as by `tshark -T fields -e tcp.payload`",
        )),
        _ => Err(Refused::NotHex),
    }
}

/// Parses hexadecimal digits with any separators. Returns `None` if there are no digits, or if
/// there are other characters.
fn digits(text: &str) -> Option<Vec<u8>> {
    let text = text.replace("\\x", " ").replace("0x", " ").replace("0X", " ");
    let mut bytes = Vec::new();
    for word in text.split(|apart: char| apart.is_whitespace() || ",;:_-\"'[]{}".contains(apart)) {
        bytes.extend(crate::json::hex(word)?);
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Parses a byte string of Python, C or Rust: characters and escapes, with or without quotes.
fn literal(line: &str) -> Option<Vec<u8>> {
    let line = line.trim_end_matches([';', ',']);
    let unquoted = ["b'", "b\"", "B'", "\"", "'"].iter().find_map(|open| {
        let quote = open.get(open.len() - 1..)?;
        line.strip_prefix(open)?.strip_suffix(quote)
    });
    if !line.contains("\\x") && !line.starts_with("b'") && !line.starts_with("b\"") {
        return None;
    }
    let mut bytes = Vec::new();
    let mut rest = unquoted.unwrap_or(line).bytes();
    while let Some(byte) = rest.next() {
        if byte != b'\\' {
            bytes.push(byte);
            continue;
        }
        bytes.push(match rest.next()? {
            b'n' => b'\n',
            b'r' => b'\r',
            b't' => b'\t',
            b'0' => 0,
            b'x' => {
                let digit =
                    |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
                digit(rest.next()?)? * 16 + digit(rest.next()?)?
            }
            other @ (b'\\' | b'\'' | b'"') => other,
            _ => return None,
        });
    }
    (!bytes.is_empty()).then_some(bytes)
}

/// Parses one or several C arrays, as exported by Wireshark: `char name[] = { 0x00, 1, 'c' };`.
fn array(text: &str) -> Option<Bytes> {
    let (front, _) = text.split_once('{')?;
    if !front.trim_end().ends_with('=') || !front.contains('[') {
        return None;
    }
    let mut bytes = Vec::new();
    for part in uncommented(text).split('{').skip(1) {
        let (items, _) = part.split_once('}').unwrap_or((part, ""));
        for item in items.split(',').map(str::trim).filter(|item| !item.is_empty()) {
            let number = match item.strip_prefix("0x").or_else(|| item.strip_prefix("0X")) {
                Some(digits) => u8::from_str_radix(digits, 16).ok(),
                None => item.parse().ok(),
            };
            let quoted =
                || item.strip_prefix('\'')?.strip_suffix('\'')?.parse::<char>().ok()?.try_into().ok();
            let Some(byte) = number.or_else(quoted) else {
                return Some(Err(Refused::Hint(format!("`{}` in the array is not a byte", short(item)))));
            };
            bytes.push(byte);
        }
    }
    Some(if bytes.is_empty() { Err(Refused::NotHex) } else { Ok(bytes) })
}

/// Returns the text without C comments.
fn uncommented(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, comment)) = rest.split_once("/*") {
        plain.push_str(before);
        rest = comment.split_once("*/").map_or("", |(_, behind)| behind);
    }
    plain.push_str(rest);
    plain.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Returns the beginning of a text, for a message.
pub(super) fn short(text: &str) -> String {
    let mut short: String = text.chars().take(60).filter(|shown| !shown.is_control()).collect();
    short.push_str(if text.chars().nth(60).is_some() { "…" } else { "" });
    short
}

#[cfg(test)]
mod tests {
    use std::vec;

    use super::{Refused, bytes};

    #[test]
    fn hex_is_accepted_in_common_forms() {
        let all = [
            "0001fe",
            "00 01 FE",
            "0x00, 0x01, 0xfe",
            "\\x00\\x01\\xfe",
            "b'\\x00\\x01\\xfe'",
            "\"\\0\\x01\\xfe\";",
            "00:01:fe",
            "[0x0001fe]",
            "00\n01\nfe\n",
            "00 01 fe  ...",
            "00\t01\tfe",
            "\t00:01:fe\t",
            "0000  00 01 fe   ...",
            "unsigned char peer0_0[] = { /* Packet 1 */\n0x00, 0x01, /* 2 */ 0xfe };",
            "char a[] = { 0 }; // one\nchar b[1] = {\n1, 254\n};\n",
        ];
        for text in all {
            assert_eq!(bytes(text), Ok(vec![0, 1, 0xfe]), "{text}");
        }
        assert_eq!(bytes("b'hi\\n\\x00'"), Ok(b"hi\n\0".to_vec()));
        for text in ["", " ", "0g", "hello", "-", "0x", "GET / HTTP/1.1\r\n"] {
            assert_eq!(bytes(text), Err(Refused::NotHex), "{text}");
        }
    }

    #[test]
    fn malformed_hex_is_refused_with_a_hint() {
        let all = [
            ("00 98 96 80...", "dots"),
            ("0098 …", "dots"),
            ("000", "odd number"),
            ("1\t0.0001\t0098", "columns"),
            ("12\t009896", "columns"),
            ("char a[] = { 0x100 };", "not a byte"),
            ("00000000  00 01  |..|\n*\n00000200\n", "left out"),
        ];
        for (text, said) in all {
            match bytes(text) {
                Err(Refused::Hint(hint)) => assert!(hint.contains(said), "{text}: {hint}"),
                other => panic!("{text}: {other:?}"),
            }
        }
    }

    #[test]
    fn offsets_and_text_of_listings_are_ignored() {
        let xxd = "00000000: 0098 9680 0098 9681 0100 0000 0868 6920  .........hi \n00000010: 7468 6572 65                             there\n";
        let hexdump = "00000000  00 98 96 80 00 98 96 81  01 00 00 00 08 68 69 20  |.........hi |\n\
                       00000010  74 68 65 72 65                                    |there|\n00000015\n";
        let tshark = "0000  00 98 96 80 00 98 96 81 01 00 00 00 08 68 69 20   .........hi \n0010  74 68 65 72 65                                    there\n";
        let expected = b"\0\x98\x96\x80\0\x98\x96\x81\x01\0\0\0\x08hi there";
        for listing in [xxd, hexdump, tshark] {
            assert_eq!(bytes(listing), Ok(expected.to_vec()), "{listing}");
        }
    }
}
