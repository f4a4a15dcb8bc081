//! Tests of the command line.

use super::MQTT;
use crate::support::{Program, run};

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(MQTT, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["0000  82                       tag", "\"room/+/temperature\"", "\"21.5\"", "\"lost\""] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn there_is_help() {
    for (words, part) in [(&["--help"][..], "server"), (&["server", "--help"], "127.0.0.1:1883")] {
        let ended = run(MQTT, words);
        assert_eq!(ended.code, Some(0));
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}

#[cfg(unix)]
#[test]
fn an_interrupted_broker_ends_in_order() {
    let mut broker = Program::server(MQTT, &[]);
    let _client = super::packets::client(&broker, "ada");
    broker.interrupt();
    assert_eq!(broker.status().code(), Some(0));
}
