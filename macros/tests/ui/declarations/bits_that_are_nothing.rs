use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Status {
    #[bits(1)]
    alarm: bool,
    #[bits(3)]
    reserved: Auto<u8>,
    #[bits(4)]
    battery: u8,
}

#[derive(Frame)]
#[frame(be)]
struct WithoutType {
    #[bits(4)]
    reserved: Auto,
    #[bits(4)]
    battery: u8,
}

#[derive(Frame)]
#[frame(be)]
struct WithUse {
    #[bits(4)]
    count: Auto<u8>,
    #[bits(4)]
    kind: u8,
    #[len(count)]
    data: Vec<u8>,
}

fn main() {}
