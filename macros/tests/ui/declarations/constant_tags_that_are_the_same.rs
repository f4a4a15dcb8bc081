use framewright::prelude::*;

const READ: u16 = 3;
const ALSO: u8 = 3;
const GET: [u8; 2] = *b"GE";

#[derive(Frame)]
enum Body {
    #[tag(READ)]
    Read,
    #[tag(4 | ALSO)]
    Also,
}

#[derive(Frame)]
#[frame(tag = [u8; 2])]
enum Command {
    #[tag(GET)]
    Get,
    #[tag(b"GE")]
    Same,
}

#[derive(Frame)]
enum Several {
    #[tag((READ, GET))]
    Read,
    #[tag((ALSO, b"GE"))]
    Also,
}

fn main() {}
