//! Runs: atoms one after the other, behind one bounds check on parse and in
//! one array on encode.
//!
//! No offset is tracked here: a cursor moves over the run, and the compiler
//! folds it away because every size is a constant.

use proc_macro2::TokenStream;
use quote::ToTokens;

use super::{Cx, Size, Tail, q};
use crate::layout::{Atom, Place, Slot};

pub(super) fn parse(cx: &Cx<'_>, atoms: &[Atom<'_>], tail: &Tail) -> TokenStream {
    let size = len(cx, atoms);
    let (frame, behind) = (cx.name, tail.min());
    let names = atoms.iter().filter_map(|atom| {
        let (name, len) = (&atom.place()?.name, atom.len(cx));
        Some(q!((#name, #len)))
    });
    let parts = atoms.iter().map(|atom| atom.parse(cx));
    let split = match &size {
        Size::Known(size) => q!(#size),
        Size::Constant(size) => q!(const { #size }),
    };
    q! {
        let ::core::option::Option::Some((run, rest)) = i.split_at_checked(#split) else {
            return ::core::result::Result::Err(__fw::short_run(
                src,
                input,
                i,
                &__fw::RunSite { frame: #frame, fields: &[#(#names),*] },
                #behind,
            ));
        };
        let mut run = run;
        i = rest;
        #(#parts)*
    }
}

pub(super) fn encode(cx: &Cx<'_>, atoms: &[Atom<'_>]) -> TokenStream {
    let size = len(cx, atoms);
    // What is calculated may name what is counted.
    let (calculated, counted): (Vec<_>, Vec<_>) =
        atoms.iter().partition(|atom| matches!(atom, Atom::Calc(_)));
    let prepare = counted.into_iter().chain(calculated).map(|atom| atom.prepare(cx));
    let parts = atoms.iter().map(|atom| atom.encode(cx));
    let marks = atoms.iter().flat_map(|atom| atom.marks(cx));
    q! {
        #(#prepare)*
        let base = out.position();
        let mut run = [0u8; #size];
        let size = run.len();
        let mut w = &mut run[..];
        #(#parts)*
        out.put(&run)?;
        if __S::RECORDS {
            __fw::mark_run::<Self, __S>(out, base, &[#(#marks),*]);
        }
    }
}

/// The statements that add the run's size.
pub(super) fn size(cx: &Cx<'_>, atoms: &[Atom<'_>]) -> TokenStream {
    let foresee = atoms.iter().map(|atom| atom.foresee(cx));
    let size = super::add_size(&len(cx, atoms).to_token_stream());
    q!(#(#foresee)* #size)
}

/// The size of the run, as a constant.
pub(super) fn len(cx: &Cx<'_>, atoms: &[Atom<'_>]) -> Size {
    Size::sum(atoms.iter().map(|atom| atom.len(cx)))
}

/// What recording sinks hear of the next `len` bytes of a run, behind which the next part stands after `moves` bytes.
pub(super) fn mark(
    cx: &Cx<'_>,
    place: &Place<'_>,
    part: &TokenStream,
    len: &impl ToTokens,
    moves: &impl ToTokens,
) -> TokenStream {
    let (variant, index) = match place.slot {
        Slot::Head(index) => (q!(::core::option::Option::None), index),
        Slot::Field(index) => {
            let variant = cx.variant;
            (q!(::core::option::Option::Some(#variant)), index)
        }
    };
    q!(__fw::RunMark { variant: #variant, index: #index, part: #part, len: #len, moves: #moves })
}
