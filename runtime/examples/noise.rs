//! Frames among noise, as on a serial line: malformed bytes are skipped.
//!
//! `cargo run --example noise`

use framewright::checksum::Crc16Modbus;
use framewright::prelude::*;
use framewright::stream::Framer;

/// A frame of the line. The framer searches for its leading constant.
#[derive(Frame, Debug, PartialEq)]
#[frame(be, magic = 0xaa55u16, max = 64)]
struct Sample {
    #[len_prefixed(u8)]
    payload: Vec<u8>,
    #[checksum(Crc16Modbus, over = ..)]
    crc: Auto<u16>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let good = |payload: &[u8]| Sample { payload: payload.to_vec(), crc: Auto::new() }.to_vec();
    let mut line = b"\0\0noise".to_vec();
    line.extend(good(b"first")?);
    // The leading constant occurs here by chance, and a wrong length follows.
    line.extend(b"\xaa\x55\x04ab");
    line.extend(good(b"second")?);

    let mut framer = Framer::new();
    let mut found = Vec::new();
    // The bytes arrive a few at a time, as from a serial port.
    for bytes in line.chunks(5) {
        framer.room().extend_from_slice(bytes);
        loop {
            match framer.next_frame::<Sample>() {
                Ok(Some(sample)) => found.push(sample.payload),
                Ok(None) => break,
                // From here on the framer searches for the next frame.
                Err(_) => assert!(framer.resync::<Sample>()),
            }
        }
    }
    println!("{} frames, {} bytes of noise", found.len(), framer.passed_over());
    assert_eq!(found, [b"first".to_vec(), b"second".to_vec()]);
    Ok(())
}
