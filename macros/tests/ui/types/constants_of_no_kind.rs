use framewright::prelude::*;

const TEXT: &str = "PNG";
const NONE: &[u8] = b"";
const NUMBER: u16 = 0xCAFE;

#[derive(Frame)]
#[frame(be, magic = TEXT)]
struct Text(u8);

#[derive(Frame)]
#[frame(be, until(NUMBER))]
struct Delimited(#[until(TEXT)] String);

fn main() {}
