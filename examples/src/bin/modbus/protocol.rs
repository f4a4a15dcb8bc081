//! The part of Modbus/TCP that nearly all devices support: reading and writing bits and registers.
//! All numbers are big-endian.
//!
//! There are two kinds of bits: coils can be written, discrete inputs cannot. There are two kinds
//! of registers: holding registers can be written, input registers cannot. A request that violates
//! a rule, such as the maximum quantity, is malformed.

use framewright::prelude::*;

/// A request or reply with its header.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, max = 260)]
pub struct Packet<T> {
    /// An identifier chosen by the client. The reply repeats it.
    pub transaction: u16,
    /// The protocol identifier, which is 0 for Modbus.
    #[magic(0)]
    pub protocol: Auto<u16>,
    /// The number of bytes after this field.
    #[len_of(unit..)]
    pub length: Auto<u16>,
    /// The number of the device, if several devices share an address.
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
    /// Writes coils. A byte has eight coils, and the first is the lowest bit.
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
    /// A request with an unknown function code.
    #[tag(_)]
    Other(#[tag] u8, #[rest] Vec<u8>),
}

/// The reply of a device.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub enum Reply {
    /// The values of coils (1) or discrete inputs (2). A byte has eight values, and the first is
    /// the lowest bit.
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
    /// The request failed. The function code is that of the request with the highest bit set.
    #[tag(0x80..=0xff)]
    Exception(#[tag] u8, Reason),
}

/// A range of bits or registers.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be, check(quantity != 0 && quantity <= MOST, "must be at least one and fit into a packet"))]
pub struct Range<const MOST: u16> {
    /// The first address. Addresses begin at 0.
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

/// The value of a coil in a request or reply.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be, tag = u16)]
pub enum Switch {
    /// The coil is off.
    Off = 0,
    /// The coil is on.
    On = 0xff00,
}

/// Why a request failed.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Reason {
    /// The device has no such function.
    IllegalFunction = 1,
    /// Some of the bits or registers do not exist.
    IllegalAddress = 2,
    /// The request is malformed or violates a rule.
    IllegalValue = 3,
    /// Another reason.
    #[tag(_)]
    Other(u8),
}
