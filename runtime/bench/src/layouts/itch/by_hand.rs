use super::{Borrowed, Owned, Side};
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

const LEN: usize = 36;

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::ByHand, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::ByHand, Operation::ParseOwned, owned, |(_, value)| value);
    layout.encode(Subject::ByHand, Owned::clone, encode, new);
}

fn borrowed(input: &[u8]) -> Parsed<'_, Borrowed<'_>> {
    let Some((order, rest)) = input.split_first_chunk::<LEN>() else { return Err(incomplete(input, LEN)) };
    let &[kind, l0, l1, n0, n1, t0, t1, t2, t3, t4, t5, o0, o1, o2, o3, o4, o5, o6, o7, side, ref tail @ ..] =
        order;
    let &[s0, s1, s2, s3, ref stock @ .., p0, p1, p2, p3] = tail;
    if kind != b'A' {
        return Err(invalid("magic", 0, "no add order"));
    }
    let side = match side {
        b'B' => Side::Buy,
        b'S' => Side::Sell,
        _ => return Err(invalid("side", 19, "neither B nor S")),
    };
    let text = stock.iter().rposition(|byte| *byte != b' ').map_or(0, |last| last + 1);
    let Ok(stock) = std::str::from_utf8(&stock[..text]) else { return Err(invalid("stock", 24, "no UTF-8")) };
    let value = Borrowed {
        stock_locate: u16::from_be_bytes([l0, l1]),
        tracking_number: u16::from_be_bytes([n0, n1]),
        timestamp: u64::from_be_bytes([0, 0, t0, t1, t2, t3, t4, t5]),
        order: u64::from_be_bytes([o0, o1, o2, o3, o4, o5, o6, o7]),
        side,
        shares: u32::from_be_bytes([s0, s1, s2, s3]),
        stock,
        price: u32::from_be_bytes([p0, p1, p2, p3]),
    };
    Ok((rest, value))
}

fn owned(input: &[u8]) -> Parsed<'_, Owned> {
    let (rest, value) = borrowed(input)?;
    Ok((rest, value.into()))
}

fn encode(value: &Owned, out: &mut Vec<u8>) -> Result<(), Error> {
    if value.timestamp >= 1 << 48 {
        return Err(invalid("timestamp", 5, "too large for 6 bytes"));
    }
    let stock = value.stock.as_bytes();
    if stock.len() > 8 {
        return Err(invalid("stock", 24, "longer than 8 bytes"));
    }
    if stock.last() == Some(&b' ') {
        return Err(invalid("stock", 24, "ends in a space"));
    }
    let mut order = [b' '; LEN];
    order[0] = b'A';
    order[1..3].copy_from_slice(&value.stock_locate.to_be_bytes());
    order[3..5].copy_from_slice(&value.tracking_number.to_be_bytes());
    order[5..11].copy_from_slice(&value.timestamp.to_be_bytes()[2..]);
    order[11..19].copy_from_slice(&value.order.to_be_bytes());
    order[19] = match value.side {
        Side::Buy => b'B',
        Side::Sell => b'S',
    };
    order[20..24].copy_from_slice(&value.shares.to_be_bytes());
    order[24..24 + stock.len()].copy_from_slice(stock);
    order[32..].copy_from_slice(&value.price.to_be_bytes());
    out.extend_from_slice(&order);
    Ok(())
}

fn new(value: &Owned) -> Result<Vec<u8>, Error> {
    let mut out = Vec::with_capacity(LEN);
    encode(value, &mut out)?;
    Ok(out)
}
