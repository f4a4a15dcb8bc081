//! From `struct.unpack` to a declaration, one letter at a time.
//!
//! ```python
//! # > and ! are big-endian: `be`. Letters: I u32, H u16, B u8, h i16, q i64, f f32, ? bool.
//! sensor, kind, count = struct.unpack_from(">IBH", data)            # 7 bytes
//! values = struct.unpack_from(f">{count}h", data, 7)                # `count` numbers of two bytes
//! name, = struct.unpack_from(">16s", data, 7 + 2 * count)           # 16 bytes, padded with zeros
//! name = name.rstrip(b"\0").decode()
//! assert zlib.crc32(data[:-4]) == int.from_bytes(data[-4:], "big")  # of all bytes before it
//! ```
//!
//! A reply with a layout that depends on the request cannot be a frame by itself. Give each layout
//! its own status, or decode the reply with a context (`ctx`, `Session::recv_with`).
//!
//! `cargo run --example from_python`

use framewright::checksum::Crc32;
use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Report {
    sensor: u32,
    kind: u8,
    // The codec computes the count.
    #[count_prefixed(u16)]
    values: Vec<i16>,
    #[fixed(16)]
    name: String,
    #[checksum(Crc32, over = ..)]
    crc: Auto<u32>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    // These bytes are the output of `struct.pack(">IBH2h16s", 7, 1, 2, -1, 300, b"boiler")`, with
    // zeros in place of the CRC.
    let bytes = b"\0\0\0\x07\x01\0\x02\xff\xff\x01\x2cboiler\0\0\0\0\0\0\0\0\0\0\x00\x00\x00\x00";
    let report =
        Report { sensor: 7, kind: 1, values: vec![-1, 300], name: "boiler".into(), crc: Auto::new() };
    let written = report.to_vec()?;
    println!("{}", report.dump());
    assert_eq!(written[..written.len() - 4], bytes[..bytes.len() - 4]);
    assert_eq!(Report::decode(&written)?, report);

    // Decoding verifies the CRC, and the four zeros are wrong.
    let error = Report::decode(bytes).unwrap_err();
    println!("{error:#}");
    Ok(())
}
