use framewright::prelude::*;

#[derive(Frame)]
#[frame(be, tag = u8)]
enum Message {
    #[tag(0..=127)]
    Low {
        #[tag]
        which: u8,
    },
    #[tag(128..)]
    High {
        #[tag]
        which: u8,
    },
    #[tag(_)]
    Other(u8),
}

fn main() {}
