//! Tests of the programs with plain sockets of the standard library.

mod chat;
mod chat_client;
mod demos;
mod echo;
mod fetch;
mod hello;
mod malformed;
mod python;
