//! Tests of the chat with plain sockets and in a browser: stored messages, the ownership of names,
//! and a server that is killed.

mod failing;
mod hello;
mod kept;
mod killed;
mod names;
mod page;
mod typed;
mod web;

use std::io::Write;
use std::net::{SocketAddr, TcpStream};
use std::process::Command;

use crate::support::{Folder, Plain, Program};

const CHAT: &str = env!("CARGO_BIN_EXE_chat");

/// The secret with which a client can take its name again.
type Token = [u8; 16];

const ADAS: Token = *b"this is Ada's...";
const BOBS: Token = *b"this is Bob's...";

/// Encodes a message as a client sends it.
fn msg(sender: u32, receiver: u32, kind: u8, body: &[u8]) -> Vec<u8> {
    [&sender.to_be_bytes()[..], &receiver.to_be_bytes(), &[kind], &len(body), body].concat()
}

/// Encodes a message as the server sends it.
fn reply(sender: u32, kind: u8, body: &[u8]) -> Vec<u8> {
    [&sender.to_be_bytes()[..], &[kind], &len(body), body].concat()
}

fn len(body: &[u8]) -> [u8; 4] {
    u32::try_from(body.len()).unwrap().to_be_bytes()
}

fn hello(name: u32, seen: u64, token: Token, password: &str) -> Vec<u8> {
    let length = [u8::try_from(password.len()).unwrap()];
    msg(name, 0, 0, &[&seen.to_be_bytes()[..], &token, &length, password.as_bytes()].concat())
}

/// Returns the answer to a hello: how many messages of the client are stored, and the number of the
/// next message for it.
fn welcome(stored_from: u64, next_for: u64) -> Vec<u8> {
    reply(0, 0, &[stored_from.to_be_bytes(), next_for.to_be_bytes()].concat())
}

fn taken(name: u32, below: u64) -> Vec<u8> {
    msg(name, 0, 5, &below.to_be_bytes())
}

fn away(receiver: u32) -> Vec<u8> {
    reply(0, 1, format!("{receiver} is away; what you write is kept").as_bytes())
}

fn refusal(why: &str) -> Vec<u8> {
    reply(0, 6, why.as_bytes())
}

/// Reads a reply. Returns its sender, kind and body.
fn next(peer: &mut TcpStream) -> (u32, u8, Vec<u8>) {
    let head = peer.take_bytes(9);
    let number = |at: usize| u32::from_be_bytes(head[at..at + 4].try_into().unwrap());
    let body = peer.take_bytes(number(5).try_into().unwrap());
    (number(0), head[4], body)
}

/// Starts a server that stores its messages in this folder.
fn serve(folder: &Folder, args: &[&str]) -> Program {
    serve_on(folder, "127.0.0.1:0", args)
}

fn serve_on(folder: &Folder, listen: &str, args: &[&str]) -> Program {
    let mut command = Command::new(CHAT);
    command.args(["server", "--listen", listen]).args(args);
    Program::start_in(folder.clone(), &mut command)
}

/// Returns the address of the server's web page.
fn web(server: &mut Program) -> SocketAddr {
    let line = server.wait_for(&["the page is at http://"]);
    line.split("http://").nth(1).unwrap().trim_end_matches('/').parse().unwrap()
}

/// Returns a connection that has sent a hello and received the answer.
fn greeted(server: &Program, name: u32, token: Token, stored_from: u64, next_for: u64) -> TcpStream {
    let mut peer = server.connect();
    peer.exchange(&hello(name, 0, token, ""), &welcome(stored_from, next_for));
    peer
}

/// Returns a connection that got its name from a message to nobody, without a hello.
fn named(server: &Program, name: u32) -> TcpStream {
    let mut peer = server.connect();
    peer.exchange(&msg(name, 0, 1, b"here"), &reply(name, 1, b"here"));
    peer
}

/// Checks that a first frame is refused for this reason.
fn refused(server: &Program, greeting: &[u8], why: &str) {
    let mut peer = server.connect();
    peer.write_all(greeting).unwrap();
    assert_eq!(peer.drain().escape_ascii().to_string(), refusal(why).escape_ascii().to_string());
}
