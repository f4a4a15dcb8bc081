//! Tests of `#[each(..)]`, which contains words for the items of a list.

use super::{refused, round, samples_of, unwritable};
use framewright::prelude::*;
use std::collections::VecDeque;

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Names {
    #[count_prefixed(u8)]
    #[each(len_prefixed(u8))]
    names: Vec<String>,
    #[len_prefixed(u16)]
    #[each(until(0))]
    lines: Vec<Vec<u8>>,
    #[count(2)]
    #[each(fixed(3))]
    codes: Box<[String]>,
    #[until(|label: &Vec<u8>| label.is_empty())]
    #[each(len_prefixed(u8))]
    labels: VecDeque<Vec<u8>>,
    #[count_prefixed(u8)]
    #[each(count_prefixed(u8), each(len_prefixed(u8)))]
    tables: Vec<Vec<String>>,
    #[count_prefixed(u8)]
    #[each(wire(dec), until(b","))]
    numbers: Vec<u32>,
    #[count_prefixed(u8)]
    #[each(wire(u24))]
    wide: Vec<u32>,
}

fn names() -> Names {
    Names {
        names: vec!["a".into(), String::new(), "bc".into()],
        lines: vec![vec![1, 2], vec![], vec![3]],
        codes: ["abc".into(), "d".into()].into(),
        labels: [vec![7], vec![8, 9], vec![]].into(),
        tables: vec![vec!["x".into()], vec![], vec!["y".into(), "zz".into()]],
        numbers: vec![10, 0, 4294967295],
        wide: vec![1, 0xfffefd],
    }
}

const NAMES: &[u8] = b"\x03\x01a\0\x02bc\0\x06\x01\x02\0\0\x03\0abcd\0\0\x01\x07\x02\x08\x09\0\
    \x03\x01\x01x\0\x02\x01y\x02zz\x0310,0,4294967295,\x02\0\0\x01\xff\xfe\xfd";

#[test]
fn items_end_in_their_own_way() {
    round(names(), NAMES);
    samples_of::<Names>();
}

#[test]
fn errors_in_an_item_name_the_item() {
    let mut bytes = NAMES.to_vec();
    bytes[2] = 0xff;
    assert_eq!(refused::<Names>(&bytes), "Names.names[0] at byte 2: expected UTF-8 text");
    assert_eq!(refused::<Names>(b"\x02\x01a\x05bc"), "Names.names[1] at byte 4: expected 5 bytes, found 2");
    let value = Names { lines: vec![vec![1], vec![0]], ..names() };
    assert!(unwritable(value).starts_with("Names.lines[1]: "));
    let value = Names { names: vec!["a".repeat(256)], ..names() };
    assert!(unwritable(value).starts_with("Names.names[0]"));
    let value = Names { tables: vec![vec![], vec![String::new(), "a".repeat(256)]], ..names() };
    assert!(unwritable(value).starts_with("Names.tables[1][1]"));
}

#[test]
fn the_dump_names_items() {
    let dump = names().dump().to_string();
    for line in
        ["names.count", "names[0].len ", "names[0] ", "lines[2].until", "tables[2][1].len", "tables[2][1] "]
    {
        assert!(dump.contains(line), "{line} in\n{dump}");
    }
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u8)]
enum Shape {
    Dot = 1,
    Line = 2,
}

#[derive(Frame, Debug, PartialEq, Clone)]
enum Value {
    #[tag(1)]
    Small(u8),
    #[tag(2)]
    Pair(u8, u8),
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(width: u8))]
struct Cell(#[len(width)] Vec<u8>, u8);

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Handed {
    width: u8,
    kind: u8,
    #[count_prefixed(u8)]
    #[ctx(width)]
    cells: Vec<Cell>,
    #[count_prefixed(u8)]
    #[each(ctx(width + 1))]
    more: Vec<Cell>,
    #[count(2)]
    #[each(len(width))]
    rows: Vec<Vec<u8>>,
    #[len_prefixed(u8)]
    #[tag(kind)]
    values: Vec<Value>,
    #[count_prefixed(u8)]
    #[each(count(2), each(len(width), ctx(width)))]
    nested: Vec<Vec<CellOf>>,
    #[count_prefixed(u8)]
    #[each(tag(kind), len_prefixed(u8))]
    sized: Vec<Value>,
    shape: Shape,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, ctx(width: u8))]
struct CellOf(#[len(width)] Vec<u8>);

fn handed() -> Handed {
    let cell = |bytes: &[u8], last| Cell(bytes.to_vec(), last);
    Handed {
        width: 2,
        kind: 2,
        cells: vec![cell(&[1, 2], 3)],
        more: vec![cell(&[1, 2, 3], 4), cell(&[5, 6, 7], 8)],
        rows: vec![vec![1, 2], vec![3, 4]],
        values: vec![Value::Pair(1, 2), Value::Pair(3, 4)],
        nested: vec![vec![CellOf(vec![1, 1]), CellOf(vec![2, 2])]],
        sized: vec![Value::Pair(5, 6)],
        shape: Shape::Line,
    }
}

#[test]
fn items_get_the_values_of_fields() {
    let bytes = [
        2, 2, 1, 1, 2, 3, 2, 1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4, 4, 1, 2, 3, 4, 1, 1, 1, 2, 2, 1, 2, 5, 6, 2,
    ];
    round(handed(), &bytes);
    samples_of::<Handed>();
    let value = Handed { rows: vec![vec![1, 2], vec![3]], ..handed() };
    assert_eq!(unwritable(value), "Handed.rows[1]: expected 2 bytes according to earlier fields, found 1");
    let value = Handed { values: vec![Value::Pair(1, 2), Value::Small(1)], ..handed() };
    assert!(unwritable(value).starts_with("Handed.values[1]"));
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Ended {
    width: u8,
    #[until(|cell: &Cell| cell.1 == 0)]
    #[ctx(width)]
    cells: Vec<Cell>,
    #[count(1)]
    #[each(len(width - 2))]
    rows: Vec<Vec<u8>>,
}

#[test]
fn lists_that_end_with_an_item_pass_it_context() {
    let cell = |bytes: &[u8], last| Cell(bytes.to_vec(), last);
    let ended = |cells| Ended { width: 2, cells, rows: vec![vec![]] };
    let cells = vec![cell(&[9, 9], 1), cell(&[8, 8], 0)];
    let bytes = [2, 9, 9, 1, 8, 8, 0];
    assert_eq!(unwritable(ended(cells.clone())), "Ended.rows[0]: a list item takes no bytes");
    assert_eq!(refused::<Ended>(&bytes), "Ended.rows at byte 7: expected at most 0, found 1 items");
    assert_eq!(unwritable(ended(vec![])), "Ended.cells: no item ends the list");
    assert!(unwritable(ended([&cells[..], &cells[..]].concat())).starts_with("Ended.cells[1]: an item ends"));
    assert_eq!(
        refused::<Ended>(&[1, 9, 0, 1]),
        "Ended.rows[0] at byte 3: `width - 2` has no value: it overflows or divides by zero"
    );
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Any<T> {
    size: u8,
    #[count_prefixed(u8)]
    #[each(len(size))]
    items: Vec<T>,
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Lent<'a> {
    #[count_prefixed(u8)]
    #[each(len_prefixed(u8))]
    words: Vec<&'a str>,
    #[until(|item: &&[u8]| item.is_empty())]
    #[each(len_prefixed(u8))]
    labels: Vec<&'a [u8]>,
}

#[test]
fn items_may_be_of_any_type_and_borrow() {
    let any = Any { size: 3, items: vec![Value24(1, 2), Value24(3, 4)] };
    let bytes = [3, 2, 0, 1, 2, 0, 3, 4];
    assert_eq!(any.to_vec().unwrap(), bytes);
    assert_eq!(Any::<Value24>::decode(&bytes).unwrap(), any);
    round(any, &bytes);
    let lent = Lent { words: vec!["a", "bc"], labels: vec![b"x", b""] };
    let bytes = b"\x02\x01a\x02bc\x01x\0";
    assert_eq!(lent.to_vec().unwrap(), bytes);
    assert_eq!(Lent::decode(bytes).unwrap(), lent);
}

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Value24(u16, u8);

#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be, tag = u8, ctx(size: u8))]
enum Rows {
    #[tag(1)]
    Some(
        #[count_prefixed(u8)]
        #[each(len(size))]
        Vec<String>,
    ),
    #[tag(2)]
    Own {
        len: u8,
        #[rest]
        #[each(len(len + size))]
        rows: Vec<Vec<u8>>,
    },
}

#[test]
fn items_in_variants_and_of_context() {
    let rows = Rows::Own { len: 1, rows: vec![vec![1, 2], vec![3, 4]] };
    let mut out = Vec::new();
    rows.encode_with(&mut out, 1).unwrap();
    assert_eq!(out, [2, 1, 1, 2, 3, 4]);
    assert_eq!(Rows::decode_with(&out, 1).unwrap(), rows);
    let rows = Rows::Some(vec!["ab".into()]);
    let mut out = Vec::new();
    rows.encode_with(&mut out, 2).unwrap();
    assert_eq!(out, [1, 1, b'a', b'b']);
    assert_eq!(Rows::decode_with(&out, 2).unwrap(), rows);
}

#[test]
fn drawings_show_items() {
    let schema = Names::SCHEMA;
    let text = schema.to_string();
    assert!(text.contains("names    list of NamesItem, count_prefixed(u8)"), "{text}");
    assert!(text.contains("\nNamesItem: 1 to 256 bytes, be\n  0  text, len_prefixed(u8)"), "{text}");
    assert!(text.contains("TablesItemItem"), "{text}");
    assert!(schema.diagram().to_string().contains("0.len"));
    assert!(
        schema
            .kaitai()
            .to_string()
            .contains("type: names_item\n    repeat: expr\n    repeat-expr: names_count")
    );
    let kaitai = Handed::SCHEMA.kaitai().to_string();
    assert!(kaitai.contains("# Kaitai cannot express: width bytes."), "{kaitai}");
    assert!(Handed::SCHEMA.wireshark(7).to_string().contains("RowsItem"));
    assert!(schema.compatible_with(schema).is_compatible());
    let other = Handed::SCHEMA;
    assert!(!schema.compatible_with(other).is_compatible());
}

/// Lists with one item for each element of an earlier list.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(be)]
struct Along {
    #[count_prefixed(u8)]
    sizes: Vec<u16>,
    widths: [u8; 2],
    scale: u8,
    #[each(size in sizes, len(usize::from(size) * usize::from(scale)))]
    blobs: Vec<Vec<u8>>,
    #[each(width in widths, count(width))]
    rows: Vec<Vec<u16>>,
    last: u8,
}

fn along(sizes: &[u16], blobs: &[&[u8]]) -> Along {
    let blobs = blobs.iter().map(|blob| blob.to_vec()).collect();
    Along { sizes: sizes.to_vec(), widths: [1, 0], scale: 2, blobs, rows: vec![vec![7], vec![]], last: 9 }
}

#[test]
fn lists_with_one_item_for_each_element_of_another() {
    round(along(&[1, 0], &[&[5, 6], &[]]), &[2, 0, 1, 0, 0, 1, 0, 2, 5, 6, 0, 7, 9]);
    round(along(&[], &[]), &[0, 1, 0, 2, 0, 7, 9]);
    assert_eq!(
        unwritable(along(&[1], &[&[5, 6], &[]])),
        "Along.blobs[1]: the list that gives each item its context has no element for this item"
    );
    assert_eq!(
        unwritable(along(&[1, 0], &[&[5, 6]])),
        "Along.blobs: expected 2 items according to earlier fields, found 1"
    );
    assert_eq!(
        unwritable(along(&[1], &[&[5]])),
        "Along.blobs[0]: expected 2 bytes according to earlier fields, found 1"
    );
    let cut = refused::<Along>(&[2, 0, 1, 0, 1, 1, 0, 2, 5, 6, 7]);
    assert!(cut.starts_with("Along.blobs[1] at byte"), "{cut}");
}

/// Lists in two variants may have the same name or the same position, and a type may have the name
/// that the items of a list have in schemas.
#[derive(Frame, Debug, PartialEq, Clone)]
#[frame(tag = u8)]
enum Command {
    #[tag(b'g')]
    Get {
        #[until(b"\r\n")]
        #[separated(b" ")]
        keys: Vec<String>,
    },
    #[tag(b'G')]
    Gets {
        #[until(b"\r\n")]
        #[separated(b",")]
        keys: Vec<String>,
    },
    #[tag(b'a')]
    Add(
        #[count_prefixed(u8)]
        #[each(len_prefixed(u8))]
        Vec<String>,
    ),
    #[tag(b'b')]
    Both(
        #[count_prefixed(u8)]
        #[each(count_prefixed(u8), each(len_prefixed(u8)))]
        Vec<Vec<String>>,
        #[count_prefixed(u8)]
        #[each(len_prefixed(u8))]
        Vec<Field0Item>,
    ),
}

#[derive(Frame, Debug, PartialEq, Clone)]
struct Field0Item(u8);

#[derive(Frame, Debug, PartialEq, Clone)]
struct LineItem {
    #[rest]
    #[separated(b",")]
    line: Vec<String>,
}

#[test]
fn lists_of_the_same_name() {
    round(Command::Get { keys: vec!["a".into(), "b".into()] }, b"ga b\r\n");
    round(Command::Gets { keys: vec!["a".into(), "b c".into()] }, b"Ga,b c\r\n");
    round(Command::Add(vec!["x".into()]), b"a\x01\x01x");
    let both = Command::Both(vec![vec!["x".into()], vec![]], vec![Field0Item(7)]);
    round(both, b"b\x02\x01\x01x\0\x01\x01\x07");
    round(LineItem { line: vec!["a".into(), "b".into()] }, b"a,b");
    samples_of::<Command>();
    let kaitai = Command::SCHEMA.kaitai().to_string();
    assert!(kaitai.contains("  keys_item:") && kaitai.contains("  field0_item:"), "{kaitai}");
}
