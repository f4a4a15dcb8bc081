//! Tests of single words of the annotation language. Each word is encoded and decoded, decoded from
//! partial frames, converted to JSON, dumped and drawn.

mod bits;
mod containers;
mod convert;
mod digits;
mod each;
mod ends;
mod every;
mod filled;
mod lead;
mod none;
mod offset;
mod order;
mod padded;
mod searched;
mod text;

use framewright::prelude::*;
use framewright::testing::{damaged, laws, samples};
use std::fmt::Debug;

/// Checks that the value encodes to exactly these bytes and decodes from them, also through JSON,
/// and that it satisfies `testing::laws`.
#[track_caller]
fn round<T: OwnedFrame + PartialEq + Debug>(value: T, bytes: &[u8]) {
    assert_eq!(value.to_vec().unwrap(), bytes, "{value:?}\n{}", value.dump());
    let json = framewright::json::to_json(&value).unwrap();
    assert_eq!(framewright::json::from_json::<T>(&json).unwrap(), bytes, "{json}");
    assert_eq!(T::decode(bytes).unwrap(), value);
    laws([value]);
}

/// Checks that generated samples satisfy `testing::laws`, and that decoding and dumping damaged
/// samples does not panic.
#[track_caller]
fn samples_of<T: OwnedFrame + PartialEq + Debug>() {
    laws(samples::<T>(7, 24));
    for bytes in damaged::<T>(3, 100) {
        let _ = T::decode(&bytes);
        let _ = format!("{}", framewright::view::dump_bytes::<T>(&bytes));
    }
}

/// Checks that decoding these bytes fails, and returns the error.
#[track_caller]
fn refused<T: OwnedFrame + Debug>(bytes: &[u8]) -> String {
    T::decode(bytes).expect_err("these bytes are no such value").to_string()
}

/// Checks that encoding this value fails and leaves the buffer unchanged. Returns the error.
#[track_caller]
fn unwritable<T: OwnedFrame + Debug>(value: T) -> String {
    let mut out = vec![1, 2];
    let error = value.encode(&mut out).expect_err("the wire cannot carry this");
    assert_eq!(out, [1, 2]);
    error.to_string()
}
