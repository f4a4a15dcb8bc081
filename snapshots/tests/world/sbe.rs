//! Simple Binary Encoding (FIX SBE 1.0, sections 3.4 and 4): a message with data of variable
//! length, and with a repeating group whose header has the size of its entries. The bytes are
//! encoded by hand.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Message {
    block_length: u16,
    template: u16,
    schema: u16,
    version: u16,
    #[len(block_length)]
    root: Vec<u8>,
    entry_length: u16,
    #[count_of(entries)]
    count: Auto<u16>,
    /// The entries. A newer writer may have longer entries, whose additional bytes an older reader
    /// keeps unchanged.
    #[each(len(entry_length))]
    entries: Vec<Entry>,
    #[len_prefixed(u16)]
    text: String,
}

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(le)]
struct Entry {
    id: u32,
    #[none(i32::MIN)]
    price: Option<i32>,
    #[rest]
    newer: Vec<u8>,
}

#[test]
fn repeating_group() {
    let bytes = hex(
        "0400 0100 5b00 0000  2a000000  0a00 0200  01000000 10270000 aabb  02000000 00000080 0000  0300 616263",
    );
    let message = Message {
        block_length: 4,
        template: 1,
        schema: 91,
        version: 0,
        root: vec![42, 0, 0, 0],
        entry_length: 10,
        count: Auto::new(),
        entries: vec![
            Entry { id: 1, price: Some(10_000), newer: vec![0xaa, 0xbb] },
            Entry { id: 2, price: None, newer: vec![0, 0] },
        ],
        text: "abc".into(),
    };
    proves("sbe-group", &bytes, message);
}
