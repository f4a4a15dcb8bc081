//! What is fuzzed, apart from the fuzzer: `runtime/tests/fuzz.rs` runs the same functions within bounds.

pub mod targets;
