//! Declarations with names that the generated modules use themselves.

use framewright::prelude::*;

/// Each field has the name of something that the generated code uses to read or write it.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Clash {
    constant: u8,
    #[magic(b"M")]
    mark: Auto,
    len: u8,
    range: u8,
    r#struct: u8,
    map: u8,
    any: u8,
    data: u8,
    at: u8,
    end: u8,
    here: u8,
    out: u8,
    view: u8,
    reached: u8,
    room: u8,
    #[count_prefixed(u8)]
    items: Vec<Item>,
    item: u8,
    index: u8,
    place: u8,
    #[len_prefixed(u8)]
    text: String,
    text_bytes: u8,
    text_from: u8,
    text_size: u8,
    text_end: u8,
    run: u8,
    parts: u8,
    items_end: u8,
    items_parts: u8,
    decode: u8,
    encode: u8,
    parse: u8,
    kind: u8,
    name: u8,
    value: u8,
    r#type: u8,
    int: u8,
    #[len_prefixed(u8)]
    bytes: Vec<u8>,
    list: [u16; 2],
    tuple: bool,
    isinstance: u8,
    str: u8,
    none: Union,
    reader: Reader,
    get_uint8: u8,
    put_uint8: u8,
    quickly: u8,
    bits: u8,
    cls: u8,
    r: u8,
    w: u8,
    v: u8,
    tag: u8,
    start: u8,
    part: u8,
    chosen_bytes: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Item {
    #[bits(3)]
    item: u8,
    #[bits(5)]
    value: u8,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
#[expect(clippy::enum_variant_names, reason = "the generated modules have a `Union` of their own")]
pub(super) enum Union {
    #[tag(1)]
    None,
    #[tag(2)]
    Union { kind: u8, encode: u8, tag: u8, int: u8 },
    #[tag(3)]
    Variant(u8, u16),
    #[tag(4)]
    Reader { data: u8 },
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Reader {
    r: u8,
    w: u8,
}

/// Contains a frame without fields, and frames with only a constant.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
pub(super) struct Empty {
    nothing: Nothing,
    #[len_prefixed(u8)]
    rest: Vec<Mark>,
    #[calc(rest.len() as u8 ^ 0xff, verify)]
    turned: Auto<u8>,
    #[calc(u64::MAX - 3, verify)]
    most: Auto<u64>,
    number: i64,
}

#[derive(Frame, Debug, Clone, PartialEq)]
pub(super) struct Nothing;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"!")]
pub(super) struct Mark {}
