use framewright::prelude::*;

const FIRST: u8 = 3;
const LAST: u8 = 9;
const FIVE: u8 = 5;

#[derive(Frame)]
#[frame(tag = u8)]
enum Below {
    #[tag(FIVE)]
    Five,
    #[tag(FIRST..=LAST)]
    Near(#[tag] u8),
}

#[derive(Frame)]
#[frame(tag = u8)]
enum Partly {
    #[tag(FIRST..=LAST)]
    Near(#[tag] u8),
    #[tag(8..=20)]
    Far(#[tag] u8),
}

fn main() {}
