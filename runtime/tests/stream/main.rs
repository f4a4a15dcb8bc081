//! Tests of decoding frames from bytes that arrive in pieces.

mod attacks;
#[cfg(feature = "codec")]
mod codec;
mod fuzz;
mod linear;
