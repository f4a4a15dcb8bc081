//! Traits that every kind of node implements, so that `parse_steps` and similar functions need not
//! know the kinds.

use proc_macro2::{Ident, TokenStream};

use super::open::{Around, Rule};
use super::{Bounds, Cx, Size, Tail, q, run, schema_steps};
use crate::layout::{Atom, Expression, Place, Step};

/// A step of the layout.
pub(crate) trait Node {
    /// Returns the statements that parse the step.
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream;

    /// Returns the statements that encode the step.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the statements that add the encoded size of the step to `size`.
    fn size(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the minimum and maximum size in bytes, as constants.
    fn bounds(&self, cx: &Cx<'_>) -> Bounds;

    /// Returns the schema's fields for the step.
    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        self.inside().into_iter().flat_map(|steps| schema_steps(cx, steps)).collect()
    }

    /// Returns the lists of steps inside this step.
    fn inside(&self) -> Vec<&[Step<'_>]> {
        Vec::new()
    }

    /// Returns the fields that the step reads.
    fn places(&self) -> Vec<&Place<'_>> {
        self.inside().into_iter().flatten().flat_map(|step| step.node().places()).collect()
    }

    /// Returns the variables that the parser of the step sets for later nodes.
    fn binds(&self) -> Vec<Ident> {
        self.places().into_iter().map(|place| place.local.clone()).collect()
    }

    /// Returns the size on decode, before the step is read, if the size is fixed or given by
    /// numbers that are already read.
    fn exact(&self, cx: &Cx<'_>) -> Option<TokenStream> {
        let Bounds { min, max, .. } = self.bounds(cx);
        self.exact_is_known().then(|| q!(const { __fw::exact(#min, #max) }))
    }

    /// Returns `true` if the derive knows that the step has such a size.
    fn exact_is_known(&self) -> bool {
        false
    }

    /// Returns the expression over earlier fields for the length or the presence of the step.
    fn depends_on(&self) -> Option<&Expression<'_>> {
        None
    }

    /// Returns `true` if the step moves the cursor by a length from the input, without regard to
    /// the steps inside.
    fn moves(&self) -> bool {
        true
    }

    /// Returns `true` if the step may take bytes.
    fn takes_bytes(&self) -> bool {
        true
    }

    /// Returns the variable of the size of the step, if the size must be measured only once.
    fn measured_once(&self) -> Option<&Ident> {
        None
    }

    /// Returns the rules of the step that only constants can check.
    fn rules(&self, cx: &Cx<'_>, around: Around) -> Vec<Rule> {
        let _ = (cx, around);
        Vec::new()
    }

    /// Returns the invariants in the step, as the schema has them.
    fn checks(&self) -> Vec<TokenStream> {
        Vec::new()
    }

    /// Returns the lengths in the step that enclose fields, as the schema has them, outer ones
    /// first.
    fn scopes(&self) -> Vec<TokenStream> {
        self.inside().into_iter().flatten().flat_map(|step| step.node().scopes()).collect()
    }
}

/// An atom: an item whose size is known before any byte is seen.
pub(super) trait InRun {
    /// Returns the statements that take the atom from the run.
    fn parse(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the statements that put the atom into the run.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream;

    fn len(&self, cx: &Cx<'_>) -> Size;

    /// Returns the schema's fields for the atom.
    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let _ = cx;
        Vec::new()
    }

    /// Returns the fields that the bytes of the atom belong to.
    fn places(&self) -> Vec<&Place<'_>> {
        Vec::new()
    }

    /// Returns the variables that the parser of the atom sets for later nodes.
    fn binds(&self) -> Vec<Ident> {
        self.places().into_iter().map(|place| place.local.clone()).collect()
    }

    /// Returns the statements before the run that compute the content of the atom.
    fn prepare(&self, cx: &Cx<'_>) -> TokenStream {
        let _ = cx;
        TokenStream::new()
    }

    /// Returns the statements that compute an `Auto` early, because later sizes depend on it.
    fn foresee(&self, cx: &Cx<'_>) -> TokenStream {
        let _ = cx;
        TokenStream::new()
    }

    /// Returns the part of the field that these bytes represent.
    fn part(&self) -> TokenStream {
        q!(__fw::Part::Value)
    }

    /// Returns the marks of the bytes for recording sinks.
    fn marks(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let (part, len) = (self.part(), self.len(cx));
        self.places().into_iter().map(|place| run::mark(cx, place, &part, &len, &len)).collect()
    }

    /// Returns `true` if the atom may take bytes.
    fn takes_bytes(&self) -> bool {
        true
    }

    /// Returns the rules of the atom that only constants can check.
    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }

    /// Returns the invariant of the atom, as the schema has it.
    fn check(&self) -> Option<TokenStream> {
        None
    }
}

impl Step<'_> {
    pub(crate) fn node(&self) -> &dyn Node {
        match self {
            Self::Run(atoms) => atoms,
            Self::Value(value) => value,
            Self::Length(length) => length,
            Self::Tag(tag) => tag,
            Self::Body(body) => body,
            Self::List(list) => list,
            Self::Items(items) => items,
            Self::Scope(scope) => scope,
            Self::Delimited(delimited) => delimited,
            Self::Cond(cond) => cond,
            Self::Peek(peek) => peek,
            Self::Match(dispatch) => dispatch,
            Self::Fill(fill) => fill,
            Self::Gap(gap) => gap,
            Self::Agree(agreement) => agreement,
            Self::Skip(skip) => skip,
        }
    }
}

impl Atom<'_> {
    pub(super) fn node(&self) -> &dyn InRun {
        match self {
            Self::Leaf(leaf) => leaf,
            Self::Filled(filled) => filled,
            Self::Length(length) => length,
            Self::Tag(tag) => tag,
            Self::Magic(magic) => magic,
            Self::Pad(pad) => pad,
            Self::Presence(flag) => flag,
            Self::Checksum(checksum) => checksum,
            Self::Calc(calc) => calc,
            Self::Bits(bits) => bits,
            Self::Offset(offset) => offset,
            Self::Check(assertion) => assertion,
            Self::Mark(mark) => mark,
            Self::Order(order) => order,
        }
    }
}
