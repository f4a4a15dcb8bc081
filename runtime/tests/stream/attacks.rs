//! Tests of harmful frames, which a hostile peer may send or a careless program may encode.

use framewright::prelude::*;
use framewright::stream::Framer;
use framewright::{DecodeError, DecodeErrorKind};

/// Feeds bytes one at a time. Returns the frames, or the error.
fn fed<T: OwnedFrame>(bytes: &[u8]) -> Result<Vec<T>, DecodeError> {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for byte in bytes {
        framer.room().extend_from_slice(&[*byte]);
        while let Some(frame) = framer.next_frame::<T>()? {
            frames.push(frame);
        }
    }
    Ok(frames)
}

fn arrives<T: OwnedFrame + PartialEq + std::fmt::Debug>(value: T) {
    let bytes = value.to_vec().unwrap();
    assert_eq!(fed::<T>(&bytes).unwrap(), [value]);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Node {
    #[len_prefixed(varint)]
    kids: Vec<Node>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Early {
    #[len_of(kids)]
    n: Auto<u16>,
    kids: Vec<Early>,
    #[pad(usize::from(n) % 2)]
    pad: Auto,
}

/// Checks that the size of each level is computed only once. If each level computed the sizes
/// inside it twice, a hundred levels would take 2^100 steps.
#[test]
fn sizes_of_deep_frames_are_measured_once() {
    let node = (0..100).fold(Node { kids: vec![] }, |kid, _| Node { kids: vec![kid] });
    let bytes = node.to_vec().unwrap();
    assert_eq!(node.encoded_len(), bytes.len());
    assert_eq!(Node::decode(&bytes).unwrap(), node);
    let leaf = Early { n: Auto::new(), kids: vec![], pad: Auto::new() };
    let early = (0..100).fold(leaf, |kid, _| Early { n: Auto::new(), kids: vec![kid], pad: Auto::new() });
    assert_eq!(early.encoded_len(), early.to_vec().unwrap().len());
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Inverted {
    #[presence_of(x, some = false, none = true)]
    flag: Auto<bool>,
    #[len_prefixed(u16)]
    x: Option<Vec<u8>>,
    #[until(0)]
    s: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Scaled {
    #[tag(1)]
    A {
        #[len_of(b, scale = 4)]
        n: Auto<u8>,
        b: Vec<u8>,
        #[until(0)]
        s: String,
    },
    #[tag(2)]
    B {
        #[len_of(b)]
        n: Auto<u8>,
        b: Vec<u8>,
        #[until(0)]
        s: String,
    },
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Twice {
    #[len_of(x, scale = 4)]
    n: Auto<u8>,
    x: Vec<u8>,
    #[len(n)]
    y: Vec<u8>,
    #[until(0)]
    s: String,
}

/// Checks that the walk applies `some`, `none` and `scale`. Without them, it would find another end
/// of the frame.
#[test]
fn frames_are_found_where_they_end() {
    arrives(Inverted { flag: Auto::new(), x: None, s: "hello".into() });
    arrives(Inverted { flag: Auto::new(), x: Some(vec![1]), s: "hello".into() });
    arrives(Scaled::A { n: Auto::new(), b: vec![1; 8], s: "hi".into() });
    arrives(Scaled::B { n: Auto::new(), b: vec![1; 8], s: "hi".into() });
    arrives(Twice { n: Auto::new(), x: vec![1; 8], y: vec![2; 2], s: "hi".into() });
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, until(b"\n"), max = 16)]
struct Line {
    #[rest]
    text: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Items {
    #[count_prefixed(u8)]
    items: Vec<Item>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Item {
    #[len_prefixed(u16, max = 8)]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Nested {
    #[tag(0)]
    Leaf,
    #[tag(1)]
    Wrap(Box<Nested>),
    #[tag(2)]
    Text {
        #[until(0)]
        text: String,
    },
}

/// Checks that the framer reports an exceeded limit as soon as the received bytes prove it, however
/// they are split into reads.
#[test]
fn limits_hold_on_a_stream() {
    let too_long = |error: DecodeError| matches!(error.kind(), DecodeErrorKind::TooLong { .. });
    assert!(too_long(fed::<Line>(&[b'x'; 17]).unwrap_err()));
    arrives(Line { text: "x".repeat(15) });
    assert!(too_long(fed::<Items>(&[2, 0, 1, 9, 3, 0xe8]).unwrap_err()));
    let deep = fed::<Nested>(&[1; 1000]).unwrap_err();
    assert!(matches!(deep.kind(), DecodeErrorKind::Depth), "{deep}");
    let mut text = vec![1; 100];
    text.extend(b"\x02hi\0");
    assert_eq!(fed::<Nested>(&text).unwrap().len(), 1);
}

struct Wide;

impl Checksum for Wide {
    type Output = [u8; 64];
    fn compute(bytes: &[u8]) -> [u8; 64] {
        let mut sum = [0; 64];
        sum[0] = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
        sum[63] = bytes.iter().fold(0, |sum, byte| sum ^ byte);
        sum
    }
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Summed {
    a: u8,
    #[checksum(Wide, over = ..)]
    sum: Auto<[u8; 64]>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Digits {
    #[len_of(..)]
    #[wire(dec)]
    #[fixed(48)]
    len: Auto<u32>,
    #[rest]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Huge {
    n: u64,
    #[len(n)]
    body: Vec<u8>,
    #[align(2)]
    pad: Auto,
}

#[test]
fn numbers_may_be_wide() {
    let summed = Summed { a: 7, sum: Auto::new() };
    let bytes = summed.to_vec().unwrap();
    assert_eq!((bytes[1], bytes[64]), (65, 7));
    assert_eq!(Summed::decode(&bytes).unwrap(), summed);
    let digits = Digits { len: Auto::new(), body: vec![1; 2] };
    let bytes = digits.to_vec().unwrap();
    assert_eq!(&bytes[44..48], b"0050");
    assert_eq!(Digits::decode(&bytes).unwrap(), digits);
    assert!(Huge { n: u64::MAX, body: vec![], pad: Auto::new() }.to_vec().is_err());
}

/// The presence of `note` and the count of `lists` are expressions over `kind`.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, max = 64)]
struct Opaque {
    kind: u8,
    #[when(kind % 2 == 1)]
    #[until(b"\0\0")]
    note: Option<Vec<u8>>,
    #[count(usize::from(kind % 4))]
    lists: Vec<Ended>,
    #[until(1)]
    name: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Ended {
    #[until(|item| item.0 == 0)]
    items: Vec<Short>,
    #[when(items.len() > 1)]
    #[until(0)]
    #[wire(varint)]
    numbers: Option<Vec<u32>>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Short(u8, #[len_prefixed(u8, max = 3)] Vec<u8>);

#[test]
fn an_endless_part_stops_at_the_limit_of_the_type() {
    let mut bytes = vec![1; 63];
    assert!(fed::<Opaque>(&bytes).unwrap().is_empty());
    bytes.extend([1, 1]);
    let error = fed::<Opaque>(&bytes).unwrap_err();
    assert!(matches!(error.kind(), DecodeErrorKind::TooLong { limit: 64, .. }), "{error}");
}

/// Checks that reading any stream in pieces gives the same frames as reading it at once, and the
/// same outcome.
#[test]
fn cuts_change_nothing() {
    let mut state = 1_u64;
    let mut next = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let (mut frames, mut errors) = (0, 0);
    for _ in 0..20_000 {
        let len = next(60);
        let bytes: Vec<u8> = (0..len).map(|_| u8::try_from(next(5)).unwrap()).collect();
        let read = |pieces: &[&[u8]]| {
            let mut framer = Framer::new();
            let mut read = Vec::new();
            for piece in pieces.iter().copied().map(Some).chain([None]) {
                match piece {
                    Some(bytes) => framer.room().extend_from_slice(bytes),
                    None => framer.finish(),
                }
                loop {
                    match framer.next_frame::<Opaque>() {
                        Ok(Some(frame)) => read.push(frame),
                        Ok(None) => break,
                        Err(_) => return (read, true),
                    }
                }
            }
            (read, false)
        };
        let whole = read(&[&bytes]);
        let at = usize::try_from(next(len + 1)).unwrap();
        let (front, back) = bytes.split_at(at);
        assert_eq!(read(&[front, back]), whole, "{bytes:?} cut at {at}");
        assert_eq!(read(&bytes.chunks(1).collect::<Vec<_>>()), whole, "{bytes:?}");
        frames += whole.0.len();
        errors += usize::from(whole.1);
    }
    assert!(frames > 10_000 && errors > 1000, "{frames} frames, {errors} errors");
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8, len_prefixed(u32))]
enum Known {
    #[tag(1)]
    Ping,
    #[tag(2..=4)]
    Data {
        #[tag]
        kind: u8,
        #[rest]
        body: Vec<u8>,
    },
}

#[test]
fn an_unknown_tag_is_refused_before_the_rest_is_waited_for() {
    assert!(fed::<Known>(b"\x03\0\0\0\x09some").unwrap().is_empty());
    let error = fed::<Known>(b"\x47\0\0\0\x09").unwrap_err();
    assert_eq!(error.to_string(), "Known at byte 0: no variant of Known has the tag 71");
}

/// An enum whose fields are named `tag`, although one is a length and the other is the tag of
/// another enum.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, tag = u8)]
enum Called {
    #[tag(200)]
    Len {
        #[len_of(body)]
        tag: Auto<u8>,
        body: Vec<u8>,
        #[until(0)]
        name: String,
    },
    #[tag(1)]
    Tag {
        #[tag_of(body)]
        tag: Auto<u8>,
        body: Long,
        #[until(0)]
        name: String,
    },
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
enum Long {
    #[tag(1)]
    Eight {
        first: u64,
        #[until(0)]
        name: String,
    },
    #[tag(2)]
    One {
        #[until(0)]
        name: String,
    },
}

#[test]
fn fields_may_have_the_name_of_a_tag() {
    arrives(Called::Len { tag: Auto::new(), body: vec![1; 3], name: "hi".into() });
    let body = Long::One { name: "a".into() };
    arrives(Called::Tag { tag: Auto::new(), body, name: "hi".into() });
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Bounded {
    #[len_of(body, max = 8)]
    len: Auto<u16>,
    body: Vec<u8>,
    #[until(0)]
    name: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Several {
    #[len_of(kind..=body, max = 8)]
    len: Auto<u16>,
    kind: u8,
    #[rest]
    body: Vec<u8>,
    #[until(0)]
    name: String,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Last {
    kind: u8,
    #[until(|item| item.0 == 0)]
    items: Vec<Named>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Named(u8, #[len_prefixed(u8)] String);

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Nothing {
    #[count_prefixed(u32)]
    items: Vec<[Named; 0]>,
    tail: u16,
}

/// Checks that the framer does not wait for more bytes once they cannot become a frame.
#[test]
fn malformed_bytes_are_refused_at_once() {
    let too_long = |error: DecodeError| matches!(error.kind(), DecodeErrorKind::TooLong { limit: 8, .. });
    assert!(too_long(fed::<Bounded>(&[3, 0xe8, 1, 1]).unwrap_err()));
    arrives(Bounded { len: Auto::new(), body: vec![1; 8], name: "hi".into() });
    assert!(too_long(fed::<Several>(&[3, 0xe8, 1, 1]).unwrap_err()));
    arrives(Several { len: Auto::new(), kind: 1, body: vec![1; 7], name: "hi".into() });
    let not_text = fed::<Last>(&[1, 1, 1, b'a', 1, 1, 0xff, 1]).unwrap_err();
    assert!(matches!(not_text.kind(), DecodeErrorKind::Utf8), "{not_text}");
    let endless = fed::<Nothing>(&[0xff, 0xff, 0xff, 0xff, 1, 2]).unwrap_err();
    assert!(matches!(endless.kind(), DecodeErrorKind::NoProgress), "{endless}");
}
