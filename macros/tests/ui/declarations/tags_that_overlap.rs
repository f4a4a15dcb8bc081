use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(0x10..=0x1f)]
    Read {
        #[tag]
        which: u8,
    },
    #[tag(0x18 | 0x20)]
    Write(u8),
    #[tag(0x1f..)]
    Other {
        #[tag]
        which: u8,
    },
}

fn main() {}
