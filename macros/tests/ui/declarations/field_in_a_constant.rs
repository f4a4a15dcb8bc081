use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Constants {
    k: u8,
    #[until(|x| *x == k)]
    list: Vec<u8>,
    #[until(k)]
    text: String,
    #[fixed(k)]
    fixed: String,
    #[align(k)]
    fill: Auto,
    #[magic(k + 1)]
    magic: Auto<u8>,
    #[len_prefixed(u16, max = k, scale = k)]
    body: Vec<u8>,
    #[until(|x| x.k == 1 && { let k = x; true })]
    fine: Vec<Item>,
}

#[derive(Frame)]
struct Item {
    k: u8,
}

fn main() {}
