use framewright::prelude::*;

type Maybe<T> = Option<T>;
type Words = Vec<u16>;
type Length = Auto<u8>;

#[derive(Frame)]
struct Absent {
    flags: u8,
    #[when(flags > 0)]
    sometimes: Maybe<u8>,
}

#[derive(Frame)]
#[frame(be)]
struct Counted {
    #[count_prefixed(u8)]
    words: Words,
    #[until(|word| *word == 0)]
    more: Words,
}

#[derive(Frame)]
#[frame(be)]
struct Ended {
    #[until(0)]
    words: Words,
}

#[derive(Frame)]
struct Written {
    #[len_of(data)]
    len: Length,
    data: Vec<u8>,
}

#[derive(Frame)]
struct Always {
    maybe: Maybe<u8>,
}

fn main() {}
