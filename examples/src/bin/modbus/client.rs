//! The client. A long read is split into several requests, which are pipelined if the device
//! supports that.

use std::collections::VecDeque;
use std::fmt::Debug;
use std::sync::atomic::{AtomicU16, Ordering};

use clap::{Args, Subcommand, ValueEnum};
use framewright::net::Calls;
use framewright::{Auto, Client, Error, Result};
use framewright_examples::say;
use tokio::net::ToSocketAddrs;
use tokio::task::JoinHandle;

use crate::ADDRESS;
use crate::bits::{pack, unpack};
use crate::protocol::{Item, Packet, Range, Reply, Request, Switch};

#[derive(Args)]
pub struct Options {
    /// The address of the device
    #[arg(long, value_name = "ADDRESS", default_value = ADDRESS)]
    connect: String,
    /// The unit, if several devices share the address
    #[arg(long, default_value_t = 1)]
    unit: u8,
    /// The maximum number of pipelined requests; some devices lose all but the first
    #[arg(long, value_name = "REQUESTS", default_value_t = 1, value_parser = clap::value_parser!(u8).range(1..))]
    pipeline: u8,
    #[command(subcommand)]
    action: Action,
}

#[derive(Subcommand)]
enum Action {
    /// Print values, one per line with its address
    Read {
        table: Table,
        address: u16,
        #[arg(default_value_t = 1)]
        quantity: u16,
    },
    /// Switch coils on (1) or off (0)
    WriteCoils {
        address: u16,
        #[arg(required = true, value_parser = clap::value_parser!(u8).range(..2))]
        values: Vec<u8>,
    },
    /// Set holding registers
    WriteRegisters {
        address: u16,
        #[arg(required = true)]
        values: Vec<u16>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
pub enum Table {
    Coils,
    DiscreteInputs,
    HoldingRegisters,
    InputRegisters,
}

pub async fn run(options: Options) -> Result<()> {
    let device = Device::connect(options.connect, options.unit, options.pipeline).await?;
    match options.action {
        Action::Read { table, address, quantity } => {
            let values = device.read(table, address, quantity).await?;
            (address..).zip(values).for_each(|(address, value)| say(format!("{address}: {value}")));
        }
        Action::WriteCoils { address, values } => {
            let bits: Vec<_> = values.iter().map(|value| *value == 1).collect();
            device.write_coils(address, &bits).await?;
        }
        Action::WriteRegisters { address, values } => device.write_registers(address, values).await?,
    }
    Ok(())
}

pub struct Device {
    calls: Calls<Packet<Request>, Packet<Reply>, u16>,
    unit: u8,
    pipeline: usize,
    transaction: AtomicU16,
}

impl Device {
    pub async fn connect(address: impl ToSocketAddrs + Debug, unit: u8, pipeline: u8) -> Result<Self> {
        let client = Client::<Packet<Request>, Packet<Reply>>::connect(address).await?;
        let (calls, _) = client.pipelined(|request| request.transaction, |reply| Some(reply.transaction));
        Ok(Self { calls, unit, pipeline: pipeline.into(), transaction: AtomicU16::new(1) })
    }

    /// Reads values of a table, with as many requests as needed. A bit is returned as 0 or 1.
    pub async fn read(&self, table: Table, address: u16, quantity: u16) -> Result<Vec<u16>> {
        let (function, most) = match table {
            Table::Coils => (1, 2000),
            Table::DiscreteInputs => (2, 2000),
            Table::HoldingRegisters => (3, 125),
            Table::InputRegisters => (4, 125),
        };
        let mut parts = (0..quantity).step_by(most.into()).map(|done| {
            let quantity = most.min(quantity - done);
            let address = address.checked_add(done).ok_or(Error::other("there are no more addresses"))?;
            Ok::<_, Error>((quantity, self.ask(reading(function, address, quantity))))
        });
        let mut waiting = VecDeque::new();
        let mut values = Vec::new();
        loop {
            for part in parts.by_ref().take(self.pipeline - waiting.len()) {
                waiting.push_back(part?);
            }
            let Some((quantity, reply)) = waiting.pop_front() else { return Ok(values) };
            let part = match arrived(reply).await? {
                Reply::Bits(read, bytes) if read == function => unpack(&bytes).map(u16::from).collect(),
                Reply::Registers(read, registers) if read == function => registers,
                reply => return Err(unexpected(&reply)),
            };
            if part.len() < quantity.into() {
                return Err(Error::other(format!("received {} values instead of {quantity}", part.len())));
            }
            values.extend(part.into_iter().take(quantity.into()));
        }
    }

    pub async fn write_coils(&self, address: u16, values: &[bool]) -> Result<()> {
        self.write(match values {
            [value] => {
                let value = if *value { Switch::On } else { Switch::Off };
                Request::WriteCoil(Item { address, value })
            }
            _ => Request::WriteCoils(range(address, values.len())?, pack(values)),
        })
        .await
    }

    pub async fn write_registers(&self, address: u16, values: Vec<u16>) -> Result<()> {
        self.write(match *values {
            [value] => Request::WriteRegister(Item { address, value }),
            _ => Request::WriteRegisters(range(address, values.len())?, values),
        })
        .await
    }

    async fn write(&self, request: Request) -> Result<()> {
        match arrived(self.ask(request)).await? {
            Reply::CoilWritten(_) | Reply::RegisterWritten(_) | Reply::Written(..) => Ok(()),
            reply => Err(unexpected(&reply)),
        }
    }

    /// Sends a request now. The returned task waits for the reply.
    fn ask(&self, body: Request) -> JoinHandle<Result<Reply>> {
        let transaction = self.transaction.fetch_add(1, Ordering::Relaxed);
        let (protocol, length) = (Auto::new(), Auto::new());
        let request = Packet { transaction, protocol, length, unit: self.unit, body };
        let calls = self.calls.clone();
        tokio::spawn(async move { Ok(calls.call(&request).await?.body) })
    }
}

async fn arrived(reply: JoinHandle<Result<Reply>>) -> Result<Reply> {
    reply.await.map_err(Error::other)?
}

fn reading(function: u8, address: u16, quantity: u16) -> Request {
    match function {
        1 | 2 => Request::ReadBits(function, Range { address, quantity }),
        _ => Request::ReadRegisters(function, Range { address, quantity }),
    }
}

fn range<const MOST: u16>(address: u16, len: usize) -> Result<Range<MOST>> {
    Ok(Range { address, quantity: len.try_into().map_err(Error::other)? })
}

fn unexpected(reply: &Reply) -> Error {
    match reply {
        Reply::Exception(function, reason) => {
            Error::other(format!("the device refuses function {}: {reason:?}", function & 0x7f))
        }
        reply => Error::other(format!("not a reply to the request: {reply:?}")),
    }
}
