use super::{Borrowed, Owned};
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

const HEAD: usize = 13;

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::ByHand, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::ByHand, Operation::ParseOwned, owned, |(_, value)| value);
    layout.encode(Subject::ByHand, Owned::clone, encode, new);
}

fn borrowed(input: &[u8]) -> Parsed<'_, Borrowed<'_>> {
    let Some((&head, rest)) = input.split_first_chunk::<HEAD>() else { return Err(incomplete(input, HEAD)) };
    let [s0, s1, s2, s3, r0, r1, r2, r3, kind, l0, l1, l2, l3] = head;
    let Ok(len) = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])) else {
        return Err(invalid("body", 9, "too long for this machine"));
    };
    let Some((body, rest)) = rest.split_at_checked(len) else { return Err(incomplete(rest, len)) };
    let sender = u32::from_be_bytes([s0, s1, s2, s3]);
    let receiver = u32::from_be_bytes([r0, r1, r2, r3]);
    Ok((rest, Borrowed { sender, receiver, kind, body }))
}

fn owned(input: &[u8]) -> Parsed<'_, Owned> {
    let (rest, Borrowed { sender, receiver, kind, body }) = borrowed(input)?;
    Ok((rest, Owned { sender, receiver, kind, body: body.to_vec() }))
}

fn encode(value: &Owned, out: &mut Vec<u8>) -> Result<(), Error> {
    let Ok(len) = u32::try_from(value.body.len()) else { return Err(invalid("body", 9, "too long")) };
    let mut head = [0; HEAD];
    head[..4].copy_from_slice(&value.sender.to_be_bytes());
    head[4..8].copy_from_slice(&value.receiver.to_be_bytes());
    head[8] = value.kind;
    head[9..].copy_from_slice(&len.to_be_bytes());
    out.extend_from_slice(&head);
    out.extend_from_slice(&value.body);
    Ok(())
}

fn new(value: &Owned) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(HEAD + value.body.len());
    encode(value, &mut out)?;
    Ok(out)
}
