use framewright::prelude::*;

type Small = u32;

#[derive(Frame)]
#[frame(be)]
struct Wide {
    #[wire(u40)]
    number: Small,
}

fn main() {}
