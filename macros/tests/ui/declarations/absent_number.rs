use framewright::Frame;

#[derive(Frame)]
#[frame(be)]
struct Wrong {
    #[none(0)]
    number: u16,
    #[none(0)]
    #[len_prefixed(u8)]
    text: Option<String>,
    #[none]
    empty: Option<u16>,
    #[none(0)]
    #[wire(varint)]
    varies: Option<u16>,
    #[none(0)]
    #[when(number == 1)]
    twice: Option<u16>,
    #[none(number)]
    field: Option<u16>,
    #[none(5)]
    #[wire(Words, by_ref)]
    converted: Option<Header>,
    #[none(5)]
    #[wire(Words)]
    moved: Option<Header>,
}

struct Header;

#[derive(Frame)]
#[frame(be)]
struct Words {
    length: u16,
}

fn main() {}
