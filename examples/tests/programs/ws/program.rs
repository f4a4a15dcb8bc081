//! Tests of the command line.

use super::WS;
use crate::support::{Program, run};

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(WS, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["\"Switching Protocols\"", "WsFrame, 18 bytes", "hello, world\n", "is closed.\n"] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn there_is_help() {
    for (words, part) in [(&["--help"][..], "server"), (&["server", "--help"], "127.0.0.1:8081")] {
        let ended = run(WS, words);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}

#[test]
fn the_client_prints_what_comes_back() {
    let server = Program::server(WS, &[]);
    let address = server.address.to_string();
    let ended = run(WS, &["client", "--connect", &address, "one", "µ", ""]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), "one\nµ\n\n"), "{}", ended.stderr);
    let ended = run(WS, &["client", "--connect", "127.0.0.1:1", "one"]);
    assert_eq!(ended.code, Some(1));
}
