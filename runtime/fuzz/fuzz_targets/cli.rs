//! See `targets::cli`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| framewright_fuzz::targets::cli(data));
