use framewright::prelude::*;

#[derive(Frame)]
#[frame(be)]
struct Packet {
    #[len_prefixed(Colour)]
    body: Vec<u8>,
}

/// Converts from and to `usize`, but is not `Clone`.
#[derive(Frame)]
struct Colour(u8);

impl TryFrom<usize> for Colour {
    type Error = std::num::TryFromIntError;

    fn try_from(len: usize) -> Result<Self, Self::Error> {
        u8::try_from(len).map(Self)
    }
}

impl From<Colour> for usize {
    fn from(colour: Colour) -> Self {
        colour.0.into()
    }
}

fn main() {}
