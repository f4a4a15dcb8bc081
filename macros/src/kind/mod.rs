//! One file per kind of node: its parse, encode, size and schema side by side.
//!
//! Generated code moves one variable, `i`, over the input; `input` stays at
//! the start of the frame, so that errors can say where they are. All names
//! are hygienic (`Span::mixed_site`): no field of the user's can meet them.

mod body;
mod bounds;
mod delimited;
mod dispatch;
mod expression;
mod leaf;
mod length;
mod list;
mod magic;
mod number;
mod pad;
mod run;
mod scope;
mod tag;
mod value;

pub(crate) use bounds::{Bounds, Tail};
pub(crate) use dispatch::{construct, destructure, tag_of_self};

use proc_macro2::TokenStream;

use crate::attr::Order;
use crate::layout::{Atom, Slot, Step, Tags};

/// `quote!` whose identifiers cannot meet the user's.
macro_rules! q {
    ($($tokens:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site() => $($tokens)*) };
}
pub(crate) use q;

/// What every kind needs to know of the type around it.
pub(crate) struct Cx<'a> {
    /// The name of the type, for errors.
    pub(crate) name: String,
    /// Its byte order.
    pub(crate) order: Option<Order>,
    /// Which variant's fields are meant; 0 for structs.
    pub(crate) variant: usize,
    /// The variants and their tags, for enums.
    pub(crate) variants: &'a [crate::ast::Variant],
    pub(crate) tags: Option<&'a Tags<'a>>,
}

impl Cx<'_> {
    /// The marker type of the type's byte order.
    pub(crate) fn order_type(&self) -> TokenStream {
        number::order_type(self.order)
    }

    /// The schema's entry for a field, for sinks that record.
    pub(crate) fn field(&self, slot: Slot) -> TokenStream {
        let variant = self.variant;
        match slot {
            Slot::Head(index) => q!(__fw::head_field::<Self>(#index)),
            Slot::Field(index) => q!(__fw::field::<Self>(#variant, #index)),
        }
    }
}

/// The statements that parse `steps`.
pub(crate) fn parse_steps(cx: &Cx<'_>, steps: &[Step<'_>], tail: &Tail) -> TokenStream {
    let mut tokens = TokenStream::new();
    for (index, step) in steps.iter().enumerate() {
        let tail = tail.behind(cx, &steps[index + 1..]);
        tokens.extend(step.parse(cx, &tail));
    }
    tokens
}

/// The statements that encode `steps`.
pub(crate) fn encode_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    steps.iter().map(|step| step.encode(cx)).collect()
}

/// The expression for the encoded size of `steps`.
pub(crate) fn size_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    let sizes = steps.iter().map(|step| step.size(cx)).filter(|size| !size.is_empty());
    q!(0usize #(.saturating_add(#sizes))*)
}

/// The schema's fields for `steps`.
pub(crate) fn schema_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> Vec<TokenStream> {
    steps.iter().flat_map(|step| step.schema(cx)).collect()
}

impl Step<'_> {
    fn parse(&self, cx: &Cx<'_>, tail: &Tail) -> TokenStream {
        match self {
            Self::Atom(atom) => run::parse(cx, std::slice::from_ref(atom), tail),
            Self::Run(atoms) => run::parse(cx, atoms, tail),
            Self::Value(value) => value.parse(cx, tail),
            Self::Length(length) => length.parse_alone(cx),
            Self::Body(body) => body.parse(cx, tail),
            Self::List(list) => list.parse(cx, tail),
            Self::Scope(scope) => scope.parse(cx, tail),
            Self::Delimited(delimited) => delimited.parse(cx),
            Self::Match(dispatch) => dispatch.parse(cx, tail),
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Atom(atom) => run::encode(cx, std::slice::from_ref(atom)),
            Self::Run(atoms) => run::encode(cx, atoms),
            Self::Value(value) => value.encode(cx),
            Self::Length(length) => length.encode_alone(cx),
            Self::Body(body) => body.encode(cx),
            Self::List(list) => list.encode(cx),
            Self::Scope(scope) => scope.encode(cx),
            Self::Delimited(delimited) => delimited.encode(cx),
            Self::Match(dispatch) => dispatch.encode(cx),
        }
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Atom(atom) => run::len(cx, std::slice::from_ref(atom)),
            Self::Run(atoms) => run::len(cx, atoms),
            Self::Value(value) => value.size(cx),
            Self::Length(length) => length.size_alone(cx),
            Self::Body(body) => body.size(cx),
            Self::List(list) => list.size(cx),
            Self::Scope(scope) => scope.size(cx),
            Self::Delimited(delimited) => delimited.size(cx),
            Self::Match(dispatch) => dispatch.size(cx),
        }
    }

    /// The fewest and most bytes, as constants.
    pub(crate) fn bounds(&self, cx: &Cx<'_>) -> Bounds {
        match self {
            Self::Atom(atom) => Bounds::exactly(run::len(cx, std::slice::from_ref(atom))),
            Self::Run(atoms) => Bounds::exactly(run::len(cx, atoms)),
            Self::Value(value) => value.bounds(cx),
            Self::Length(length) => length.bounds(cx),
            Self::Body(body) => body.bounds(cx),
            Self::List(_) => Bounds::at_least(q!(0usize)),
            Self::Scope(scope) => scope.bounds(cx),
            Self::Delimited(delimited) => delimited.bounds(cx),
            Self::Match(dispatch) => dispatch.bounds(cx),
        }
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        match self {
            Self::Atom(atom) => atom.schema(cx).into_iter().collect(),
            Self::Run(atoms) => atoms.iter().filter_map(|atom| atom.schema(cx)).collect(),
            Self::Value(value) => vec![value.schema(cx)],
            Self::Length(length) => length.schema(cx).into_iter().collect(),
            Self::Body(body) => vec![body.schema(cx)],
            Self::List(list) => vec![list.schema(cx)],
            Self::Scope(scope) => schema_steps(cx, &scope.steps),
            Self::Delimited(delimited) => schema_steps(cx, &delimited.steps),
            // Variants have fields of their own; see `emit`.
            Self::Match(_) => Vec::new(),
        }
    }
}

impl Atom<'_> {
    /// The statements that take the atom from the run.
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Leaf { place, number } => leaf::parse(cx, place, number),
            Self::Length(length) => length.parse_in_run(cx),
            Self::Tag(tag) => tag.parse(cx),
            Self::Magic { place, value } => magic::parse(cx, place, value),
            Self::Pad { place, len, strict } => pad::parse(place, len, *strict),
            Self::Mark(mark) => q!(let #mark = __fw::offset(input, run);),
        }
    }

    /// The statements in front of the run that compute what it will hold.
    fn prepare(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Length(length) => length.prepare(cx),
            Self::Tag(tag) => tag.prepare(cx),
            Self::Leaf { .. } | Self::Magic { .. } | Self::Pad { .. } | Self::Mark(_) => TokenStream::new(),
        }
    }

    /// The statements that put the atom into the run.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Leaf { place, number } => leaf::encode(cx, place, number),
            Self::Length(length) => length.encode_in_run(cx),
            Self::Tag(tag) => tag.encode(cx),
            Self::Magic { place, value } => magic::encode(cx, place, value),
            Self::Pad { len, .. } => pad::encode(len),
            Self::Mark(mark) => q!(let #mark = base.saturating_add(size.saturating_sub(w.len()));),
        }
    }

    /// The size, as a constant.
    fn len(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Leaf { number, .. } => number.len(cx),
            Self::Length(length) => length.number.len(cx),
            Self::Tag(tag) => tag.len(cx),
            Self::Magic { value, .. } => magic::len(cx, value),
            Self::Pad { len, .. } => q!((#len)),
            Self::Mark(_) => q!(0usize),
        }
    }

    /// Which field the atom's bytes belong to, and as which part.
    fn part(&self) -> Option<(Slot, TokenStream, &str)> {
        match self {
            Self::Leaf { place, .. } | Self::Magic { place, .. } | Self::Pad { place, .. } => {
                Some((place.slot, q!(__fw::Part::Value), &place.name))
            }
            Self::Tag(tag) => Some((tag.place.slot, q!(__fw::Part::Value), &tag.place.name)),
            Self::Length(length) => Some((length.place.slot, length.part(), &length.place.name)),
            Self::Mark(_) => None,
        }
    }

    fn schema(&self, cx: &Cx<'_>) -> Option<TokenStream> {
        match self {
            Self::Leaf { place, number } => Some(leaf::schema(cx, place, number)),
            Self::Length(length) => length.schema(cx),
            Self::Tag(tag) => Some(tag.schema(cx)),
            Self::Magic { place, value } => Some(magic::schema(cx, place, value)),
            Self::Pad { place, len, .. } => Some(pad::schema(place, len)),
            Self::Mark(_) => None,
        }
    }
}
