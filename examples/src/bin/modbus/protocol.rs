//! Modbus/TCP, the part that nearly every device supports: reading and writing bits and registers.
//! All numbers are big-endian.
//!
//! Bits are coils, which can be written, and discrete inputs. Registers are holding registers,
//! which can be written, and input registers. A request that breaks a rule, such as a quantity
//! beyond the limit, is malformed by these declarations.

use framewright::prelude::*;

/// A request or a reply with its header, within the maximum size of a packet.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, max = 260)]
pub struct Packet<T> {
    /// An identifier that the client chooses, and the reply repeats.
    pub transaction: u16,
    /// The protocol, which is 0 for Modbus.
    #[magic(0)]
    pub protocol: Auto<u16>,
    /// The number of bytes that follow.
    #[len_of(unit..)]
    pub length: Auto<u16>,
    /// The number of the device, if several devices share one address.
    pub unit: u8,
    /// The request or the reply.
    pub body: T,
}

/// A request of a client.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub enum Request {
    /// Reads coils (1) or discrete inputs (2).
    #[tag(1 | 2)]
    ReadBits(#[tag] u8, Range<2000>),
    /// Reads holding registers (3) or input registers (4).
    #[tag(3 | 4)]
    ReadRegisters(#[tag] u8, Range<125>),
    /// Writes one coil.
    #[tag(5)]
    WriteCoil(Item<Switch>),
    /// Writes one holding register.
    #[tag(6)]
    WriteRegister(Item<u16>),
    /// Writes coils, eight in a byte, beginning with its lowest bit.
    #[tag(15)]
    #[check(
        _1.len() == usize::from(_0.quantity) / 8 + usize::from(_0.quantity % 8 != 0),
        "must match the number of coils"
    )]
    WriteCoils(Range<1968>, #[len_prefixed(u8)] Vec<u8>),
    /// Writes holding registers.
    #[tag(16)]
    #[check(_1.len() == usize::from(_0.quantity), "must match the number of registers")]
    WriteRegisters(Range<123>, #[len_prefixed(u8)] Vec<u16>),
    /// A request with another function.
    #[tag(_)]
    Other(#[tag] u8, #[rest] Vec<u8>),
}

/// The reply of a device.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub enum Reply {
    /// The values of coils (1) or discrete inputs (2), eight in a byte, beginning with its lowest
    /// bit.
    #[tag(1 | 2)]
    Bits(#[tag] u8, #[len_prefixed(u8)] Vec<u8>),
    /// The values of holding registers (3) or input registers (4).
    #[tag(3 | 4)]
    Registers(#[tag] u8, #[len_prefixed(u8)] Vec<u16>),
    /// Confirms that one coil was written.
    #[tag(5)]
    CoilWritten(Item<Switch>),
    /// Confirms that one holding register was written.
    #[tag(6)]
    RegisterWritten(Item<u16>),
    /// Confirms that coils (15) or holding registers (16) were written.
    #[tag(15 | 16)]
    Written(#[tag] u8, Range<1968>),
    /// The request failed. The function is that of the request, with the highest bit set.
    #[tag(0x80..=0xff)]
    Exception(#[tag] u8, Reason),
}

/// A range of bits or registers.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be, check(quantity != 0 && quantity <= MOST, "must be at least one and fit into a packet"))]
pub struct Range<const MOST: u16> {
    /// The first address; addresses begin at 0.
    pub address: u16,
    /// The number of bits or registers.
    pub quantity: u16,
}

/// A coil or holding register with its value.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be)]
pub struct Item<T> {
    /// The address.
    pub address: u16,
    /// The value.
    pub value: T,
}

/// The value of a coil, which has 16 bits.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be, tag = u16)]
pub enum Switch {
    /// The coil is off.
    Off = 0,
    /// The coil is on.
    On = 0xff00,
}

/// The reason why a request failed.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Reason {
    /// The device has no such function.
    IllegalFunction = 1,
    /// The device does not have all of these bits or registers.
    IllegalAddress = 2,
    /// The request is malformed or breaks a rule.
    IllegalValue = 3,
    /// Another reason.
    #[tag(_)]
    Other(u8),
}
