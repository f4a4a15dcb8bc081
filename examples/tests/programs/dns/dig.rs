//! Tests of the server with the client `dig`.

use std::process::Command;

use super::server;
use crate::support::Program;

fn there_is_no_dig() -> bool {
    let missing = Command::new("dig").arg("-v").output().is_err();
    if missing {
        eprintln!("skipped: dig is not installed (Debian package bind9-dnsutils)");
    }
    missing
}

fn dig(server: &Program, args: &[&str]) -> String {
    let (ip, port) = (format!("@{}", server.address.ip()), server.address.port().to_string());
    // `-r` ignores the user's settings, and `+time` leaves enough time on a busy machine.
    let output = Command::new("dig")
        .args(["-r", &ip, "-p", &port, "+tries=1", "+time=30"])
        .args(args)
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(!said.contains("WARNING: Message"), "{said}");
    said
}

#[track_caller]
fn says(said: &str, parts: &[&str]) {
    for part in parts {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

#[test]
fn dig_reads_each_kind() {
    if there_is_no_dig() {
        return;
    }
    let server = server();
    let short = |args: &[&str]| dig(&server, &[&["+short"], args].concat());
    for way in ["+notcp", "+tcp"] {
        for extension in ["+edns=0", "+noedns"] {
            let short = |name: &str, kind: &str| short(&[way, extension, name, kind]);
            assert_eq!(short("example.test", "A"), "192.0.2.1\n");
            assert_eq!(short("mail.example.test", "AAAA"), "2001:db8::25\n");
            assert_eq!(short("example.test", "TXT"), "\"v=spf1 mx -all\"\n");
            assert_eq!(short("example.test", "MX"), "10 mail.example.test.\n20 mail.example.org.\n");
            assert_eq!(short("example.test", "NS"), "ns.example.test.\n");
            let soa = "ns.example.test. hostmaster.example.test. 2024010101 7200 900 1209600 300\n";
            assert_eq!(short("example.test", "SOA"), soa);
            assert_eq!(short("old.example.test", "A"), "www.example.test.\nexample.test.\n192.0.2.1\n");
            assert_eq!(short("a.b.deep.example.test", "A"), "192.0.2.2\n");
        }
    }
    let said = dig(&server, &["MaiL.exaMple.TEst"]);
    says(
        &said,
        &[
            "status: NOERROR",
            "flags: qr aa rd;",
            ";MaiL.exaMple.TEst.",
            "MaiL.exaMple.TEst.\t600\tIN\tA\t192.0.2.25",
        ],
    );
}

#[test]
fn dig_reads_negative_answers() {
    if there_is_no_dig() {
        return;
    }
    let server = server();
    let said = dig(&server, &["nobody.example.test"]);
    says(&said, &["status: NXDOMAIN", "ANSWER: 0, AUTHORITY: 1", "example.test.\t\t300\tIN\tSOA"]);
    says(&dig(&server, &["mail.example.test", "MX"]), &["status: NOERROR", "ANSWER: 0, AUTHORITY: 1"]);
    says(&dig(&server, &["gone.example.test"]), &["status: NXDOMAIN", "ANSWER: 1", "nothing.example.test."]);
    says(&dig(&server, &["example.org"]), &["status: REFUSED", "flags: qr rd;"]);
    says(&dig(&server, &["-c", "CH", "example.test"]), &["status: REFUSED"]);
    says(&dig(&server, &["+opcode=status", "example.test"]), &["status: NOTIMP"]);
    says(&dig(&server, &["example.test", "AXFR"]), &["Transfer failed."]);
    says(&dig(&server, &["+header-only"]), &["status: FORMERR"]);
}

#[test]
fn dig_asks_again_where_an_answer_is_truncated() {
    if there_is_no_dig() {
        return;
    }
    let server = server();
    let long = ["long.example.test", "TXT"];
    let ask = |args: &[&str]| dig(&server, &[args, &long].concat());
    says(&ask(&["+noedns", "+ignore"]), &["flags: qr aa tc rd;", "ANSWER: 0"]);
    says(&ask(&["+bufsize=600", "+ignore"]), &["flags: qr aa tc rd;", "udp: 1232"]);
    says(&ask(&["+bufsize=1232", "+ignore"]), &["flags: qr aa rd;", "ANSWER: 5", "(UDP)"]);
    says(&ask(&["+noedns"]), &["flags: qr aa rd;", "ANSWER: 5", "(TCP)"]);
    says(&dig(&server, &["+bufsize=4096", "longest.example.test", "TXT"]), &["ANSWER: 12", "(TCP)"]);
}

#[test]
fn dig_and_the_server_use_edns() {
    if there_is_no_dig() {
        return;
    }
    let server = server();
    says(&dig(&server, &["example.test"]), &["EDNS: version: 0, flags:; udp: 1232"]);
    says(&dig(&server, &["+dnssec", "example.test"]), &["EDNS: version: 0, flags: do; udp: 1232"]);
    let said = dig(&server, &["+noedns", "example.test"]);
    assert!(!said.contains("EDNS"), "{said}");
    says(
        &dig(&server, &["+edns=1", "+noednsnegotiation", "example.test"]),
        &["status: BADVERS", "version: 0"],
    );
    // The client then asks again with a version that the server knows.
    says(&dig(&server, &["+edns=1", "example.test"]), &["status: NOERROR", "ANSWER: 1"]);
    let options = ["+nsid", "+subnet=192.0.2.0/24", "+ednsopt=65001:cafe", "+padding=128", "example.test"];
    says(&dig(&server, &options), &["status: NOERROR", "ANSWER: 1"]);
}

#[test]
fn dig_keeps_a_connection() {
    if there_is_no_dig() {
        return;
    }
    let server = server();
    let said = dig(&server, &["+tcp", "+keepopen", "+short", "example.test", "A", "mail.example.test", "A"]);
    assert_eq!(said, "192.0.2.1\n192.0.2.25\n");
}
