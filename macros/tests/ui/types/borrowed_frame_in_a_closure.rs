use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Line<'a> {
    #[len_prefixed(u16)]
    text: &'a [u8],
}

#[derive(Frame)]
#[frame(be)]
struct Reply {
    number: u16,
}

fn main() {
    let _ = Server::new(async |_: Line<'_>| Reply { number: 1 });
}
