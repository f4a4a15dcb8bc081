use framewright::prelude::*;

#[derive(Frame)]
struct Ranges {
    #[len_of(name..=name)]
    len: Auto<u8>,
    #[until(0, left)]
    name: String,
    #[magic(b"\0")]
    end: Auto,
}

/// Nothing is wrong with these: the delimiter is in the range, or may be missing at its end.
#[derive(Frame)]
struct Fine {
    #[len_of(name..more)]
    len: Auto<u8>,
    #[len_of(more..end)]
    second: Auto<u8>,
    #[until(0, left)]
    name: String,
    #[magic(b"\0")]
    middle: Auto,
    #[until(0, left, optional)]
    more: String,
    #[magic(b"\0")]
    end: Auto,
}

fn main() {}
