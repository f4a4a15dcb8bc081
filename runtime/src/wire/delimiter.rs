//! Searches for delimiters.

use memchr::{memchr, memchr2, memchr3, memmem};

use crate::schema::Order;

/// Delimiters up to this length are searched for with their first byte.
const SHORT: usize = 4;

/// Returns the first position of `delimiter` in `bytes`.
#[must_use]
#[inline]
pub fn find(bytes: &[u8], delimiter: &[u8]) -> Option<usize> {
    match delimiter {
        [] => None,
        [byte] => memchr(*byte, bytes),
        [first, ..] if delimiter.len() <= SHORT => find_short(bytes, *first, delimiter),
        _ => memmem::find(bytes, delimiter),
    }
}

/// Returns the first position of a short delimiter that begins with the byte `first`. This looks at
/// each `first` in turn, because in most lines a `memmem` search takes longer to set up than to
/// run. The delimiter is short, so the cost for hostile input is bounded.
#[inline]
fn find_short(bytes: &[u8], first: u8, delimiter: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = bytes.get(at..)?;
        let candidate = memchr(first, rest)?;
        if rest.get(candidate..)?.starts_with(delimiter) {
            return Some(at + candidate);
        }
        at += candidate + 1;
    }
}

/// The padding of a slot, as the byte, or the code unit of two bytes, that is repeated.
#[derive(Clone, Copy, Debug)]
pub struct Fill {
    bytes: [u8; 2],
    len: usize,
}

impl Fill {
    /// Creates the padding from `fill`, the value of the byte or code unit.
    #[must_use]
    pub const fn new(fill: u8, units: Option<Order>) -> Self {
        match units {
            None => Self { bytes: [fill, 0], len: 1 },
            Some(Order::Big) => Self { bytes: [0, fill], len: 2 },
            Some(Order::Little) => Self { bytes: [fill, 0], len: 2 },
        }
    }

    /// Returns the bytes of one byte or code unit of padding.
    #[must_use]
    #[inline]
    pub fn unit(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// Returns the bytes of a slot without the padding at its end.
    #[must_use]
    #[inline]
    pub fn trim<'a>(&self, mut body: &'a [u8]) -> &'a [u8] {
        while let Some(rest) = body.strip_suffix(self.unit()) {
            body = rest;
        }
        body
    }
}

/// Returns `true` if a delimiter is given in code units of two bytes: it then contains a zero byte.
/// Otherwise each byte of the delimiter stands for one code unit.
const fn is_of_units(bytes: &[u8]) -> bool {
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] == 0 {
            return bytes.len() % 2 == 0;
        }
        at += 1;
    }
    false
}

/// Returns the size of a delimiter in text with code units of two bytes.
#[must_use]
pub const fn units_len(bytes: &[u8]) -> usize {
    if is_of_units(bytes) { bytes.len() } else { 2 * bytes.len() }
}

/// Returns the bytes of a delimiter in text with code units of two bytes.
#[must_use]
pub const fn units_of<const N: usize>(bytes: &[u8], little: bool) -> [u8; N] {
    let mut units = [0; N];
    let mut at = 0;
    while at < bytes.len() {
        let place = match (is_of_units(bytes), little) {
            (true, _) => at,
            (false, true) => 2 * at,
            (false, false) => 2 * at + 1,
        };
        units[place] = bytes[at];
        at += 1;
    }
    units
}

/// The result of a search for the end of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// A delimiter: its position and its size.
    At(usize, usize),
    /// The beginning of a possible delimiter, at the end of the input: its position.
    Cut(usize),
    /// No delimiter.
    Nothing,
}

/// Searches for the first of several delimiters. None of them is a prefix of another. If the input
/// is not `complete` and the first possible delimiter is cut off by the end of the input, the
/// result is [`Found::Cut`].
#[must_use]
pub fn find_any(bytes: &[u8], any: &[&[u8]], complete: bool) -> Found {
    let mut at = 0;
    while let Some(rest) = bytes.get(at..) {
        let candidate = match any {
            [[one, ..]] => memchr(*one, rest),
            [[one, ..], [two, ..]] => memchr2(*one, *two, rest),
            [[one, ..], [two, ..], [three, ..]] => memchr3(*one, *two, *three, rest),
            _ => rest.iter().position(|byte| any.iter().any(|each| each.first() == Some(byte))),
        };
        let Some(candidate) = candidate else { return Found::Nothing };
        at += candidate;
        let rest = bytes.get(at..).unwrap_or_default();
        if let Some(found) = any.iter().find(|each| rest.starts_with(each)) {
            return Found::At(at, found.len());
        }
        if !complete && any.iter().any(|each| each.starts_with(rest)) {
            return Found::Cut(at);
        }
        at += 1;
    }
    Found::Nothing
}

/// Searches like [`find_any`], but only at even offsets, where code units begin.
#[must_use]
pub fn find_units(bytes: &[u8], any: &[&[u8]], complete: bool) -> Found {
    let mut from = 0;
    loop {
        let rest = bytes.get(from..).unwrap_or_default();
        match find_any(rest, any, complete) {
            // The next search must begin at an even offset again.
            Found::At(at, _) if at % 2 == 1 => from += at + 1,
            Found::At(at, len) => return Found::At(from + at, len),
            Found::Cut(at) if at % 2 == 1 => from += at + 1,
            Found::Cut(at) => return Found::Cut(from + at),
            Found::Nothing => return Found::Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Found, find, find_any, find_units};

    #[test]
    fn finds_code_units_at_even_distances() {
        let zero: &[&[u8]] = &[b"\0\0"];
        assert_eq!(find_units(b"a\0\0\x01\0\0", zero, true), Found::At(4, 2));
        assert_eq!(find_units(b"\x01\0\0\x01\0", zero, true), Found::Nothing);
        assert_eq!(find_units(b"\x01\0\0\x01\0", zero, false), Found::Cut(4));
        assert_eq!(find_units(b"\x01\0\0", zero, false), Found::Cut(2));
    }

    #[test]
    fn finds_the_first_occurrence() {
        assert_eq!(find(b"abcabc", b"c"), Some(2));
        assert_eq!(find(b"a\r\r\nb\r\n", b"\r\n"), Some(2));
        assert_eq!(find(b"a\r\n\r\r\n\r\n", b"\r\n\r\n"), Some(4));
        assert_eq!(find(b"--boundary", b"boundary"), Some(2));
        assert_eq!(find(b"\r\n", b"\r\n\r\n"), None);
        assert_eq!(find(b"", b"\0"), None);
        assert_eq!(find(b"abc", b""), None);
    }

    #[test]
    fn finds_the_earliest_of_several() {
        let lines: &[&[u8]] = &[b"\r\n", b"\n"];
        assert_eq!(find_any(b"a\nb\r\n", lines, false), Found::At(1, 1));
        assert_eq!(find_any(b"a\r\nb\n", lines, false), Found::At(1, 2));
        assert_eq!(find_any(b"a\rb\n", lines, false), Found::At(3, 1));
        assert_eq!(find_any(b"a\r", lines, false), Found::Cut(1));
        assert_eq!(find_any(b"a\r", lines, true), Found::Nothing);
        let far: &[&[u8]] = &[b"\n", b"\r\n\r\n"];
        assert_eq!(find_any(b"a\r\n", far, false), Found::Cut(1));
        assert_eq!(find_any(b"a\r\n", far, true), Found::At(2, 1));
        assert_eq!(find_any(b"a\r\nb", far, false), Found::At(2, 1));
        assert_eq!(find_any(b"a\r\n\r\n", far, false), Found::At(1, 4));
        assert_eq!(find_any(b"xyz;", &[b",", b";", b":", b"/"], true), Found::At(3, 1));
        assert_eq!(find_any(b"", lines, false), Found::Nothing);
    }
}
