use framewright::prelude::*;

#[derive(Frame, Debug)]
struct Optional {
    a: u8,
    #[optional]
    b: Option<u8>,
}

#[derive(Clone)]
struct Pair(u8, u8);

impl From<Optional> for Pair {
    fn from(from: Optional) -> Self {
        Self(from.a, from.b.unwrap_or(0))
    }
}

impl From<Pair> for Optional {
    fn from(pair: Pair) -> Self {
        Self { a: pair.0, b: Some(pair.1) }
    }
}

#[derive(Frame)]
struct Lead {
    #[lead(b":")]
    a: Option<u8>,
}

type Alias = Vec<Optional>;

#[derive(Frame)]
#[frame(be)]
struct Lists {
    #[len_prefixed(u8)]
    between: Vec<Between>,
    #[len_prefixed(u8)]
    #[each(until(b";", between))]
    words: Vec<String>,
    #[len_prefixed(u8)]
    optional: Vec<Optional>,
    #[len_prefixed(u8)]
    lead: Vec<Lead>,
    #[fixed(4)]
    fixed: Vec<Optional>,
    #[fixed(4, fill = 0)]
    filled: Vec<Optional>,
    #[len_of(tuples)]
    len: Auto<u8>,
    tuples: Vec<(u8, Optional)>,
    #[len_prefixed(u8)]
    alias: Alias,
    #[len_prefixed(u8)]
    #[wire(Optional)]
    converted: Vec<Pair>,
    #[until(b"\n")]
    #[each(until(b";", left, optional))]
    left: Vec<String>,
    #[rest]
    rest: Box<[Optional]>,
}

#[derive(Frame)]
struct Between(#[until(b";", between)] String);

fn main() {}
