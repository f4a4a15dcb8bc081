use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(Colour)]
    body: Vec<u8>,
}

#[derive(Frame, Clone, Copy)]
struct Colour(u8);

impl From<Colour> for usize {
    fn from(colour: Colour) -> Self {
        colour.0.into()
    }
}

fn main() {}
