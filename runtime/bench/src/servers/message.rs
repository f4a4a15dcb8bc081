//! The messages and receipts on the wire, as declarations and by hand.

use std::hint::black_box;

use framewright::prelude::*;

use crate::by_hand::{Error, Parsed, incomplete, invalid};

/// The message of the chat.
#[derive(Frame, Debug)]
#[frame(be)]
pub(crate) struct Message {
    pub(crate) sender: u32,
    pub(crate) receiver: u32,
    pub(crate) kind: u8,
    #[len_prefixed]
    pub(crate) body: Vec<u8>,
}

/// The message of the chat, borrowing from the receive buffer.
#[derive(Frame, Debug)]
#[frame(be)]
pub(crate) struct BorrowedMessage<'a> {
    pub(crate) sender: u32,
    pub(crate) receiver: u32,
    pub(crate) kind: u8,
    #[len_prefixed]
    pub(crate) body: &'a [u8],
}

impl BorrowedMessage<'_> {
    /// Writes the message by hand.
    pub(crate) fn write(&self, out: &mut Vec<u8>) -> Result<(), Error> {
        let len = u32::try_from(self.body.len()).map_err(|_| invalid("body", 9, "too long"))?;
        let mut head = [0; HEAD];
        head[..4].copy_from_slice(&self.sender.to_be_bytes());
        head[4..8].copy_from_slice(&self.receiver.to_be_bytes());
        head[8] = self.kind;
        head[9..].copy_from_slice(&len.to_be_bytes());
        out.reserve(HEAD + self.body.len());
        out.extend_from_slice(&head);
        out.extend_from_slice(self.body);
        Ok(())
    }
}

/// The answer to a message: the number of bytes in its body that have arrived.
#[derive(Frame, Debug)]
#[frame(be)]
pub(crate) struct Receipt {
    pub(crate) sender: u32,
    pub(crate) receiver: u32,
    pub(crate) kind: u8,
    pub(crate) len: u32,
}

impl Receipt {
    /// The size of a receipt in bytes.
    pub(crate) const LEN: usize = HEAD;

    pub(crate) fn of(sender: u32, receiver: u32, kind: u8, body: &[u8]) -> Self {
        // If only the length were used, the compiler would leave out the copy of the body.
        let body = black_box(body);
        // No server accepts a message whose length does not fit into a `u32`.
        Self { sender, receiver, kind, len: u32::try_from(body.len()).unwrap_or(u32::MAX) }
    }

    /// Returns the bytes of the receipt, by hand.
    pub(crate) fn bytes(&self) -> [u8; Self::LEN] {
        let mut bytes = [0; Self::LEN];
        bytes[..4].copy_from_slice(&self.sender.to_be_bytes());
        bytes[4..8].copy_from_slice(&self.receiver.to_be_bytes());
        bytes[8] = self.kind;
        bytes[9..].copy_from_slice(&self.len.to_be_bytes());
        bytes
    }
}

const HEAD: usize = 13;

/// The limit of hand-written servers on a body, which is Framewright's default limit on a frame.
const MAX: usize = 1 << 20;

/// Parses a message at the front of `input` by hand.
pub(crate) fn parse(input: &[u8]) -> Parsed<'_, BorrowedMessage<'_>> {
    let Some((&head, rest)) = input.split_first_chunk::<HEAD>() else { return Err(incomplete(input, HEAD)) };
    let [s0, s1, s2, s3, r0, r1, r2, r3, kind, l0, l1, l2, l3] = head;
    let len = usize::try_from(u32::from_be_bytes([l0, l1, l2, l3])).unwrap_or(usize::MAX);
    if len > MAX {
        return Err(invalid("body", 9, "too long"));
    }
    let Some((body, rest)) = rest.split_at_checked(len) else { return Err(incomplete(rest, len)) };
    let sender = u32::from_be_bytes([s0, s1, s2, s3]);
    let receiver = u32::from_be_bytes([r0, r1, r2, r3]);
    Ok((rest, BorrowedMessage { sender, receiver, kind, body }))
}

/// Parses like [`parse`], into a message that owns its body.
pub(crate) fn parse_owned(input: &[u8]) -> Parsed<'_, Message> {
    let (rest, BorrowedMessage { sender, receiver, kind, body }) = parse(input)?;
    Ok((rest, Message { sender, receiver, kind, body: body.to_vec() }))
}

/// Parses a receipt at the front of `input` by hand.
pub(crate) fn parse_receipt(input: &[u8]) -> Parsed<'_, Receipt> {
    let Some((&receipt, rest)) = input.split_first_chunk::<HEAD>() else {
        return Err(incomplete(input, HEAD));
    };
    let [s0, s1, s2, s3, r0, r1, r2, r3, kind, l0, l1, l2, l3] = receipt;
    let sender = u32::from_be_bytes([s0, s1, s2, s3]);
    let receiver = u32::from_be_bytes([r0, r1, r2, r3]);
    Ok((rest, Receipt { sender, receiver, kind, len: u32::from_be_bytes([l0, l1, l2, l3]) }))
}

/// Calls `work` for each complete frame at the front of `input`. Returns the total size of these
/// frames in bytes.
#[inline]
pub(crate) fn for_each_frame<'a, T>(
    input: &'a [u8],
    parse: impl Fn(&'a [u8]) -> Parsed<'a, T>,
    mut work: impl FnMut(T) -> Result<(), Error>,
) -> Result<usize, Error> {
    let mut rest = input;
    loop {
        match parse(rest) {
            Ok((after, frame)) => {
                work(frame)?;
                rest = after;
            }
            Err(Error::Incomplete(_)) => return Ok(input.len() - rest.len()),
            Err(error) => return Err(error),
        }
    }
}

/// Writes the receipts for all complete messages at the front of `input`. Returns the number of
/// bytes in the messages.
#[inline]
pub(crate) fn answer_all<'a, T>(
    input: &'a [u8],
    out: &mut Vec<u8>,
    parse: impl Fn(&'a [u8]) -> Parsed<'a, T>,
    receipt: impl Fn(T) -> Receipt,
) -> Result<usize, Error> {
    for_each_frame(input, parse, |message| {
        out.extend_from_slice(&receipt(message).bytes());
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_hand_and_declared_are_the_same() {
        let message = Message { sender: 1, receiver: 2, kind: 3, body: b"hello".to_vec() };
        let bytes = [message.to_vec().unwrap(), message.to_vec().unwrap(), b"\0\0".to_vec()].concat();
        let receipt =
            |message: Message| Receipt::of(message.sender, message.receiver, message.kind, &message.body);

        let mut out = Vec::new();
        assert_eq!(answer_all(&bytes, &mut out, parse_owned, receipt), Ok(36));
        let declared = receipt(message).to_vec().unwrap();
        assert_eq!(out, [&declared[..], &declared].concat());

        let mut copy = Vec::new();
        let taken = for_each_frame(&bytes, parse, |message| message.write(&mut copy));
        assert_eq!((taken, &copy[..]), (Ok(36), &bytes[..36]));
        let (rest, parsed) = parse_receipt(&out).unwrap();
        assert_eq!((rest, &parsed.bytes()[..]), (&declared[..], &declared[..]));
    }
}
