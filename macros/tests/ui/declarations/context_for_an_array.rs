use framewright::prelude::*;

#[derive(Frame)]
struct Outer {
    n: u8,
    #[ctx(n)]
    array: [Inner; 2],
    #[ctx(n)]
    tuple: (Inner, Inner),
    #[tag(n)]
    tagged: [Tagged; 2],
}

#[derive(Frame)]
#[frame(ctx(n: u8))]
struct Inner(#[len(n)] Vec<u8>);

#[derive(Frame)]
enum Tagged {
    #[tag(1)]
    One,
}

fn main() {}
