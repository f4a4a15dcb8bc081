use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Lists {
    #[count_prefixed(u8)]
    sizes: Vec<u8>,
    number: u8,
    #[each(size in nothing, len(size))]
    unknown: Vec<Vec<u8>>,
    #[each(size in number, len(size))]
    of_a_number: Vec<Vec<u8>>,
    #[count_prefixed(u8)]
    #[each(size in sizes, len(size))]
    counted: Vec<Vec<u8>>,
    #[each(number in sizes, len(number))]
    taken: Vec<Vec<u8>>,
    #[each(size in sizes)]
    nothing_said: Vec<u8>,
    #[each(size in sizes, len(other))]
    other_name: Vec<Vec<u8>>,
    #[each(size in sizes, len(size))]
    no_list: u8,
}

#[derive(Frame)]
#[frame(ctx(size: u8))]
struct Handed {
    #[count_prefixed(u8)]
    sizes: Vec<u8>,
    #[each(size in sizes, len(size))]
    blobs: Vec<Vec<u8>>,
}

fn main() {}
