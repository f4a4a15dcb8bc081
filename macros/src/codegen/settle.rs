//! Lengths of varying size. The counted part is measured before the length is written. If the
//! counted part contains padding up to a multiple, its size depends on the size of the length, so
//! several sizes are tried.

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;

use super::{Bounds, Cx, Node, fault, q, size_steps};
use crate::layout::{Amount, Length, Step, WhenKnown};

impl Length<'_> {
    /// Returns the variable for the size of the scope, if the number is not directly before the
    /// scope.
    pub(super) fn inner(&self) -> Ident {
        format_ident!("inner_{}", self.var)
    }

    /// Returns `true` if the number is written before steps that are not its scope.
    pub(super) fn is_ahead_of(&self, behind: &[Step<'_>]) -> bool {
        matches!(self.known, WhenKnown::Measured)
            && !matches!(behind.first(), Some(Step::Scope(scope)) if scope.length.var == self.var)
    }

    /// Returns the length as `Result<usize, usize>`: the size of `steps` after the number, which is
    /// `at` bytes into the frame.
    pub(super) fn settled(&self, cx: &Cx<'_>, steps: &[Step<'_>], at: &TokenStream) -> TokenStream {
        self.settled_by(cx, steps, at, &q!(size.saturating_sub(from)))
    }

    fn settled_by(
        &self,
        cx: &Cx<'_>,
        steps: &[Step<'_>],
        at: &TokenStream,
        len: &TokenStream,
    ) -> TokenStream {
        // Sizes that do not depend on the number are measured once, because nested frames would
        // otherwise be measured many times.
        let outer = cx.memo.replace(true);
        let sizes = size_steps(cx, steps);
        cx.memo.set(outer);
        let (cells, inner) = (declare_cells(steps, outer), declare_inner(steps));
        let Bounds { min, max, .. } = self.bounds(cx);
        let width = self.size_for(&q!(len));
        q!({
            #cells
            let at = #at;
            __fw::settle(
                #min,
                #max,
                |width| {
                    let mut size = at.saturating_add(width);
                    let from = size;
                    #inner
                    #sizes
                    #len
                },
                |len| #width,
            )
        })
    }

    /// Returns the statements that add the size of `steps` and of this number directly before them.
    /// The variables of the steps are also used by later fields.
    pub(super) fn size_settled(&self, cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
        let outer = cx.memo.replace(true);
        let (settled, sizes) = (self.settled(cx, steps, &q!(size)), size_steps(cx, steps));
        cx.memo.set(outer);
        let (cells, number) = (declare_cells(steps, outer), self.size_for(&q!(len)));
        q! {
            #cells
            let len = #settled.unwrap_or_else(|len| len);
            size = size.saturating_add(#number);
            #sizes
        }
    }

    /// Returns the statement that takes the length, or fails if no size of the number fits.
    pub(super) fn must_settle(&self, settled: &TokenStream) -> TokenStream {
        let (var, blame, number) = (&self.var, &self.blame, self.to_wire());
        let or_fail = fault::or_fail(blame);
        q! {
            let #var = match #settled {
                ::core::result::Result::Ok(len) => len,
                ::core::result::Result::Err(#var) => {
                    match #number #or_fail;
                    return ::core::result::Result::Err(__fw::no_width().in_field(#blame));
                }
            };
        }
    }

    /// Writes a number that is measured at its position, some steps before its scope.
    pub(super) fn encode_ahead(&self, cx: &Cx<'_>, behind: &[Step<'_>]) -> TokenStream {
        let settled = self.settled_ahead(cx, behind, &q!(out.position().saturating_sub(frame)));
        let (length, number) = (self.must_settle(&settled), self.write_alone(cx));
        q!(#length #number)
    }

    /// Returns the statements that add the size of a number that is some steps before its scope.
    pub(super) fn size_ahead(&self, cx: &Cx<'_>, behind: &[Step<'_>]) -> TokenStream {
        let settled = self.settled_ahead(cx, behind, &q!(size));
        let (inner, number) = (self.inner(), self.size_for(&q!(len)));
        q! {
            let len = #settled.unwrap_or_else(|len| len);
            size = size.saturating_add(#number);
            let mut #inner = 0usize;
        }
    }

    fn settled_ahead(&self, cx: &Cx<'_>, behind: &[Step<'_>], at: &TokenStream) -> TokenStream {
        let inner = self.inner();
        let end = |var: &Ident| {
            behind.iter().position(|step| step.has_scope(var)).map_or(behind.len(), |at| at + 1)
        };
        let mut to = end(&self.var);
        // Another such number in between has a known size once its scope is measured.
        let further = |to: usize| {
            let measured = behind.iter().take(to).filter_map(|step| match step {
                Step::Length(length) if matches!(length.known, WhenKnown::Measured) => Some(&length.var),
                _ => None,
            });
            measured.map(end).max().filter(|end| *end > to)
        };
        while let Some(end) = further(to) {
            to = end;
        }
        self.settled_by(cx, &behind[..to], at, &q!(#inner))
    }
}

impl Step<'_> {
    /// Returns the steps inside this step.
    pub(super) fn inside(&self) -> impl Iterator<Item = &Step<'_>> {
        self.node().inside().into_iter().flatten()
    }

    /// Returns the result of `find` for this step, or for the first step inside it with a result.
    pub(super) fn find<'s, T>(&'s self, find: &dyn Fn(&'s Step<'s>) -> Option<T>) -> Option<T> {
        find(self).or_else(|| self.inside().find_map(|step| step.find(find)))
    }

    /// Returns `true` if the size of the step depends on its position.
    pub(super) fn is_aligned(&self) -> bool {
        matches!(self, Self::Fill(fill) if matches!(fill.amount, Amount::UpTo(_)))
            || self.inside().any(Step::is_aligned)
    }

    /// Returns `true` if the step is, or contains, the scope of the length in this variable.
    pub(crate) fn has_scope(&self, var: &Ident) -> bool {
        matches!(self, Self::Scope(scope) if scope.length.var == *var)
            || self.inside().any(|step| step.has_scope(var))
    }

    /// Returns the variables of sizes that are measured once.
    fn cells(&self) -> Vec<Ident> {
        let own = self.node().measured_once().map(cell);
        own.into_iter().chain(self.inside().flat_map(Step::cells)).collect()
    }
}

/// Declares the variables for the sizes of scopes, for lengths that are not directly before their
/// scope. These numbers may be before the steps.
pub(super) fn declare_inner(steps: &[Step<'_>]) -> TokenStream {
    let mut inner = Vec::new();
    let mut open: Vec<_> = steps.iter().collect();
    while let Some(step) = open.pop() {
        if let Step::Scope(scope) = step {
            let apart = matches!(scope.length.known, WhenKnown::Measured) && !scope.adjacent;
            inner.extend(apart.then(|| scope.length.inner()));
        }
        open.extend(step.inside());
    }
    q!(#(let mut #inner = 0usize;)*)
}

/// Declares the variables of sizes that are measured once, unless surrounding steps declare them.
fn declare_cells(steps: &[Step<'_>], outer: bool) -> TokenStream {
    let cells: std::collections::BTreeSet<_> = steps.iter().flat_map(Step::cells).collect();
    let cells = cells.iter().filter(|_| !outer);
    q!(#(let #cells = ::core::cell::OnceCell::new();)*)
}

/// Returns the variable of a size that is measured once.
pub(super) fn cell(local: &Ident) -> Ident {
    format_ident!("size_{}", local)
}
