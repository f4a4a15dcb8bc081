//! Recreation of the cursor of a long parser from time to time, which keeps build times linear.
//!
//! LLVM's ConstraintElimination relates the remaining bytes to every length that was subtracted
//! before, and each of these lengths makes it take twice as long. `__fw::unlinked` returns a value
//! of unknown origin. Only build time depends on it, and it costs a few instructions, so short
//! parsers do without it.

use std::cell::RefCell;

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Node, q};
use crate::layout::{Format, Step, Value};

/// Maximum number of consecutive steps that may move the cursor by a length from the input. With
/// three times as many, building takes seconds instead of milliseconds; fewer would slow down
/// common frames.
const MOST: usize = 4;

/// The steps that have moved the cursor since it was last recreated.
#[derive(Clone, Default)]
pub(super) struct Links {
    steps: usize,
    /// Constant expression that is `true` if the previous step, a nested value, always has the same
    /// size.
    nested: Option<TokenStream>,
}

/// Returns the statement before a step.
pub(super) fn before(cx: &Cx<'_>, step: &Step<'_>) -> TokenStream {
    if !step.node().moves() {
        return TokenStream::new();
    }
    let mut links = cx.links.borrow_mut();
    let nested = nested(cx, step);
    // The parser of a nested value may be inlined into this one, with as many steps, and with
    // nested values of its own. A value of varying size begins with a new cursor, and so does the
    // next step.
    let begins = nested.clone().filter(|_| links.steps > 0);
    let (unlink, steps) = match (links.steps, links.nested.take().or(begins)) {
        (MOST.., _) => (q!(i = __fw::unlinked(i);), 1),
        (steps, Some(exact)) => (q!(i = if const { #exact } { i } else { __fw::unlinked(i) };), steps + 1),
        (steps, None) => (TokenStream::new(), steps + 1),
    };
    *links = Links { steps, nested };
    unlink
}

/// Makes the parser of steps that use a separate cursor and leave the surrounding one unchanged.
pub(super) fn apart(links: &RefCell<Links>, parse: impl FnOnce() -> TokenStream) -> TokenStream {
    let around = links.borrow().clone();
    let tokens = parse();
    links.replace(around);
    tokens
}

/// Makes a parser that is a separate function, and so begins and ends with a cursor of unknown
/// origin.
pub(super) fn afresh(links: &RefCell<Links>, parse: impl FnOnce() -> TokenStream) -> TokenStream {
    links.take();
    let tokens = parse();
    links.take();
    tokens
}

/// Returns the constant that tells whether a nested value always has the same size, or `None` if
/// the step is not a nested value.
fn nested(cx: &Cx<'_>, step: &Step<'_>) -> Option<TokenStream> {
    let Step::Value(value @ Value { content, .. }) = step else { return None };
    if !matches!(content.format, Format::Order(_) | Format::As { .. }) {
        return None;
    }
    let Bounds { min, max, .. } = value.bounds(cx);
    Some(q!(__fw::is_exact(#min, #max)))
}
