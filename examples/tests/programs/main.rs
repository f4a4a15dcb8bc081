//! The programs as processes: against plain sockets, against each other, and against programs of others.

mod chat;
mod dissector;
mod dns;
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
