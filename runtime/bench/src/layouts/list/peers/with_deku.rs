use deku::prelude::*;

use super::{Item, Owned};
use crate::case::{Layout, Operation, Subject};
use crate::peers::deku_into;

#[derive(DekuRead, DekuWrite)]
#[deku(endian = "big")]
struct List {
    count: u16,
    #[deku(count = "count")]
    items: Vec<DekuItem>,
}

#[derive(DekuRead, DekuWrite)]
#[deku(ctx = "_: deku::ctx::Endian")]
struct DekuItem {
    len: u8,
    #[deku(count = "len")]
    text: Vec<u8>,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(
        Subject::Deku,
        Operation::ParseOwned,
        |bytes| List::from_bytes((bytes, 0)),
        |(_, list)| Owned { items: list.items.into_iter().map(|item| Item { text: item.text }).collect() },
    );
    layout.encode(Subject::Deku, list, deku_into, List::to_bytes);
}

fn list(value: &Owned) -> List {
    let items = value.items.iter().map(|item| DekuItem {
        len: u8::try_from(item.text.len()).expect("a short item"),
        text: item.text.clone(),
    });
    List { count: u16::try_from(value.items.len()).expect("a thousand items"), items: items.collect() }
}
