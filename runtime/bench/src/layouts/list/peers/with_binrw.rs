use binrw::binrw;

use super::{Item, Owned};
use crate::case::{Layout, Operation, Subject};
use crate::peers::{binrw_into, binrw_new, binrw_read};

#[binrw]
#[brw(big)]
struct List {
    #[br(temp)]
    #[bw(try_calc(u16::try_from(items.len())))]
    count: u16,
    #[br(count = count)]
    items: Vec<BinrwItem>,
}

#[binrw]
#[brw(big)]
struct BinrwItem {
    #[br(temp)]
    #[bw(try_calc(u8::try_from(text.len())))]
    len: u8,
    #[br(count = len)]
    text: Vec<u8>,
}

pub(super) fn add(layout: &mut Layout<Owned>) {
    layout.parse(Subject::Binrw, Operation::ParseOwned, binrw_read::<List>, |list| Owned {
        items: list.items.into_iter().map(|item| Item { text: item.text }).collect(),
    });
    let list = |value: &Owned| List {
        items: value.items.iter().map(|item| BinrwItem { text: item.text.clone() }).collect(),
    };
    layout.encode(Subject::Binrw, list, binrw_into, binrw_new);
}
