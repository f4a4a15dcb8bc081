//! Tests of `chat` with two clients in Python. One uses only `socket` and `struct`, the other uses
//! the generated Python module.

use std::process::Command;

use super::chat::CHAT;
use crate::support::Program;

const PEER: &str = r#"
import socket, struct, sys

def connect():
    peer = socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=30)
    return peer, peer.makefile("rb")

def send(peer, sender, receiver, kind, body):
    peer[0].sendall(struct.pack("!IIBI", sender, receiver, kind, len(body)) + body)

def receive(peer):
    sender, kind, length = struct.unpack("!IBI", peer[1].read(9))
    return sender, kind, peer[1].read(length)

ada, bob = connect(), connect()
send(bob, 10000001, 10000000, 1, b"first")
assert receive(bob) == (10000001, 1, b"first")
send(ada, 10000000, 10000001, 1, "hi, Zoë".encode())
# What was kept for her, and her receipt.
both = sorted([receive(ada), receive(ada)])
assert both == [(10000000, 1, "hi, Zoë".encode()), (10000001, 1, b"first")]
assert receive(bob) == (10000000, 1, "hi, Zoë".encode())
picture = bytes(range(256)) * 1000
send(bob, 10000001, 10000000, 2, picture)
assert receive(bob) == (10000001, 2, picture)
assert receive(ada) == (10000001, 2, picture)
print("done")
"#;

/// The same client with the generated Python module.
const GENERATED: &str = r#"
import asyncio, sys
from chat import ChatMsg, ChatReply, Connection, Kind

async def main():
    ada, bob = [Connection(*await asyncio.open_connection(sys.argv[1], int(sys.argv[2])), ChatReply.parse) for _ in "ab"]
    await bob.send(ChatMsg(10000001, 10000000, Kind.Text, b"first"))
    assert await bob.recv() == ChatReply(10000001, Kind.Text, b"first")
    await ada.send(ChatMsg(10000000, 10000001, Kind.Text, "hi, Zoë".encode()))
    both = sorted([await ada.recv(), await ada.recv()], key=lambda reply: reply.sender)
    assert both == [ChatReply(10000000, Kind.Text, "hi, Zoë".encode()), ChatReply(10000001, Kind.Text, b"first")]
    assert await bob.recv() == ChatReply(10000000, Kind.Text, "hi, Zoë".encode())
    picture = bytes(range(256)) * 1000
    await bob.send(ChatMsg(10000001, 10000000, Kind.Picture, picture))
    assert await bob.recv() == await ada.recv() == ChatReply(10000001, Kind.Picture, picture)
    await ada.close()
    print("done")

asyncio.run(main())
"#;

#[test]
fn a_generated_python_peer_is_understood() {
    if Command::new("python3").arg("--version").output().is_err() {
        return eprintln!("skipped: python3 is not installed");
    }
    let server = Program::server(CHAT, &[]);
    let folder = std::env::temp_dir().join(format!("framewright-{}-chat", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let module = Command::new(CHAT).args(["protocol", "python"]).output().unwrap();
    std::fs::write(folder.join("chat.py"), &module.stdout).unwrap();
    let (ip, port) = (server.address.ip().to_string(), server.address.port().to_string());
    let mut peer = Command::new("python3");
    let output = peer.args(["-c", GENERATED, &ip, &port]).env("PYTHONPATH", &folder).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{stderr}");
    std::fs::remove_dir_all(folder).unwrap();
}

#[test]
fn a_python_peer_is_understood() {
    if Command::new("python3").arg("--version").output().is_err() {
        return eprintln!("skipped: python3 is not installed");
    }
    let server = Program::server(CHAT, &[]);
    let (ip, port) = (server.address.ip().to_string(), server.address.port().to_string());
    let output = Command::new("python3").args(["-c", PEER, &ip, &port]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{stderr}");
}
