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

/// `first` waits for `both`, but does not depend on itself.
#[derive(Frame)]
struct Innocent {
    #[len_of(x)]
    first: Auto<u8>,
    #[calc(second + 1)]
    both: Auto<u8>,
    #[len_of(y)]
    second: Auto<u8>,
    #[ctx(both)]
    x: Inner,
    #[ctx(both)]
    y: Inner,
}

fn main() {}
