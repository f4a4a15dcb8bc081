//! Tests of the programs as processes: with plain sockets, with each other, and with other
//! implementations of the same protocols.

mod browser;
mod chat;
mod dissector;
mod dns;
#[cfg(feature = "explorer")]
mod explore;
mod gps;
mod modbus;
mod mqtt;
mod nodes;
mod peers;
mod protocol;
mod put;
mod redis;
mod socks5;
mod support;
mod tftp;
mod ws;
