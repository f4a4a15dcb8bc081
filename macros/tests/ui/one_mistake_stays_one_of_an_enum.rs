use framewright::prelude::*;

#[derive(Frame)]
#[frame(tag = u8)]
enum Broken {
    #[tag(1)]
    One(String),
}

#[derive(Frame)]
enum Level {
    #[tag("low")]
    Low,
}

#[derive(Frame)]
struct Uses {
    #[bits(8)]
    level: Level,
    #[optional]
    broken: Option<Broken>,
}

fn main() {}
