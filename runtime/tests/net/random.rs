//! Tests with random bytes, which arrive in random pieces.

use bytes::BufMut;
use framewright::stream::Framer;
use framewright::{Decode, Encode, Layout};
use proptest::prelude::*;

use crate::frames::{Line, Msg, MsgRef, Parcel, Switch};

/// Feeds bytes to a framer in pieces. Returns the frames, with `None` for each malformed frame that
/// can be skipped.
fn read<T>(framer: Framer, bytes: &[u8], cuts: &[usize]) -> Vec<Option<T>>
where
    T: for<'a> Decode<'a>,
{
    let mut framer = framer;
    let mut seen = Vec::new();
    let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut % (bytes.len() + 1)).collect();
    cuts.extend([0, bytes.len()]);
    cuts.sort_unstable();
    for cut in cuts.windows(2) {
        framer.room().put_slice(&bytes[cut[0]..cut[1]]);
        loop {
            match framer.next_frame::<T>() {
                Ok(Some(frame)) => seen.push(Some(frame)),
                Ok(None) => break,
                Err(_) => {
                    seen.push(None);
                    if !framer.skip_frame::<T>() {
                        return seen;
                    }
                }
            }
        }
        framer.release();
    }
    seen
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 10_000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cuts_change_nothing(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..8),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let frames: Vec<Msg> = bodies.into_iter().map(Msg::new).collect();
        let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.to_vec().unwrap()).collect();
        let seen: Option<Vec<Msg>> = read(Framer::new(), &bytes, &cuts).into_iter().collect();
        prop_assert_eq!(seen, Some(frames));
    }

    #[test]
    fn flips_never_panic(
        bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 1..8),
        flips in prop::collection::vec((any::<usize>(), any::<u8>()), 1..6),
        cuts in prop::collection::vec(any::<usize>(), 0..6),
    ) {
        let mut bytes: Vec<u8> =
            bodies.into_iter().flat_map(|body| Msg::new(body).to_vec().unwrap()).collect();
        let len = bytes.len();
        for (at, flip) in flips {
            bytes[at % len] ^= flip;
        }
        let pieces = read::<Msg>(Framer::new(), &bytes, &cuts);
        prop_assert_eq!(pieces, read::<Msg>(Framer::new(), &bytes, &[]), "cuts change nothing");
        let mut whole = Framer::new();
        whole.room().put_slice(&bytes);
        whole.finish();
        while let Ok(Some(_)) = whole.next_frame::<MsgRef<'_>>() {}
    }

    #[test]
    fn sync_is_kept_where_the_boundary_is_known(
        mut bytes in prop::collection::vec(any::<u8>(), 0..200),
        ends in prop::collection::vec(any::<usize>(), 0..10),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        bytes.push(b'\n');
        let len = bytes.len();
        for end in ends {
            bytes[end % len] = b'\n';
        }
        let expected: Vec<Option<Line>> = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(|line| line.strip_suffix(b"\n"))
            .filter_map(|line| line.map(|line| std::str::from_utf8(line).ok().map(Line::new)))
            .collect();
        // The bytes after the last newline are not a line yet.
        prop_assert_eq!(read::<Line>(Framer::new(), &bytes, &cuts), expected);
    }

    #[test]
    fn sync_is_kept_where_a_frame_begins_with_its_length(
        contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..10),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let mut bytes = Vec::new();
        let mut expected = Vec::new();
        for content in contents {
            bytes.extend(u16::try_from(content.len()).unwrap().to_be_bytes());
            bytes.extend(&content);
            let alone = [&u16::try_from(content.len()).unwrap().to_be_bytes()[..], &content].concat();
            expected.push(Parcel::decode(&alone).ok());
        }
        // The framer notices that a frame is too short only when the minimum size of a frame has
        // arrived. This last frame is long enough for that.
        let last = Parcel { urgent: false, label: String::new(), content: Vec::new() };
        bytes.extend(last.to_vec().unwrap());
        expected.push(Some(last));
        prop_assert_eq!(read::<Parcel>(Framer::new(), &bytes, &cuts), expected);
    }

    #[test]
    fn cuts_change_nothing_of_frames_of_one_size(
        bytes in prop::collection::vec(0..3_u8, 0..200),
        cuts in prop::collection::vec(any::<usize>(), 0..12),
    ) {
        let whole = bytes.chunks_exact(Switch::MIN_LEN).map(|frame| Switch::decode(frame).ok());
        let mut seen = read::<Switch>(Framer::new(), &bytes, &cuts);
        // The first byte of a truncated last frame may be malformed already.
        seen.truncate(bytes.len() / Switch::MIN_LEN);
        prop_assert_eq!(seen, whole.collect::<Vec<_>>());
    }
}
