//! Tests of the command line.

use super::{MODBUS, device};
use crate::support::{Plain, run};

#[test]
fn without_arguments_a_demo_runs() {
    let ended = run(MODBUS, &[]);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    for part in ["16 = WriteRegisters", "[555, 0, 100]", "0xaaaa02", "2 = IllegalAddress"] {
        assert!(ended.stdout.contains(part), "no {part:?} in\n{}", ended.stdout);
    }
}

#[test]
fn every_word_has_help() {
    for (words, part) in [
        (&["--help"][..], "server"),
        (&["server", "--help"], "--listen"),
        (&["client", "--help"], "--pipeline"),
        (&["client", "read", "--help"], "holding-registers"),
    ] {
        let ended = run(MODBUS, words);
        assert_eq!(ended.code, Some(0), "{words:?}");
        assert!(ended.stdout.contains(part), "{words:?}\n{}", ended.stdout);
    }
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_device_and_its_connections() {
    let mut device = device();
    let peer = device.connect();
    device.wait_for(&["accepted"]);
    device.interrupt();
    assert_eq!(peer.drain(), b"");
    assert_eq!(device.status().code(), Some(0));
}
