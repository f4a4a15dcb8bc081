//! Tests of `protocol explore`: access to the page, and the page in a browser.

mod asked;

use std::io::{BufRead, BufReader};

use crate::browser::drive;
use crate::support::{Program, Running};

const CHAT: &str = env!("CARGO_BIN_EXE_chat");
const DNS: &str = env!("CARGO_BIN_EXE_dns");

/// A page that is served until it is dropped.
struct Page {
    program: Running,
    /// The URL of the page, including its token.
    url: String,
    /// The second line of output, which contains the listening address of the proxy.
    passed_on: Option<String>,
}

impl Page {
    fn open(program: &str, words: &[&str]) -> Self {
        let mut program = Running::start(program, &[&["protocol", "explore"], words].concat());
        let mut lines = BufReader::new(program.stdout()).lines();
        let url = lines.next().unwrap().unwrap();
        let passed_on = words.contains(&"--proxy").then(|| lines.next().unwrap().unwrap());
        Self { program, url, passed_on }
    }

    /// Returns the address and the token.
    fn parts(&self) -> (&str, &str) {
        let (address, token) = self.url.strip_prefix("http://").unwrap().split_once('/').unwrap();
        (address, token.trim_end_matches('/'))
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.program.kill();
    }
}

#[test]
fn frames_are_shown_edited_and_sent() {
    let server = Program::server(CHAT, &[]);
    let upstream = server.address.to_string();
    let page = Page::open(CHAT, &["--proxy", "127.0.0.1:0", &upstream]);
    let proxy = page.passed_on.as_deref().unwrap().split(' ').next().unwrap();
    drive("explore/chat.js", &[&page.url, proxy, &upstream]);
}

#[test]
fn bits_and_nested_frames_are_pointed_at() {
    // The first query has two questions. In the second one, the second question is cut off.
    let query =
        "1234 0100 0002 0000 0000 0000 03777777076578616d706c6503636f6d00 0001 0001 0161 00 001c 0001";
    let server = Program::server(DNS, &[]);
    let page = Page::open(DNS, &[query, "--to", &format!("udp:{}", server.address)]);
    drive("explore/dns.js", &[&page.url]);
}

#[cfg(unix)]
#[test]
fn interrupting_ends_it() {
    let mut page = Page::open(CHAT, &[]);
    page.program.interrupt();
    assert!(page.program.status().success());
}
