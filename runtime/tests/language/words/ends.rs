//! Tests of the forms of `until`: alternatives, `left`, `optional` and `between`.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;
use framewright::stream::Framer;
use framewright::{Sink, SliceSink};

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Lines {
    #[until(b"\r\n" | b"\n")]
    first: String,
    #[until(b";" | b"," | b":")]
    second: Vec<u8>,
    #[wire(dec)]
    #[until(b" " | b"\t")]
    number: u16,
}

fn lines(first: &str) -> Lines {
    Lines { first: first.into(), second: vec![1], number: 70 }
}

#[test]
fn any_of_several_ends_a_value_and_the_first_is_written() {
    round(lines("ab"), b"ab\r\n\x01;70 ");
    samples_of::<Lines>();
    assert_eq!(Lines::decode(b"ab\n\x01,70\t").unwrap(), lines("ab"));
    assert_eq!(Lines::decode(b"a\rb\n\x01:70\t").unwrap(), lines("a\rb"));
    assert!(unwritable(lines("a\n")).starts_with("Lines.first: "));
    // The value ends with the beginning of a delimiter, and is still decoded completely.
    assert_eq!(Lines::decode(&lines("a\r").to_vec().unwrap()).unwrap(), lines("a\r"));
    assert!(refused::<Lines>(b"ab").starts_with("Lines.first at byte 0"));
    let schema = Lines::SCHEMA;
    assert!(schema.to_string().contains(r#"until("\r\n" | "\n")"#), "{schema}");
    assert!(schema.diagram().to_string().contains("one of"), "{}", schema.diagram());
    assert!(
        schema.kaitai().to_string().contains(r#"Kaitai cannot express: up to "\r\n" | "\n""#),
        "{}",
        schema.kaitai()
    );
    assert!(
        schema.wireshark(1).to_string().contains(r#"any = { "\013\010", "\010" }"#),
        "{}",
        schema.wireshark(1)
    );
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, until(b"\r\n" | b"\n"))]
struct WholeLine {
    id: u8,
    #[rest]
    text: String,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Page {
    head: WholeLine,
    #[count_prefixed(u8)]
    lines: Vec<WholeLine>,
}

#[test]
fn any_of_several_ends_a_whole_frame() {
    let line = |text: &str| WholeLine { id: 7, text: text.into() };
    round(line("ab"), b"\x07ab\r\n");
    samples_of::<WholeLine>();
    assert_eq!(WholeLine::decode(b"\x07ab\n").unwrap(), line("ab"));
    assert_eq!(WholeLine::decode(b"\x07a\rb\n").unwrap(), line("a\rb"));
    assert!(unwritable(line("a\nb")).starts_with("WholeLine: "), "{}", unwritable(line("a\nb")));
    assert!(unwritable(WholeLine { id: 10, text: String::new() }).starts_with("WholeLine: "));
    assert!(refused::<WholeLine>(b"\x07ab\r").contains("WholeLine"));
    let error = refused::<WholeLine>(b"\n");
    assert!(error.starts_with("WholeLine.id at byte 0"), "{error}");
    assert_eq!((WholeLine::MIN_LEN, WholeLine::MAX_LEN), (2, None));
    let page = Page { head: line("a"), lines: vec![line(""), line("b")] };
    round(page.clone(), b"\x07a\r\n\x02\x07\r\n\x07b\r\n");
    assert_eq!(Page::decode(b"\x07a\n\x02\x07\n\x07b\r\n").unwrap(), page);
    let mut framer = Framer::new();
    for byte in b"\x07a\n\x02\x07\n\x07b\r\n" {
        assert_eq!(framer.next_frame::<Page>().unwrap(), None);
        framer.room().extend_from_slice(&[*byte]);
    }
    assert_eq!(framer.next_frame::<Page>().unwrap(), Some(page));
    let schema = WholeLine::SCHEMA;
    assert!(schema.to_string().contains(r#"until "\r\n" | "\n""#), "{schema}");
    assert!(schema.diagram().to_string().contains("one of"), "{}", schema.diagram());
    assert!(schema.kaitai().to_string().contains("Kaitai cannot express"), "{}", schema.kaitai());
    let shown = framewright::view::dump_bytes::<WholeLine>(b"\x07ab\n").to_string();
    assert!(shown.contains("until"), "{shown}");
}

mod one_end {
    #[derive(framewright::Frame)]
    #[frame(be, until(b"\r\n"))]
    pub(super) struct WholeLine {
        pub(super) id: u8,
        #[rest]
        pub(super) text: String,
    }
}

#[test]
fn an_alternative_that_is_added_is_read_by_new_programs_alone() {
    let report = WholeLine::SCHEMA.compatible_with(one_end::WholeLine::SCHEMA).to_string();
    assert!(report.contains("yes") && report.contains("not all"), "{report}");
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Newline(#[until(b"\n" | b"\r\n")] String);

#[test]
fn a_value_that_would_end_earlier_is_not_written() {
    assert!(unwritable(Newline("a\r".into())).starts_with("Newline.0: "));
    round(Newline("a\rb".into()), b"a\rb\n");
    assert_eq!(Newline::decode(b"a\r\n").unwrap(), Newline("a".into()));
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Left {
    #[until(b"/" | b"?", left)]
    host: String,
    #[until(b" ")]
    path: String,
    #[until(b"#", left, optional)]
    query: String,
    #[rest]
    fragment: String,
}

#[test]
fn a_delimiter_may_stay_for_what_follows() {
    let left = |host: &str, path: &str, query: &str, fragment: &str| Left {
        host: host.into(),
        path: path.into(),
        query: query.into(),
        fragment: fragment.into(),
    };
    round(left("a", "/b", "c", "#d"), b"a/b c#d");
    // If the delimiter is missing, only the end of the input ends the value.
    for (value, bytes) in [(left("a", "?b", "", ""), &b"a?b "[..]), (left("", "/", "c", ""), b"/ c")] {
        assert_eq!(value.to_vec().unwrap(), bytes);
        assert_eq!(Left::decode(bytes).unwrap(), value);
        assert!(matches!(Left::parse(bytes), Err(nom::Err::Incomplete(_))));
    }
    assert!(
        unwritable(left("a", "b", "", ""))
            .starts_with("Left.host: the bytes after it must begin with its delimiter \"/\"")
    );
    assert!(unwritable(left("a/", "/b", "", "")).starts_with("Left.host: "));
    assert!(unwritable(left("a", "/b", "c", "d")).starts_with("Left.query: the bytes after it must begin"));
    assert!(refused::<Left>(b"ab ").starts_with("Left.host at byte 0"));
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Last(#[until(b"\n", optional)] String);

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Held {
    #[len_prefixed(u8)]
    line: Last,
    tail: u8,
}

#[test]
fn a_delimiter_may_be_missing_at_the_end() {
    round(Last("ab".into()), b"ab\n");
    assert_eq!(Last::decode(b"ab").unwrap(), Last("ab".into()));
    assert_eq!(Held::decode(b"\x02ab\x07").unwrap(), Held { line: Last("ab".into()), tail: 7 });
    round(Held { line: Last("ab".into()), tail: 7 }, b"\x03ab\n\x07");
    samples_of::<Held>();
    // On a stream the delimiter completes the value at once. At the end of the stream, all
    // remaining bytes are the value.
    let mut framer = Framer::new();
    framer.room().extend_from_slice(b"a\nbc");
    assert_eq!(framer.next_frame::<Last>().unwrap(), Some(Last("a".into())));
    assert_eq!(framer.next_frame::<Last>().unwrap(), None);
    framer.finish();
    assert_eq!(framer.next_frame::<Last>().unwrap(), Some(Last("bc".into())));
    assert_eq!(framer.next_frame::<Last>().unwrap(), None);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(until(b"\r\n"), magic = b"VALUE ")]
struct Value {
    #[until(b" ")]
    key: String,
    #[wire(dec)]
    #[until(b" ")]
    flags: u16,
    #[wire(dec)]
    #[until(b" ", between)]
    len: u32,
    #[optional]
    #[wire(dec)]
    #[rest]
    cas: Option<u64>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Follows {
    #[until(b", ", between)]
    first: String,
    #[rest]
    second: Vec<u8>,
}

/// The range of `len` begins before `len` itself and ends with `word`, so no delimiter follows
/// `word`.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Enclosed {
    kind: u8,
    #[len_of(kind..=word)]
    len: Auto<u8>,
    #[until(b" ", between)]
    word: String,
    #[rest]
    behind: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Summed {
    #[checksum(framewright::checksum::Xor8, over = word..=behind)]
    sum: Auto<u8>,
    #[until(b" ", between)]
    word: String,
    #[optional]
    #[rest]
    behind: Option<Vec<u8>>,
}

#[test]
fn a_delimiter_may_stand_only_between_two_values() {
    let value = |cas| Value { key: "k".into(), flags: 0, len: 3, cas };
    round(value(None), b"VALUE k 0 3\r\n");
    round(value(Some(77)), b"VALUE k 0 3 77\r\n");
    assert!(
        refused::<Value>(b"VALUE k 0 3 \r\n").contains("this delimiter must be followed by another value")
    );
    // A sink with just enough room accepts the values. Otherwise the error names the field with the
    // delimiter that does not fit.
    let pair = |first: &str, second: &[u8]| Follows { first: first.into(), second: second.to_vec() };
    let mut room = [0; 4];
    let mut encode = |value: Follows, len| {
        let mut out = SliceSink::new(&mut room[..len]);
        value.encode(&mut out).map(|()| out.position()).map_err(|error| error.to_string())
    };
    assert_eq!(encode(pair("a", b""), 1), Ok(1));
    assert_eq!(encode(pair("a", b"b"), 4), Ok(4));
    assert!(encode(pair("a", b"b"), 2).unwrap_err().starts_with("Follows.first: "));
    samples_of::<Follows>();
    // Like `rest`, `parse` takes all available bytes.
    assert_eq!(Follows::parse(b"a").unwrap(), (&[][..], pair("a", b"")));
    samples_of::<Enclosed>();
    let enclosed = Enclosed { kind: 1, len: Auto::new(), word: "ab".into(), behind: vec![7] };
    round(enclosed, b"\x01\x04ab\x07");
    // The range ends before the delimiter of its last field.
    let summed = |word: &str, behind| Summed { sum: Auto::new(), word: word.into(), behind };
    round(summed("ab", None), b"\x03ab");
    round(summed("ab", Some(b"c".to_vec())), b"\x40ab c");
    samples_of::<Summed>();
    samples_of::<Value>();
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Places {
    #[fixed(8, until = 0)]
    name: String,
    size: u8,
    #[len(size, until = b"@", fill = b' ')]
    user: String,
    #[fixed(6, until = b"\r\n" | b"\n")]
    line: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Narrow(#[fixed(3, until = b"\r\n")] String);

#[test]
fn a_value_may_end_within_its_fixed_size() {
    let places = |name: &str, user: &str, line: &[u8]| Places {
        name: name.into(),
        size: 5,
        user: user.into(),
        line: line.to_vec(),
    };
    round(places("abc", "me", b"x"), b"abc\0\0\0\0\0\x05me@  x\r\n\0\0\0");
    round(places("abcdefgh", "12345", b"123456"), b"abcdefgh\x0512345123456");
    round(places("", "", b"1234"), b"\0\0\0\0\0\0\0\0\x05@    1234\r\n");
    let junk = Places::decode(b"abc\0junk\x05me@##x\n....").unwrap();
    assert_eq!(junk, places("abc", "me", b"x"));
    assert!(unwritable(places("abcdefghi", "", b"")).starts_with("Places.name: "));
    assert!(unwritable(places("a\0b", "", b"")).starts_with("Places.name: "));
    // With the first alternative, the delimiter does not fit. With the second one, it does.
    round(places("", "", b"12345"), b"\0\0\0\0\0\0\0\0\x05@    12345\n");
    assert!(unwritable(Narrow("12".into())).contains("its delimiter does not fit after it"));
    assert!(unwritable(places("", "a@", b"")).starts_with("Places.user: "));
    samples_of::<Places>();
    let dump = places("abc", "me", b"x").dump().to_string();
    for part in ["name.until", "name.fill", "user.until", "user.fill", "line.until", "line.fill"] {
        assert!(dump.contains(part), "{part} in\n{dump}");
    }
    assert!(Places::SCHEMA.to_string().contains("text, fixed(8), until \"\\x00\""), "{}", Places::SCHEMA);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Words {
    #[until(b"\r\n")]
    #[separated(b" ")]
    words: Vec<String>,
    #[len_prefixed(u8)]
    #[separated(b"," | b";")]
    #[each(wire(dec))]
    numbers: Vec<u32>,
    #[rest]
    #[separated(0)]
    pairs: Vec<Pair>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Pair {
    #[until(b"=")]
    key: String,
    #[rest]
    value: String,
}

fn words(words: &[&str], numbers: &[u32], pairs: &[(&str, &str)]) -> Words {
    Words {
        words: words.iter().map(ToString::to_string).collect(),
        numbers: numbers.to_vec(),
        pairs: pairs
            .iter()
            .map(|(key, value)| Pair { key: key.to_string(), value: value.to_string() })
            .collect(),
    }
}

#[test]
fn items_may_be_separated() {
    round(words(&["get", "a", "bc"], &[1, 20], &[("a", "b"), ("c", "")]), b"get a bc\r\n\x041,20a=b\0c=");
    round(words(&[], &[], &[]), b"\r\n\0");
    round(words(&["", ""], &[7], &[("", "")]), b" \r\n\x017=");
    round(words(&["a", ""], &[7], &[]), b"a \r\n\x017");
    assert_eq!(Words::decode(b"\r\n\x031;2").unwrap(), words(&[], &[1, 2], &[]));
    samples_of::<Words>();
    assert!(unwritable(words(&[""], &[], &[])).starts_with("Words.words[0]: a list of one empty item"));
    assert!(unwritable(words(&["a", "b c"], &[], &[])).starts_with("Words.words[1]: "));
    assert!(unwritable(words(&["a\r\n"], &[], &[])).starts_with("Words.words: "));
    assert!(refused::<Words>(b"a\r\n\x031,x").starts_with("Words.numbers[1] at byte 6"));
    let dump = words(&["a", "b"], &[1, 2], &[]).dump().to_string();
    assert!(dump.contains("words[0].until") && dump.contains("numbers[0].until"), "{dump}");
    assert!(!dump.contains("words[1].until"), "{dump}");
}

/// The type of the last field ends with the same delimiter as the frame. The macro cannot know
/// this, so encoding must check the values.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(until(b"\n"))]
struct Around {
    id: u8,
    line: Last,
}

/// A frame whose field ends at an optional delimiter, which is not consumed, or at the end of the
/// frame.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(until(b";"))]
struct LeftToTheEnd {
    #[until(b",", left, optional)]
    first: String,
}

#[test]
fn a_delimiter_within_that_of_its_frame_is_not_written() {
    let around = Around::decode(b"\x01ab\n").unwrap();
    assert_eq!(around, Around { id: 1, line: Last("ab".into()) });
    let error = unwritable(around);
    assert!(error.contains("Around") && error.contains("\\n"), "{error}");
    round(LeftToTheEnd { first: "ab".into() }, b"ab;");
    assert!(unwritable(LeftToTheEnd { first: "a,b".into() }).starts_with("LeftToTheEnd.first: "));
}

/// Ranges whose last field has an optional delimiter or may be absent. Only the bytes inside the
/// range count as following that field.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Ranges {
    #[len_of(first..=text)]
    len: Auto<u8>,
    first: u8,
    #[until(b",", left, optional)]
    text: String,
    #[len_of(second..=led)]
    len_of_led: Auto<u8>,
    second: u8,
    #[lead(b":")]
    led: Option<u8>,
    last: u8,
}

#[test]
fn bytes_after_an_extent_do_not_end_fields_in_it() {
    let ranges = |text: &str, led, last| Ranges {
        len: Auto::new(),
        first: 1,
        text: text.into(),
        len_of_led: Auto::new(),
        second: 2,
        led,
        last,
    };
    round(ranges("ab", Some(7), 8), b"\x03\x01ab\x03\x02:\x07\x08");
    round(ranges("ab", None, b':'), b"\x03\x01ab\x01\x02:");
    samples_of::<Ranges>();
}

/// If `behind` is empty, the encoder removes the delimiter after `word` again, so the delimiter of
/// the frame follows directly after `word`.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, until(b"\r\n"))]
struct TakenBack {
    #[checksum(framewright::checksum::Xor8, over = word..=word)]
    sum: Auto<u8>,
    #[checksum(framewright::checksum::Xor8, over = word..)]
    whole: Auto<u8>,
    #[offset_of(behind)]
    at: Auto<u8>,
    #[until(b" ", between)]
    word: String,
    #[rest]
    behind: Vec<u8>,
}

/// Like `TakenBack`, but the frame has no delimiter, and begins with a length that covers `word`
/// and `behind`.
#[derive(Frame, Debug, PartialEq, Clone)]
struct TakenBackAtTheEnd {
    #[len_of(word..)]
    len: Auto<u8>,
    #[until(b", ", between)]
    word: String,
    #[optional]
    #[rest]
    behind: Option<Vec<u8>>,
}

#[test]
fn positions_after_a_missing_delimiter_are_those_without_it() {
    let frame = |word: &str, behind: &[u8]| TakenBack {
        sum: Auto::new(),
        whole: Auto::new(),
        at: Auto::new(),
        word: word.into(),
        behind: behind.to_vec(),
    };
    round(frame("ab", b""), b"\x03\x03\x05ab\r\n");
    round(frame("ab", b"c"), b"\x23\x40\x06ab c\r\n");
    samples_of::<TakenBack>();
    let end = |word: &str, behind: Option<&[u8]>| TakenBackAtTheEnd {
        len: Auto::new(),
        word: word.into(),
        behind: behind.map(Into::into),
    };
    round(end("ab", None), b"\x02ab");
    round(end("ab", Some(b"c")), b"\x05ab, c");
    assert!(unwritable(end("ab", Some(b""))).starts_with("TakenBackAtTheEnd.behind: "));
    samples_of::<TakenBackAtTheEnd>();
}

/// A line that is read with either delimiter, but always written with the longer one.
#[derive(Frame, Debug, PartialEq)]
struct Ended(#[until(b"\r\n" | b"\n")] String);

/// The length counts units of two bytes. A line that had an even size when it was read may be
/// written with an odd size.
#[derive(Frame, Debug, PartialEq)]
struct InUnits {
    #[len_of(line, scale = 2)]
    len: Auto<u8>,
    line: Ended,
}

/// The length is an ordinary field, so the encoder does not compute it again.
#[derive(Frame, Debug, PartialEq)]
struct Kept {
    len: u8,
    #[len(len)]
    line: Ended,
}

#[test]
fn a_size_that_is_kept_or_scaled_may_refuse_other_delimiters() {
    let in_units = InUnits::decode(b"\x01a\n").unwrap();
    assert!(in_units.to_vec().is_err());
    framewright::testing::laws([InUnits { len: Auto::new(), line: Ended(String::new()) }]);
    let kept = Kept::decode(b"\x02a\n").unwrap();
    assert!(kept.to_vec().is_err());
    framewright::testing::laws([Kept { len: 2, line: Ended(String::new()) }]);
}
