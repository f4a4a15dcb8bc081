//! What is fuzzed, apart from the fuzzer: `runtime/tests/stream/fuzz.rs` runs the same functions within bounds.

pub mod targets;
