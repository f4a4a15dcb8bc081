//! The traits that every kind of node implements, so that `parse_steps` and similar functions know
//! no kinds.

use proc_macro2::{Ident, TokenStream};

use super::open::{Around, Rule};
use super::{Bounds, Cx, Size, Tail, q, run, schema_steps};
use crate::layout::{Atom, Expression, Place, Step};

/// A step of the layout.
pub(crate) trait Node {
    /// Returns the statements that parse it.
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream;

    /// Returns the statements that encode it.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the statements that add its encoded size to `size`.
    fn size(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the fewest and most bytes, as constants.
    fn bounds(&self, cx: &Cx<'_>) -> Bounds;

    /// Returns the schema's fields for it.
    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        self.inside().into_iter().flat_map(|steps| schema_steps(cx, steps)).collect()
    }

    /// Returns the lists of steps inside.
    fn inside(&self) -> Vec<&[Step<'_>]> {
        Vec::new()
    }

    /// Returns the fields that it reads.
    fn places(&self) -> Vec<&Place<'_>> {
        self.inside().into_iter().flatten().flat_map(|step| step.node().places()).collect()
    }

    /// Returns the variables that its parser sets for later nodes.
    fn binds(&self) -> Vec<Ident> {
        self.places().into_iter().map(|place| place.local.clone()).collect()
    }

    /// Returns the size on decode, before the step is read, if it is fixed or given by numbers
    /// already read.
    fn exact(&self, cx: &Cx<'_>) -> Option<TokenStream> {
        let Bounds { min, max, .. } = self.bounds(cx);
        self.exact_is_known().then(|| q!(const { __fw::exact(#min, #max) }))
    }

    /// Returns `true` if that size is known.
    fn exact_is_known(&self) -> bool {
        false
    }

    /// Returns the expression over earlier fields for its length or its presence.
    fn depends_on(&self) -> Option<&Expression<'_>> {
        None
    }

    /// Returns `true` if it moves the cursor by a length from the input, not counting the steps
    /// inside.
    fn moves(&self) -> bool {
        true
    }

    /// Returns `true` if it may take bytes.
    fn takes_bytes(&self) -> bool {
        true
    }

    /// Returns the variable of its size, if that must be measured only once.
    fn measured_once(&self) -> Option<&Ident> {
        None
    }

    /// Returns its rules that only constants can check.
    fn rules(&self, cx: &Cx<'_>, around: Around) -> Vec<Rule> {
        let _ = (cx, around);
        Vec::new()
    }

    /// Returns the invariants in it, as the schema has them.
    fn checks(&self) -> Vec<TokenStream> {
        Vec::new()
    }

    /// Returns the lengths in it that enclose fields, as the schema has them, outer ones first.
    fn scopes(&self) -> Vec<TokenStream> {
        self.inside().into_iter().flatten().flat_map(|step| step.node().scopes()).collect()
    }
}

/// An atom: something of a size known before any byte is seen.
pub(super) trait InRun {
    /// Returns the statements that take it from the run.
    fn parse(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the statements that put it into the run.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream;

    fn len(&self, cx: &Cx<'_>) -> Size;

    /// Returns the schema's fields for it.
    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let _ = cx;
        Vec::new()
    }

    /// Returns the fields that its bytes belong to.
    fn places(&self) -> Vec<&Place<'_>> {
        Vec::new()
    }

    /// Returns the variables that its parser sets for later nodes.
    fn binds(&self) -> Vec<Ident> {
        self.places().into_iter().map(|place| place.local.clone()).collect()
    }

    /// Returns the statements before the run that compute its content.
    fn prepare(&self, cx: &Cx<'_>) -> TokenStream {
        let _ = cx;
        TokenStream::new()
    }

    /// Returns the statements that compute an `Auto` that later sizes depend on.
    fn foresee(&self, cx: &Cx<'_>) -> TokenStream {
        let _ = cx;
        TokenStream::new()
    }

    /// Returns the part of its field that the bytes are.
    fn part(&self) -> TokenStream {
        q!(__fw::Part::Value)
    }

    /// Returns the marks of its bytes for recording sinks.
    fn marks(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let (part, len) = (self.part(), self.len(cx));
        self.places().into_iter().map(|place| run::mark(cx, place, &part, &len, &len)).collect()
    }

    /// Returns `true` if it may take bytes.
    fn takes_bytes(&self) -> bool {
        true
    }

    /// Returns its rules that only constants can check.
    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }

    /// Returns its invariant, as the schema has it.
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
