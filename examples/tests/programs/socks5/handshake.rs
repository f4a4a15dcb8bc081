//! Tests of the handshake before the tunnel.

use std::io::Write;
use std::net::Shutdown;
use std::thread;

use super::{GREETING, SOCKS5, host, request, through};
use crate::support::{Plain, Program, patient};

#[test]
fn an_eager_client_is_served_all_the_same() {
    let proxy = Program::server(SOCKS5, &[]);
    let (host, address) = host();
    let mut client = proxy.connect();
    // The client sends the whole handshake at once, then bytes for the host and the end of the
    // stream.
    client.write_all(&[GREETING, &request(address), b"hello, host"].concat()).unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut at_host = patient(host.accept().unwrap().0);
    at_host.expect(b"hello, host");
    at_host.write_all(b"hello, client").unwrap();
    drop(at_host);
    let seen = client.drain();
    assert_eq!(&seen[..10], b"\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01");
    assert_eq!(&seen[12..], b"hello, client");
}

#[test]
fn either_side_may_close_first() {
    let proxy = Program::server(SOCKS5, &[]);
    let (mut client, host) = through(&proxy);
    client.write_all(b"question").unwrap();
    client.shutdown(Shutdown::Write).unwrap();
    let mut at_host = host;
    let mut question = vec![0; 8];
    std::io::Read::read_exact(&mut at_host, &mut question).unwrap();
    at_host.write_all(b"answer").unwrap();
    assert_eq!(at_host.finish(), b"");
    assert_eq!(client.drain(), b"answer");

    let (mut client, mut host) = through(&proxy);
    host.write_all(b"goodbye").unwrap();
    host.shutdown(Shutdown::Write).unwrap();
    client.expect(b"goodbye");
    // The other direction is still open.
    client.write_all(b"wait, there is more").unwrap();
    assert_eq!(client.finish(), b"");
    assert_eq!(host.drain(), b"wait, there is more");
}

#[test]
fn unreachable_hosts_are_reported() {
    let proxy = Program::server(SOCKS5, &[]);
    let (gone, address) = host();
    drop(gone);
    for (request, code) in [
        (request(address), 5),
        // These requests have the command BIND, an unknown command, and an unknown address type.
        (b"\x05\x02\x00\x01\x7f\x00\x00\x01\x00\x50".to_vec(), 7),
        (b"\x05\x77\x00\x01\x7f\x00\x00\x01\x00\x50".to_vec(), 7),
        (b"\x05\x01\x00\x02\x7f\x00\x00\x01\x00\x50".to_vec(), 8),
        // The domain `.invalid` is reserved, so this name never exists.
        (b"\x05\x01\x00\x03\x0fnowhere.invalid\x00\x50".to_vec(), 1),
    ] {
        let mut client = proxy.connect();
        client.exchange(GREETING, b"\x05\x00");
        client.exchange(&request, &[5, code, 0, 1, 0, 0, 0, 0, 0, 0]);
        assert_eq!(client.finish(), b"", "{request:?}");
    }
    // A tunnel must not lead back into the proxy.
    let mut client = proxy.connect();
    client.exchange(GREETING, b"\x05\x00");
    client.exchange(&request(proxy.address), &[5, 2, 0, 1, 0, 0, 0, 0, 0, 0]);
    assert_eq!(client.finish(), b"");
    // The first client offers no method that the proxy accepts. The second client speaks SOCKS4.
    let mut client = proxy.connect();
    client.exchange(b"\x05\x01\x02", b"\x05\xff");
    assert_eq!(client.drain(), b"");
    let mut client = proxy.connect();
    client.write_all(b"\x04\x01\x00\x50\x7f\x00\x00\x01\x00").unwrap();
    assert_eq!(client.finish(), b"");
}

#[test]
fn a_user_says_a_password() {
    let proxy = Program::server(SOCKS5, &["--user", "ada:secret"]);
    let (host, address) = host();
    let mut client = proxy.connect();
    client.exchange(GREETING, b"\x05\xff");
    assert_eq!(client.drain(), b"");
    for (login, right) in [
        (&b"\x01\x03ada\x06secret"[..], true),
        (b"\x01\x03ada\x06Secret", false),
        (b"\x01\x03ada\x05secre", false),
        (b"\x01\x03bob\x06secret", false),
        (b"\x01\x03ada\x00", false),
    ] {
        let mut client = proxy.connect();
        client.exchange(b"\x05\x02\x00\x02", b"\x05\x02");
        client.exchange(login, &[1, u8::from(!right)]);
        if right {
            client.exchange(&request(address), b"\x05\x00\x00\x01\x7f\x00\x00\x01");
        } else {
            assert_eq!(client.drain(), b"");
        }
    }
    drop(host);
}

#[test]
fn closing_one_side_closes_the_other() {
    let proxy = Program::server(SOCKS5, &[]);
    for host_resets in [true, false] {
        let (client, host) = through(&proxy);
        let (resets, other) = if host_resets { (host, client) } else { (client, host) };
        rustix::net::sockopt::set_socket_linger(&resets, Some(std::time::Duration::ZERO)).unwrap();
        drop(resets);
        assert_eq!(thread::spawn(move || other.drain()).join().unwrap(), b"");
    }
}
