//! Division of very long parsers into pieces, each a separate function, which keeps build times
//! linear.
//!
//! LLVM's CorrelatedValuePropagation and JumpThreading look back from each branch over all earlier
//! branches in the same function. For up to some dozens of steps that costs little, and a call
//! would cost more at run time, so only longer parsers are split. A piece has access to the
//! variables of earlier pieces, and returns the variables that it sets itself.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};

use super::{fault, q};
use crate::layout::Step;

/// Number of steps in one function. A prefix and the part that it counts are two steps.
const MOST: usize = 64;

/// Returns the number of `steps` that become a separate piece, if they are too many for one
/// function.
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
