use framewright::prelude::*;

#[derive(Default)]
struct Cfg {
    wide: bool,
}

#[derive(Frame)]
#[frame(be)]
struct Message {
    #[skip]
    a: Cfg,
    #[when(a.wide)]
    high: Option<u16>,
    #[calc(u8::from(a.wide), verify)]
    verified: Auto<u8>,
    #[calc(u8::from(a.wide))]
    fine: Auto<u8>,
}

fn main() {}
