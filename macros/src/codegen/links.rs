//! Keeps build times linear in the length of a parser, by breaking the chain of cursors.
//!
//! Each step computes its cursor from the cursor before. LLVM's ConstraintElimination relates the
//! remaining bytes to every length that was subtracted before, which doubles its time with each
//! length. `__fw::unlinked` returns a cursor that LLVM cannot trace back. It costs a few
//! instructions at run time, so short parsers do not call it.

use std::cell::RefCell;

use proc_macro2::TokenStream;

use super::{Bounds, Cx, Node, q};
use crate::layout::{Format, Step, Value};

/// Maximum number of consecutive steps that move the cursor by a length from the input. With three
/// times as many, building takes seconds instead of milliseconds. With fewer, common frames would
/// be slower.
const MOST: usize = 4;

/// Counts the steps since the last call of `unlinked`.
#[derive(Clone, Default)]
pub(super) struct Links {
    steps: usize,
    /// A constant expression that is `true` if the previous step is a nested value of fixed size.
    /// `None` if the previous step is not a nested value.
    nested: Option<TokenStream>,
}

/// Returns the call of `unlinked` before a step, if one is needed.
pub(super) fn before(cx: &Cx<'_>, step: &Step<'_>) -> TokenStream {
    if !step.node().moves() {
        return TokenStream::new();
    }
    let mut links = cx.links.borrow_mut();
    let nested = nested(cx, step);
    // The parser of a nested value may be inlined, and has steps of its own. Unless the value has a
    // fixed size, the cursor is unlinked before it and after it.
    let begins = nested.clone().filter(|_| links.steps > 0);
    let (unlink, steps) = match (links.steps, links.nested.take().or(begins)) {
        (MOST.., _) => (q!(i = __fw::unlinked(i);), 1),
        (steps, Some(exact)) => (q!(i = if const { #exact } { i } else { __fw::unlinked(i) };), steps + 1),
        (steps, None) => (TokenStream::new(), steps + 1),
    };
    *links = Links { steps, nested };
    unlink
}

/// Generates the parser of steps that have their own cursor. The count of the surrounding steps
/// stays unchanged.
pub(super) fn apart(links: &RefCell<Links>, parse: impl FnOnce() -> TokenStream) -> TokenStream {
    let around = links.borrow().clone();
    let tokens = parse();
    links.replace(around);
    tokens
}

/// Generates a parser that is a separate function. The count starts anew in it and after it.
pub(super) fn afresh(links: &RefCell<Links>, parse: impl FnOnce() -> TokenStream) -> TokenStream {
    links.take();
    let tokens = parse();
    links.take();
    tokens
}

/// Returns a constant expression that is `true` if a nested value has a fixed size, or `None` if
/// the step is not a nested value.
fn nested(cx: &Cx<'_>, step: &Step<'_>) -> Option<TokenStream> {
    let Step::Value(value @ Value { content, .. }) = step else { return None };
    if !matches!(content.format, Format::Order(_) | Format::As { .. }) {
        return None;
    }
    let Bounds { min, max, .. } = value.bounds(cx);
    Some(q!(__fw::is_exact(#min, #max)))
}
