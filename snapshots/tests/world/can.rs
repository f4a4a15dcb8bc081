//! Values packed into the eight bytes of a CAN frame: a temperature of 12 bits among others, as cantools' example `motohawk.dbc` has them; bytes: what cantools encodes.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Example {
    #[bits(1)]
    enable: bool,
    /// Tenths of a metre.
    #[bits(6)]
    average_radius: u8,
    /// Hundredths of a degree above 250 K.
    #[bits(12)]
    temperature: i16,
    #[bits(5)]
    #[pad]
    unused: Auto,
    #[pad(5)]
    rest: Auto,
}

#[test]
fn signals() {
    let example =
        Example { enable: true, average_radius: 32, temperature: 10, unused: Auto::new(), rest: Auto::new() };
    proves("can-example", &hex("c0 01 40 00 00 00 00 00"), example.clone());
    let colder = Example { enable: false, temperature: -55, ..example };
    proves("can-colder", &hex("41 f9 20 00 00 00 00 00"), colder);
}
