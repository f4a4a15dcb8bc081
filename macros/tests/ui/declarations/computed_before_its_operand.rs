use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[calc(count + 1)]
    size: Auto<u8>,
    #[len_prefixed(u8)]
    name: String,
    #[count_of(items)]
    count: Auto<u8>,
    items: Vec<u16>,
}

#[derive(Frame)]
struct Conditional {
    flag: bool,
    #[when(flag)]
    #[calc(count * 2)]
    size: Auto<u8>,
    #[count_of(items)]
    count: Auto<u8>,
    items: Vec<u8>,
}

/// An address is of a fixed size, but it does not join the numbers around it.
#[derive(Frame)]
struct Address {
    #[calc(count * 2)]
    size: Auto<u8>,
    addr: std::net::Ipv4Addr,
    #[count_of(items)]
    count: Auto<u8>,
    items: Vec<u8>,
}

fn main() {}
