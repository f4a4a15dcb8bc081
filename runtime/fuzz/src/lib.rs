//! The fuzz targets without the fuzzer. `runtime/tests/stream/fuzz.rs` runs the same functions for
//! a limited time.

pub mod targets;
