//! Tests of the commands `proxy` and `bench`.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Child;

use crate::program;

/// Checks a proxy that records the traffic, shows a part of it, and ends with Ctrl-C.
#[cfg(unix)]
pub(crate) fn a_proxy_records_the_traffic() {
    let record = crate::file("record.pcapng", b"");
    let (mut child, address, server) = proxy(&["--record", &record, "--only", "text=hi"]);
    let mut client = TcpStream::connect(address).unwrap();
    let (mut server, _) = server.accept().unwrap();
    client.write_all(b"\0\x06\0\x02no\0\x07\0\x02hi").unwrap();
    let mut heard = [0; 12];
    server.read_exact(&mut heard).unwrap();
    drop((client, server));
    // The proxy prints the frame at once, and ends at Ctrl-C.
    let mut shown = vec![0; 16];
    let mut out = child.stdout.take().unwrap();
    out.read_exact(&mut shown).unwrap();
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert!(child.wait().unwrap().success());
    assert!(rest.contains("\"hi\"") && !rest.contains("\"no\""), "{rest}");
    let port = server_port(&rest);
    let (lines, _) = crate::told(&["decode", "--port", &port, &record], 0);
    assert_eq!(lines.lines().count(), 2, "{lines}");
    assert!(
        lines.contains(r#"{"id": 6, "text": "no"}"#) && lines.contains(r#"{"id": 7, "text": "hi"}"#),
        "{lines}"
    );
}

/// Returns the server's port from a header in the output.
fn server_port(shown: &str) -> String {
    let (_, behind) = shown.split_once("-> ").unwrap();
    behind.split([':', ' ']).nth(1).unwrap().to_owned()
}

/// Checks `bench` with a server of this test, and with an address where nothing listens.
pub(crate) fn bench_reports_a_load() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(2) {
            std::thread::spawn(move || {
                let mut stream = stream.unwrap();
                let mut request = [0; 6];
                while stream.read_exact(&mut request).is_ok() {
                    stream.write_all(&[request[0], request[1], 1]).unwrap();
                }
            });
        }
    });
    let request = r#"{"id": 7, "text": "hi"}"#;
    let options = ["--connections", "2", "--in-flight", "4", "--seconds", "0.2"];
    let words = [&["bench", &address, request][..], &options].concat();
    let (report, _) = crate::told(&words, 0);
    assert!(
        report.contains(" replies/s") && report.contains("p99.9") && report.contains("errors      none"),
        "{report}"
    );
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let (_, error) = crate::told(&["bench", &gone, "--seconds", "0.1", "--json"], 1);
    assert!(error.ends_with("error: there was no reply: connection refused\n"), "{error}");
}

/// Starts a listener, and a proxy that connects to it. Returns the proxy, its address and the
/// listener.
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
    // Malformed bytes are passed on as well.
    server.write_all(b"\0\x07\x09").unwrap();
    client.read_exact(&mut heard[..3]).unwrap();
    assert_eq!(&heard[..3], b"\0\x07\x09");
    let line = lines.next().unwrap().unwrap();
    assert!(line.contains(r#""malformed": "Reply.ok at byte 2: expected 0 or 1, found 9""#), "{line}");
    child.kill().unwrap();
    child.wait().unwrap();
}
