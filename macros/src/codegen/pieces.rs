//! What keeps build times of very long parsers linear: they read in pieces, each a function of its own.
//!
//! LLVM's CorrelatedValuePropagation and JumpThreading look back from each branch over all branches in front of it in the
//! same function. Up to some dozens of steps that costs little, and a call would cost more at run time: so only what is
//! longer is cut up. A piece sees what was read before, and hands on what it has read itself.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};

use super::{fault, q};
use crate::layout::Step;

/// How many steps one function takes: a prefix and what it counts are two.
const MOST: usize = 64;

/// How many of `steps` are to be a piece of their own, if they are too many for one function.
pub(super) fn next(steps: &[Step<'_>]) -> Option<usize> {
    (steps.len() > MOST + MOST / 2).then_some(MOST)
}

/// The statements of a piece.
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
