//! Tests of the framer, which does no I/O.

use bytes::BufMut;
use framewright::stream::Framer;
use framewright::{DecodeErrorKind, Encode, Frame};

use crate::frames::{Line, Msg, MsgRef, Parcel, Place, Rest, Switch, Upload};

fn feed(framer: &mut Framer, bytes: &[u8]) {
    framer.room().put_slice(bytes);
}

#[test]
fn every_cut_gives_the_same_frames() {
    let frames = [Msg::new("hello"), Msg::new(""), Msg::new([7; 300])];
    let bytes: Vec<u8> = frames.iter().flat_map(|frame| frame.to_vec().unwrap()).collect();
    for cut in 0..=bytes.len() {
        let mut framer = Framer::new();
        let mut seen = Vec::new();
        for part in [&bytes[..cut], &bytes[cut..]] {
            feed(&mut framer, part);
            while let Some(frame) = framer.next_frame::<Msg>().unwrap() {
                seen.push(frame);
            }
        }
        assert_eq!(seen, frames, "cut at {cut}");
        assert!(!framer.is_partial());
    }
}

#[test]
fn one_byte_at_a_time() {
    let bytes = [Msg::new("one").to_vec().unwrap(), Msg::new("two").to_vec().unwrap()].concat();
    let mut framer = Framer::new();
    let mut seen = Vec::new();
    for byte in bytes {
        feed(&mut framer, &[byte]);
        while let Some(frame) = framer.next_frame::<MsgRef<'_>>().unwrap() {
            seen.push(frame.body.to_vec());
        }
        framer.release();
    }
    assert_eq!(seen, [b"one", b"two"]);
}

#[test]
fn a_long_claim_is_refused_before_it_is_buffered() {
    let mut framer = Framer::new().limit(1000);
    feed(&mut framer, &[0, 0xff, 0xff, 0xff, 0xff]);
    let error = framer.next_frame::<Msg>().unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::TooLong { limit: 1000, .. }), "{error}");
    assert_eq!((error.path().as_str(), error.offset()), ("Msg.body", 5));
    assert!(format!("{error:#}").contains("00 ff ff ff ff"), "{error:#}");
}

#[test]
fn the_limit_is_exact() {
    for (size, fits) in [(95, true), (96, false)] {
        let mut framer = Framer::new().limit(100);
        feed(&mut framer, &Msg::new(vec![1; size]).to_vec().unwrap());
        assert_eq!(framer.next_frame::<Msg>().is_ok(), fits, "{size}");
    }
}

#[test]
fn memory_follows_what_arrives() {
    let mut framer = Framer::new().limit(64 << 20);
    feed(&mut framer, &[0, 3, 0, 0, 0]);
    assert_eq!(framer.next_frame::<Msg>().unwrap(), None);
    assert!(framer.room().capacity() <= 64 << 10);
}

#[test]
fn big_buffers_are_given_back() {
    let mut framer = Framer::new().limit(16 << 20);
    let big = Msg::new(vec![1; 8 << 20]);
    feed(&mut framer, &big.to_vec().unwrap());
    assert_eq!(framer.next_frame::<Msg>().unwrap(), Some(big));
    assert!(framer.room().capacity() <= Framer::KEEP);
}

#[test]
fn an_open_frame_is_complete_at_the_end() {
    let mut framer = Framer::new();
    feed(&mut framer, b"all of ");
    assert_eq!(framer.next_frame::<Rest>().unwrap(), None);
    feed(&mut framer, b"it");
    framer.finish();
    assert_eq!(framer.next_frame::<Rest>().unwrap(), Some(Rest::new("all of it")));
    assert_eq!(framer.next_frame::<Rest>().unwrap(), None);
}

#[test]
fn an_open_frame_is_limited() {
    let mut framer = Framer::new().limit(5);
    feed(&mut framer, b"hello");
    assert_eq!(framer.next_frame::<Rest>().unwrap(), None);
    feed(&mut framer, b"!");
    assert!(framer.next_frame::<Rest>().is_err());
}

#[test]
fn a_cut_frame_is_a_located_error() {
    let mut framer = Framer::new();
    feed(&mut framer, &[1, 0, 0, 0, 9, b'a', b'b']);
    framer.finish();
    let error = framer.next_frame::<Msg>().unwrap_err();
    assert!(error.is_short(), "{error}");
    assert_eq!((error.path().as_str(), error.offset()), ("Msg.body", 5));
}

#[test]
fn each_read_is_a_frame() {
    let mut framer = Framer::new().per_read(true);
    feed(&mut framer, b"one");
    assert_eq!(framer.next_frame::<Rest>().unwrap(), Some(Rest::new("one")));
    assert_eq!(framer.next_frame::<Rest>().unwrap(), None);
    feed(&mut framer, b"two");
    assert_eq!(framer.next_frame::<Rest>().unwrap(), Some(Rest::new("two")));

    let mut framer = Framer::new().per_read(true);
    feed(&mut framer, &[&*Msg::new("a").to_vec().unwrap(), b"!"].concat());
    let error = framer.next_frame::<Msg>().unwrap_err();
    assert_eq!(error.kind(), &DecodeErrorKind::Trailing { extra: 1 });
    assert!(framer.skip_frame::<Msg>());
    assert!(!framer.is_partial());
}

#[test]
fn a_frame_with_a_known_end_is_skipped() {
    let mut framer = Framer::new();
    feed(&mut framer, b"\xff\xff\nfine\n");
    assert!(framer.next_frame::<Line>().is_err());
    assert!(framer.skip_frame::<Line>());
    assert_eq!(framer.next_frame::<Line>().unwrap(), Some(Line::new("fine")));
}

#[test]
fn a_frame_over_the_limit_stays_refused() {
    let mut framer = Framer::new().limit(100);
    feed(&mut framer, &Msg::new([7; 1000]).to_vec().unwrap()[..20]);
    let error = framer.next_frame::<Msg>().unwrap_err();
    for _ in 0..3 {
        assert_eq!(framer.next_frame::<Msg>().unwrap_err().to_string(), error.to_string());
        feed(&mut framer, &[7; 100]);
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8, until(b"\n"))]
enum Tagged {
    #[tag(b'\n')]
    Text {
        #[rest]
        text: String,
    },
    #[tag(b' ')]
    Byte(u8),
}

#[test]
fn a_tag_is_not_taken_for_the_end_of_a_frame() {
    let mut framer = Framer::new();
    feed(&mut framer, b" ab\n a\n\n\xff\n a\n");
    assert!(framer.next_frame::<Tagged>().is_err());
    assert!(framer.skip_frame::<Tagged>());
    assert_eq!(framer.next_frame::<Tagged>().unwrap(), Some(Tagged::Byte(b'a')));
    assert!(framer.next_frame::<Tagged>().is_err());
    assert!(!framer.skip_frame::<Tagged>());
}

#[test]
fn a_frame_that_begins_with_its_length_is_skipped() {
    let good = Parcel { urgent: true, label: "x".into(), content: vec![1, 2] };
    let mut framer = Framer::new();
    // The label is too long, which the framer detects once its length is known.
    feed(&mut framer, &[0, 4, 1, 9, b'a', b'b']);
    assert!(framer.next_frame::<Parcel>().is_err());
    assert!(framer.skip_frame::<Parcel>());
    feed(&mut framer, &good.to_vec().unwrap());
    assert_eq!(framer.next_frame::<Parcel>().unwrap(), Some(good.clone()));

    // A frame that is too long is skipped as it arrives, and none of it is kept.
    let mut framer = Framer::new().limit(1000);
    feed(&mut framer, &[0xff, 0xff, 1]);
    assert!(framer.next_frame::<Parcel>().is_err());
    assert!(framer.skip_frame::<Parcel>());
    for piece in [7; 0xfffd].chunks(1000) {
        feed(&mut framer, piece);
        assert_eq!(framer.next_frame::<Parcel>().unwrap(), None);
        assert!(framer.is_partial());
    }
    feed(&mut framer, &[&[7][..], &good.to_vec().unwrap()].concat());
    assert_eq!(framer.next_frame::<Parcel>().unwrap(), Some(good));

    // A frame that the end of the stream truncates cannot be skipped.
    let mut framer = Framer::new();
    feed(&mut framer, &[0, 9, 1]);
    framer.finish();
    assert!(framer.next_frame::<Parcel>().is_err());
    assert!(!framer.skip_frame::<Parcel>());
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, len_prefixed(u8))]
struct Level {
    value: u8,
}

#[test]
fn a_frame_with_a_wrong_length_ends_where_its_length_says() {
    let mut framer = Framer::new();
    feed(&mut framer, &[3, 1, 1, 1, 1, 7, 0, 1, 8]);
    for value in [7, 8] {
        assert!(framer.next_frame::<Level>().is_err());
        assert!(framer.skip_frame::<Level>());
        assert_eq!(framer.next_frame::<Level>().unwrap(), Some(Level { value }));
    }
}

#[test]
fn the_rest_of_a_skipped_frame_may_come_later() {
    let good = Switch { on: true, place: Place { row: 1, seat: 2 } };
    let mut framer = Framer::new();
    feed(&mut framer, &[9]);
    assert!(framer.next_frame::<Switch>().is_err());
    assert!(framer.skip_frame::<Switch>());
    for byte in [0xff; 6] {
        assert!(framer.is_partial());
        feed(&mut framer, &[byte]);
        assert_eq!(framer.next_frame::<Switch>().unwrap(), None);
    }
    assert!(!framer.is_partial());
    feed(&mut framer, &good.to_vec().unwrap());
    assert_eq!(framer.next_frame::<Switch>().unwrap(), Some(good));
}

#[test]
fn idle_streams_hold_nothing() {
    let mut framer = Framer::new();
    feed(&mut framer, &Msg::new("x").to_vec().unwrap());
    framer.next_frame::<Msg>().unwrap();
    framer.release();
    feed(&mut framer, &[0, 0]);
    framer.release();
    feed(&mut framer, &[0, 0, 1, b'y']);
    assert_eq!(framer.next_frame::<Msg>().unwrap(), Some(Msg::new("y")));
}

/// Feeds the bytes in reads of a given size. Returns the address of the buffer at the end.
fn feed_in_reads(framer: &mut Framer, bytes: &[u8], size: usize) -> usize {
    let mut at = 0;
    for part in bytes.chunks(size) {
        let buffer = framer.room();
        buffer.put_slice(part);
        at = buffer.as_ptr().addr();
        // Attempts to decode the frame before it is complete.
        if !part.is_empty() && framer.is_partial() && part.len() == size {
            let _ = framer.next_frame::<Upload>();
        }
    }
    at
}

#[test]
fn long_bodies_share_the_receive_buffer() {
    let upload = Upload { body: vec![7; 200_000].into() };
    let bytes = [upload.to_vec().unwrap(), Upload { body: vec![8; 10].into() }.to_vec().unwrap()].concat();
    let mut framer = Framer::new();
    let buffer = feed_in_reads(&mut framer, &bytes, 7000);
    let long = framer.next_frame::<Upload>().unwrap().unwrap();
    assert_eq!(long, upload);
    assert_eq!(long.body.as_ptr().addr(), buffer + 4, "a part of the buffer");
    // The bytes after the body are not lost. While the body is kept, the framer reads into another
    // buffer.
    assert_eq!(framer.next_frame::<Upload>().unwrap(), Some(Upload { body: vec![8; 10].into() }));
    assert_eq!(framer.next_frame::<Upload>().unwrap(), None);
    let room = framer.room();
    assert!(room.capacity() <= 64 << 10, "{}", room.capacity());
    room.put_slice(&bytes[..1000]);
    assert_eq!(long, upload);

    // A short body is copied, so that it does not keep the whole buffer in memory.
    let mut framer = Framer::new();
    let short = Upload { body: vec![7; 5000].into() };
    let buffer = feed_in_reads(&mut framer, &short.to_vec().unwrap(), 1000);
    let copied = framer.next_frame::<Upload>().unwrap().unwrap();
    assert_eq!(copied, short);
    assert_ne!(copied.body.as_ptr().addr(), buffer + 4);
}

#[test]
fn frames_that_share_nothing_keep_the_buffer() {
    let msg = Msg::new(vec![7; 100_000]);
    let bytes = [msg.to_vec().unwrap(), Msg::new("next").to_vec().unwrap()].concat();
    let mut framer = Framer::new();
    feed(&mut framer, &bytes[..50_000]);
    assert_eq!(framer.next_frame::<Msg>().unwrap(), None);
    feed(&mut framer, &bytes[50_000..]);
    let buffer = framer.room().as_ptr().addr();
    assert_eq!(framer.next_frame::<Msg>().unwrap(), Some(msg));
    assert!(framer.is_partial());
    assert_eq!(framer.next_frame::<Msg>().unwrap(), Some(Msg::new("next")));
    assert!(!framer.is_partial());
    assert_eq!(framer.room().as_ptr().addr(), buffer, "the same buffer again");
}

#[test]
fn a_long_frame_that_is_malformed_is_located_and_skipped() {
    let mut bytes = Line::new("x".repeat(100_000)).to_vec().unwrap();
    bytes[50_000] = 0xff;
    let mut framer = Framer::new();
    for part in bytes.chunks(10_000) {
        assert_eq!(framer.next_frame::<Line>().unwrap(), None);
        feed(&mut framer, part);
    }
    assert!(framer.next_frame::<Line>().is_err());
    assert!(framer.next_frame::<Line>().is_err(), "it stays where it is");
    assert!(framer.skip_frame::<Line>());
    feed(&mut framer, b"fine\n");
    assert_eq!(framer.next_frame::<Line>().unwrap(), Some(Line::new("fine")));
}

/// A frame with a checksum that can be verified only once the whole frame has arrived.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Summed {
    #[count_prefixed(u8)]
    words: Vec<Word>,
    #[checksum(framewright::checksum::Sum8, over = words)]
    sum: framewright::Auto<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Word {
    #[until(0)]
    text: String,
}

fn summed() -> Summed {
    let words = ["a", "word"].map(|text| Word { text: text.into() });
    Summed { words: words.to_vec(), sum: framewright::Auto::new() }
}

/// A function that drops two bytes of a framer.
type Drop = fn(&mut Framer);

#[test]
fn nothing_is_remembered_across_an_error() {
    let ways: [Drop; 2] = [|framer| framer.discard(2), |framer| bytes::Buf::advance(framer.room(), 2)];
    for drop_two in ways {
        // Two stray bytes look like the beginning of a `Summed` whose word extends into the good
        // frame. Its checksum is wrong.
        let good = summed().to_vec().unwrap();
        let bytes = [&[1, b'?'][..], &good].concat();
        for cut in 0..bytes.len() {
            let mut framer = Framer::new();
            feed(&mut framer, &bytes[..cut]);
            let failed = framer.next_frame::<Summed>().is_err();
            feed(&mut framer, &bytes[cut..]);
            if !failed {
                framer.next_frame::<Summed>().unwrap_err();
            }
            drop_two(&mut framer);
            assert_eq!(framer.next_frame::<Summed>().unwrap(), Some(summed()), "{cut}");
        }
    }
}

#[test]
fn nothing_is_remembered_across_a_change_of_the_buffer() {
    let ways: [Drop; 3] = [
        |framer| framer.discard(2),
        |framer| bytes::Buf::advance(framer.room(), 2),
        |framer| framer.room().clear(),
    ];
    for drop_two in ways {
        // The framer has seen the beginning of a `Msg`, and then the beginning of a `Summed` with
        // 200 words. Neither must affect the frame after the dropped bytes.
        let mut framer = Framer::new();
        feed(&mut framer, &[0, 0]);
        assert_eq!(framer.next_frame::<Msg>().unwrap(), None);
        drop_two(&mut framer);
        feed(&mut framer, &Msg::new("good").to_vec().unwrap());
        assert_eq!(framer.next_frame::<Msg>().unwrap(), Some(Msg::new("good")));
        feed(&mut framer, &[200, b'x']);
        assert_eq!(framer.next_frame::<Summed>().unwrap(), None);
        drop_two(&mut framer);
        feed(&mut framer, &summed().to_vec().unwrap());
        assert_eq!(framer.next_frame::<Summed>().unwrap(), Some(summed()));
    }
}

#[test]
fn what_is_known_for_one_type_is_not_used_for_another() {
    // To `Msg`, the first input is the beginning of a frame of more than 256 bytes. To `Summed`,
    // the second input is the beginning of a frame with 200 words.
    let waits: [fn(&mut Framer) -> bool; 2] = [
        |framer| matches!(framer.next_frame::<Msg>(), Ok(None)),
        |framer| matches!(framer.next_frame::<Summed>(), Ok(None)),
    ];
    for (bytes, waits) in [[1, 0, 0, 1, 0], [200, b'x', 0, b'y', 0]].into_iter().zip(waits) {
        let mut framer = Framer::new();
        feed(&mut framer, &bytes);
        assert!(waits(&mut framer));
        let value = u16::from_be_bytes([bytes[0], bytes[1]]);
        assert_eq!(framer.next_frame::<Two>().unwrap(), Some(Two { value }));
        // The bytes after the frame are also read from their beginning.
        let value = u16::from_be_bytes([bytes[2], bytes[3]]);
        assert!(matches!(framer.next_frame::<Msg>(), Ok(None) | Err(_)));
        assert_eq!(framer.next_frame::<Two>().unwrap(), Some(Two { value }));
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Two {
    value: u16,
}

#[test]
fn what_is_known_for_a_context_is_not_used_for_another() {
    #[derive(Frame, Debug, PartialEq)]
    #[frame(be, ctx(len: usize))]
    struct Salt {
        #[len(len)]
        bytes: Vec<u8>,
    }
    let mut framer = Framer::new();
    feed(&mut framer, &[1, 2, 3]);
    assert_eq!(framer.next_frame_with::<Salt, _>(300_usize).unwrap(), None);
    assert_eq!(framer.next_frame_with::<Salt, _>(2_usize).unwrap(), Some(Salt { bytes: vec![1, 2] }));
}
