//! Tests with curl, and tests of large files with little memory.

use std::fs::{self, File};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use super::{FETCH, Served, content};

fn has_curl() -> bool {
    let has = Command::new("curl").arg("--version").output().is_ok();
    if !has {
        eprintln!("skipped: curl is not installed");
    }
    has
}

#[track_caller]
fn curl(words: &[&str]) -> String {
    let output = Command::new("curl")
        .args(["-sS", "--noproxy", "*", "--max-time", "600"])
        .args(words)
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {stderr}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn curl_puts_and_gets() {
    if !has_curl() {
        return;
    }
    let served = Served::new("curl");
    let (source, copy) = (served.folder.join("source"), served.folder.join("copy"));
    let (source, copy) = (source.to_str().unwrap(), copy.to_str().unwrap());
    fs::write(source, content(3_000_000)).unwrap();
    // For files of this size, curl sends `Expect: 100-continue`.
    let code = ["-o", "/dev/null", "-w", "%{http_code}"];
    assert_eq!(curl(&[&code[..], &["-T", source, &served.url("a")]].concat()), "201");
    curl(&["-o", copy, &served.url("a")]);
    assert_eq!(fs::read(copy).unwrap(), content(3_000_000));
    // If curl reads from a pipe, it does not know the size and sends chunks.
    let put = Command::new("curl")
        .args(["-sS", "--noproxy", "*", "-T", "-", &served.url("b")])
        .stdin(Stdio::from(File::open(source).unwrap()))
        .status();
    assert!(put.unwrap().success());
    assert_eq!(curl(&["-I", &served.url("b")]).lines().nth(1), Some("Content-Length: 3000000"));
    assert_eq!(curl(&[&code[..], &[&served.url("c")]].concat()), "404");
}

/// Creates a file that takes no space on the disk.
fn sparse(path: &Path, len: u64) {
    File::create(path).unwrap().set_len(len).unwrap();
}

fn there_and_back(name: &str, len: u64) {
    let served = Served::new(name);
    let source = served.folder.join("source");
    sparse(&source, len);
    curl(&["-T", source.to_str().unwrap(), &served.url("a")]);
    assert_eq!(fs::metadata(served.folder.join("a")).unwrap().len(), len);
    let fetched = Command::new(FETCH).arg(served.url("source")).output().unwrap();
    let said = String::from_utf8_lossy(&fetched.stderr);
    assert!(said.contains(&format!("{len} bytes")), "{said}");
    #[cfg(target_os = "linux")]
    {
        let most = served.server.most_memory();
        println!("{len} bytes there and back; the server took at most {most} bytes of memory");
        assert!(most < 64 * 1024 * 1024, "{most}");
    }
}

#[test]
fn long_files_pass_through_little_memory() {
    if has_curl() {
        there_and_back("long", 64 * 1024 * 1024);
    }
}

#[test]
#[ignore = "takes long; `.ci/full` runs it"]
fn very_long_files_pass_through_little_memory() {
    if has_curl() {
        there_and_back("very-long", 2 * 1024 * 1024 * 1024);
    }
}

#[test]
fn fetch_shows_its_progress_on_a_terminal() {
    if Command::new("script").arg("--version").output().is_err() {
        return eprintln!("skipped: `script` is not installed, which makes a terminal");
    }
    let served = Served::new("progress");
    sparse(&served.folder.join("a"), 200_000_000);
    let command = format!("{FETCH} {}", served.url("a"));
    let mut child = Command::new("script")
        .args(["-qec", &command, "/dev/null"])
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut shown = String::new();
    child.stdout.take().unwrap().read_to_string(&mut shown).unwrap();
    assert!(child.wait().unwrap().success(), "{shown}");
    assert!(shown.contains("MiB/190.73 MiB") && shown.contains("200000000 bytes;"), "{shown:?}");
}
