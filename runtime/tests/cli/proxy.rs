//! A proxy between a client and a server of this test.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Child;

use crate::program;

/// A proxy in front of a server, and where it listens.
fn proxy(options: &[&str]) -> (Child, String, TcpListener) {
    let server = TcpListener::bind("127.0.0.1:0").unwrap();
    let upstream = server.local_addr().unwrap().to_string();
    let mut child = program(&[&["proxy", "127.0.0.1:0", &upstream], options].concat()).spawn().unwrap();
    let mut said = String::new();
    BufReader::new(child.stderr.take().unwrap()).read_line(&mut said).unwrap();
    let address = said.split([' ', ',']).nth(2).unwrap().to_owned();
    (child, address, server)
}

pub(crate) fn a_proxy_shows_what_passes() {
    let (mut child, address, server) = proxy(&["--json"]);
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut client = TcpStream::connect(address).unwrap();
    let (mut server, _) = server.accept().unwrap();
    let mut heard = [0; 6];
    client.write_all(b"\0\x07\0\x02hi").unwrap();
    server.read_exact(&mut heard).unwrap();
    assert!(
        lines.next().unwrap().unwrap().ends_with(r#""type": "Request", "frame": {"id": 7, "text": "hi"}}"#)
    );
    // What is malformed passes as well.
    server.write_all(b"\0\x07\x09").unwrap();
    client.read_exact(&mut heard[..3]).unwrap();
    assert_eq!(&heard[..3], b"\0\x07\x09");
    let line = lines.next().unwrap().unwrap();
    assert!(line.contains(r#""malformed": "Reply.ok at byte 2: expected 0 or 1, found 9""#), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
}
