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

#[path = "../views/languages/agree.rs"]
mod agree;
#[macro_use]
#[path = "harness.rs"]
mod checks;

/// What holds for every declaration, and that other languages agree.
mod harness {
    pub use crate::checks::*;

    pub fn owned<T: OwnedFrame + Clone + PartialEq + std::fmt::Debug>(
        accepted: &[(T, &[u8])],
        refused: &[(T, &str)],
    ) -> Result<(), Broken> {
        crate::checks::owned(accepted, refused)?;
        let bytes: Vec<_> = accepted.iter().map(|(_, bytes)| bytes.to_vec()).collect();
        crate::agree::agree::<T>(&bytes, &[]);
        Ok(())
    }
}

mod five;
mod four;
mod one;
mod six;
mod three;
mod two;
