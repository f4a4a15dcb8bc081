//! Random declarations, which `runtime/random` has generated.
//!
//! Each module is the output of that program with `--print`: a declaration, values with their
//! bytes, and values that cannot be encoded. The number in its name is the seed.
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

/// The checks of `harness.rs`, and a comparison with other languages.
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
