use framewright::prelude::*;

const READ: u16 = 3;
const GET: [u8; 2] = *b"GE";
const LONG: &[u8] = b"LONG";

#[derive(Frame)]
enum AllConstants {
    #[tag(GET)]
    Get,
}

#[derive(Frame)]
enum Bytes {
    #[tag(READ)]
    Read,
    #[tag(b"GE")]
    Get,
}

#[derive(Frame)]
#[frame(tag = [u8; 2])]
enum Lengths {
    #[tag(LONG)]
    Long,
    #[tag(GET)]
    Get,
}

fn main() {}
