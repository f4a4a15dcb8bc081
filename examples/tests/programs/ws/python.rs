//! Tests of our server with a client of the Python library `websockets`, and of our client with a
//! server of it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use super::WS;
use crate::support::{Program, run};

fn python() -> Option<String> {
    let python = std::env::var("FRAMEWRIGHT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import websockets.sync.client"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!(
        "skipped: {python} has no websockets (pip install websockets; FRAMEWRIGHT_PYTHON names an interpreter)"
    );
    None
}

#[test]
fn clients_of_websockets_are_served() {
    let Some(python) = python() else { return };
    let server = Program::server(WS, &[]);
    let url = format!("ws://{}/", server.address);
    let output = Command::new(python).args(["-c", include_str!("client.py"), &url]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{stderr}");
}

#[test]
fn the_client_talks_to_a_server_of_websockets() {
    let Some(python) = python() else { return };
    let mut server =
        Command::new(python).args(["-c", include_str!("server.py")]).stdout(Stdio::piped()).spawn().unwrap();
    let mut port = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let address = format!("127.0.0.1:{}", port.trim());
    let ended = run(WS, &["client", "--connect", &address, "hello", "pieces", "ping", "close"]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!(ended.stdout, "hello\nin three pieces\npong: True\n", "{}", ended.stderr);
    assert_eq!(ended.code, Some(1), "the server has closed in the middle");
}
