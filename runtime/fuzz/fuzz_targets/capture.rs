//! See `targets::capture`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| framewright_fuzz::targets::capture(data));
