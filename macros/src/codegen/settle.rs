//! Variable-length length fields, such as `#[len_of(a..)] #[wire(varint)] len: Auto<u32>`. The
//! counted fields are measured before the length field is written. If they contain alignment
//! padding, their size depends on the size of the length field, so several sizes of the length
//! field are tried.

use proc_macro2::{Ident, TokenStream};
use quote::format_ident;

use super::{Bounds, Cx, Node, fault, q, size_steps};
use crate::layout::{Amount, Length, Step, WhenKnown};

impl Length<'_> {
    /// Returns the variable for the size of the scope. It is used only if other fields lie between
    /// the length field and the scope.
    pub(super) fn inner(&self) -> Ident {
        format_ident!("inner_{}", self.var)
    }

    /// Returns `true` if other fields lie between this length field and its scope. `behind` are the
    /// steps after the length field.
    pub(super) fn is_ahead_of(&self, behind: &[Step<'_>]) -> bool {
        matches!(self.known, WhenKnown::Measured)
            && !matches!(behind.first(), Some(Step::Scope(scope)) if scope.length.var == self.var)
    }

    /// Returns an expression for the length: the size of `steps`, if the length field is before
    /// them at offset `at` of the frame. Its type is `Result<usize, usize>`, which is `Err` if no
    /// size of the length field fits.
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
        // Sizes that do not depend on the length field are stored when they are measured. Otherwise
        // nested frames would be measured many times.
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

    /// Returns the statements that add the size of `steps` and of this length field directly before
    /// them. They are not in a block, because fields after the scope use the same variables.
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

    /// Returns the statement that sets the length, or returns an error if no size of the length
    /// field fits.
    pub(super) fn must_settle(&self, settled: &TokenStream) -> TokenStream {
        let (var, blame, number) = (&self.var, &self.blame, self.to_wire());
        let or_fail = fault::or_fail(blame);
        q! {
            let #var = match #settled {
                __fw::Ok(len) => len,
                __fw::Err(#var) => {
                    match #number #or_fail;
                    return __fw::Err(__fw::no_width().in_field(#blame));
                }
            };
        }
    }

    /// Writes a length field that has other fields between itself and its scope.
    pub(super) fn encode_ahead(&self, cx: &Cx<'_>, behind: &[Step<'_>]) -> TokenStream {
        let settled = self.settled_ahead(cx, behind, &q!(out.position().saturating_sub(frame)));
        let (length, number) = (self.must_settle(&settled), self.write_alone(cx));
        q!(#length #number)
    }

    /// Adds the size of a length field that has other fields between itself and its scope.
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
        // If another variable-length length field lies in between, its scope must be measured too.
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
    pub(super) fn inside(&self) -> impl Iterator<Item = &Step<'_>> {
        self.node().inside().into_iter().flatten()
    }

    /// Returns the first result of `find` for this step and the steps inside it.
    pub(super) fn find<'s, T>(&'s self, find: &dyn Fn(&'s Step<'s>) -> Option<T>) -> Option<T> {
        find(self).or_else(|| self.inside().find_map(|step| step.find(find)))
    }

    /// Returns `true` if the size of the step depends on its position, because of `align`.
    pub(super) fn is_aligned(&self) -> bool {
        matches!(self, Self::Fill(fill) if matches!(fill.amount, Amount::UpTo(_)))
            || self.inside().any(Step::is_aligned)
    }

    /// Returns `true` if the step is or contains the scope of the length in `var`, and the scope begins
    /// there: it does not if some of its fields are in another range that ends before it.
    pub(crate) fn has_scope(&self, var: &Ident) -> bool {
        matches!(self, Self::Scope(scope) if scope.length.var == *var && scope.from.is_none())
            || self.inside().any(|step| step.has_scope(var))
    }

    /// Returns the variables that store sizes.
    fn cells(&self) -> Vec<Ident> {
        let own = self.node().measured_once().map(cell);
        own.into_iter().chain(self.inside().flat_map(Step::cells)).collect()
    }
}

/// Declares the variables that [`Length::inner`] returns for the scopes in `steps`.
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

/// Declares the variables that store sizes, unless the surrounding code declares them.
fn declare_cells(steps: &[Step<'_>], outer: bool) -> TokenStream {
    let cells: std::collections::BTreeSet<_> = steps.iter().flat_map(Step::cells).collect();
    let cells = cells.iter().filter(|_| !outer);
    q!(#(let #cells = ::core::cell::OnceCell::new();)*)
}

/// Returns the variable that stores the size of a field.
pub(super) fn cell(local: &Ident) -> Ident {
    format_ident!("size_{}", local)
}
