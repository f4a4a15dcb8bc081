//! Splits very long parsers into several functions ("pieces"), which keeps build times linear, and
//! very long runs into blocks.
//!
//! LLVM's CorrelatedValuePropagation and JumpThreading look back from each branch over all earlier
//! branches of the function. That is cheap for some dozens of steps, where a function call would
//! cost more at run time. So only longer parsers are split. A piece uses the variables of earlier
//! pieces, and returns the variables that it sets.
//!
//! In a debug build every `let` opens a scope until the end of its block, which contains the scope
//! of the next `let`. The compiler visits nested scopes by recursion, and thousands of them
//! overflow its stack. So the encoder of a step is a block, and a long run is read in blocks.

use std::collections::BTreeSet;

use proc_macro2::{Ident, TokenStream};

use super::{Cx, InRun, fault, q};
use crate::layout::Step;

/// Number of steps in a piece. A prefix and its field count as two steps.
const MOST: usize = 64;

/// Returns how many of `steps` form the next piece, or `None` if the rest fits in one function.
pub(super) fn next(steps: &[Step<'_>]) -> Option<usize> {
    (steps.len() > MOST + MOST / 2).then_some(MOST)
}

/// Returns the statements that declare and call a piece.
pub(super) fn call(steps: &[Step<'_>], parse: &TokenStream) -> TokenStream {
    let bound: BTreeSet<Ident> = steps.iter().flat_map(|step| step.node().binds()).collect();
    let (bound, or_return) = (bound.iter().collect::<Vec<_>>(), fault::or_pass_on());
    q! {
        let (rest, #(#bound),*) = match __fw::in_a_piece(|| {
            let mut i = i;
            #parse
            __fw::Ok((i, #(#bound),*))
        }) #or_return;
        i = rest;
    }
}

/// Returns the statements that parse the atoms of a run. Those of very many atoms are in blocks,
/// which return what they read.
pub(super) fn of_atoms<'n>(cx: &Cx<'_>, atoms: impl Iterator<Item = &'n dyn InRun>) -> TokenStream {
    let atoms: Vec<_> = atoms.collect();
    let pieces = atoms.chunks(MOST).map(|piece| {
        let parse: TokenStream = piece.iter().map(|atom| atom.parse(cx)).collect();
        if atoms.len() <= MOST {
            return parse;
        }
        let bound: BTreeSet<Ident> = piece.iter().flat_map(|atom| atom.binds()).collect();
        let bound: Vec<_> = bound.iter().collect();
        q!(let (#(#bound,)*) = { #parse (#(#bound,)*) };)
    });
    pieces.collect()
}
