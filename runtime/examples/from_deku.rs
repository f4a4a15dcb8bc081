//! A declaration for deku, and the same declaration here, without `update()` before writing.
//!
//! ```ignore
//! #[derive(DekuRead, DekuWrite)]
//! #[deku(endian = "big")]
//! struct Packet {
//!     #[deku(bits = 4)] version: u8,
//!     #[deku(bits = 4)] flags: u8,
//!     #[deku(update = "self.items.len()")] count: u8,   // packet.update()? must come before it is written
//!     #[deku(count = "count")] items: Vec<u16>,
//!     #[deku(cond = "*flags & 1 != 0")] note: Option<u32>,
//! }
//! ```
//!
//! `cargo run --example from_deku`

use framewright::prelude::*;

#[derive(Frame, Debug, PartialEq)]
#[frame(be)]
struct Packet {
    #[bits(4)]
    version: u8,
    #[bits(3)]
    flags: u8,
    // `when` corresponds to `cond`. For a flag, `presence_of` is better, because the flag and the
    // field cannot disagree.
    #[bits(1)]
    #[presence_of(note)]
    has_note: Auto<bool>,
    // The word `count_prefixed` replaces both `update` and `count`.
    #[count_prefixed(u8)]
    items: Vec<u16>,
    note: Option<u32>,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let packet = Packet { version: 4, flags: 0, has_note: Auto::new(), items: vec![1, 2], note: Some(9) };
    let bytes = packet.to_vec()?;
    println!("{}", packet.dump());
    assert_eq!(bytes, b"\x41\x02\0\x01\0\x02\0\0\0\x09");
    assert_eq!(Packet::decode(&bytes)?, packet);
    Ok(())
}
