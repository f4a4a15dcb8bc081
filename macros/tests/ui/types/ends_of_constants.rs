use framewright::Frame;

const STOP: &[u8] = b"\r";

#[derive(Frame)]
struct Constant(#[until(STOP | b"\r\n")] String);

#[derive(Frame)]
struct Between {
    #[until(b" ", between)]
    word: String,
    #[rest]
    rest: String,
}

#[derive(Frame)]
struct Nested {
    inner: Between,
    tail: u8,
}

fn main() {}
