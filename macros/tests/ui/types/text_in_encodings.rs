use framewright::prelude::*;

#[derive(Frame)]
struct Text {
    #[text]
    #[rest]
    bare: String,
    #[text(latin2)]
    #[len_prefixed(u8)]
    unknown: String,
    #[text(utf8)]
    #[len_prefixed(u8)]
    utf8: String,
    #[text(utf16)]
    #[len_prefixed(u8)]
    order: String,
    #[text(ascii)]
    #[len_prefixed(u8)]
    bytes: Vec<u8>,
    #[text(ascii)]
    unended: String,
    #[text(ascii)]
    #[wire(bcd(4))]
    both: String,
    #[text(ascii)]
    #[len_of(bytes)]
    auto: Auto<u8>,
}

#[derive(Frame)]
struct Odd {
    #[text(utf16le)]
    #[fixed(7)]
    fixed: String,
    #[text(utf16le)]
    #[fixed(LEN, until = 0)]
    constant: String,
}

const LEN: usize = 5;

fn main() {}
