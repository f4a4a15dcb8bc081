use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, ctx(wide: bool))]
struct Item {
    #[when(wide)]
    value: Option<u16>,
}

#[derive(Frame)]
#[frame(be)]
struct List {
    version: u8,
    #[count_prefixed(u8)]
    #[ctx(version > 1)]
    items: Vec<Item>,
}

fn main() {}
