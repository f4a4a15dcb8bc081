//! Finding the bytes that end a value.

use memchr::{memchr, memmem};

/// Delimiters up to this length are found by their first byte.
const SHORT: usize = 4;

/// Where `delimiter` first stands in `bytes`.
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

/// Building a searcher costs more than most lines are long; stepping from one
/// candidate to the next does not, and a short delimiter bounds what a
/// hostile input can make of it.
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

#[cfg(test)]
mod tests {
    use super::find;

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
}
