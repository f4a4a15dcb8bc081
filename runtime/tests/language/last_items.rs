//! Tests of the condition that ends a list: if it has no value for an item, because it overflows or
//! divides by zero, that is an error of the item when decoding and encoding, in debug and in release
//! builds.

use framewright::DecodeError;
use framewright::prelude::*;
use framewright::stream::Framer;

/// Checks that every reader refuses what begins with these bytes, at this path and offset.
#[track_caller]
fn refused<T: OwnedFrame + std::fmt::Debug>(bytes: &[u8], path: &str, offset: usize) {
    let same = |error: &DecodeError, reader: &str| {
        let said = error.to_string();
        assert!(said.contains("has no value"), "{reader}: {said}");
        assert_eq!((error.path(), error.offset()), (path.to_owned(), offset), "{reader}: {said}");
    };
    same(&T::decode(bytes).expect_err("it has no value"), "decode");
    match T::parse(bytes) {
        Err(nom::Err::Error(error) | nom::Err::Failure(error)) => same(&error, "parse"),
        other => panic!("{other:?}"),
    }
    // A stream may wait for the least that follows the item, but not for what these bytes announce.
    let mut framer = Framer::new();
    let found = [bytes, &[200; 3]].concat().into_iter().find_map(|byte| {
        framer.room().extend_from_slice(&[byte]);
        framer.next_frame::<T>().err()
    });
    same(&found.expect("an error without more bytes"), "framer");
}

/// Checks that the value is not written, and that the error names the item.
#[track_caller]
fn not_written<T: OwnedFrame + std::fmt::Debug>(value: T, path: &str) {
    let _ = value.encoded_len();
    let error = value.to_vec().expect_err("it has no value");
    assert_eq!(error.path(), path, "{error}");
    let said = crate::held::refused(value);
    assert!(said.contains("has no value"), "{said}");
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Divided {
    a: u8,
    #[until(|b| 200 / b > 100)]
    items: Vec<u8>,
    #[len_prefixed(u8)]
    behind: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Pair {
    kind: u8,
    by: i16,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Pairs {
    a: u8,
    #[until(|pair| pair.kind + 10 > 20 && 100 % pair.by == 0)]
    items: Vec<Pair>,
    #[len_prefixed(u8)]
    behind: Vec<u8>,
}

#[test]
fn a_condition_without_a_value_is_an_error_of_its_item() {
    crate::held::same(Divided { a: 5, items: vec![9, 2, 1], behind: vec![7] }, &[5, 9, 2, 1, 1, 7]);
    refused::<Divided>(&[5, 9, 2, 3, 2, 0], "Divided.items[4]", 5);
    not_written(Divided { a: 5, items: vec![9, 0, 1], behind: vec![7] }, "Divided.items[1]");
    not_written(Divided { a: 5, items: vec![0], behind: vec![7] }, "Divided.items[0]");

    let pair = |kind, by| Pair { kind, by };
    let items = vec![pair(10, 0), pair(245, 3), pair(11, -50)];
    crate::held::same(
        Pairs { a: 1, items: items.clone(), behind: vec![7] },
        &[1, 10, 0, 0, 245, 0, 3, 11, 255, 206, 1, 7],
    );
    refused::<Pairs>(&[1, 10, 0, 0, 246, 0, 3], "Pairs.items[1]", 4);
    refused::<Pairs>(&[1, 10, 0, 0, 245, 0, 0], "Pairs.items[1]", 4);
    not_written(Pairs { a: 1, items: vec![pair(246, 1), pair(11, 1)], behind: vec![7] }, "Pairs.items[0]");
    not_written(Pairs { a: 1, items: vec![pair(10, 0), pair(11, 0)], behind: vec![7] }, "Pairs.items[1]");
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(width: u8))]
struct Wide {
    kind: i8,
    #[len(width)]
    body: Vec<u8>,
}

/// Items with context, and items that are lists.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct WithContext {
    width: u8,
    #[until(|item| -item.kind > 3)]
    #[ctx(width)]
    items: Vec<Wide>,
    #[len_prefixed(u8)]
    behind: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Lists {
    #[count_prefixed(u8)]
    #[each(until(|b| b * 2 > 100))]
    lists: Vec<Vec<u8>>,
    #[until(|list| list.len() - 1 > 1)]
    #[each(count_prefixed(u8))]
    last: Vec<Vec<u8>>,
    #[len_prefixed(u8)]
    behind: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Maybe {
    n: u8,
    #[presence_of(x)]
    there: Auto<u8>,
    x: Option<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Maybes {
    #[until(|item| item.x.is_none() && 200 / item.n > 100 || item.x.is_some() && item.n + 250 > 254)]
    items: Vec<Maybe>,
    #[len_prefixed(u8)]
    behind: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Guarded {
    #[until(|item| matches!(item.n, 0..=9 if (item.x).is_none()) && 200 / item.n > 100)]
    items: Vec<Maybe>,
    #[len_prefixed(u8)]
    behind: Vec<u8>,
}

/// Expressions of fields that ask the same of a nested frame.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Body {
    head: Maybe,
    #[len(if head.x.is_some() { head.n - 2 } else { 0 })]
    body: Vec<u8>,
}

const MARK: [u8; 4] = *b"ABCD";

/// Expressions with constants and text, which the schema cannot represent.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Named {
    total: u8,
    #[len(usize::from(total) - MARK.len())]
    body: Vec<u8>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Word {
    #[len_prefixed(u8)]
    name: String,
    n: u8,
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Words {
    #[until(|word| word.name == "end" || 200 / word.n > 100)]
    words: Vec<Word>,
    #[len_prefixed(u8)]
    behind: Vec<u8>,
}

#[test]
fn constants_and_text() {
    crate::held::same(Named { total: 5, body: vec![7] }, &[5, 7]);
    refused::<Named>(&[1], "Named.body", 1);
    let word = |name: &str, n| Word { name: name.into(), n };
    crate::held::same(
        Words { words: vec![word("a", 9), word("end", 0)], behind: vec![] },
        b"\x01a\x09\x03end\0\0",
    );
    refused::<Words>(b"\x01a\0", "Words.words[0]", 0);
}

#[test]
fn whether_a_part_of_the_item_is_there() {
    let item = |n, x| Maybe { n, there: Auto::new(), x };
    crate::held::same(
        Maybes { items: vec![item(4, Some(9)), item(2, None), item(5, Some(9))], behind: vec![7] },
        &[4, 1, 9, 2, 0, 5, 1, 9, 1, 7],
    );
    refused::<Maybes>(&[4, 1, 9, 0, 0], "Maybes.items[1]", 3);
    refused::<Maybes>(&[6, 1, 9], "Maybes.items[0]", 0);
    not_written(Maybes { items: vec![item(0, None)], behind: vec![7] }, "Maybes.items[0]");
    refused::<Guarded>(&[4, 0, 0, 0], "Guarded.items[1]", 2);

    crate::held::same(Body { head: item(3, Some(9)), body: vec![7] }, &[3, 1, 9, 7]);
    refused::<Body>(&[1, 1, 9], "Body.body", 3);
    not_written(Body { head: item(1, Some(9)), body: vec![] }, "Body.body");
}

#[test]
fn items_with_words_of_their_own() {
    let item = |kind, body: &[u8]| Wide { kind, body: body.into() };
    crate::held::same(
        WithContext { width: 2, items: vec![item(1, b"ab"), item(-4, b"cd")], behind: vec![7] },
        b"\x02\x01ab\xfccd\x01\x07",
    );
    refused::<WithContext>(b"\x02\x01ab\x80cd", "WithContext.items[1]", 4);
    not_written(
        WithContext { width: 0, items: vec![item(1, b""), item(-128, b"")], behind: vec![7] },
        "WithContext.items[1]",
    );

    crate::held::same(
        Lists { lists: vec![vec![1, 51], vec![60]], last: vec![vec![1], vec![1, 2, 3]], behind: vec![7] },
        &[2, 1, 51, 60, 1, 1, 3, 1, 2, 3, 1, 7],
    );
    refused::<Lists>(&[2, 1, 51, 50, 2, 128], "Lists.lists[1][2]", 5);
    refused::<Lists>(&[1, 51, 1, 1, 0], "Lists.last[1]", 4);
    not_written(
        Lists { lists: vec![vec![51], vec![200]], last: vec![vec![1, 2, 3]], behind: vec![7] },
        "Lists.lists[1][0]",
    );
    not_written(Lists { lists: vec![], last: vec![vec![]], behind: vec![7] }, "Lists.last[0]");
}

const SHIFT: u8 = 1;

/// Each way to write a closure whose body the macro knows.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Written {
    #[until(|&b| b + 1 > 3)]
    pattern: Vec<u8>,
    #[until(|Pair { kind, by }| *kind > 1 && kind + 1 > 3 && -by < 9)]
    fields: Vec<Pair>,
    #[until(|(a, b)| a + b > 3)]
    tuple: Vec<(u8, u8)>,
    #[until(|&(a, b): &(u8, u8)| a - b > 3)]
    typed: Vec<(u8, u8)>,
    #[until(|b: &u8| -> bool { b + 1 > 3 })]
    block: Vec<u8>,
    #[until(move |b| *b + 1 > 3)]
    moved: Vec<u8>,
    #[until(|b| (1 << (b >> SHIFT)) & b != 0)]
    shifted: Vec<u8>,
    #[until(|b| match b - 1 { 0 => false, 1 | 2 => b * b > 8, _ => true })]
    matched: Vec<u8>,
    #[until(|b| if *b > 9 { 255 - b > 5 } else { b + b > 6 })]
    chosen: Vec<u16>,
}

#[test]
fn each_way_to_write_a_closure() {
    let pair = |kind, by| Pair { kind, by };
    let value = |edit: fn(&mut Written)| {
        let mut value = Written {
            pattern: vec![0, 3],
            fields: vec![pair(0, 0), pair(3, 0)],
            tuple: vec![(0, 3), (1, 3)],
            typed: vec![(4, 1), (4, 0)],
            block: vec![2, 3],
            moved: vec![3],
            shifted: vec![8, 1],
            matched: vec![1, 2, 3],
            chosen: vec![3, 255, 4],
        };
        edit(&mut value);
        value
    };
    let bytes = value(|_| ()).to_vec().unwrap();
    crate::held::same(value(|_| ()), &bytes);
    not_written(value(|value| value.pattern = vec![255]), "Written.pattern[0]");
    not_written(value(|value| value.fields[0].kind = 255), "Written.fields[0]");
    not_written(value(|value| value.fields[1].by = i16::MIN), "Written.fields[1]");
    not_written(value(|value| value.tuple[0] = (255, 1)), "Written.tuple[0]");
    not_written(value(|value| value.typed[1] = (1, 2)), "Written.typed[1]");
    not_written(value(|value| value.block[0] = 255), "Written.block[0]");
    not_written(value(|value| value.moved[0] = 255), "Written.moved[0]");
    not_written(value(|value| value.shifted[0] = 16), "Written.shifted[0]");
    not_written(value(|value| value.matched[0] = 0), "Written.matched[0]");
    not_written(value(|value| value.chosen[1] = 256), "Written.chosen[1]");
}

/// A type that defines `+` itself.
#[derive(Frame, Debug, Clone, PartialEq)]
struct Ring(u8);

impl std::ops::Add<u8> for &Ring {
    type Output = u8;

    fn add(self, other: u8) -> u8 {
        self.0.wrapping_add(other)
    }
}

fn is_last(b: &u8) -> bool {
    *b == 9
}

/// Closures that run as they are written.
#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct AsWritten {
    #[until(|ring| ring + 1 == 0)]
    rings: Vec<Ring>,
    #[until(|b| { if *b == 7 { return true; } is_last(b) })]
    returns: Vec<u8>,
    #[until(|b| { let next = b.wrapping_add(1); next == 0 })]
    declares: Vec<u8>,
    #[until(|b| b.is_ascii_control() || is_last(b))]
    calls: Vec<u8>,
    #[until(|b| *b == 9)]
    compares: Vec<u8>,
}

#[test]
fn closures_that_run_as_written() {
    let value = AsWritten {
        rings: vec![Ring(1), Ring(255)],
        returns: vec![1, 7],
        declares: vec![255],
        calls: vec![99, 9],
        compares: vec![9],
    };
    crate::held::same(value, &[1, 255, 1, 7, 255, 99, 9, 9]);
}
