//! Tests that the first values that are made of a type are accepted, whatever its fields depend on.

use std::string::String;
use std::vec::Vec;

use super::{Choices, Random, value};
use crate::frame::{Decode, Encode};
use crate::prelude::*;

/// Asserts that 50 values take few more attempts than that.
#[track_caller]
fn accepts<T: Encode + for<'a> Decode<'a>>() {
    let (mut random, mut attempts) = (Random::new(1), 0);
    for turn in 2..52 {
        let made = value::<T>(turn, &mut |_| {
            attempts += 1;
            Choices { list: (0..256).map(|_| random.next()).collect(), ..Choices::default() }
        });
        assert!(made.is_ok(), "{:?}", made.err());
    }
    assert!(attempts <= 55, "50 values of {} took {attempts} attempts", T::SCHEMA.name);
}

#[derive(Frame)]
#[frame(tag = u8)]
enum Label {
    #[tag(0)]
    Text(#[len_prefixed(u8)] String),
    #[tag(3)]
    Pointer(u8),
}

impl Label {
    fn is_last(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::Pointer(_) => true,
        }
    }
}

#[derive(Frame)]
struct Name(#[until(|label| label.is_last())] Vec<Label>);

#[derive(Frame)]
#[frame(be)]
struct Names {
    #[count_prefixed(u8)]
    names: Vec<Name>,
    behind: u16,
}

#[test]
fn a_list_ends_with_the_first_item_that_ends_it() {
    accepts::<Names>();
}

#[derive(Frame)]
#[frame(be)]
struct Numbers {
    #[until(|number| *number == 54_321)]
    numbers: Vec<u16>,
    behind: u8,
}

#[test]
fn a_list_ends_with_the_number_that_its_condition_names() {
    accepts::<Numbers>();
}

#[derive(Frame)]
#[frame(be)]
struct Overflowing {
    #[until(|byte| 200 / byte < 2)]
    bytes: Vec<u8>,
    #[until(|number| number + 1_000 > 30_000)]
    numbers: Vec<u16>,
    #[until(|number| number * 2 > 1_000)]
    negative: Vec<i32>,
    behind: u8,
}

#[test]
fn no_item_has_a_condition_without_a_value() {
    accepts::<Overflowing>();
}

#[derive(Frame, PartialEq)]
struct Piece(#[len_prefixed(u8)] Vec<u8>);

#[derive(Frame)]
#[frame(be)]
struct Pieces {
    #[until(Piece(vec![]))]
    pieces: Vec<Piece>,
    #[until(0)]
    numbers: Vec<u16>,
    behind: u8,
}

#[test]
fn no_item_equals_the_one_behind_the_list() {
    accepts::<Pieces>();
}

#[derive(Frame)]
struct Palette {
    #[bits(5)]
    flags: u8,
    #[bits(3)]
    size: u8,
    #[count(2usize << size)]
    colors: Vec<u8>,
}

#[test]
fn a_bit_field_with_a_count_holds_it() {
    accepts::<Palette>();
}

#[derive(Frame)]
#[frame(be)]
struct Sized {
    total: u16,
    #[len(total - 6)]
    body: Vec<u8>,
    pairs_len: u8,
    #[len(pairs_len)]
    pairs: Vec<u32>,
    kind: u8,
    value_len: u8,
    #[tag(kind)]
    #[len(value_len)]
    value: Fixed,
}

#[derive(Frame)]
#[frame(be)]
enum Fixed {
    #[tag(1)]
    Byte(u8),
    #[tag(2)]
    Word(u32),
}

#[test]
fn a_length_is_one_that_the_field_can_have() {
    accepts::<Sized>();
}

#[derive(Frame)]
#[frame(be)]
struct Handing {
    width: u8,
    kind: u8,
    #[count_prefixed(u8)]
    #[each(wire(bytes(width)))]
    numbers: Vec<u64>,
    #[count_prefixed(u8)]
    #[each(tag(kind))]
    chosen: Vec<Chosen>,
    #[len_prefixed(u8)]
    #[tag(kind)]
    values: Vec<Chosen>,
}

#[derive(Frame)]
enum Chosen {
    #[tag(1)]
    One(u8),
    #[tag(2)]
    Two(u8, u8),
    #[tag(9)]
    Nothing,
}

#[test]
fn items_are_given_sizes_and_tags_that_they_can_have() {
    accepts::<Handing>();
}

#[derive(Frame)]
struct Lines {
    #[count_prefixed(u8)]
    #[each(until(0))]
    lines: Vec<Vec<u8>>,
    #[until(b"\x01\x01")]
    last: Vec<u8>,
}

#[test]
fn bytes_do_not_contain_their_delimiter() {
    accepts::<Lines>();
}
