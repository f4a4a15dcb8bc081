use framewright::Frame;
use std::collections::{BTreeMap, BTreeSet, HashMap};

#[derive(Frame)]
#[frame(be)]
struct Table {
    #[count_prefixed(u16)]
    rows: HashMap<u16, u32>,
    #[count_prefixed(u16)]
    #[when(true)]
    more: Option<BTreeMap<u8, [u8; 2]>>,
    #[rest]
    seen: BTreeSet<u8>,
}

fn main() {}
