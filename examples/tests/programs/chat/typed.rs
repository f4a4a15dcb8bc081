//! Tests of the client on a pseudo-terminal.
#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command};
use std::sync::mpsc;
use std::time::Instant;
use std::{fs, thread};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use super::{BOBS, CHAT, greeted, msg, reply, serve, serve_on, taken};
use crate::support::{Folder, PATIENCE, Plain};

struct Typed {
    keys: File,
    shown: mpsc::Receiver<Vec<u8>>,
    text: String,
    client: Child,
}

impl Typed {
    fn start(folder: &Folder, args: &[&str]) -> Self {
        let terminal = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&terminal).unwrap();
        unlockpt(&terminal).unwrap();
        let path = ptsname(&terminal, Vec::new()).unwrap().into_string().unwrap();
        let screen = File::options().read(true).write(true).open(path).unwrap();
        let client = Command::new(CHAT)
            .arg("client")
            .args(args)
            .current_dir(folder.path())
            .env_remove("RUST_LOG")
            .env("TERM", "xterm")
            .stdin(screen.try_clone().unwrap())
            .stdout(screen.try_clone().unwrap())
            .stderr(screen)
            .spawn()
            .unwrap();
        let keys = File::from(terminal);
        let mut output = keys.try_clone().unwrap();
        let (sender, shown) = mpsc::channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            // Reading fails once the client has ended.
            while let Ok(count) = output.read(&mut bytes) {
                if count == 0 || sender.send(bytes[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { keys, shown, text: String::new(), client }
    }

    /// Waits until this text is shown, and discards all output up to its end.
    #[track_caller]
    fn wait_for(&mut self, part: &str) {
        self.read_to(part);
    }

    /// Waits like [`wait_for`](Self::wait_for), and returns the output before the text.
    #[track_caller]
    fn read_to(&mut self, part: &str) -> String {
        let due = Instant::now() + PATIENCE;
        loop {
            let plain = without_escapes(&self.text);
            if let Some(at) = plain.find(part) {
                self.text = plain[at + part.len()..].to_owned();
                return plain[..at].to_owned();
            }
            match self.shown.recv_timeout(due.saturating_duration_since(Instant::now())) {
                Ok(bytes) => self.text.push_str(&String::from_utf8_lossy(&bytes)),
                Err(error) => panic!("{part:?} is not shown ({error}) in {:?}", self.text),
            }
        }
    }

    /// Presses keys one after the other, as a person does: each key is shown before the next is
    /// pressed. Earlier output must have been waited for.
    #[track_caller]
    fn press(&mut self, keys: &str) {
        for key in keys.chars() {
            write!(self.keys, "{key}").unwrap();
            self.wait_for(key.encode_utf8(&mut [0; 4]));
        }
    }

    fn enter(&mut self) {
        self.keys.write_all(b"\r").unwrap();
    }
}

impl Drop for Typed {
    fn drop(&mut self) {
        // Killing fails if the client has already ended.
        let _ = self.client.kill();
        let _ = self.client.wait();
    }
}

/// Returns the text without escape sequences for the cursor and colours. A truncated sequence at
/// the end is kept.
fn without_escapes(text: &str) -> String {
    let mut plain = String::new();
    let mut rest = text;
    while let Some((before, escape)) = rest.split_once("\x1b[") {
        plain.push_str(before);
        let Some(end) = escape.find(|char: char| char.is_ascii_alphabetic()) else {
            return plain + "\x1b[" + escape;
        };
        rest = &escape[end + 1..];
    }
    plain + rest
}

#[test]
fn a_line_stays_whole_while_a_message_arrives() {
    let folder = Folder::new();
    let mut server = serve(&folder, &[]);
    let address = server.address.to_string();
    let mut bob = greeted(&server, 2, BOBS, 0, 0);
    let mut ada = Typed::start(&folder, &["--connect", &address, "--id", "1"]);
    ada.wait_for("you are 1 at ");
    ada.wait_for("received-by-1");
    ada.wait_for("1 -> ?> ");
    ada.press("/to 2");
    ada.enter();
    ada.wait_for("1 -> 2> ");

    ada.press("hal");
    bob.exchange(&msg(2, 1, 1, b"how are you?"), &reply(2, 1, b"how are you?"));
    ada.wait_for("2: how are you?");
    ada.wait_for("1 -> 2> hal");
    ada.press("lo");
    ada.enter();
    bob.expect(&reply(1, 1, b"hallo"));
    bob.write_all(&taken(2, 1)).unwrap();

    // A file is saved in the folder that the greeting named, before the client reports it.
    bob.exchange(&msg(2, 1, 2, b"PNG"), &reply(2, 2, b"PNG"));
    ada.wait_for("2 sent a picture, 3 bytes");
    ada.wait_for("saved as received-by-1/");
    let saved = fs::read_dir(folder.path().join("received-by-1")).unwrap().next().unwrap().unwrap();
    assert_eq!(fs::read(saved.path()).unwrap(), b"PNG");

    server.kill();
    ada.wait_for("connection lost");
    let server = serve_on(&folder, &address, &[]);
    ada.wait_for("connected again");
    ada.wait_for("1 -> 2> ");
    let mut bob = greeted(&server, 2, BOBS, 2, 1);
    ada.press("again");
    ada.enter();
    bob.expect(&reply(1, 1, b"again"));
    drop(bob);
    ada.wait_for("1 -> 2> ");
    // The receipt may come later than the message, so `/who` is repeated.
    let due = Instant::now() + PATIENCE;
    loop {
        ada.press("/who");
        ada.enter();
        ada.wait_for("you have heard of 2; ");
        let open = ada.read_to(" messages have no receipt");
        ada.wait_for("1 -> 2> ");
        if open == "0" {
            break;
        }
        assert!(Instant::now() < due, "{open} messages have no receipt");
    }
    ada.press("/quit");
    ada.enter();
    assert_eq!(ada.client.wait().unwrap().code(), Some(0));
}

#[test]
fn prints_absent_receivers_and_ends_with_the_input() {
    let folder = Folder::new();
    let server = serve(&folder, &[]);
    let address = server.address.to_string();
    let mut ada = Typed::start(&folder, &["--connect", &address, "--id", "1", "--to", "3"]);
    ada.wait_for("1 -> 3> ");
    ada.press("are you there?");
    ada.enter();
    ada.wait_for("3 is away; what you write is kept");
    ada.wait_for("1 -> 3> ");
    ada.press("/hepl");
    ada.enter();
    ada.wait_for("no command /hepl: /help lists them");
    // Ctrl-D ends the client.
    ada.wait_for("1 -> 3> ");
    ada.keys.write_all(b"\x04").unwrap();
    assert_eq!(ada.client.wait().unwrap().code(), Some(0));
}
