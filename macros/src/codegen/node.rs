//! The traits that all kinds of steps ([`Node`]) and atoms ([`InRun`]) implement.

use proc_macro2::{Ident, TokenStream};

use super::open::{Around, Rule};
use super::{Bounds, Cx, Size, Tail, q, run, schema_steps};
use crate::layout::{Atom, Expression, Place, Step};

pub(crate) trait Node {
    /// Returns the statements that parse the step.
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream;

    /// Returns the statements that encode the step.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the statements that add the encoded size of the step to `size`.
    fn size(&self, cx: &Cx<'_>) -> TokenStream;

    /// Returns the minimum and maximum encoded size, as constants.
    fn bounds(&self, cx: &Cx<'_>) -> Bounds;

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        self.inside().into_iter().flat_map(|steps| schema_steps(cx, steps)).collect()
    }

    /// Returns the lists of steps inside this step.
    fn inside(&self) -> Vec<&[Step<'_>]> {
        Vec::new()
    }

    fn places(&self) -> Vec<&Place<'_>> {
        self.inside().into_iter().flatten().flat_map(|step| step.node().places()).collect()
    }

    fn binds(&self) -> Vec<Ident> {
        self.places().into_iter().map(|place| place.local.clone()).collect()
    }

    /// Returns the exact size on decode, as known before the step is read. The size is fixed, or
    /// given by fields that are already read.
    fn exact(&self, cx: &Cx<'_>) -> Option<TokenStream> {
        let Bounds { min, max, .. } = self.bounds(cx);
        self.exact_is_known().then(|| q!(const { __fw::exact(#min, #max) }))
    }

    /// Returns `true` if [`Node::exact`] returns a size.
    fn exact_is_known(&self) -> bool {
        false
    }

    /// Returns the expression for the length or presence of the step, which names earlier fields.
    fn depends_on(&self) -> Option<&Expression<'_>> {
        None
    }

    /// Returns `true` if the step itself moves the cursor by a length from the input. The steps
    /// inside it are asked separately.
    fn moves(&self) -> bool {
        true
    }

    fn takes_bytes(&self) -> bool {
        true
    }

    /// Returns the variable of the field whose size should be measured only once, if measuring it
    /// takes time.
    fn measured_once(&self) -> Option<&Ident> {
        None
    }

    /// Returns the rules of the step that only the compiler can check, in a constant.
    fn rules(&self, cx: &Cx<'_>, around: Around) -> Vec<Rule> {
        let _ = (cx, around);
        Vec::new()
    }

    fn checks(&self) -> Vec<TokenStream> {
        Vec::new()
    }

    /// Returns the schema entries of the lengths that enclose fields of the step, outermost first.
    fn scopes(&self) -> Vec<TokenStream> {
        self.inside().into_iter().flatten().flat_map(|step| step.node().scopes()).collect()
    }
}

/// Code of an atom: a part of a run, whose size is known before any byte is read.
pub(super) trait InRun {
    fn parse(&self, cx: &Cx<'_>) -> TokenStream;

    fn encode(&self, cx: &Cx<'_>) -> TokenStream;

    fn len(&self, cx: &Cx<'_>) -> Size;

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let _ = cx;
        Vec::new()
    }

    fn places(&self) -> Vec<&Place<'_>> {
        Vec::new()
    }

    fn binds(&self) -> Vec<Ident> {
        self.places().into_iter().map(|place| place.local.clone()).collect()
    }

    /// Returns the variables that `encode` sets for later nodes, or `None` if one of them is a
    /// reference, which a block cannot return.
    fn sets(&self) -> Option<Vec<Ident>> {
        Some(Vec::new())
    }

    /// Returns the statements before the run that compute the values to write.
    fn prepare(&self, cx: &Cx<'_>) -> TokenStream {
        let _ = cx;
        TokenStream::new()
    }

    /// Returns the statements that compute an `Auto` before sizes are computed, because sizes
    /// depend on it.
    fn foresee(&self, cx: &Cx<'_>) -> TokenStream {
        let _ = cx;
        TokenStream::new()
    }

    /// Returns which part of the field these bytes are, for dumps: its value, its length prefix.
    fn part(&self) -> TokenStream {
        q!(__fw::Part::Value)
    }

    /// Returns the statements that tell a dump which bytes belong to which field.
    fn marks(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let (part, len) = (self.part(), self.len(cx));
        self.places().into_iter().map(|place| run::mark(cx, place, &part, &len, &len)).collect()
    }

    fn takes_bytes(&self) -> bool {
        true
    }

    /// Returns the rules of the atom that only the compiler can check, in a constant.
    fn rules(&self) -> Vec<Rule> {
        Vec::new()
    }

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
