//! Tests of frames in bytes that arrive in pieces, whoever sends them.

mod attacks;
#[cfg(feature = "codec")]
mod codec;
mod fuzz;
mod linear;
