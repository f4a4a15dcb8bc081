//! Tests of the demo, `--help` and Ctrl-C, which all programs have.

use super::chat::CHAT;
use super::fetch::FETCH;
use crate::support::run;

const ECHO: &str = env!("CARGO_BIN_EXE_echo");
const HELLO: &str = env!("CARGO_BIN_EXE_hello");
const CHAT_ECHO: &str = env!("CARGO_BIN_EXE_chat-echo");

#[test]
fn without_arguments_a_demo_runs() {
    let demos = [
        (ECHO, ["Message, 28 bytes\n0000  68 65 6c 6c 6f 20 77 6f  text", "\\\\r\\\\n"]),
        (HELLO, ["Reply, 11 bytes\n0000  48 65 6c 6c 6f 2c 20", "hello "]),
        (FETCH, ["Request, ", "Response, 84 bytes\n0000  48 54 54 50 2f 31 2e"]),
        (CHAT, ["ChatMsg, 21 bytes\n0000  00 98 96 80              sender", "9 = Other"]),
        (CHAT_ECHO, ["ChatMsg, 21 bytes\n0000  00 00 00 01              sender", "ChatReply, 17 bytes"]),
    ];
    for (program, parts) in demos {
        let ended = run(program, &[]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{program}");
        for part in parts {
            assert!(ended.stdout.contains(part), "{program}: no {part:?} in\n{}", ended.stdout);
        }
    }
}

#[test]
fn every_word_has_help() {
    for program in [ECHO, HELLO, FETCH, CHAT, CHAT_ECHO] {
        for (words, part) in [
            (&["--help"][..], "server"),
            (&["server", "--help"], "--listen"),
            (&["client", "--help"], "Usage"),
        ] {
            let ended = run(program, words);
            assert_eq!(ended.code, Some(0), "{program} {words:?}");
            assert!(ended.stdout.contains(part), "{program} {words:?}\n{}", ended.stdout);
        }
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_server_and_its_connections() {
    use crate::support::{Plain, Program};

    for program in [ECHO, HELLO, FETCH, CHAT, CHAT_ECHO] {
        let mut server = Program::server(program, &[]);
        let peer = server.connect();
        server.wait_for(&["accepted"]);
        server.interrupt();
        let said = peer.drain();
        assert!(said.is_empty() || said == b"Welcome!", "{program}");
        assert_eq!(server.status().code(), Some(0), "{program}");
        assert!(std::net::TcpStream::connect(server.address).is_err(), "{program}");
    }
}

/// The example must stay short. Its command line is shared with `echo`.
#[test]
fn chat_echo_is_short() {
    let code = include_str!("../../../src/bin/chat-echo/main.rs").lines();
    let lines = code.filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with("//")).count();
    assert!(lines < 15, "{lines} lines");
}
