//! Tests of the cost of a search.

use super::*;
use crate::Frame;
use crate::frame::Layout;

#[derive(Frame)]
#[frame(be, magic = 0xAA55u16)]
struct Start {
    len: u16,
}

/// Searches a stream that arrives in pieces. Bytes 2 and 3 of each start claim a length.
/// Returns the numbers of examined starts, of attempts, and of skipped bytes.
fn work(stream: &[u8], piece: usize, limit: usize) -> (u64, u64, usize) {
    let mut lost = Lost::new(Start::SCHEMA);
    lost.begin(Start::SCHEMA, 1, None);
    let attempts = core::cell::Cell::new(0);
    let probe = |here: &[u8]| {
        attempts.set(attempts.get() + 1);
        let claimed = here.get(2..4).map_or(4, |len| 4 + usize::from(len[0]) * 256 + usize::from(len[1]));
        // A complete candidate turns out to be malformed.
        if claimed > here.len() { Probe::Lacks(claimed) } else { Probe::Malformed(1) }
    };
    let mut start = 0;
    let mut end = 0;
    while end < stream.len() {
        end = stream.len().min(end + piece);
        match lost.search(Start::SCHEMA, &stream[start..end], false, limit, &probe) {
            Found::At(_) => unreachable!(),
            Found::Nothing(passed) => start += passed,
            Found::TooMuch => break,
        }
    }
    (lost.looks, attempts.get(), start)
}

#[test]
fn waiting_starts_are_examined_again_only_when_their_bytes_have_arrived() {
    // Each start claims 65,536 bytes, so that thousands of starts wait at the same time.
    let stream = b"\xaa\x55\xff\xf0".repeat(60_000);
    for piece in [1, 7, 64, 1500] {
        let (looks, attempts, passed) = work(&stream, piece, 1 << 20);
        let reads = count(stream.len().div_ceil(piece));
        let starts = count(stream.len() / 4);
        // Each start is examined when it is found and again when its missing bytes have
        // arrived, and each read adds one step. Examining all waiting starts would take
        // thousands of steps for each read.
        assert!(looks <= 2 * starts + reads, "{looks} looks in pieces of {piece}");
        assert!(attempts <= 2 * starts, "{attempts} attempts in pieces of {piece}");
        assert!(
            piece > 7 || passed > 100_000,
            "{passed} bytes in pieces of {piece}: many have waited and were refused"
        );
    }
}

#[test]
fn the_number_of_waiting_starts_is_limited() {
    let stream = b"\xaa\x55\xff\xf0".repeat(60_000);
    let mut lost = Lost::new(Start::SCHEMA);
    lost.begin(Start::SCHEMA, 1, None);
    let probe = |here: &[u8]| Probe::Lacks(here.len().max(500_000));
    let mut end = 0;
    let error = loop {
        end += 4;
        if let Found::TooMuch = lost.search(Start::SCHEMA, &stream[..end], false, 1 << 20, &probe) {
            break lost.give_up(1 << 20, end).0.to_string();
        }
    };
    assert!(error.contains("16385 false starts"), "{error}");
    assert!((end / 4).abs_diff(MOST_WAITING) < 3, "{end}");
    assert_eq!((lost.waiting.len(), lost.wanted.len(), lost.due.len()), (0, 0, 0));
}

#[cfg(feature = "net")]
#[test]
fn rejected_starts_are_not_tried_again() {
    let mut lost = Lost::new(Start::SCHEMA);
    lost.begin(Start::SCHEMA, 0, None);
    let probe = |here: &[u8]| if here.len() < 8 { Probe::Lacks(8) } else { Probe::Takes(8) };
    let stream = b"\xaa\x55..\xaa\x55......";
    assert!(matches!(lost.search(Start::SCHEMA, &stream[..7], false, 100, &probe), Found::Nothing(0)));
    lost.refuse_first(7);
    assert!(matches!(lost.search(Start::SCHEMA, stream, false, 100, &probe), Found::At(4)));
}

#[cfg(feature = "net")]
#[test]
fn a_part_of_the_constant_is_rejected_too() {
    let mut lost = Lost::new(Start::SCHEMA);
    lost.begin(Start::SCHEMA, 0, None);
    let probe = |_: &[u8]| Probe::Takes(4);
    let stream = b"..\xaa";
    assert!(matches!(lost.search(Start::SCHEMA, stream, false, 100, &probe), Found::Nothing(2)));
    lost.refuse_first(1);
    // Nothing is left to reject.
    lost.refuse_first(1);
    assert!(matches!(lost.search(Start::SCHEMA, &stream[2..], false, 100, &probe), Found::Nothing(1)));
}
