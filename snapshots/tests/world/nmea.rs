//! NMEA 0183 sentences. The layout and the bytes are from "NMEA data", gpsinformation.org.

use framewright::checksum::Xor8;
use framewright::prelude::*;

use crate::proves;

#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(magic = b"$")]
struct Sentence {
    #[until(b"*")]
    body: String,
    #[wire(hex)]
    #[fixed(2)]
    #[checksum(Xor8, over = body)]
    sum: Auto<u8>,
    #[magic(b"\r\n")]
    end: Auto,
}

#[test]
fn fix() {
    let body = "GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,";
    let sentence = Sentence { body: body.to_owned(), sum: Auto::new(), end: Auto::new() };
    proves("nmea-gga", format!("${body}*47\r\n").as_bytes(), sentence);
}
