//! Tests of the codecs that are generated for other languages.

mod agree;
mod brought;
mod claims;
mod ended;
mod faults;
mod names;
mod ordered;
mod packed;
mod scripts;
mod units;
pub(crate) mod usual;

use std::process::Command;

use self::ordered::{File, Mixed, Optional, Sized};
use self::packed::{Filled, Floats, Jobs, Nibbles, Panel, Reversed, Sentinels};
use self::scripts::Station;
use super::protocol::{
    ChatMsg, Headed, Ipv4, Line, Lists, Lsb, Message, Numbers, Options, Packet, Png, Post, Ranged, chat,
    ipv4, line, numbers, packets, ranged,
};
use agree::{Quick, agree};
use framewright::prelude::*;
use framewright::testing::insta::assert_snapshot;

macro_rules! languages_agree {
    ($($name:ident: $type:ty, $values:expr, $quick:expr;)*) => {$(
        #[test]
        fn $name() {
            let values: Vec<$type> = $values.into();
            let bytes: Vec<_> = values.iter().map(|value| value.to_vec().unwrap()).collect();
            agree_by::<$type>($quick, &bytes);
        }
    )*};
}

const QUICK: Quick = Quick { read: true, write: true };
const CAREFUL: Quick = Quick { read: false, write: false };
const QUICK_READ: Quick = Quick { read: true, write: false };
const QUICK_WRITE: Quick = Quick { read: false, write: true };

/// Compares the installed languages with Rust. Checks that each has a module for the type, with these
/// fast paths.
#[track_caller]
fn agree_by<T: OwnedFrame + std::fmt::Debug>(quick: Quick, bytes: &[Vec<u8>]) {
    for compared in agree::<T>(bytes, &[]) {
        let name = T::SCHEMA.name;
        assert_eq!((compared.refused, compared.quick), (None, quick), "{name} in {}", compared.language);
    }
}

languages_agree! {
    orders_of_a_file: File, [], CAREFUL;
    orders_of_fields: Mixed, [], CAREFUL;
    numbers_of_any_width: Sized, [], CAREFUL;
    sizes_of_what_may_be_absent: Optional, [], CAREFUL;
    arrays_and_lists_of_bits: Panel, [], CAREFUL;
    bits_from_the_lowest: Reversed, [], CAREFUL;
    padded_fields: Filled, [], CAREFUL;
    floats_that_say_absence: Floats, packed::floats(), CAREFUL;
    bits_that_say_absence: Sentinels, [], CAREFUL;
    plain_bits_that_say_absence: Nibbles, [Nibbles { high: None, low: 1 }], QUICK_READ;
    frames_that_may_be_malformed: Jobs, [], CAREFUL;
    chat_messages: ChatMsg, [chat(b"hi there")], QUICK;
    enums_with_a_magic: Message, [], CAREFUL;
    delimiters: Line, [line()], CAREFUL;
    ranges: Ranged, [ranged(super::protocol::Inner::Number(5))], CAREFUL;
    bits_and_a_checksum: Ipv4, [ipv4()], CAREFUL;
    formats_of_numbers: Numbers, [numbers()], CAREFUL;
    bits_from_the_bottom: Lsb, [], QUICK_READ;
    what_may_be_absent: Options, [], CAREFUL;
    lists: Lists, [], CAREFUL;
    tags_that_are_kept: Headed, [], QUICK;
    tags_from_outside: Post, [], QUICK;
    tags_of_bits: Packet, packets(), CAREFUL;
    chunks: Png, [], CAREFUL;
    delimiters_that_are_taken_back: ended::TakenBack, ended::taken_back(), CAREFUL;
    ends_of_what_encloses: ended::Enclosed, ended::enclosed(), CAREFUL;
    what_hangs_on_others_that_may_be_absent: Paired, [], CAREFUL;
    names_that_modules_use: names::Clash, [], QUICK;
    frames_without_fields: names::Empty, [], QUICK;
    lengths_that_may_be_negative: usual::SignedLen, [], QUICK;
    counts_that_may_be_negative: usual::SignedCount, [], QUICK;
    counts_in_front_of_lists: usual::SignedLists, [], QUICK;
    equal_names_in_variants: usual::SameNames, [], QUICK_READ;
    computed_numbers: usual::Computed, [], QUICK;
    numbers_computed_from_lengths: usual::OfLengths, [], CAREFUL;
    lengths_of_eight_bytes: usual::WideLengths, [], QUICK_WRITE;
    lists_of_three_bytes: usual::Triples, [], CAREFUL;
    lists_up_to_an_item: usual::Closed, [], CAREFUL;
    delimiters_and_padding_of_code_units: units::Wide, units::values(), CAREFUL;
    code_units_in_either_order: units::Ordered, units::ordered(), CAREFUL;
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Paired {
    #[presence_of(left)]
    has_left: Auto<bool>,
    #[none(0xff)]
    right: Option<u8>,
    left: Option<u16>,
    #[when(left.is_some() && right.is_none())]
    note: Option<u8>,
    #[check(tail != 3 || note.is_none(), "no 3 behind a note")]
    tail: u8,
}

/// Checks that readers of the schema also know which fields are absent.
#[test]
fn what_may_be_absent_is_known_to_the_schema() {
    for value in framewright::testing::samples::<Paired>(1, 40) {
        let bytes = value.to_vec().unwrap();
        assert_eq!(framewright::testing::dissects::<Paired>(&bytes), Ok(bytes.len()), "{value:?}");
        assert_eq!(value.note.is_some(), value.left.is_some() && value.right.is_none());
    }
}

const SCHEMAS: [&framewright::Schema; 39] = [
    Floats::SCHEMA,
    units::Wide::SCHEMA,
    units::Ordered::SCHEMA,
    usual::Closed::SCHEMA,
    usual::SignedLists::SCHEMA,
    usual::SignedLen::SCHEMA,
    usual::SignedCount::SCHEMA,
    usual::SameNames::SCHEMA,
    usual::Computed::SCHEMA,
    usual::OfLengths::SCHEMA,
    usual::WideLengths::SCHEMA,
    usual::Triples::SCHEMA,
    names::Clash::SCHEMA,
    names::Empty::SCHEMA,
    Paired::SCHEMA,
    Station::SCHEMA,
    Jobs::SCHEMA,
    Panel::SCHEMA,
    Sentinels::SCHEMA,
    Nibbles::SCHEMA,
    Reversed::SCHEMA,
    Filled::SCHEMA,
    File::SCHEMA,
    Mixed::SCHEMA,
    Sized::SCHEMA,
    Optional::SCHEMA,
    ChatMsg::SCHEMA,
    Message::SCHEMA,
    Line::SCHEMA,
    Ranged::SCHEMA,
    Ipv4::SCHEMA,
    Numbers::SCHEMA,
    Lsb::SCHEMA,
    Options::SCHEMA,
    Lists::SCHEMA,
    Headed::SCHEMA,
    Post::SCHEMA,
    Packet::SCHEMA,
    Png::SCHEMA,
];

/// Returns a command for the Python interpreter that has the packages of the tests.
fn python() -> Command {
    Command::new(std::env::var_os("FRAMEWRIGHT_PYTHON").unwrap_or_else(|| "python3".into()))
}

#[test]
fn python_is_typed() {
    if !python().args(["-m", "mypy", "--version"]).output().is_ok_and(|output| output.status.success()) {
        eprintln!("skipped: no mypy, so the types in Python are not checked");
        return;
    }
    let folder = std::env::temp_dir().join(format!("framewright-{}-typed", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    for schema in SCHEMAS.iter().chain(claims::SCHEMAS) {
        let module = schema.python().generate().unwrap();
        std::fs::write(folder.join(format!("{}.py", schema.name.to_lowercase())), module).unwrap();
    }
    let cache = folder.join("cache");
    let mut mypy = python();
    let output =
        mypy.args(["-m", "mypy", "--strict", "--cache-dir"]).arg(cache).arg(&folder).output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn typescript_is_typed() {
    let find = ["-p", "require('path').join(require.resolve('typescript/package.json'), '../bin/tsc')"];
    let found = Command::new("node").args(find).output().ok().filter(|output| output.status.success());
    let Some(found) = found else {
        eprintln!(
            "skipped: no node, or not its package typescript, so the types in TypeScript are not checked"
        );
        return;
    };
    let tsc = String::from_utf8(found.stdout).unwrap();
    let folder = std::env::temp_dir().join(format!("framewright-{}-ts", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let mut node = Command::new("node");
    node.arg(tsc.trim()).args(["--strict", "--noUncheckedIndexedAccess", "--noEmit", "--target", "es2022"]);
    node.args(["--module", "es2022", "--lib", "es2022,dom"]);
    for schema in SCHEMAS.iter().chain(claims::SCHEMAS) {
        let path = folder.join(format!("{}.ts", schema.name.to_lowercase()));
        std::fs::write(&path, schema.typescript().generate().unwrap()).unwrap();
        node.arg(path);
    }
    let output = node.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}");
    std::fs::remove_dir_all(folder).unwrap();
}

/// Checks that a negative length is an error.
#[test]
fn a_negative_length_is_an_error() {
    let bytes = |len: i16| [len.to_be_bytes().as_slice(), b"abc"].concat();
    agree_by::<usual::SignedLen>(QUICK, &[bytes(3), bytes(-3), bytes(-2), bytes(i16::MIN), bytes(-1)]);
    let counted = |count: u8, len: u8| [count, len, 0, 1, 0, 2, b'x', b'y', 3].to_vec();
    let odd = [counted(2, 0xff), counted(0xff, 0), counted(0x80, 0xff), counted(2, 2), counted(0, 0xfb)];
    let lists = |numbers: u8, parts: i16, len: u8| {
        let parts = parts.to_be_bytes();
        [&[7, numbers, 0, 1, 0, 2][..], &parts, b"\x01x\0\0\0\x05", &[len, 9, 9]].concat()
    };
    agree_by::<usual::SignedLists>(
        QUICK,
        &[lists(2, 1, 2), lists(0xff, 1, 2), lists(2, -1, 2), lists(2, 1, 0xfe)],
    );
    agree_by::<usual::SignedCount>(QUICK, &odd);
}

/// Checks that a field cannot extend beyond a length that encloses it, even if more bytes follow.
#[test]
fn a_frame_is_not_shorter_than_its_fields() {
    let bytes = |first: u16, second: u8, more: usize| {
        [&first.to_be_bytes(), &[1, 2, 3, 4, second, 5, 6, 7, 8, 9][..], &vec![0; more]].concat()
    };
    let all =
        [bytes(4, 3, 0), bytes(2, 3, 0), bytes(3, 3, 2), bytes(4, 2, 0), bytes(4, 1, 4), bytes(0, 3, 9)];
    agree_by::<usual::Extended>(QUICK, &all);
}

/// Checks that a flag which is neither 0 nor 1 is refused, even if another variant has a `bool` of
/// the same name.
#[test]
fn equal_names_in_two_variants_are_kept_apart() {
    let wide = [3, 0, 0, 0, 2, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0, 0, 0, 0, 1];
    let flags = [[2u8, 2, 5, 0, 0, 0], [2, 1, 5, 1, 2, 0], [2, 0, 5, 1, 9, 0], [2, 0, 5, 0xff, 9, 9]];
    let bytes =
        [&flags[0][..], &flags[1], &flags[2][..5], &flags[3], &[1, 1, 0x12, 1, 9], &[1, 2, 0, 0], &wide];
    agree_by::<usual::SameNames>(QUICK_READ, &bytes.map(<[u8]>::to_vec));
}

#[test]
fn generated_modules_match_their_snapshots() {
    assert_snapshot!("chat-ts", above(&ChatMsg::SCHEMA.typescript().generate().unwrap()));
    assert_snapshot!("message-ts", above(&Message::SCHEMA.typescript().generate().unwrap()));
    assert_snapshot!("chat-py", above(&ChatMsg::SCHEMA.python().generate().unwrap()));
    assert_snapshot!("message-py", above(&Message::SCHEMA.python().generate().unwrap()));
    assert_snapshot!("station-ts", above(&Station::SCHEMA.typescript().generate().unwrap()));
    assert_snapshot!("station-py", above(&Station::SCHEMA.python().generate().unwrap()));
}

/// Returns the generated code without the helper functions, which every module has.
fn above(module: &str) -> &str {
    module
        .split_once("The functions that read and write the frames above.")
        .unwrap()
        .0
        .trim_end_matches(['#', '/', ' ', '\n'])
}
