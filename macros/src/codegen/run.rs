//! Code for runs. The parser of a run has one bounds check: for the fields `sender: u32` and
//! `kind: u8` it splits off 5 bytes with `i.split_at_checked(5)`. The encoder fills an array and
//! writes it at once.

use proc_macro2::{Ident, TokenStream};
use quote::ToTokens;

use super::open::{Around, Rule};
use super::{Bounds, Cx, Node, Size, Tail, add_size, pieces, q};
use crate::layout::{Atom, Counts, Expression, Length, Place, Slot, WhenKnown};

/// Returns the size of the run as a constant.
fn len(cx: &Cx<'_>, atoms: &[Atom<'_>]) -> Size {
    Size::sum(atoms.iter().map(|atom| atom.node().len(cx)))
}

impl Node for Vec<Atom<'_>> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        let (frame, behind) = (cx.name, tail.min());
        // For a bit run, the error about missing bytes names the first bit field.
        let names = self.iter().map(Atom::node).filter_map(|atom| {
            let (name, len) = (&atom.places().first()?.name, atom.len(cx));
            Some(q!((#name, #len)))
        });
        let parts = pieces::of_atoms(cx, self.iter().map(Atom::node));
        let split = match len(cx, self) {
            Size::Known(size) => q!(#size),
            Size::Constant(size) => q!(const { #size }),
        };
        q! {
            let __fw::Some((run, rest)) = i.split_at_checked(#split) else {
                return __fw::Err(__fw::short_run(
                    src,
                    input,
                    i,
                    #split,
                    #behind,
                    &__fw::RunSite { frame: #frame, fields: &[#(#names),*] },
                ));
            };
            let mut run = run;
            i = rest;
            #parts
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        let size = len(cx, self);
        let prepare = in_order(self).0.into_iter().map(|atom| atom.node().prepare(cx));
        let parts = self.iter().map(|atom| atom.node().encode(cx));
        let marks = self.iter().flat_map(|atom| atom.node().marks(cx));
        let encode = q! {
            let base = out.position();
            let mut run = [0u8; #size];
            let size = run.len();
            let mut w = &mut run[..];
            #(#parts)*
            out.put(&run)?;
            if __S::RECORDS {
                __fw::mark_run::<Self, __S>(out, base, &[#(#marks),*]);
            }
        };
        let sets = self.iter().map(|atom| atom.node().sets()).collect::<Option<Vec<_>>>();
        let encode = match sets.map(|sets| sets.concat()).as_deref() {
            None => encode,
            Some([]) => q!({ #encode }),
            Some(sets) => q!(let (#(mut #sets),*) = { #encode (#(#sets),*) };),
        };
        q!(#(#prepare)* #encode)
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        let foresee = in_order(self).0.into_iter().map(|atom| atom.node().foresee(cx));
        let size = add_size(&len(cx, self).to_token_stream());
        q!(#(#foresee)* #size)
    }

    fn bounds(&self, cx: &Cx<'_>) -> Bounds {
        Bounds::exactly(len(cx, self))
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        self.iter().flat_map(|atom| atom.node().schema(cx)).collect()
    }

    fn places(&self) -> Vec<&Place<'_>> {
        self.iter().flat_map(|atom| atom.node().places()).collect()
    }

    fn binds(&self) -> Vec<Ident> {
        self.iter().flat_map(|atom| atom.node().binds()).collect()
    }

    fn exact_is_known(&self) -> bool {
        true
    }

    fn moves(&self) -> bool {
        false
    }

    fn takes_bytes(&self) -> bool {
        self.iter().any(|atom| atom.node().takes_bytes())
    }

    fn rules(&self, _: &Cx<'_>, _: Around) -> Vec<Rule> {
        self.iter().flat_map(|atom| atom.node().rules()).collect()
    }

    fn checks(&self) -> Vec<TokenStream> {
        self.iter().filter_map(|atom| atom.node().check()).collect()
    }
}

/// Returns the atoms and bit fields in an order in which their values can be computed, and those
/// that have no such order, because they need each other or a field that does.
pub(crate) fn in_order<'r, 'a>(atoms: &'r [Atom<'a>]) -> (Vec<&'r Atom<'a>>, Vec<&'r Atom<'a>>) {
    let mut left: Vec<_> = atoms.iter().flat_map(Atom::parts).collect();
    let mut ordered = Vec::new();
    while !left.is_empty() {
        let is_left = |field: &&Ident| {
            left.iter().flat_map(|atom| atom.node().places()).any(|place| place.local == **field)
        };
        let needs = |atom: &&Atom<'a>| {
            let needed = needs(atom).into_iter().flat_map(|expression| &expression.uses);
            needed.map(|named| &named.local).any(|local| is_left(&local))
        };
        match left.iter().position(|atom| !needs(atom)) {
            Some(ready) => ordered.push(left.remove(ready)),
            None => break,
        }
    }
    (ordered, left)
}

/// Returns `true` if an atom is computed from itself, through any of `atoms`.
pub(crate) fn needs_itself(atom: &Atom<'_>, atoms: &[&Atom<'_>]) -> bool {
    let mut reached = vec![atom];
    let mut at = 0;
    while let Some(next) = reached.get(at) {
        let needs = needs(next);
        let is_needed = |other: &Atom<'_>| {
            let mut places = other.node().places().into_iter();
            places.any(|place| needs.iter().any(|expr| expr.names_field(&place.local)))
        };
        for other in atoms.iter().copied().filter(|other| is_needed(other)) {
            if core::ptr::eq(other, atom) {
                return true;
            }
            if !reached.iter().any(|known| core::ptr::eq(*known, other)) {
                reached.push(other);
            }
        }
        at += 1;
    }
    false
}

/// Returns the expressions from which the value of an atom is computed.
pub(crate) fn needs<'r, 'a>(atom: &'r Atom<'a>) -> Vec<&'r Expression<'a>> {
    match atom {
        Atom::Calc(calc) => vec![&calc.expression],
        Atom::Length(length) => needs_of_length(length),
        _ => Vec::new(),
    }
}

/// Returns the expressions from which a length is computed before the fields that it counts are
/// written. The size of a frame may depend on its context; the number of items does not.
pub(crate) fn needs_of_length<'r, 'a>(length: &'r Length<'a>) -> Vec<&'r Expression<'a>> {
    match (&length.known, length.counts) {
        (WhenKnown::Ahead(content), Counts::Bytes) => content.given.expressions(),
        _ => Vec::new(),
    }
}

/// Returns the entry that tells a dump to which field the next `len` bytes of a run belong. The
/// next entry starts `moves` bytes further.
pub(super) fn mark(
    cx: &Cx<'_>,
    place: &Place<'_>,
    part: &TokenStream,
    len: &impl ToTokens,
    moves: &impl ToTokens,
) -> TokenStream {
    let (variant, index) = match place.slot {
        Slot::Head(index) => (q!(__fw::None), index),
        Slot::Field(index) => {
            let variant = cx.variant;
            (q!(__fw::Some(#variant)), index)
        }
    };
    let order = match cx.order_of(place.slot) {
        Some(order) => q!(#order),
        None => q!(__fw::Order::Big),
    };
    q!(__fw::RunMark { variant: #variant, index: #index, part: #part, len: #len, moves: #moves, order: #order })
}
