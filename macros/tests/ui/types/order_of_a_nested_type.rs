use framewright::prelude::*;

#[derive(Frame, Clone, Copy)]
#[frame(be)]
struct Nested(u16);

impl TryFrom<usize> for Nested {
    type Error = &'static str;
    fn try_from(_: usize) -> Result<Self, Self::Error> {
        Err("none")
    }
}

impl TryFrom<Nested> for usize {
    type Error = &'static str;
    fn try_from(_: Nested) -> Result<Self, Self::Error> {
        Err("none")
    }
}

type Byte = u8;
type Word = u16;

#[derive(Frame)]
#[frame(be)]
struct Outer<'a> {
    #[wire(le)]
    nested: Nested,
    #[wire(le)]
    #[count_prefixed(u8)]
    list: Vec<Byte>,
    #[wire(le)]
    address: std::net::Ipv4Addr,
    #[len_prefixed(Nested, le)]
    text: &'a str,
    #[wire(le)]
    fine: (Byte, [Word; 2]),
    #[len_prefixed(Word, le)]
    fine_too: &'a str,
}

fn main() {}
