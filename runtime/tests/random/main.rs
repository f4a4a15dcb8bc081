//! A fixed choice of random declarations; `runtime/random` makes as many as one likes.
//!
//! Each module is what that program prints with `--print`: a declaration, values with the bytes
//! they are, and values that cannot be written. The number in its name is the seed.
#![cfg(all(feature = "testing", feature = "json"))]
#![allow(
    dead_code,
    unused_comparisons,
    unreachable_pub,
    reason = "what is generated need not use all it has"
)]

#[macro_use]
mod harness;

mod five;
mod four;
mod one;
mod six;
mod three;
mod two;
