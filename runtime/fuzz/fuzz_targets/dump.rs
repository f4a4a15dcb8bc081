//! See `targets::dump`.
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| framewright_fuzz::targets::dump(data));
