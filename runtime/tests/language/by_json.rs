//! Checks samples with `testing::laws`, and by a round trip through JSON.

use std::fmt::Debug;

use framewright::prelude::*;

/// Checks that the samples satisfy `testing::laws`, and that their JSON encodes to the same bytes.
#[track_caller]
pub(crate) fn laws<T: OwnedFrame + PartialEq + Debug>(samples: impl IntoIterator<Item = T>) {
    let samples: Vec<T> = samples.into_iter().collect();
    assert!(!samples.is_empty());
    #[cfg(feature = "json")]
    for sample in &samples {
        let json = framewright::json::to_json(sample).unwrap();
        match framewright::json::from_json::<T>(&json) {
            Ok(bytes) => assert_eq!(bytes, sample.to_vec().unwrap(), "{json}"),
            Err(error) => panic!("{error}\n{json}\n{}", sample.dump()),
        }
    }
    #[cfg(feature = "testing")]
    framewright::testing::laws(samples);
}

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Sizes {
    #[count_of(list)]
    count: Auto<u8>,
    #[len_of(text)]
    len: Auto<u8>,
    #[wire(bytes(count))]
    by_count: u32,
    #[wire(bytes(len))]
    by_len: i32,
    #[count_of(list)]
    #[bits(4)]
    again: Auto<u8>,
    #[bits(4)]
    rest: u8,
    #[wire(bytes(again))]
    by_bits: u32,
    #[count_prefixed(u8)]
    #[wire(bytes(count))]
    items: Vec<u32>,
    #[wire(bytes(count))]
    list: Vec<u32>,
    text: String,
    #[ctx(count, len)]
    inside: Inside,
    #[len_prefixed(u8)]
    #[ctx(count, len)]
    several: Vec<Inside>,
    #[presence_of(extra)]
    flag: Auto<u8>,
    #[wire(bytes(flag))]
    by_flag: u8,
    extra: Option<u8>,
    #[wire(bytes(count + len))]
    by_both: u64,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, ctx(count: u8, len: u8))]
struct Inside {
    #[wire(bytes(count))]
    first: u32,
    #[len(len + 2, until = 0)]
    place: Vec<u8>,
    #[count_prefixed(u8)]
    #[each(wire(bytes(len)))]
    list: Vec<u64>,
    #[count_of(bytes)]
    own: Auto<u8>,
    #[wire(bytes(own))]
    by_own: u64,
    bytes: Vec<u8>,
}

/// What an `Auto` counts decides how many bytes other values have, also in nested frames.
#[test]
fn sizes_that_depend_on_an_auto() {
    let inside = |first| Inside {
        first,
        place: vec![9],
        list: vec![0, 200],
        own: Auto::new(),
        by_own: 3,
        bytes: vec![4],
    };
    let sizes = |list: Vec<u32>, text: &str, several: usize| Sizes {
        count: Auto::new(),
        len: Auto::new(),
        by_count: 200,
        by_len: -2,
        again: Auto::new(),
        rest: 1,
        by_bits: 5,
        items: vec![7, 8],
        list,
        text: text.into(),
        inside: inside(200),
        several: vec![inside(1); several],
        flag: Auto::new(),
        by_flag: 7,
        extra: Some(1),
        by_both: 300,
    };
    // With numbers of full size the 25 frames would not fit their prefix.
    laws([sizes(vec![300, 1], "abc", 2), sizes(vec![7], "x", 25)]);
}
