//! Keeps the build times of very long parsers linear: they are split into pieces, each a separate
//! function.
//!
//! LLVM's CorrelatedValuePropagation and JumpThreading look back from each branch over all earlier
//! branches in the same function. For up to some dozens of steps that costs little, and a call
//! would cost more at run time, so only longer parsers are split. A piece has access to what was
//! read before, and returns what it has read itself.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};

use super::{fault, q};
use crate::layout::Step;

/// How many steps one function takes: a prefix and what it counts are two.
const MOST: usize = 64;

/// Returns how many of `steps` become a separate piece, if they are too many for one function.
pub(super) fn next(steps: &[Step<'_>]) -> Option<usize> {
    (steps.len() > MOST + MOST / 2).then_some(MOST)
}

/// Returns the statements of a piece.
pub(super) fn call(steps: &[Step<'_>], parse: &TokenStream) -> TokenStream {
    let bound: BTreeSet<Ident> = steps.iter().flat_map(|step| step.node().binds()).collect();
    let (bound, or_return) = (bound.iter().collect::<Vec<_>>(), fault::or_pass_on());
    q! {
        let (rest, #(#bound),*) = match __fw::in_a_piece(|| {
            let mut i = i;
            #parse
            ::core::result::Result::Ok((i, #(#bound),*))
        }) #or_return;
        i = rest;
    }
}
