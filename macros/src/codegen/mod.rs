//! One file per kind of node: its parse, encode, size and schema side by side.
//!
//! Generated code moves one variable, `i`, over the input; `input` stays at
//! the start of the frame, so that errors can say where they are. All names
//! are hygienic (`Span::mixed_site`): no field of the user's can meet them.

mod agree;
mod bits;
mod body;
mod bounds;
mod calc;
mod check;
mod checked;
mod checksum;
mod cond;
mod content;
mod delimited;
mod dispatch;
mod ends;
mod expression;
mod fault;
mod fill;
mod filled;
mod impls;
mod items;
mod leaf;
mod length;
mod limits;
mod links;
mod list;
mod magic;
mod number;
mod open;
mod pad;
mod presence;
mod run;
mod scope;
mod settle;
mod skip;
mod tag;
mod tree;
mod value;

pub(crate) use bounds::{Bounds, Size, Tail};
use check::checks;
use dispatch::{
    all_know_their_tag, check_chosen, construct, destructure, last_on_self, literal, plain_arms, tag_of_self,
};
pub(crate) use impls::{emit, stub};
use limits::limit_assertions;
use links::Links;
use number::order_value;
use open::{assertions, assertions_inside};
use scope::scopes;

use std::cell::{Cell, RefCell};

use proc_macro2::TokenStream;

use crate::attr::Order;
use crate::layout::{Atom, Body, Checksum, Extent, Place, Slot, Step, Tags};

/// `quote!` whose identifiers cannot meet the user's.
macro_rules! q {
    ($($tokens:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site() => $($tokens)*) };
}
pub(crate) use q;

/// What every kind needs to know of the type around it.
pub(crate) struct Cx<'a> {
    /// The name of the type, for errors.
    pub(crate) name: &'a str,
    /// Its byte order.
    pub(crate) order: Option<Order>,
    /// Whether it has type parameters.
    pub(crate) generic: bool,
    /// Which variant's fields are meant; 0 for structs.
    pub(crate) variant: usize,
    /// The variants and their tags, for enums.
    pub(crate) variants: &'a [crate::ast::Variant],
    pub(crate) tags: Option<&'a Tags<'a>>,
    /// Whether nothing of the type is read once a variant is.
    ends_in_match: bool,
    links: RefCell<Links>,
    /// Whether sizes are added several times over, and each is measured once.
    memo: Cell<bool>,
    /// Statements for when all fields of the struct or variant are done.
    later: RefCell<TokenStream>,
    shared: &'a Shared,
}

/// What is collected for the whole type.
#[derive(Default)]
pub(crate) struct Shared {
    /// Statements for when the whole frame is done, by variant.
    last: RefCell<Vec<Last>>,
    /// What stands behind a step at the least: the bytes of one part, and where in this list the others are.
    behind: RefCell<Vec<(TokenStream, Option<usize>)>>,
}

/// Where an error comes from, as a constant: it costs nothing until there is one.
/// An empty name stands for the frame itself.
pub(crate) fn site(cx: &Cx<'_>, name: &str) -> TokenStream {
    let frame = cx.name;
    q!(&__fw::Site { frame: #frame, field: #name })
}

impl<'a> Cx<'a> {
    pub(crate) fn new(
        name: &'a str,
        order: Option<Order>,
        generic: bool,
        variants: &'a [crate::ast::Variant],
        tags: Option<&'a Tags<'a>>,
        shared: &'a Shared,
    ) -> Self {
        Self {
            name,
            order,
            generic,
            variant: 0,
            variants,
            tags,
            ends_in_match: false,
            links: RefCell::default(),
            memo: Cell::new(false),
            later: RefCell::default(),
            shared,
        }
    }

    /// The same for a type of these steps.
    pub(crate) fn of_steps(mut self, steps: &[Step<'_>]) -> Self {
        self.ends_in_match = matches!(steps.last(), Some(Step::Match(_)));
        self
    }

    /// The same for a variant, which has fields of its own.
    fn of_variant(&self, variant: usize) -> Self {
        Self {
            variant,
            links: self.links.clone(),
            later: RefCell::default(),
            memo: self.memo.clone(),
            ..*self
        }
    }

    /// Leaves statements for when all fields are done and every value known.
    fn later(&self, tokens: TokenStream) {
        self.later.borrow_mut().extend(tokens);
    }

    /// The statements left so far.
    pub(crate) fn take_later(&self) -> TokenStream {
        std::mem::take(&mut *self.later.borrow_mut())
    }

    /// Leaves statements for when the whole frame is done and every length in place.
    fn at_last(&self, checksum: &Checksum<'_>, tokens: TokenStream) {
        let (index, covers) = (checksum.index, checksum.covers.clone());
        self.shared.last.borrow_mut().push(Last { variant: self.variant, index, covers, tokens });
    }

    /// The statements left for that by this struct or variant: a checksum
    /// that another one covers comes before it.
    pub(crate) fn take_last(&self) -> TokenStream {
        let (mut mine, others): (Vec<_>, Vec<_>) =
            self.shared.last.take().into_iter().partition(|last| last.variant == self.variant);
        self.shared.last.replace(others);
        let mut tokens = TokenStream::new();
        while !mine.is_empty() {
            let ready = mine.iter().position(|last| {
                !mine.iter().any(|other| other.index != last.index && last.covers.contains(&other.index))
            });
            // Those that cover each other were refused.
            tokens.extend(mine.remove(ready.unwrap_or(0)).tokens);
        }
        tokens
    }

    /// Where `Layout::BEHIND` has the fewest bytes of a part and of what stands behind that.
    fn behind(&self, min: TokenStream, rest: Option<usize>) -> usize {
        let mut all = self.shared.behind.borrow_mut();
        all.push((min, rest));
        all.len() - 1
    }

    /// The constant for what was asked for so.
    pub(crate) fn take_behind(&self) -> TokenStream {
        let all = self.shared.behind.take();
        if all.is_empty() {
            return TokenStream::new();
        }
        let parts = all.iter().map(|(min, rest)| match rest {
            None => q!((#min, ::core::option::Option::None)),
            Some(rest) => q!((#min, ::core::option::Option::Some(#rest))),
        });
        q!(const BEHIND: &'static [::core::primitive::usize] = &__fw::sums_behind([#(#parts),*]);)
    }

    /// The marker type of the type's byte order.
    pub(crate) fn order_type(&self) -> TokenStream {
        number::order_type(self.order)
    }

    /// Where the schema has its entry of a field, for sinks that record.
    pub(crate) fn field(&self, slot: Slot) -> TokenStream {
        let variant = self.variant;
        match slot {
            Slot::Head(index) => q!(__fw::Slot::<Self>::head(#index)),
            Slot::Field(index) => q!(__fw::Slot::<Self>::field(#variant, #index)),
        }
    }
}

/// Statements for when the whole frame is done, left by a checksum.
pub(crate) struct Last {
    variant: usize,
    index: usize,
    /// The fields it covers, by index.
    covers: std::ops::RangeInclusive<usize>,
    tokens: TokenStream,
}

/// The statements that parse `steps`.
pub(crate) fn parse_steps(cx: &Cx<'_>, steps: &[Step<'_>], tail: &Tail) -> TokenStream {
    let mut tails = Vec::with_capacity(steps.len());
    let mut tail = tail.clone();
    for step in steps.iter().rev() {
        let behind = tail.clone();
        tail = tail.behind(cx, step);
        tails.push(behind);
    }
    let mut tokens = TokenStream::new();
    for (step, tail) in steps.iter().zip(tails.iter().rev()) {
        tokens.extend(links::before(cx, step));
        tokens.extend(step.parse(cx, tail));
    }
    tokens
}

/// The statements that encode `steps`.
pub(crate) fn encode_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    let encode = |(index, step): (usize, &Step<'_>)| match step {
        Step::Length(length) if length.is_ahead_of(&steps[index + 1..]) => {
            length.encode_ahead(cx, &steps[index + 1..])
        }
        step => step.encode(cx),
    };
    let encoded: TokenStream = steps.iter().enumerate().map(encode).collect();
    let between: Vec<_> = steps.iter().flat_map(Step::between).map(Body::between).collect();
    let last = between.iter().rev();
    let encoded = q! {
        #(let mut #between = ::core::option::Option::None;)*
        #encoded
        #(__fw::drop_between(out, #last);)*
    };
    if !steps.iter().any(|step| matches!(step, Step::Cond(cond) if cond.is_optional())) {
        return encoded;
    }
    // One of no bytes is read as absent where nothing follows it.
    q! {
        let mut optional: ::core::option::Option<(&str, usize)> = ::core::option::Option::None;
        #encoded
        __fw::takes_bytes(optional, out.position())?;
    }
}

/// The statements that add the encoded size of `steps` to `size`.
pub(crate) fn size_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    let size = |(index, step): (usize, &Step<'_>)| match step {
        Step::Length(length) if length.is_ahead_of(&steps[index + 1..]) => {
            length.size_ahead(cx, &steps[index + 1..])
        }
        step => step.size(cx),
    };
    let sized: TokenStream = steps.iter().enumerate().map(size).collect();
    let all: Vec<_> = steps.iter().flat_map(Step::between).collect();
    let between: Vec<_> = all.iter().map(|body| body.between()).collect();
    let last = all.iter().rev().filter_map(|body| match &body.extent {
        Extent::Until(delimiter) => {
            let (between, len) = (body.between(), delimiter.len());
            Some(q!(if #between == ::core::option::Option::Some(size) { size = size.saturating_sub(#len); }))
        }
        _ => None,
    });
    q! {
        #(let mut #between = ::core::option::Option::None;)*
        #sized
        #(#last)*
    }
}

/// The variable behind the reference to what the encoder writes for an `Auto`.
fn kept(local: &proc_macro2::Ident) -> proc_macro2::Ident {
    quote::format_ident!("kept_{}", local)
}

/// The statement that adds one size.
fn add_size(size: &TokenStream) -> TokenStream {
    q!(size = size.saturating_add(#size);)
}

/// The statement that adds the size of a field, which may be measured once only.
fn add_size_of(cx: &Cx<'_>, local: &proc_macro2::Ident, size: &TokenStream) -> TokenStream {
    if !cx.memo.get() {
        return add_size(size);
    }
    let cell = settle::cell(local);
    add_size(&q!(*#cell.get_or_init(|| #size)))
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
            Self::Tag(tag) => tag.parse_alone(cx),
            Self::Body(body) => body.parse(cx, tail),
            Self::List(list) => list.parse(cx, tail),
            Self::Items(items) => items.parse(cx, tail),
            Self::Scope(scope) => scope.parse(cx, tail),
            Self::Delimited(delimited) => delimited.parse(cx),
            Self::Cond(cond) => cond.parse(cx, tail),
            Self::Peek(tag) => tag.peek(cx),
            Self::Match(dispatch) => dispatch.parse(cx, tail),
            Self::Fill(fill) => fill.parse(cx),
            Self::Agree(agreement) => agreement.parse(cx),
            Self::Skip(place, ty) => skip::parse(place, ty),
        }
    }

    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Atom(atom) => run::encode(cx, std::slice::from_ref(atom)),
            Self::Run(atoms) => run::encode(cx, atoms),
            Self::Value(value) => value.encode(cx),
            Self::Length(length) => length.encode_alone(cx),
            Self::Tag(tag) => tag.encode_alone(cx),
            Self::Body(body) => body.encode(cx),
            Self::List(list) => list.encode(cx),
            Self::Items(items) => items.encode(cx),
            Self::Scope(scope) => scope.encode(cx),
            Self::Delimited(delimited) => delimited.encode(cx),
            Self::Cond(cond) => cond.encode(cx),
            Self::Peek(tag) => tag.prepare(cx),
            Self::Match(dispatch) => dispatch.encode(cx),
            Self::Fill(fill) => fill.encode(cx),
            Self::Agree(_) | Self::Skip(..) => TokenStream::new(),
        }
    }

    fn size(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Atom(atom) => run::size(cx, std::slice::from_ref(atom)),
            Self::Run(atoms) => run::size(cx, atoms),
            Self::Value(value) => add_size_of(cx, &value.place.local, &value.size(cx)),
            Self::Length(length) => length.size_alone(cx),
            Self::Tag(tag) => {
                let foresee = tag.place.early.then(|| tag.foresee());
                let size = add_size(&tag.size_alone(cx));
                q!(#foresee #size)
            }
            Self::Body(body) => {
                let size = add_size_of(cx, &body.place.local, &body.size(cx));
                let between = self.between().into_iter().map(Body::between);
                q!(#size #(#between = ::core::option::Option::Some(size);)*)
            }
            Self::List(list) => add_size_of(cx, &list.place.local, &list.size(cx)),
            Self::Items(items) => add_size_of(cx, &items.place.local, &items.size(cx)),
            Self::Scope(scope) => scope.size(cx),
            Self::Delimited(delimited) => delimited.size(cx),
            Self::Cond(cond) => cond.size(cx),
            Self::Peek(_) => TokenStream::new(),
            Self::Match(dispatch) => dispatch.size(cx),
            Self::Fill(fill) => add_size(&fill.size()),
            Self::Agree(_) | Self::Skip(..) => TokenStream::new(),
        }
    }

    /// The fields in it that end with a delimiter which nothing may follow.
    fn between(&self) -> Vec<&Body<'_>> {
        match self {
            Self::Body(body) if matches!(&body.extent, Extent::Until(delimiter) if delimiter.is_between()) => {
                vec![body]
            }
            Self::Cond(cond) => cond.steps.iter().flat_map(Self::between).collect(),
            _ => Vec::new(),
        }
    }

    /// The variables of the fields that the step reads.
    pub(crate) fn locals(&self) -> Vec<&proc_macro2::Ident> {
        match self {
            Self::Atom(atom) => atom.place().map(|place| &place.local).into_iter().collect(),
            Self::Run(atoms) => atoms.iter().filter_map(Atom::place).map(|place| &place.local).collect(),
            Self::Value(value) => vec![&value.place.local],
            Self::Length(length) => vec![&length.place.local],
            Self::Tag(tag) | Self::Peek(tag) => vec![&tag.place.local],
            Self::Body(body) => vec![&body.place.local],
            Self::List(list) => vec![&list.place.local],
            Self::Items(items) => vec![&items.place.local],
            Self::Cond(cond) => vec![&cond.place.local],
            Self::Fill(fill) => vec![&fill.place.local],
            Self::Scope(scope) => scope.steps.iter().flat_map(Self::locals).collect(),
            Self::Delimited(delimited) => delimited.steps.iter().flat_map(Self::locals).collect(),
            Self::Match(_) | Self::Agree(_) | Self::Skip(..) => Vec::new(),
        }
    }

    /// The fewest and most bytes, as constants.
    pub(crate) fn bounds(&self, cx: &Cx<'_>) -> Bounds {
        match self {
            Self::Atom(atom) => Bounds::exactly(run::len(cx, std::slice::from_ref(atom))),
            Self::Run(atoms) => Bounds::exactly(run::len(cx, atoms)),
            Self::Value(value) => value.bounds(cx),
            Self::Length(length) => length.bounds(cx),
            Self::Tag(tag) => tag.bounds_alone(),
            Self::Body(body) => body.bounds(cx),
            Self::List(_) => Bounds::at_least(Size::Known(0)),
            Self::Items(items) => items.bounds(cx),
            Self::Scope(scope) => scope.bounds(cx),
            Self::Delimited(delimited) => delimited.bounds(cx),
            Self::Cond(cond) => cond.bounds(cx),
            Self::Match(dispatch) => dispatch.bounds(cx),
            Self::Fill(fill) => fill.bounds(),
            Self::Peek(_) | Self::Agree(_) | Self::Skip(..) => Bounds::exactly(Size::Known(0)),
        }
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        match self {
            Self::Atom(atom) => atom.schema(cx),
            Self::Run(atoms) => atoms.iter().flat_map(|atom| atom.schema(cx)).collect(),
            Self::Value(value) => vec![value.schema(cx)],
            Self::Length(length) => length.schema(cx).into_iter().collect(),
            Self::Tag(tag) => vec![tag.schema(cx)],
            Self::Body(body) => vec![body.schema(cx)],
            Self::List(list) => vec![list.schema(cx)],
            Self::Items(items) => vec![items.schema(cx)],
            Self::Scope(scope) => schema_steps(cx, &scope.steps),
            Self::Delimited(delimited) => schema_steps(cx, &delimited.steps),
            Self::Cond(cond) => cond.schema(cx),
            Self::Fill(fill) => vec![fill.schema()],
            // Variants have fields of their own; see `emit`.
            Self::Match(_) | Self::Agree(_) | Self::Skip(..) => Vec::new(),
            Self::Peek(tag) => vec![tag.schema(cx)],
        }
    }
}

impl Atom<'_> {
    /// The statements that take the atom from the run.
    fn parse(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Leaf { place, number, none } => leaf::parse(cx, place, number, *none),
            Self::Filled(filled) => filled.parse(cx),
            Self::Length(length) => length.parse_in_run(cx),
            Self::Tag(tag) => tag.parse(cx),
            Self::Presence(flag) => flag.parse(cx),
            Self::Magic { place, value } => magic::parse(cx, place, value),
            Self::Pad { place, len, filling } => pad::parse(cx, place, len, filling),
            Self::Checksum(checksum) => checksum.parse(cx),
            Self::Calc(calc) => calc.parse(cx),
            Self::Bits(bits) => bits.parse(cx),
            Self::Check(assertion) => assertion.parse(cx),
            Self::Mark(mark) => q!(#mark = __fw::offset(input, run);),
        }
    }

    /// The statements in front of the run that compute what it will hold.
    fn prepare(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Length(length) => length.prepare(cx),
            Self::Tag(tag) => tag.prepare(cx),
            Self::Presence(flag) => flag.prepare(),
            Self::Calc(calc) => calc.prepare(),
            Self::Bits(bits) => bits.fields.iter().map(|field| field.atom.prepare(cx)).collect(),
            Self::Leaf { .. }
            | Self::Filled(_)
            | Self::Magic { .. }
            | Self::Pad { .. }
            | Self::Checksum(_)
            | Self::Check(_)
            | Self::Mark(_) => TokenStream::new(),
        }
    }

    /// The statements that compute an `Auto` which sizes further on depend on.
    fn foresee(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Calc(calc) if calc.place.early => calc.foresee(),
            Self::Presence(flag) if flag.place.early => flag.prepare(),
            Self::Length(length) if length.place.early => length.foresee(cx),
            Self::Tag(tag) if tag.place.early => tag.foresee(),
            Self::Magic { place, value } if place.early => magic::foresee(place, value),
            Self::Bits(bits) => bits.fields.iter().map(|field| field.atom.foresee(cx)).collect(),
            Self::Calc(_)
            | Self::Presence(_)
            | Self::Length(_)
            | Self::Tag(_)
            | Self::Magic { .. }
            | Self::Leaf { .. }
            | Self::Filled(_)
            | Self::Pad { .. }
            | Self::Checksum(_)
            | Self::Check(_)
            | Self::Mark(_) => TokenStream::new(),
        }
    }

    /// The statements that put the atom into the run.
    fn encode(&self, cx: &Cx<'_>) -> TokenStream {
        match self {
            Self::Leaf { place, number, none } => leaf::encode(cx, place, number, *none),
            Self::Filled(filled) => filled.encode(),
            Self::Length(length) => length.encode_in_run(cx),
            Self::Tag(tag) => tag.encode(cx),
            Self::Presence(flag) => flag.encode(cx),
            Self::Magic { place, value } => magic::encode(cx, place, value),
            Self::Pad { len, filling, .. } => pad::encode(len, filling),
            Self::Checksum(checksum) => checksum.encode(cx),
            Self::Calc(calc) => calc.encode(),
            Self::Bits(bits) => bits.encode(cx),
            Self::Check(assertion) => {
                cx.later(assertion.encode());
                TokenStream::new()
            }
            Self::Mark(mark) => q!(#mark = base.saturating_add(size.saturating_sub(w.len()));),
        }
    }

    fn len(&self, cx: &Cx<'_>) -> Size {
        match self {
            Self::Leaf { number, .. } => number.len(cx),
            Self::Filled(filled) => filled.len(),
            Self::Length(length) => length.number.len(cx),
            Self::Tag(tag) => tag.len(cx),
            Self::Presence(flag) => flag.number.len(cx),
            Self::Magic { value, .. } => magic::len(cx, value),
            Self::Pad { len, .. } => pad::len(len),
            Self::Checksum(checksum) => checksum.number.len(cx),
            Self::Calc(calc) => calc.number.len(cx),
            Self::Bits(bits) => bits.bytes.size(),
            Self::Check(_) | Self::Mark(_) => Size::Known(0),
        }
    }

    /// The field that the atom's bytes belong to.
    fn place(&self) -> Option<&Place<'_>> {
        match self {
            Self::Leaf { place, .. } | Self::Magic { place, .. } | Self::Pad { place, .. } => Some(place),
            Self::Filled(filled) => Some(&filled.place),
            Self::Length(length) => Some(&length.place),
            Self::Tag(tag) => Some(&tag.place),
            Self::Presence(flag) => Some(&flag.place),
            Self::Checksum(checksum) => Some(&checksum.place),
            Self::Calc(calc) => Some(&calc.place),
            // The first of them stands for all where bytes are missing.
            Self::Bits(bits) => bits.fields.first().and_then(|field| field.atom.place()),
            Self::Check(_) | Self::Mark(_) => None,
        }
    }

    /// What recording sinks hear of the atom's bytes.
    fn marks(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        let part = match self {
            Self::Bits(bits) => return bits.marks(cx),
            Self::Filled(filled) => return filled.marks(cx),
            Self::Length(length) => length.part(),
            Self::Leaf { .. }
            | Self::Tag(_)
            | Self::Magic { .. }
            | Self::Pad { .. }
            | Self::Presence(_)
            | Self::Checksum(_)
            | Self::Calc(_) => q!(__fw::Part::Value),
            Self::Check(_) | Self::Mark(_) => return Vec::new(),
        };
        let len = self.len(cx);
        self.place().map(|place| run::mark(cx, place, &part, &len, &len)).into_iter().collect()
    }

    fn schema(&self, cx: &Cx<'_>) -> Vec<TokenStream> {
        match self {
            Self::Leaf { place, number, none } => vec![leaf::schema(cx, place, number, *none)],
            Self::Filled(filled) => vec![filled.schema()],
            Self::Length(length) => length.schema(cx).into_iter().collect(),
            Self::Tag(tag) => vec![tag.schema(cx)],
            Self::Presence(flag) => vec![flag.schema()],
            Self::Magic { place, value } => vec![magic::schema(cx, place, value)],
            Self::Pad { place, len, filling } => vec![pad::schema(place, len, filling)],
            Self::Checksum(checksum) => vec![checksum.schema()],
            Self::Calc(calc) => vec![calc.schema()],
            Self::Bits(bits) => {
                // A tag that the run begins with is described by the head.
                let is_own =
                    |atom: &&Atom<'_>| !matches!(atom.place(), Some(Place { slot: Slot::Head(_), .. }));
                bits.fields
                    .iter()
                    .map(|field| &field.atom)
                    .filter(is_own)
                    .flat_map(|atom| atom.schema(cx))
                    .collect()
            }
            Self::Check(_) | Self::Mark(_) => Vec::new(),
        }
    }
}
