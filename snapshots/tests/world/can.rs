//! Values packed into the eight bytes of a CAN frame, one of them a temperature of 12 bits. The
//! layout is cantools' example `motohawk.dbc`, and cantools has encoded the bytes.

use framewright::prelude::*;

use crate::{hex, proves};

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be)]
struct Example {
    #[bits(1)]
    enable: bool,
    /// The radius in tenths of a metre.
    #[bits(6)]
    average_radius: u8,
    /// The temperature in hundredths of a degree above 250 K.
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
