use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
enum Body {
    #[tag((1, 2))]
    First(u8),
    #[tag((1, 2, 3))]
    TooMany(u8),
    #[tag(4 | (4, 5))]
    One(u8),
    #[tag((_, _))]
    Rest(u8),
}

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Own {
    #[tag((1, 2))]
    Pair(u8),
}

#[derive(Frame)]
#[frame(be)]
enum Numbers {
    #[tag(1)]
    First(u8),
    #[tag((1, 2))]
    Pair(u8),
}

fn main() {}
