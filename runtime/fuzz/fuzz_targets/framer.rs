//! See `targets::framer`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| framewright_fuzz::targets::framer(data));
