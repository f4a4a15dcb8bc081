use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[separated(b"," | b", ")]
    #[len_prefixed(u8)]
    words: Vec<String>,
    #[fixed(8, until = b"\r" | b"\r\n")]
    place: String,
    size: u8,
    #[len(size, until = b"ab" | b"a")]
    said: String,
    #[count_prefixed(u8)]
    #[each(until(b";" | b";;"))]
    items: Vec<String>,
    #[separated(b",")]
    #[fixed(8)]
    #[each(until(0))]
    twice: Vec<String>,
}

fn main() {}
