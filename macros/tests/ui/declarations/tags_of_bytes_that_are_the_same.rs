use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = [u8; 4])]
enum Message {
    #[tag(b"IHDR")]
    Header(u8),
    #[tag(b"IEND" | b"IHDR")]
    End,
    #[tag(b"PLT")]
    Palette,
    #[tag("tEXt")]
    Text,
}

fn main() {}
