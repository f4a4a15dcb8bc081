use super::{Borrowed, Owned};
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::ByHand, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::ByHand, Operation::ParseOwned, owned, |(_, value)| value);
    layout.encode(Subject::ByHand, Owned::clone, encode, new);
}

/// Returns the offset of the first CRLF. The search is for a carriage return, which is rare enough
/// in text.
fn end(bytes: &[u8]) -> Option<usize> {
    memchr::memchr_iter(b'\r', bytes).find(|at| bytes.get(at + 1) == Some(&b'\n'))
}

fn borrowed(input: &[u8]) -> Parsed<'_, Borrowed<'_>> {
    let Some(end) = end(input) else { return Err(incomplete(input, input.len() + 1)) };
    let Ok(text) = std::str::from_utf8(&input[..end]) else { return Err(invalid("text", 0, "no UTF-8")) };
    Ok((&input[end + 2..], Borrowed { text }))
}

fn owned(input: &[u8]) -> Parsed<'_, Owned> {
    let (rest, value) = borrowed(input)?;
    Ok((rest, value.into()))
}

fn encode(value: &Owned, out: &mut Vec<u8>) -> Result<(), Error> {
    if end(value.text.as_bytes()).is_some() {
        return Err(invalid("text", 0, "contains the end of the line"));
    }
    out.extend_from_slice(value.text.as_bytes());
    out.extend_from_slice(b"\r\n");
    Ok(())
}

fn new(value: &Owned) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(value.text.len() + 2);
    encode(value, &mut out)?;
    Ok(out)
}
