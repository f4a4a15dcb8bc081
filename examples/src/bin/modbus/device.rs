//! The device: bits and registers, which clients read and write.

use std::sync::{Mutex, PoisonError};

use framewright::{Attempt, Auto};

use crate::bits::{pack, unpack};
use crate::protocol::{Packet, Range, Reason, Reply, Request, Switch};

const SIZE: u16 = 1000;

/// The tables of the device. All connections share them.
#[derive(Default)]
pub struct Device {
    tables: Mutex<Tables>,
}

impl Device {
    /// Returns the reply to a request or to malformed bytes. Returns `None` for malformed bytes
    /// without a function code.
    pub fn answer(&self, received: Packet<Attempt<Request>>) -> Option<Packet<Reply>> {
        let Packet { transaction, unit, body, .. } = received;
        let (function, done) = match body {
            Attempt::Frame(request) => (function(&request), self.carry_out(request)),
            Attempt::Bytes(bytes) => (*bytes.first()?, Err(Reason::IllegalValue)),
        };
        let body = done.unwrap_or_else(|reason| Reply::Exception(function | 0x80, reason));
        Some(Packet { transaction, protocol: Auto::new(), length: Auto::new(), unit, body })
    }

    fn carry_out(&self, request: Request) -> Result<Reply, Reason> {
        self.tables.lock().unwrap_or_else(PoisonError::into_inner).carry_out(request)
    }
}

fn function(request: &Request) -> u8 {
    match request {
        Request::ReadBits(function, _)
        | Request::ReadRegisters(function, _)
        | Request::Other(function, _) => *function,
        Request::WriteCoil(_) => 5,
        Request::WriteRegister(_) => 6,
        Request::WriteCoils(..) => 15,
        Request::WriteRegisters(..) => 16,
    }
}

struct Tables {
    coils: Vec<bool>,
    discrete_inputs: Vec<bool>,
    holding_registers: Vec<u16>,
    input_registers: Vec<u16>,
}

impl Default for Tables {
    /// Creates tables with example values. Every other discrete input is on, and each input
    /// register contains its own address.
    fn default() -> Self {
        Self {
            coils: vec![false; SIZE.into()],
            discrete_inputs: (0..SIZE).map(|address| address % 2 == 1).collect(),
            holding_registers: vec![0; SIZE.into()],
            input_registers: (0..SIZE).collect(),
        }
    }
}

impl Tables {
    fn carry_out(&mut self, request: Request) -> Result<Reply, Reason> {
        Ok(match request {
            Request::ReadBits(function, range) => {
                let bits = if function == 1 { &mut self.coils } else { &mut self.discrete_inputs };
                Reply::Bits(function, pack(part(bits, range)?))
            }
            Request::ReadRegisters(function, range) => {
                let read_only = &mut self.input_registers;
                let registers = if function == 3 { &mut self.holding_registers } else { read_only };
                Reply::Registers(function, part(registers, range)?.to_vec())
            }
            Request::WriteCoil(coil) => {
                write(&mut self.coils, one(coil.address), [coil.value == Switch::On])?;
                Reply::CoilWritten(coil)
            }
            Request::WriteRegister(register) => {
                write(&mut self.holding_registers, one(register.address), [register.value])?;
                Reply::RegisterWritten(register)
            }
            Request::WriteCoils(Range { address, quantity }, bytes) => {
                write(&mut self.coils, Range::<1968> { address, quantity }, unpack(&bytes))?;
                Reply::Written(15, Range { address, quantity })
            }
            Request::WriteRegisters(Range { address, quantity }, values) => {
                write(&mut self.holding_registers, Range::<123> { address, quantity }, values)?;
                Reply::Written(16, Range { address, quantity })
            }
            Request::Other(..) => return Err(Reason::IllegalFunction),
        })
    }
}

fn one(address: u16) -> Range<1> {
    Range { address, quantity: 1 }
}

/// Returns the values in `range`, or an error if some of its addresses do not exist.
fn part<T, const MOST: u16>(table: &mut [T], range: Range<MOST>) -> Result<&mut [T], Reason> {
    let start = usize::from(range.address);
    table.get_mut(start..start + usize::from(range.quantity)).ok_or(Reason::IllegalAddress)
}

fn write<T, const MOST: u16>(
    table: &mut [T],
    range: Range<MOST>,
    values: impl IntoIterator<Item = T>,
) -> Result<(), Reason> {
    part(table, range)?.iter_mut().zip(values).for_each(|(place, value)| *place = value);
    Ok(())
}
