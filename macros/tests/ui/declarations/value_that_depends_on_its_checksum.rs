use framewright::checksum::Sum8;
use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[checksum(Sum8, over = ..)]
    sum: Auto<u8>,
    #[when(sum > 4)]
    #[magic(7)]
    extra: Auto<u8>,
}

#[derive(Frame)]
#[frame(be, check(sum > 0, "no checksum"))]
struct Others {
    #[check(sum != 1, "no checksum")]
    #[checksum(Sum8, over = ..)]
    sum: Auto<u8>,
    #[when(sum > 4)]
    extra: Option<u8>,
    #[len(sum)]
    sized: Vec<u8>,
    #[wire(order = if sum > 4 { framewright::Order::Big } else { framewright::Order::Little })]
    ordered: u16,
    #[count_prefixed(u8)]
    #[each(len(sum))]
    items: Vec<String>,
    #[pad(usize::from(sum))]
    padding: Auto,
}

fn main() {}
