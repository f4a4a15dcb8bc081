//! Tests that framers find frames in noise, at a bounded cost.

use std::cell::Cell;

use framewright::prelude::*;
use framewright::stream::Framer;
use proptest::prelude::*;

use super::Report;
use crate::frames::Place;

/// Returns all frames in a stream that arrives in these pieces, and the number of skipped bytes.
fn found<'s>(pieces: impl IntoIterator<Item = &'s [u8]>) -> (Vec<Report>, u64) {
    let (mut framer, mut found) = (Framer::new().limit(100_000), Vec::new());
    let mut take = |framer: &mut Framer| {
        loop {
            match framer.next_frame() {
                Ok(Some(frame)) => found.push(frame),
                Ok(None) => return,
                Err(_) => assert!(framer.resync::<Report>()),
            }
        }
    };
    for piece in pieces {
        framer.room().extend_from_slice(piece);
        take(&mut framer);
    }
    framer.finish();
    take(&mut framer);
    (found, framer.passed_over())
}

#[test]
fn a_false_start_loses_nothing() {
    let frames: Vec<_> = (0..500_u32).map(|index| Report::new(index.to_be_bytes())).collect();
    let good: Vec<u8> = frames.iter().flat_map(|frame| frame.to_vec().unwrap()).collect();
    for noise in [&b"\xaa\x55\xff\xff"[..], b"\xaa\x55\x00\x10", b"\xaa", b"\xaa\xaa\x55\x00", b"noise", b""]
    {
        let stream = [noise, &good].concat();
        let all = u64::try_from(noise.len()).unwrap();
        assert_eq!(found([&stream[..]]), (frames.clone(), all), "{noise:?}");
        assert_eq!(found(stream.chunks(1)), (frames.clone(), all), "{noise:?}");
        assert_eq!(found(stream.chunks(7)), (frames.clone(), all), "{noise:?}");
    }
}

/// Returns a strategy for the noise of a line: random bytes, and bytes that look like the beginning
/// of a frame.
fn noise() -> impl Strategy<Value = Vec<u8>> {
    let random = prop::collection::vec(any::<u8>(), 0..20);
    let start = (any::<u16>(), prop::collection::vec(any::<u8>(), 0..20))
        .prop_map(|(len, body)| [&[0xaa, 0x55][..], &len.to_be_bytes(), &body].concat());
    let short = (0_u16..60).prop_map(|len| [&[0xaa, 0x55][..], &len.to_be_bytes()].concat());
    prop_oneof![random, start, short, Just(vec![0xaa]), Just(vec![0xaa, 0x55]), Just(Vec::new())]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_complete_frame_after_noise_is_found(
        parts in prop::collection::vec((noise(), prop::collection::vec(any::<u8>(), 0..40)), 1..8),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let frames: Vec<_> = parts.iter().map(|(_, body)| Report::new(body.clone())).collect();
        let stream: Vec<u8> = parts
            .iter()
            .zip(&frames)
            .flat_map(|((noise, _), frame)| [noise.clone(), frame.to_vec().unwrap()].concat())
            .collect();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(stream.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut start = 0;
        for cut in cuts.into_iter().chain([stream.len()]) {
            pieces.push(&stream[start..cut]);
            start = cut;
        }
        let (found, passed) = found(pieces);
        prop_assert_eq!(&found, &frames);
        let noise: usize = parts.iter().map(|(noise, _)| noise.len()).sum();
        prop_assert_eq!(passed, u64::try_from(noise).unwrap());
    }
}

thread_local! {
    /// The number of bytes on this thread over which checksums were computed.
    static SUMMED: Cell<usize> = const { Cell::new(0) };
}

/// A checksum that counts the bytes it is computed over.
struct Counted;

impl Checksum for Counted {
    type Output = u8;

    fn compute(bytes: &[u8]) -> u8 {
        SUMMED.set(SUMMED.get() + bytes.len());
        bytes.iter().fold(0, |sum, byte| sum ^ byte)
    }
}

#[derive(Frame, Debug)]
#[frame(be, magic = 0xAA55u16)]
struct Costly {
    #[len_prefixed(u16)]
    body: Vec<u8>,
    #[checksum(Counted, over = body)]
    sum: Auto<u8>,
}

/// A frame with a leading checksum, which can be verified only when everything after it has been
/// read.
#[derive(Frame, Debug)]
#[frame(be, magic = 0xAA55u16)]
struct SumFirst {
    #[checksum(Counted, over = body)]
    sum: Auto<u8>,
    #[len_prefixed(u16)]
    body: Vec<u8>,
}

/// Feeds a stream of noise until the framer gives up. Returns the number of bytes over which
/// checksums were computed, and the number of skipped bytes.
fn cost<T: for<'a> Decode<'a>>(unit: &[u8], limit: usize) -> (usize, usize) {
    SUMMED.set(0);
    let mut framer = Framer::new().limit(limit);
    let stream = unit.repeat(2_000_000 / unit.len());
    let mut errors = 0;
    for piece in stream.chunks(64 * 1024) {
        framer.room().extend_from_slice(piece);
        while errors < 2 {
            match framer.next_frame::<T>() {
                Ok(None) => break,
                Ok(Some(_)) => {}
                Err(_) if errors == 0 => assert!(framer.resync::<T>()),
                Err(error) => assert!(error.to_string().contains("attempts have read"), "{error}"),
            }
            errors += usize::from(!framer.is_lost() || errors == 0);
        }
    }
    assert_eq!(errors, 2, "it is given up");
    (SUMMED.get(), usize::try_from(framer.passed_over()).unwrap())
}

#[test]
fn hostile_noise_costs_bounded_work() {
    const LIMIT: usize = 65_536 + 5;

    // Each of these false starts announces a frame of the maximum length.
    let (summed, passed) = cost::<Costly>(b"\xaa\x55\xff\xf0", LIMIT);
    assert!(summed > LIMIT, "{summed}: it did go wrong");
    // The allowance is 16 bytes per skipped byte. `4 * LIMIT` is added for the attempt that lost
    // synchronisation, and for the attempt that exceeds the allowance.
    assert!(summed <= 16 * passed + 4 * LIMIT, "{summed} for {passed}");
    let (summed, passed) = cost::<SumFirst>(b"\xaa\x55\x07\xff\xf0", LIMIT);
    assert!(summed > LIMIT && summed <= 16 * passed + 4 * LIMIT, "{summed} for {passed}");
}

#[test]
fn noise_that_costs_too_much_is_skipped_at_a_bounded_cost() {
    SUMMED.set(0);
    let mut framer = Framer::new().limit(65_536 + 5);
    let noise = b"\xaa\x55\xff\xf0".repeat(500_000);
    framer.room().extend_from_slice(&noise);
    let mut errors = 0_usize;
    loop {
        match framer.next_frame::<Costly>() {
            Ok(None) => break,
            Ok(Some(_)) => {}
            Err(_) => assert!(framer.resync::<Costly>()),
        }
        errors += 1;
        assert!(SUMMED.get() <= 40 * noise.len(), "{}", SUMMED.get());
    }
    assert!(errors > 3, "{errors}: it is given up more than once");
}

#[test]
fn sync_is_the_leading_constant() {
    #[derive(Frame)]
    #[frame(le, magic = 0xCAFEu16)]
    struct Little(u8);

    #[derive(Frame)]
    struct InAField {
        #[magic(b"$GP")]
        start: Auto,
        #[until(b"\r\n")]
        text: String,
    }

    #[derive(Frame)]
    #[frame(be)]
    struct Nested {
        header: InAField,
    }

    assert_eq!(Report::SYNC, [0xaa, 0x55]);
    assert_eq!(Little::SYNC, [0xfe, 0xca]);
    assert_eq!(InAField::SYNC, b"$GP");
    assert_eq!(Place::SYNC, b"");
    // A leading constant inside a nested frame is found as well.
    let mut framer = Framer::new();
    framer.room().extend_from_slice(b"$$GPx$GPtext\r\n");
    assert!(framer.next_frame::<Nested>().is_err());
    assert!(framer.resync::<Nested>());
    // The frame begins at the first `$GP`. From the second one, it would have the same end.
    assert_eq!(framer.next_frame::<Nested>().unwrap().unwrap().header.text, "x$GPtext");
}
