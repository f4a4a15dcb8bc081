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
enum Part {
    #[tag(b"text")]
    Text(String),
}

#[derive(Frame)]
struct Uses {
    #[bits(8)]
    level: Level,
    #[tag_of(part)]
    kind: Auto<[u8; 4]>,
    part: Part,
    #[optional]
    broken: Option<Broken>,
}

fn main() {}
