//! The header and the first directory of a TIFF file (TIFF 6.0, section 2), in both byte orders.
//! The bytes are encoded by hand.

use framewright::Order;
use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
struct File {
    mark: Mark,
    #[ctx(if mark == Mark::Intel { Order::Little } else { Order::Big })]
    image: Image,
}

#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(tag = [u8; 2])]
enum Mark {
    #[tag(b"II")]
    Intel,
    #[tag(b"MM")]
    Motorola,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
struct Image {
    #[magic(42)]
    version: Auto<u16>,
    /// The offset of the directory from the start of the file, where the byte order mark is.
    #[offset_of(entries, bias = 2)]
    first: Auto<u32>,
    #[count_prefixed(u16)]
    #[ctx(order)]
    entries: Vec<Entry>,
    next: u32,
    #[rest]
    data: Vec<u8>,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
struct Entry {
    tag: u16,
    #[tag_of(value)]
    kind: Auto<u16>,
    count: u32,
    #[ctx(order)]
    value: Value,
}

/// The value, left-justified, if it fits; otherwise its offset.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(order = order, ctx(order: Order))]
enum Value {
    #[tag(3)]
    Short(u16, #[pad(2)] Auto),
    #[tag(4)]
    Long(u32),
    #[tag(5)]
    RationalAt(u32),
}

fn image() -> Image {
    let entry = |tag, value| Entry { tag, kind: Auto::new(), count: 1, value };
    let short = |number| Value::Short(number, Auto::new());
    let entries = vec![
        entry(256, short(3)),
        entry(257, short(2)),
        entry(273, Value::Long(70)),
        entry(282, Value::RationalAt(62)),
    ];
    let data = hex("00000048 00000001 ff0000 ff0000");
    Image { version: Auto::new(), first: Auto::new(), entries, next: 0, data }
}

#[test]
fn big_endian() {
    let bytes = hex("4d4d 002a 00000008  0004  0100 0003 00000001 00030000  0101 0003 00000001 00020000 \
                     0111 0004 00000001 00000046  011a 0005 00000001 0000003e  00000000  00000048 00000001 ff0000 ff0000");
    proves("tiff-motorola", &bytes, File { mark: Mark::Motorola, image: image() });
}

#[test]
fn little_endian() {
    let bytes = hex("4949 2a00 08000000  0400  0001 0300 01000000 03000000  0101 0300 01000000 02000000 \
                     1101 0400 01000000 46000000  1a01 0500 01000000 3e000000  00000000  48000000 01000000 ff0000 ff0000");
    let data = hex("48000000 01000000 ff0000 ff0000");
    proves("tiff-intel", &bytes, File { mark: Mark::Intel, image: Image { data, ..image() } });
}

/// Checks that a directory may begin later, but not before the end of the header.
#[test]
fn the_directory_may_begin_further_on() {
    let (header, directory) = ("4d4d 002a", "0000 00000000");
    let file = |at: &str, gap: &str| File::decode(&hex(&format!("{header} {at} {gap} {directory}")));
    let empty = Image { entries: Vec::new(), data: Vec::new(), ..image() };
    assert_eq!(file("0000000c", "deadbeef").unwrap(), File { mark: Mark::Motorola, image: empty });
    let behind = file("00000004", "").unwrap_err().to_string();
    assert!(behind.starts_with("File.image.first at byte 4: expected an offset of at least 6"), "{behind}");
}
