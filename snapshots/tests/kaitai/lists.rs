//! Lists: with a count, up to the end, up to an item, and with sizes in other fields.

use framewright::prelude::*;

use super::{holds, sample};

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Chunk {
    offset: u32,
    len: u32,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct ToTheEnd(#[rest] Vec<Chunk>);

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Counted(#[count_prefixed(u32)] Vec<Chunk>);

/// A list whose count comes after it.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct CountBehind {
    #[rest]
    chunks: Vec<Chunk>,
    #[calc(chunks.len() as u32, verify)]
    count: Auto<u32>,
}

#[test]
fn chunks() {
    let chunk = |offset, len| Chunk { offset, len };
    holds(sample!("repeat_eos_struct"), ToTheEnd(vec![chunk(0, 66), chunk(66, 2069)]));
    let chunks = vec![chunk(0x10, 0x2078), chunk(0x2088, 0xf)];
    holds(sample!("repeat_n_struct"), Counted(chunks.clone()));
    holds(sample!("instance_in_repeat_expr"), CountBehind { chunks, count: Auto::new() });
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct UntilNumber {
    #[until(|number| *number == -1)]
    numbers: Vec<i32>,
    #[until(0)]
    behind: String,
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Short(#[count_prefixed(u8)] Vec<u8>);

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Long(#[count_prefixed(u16)] Vec<u16>);

#[derive(Frame, Debug, PartialEq, Clone)]
struct UntilEmpty {
    #[until(|item| item.0.is_empty())]
    first: Vec<Short>,
    #[until(|item| item.0.is_empty())]
    second: Vec<Long>,
    #[until(0)]
    third: Vec<u8>,
}

/// Five masked bytes.
#[derive(Frame, Debug, PartialEq, Clone)]
struct Masked([u8; 5]);

#[derive(Debug, PartialEq, Clone)]
struct Message {
    marker: u8,
    body: u32,
}

impl From<Masked> for Message {
    fn from(Masked(bytes): Masked) -> Self {
        let [marker, body @ ..] = bytes.map(|byte| byte ^ 0xaa);
        Self { marker, body: u32::from_le_bytes(body) }
    }
}

impl From<Message> for Masked {
    fn from(Message { marker, body }: Message) -> Self {
        let [one, two, three, four] = body.to_le_bytes();
        Self([marker, one, two, three, four].map(|byte| byte ^ 0xaa))
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct UntilMarker(
    #[wire(Masked)]
    #[until(|message| message.marker == 0)]
    Vec<Message>,
);

#[test]
fn lists_that_end_with_an_item() {
    let numbers = vec![66, 4919, -251_658_241, -1];
    holds(sample!("repeat_until_s4"), UntilNumber { numbers, behind: "foobar".into() });
    let until_empty = UntilEmpty {
        first: vec![Short(vec![1, 2, 3, 4]), Short(vec![1, 2]), Short(vec![])],
        second: vec![Long(vec![1, 2, 3, 4, 5, 6]), Long(vec![1, 2, 3]), Long(vec![1, 2, 3, 4]), Long(vec![])],
        third: b"foobar".to_vec(),
    };
    holds(sample!("repeat_until_complex"), until_empty);
    let messages = [(0xe8, 0xaaaa_aaba), (0xfa, 0xaaaa_b89e), (0xaa, 0x5555_5555)];
    let messages =
        messages.map(|(marker, body): (u8, u32)| Message { marker: marker ^ 0xaa, body: body ^ 0xaaaa_aaaa });
    holds(sample!("repeat_until_process"), UntilMarker(messages.to_vec()));
}

/// Texts, after a list of their sizes.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Sizes {
    #[count_prefixed(u32)]
    sizes: Vec<u32>,
    #[each(size in sizes, len(size))]
    buffers: Vec<String>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Arrays {
    numbers: [u32; 4],
    doubles: [f64; 3],
    #[count(3)]
    #[each(until(0))]
    names: Vec<String>,
}

/// Names, after their count and their common size.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Index {
    #[count_of(names)]
    count: Auto<u32>,
    size: u32,
    magic: u32,
    #[each(len(size))]
    names: Vec<String>,
}

/// A list of tags, which contain the lengths of the contents, and then the contents.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Tagged {
    first: u32,
    #[count_prefixed(u32)]
    tags: Vec<Tag>,
    #[each(tag in tags, len(tag.size))]
    contents: Vec<String>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Tag {
    #[fixed(4)]
    name: String,
    offset: u32,
    size: u32,
}

#[test]
fn sizes_in_other_fields() {
    let buffers = vec!["A".into(), "BBBBBBBB".into(), "CCCC".into()];
    holds(sample!("index_sizes"), Sizes { sizes: vec![1, 8, 4], buffers });
    let arrays = Arrays {
        numbers: [7_657_765, 49_185, 1_123_362_332, 16_272_640],
        doubles: [0x0b5_df28, 0, 0].map(|_: u64| 0.0),
        names: ["foo", "bar", "baz"].map(String::from).to_vec(),
    };
    let doubles = Arrays::decode(sample!("expr_array")).unwrap().doubles;
    assert!((doubles[0] + 2.684_073_182_150_6e-110).abs() < 1e-100, "{doubles:?}");
    holds(sample!("expr_array"), Arrays { doubles, ..arrays });
    let names = vec!["FIRST___".into(), "SECOND__".into()];
    holds(sample!("nav"), Index { count: Auto::new(), size: 8, magic: u32::MAX, names });
    let tag = |offset, size| Tag { name: "RAHC".into(), offset, size };
    let contents = vec!["foo".into(), "barbaz".into()];
    holds(sample!("nav_parent2"), Tagged { first: 8, tags: vec![tag(32, 3), tag(35, 6)], contents });
}

/// Texts whose lengths are in units of two bytes.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(le)]
struct Halves {
    version: u32,
    #[len_prefixed(u32, scale = 2, bias = 0)]
    first: Vec<u8>,
    #[len_prefixed(u32, scale = 2)]
    second: Vec<u8>,
}

#[test]
fn lengths_in_units_of_two_bytes() {
    let halves = Halves { version: 66, first: vec![0x11; 4], second: vec![0x22; 6] };
    holds(sample!("nested_same_name2"), halves);
}
