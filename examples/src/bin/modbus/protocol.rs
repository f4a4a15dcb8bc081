//! Modbus/TCP, as far as nearly every device goes: bits and registers, read and written. All numbers are big-endian.
//!
//! Bits are coils, which can be written, and discrete inputs. Registers are holding registers, which can be written, and
//! input registers. A request that breaks a rule, such as a quantity beyond the limit, is none by these declarations.

use framewright::prelude::*;

/// A request or a reply in its header, which together never take more bytes than this.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, max = 260)]
pub struct Packet<T> {
    /// The client's choice; the reply has the same.
    pub transaction: u16,
    /// Modbus itself.
    #[magic(0)]
    pub protocol: Auto<u16>,
    /// How many bytes follow.
    #[len_of(unit..)]
    pub length: Auto<u16>,
    /// The device, where several are behind one address.
    pub unit: u8,
    /// What is asked or answered.
    pub body: T,
}

/// What is asked.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub enum Request {
    /// Coils (1) or discrete inputs (2).
    #[tag(1 | 2)]
    ReadBits(#[tag] u8, Range<2000>),
    /// Holding registers (3) or input registers (4).
    #[tag(3 | 4)]
    ReadRegisters(#[tag] u8, Range<125>),
    /// One coil.
    #[tag(5)]
    WriteCoil(Item<Switch>),
    /// One holding register.
    #[tag(6)]
    WriteRegister(Item<u16>),
    /// Coils, eight to a byte from its lowest bit.
    #[tag(15)]
    #[check(
        _1.len() == usize::from(_0.quantity) / 8 + usize::from(_0.quantity % 8 != 0),
        "must be as many bytes as the coils take"
    )]
    WriteCoils(Range<1968>, #[len_prefixed(u8)] Vec<u8>),
    /// Holding registers.
    #[tag(16)]
    #[check(_1.len() == usize::from(_0.quantity), "must be as many registers as the quantity says")]
    WriteRegisters(Range<123>, #[len_prefixed(u8)] Vec<u16>),
    /// Something else.
    #[tag(_)]
    Other(#[tag] u8, #[rest] Vec<u8>),
}

/// What is answered.
#[derive(Frame, Debug, Clone, PartialEq)]
#[frame(be, tag = u8)]
pub enum Reply {
    /// Coils (1) or discrete inputs (2), eight to a byte from its lowest bit.
    #[tag(1 | 2)]
    Bits(#[tag] u8, #[len_prefixed(u8)] Vec<u8>),
    /// Holding registers (3) or input registers (4).
    #[tag(3 | 4)]
    Registers(#[tag] u8, #[len_prefixed(u8)] Vec<u16>),
    /// One coil is written.
    #[tag(5)]
    CoilWritten(Item<Switch>),
    /// One holding register is written.
    #[tag(6)]
    RegisterWritten(Item<u16>),
    /// Coils (15) or holding registers (16) are written.
    #[tag(15 | 16)]
    Written(#[tag] u8, Range<1968>),
    /// The request is not done. The function is that of the request, with the highest bit set.
    #[tag(0x80..=0xff)]
    Exception(#[tag] u8, Reason),
}

/// Some of the bits or registers.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be, check(quantity != 0 && quantity <= MOST, "must be one to the most there can be in a packet"))]
pub struct Range<const MOST: u16> {
    /// The first; the address of the very first is 0.
    pub address: u16,
    /// How many.
    pub quantity: u16,
}

/// One of the coils or holding registers.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be)]
pub struct Item<T> {
    /// Which.
    pub address: u16,
    /// What it is to be.
    pub value: T,
}

/// One coil that takes as much room as a register.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[frame(be, tag = u16)]
pub enum Switch {
    /// 0.
    Off = 0,
    /// 1.
    On = 0xff00,
}

/// Why a request is not done.
#[derive(Frame, Debug, Clone, Copy, PartialEq)]
#[repr(u8)]
#[frame(tag = u8)]
pub enum Reason {
    /// The device has no such function.
    IllegalFunction = 1,
    /// The device has not all of these bits or registers.
    IllegalAddress = 2,
    /// The request is malformed or breaks a rule.
    IllegalValue = 3,
    /// Something else.
    #[tag(_)]
    Other(u8),
}
