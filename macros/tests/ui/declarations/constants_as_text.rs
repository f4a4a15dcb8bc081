use framewright::prelude::*;

#[derive(Frame)]
#[frame(magic = "PNG")]
struct Text(#[magic(1 + 2)] Auto);

#[derive(Frame)]
#[frame(be, magic = b"")]
struct Empty {
    #[magic(b"AB")]
    number: Auto<u16>,
    #[magic(b"")]
    none: Auto,
}

#[derive(Frame)]
#[frame(until(|byte| *byte == 0))]
struct Closure(#[rest] Vec<u8>);

fn main() {}
