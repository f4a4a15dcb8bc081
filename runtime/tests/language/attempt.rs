//! Tests of `Attempt`: malformed bytes are kept, if their end is known.

use bytes::Bytes;
use framewright::prelude::*;
use framewright::stream::Framer;
use framewright::view::dump_bytes;
use framewright::{Attempt, Source};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Job {
    id: u16,
    #[until(|word| word.text.is_empty())]
    words: Vec<Word>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Word {
    #[len_prefixed(u8)]
    text: String,
}

fn job(id: u16, text: &str) -> Job {
    Job { id, words: [text, ""].map(|text| Word { text: text.to_owned() }).into() }
}

fn raw<T>(bytes: &'static [u8]) -> Attempt<T> {
    Attempt::Bytes(Bytes::from_static(bytes))
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Prefixed {
    #[len_prefixed(u16)]
    job: Attempt<Job>,
    crc: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Ranged<T> {
    #[len_of(unit..)]
    length: Auto<u16>,
    unit: u8,
    body: T,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Lines {
    #[until(b"\n")]
    line: Attempt<Word>,
    #[fixed(3)]
    fixed: Attempt<Word>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
struct Last {
    kind: u8,
    job: Attempt<Job>,
}

/// Feeds bytes one at a time. Returns the decoded frames.
fn fed<T: OwnedFrame>(bytes: &[u8]) -> Vec<T> {
    let mut framer = Framer::new();
    let mut frames = Vec::new();
    for byte in bytes {
        framer.room().extend_from_slice(&[*byte]);
        frames.extend(framer.next_frame().unwrap());
    }
    frames
}

#[cfg(feature = "testing")]
#[test]
fn obeys_the_laws() {
    use framewright::testing::laws;

    laws([Attempt::Frame(job(7, "hi")), raw(b"\0"), raw(b"\0\x07\x01\xff\0")]);
    laws([Prefixed { job: Attempt::Frame(job(7, "hi")), crc: 1 }, Prefixed { job: raw(b"\0\x07"), crc: 1 }]);
    let ranged = |body| Ranged { length: Auto::new(), unit: 3, body };
    laws([ranged(Attempt::Frame(job(7, "hi"))), ranged(raw(b"\0\x07\x01")), ranged(raw(b""))]);
    laws([Lines { line: Attempt::Frame(Word { text: "hi".into() }), fixed: raw(b"\x03hi") }]);
    laws([Last { kind: 1, job: Attempt::Frame(job(7, "hi")) }, Last { kind: 1, job: raw(b"") }]);
}

#[test]
fn keeps_malformed_bytes_and_continues_after_them() {
    let bytes = b"\0\x04\0\x07\x02h\x01\0\x06\0\x08\x02hi\0\x02\0\0\x03";
    let frames = [
        Prefixed { job: raw(b"\0\x07\x02h"), crc: 1 },
        Prefixed { job: Attempt::Frame(job(8, "hi")), crc: 2 },
        Prefixed { job: raw(b""), crc: 3 },
    ];
    assert_eq!(fed::<Prefixed>(bytes), frames);
    let encoded: Vec<u8> = frames.iter().flat_map(|frame| frame.to_vec().unwrap()).collect();
    assert_eq!(encoded, bytes);
}

#[test]
fn bytes_left_over_are_malformed_too() {
    let ranged = Ranged::<Attempt<Word>>::decode(b"\0\x04\x09\x01a!").unwrap();
    assert_eq!(ranged.body, raw(b"\x01a!"));
    let error = ranged.body.error().unwrap().to_string();
    assert_eq!(error, "Word at byte 2: 1 byte left over after the value");
}

#[test]
fn bytes_outside_of_an_attempt_are_checked() {
    // The length is less than the size of the fields that it counts.
    assert!(Ranged::<Attempt<Word>>::decode(b"\0\0\x09").is_err());
    assert!(Prefixed::decode(b"\0\x01\xff").is_err());
}

#[test]
fn on_a_stream_only_the_end_ends_it() {
    let mut framer = Framer::new();
    framer.room().extend_from_slice(b"\x01\0\x07\x02hi\0");
    assert_eq!(framer.next_frame::<Last>().unwrap(), None);
    framer.finish();
    let last = framer.next_frame::<Last>().unwrap().unwrap();
    assert_eq!(last, Last { kind: 1, job: Attempt::Frame(job(7, "hi")) });
}

#[test]
fn an_attempt_has_an_error_only_if_it_is_malformed() {
    assert_eq!(Attempt::Frame(job(7, "hi")).error(), None);
    assert_eq!(raw::<Word>(b"\x02hi").error(), None);
    assert_eq!(
        raw::<Word>(b"").error().unwrap().to_string(),
        "Word.text at byte 0: expected 1 byte, found 0"
    );
    assert_eq!(raw::<Word>(b"").frame(), None);
    assert_eq!(Attempt::Frame(job(7, "hi")).frame(), Some(job(7, "hi")));
}

#[test]
fn large_bytes_are_shared() {
    let bytes = Bytes::from(vec![0xff; 4096]);
    let source = Source::complete().with_owner(&bytes);
    let Attempt::Bytes(kept) = Attempt::<Word>::decode_from(&bytes, &source).unwrap() else {
        panic!("a word")
    };
    assert_eq!(kept.as_ptr(), bytes.as_ptr());
}

#[test]
fn is_dumped_as_the_frame_or_as_bytes() {
    let good = Prefixed { job: Attempt::Frame(job(7, "hi")), crc: 1 };
    let bad = Prefixed { job: raw(b"\0\x07\x02h"), crc: 1 };
    let expected = "\
Prefixed, 7 bytes
0000  00 04        job.len      u16 be    4
0002  00 07 02 68    job.bytes  4 bytes   0x00070268
0006  01           crc          u8        1";
    assert_eq!(bad.dump().to_string(), expected);
    assert_eq!(dump_bytes::<Prefixed>(&bad.to_vec().unwrap()).to_string(), expected);
    assert!(good.dump().to_string().contains("job.words[0].text"), "{}", good.dump());
    assert_eq!(raw::<Word>(b"\xff").dump().to_string(), "Word, 1 byte\n0000  ff  bytes     1 byte    0xff");
}

/// Frames in frames. Each of them may be malformed.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Shell {
    kind: u8,
    #[len_prefixed(u16)]
    inner: Vec<Layer>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Layer {
    #[len_prefixed(u16)]
    shell: Attempt<Shell>,
}

#[test]
fn an_attempt_that_is_nested_too_deeply_keeps_bytes() {
    let wrap = |inner: Vec<u8>| {
        let len = |bytes: &[u8]| u16::try_from(bytes.len()).unwrap().to_be_bytes();
        let shell = [&[1], &len(&inner)[..], &inner].concat();
        [&len(&shell)[..], &shell].concat()
    };
    let bytes = (0..1000).fold(Vec::new(), |inner, _| wrap(inner));
    let layer = Layer::decode(&bytes).unwrap();
    assert_eq!(layer.to_vec().unwrap(), bytes);
    let mut depth = 0;
    let mut inside = &layer;
    while let Attempt::Frame(shell) = &inside.shell {
        depth += 1;
        inside = &shell.inner[0];
    }
    assert!((20..=usize::from(Source::MAX_DEPTH)).contains(&depth), "{depth}");
    assert!(matches!(&inside.shell, Attempt::Bytes(bytes) if bytes.len() > 3000));
}
