//! Tests that run the targets of `runtime/fuzz` for a limited time, on inputs that a fuzzer found
//! and on random inputs.
#![cfg(all(feature = "testing", feature = "cli", feature = "net"))]
#![allow(unreachable_pub, reason = "the targets are public to the fuzzer")]

#[path = "../../fuzz/src/targets/mod.rs"]
mod targets;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

/// Runs a target on its corpus, on random bytes, and on changed inputs of the corpus.
fn holds(name: &str, target: fn(&[u8])) {
    let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/fuzz/corpus/");
    let Ok(seeds) = std::fs::read_dir(format!("{corpus}{name}")) else {
        panic!("there is no corpus for {name}");
    };
    let mut inputs = Vec::new();
    for seed in seeds {
        let bytes = std::fs::read(seed.unwrap().path()).unwrap();
        target(&bytes);
        inputs.push(bytes);
    }
    assert!(!inputs.is_empty());
    let bytes = prop::collection::vec(any::<u8>(), 0..200);
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4);
    let changed = (prop::sample::select(inputs), changes, any::<prop::sample::Index>()).prop_map(
        |(mut bytes, changes, cut)| {
            for (at, byte) in changes {
                if !bytes.is_empty() {
                    let at = at.index(bytes.len());
                    bytes[at] = byte;
                }
            }
            bytes.truncate(cut.index(bytes.len() + 1).max(bytes.len() / 2));
            bytes
        },
    );
    let config = Config { failure_persistence: None, cases: 500, ..Config::default() };
    let any_bytes = prop_oneof![bytes, changed];
    let run =
        TestRunner::new_with_rng(config, prop::test_runner::TestRng::deterministic_rng(Default::default()))
            .run(&any_bytes, |bytes| {
                target(&bytes);
                Ok(())
            });
    run.unwrap();
}

#[test]
fn what_decodes_encodes() {
    holds("codec", targets::codec);
}

#[test]
fn a_stream_gives_the_same_frames_however_it_is_cut() {
    holds("framer", targets::framer);
}

#[test]
fn samples_are_valid() {
    holds("values", targets::values);
}

#[test]
fn json_makes_frames_or_is_refused() {
    holds("json", targets::json);
}

#[test]
fn anything_can_be_shown() {
    holds("dump", targets::dump);
}

#[test]
fn a_conversation_ends_whatever_is_said() {
    holds("session", targets::session);
}

#[test]
fn a_command_line_takes_any_input() {
    holds("cli", targets::cli);
}

#[test]
fn captures_of_anything_are_shown_or_refused() {
    holds("capture", targets::capture);
}

#[test]
fn conversations_that_change_their_types_end_whatever_is_said() {
    holds("conversation", targets::conversation);
}
