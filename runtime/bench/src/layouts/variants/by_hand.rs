use super::{Borrowed, Owned};
use crate::by_hand::{Error, Parsed, incomplete, invalid};
use crate::case::{Layout, Operation, Subject};

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::ByHand, Operation::ParseBorrowed, borrowed, |(_, value)| value.into());
    layout.parse(Subject::ByHand, Operation::ParseOwned, owned, |(_, value)| value);
    layout.encode(Subject::ByHand, Owned::clone, encode, new);
}

/// Defines a parser for one of the two types. `$text` converts the bytes of a text.
macro_rules! parser {
    ($name:ident, $value:ident $(<$life:lifetime>)?, $text:expr) => {
        fn $name(input: &[u8]) -> Parsed<'_, $value $(<$life>)?> {
            let Some((&tag, rest)) = input.split_first() else { return Err(incomplete(input, 1)) };
            Ok(match tag {
                1 => (rest, $value::Ping),
                2 => (rest, $value::Pong),
                3 => {
                    let ([version], rest) = take(rest)?;
                    (rest, $value::Hello { version })
                }
                4 => {
                    let (user, rest) = take(rest)?;
                    (rest, $value::Login { user: u32::from_be_bytes(user) })
                }
                5 => {
                    let ([u0, u1, u2, u3, reason], rest) = take(rest)?;
                    (rest, $value::Logout { user: u32::from_be_bytes([u0, u1, u2, u3]), reason })
                }
                6 => {
                    let (room, rest) = take(rest)?;
                    (rest, $value::Join { room: u32::from_be_bytes(room) })
                }
                7 => {
                    let (room, rest) = take(rest)?;
                    (rest, $value::Leave { room: u32::from_be_bytes(room) })
                }
                8 => {
                    let (room, text, rest) = number_and_text(rest)?;
                    (rest, $value::Say { room, text: $text(text) })
                }
                9 => {
                    let (to, text, rest) = number_and_text(rest)?;
                    (rest, $value::Whisper { to, text: $text(text) })
                }
                10 => {
                    let ([x0, x1, x2, x3, y0, y1, y2, y3, z0, z1, z2, z3], rest) = take(rest)?;
                    let x = i32::from_be_bytes([x0, x1, x2, x3]);
                    let y = i32::from_be_bytes([y0, y1, y2, y3]);
                    (rest, $value::Move { x, y, z: i32::from_be_bytes([z0, z1, z2, z3]) })
                }
                11 => {
                    let ([y0, y1, p0, p1], rest) = take(rest)?;
                    let yaw = u16::from_be_bytes([y0, y1]);
                    (rest, $value::Turn { yaw, pitch: u16::from_be_bytes([p0, p1]) })
                }
                12 => {
                    let ([e0, e1, e2, e3, p0, p1], rest) = take(rest)?;
                    let entity = u32::from_be_bytes([e0, e1, e2, e3]);
                    (rest, $value::Health { entity, points: u16::from_be_bytes([p0, p1]) })
                }
                13 => {
                    let ([f0, f1, f2, f3, t0, t1, t2, t3, p0, p1], rest) = take(rest)?;
                    let from = u32::from_be_bytes([f0, f1, f2, f3]);
                    let to = u32::from_be_bytes([t0, t1, t2, t3]);
                    (rest, $value::Hit { from, to, points: u16::from_be_bytes([p0, p1]) })
                }
                14 => {
                    let ([i0, i1, i2, i3, c0, c1, slot], rest) = take(rest)?;
                    let item = u32::from_be_bytes([i0, i1, i2, i3]);
                    (rest, $value::Take { item, count: u16::from_be_bytes([c0, c1]), slot })
                }
                15 => {
                    let (millis, rest) = take(rest)?;
                    (rest, $value::Time { millis: u64::from_be_bytes(millis) })
                }
                16 => {
                    let (code, rest) = take(rest)?;
                    (rest, $value::Bye { code: u16::from_be_bytes(code) })
                }
                _ => return Err(invalid("tag", 0, "no such message")),
            })
        }
    };
}

parser!(borrowed, Borrowed<'_>, |text| text);
parser!(owned, Owned, <[u8]>::to_vec);

#[inline]
fn take<const N: usize>(input: &[u8]) -> Result<([u8; N], &[u8]), Error> {
    match input.split_first_chunk() {
        Some((bytes, rest)) => Ok((*bytes, rest)),
        None => Err(incomplete(input, N)),
    }
}

#[inline]
fn number_and_text(input: &[u8]) -> Result<(u32, &[u8], &[u8]), Error> {
    let ([n0, n1, n2, n3, l0, l1], rest) = take(input)?;
    let len = usize::from(u16::from_be_bytes([l0, l1]));
    let Some((text, rest)) = rest.split_at_checked(len) else { return Err(incomplete(rest, len)) };
    Ok((u32::from_be_bytes([n0, n1, n2, n3]), text, rest))
}

fn encode(value: &Owned, out: &mut Vec<u8>) -> Result<(), Error> {
    match value {
        Owned::Ping => out.push(1),
        Owned::Pong => out.push(2),
        Owned::Hello { version } => out.extend_from_slice(&[3, *version]),
        Owned::Login { user } => put(out, 4, &user.to_be_bytes()),
        Owned::Logout { user, reason } => {
            let [u0, u1, u2, u3] = user.to_be_bytes();
            put(out, 5, &[u0, u1, u2, u3, *reason]);
        }
        Owned::Join { room } => put(out, 6, &room.to_be_bytes()),
        Owned::Leave { room } => put(out, 7, &room.to_be_bytes()),
        Owned::Say { room, text } => put_text(out, 8, *room, text)?,
        Owned::Whisper { to, text } => put_text(out, 9, *to, text)?,
        Owned::Move { x, y, z } => {
            let ([x0, x1, x2, x3], [y0, y1, y2, y3]) = (x.to_be_bytes(), y.to_be_bytes());
            let [z0, z1, z2, z3] = z.to_be_bytes();
            put(out, 10, &[x0, x1, x2, x3, y0, y1, y2, y3, z0, z1, z2, z3]);
        }
        Owned::Turn { yaw, pitch } => {
            let ([y0, y1], [p0, p1]) = (yaw.to_be_bytes(), pitch.to_be_bytes());
            put(out, 11, &[y0, y1, p0, p1]);
        }
        Owned::Health { entity, points } => {
            let ([e0, e1, e2, e3], [p0, p1]) = (entity.to_be_bytes(), points.to_be_bytes());
            put(out, 12, &[e0, e1, e2, e3, p0, p1]);
        }
        Owned::Hit { from, to, points } => {
            let ([f0, f1, f2, f3], [t0, t1, t2, t3]) = (from.to_be_bytes(), to.to_be_bytes());
            let [p0, p1] = points.to_be_bytes();
            put(out, 13, &[f0, f1, f2, f3, t0, t1, t2, t3, p0, p1]);
        }
        Owned::Take { item, count, slot } => {
            let ([i0, i1, i2, i3], [c0, c1]) = (item.to_be_bytes(), count.to_be_bytes());
            put(out, 14, &[i0, i1, i2, i3, c0, c1, *slot]);
        }
        Owned::Time { millis } => put(out, 15, &millis.to_be_bytes()),
        Owned::Bye { code } => put(out, 16, &code.to_be_bytes()),
    }
    Ok(())
}

/// Appends a tag and the bytes after it at once.
#[inline]
fn put<const N: usize>(out: &mut Vec<u8>, tag: u8, bytes: &[u8; N]) {
    out.reserve(1 + N);
    out.push(tag);
    out.extend_from_slice(bytes);
}

#[inline]
fn put_text(out: &mut Vec<u8>, tag: u8, number: u32, text: &[u8]) -> Result<(), Error> {
    let Ok(len) = u16::try_from(text.len()) else { return Err(invalid("text", 5, "too long")) };
    let ([n0, n1, n2, n3], [l0, l1]) = (number.to_be_bytes(), len.to_be_bytes());
    put(out, tag, &[n0, n1, n2, n3, l0, l1]);
    out.extend_from_slice(text);
    Ok(())
}

fn new(value: &Owned) -> Result<Vec<u8>, Error> {
    let text = match value {
        Owned::Say { text, .. } | Owned::Whisper { text, .. } => text.len(),
        _ => 6,
    };
    let mut out = Vec::with_capacity(7 + text);
    encode(value, &mut out)?;
    Ok(out)
}
