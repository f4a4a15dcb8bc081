use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Line<'a> {
    #[len_prefixed(u16)]
    text: &'a [u8],
}

async fn first(client: &mut Client<Line<'static>>) {
    let _ = client.recv().await;
}

fn main() {}
