use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Msg {
    number: u32,
}

fn main() {
    let _ = Server::new(Msg { number: 1 });
}
