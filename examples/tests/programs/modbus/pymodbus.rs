//! Tests of the device with a pymodbus client, and of the client with a pymodbus server.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use super::{MODBUS, device};
use crate::support::run;

/// Returns the Python interpreter to use. If pymodbus is not installed for it, returns `None` and
/// prints that the test is skipped.
fn python() -> Option<String> {
    let python = std::env::var("FRAMEWRIGHT_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&python).args(["-c", "import pymodbus.simulator"]).output();
    if found.is_ok_and(|output| output.status.success()) {
        return Some(python);
    }
    eprintln!(
        "skipped: {python} has no pymodbus (pip install pymodbus; FRAMEWRIGHT_PYTHON names an interpreter)"
    );
    None
}

#[test]
fn pymodbus_reads_and_writes_the_device() {
    let Some(python) = python() else { return };
    let device = device();
    let (ip, port) = (device.address.ip().to_string(), device.address.port().to_string());
    let output = Command::new(python).args(["-c", include_str!("client.py"), &ip, &port]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "done\n", "{stderr}");
}

/// A pymodbus server, which is killed when dropped.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Killing fails if the server has already ended.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn the_client_reads_and_writes_a_pymodbus_server() {
    let Some(python) = python() else { return };
    let child = Command::new(python).args(["-c", include_str!("server.py")]).stdout(Stdio::piped()).spawn();
    let mut server = Server(child.unwrap());
    let mut port = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut port).unwrap();
    let address = format!("127.0.0.1:{}", port.trim());
    let client = |args: &[&str]| {
        let ended = run(MODBUS, &[&["client", "--connect", &address], args].concat());
        (ended.code, ended.stdout + &ended.stderr)
    };
    let lines = |values: &[(u16, u16)]| {
        let lines: String = values.iter().map(|(address, value)| format!("{address}: {value}\n")).collect();
        (Some(0), lines)
    };
    let done = (Some(0), String::new());
    let read: Vec<_> = (100..1100).map(|address| (address, address)).collect();
    assert_eq!(client(&["read", "input-registers", "100", "1000"]), lines(&read));
    let read: Vec<_> = (0..2500).map(|address| (address, address % 2)).collect();
    assert_eq!(client(&["read", "discrete-inputs", "0", "2500"]), lines(&read));
    assert_eq!(client(&["write-registers", "5", "1", "2", "65535"]), done);
    assert_eq!(client(&["write-registers", "9", "99"]), done);
    let read = [(4, 28), (5, 1), (6, 2), (7, 65535), (8, 56), (9, 99)];
    assert_eq!(client(&["read", "holding-registers", "4", "6"]), lines(&read));
    assert_eq!(client(&["write-coils", "4", "1", "1", "0"]), done);
    assert_eq!(client(&["write-coils", "7", "1"]), done);
    let read = [(3, 1), (4, 1), (5, 1), (6, 0), (7, 1), (8, 0), (9, 1)];
    assert_eq!(client(&["read", "coils", "3", "7"]), lines(&read));
    let refused = "error: the device refuses function 1: IllegalAddress\n".to_owned();
    assert_eq!(client(&["read", "coils", "4000"]), (Some(1), refused));
}
