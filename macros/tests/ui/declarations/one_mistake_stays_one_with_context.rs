use framewright::prelude::*;

#[derive(Frame)]
#[frame(ctx(wide: bool))]
struct Broken {
    body: Vec<u8>,
}

#[derive(Frame)]
enum Choice {
    #[tag(1)]
    One(String),
}

#[derive(Frame)]
struct Uses {
    kind: u8,
    #[ctx(kind == 1)]
    broken: Broken,
    #[tag(kind)]
    choice: Choice,
    #[tag_of(second)]
    tag: Auto<u8>,
    second: Choice,
}

fn use_it(uses: &Uses) {
    drop(uses.to_vec());
    drop(Broken::decode_with(&[], true));
}

fn main() {}
