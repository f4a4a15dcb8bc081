use super::{Borrowed, BorrowedItem, Item, Owned};
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::ByHand, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::ByHand, Operation::ParseOwned, owned, |(_, value)| value);
    layout.encode(Subject::ByHand, Owned::clone, encode, new);
}

fn borrowed(input: &[u8]) -> Parsed<'_, Borrowed<'_>> {
    let (rest, items) = list(input, |text| BorrowedItem { text })?;
    Ok((rest, Borrowed { items }))
}

fn owned(input: &[u8]) -> Parsed<'_, Owned> {
    let (rest, items) = list(input, |text| Item { text: text.to_vec() })?;
    Ok((rest, Owned { items }))
}

fn list<'a, T>(input: &'a [u8], item: impl Fn(&'a [u8]) -> T) -> Parsed<'a, Vec<T>> {
    let Some((count, mut rest)) = input.split_first_chunk() else { return Err(incomplete(input, 2)) };
    let count = usize::from(u16::from_be_bytes(*count));
    // An item has at least one byte, so a wrong count allocates no more items than bytes have
    // arrived.
    let mut items = Vec::with_capacity(count.min(rest.len()));
    for _ in 0..count {
        let Some((&len, after)) = rest.split_first() else { return Err(incomplete(rest, 1)) };
        let Some((text, after)) = after.split_at_checked(usize::from(len)) else {
            return Err(incomplete(after, usize::from(len)));
        };
        items.push(item(text));
        rest = after;
    }
    Ok((rest, items))
}

fn encode(value: &Owned, out: &mut Vec<u8>) -> Result<(), Error> {
    let start = out.len();
    let Ok(count) = u16::try_from(value.items.len()) else { return Err(invalid("items", 0, "too many")) };
    out.extend_from_slice(&count.to_be_bytes());
    for item in &value.items {
        let Ok(len) = u8::try_from(item.text.len()) else {
            let at = out.len() - start;
            out.truncate(start);
            return Err(invalid("text", at, "too long"));
        };
        out.push(len);
        out.extend_from_slice(&item.text);
    }
    Ok(())
}

fn new(value: &Owned) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(2 + value.items.iter().map(|item| 1 + item.text.len()).sum::<usize>());
    encode(value, &mut out)?;
    Ok(out)
}
