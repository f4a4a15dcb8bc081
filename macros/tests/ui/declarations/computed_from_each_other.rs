use framewright::prelude::*;

#[derive(Frame)]
#[frame(ctx(n: u8))]
struct Inner(#[count(n)] Vec<u8>);

#[derive(Frame)]
struct Circle {
    #[calc(len + 1)]
    a: Auto<u8>,
    #[len_of(items)]
    len: Auto<u8>,
    #[ctx(a)]
    items: Inner,
}

#[derive(Frame)]
struct Apart {
    #[calc(len + 1)]
    next: Auto<u8>,
    #[len_of(items)]
    len: Auto<u8>,
    #[len_prefixed(u8)]
    text: String,
    #[calc(text.len() as u8)]
    count: Auto<u8>,
    #[ctx(count)]
    items: Inner,
}

fn main() {}
