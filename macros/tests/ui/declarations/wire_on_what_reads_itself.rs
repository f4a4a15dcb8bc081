use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Outer {
    kind: u8,
    #[wire(le)]
    #[ctx(kind)]
    context: Context,
    #[wire(le)]
    #[tag(kind)]
    tagged: Tagged,
    #[tag_of(body)]
    tag: Auto<u8>,
    #[wire(u16)]
    body: Tagged,
}

#[derive(Frame)]
#[frame(ctx(kind: u8))]
struct Context {
    #[when(kind > 0)]
    more: Option<u8>,
}

#[derive(Frame)]
enum Tagged {
    #[tag(1)]
    One,
}

fn main() {}
