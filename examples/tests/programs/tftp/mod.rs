//! Tests of TFTP over a network that loses and duplicates datagrams, and against other
//! implementations (curl, tftp-hpa).

#[path = "../../../src/bin/tftp/places.rs"]
mod places;
#[path = "../../../src/bin/tftp/protocol.rs"]
#[allow(dead_code, reason = "the server uses the rest")]
mod protocol;
#[path = "../../../src/bin/tftp/transfer.rs"]
#[allow(dead_code, reason = "the server uses the rest")]
mod transfer;

use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use crate::support::{Program, run};
use framewright::udp;
use protocol::{File, Packet};
use transfer::Transfer;

const TFTP: &str = env!("CARGO_BIN_EXE_tftp");

fn content(len: usize) -> Vec<u8> {
    (0..len).map(|at| at.to_le_bytes()[0].wrapping_mul(31) ^ at.to_le_bytes()[1]).collect()
}

/// Returns a folder that no other test uses.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("tftp-{name}"));
    // An earlier run may have left the folder.
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

fn server(folder: &std::path::Path, args: &[&str]) -> Program {
    Program::server(TFTP, &[&["--root", folder.to_str().unwrap()], args].concat())
}

/// Starts a relay between two sockets, which drops every fifth datagram and duplicates every third
/// one. Returns its two addresses, and the count of dropped and duplicated datagrams.
fn bad_network(one: SocketAddr, other: SocketAddr) -> (SocketAddr, SocketAddr, Arc<AtomicUsize>) {
    let (near, far) = (UdpSocket::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let addresses = (near.local_addr().unwrap(), far.local_addr().unwrap());
    let faults = Arc::new(AtomicUsize::new(0));
    for (from, by, to) in
        [(near.try_clone(), far.try_clone(), other), (far.try_clone(), near.try_clone(), one)]
    {
        let (from, by, faults) = (from.unwrap(), by.unwrap(), Arc::clone(&faults));
        std::thread::spawn(move || {
            let mut buffer = [0; 1000];
            for index in 1.. {
                let Ok((len, _)) = from.recv_from(&mut buffer) else { return };
                let times = match (index % 5, index % 3) {
                    (0, _) => 0,
                    (_, 0) => 2,
                    _ => 1,
                };
                faults.fetch_add(usize::from(times != 1), Ordering::SeqCst);
                for _ in 0..times {
                    by.send_to(&buffer[..len], to).unwrap();
                }
            }
        });
    }
    (addresses.0, addresses.1, faults)
}

#[tokio::test]
async fn lost_and_repeated_datagrams_do_not_damage_files() {
    for len in [0, 1, 511, 512, 513, 40_000] {
        let (sends, receives) = (
            udp::Endpoint::bind("127.0.0.1:0").await.unwrap(),
            udp::Endpoint::bind("127.0.0.1:0").await.unwrap(),
        );
        let (near, far, faults) = bad_network(sends.local_addr(), receives.local_addr());
        let patience = Duration::from_millis(20);
        let sending = Transfer::with(sends, near, patience);
        let mut receiving = Transfer::with(receives, far, patience);
        let file = content(len);
        let mut copy = Vec::new();
        let (sent, received) =
            tokio::join!(sending.send(Some(Packet::Write(File::new("x"))), &file[..]), async {
                let received = receiving.receive(Packet::Ack { block: 0 }, &mut copy).await;
                receiving.finish().await.unwrap();
                received
            });
        let len = u64::try_from(len).unwrap();
        assert_eq!((sent.unwrap(), received.unwrap()), (len, len));
        assert_eq!(copy, file);
        assert!(len < 1000 || faults.load(Ordering::SeqCst) > 20);
    }
}

#[tokio::test]
async fn a_silent_peer_is_given_up_and_strangers_get_an_error() {
    let endpoint = udp::Endpoint::<Packet>::bind("127.0.0.1:0").await.unwrap();
    let (address, silent) = (endpoint.local_addr(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let transfer = Transfer::with(endpoint, silent.local_addr().unwrap(), Duration::from_millis(20));
    let stranger = UdpSocket::bind("127.0.0.1:0").unwrap();
    stranger.send_to(&[0, 4, 0, 1], address).unwrap();
    let error = transfer.send(None, &b"content"[..]).await.unwrap_err();
    assert!(error.to_string().contains("the peer does not answer"), "{error}");
    stranger.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
    let mut buffer = [0; 100];
    let len = stranger.recv(&mut buffer).unwrap();
    assert_eq!(&buffer[..len], b"\0\x05\0\x05another transfer\0");
}

/// Sends a datagram from port 0, which cannot be answered. Returns `false` without the right to do
/// that.
#[cfg(target_os = "linux")]
fn send_from_port_0(payload: &[u8], to: SocketAddr) -> bool {
    use rustix::net::{AddressFamily, SendFlags, SocketType, ipproto, sendto, socket};

    let Ok(raw) = socket(AddressFamily::INET, SocketType::RAW, Some(ipproto::UDP)) else { return false };
    let len = u16::try_from(payload.len() + 8).unwrap();
    // The source port, the destination port, the length, and no checksum.
    let header = [0, to.port(), len, 0].map(u16::to_be_bytes).concat();
    sendto(&raw, &[&header[..], payload].concat(), SendFlags::empty(), &to).is_ok()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_stranger_cannot_end_a_transfer() {
    let endpoint = udp::Endpoint::<Packet>::bind("127.0.0.1:0").await.unwrap();
    let (address, peer) = (endpoint.local_addr(), UdpSocket::bind("127.0.0.1:0").unwrap());
    if !send_from_port_0(&[0, 4, 0, 1], address) {
        return eprintln!("skipped: not allowed to send from port 0");
    }
    let transfer = Transfer::with(endpoint, peer.local_addr().unwrap(), Duration::from_secs(10));
    peer.send_to(&[0, 4, 0, 1], address).unwrap();
    assert_eq!(transfer.send(None, &b"content"[..]).await.unwrap(), 7);
}

#[test]
fn the_program_speaks_to_itself() {
    let folder = folder("itself");
    let server = server(&folder, &["--writable"]);
    let address = server.address.to_string();
    let (source, copy) = (folder.join("source"), folder.join("copy"));
    for len in [0, 512, 100_000] {
        fs::write(&source, content(len)).unwrap();
        let ended = run(TFTP, &["put", "--connect", &address, source.to_str().unwrap(), "there"]);
        assert_eq!((ended.code, ended.stderr), (Some(0), format!("{len} bytes\n")));
        let ended = run(TFTP, &["get", "--connect", &address, "there", copy.to_str().unwrap()]);
        assert_eq!((ended.code, ended.stderr), (Some(0), format!("{len} bytes\n")));
        assert_eq!(fs::read(&copy).unwrap(), content(len));
    }
    for name in ["nothing", "../source", ".hidden", "/etc/passwd"] {
        let ended = run(TFTP, &["get", "--connect", &address, name, copy.to_str().unwrap()]);
        assert_eq!(ended.code, Some(1), "{name}");
        assert!(ended.stderr.contains("the peer answered: "), "{}", ended.stderr);
    }
}

#[test]
fn nothing_is_written_where_that_is_not_allowed() {
    let folder = folder("read-only");
    let server = server(&folder, &[]);
    let source = folder.join("source");
    fs::write(&source, "x").unwrap();
    let ended =
        run(TFTP, &["put", "--connect", &server.address.to_string(), source.to_str().unwrap(), "there"]);
    assert!(ended.stderr.contains("AccessViolation"), "{}", ended.stderr);
    assert!(!folder.join("there").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn the_transfers_of_an_address_are_limited() {
    const REQUEST: &[u8] = b"\0\x01there\0octet\0";
    let folder = folder("many");
    fs::write(folder.join("there"), content(1000)).unwrap();
    let server = server(&folder, &["--patience", "60000"]);
    let ask = |from: &str| {
        let socket = UdpSocket::bind((from, 0)).unwrap();
        socket.set_read_timeout(Some(crate::support::PATIENCE)).unwrap();
        socket.send_to(REQUEST, server.address).unwrap();
        socket
    };
    let data = |socket: &UdpSocket| {
        let mut buffer = [0; 600];
        socket.recv_from(&mut buffer).map(|(len, from)| (buffer[..len].to_vec(), from)).unwrap()
    };
    let len = |socket: &UdpSocket| data(socket).0.len();
    // The transfers stay open, because only the first part is acknowledged. Ten transfers per
    // address are allowed.
    let many: Vec<_> = (0..10).map(|_| ask("127.0.0.1")).collect();
    for socket in &many {
        let (part, from) = data(socket);
        assert_eq!(part.len(), 516);
        socket.send_to(b"\0\x04\0\x01", from).unwrap();
        assert_eq!(len(socket), 4 + 1000 - 512);
    }
    let one_more = ask("127.0.0.1");
    // Transfers without an answer give way after a while, so the request is repeated.
    for _ in 0..20 {
        let socket = ask("127.0.0.2");
        socket.set_read_timeout(Some(Duration::from_millis(20))).unwrap();
        let answered = (0..1000).any(|_| {
            socket.send_to(REQUEST, server.address).unwrap();
            socket.peek(&mut [0; 600]).is_ok()
        });
        assert!(answered && len(&socket) == 516);
    }
    one_more.set_nonblocking(true).unwrap();
    assert!(one_more.recv(&mut [0; 600]).is_err());
}

#[test]
fn the_space_of_a_folder_is_limited() {
    let folder = folder("room");
    let server = server(&folder, &["--writable", "--room", "20000"]);
    let source = folder.join("source");
    fs::write(&source, content(14_000)).unwrap();
    let put = |name: &str| {
        run(TFTP, &["put", "--connect", &server.address.to_string(), source.to_str().unwrap(), name])
    };
    assert_eq!(put("one").code, Some(0));
    let refused = put("other");
    assert_eq!(refused.code, Some(1));
    assert!(refused.stderr.contains("DiskFull"), "{}", refused.stderr);
    assert!(!folder.join("other").exists());
}

#[test]
fn curl_and_tftp_hpa_are_served() {
    let folder = folder("served");
    let server = server(&folder, &["--writable"]);
    let (host, port) = (server.address.ip().to_string(), server.address.port().to_string());
    let (source, copy) = (folder.join("source"), folder.join("copy"));
    fs::write(&source, content(100_000)).unwrap();
    let knows_tftp = Command::new("curl").arg("--version").output();
    if knows_tftp.is_ok_and(|output| {
        String::from_utf8_lossy(&output.stdout).split_whitespace().any(|word| word == "tftp")
    }) {
        let url = |name: &str| format!("tftp://{host}:{port}/{name}");
        let get =
            Command::new("curl").args(["-sS", "-m", "30", &url("source"), "-o"]).arg(&copy).status().unwrap();
        assert!(get.success() && fs::read(&copy).unwrap() == content(100_000));
        let put = Command::new("curl")
            .args(["-sS", "-m", "30", "-T"])
            .arg(&source)
            .arg(url("by-curl"))
            .status()
            .unwrap();
        assert!(put.success() && fs::read(folder.join("by-curl")).unwrap() == content(100_000));
        fs::remove_file(&copy).unwrap();
    } else {
        eprintln!("skipped: no installed curl speaks TFTP");
    }
    if Command::new("tftp").arg("-V").output().is_err() {
        return eprintln!("skipped: tftp is not installed (Debian: tftp-hpa)");
    }
    let tftp = |words: &[&str]| {
        let mut command = Command::new("tftp");
        command
            .args(["-m", "binary", &host, &port, "-c"])
            .args(words)
            .current_dir(&folder)
            .stdout(Stdio::null());
        assert!(command.status().unwrap().success(), "{words:?}");
    };
    tftp(&["get", "source", "copy"]);
    assert_eq!(fs::read(&copy).unwrap(), content(100_000));
    tftp(&["put", "source", "by-tftp"]);
    assert_eq!(fs::read(folder.join("by-tftp")).unwrap(), content(100_000));
}

#[test]
fn the_client_speaks_to_tftpd_hpa() {
    let Some(tftpd) = ["/usr/sbin/in.tftpd", "/usr/local/sbin/in.tftpd"]
        .into_iter()
        .find(|path| fs::exists(path).unwrap_or(false))
    else {
        return eprintln!("skipped: in.tftpd is not installed (Debian: tftpd-hpa)");
    };
    if Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout != b"0\n") {
        return eprintln!("skipped: only root can start in.tftpd");
    }
    // The server runs as another user, who needs access to the folder.
    let folder = std::env::temp_dir().join(format!("framewright-tftpd-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("there"), content(100_000)).unwrap();
    let port = UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let mut server = Command::new(tftpd)
        .args(["--foreground", "--listen", "--address", &address, "--user", "root", "--secure"])
        .arg(&folder)
        .spawn()
        .unwrap();
    let copy = folder.join("copy");
    // The client repeats datagrams that were lost because the server was not listening yet.
    let ended = run(TFTP, &["get", "--connect", &address, "there", copy.to_str().unwrap()]);
    server.kill().unwrap();
    server.wait().unwrap();
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), "100000 bytes\n"));
    assert_eq!(fs::read(&copy).unwrap(), content(100_000));
    fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(TFTP, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["Packet, 18 bytes", "hello.txt", "Declared, not parsed."] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn there_is_help() {
    for (words, part) in [(&["--help"][..], "server"), (&["server", "--help"], "127.0.0.1:6969")] {
        let ended = run(TFTP, words);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}
