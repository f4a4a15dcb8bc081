//! Tests of the command line, and of the proxy with curl.

use std::io::{BufRead, BufReader, Write};
use std::process::Command;
use std::thread;

use super::{SOCKS5, host};
use crate::support::{Plain, Program, Running, patient, run};

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(SOCKS5, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["Greeting, 3 bytes", "Reply, 10 bytes", "host -> proxy -> client: hello, whoever you are"] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn there_is_help() {
    for (words, part) in [(&["--help"][..], "server"), (&["server", "--help"], "127.0.0.1:1080")] {
        let ended = run(SOCKS5, words);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}

#[test]
fn the_client_speaks_through_the_proxy() {
    let proxy = Program::server(SOCKS5, &[]);
    let (host, address) = host();
    let (through, port) = (proxy.address.to_string(), address.port().to_string());
    let mut client = Running::start(SOCKS5, &["client", "--proxy", &through, "localhost", &port]);
    let mut at_host = patient(host.accept().unwrap().0);
    client.write("hello\n");
    at_host.exchange(b"", b"hello\n");
    at_host.write_all(b"hello yourself\n").unwrap();
    let ended = thread::spawn(move || client.end());
    assert_eq!(at_host.finish(), b"");
    let ended = ended.join().unwrap();
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "hello yourself\n"), "{}", ended.stderr);

    drop(host);
    let ended = run(SOCKS5, &["client", "--proxy", &through, "127.0.0.1", &port]);
    assert_eq!(ended.code, Some(1));
    assert!(ended.stderr.contains("the proxy answered: Refused"), "{}", ended.stderr);
}

#[test]
fn curl_is_served() {
    if Command::new("curl").arg("--version").output().is_err() {
        return eprintln!("skipped: curl is not installed");
    }
    let proxy = Program::server(SOCKS5, &["--user", "ada:secret"]);
    let (host, address) = host();
    let serving = thread::spawn(move || {
        let mut peer = patient(host.accept().unwrap().0);
        let head = BufReader::new(&peer).lines().map(Result::unwrap).take_while(|line| !line.is_empty());
        let head: Vec<_> = head.collect();
        peer.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\nthrough curl\n").unwrap();
        head
    });
    let (through, url) = (proxy.address.to_string(), format!("http://localhost:{}/a", address.port()));
    let words =
        ["-sS", "--max-time", "30", "--socks5-hostname", &through, "--proxy-user", "ada:secret", &url];
    let output = Command::new("curl").args(words).env_remove("no_proxy").output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "through curl\n", "{stderr}");
    assert_eq!(serving.join().unwrap()[0], "GET /a HTTP/1.1");

    let output =
        Command::new("curl").args(["-sS", "--socks5-hostname", &through, "-U", "ada:wrong", &url]).output();
    assert_eq!(output.unwrap().status.code(), Some(97), "curl's code for a proxy that refuses");
}
