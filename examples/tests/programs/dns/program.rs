//! Tests of the command line.

use super::{DNS, server};
use crate::support::{Plain, run};

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(DNS, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["= Pointer", "\"WWW\"", "192.0.2.1", "The answer is truncated", "12 = count_of(answers)"] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn every_word_has_help() {
    for (words, part) in
        [(&["--help"][..], "server"), (&["server", "--help"], "--zone"), (&["client", "--help"], "--tcp")]
    {
        let ended = run(DNS, words);
        assert_eq!(ended.code, Some(0), "{words:?}");
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_server_and_its_connections() {
    let mut server = server();
    let peer = server.connect();
    server.wait_for(&["accepted"]);
    server.interrupt();
    assert_eq!(peer.drain(), b"");
    assert_eq!(server.status().code(), Some(0));
}
