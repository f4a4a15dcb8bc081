use framewright::Frame;

#[derive(Frame)]
#[frame(be)]
struct Inner(#[rest] Vec<u8>);

#[derive(Frame)]
#[frame(be)]
struct Wrong {
    #[len_prefixed(u8)]
    #[wire(Inner, whole)]
    text: String,
    #[wire(u24, by_ref)]
    number: u32,
}

fn main() {}
