//! Code generation. Each kind of layout node has a file with its parse, encode, size and schema
//! code.
//!
//! A generated parser has the variable `i`, the rest of the input, and `input`, the whole input of
//! the frame, which is used to locate errors. Generated identifiers have `Span::mixed_site`, so
//! they cannot collide with the user's identifiers.

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
mod mark;
mod nesting;
mod node;
mod number;
mod offset;
mod open;
mod order;
mod pad;
mod pattern;
mod peek;
mod pieces;
mod presence;
mod run;
mod scope;
mod settle;
mod skip;
mod tag;
mod tree;
mod value;

pub(crate) use bounds::{Bounds, Most, Open, Size, Tail};
use dispatch::{
    all_know_their_tag, check_chosen, construct, destructure, last_on_self, plain_arms, tag_of_self,
};
pub(crate) use impls::{emit, stub};
use limits::limit_assertions;
use links::Links;
use node::InRun;
pub(crate) use node::Node;
use number::order_value;
use open::{assertions, assertions_inside};
use pattern::literal;
pub(crate) use run::{in_order, needs, needs_itself, needs_of_length};

use std::cell::{Cell, RefCell};

use proc_macro2::TokenStream;

use crate::attr::Order;
use crate::layout::{
    Bits, Body, Checksum, Condition, Extent, FieldOrder, Gap, Layout, Place, Slot, Step, Tags,
};

/// Like `quote!`, with identifiers that cannot collide with the user's identifiers.
macro_rules! q {
    ($($tokens:tt)*) => { ::quote::quote_spanned!(::proc_macro2::Span::mixed_site() => $($tokens)*) };
}
pub(crate) use q;

/// The properties of the surrounding type that code generation needs for every node.
pub(crate) struct Cx<'a> {
    /// Name of the type, for errors.
    pub(crate) name: &'a str,
    /// Byte order of the type.
    pub(crate) order: Option<Order>,
    /// Whether code is generated for both byte orders, because the order is known only at run time.
    /// `order` is then one of the two.
    in_turn: bool,
    /// Fields whose byte order is known only at run time.
    orders: &'a [FieldOrder<'a>],
    /// Variables for positions in the frame.
    marks: &'a [proc_macro2::Ident],
    /// Whether the type has type parameters.
    pub(crate) generic: bool,
    /// Index of the variant that the fields belong to; 0 for structs.
    pub(crate) variant: usize,
    /// The variants of an enum. Their tags are in `tags`.
    pub(crate) variants: &'a [crate::ast::Variant],
    pub(crate) tags: Option<&'a Tags<'a>>,
    /// Whether the fields of the variants are the last part of the type. If so, the parser returns
    /// from the match arm.
    ends_in_match: bool,
    links: RefCell<Links>,
    /// Whether sizes are computed several times, so that each size must be stored when it is
    /// measured.
    memo: Cell<bool>,
    /// Statements to run after all fields of the struct or variant.
    later: RefCell<TokenStream>,
    shared: &'a Shared,
}

/// Code that is collected for the whole type, across its variants.
#[derive(Default)]
pub(crate) struct Shared {
    /// Statements for checksums, which run after the whole frame.
    last: RefCell<Vec<Last>>,
    /// The entries of `Layout::BEHIND`. Each entry is the minimum size of a part, and the index of
    /// the entry for the parts after it.
    behind: RefCell<Vec<(TokenStream, Option<usize>)>>,
}

/// Returns a constant with the names of the frame and field for errors. An empty field name means
/// the frame itself.
pub(crate) fn site(cx: &Cx<'_>, name: &str) -> TokenStream {
    let frame = cx.name;
    q!(&__fw::Site { frame: #frame, field: #name, bit: __fw::None })
}

/// Like [`site`], for a field that may be a bit field.
pub(crate) fn site_of(cx: &Cx<'_>, place: &Place<'_>) -> TokenStream {
    site_in(cx, &place.name, place.bits.as_ref())
}

/// Like [`site`], for a bit field with these bits.
pub(crate) fn site_in(cx: &Cx<'_>, name: &str, bits: Option<&Bits>) -> TokenStream {
    let Some(bits) = bits else { return site(cx, name) };
    let (frame, bit) = (cx.name, bits.first());
    q!(&__fw::Site { frame: #frame, field: #name, bit: __fw::Some(#bit) })
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
            in_turn: false,
            orders: &[],
            marks: &[],
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

    pub(crate) fn of_steps(mut self, steps: &[Step<'_>]) -> Self {
        self.ends_in_match = matches!(steps.last(), Some(Step::Match(_)));
        self
    }

    /// Returns this context for one of the two byte orders of a type, if `order` is given.
    pub(crate) fn in_order(mut self, order: Option<Order>, layout: &'a Layout<'a>) -> Self {
        (self.order, self.in_turn, self.orders) = (order.or(self.order), order.is_some(), &layout.orders);
        self.marks = &layout.marks;
        self
    }

    /// Returns this context for the fields of a variant.
    pub(crate) fn of_variant(&self, variant: usize) -> Self {
        Self {
            variant,
            links: self.links.clone(),
            later: RefCell::default(),
            memo: self.memo.clone(),
            ..*self
        }
    }

    /// Adds statements to run after all fields, when every value is known.
    fn later(&self, tokens: TokenStream) {
        self.later.borrow_mut().extend(tokens);
    }

    /// Removes and returns the statements that [`Cx::later`] added.
    pub(crate) fn take_later(&self) -> TokenStream {
        std::mem::take(&mut *self.later.borrow_mut())
    }

    /// Adds statements to run after the whole frame, when all lengths are written.
    fn at_last(&self, checksum: &Checksum<'_>, tokens: TokenStream) {
        let (index, covers) = (checksum.index, checksum.covers.clone());
        self.shared.last.borrow_mut().push(Last { variant: self.variant, index, covers, tokens });
    }

    /// Adds statements to run after all checksums, when every byte is written.
    fn after_checksums(&self, tokens: TokenStream) {
        let (index, covers) = (usize::MAX, 0..=usize::MAX - 1);
        self.shared.last.borrow_mut().push(Last { variant: self.variant, index, covers, tokens });
    }

    /// Removes and returns the checksum statements of this struct or variant. If one checksum
    /// covers another, the covered checksum is computed first.
    pub(crate) fn take_last(&self) -> TokenStream {
        let (mut mine, others): (Vec<_>, Vec<_>) =
            self.shared.last.take().into_iter().partition(|last| last.variant == self.variant);
        self.shared.last.replace(others);
        let mut tokens = TokenStream::new();
        while !mine.is_empty() {
            let ready = mine.iter().position(|last| {
                !mine.iter().any(|other| other.index != last.index && last.covers.contains(&other.index))
            });
            // `lower` refuses checksums that cover each other, so one is always ready.
            tokens.extend(mine.remove(ready.unwrap_or(0)).tokens);
        }
        tokens
    }

    /// Adds an entry to `Layout::BEHIND` and returns its index. `min` is the minimum size of a
    /// part, and `rest` is the index of the entry for the parts after it.
    fn behind(&self, min: TokenStream, rest: Option<usize>) -> usize {
        let mut all = self.shared.behind.borrow_mut();
        all.push((min, rest));
        all.len() - 1
    }

    /// Returns the declaration of `Layout::BEHIND`.
    pub(crate) fn take_behind(&self) -> TokenStream {
        let all = self.shared.behind.take();
        if all.is_empty() {
            return TokenStream::new();
        }
        let parts = all.iter().map(|(min, rest)| match rest {
            None => q!((#min, __fw::None)),
            Some(rest) => q!((#min, __fw::Some(#rest))),
        });
        q!(const BEHIND: &'static [__fw::usize] = &__fw::sums_behind([#(#parts),*]);)
    }

    /// Returns the runtime's type for the byte order, such as `Be`.
    pub(crate) fn order_type(&self) -> TokenStream {
        number::order_type(self.order)
    }

    /// Returns the schema slot of a field. A dump uses it to attribute encoded bytes to the field.
    pub(crate) fn field(&self, slot: Slot) -> TokenStream {
        let variant = self.variant;
        let order = self.order_of(slot).map(|order| q!(.in_order(#order)));
        match slot {
            Slot::Head(index) => q!(__fw::Slot::<Self>::head(#index) #order),
            Slot::Field(index) => q!(__fw::Slot::<Self>::field(#variant, #index) #order),
        }
    }
}

/// The statements of a checksum, or those that need all checksums, to run after the whole frame.
pub(crate) struct Last {
    variant: usize,
    index: usize,
    /// Fields that must be written before, by index.
    covers: std::ops::RangeInclusive<usize>,
    tokens: TokenStream,
}

pub(crate) fn parse_steps(cx: &Cx<'_>, steps: &[Step<'_>], tail: &Tail) -> TokenStream {
    let mut tails = Vec::with_capacity(steps.len());
    let mut tail = tail.clone();
    for step in steps.iter().rev() {
        let behind = tail.clone();
        tail = tail.behind(cx, step);
        tails.push(behind);
    }
    tails.reverse();
    let (mut tokens, mut steps, mut tails) = (TokenStream::new(), steps, tails.as_slice());
    while let Some(count) = pieces::next(steps) {
        let ((piece, behind), (tails_of_piece, tails_behind)) =
            (steps.split_at(count), tails.split_at(count));
        let parse = links::afresh(&cx.links, || parse_each(cx, piece, tails_of_piece));
        tokens.extend(pieces::call(piece, &parse));
        (steps, tails) = (behind, tails_behind);
    }
    tokens.extend(parse_each(cx, steps, tails));
    tokens
}

fn parse_each(cx: &Cx<'_>, steps: &[Step<'_>], tails: &[Tail]) -> TokenStream {
    let parse = |(step, tail)| [links::before(cx, step), step.node().parse(cx, tail)];
    steps.iter().zip(tails).flat_map(parse).collect()
}

/// Returns the statements that encode `steps`. Other steps may follow in the same extent.
fn encode_each(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    let encode = |(index, step): (usize, &Step<'_>)| match step {
        Step::Length(length) if length.is_ahead_of(&steps[index + 1..]) => {
            length.encode_ahead(cx, &steps[index + 1..])
        }
        step => step.node().encode(cx),
    };
    steps.iter().enumerate().map(encode).collect()
}

pub(crate) fn encode_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    let encoded = encode_each(cx, steps);
    let all: Vec<_> = steps.iter().flat_map(between).collect();
    let between: Vec<_> = all.iter().map(|body| body.between()).collect();
    let last = all.iter().rev().map(|body| {
        let (between, or_fail) = (body.between(), fault::or_fail(&body.place.name));
        q!(match __fw::drop_between(out, #between) #or_fail;)
    });
    // If a `between` delimiter is removed, positions after it move to the new end of the output.
    let (marks, moved) = match all.is_empty() {
        true => (&[][..], Vec::new()),
        false => (cx.marks, steps.iter().flat_map(gaps).filter_map(Gap::moved).collect()),
    };
    let enclosed = steps.iter().flat_map(enclosed);
    let encoded = q! {
        #(let mut #between = __fw::None;)*
        #encoded
        #(#last)*
        #(#moved)*
        #(#marks = ::core::cmp::Ord::min(#marks, out.position());)*
        #(#enclosed = out.position();)*
    };
    if !steps.iter().any(|step| matches!(step, Step::Cond(cond) if cond.is_optional())) {
        return encoded;
    }
    // An empty optional field at the end would be decoded as absent.
    q! {
        let mut optional: __fw::Option<(&::core::primitive::str, __fw::usize)> = __fw::None;
        #encoded
        __fw::takes_bytes(optional, out.position())?;
    }
}

/// Returns the statements that add the encoded size of `steps` to `size`. Other steps may follow in
/// the same extent.
fn size_each(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    let size = |(index, step): (usize, &Step<'_>)| match step {
        Step::Length(length) if length.is_ahead_of(&steps[index + 1..]) => {
            length.size_ahead(cx, &steps[index + 1..])
        }
        step => step.node().size(cx),
    };
    steps.iter().enumerate().map(size).collect()
}

/// Like `size_each`, for steps at the end of an extent.
pub(crate) fn size_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> TokenStream {
    let sized = size_each(cx, steps);
    let all: Vec<_> = steps.iter().flat_map(between).collect();
    let between: Vec<_> = all.iter().map(|body| body.between()).collect();
    let last = all.iter().rev().filter_map(|body| match &body.extent {
        Extent::Until(delimiter) => {
            let (between, len) = (body.between(), delimiter.len());
            Some(q!(if #between == __fw::Some(size) { size = size.saturating_sub(#len); }))
        }
        _ => None,
    });
    q! {
        #(let mut #between = __fw::None;)*
        #sized
        #(#last)*
    }
}

/// Returns the variable that owns the computed value of an `Auto` field. The variable `local`
/// borrows from it.
fn kept(local: &proc_macro2::Ident) -> proc_macro2::Ident {
    quote::format_ident!("kept_{}", local)
}

fn add_size(size: &TokenStream) -> TokenStream {
    q!(size = size.saturating_add(#size);)
}

/// Returns the statement that adds the size of a field. If sizes are computed several times, the
/// size is stored when it is measured.
fn add_size_of(cx: &Cx<'_>, local: &proc_macro2::Ident, size: &TokenStream) -> TokenStream {
    if !cx.memo.get() {
        return add_size(size);
    }
    let cell = settle::cell(local);
    add_size(&q!(*#cell.get_or_init(|| #size)))
}

pub(crate) fn schema_steps(cx: &Cx<'_>, steps: &[Step<'_>]) -> Vec<TokenStream> {
    steps.iter().flat_map(|step| step.node().schema(cx)).collect()
}

/// Returns the schema's `check` entries of a struct or variant.
pub(crate) fn checks(steps: &[Step<'_>]) -> Vec<TokenStream> {
    steps.iter().flat_map(|step| step.node().checks()).collect()
}

/// Returns the schema's scopes: which fields each length encloses, outermost first.
pub(crate) fn scopes(steps: &[Step<'_>]) -> Vec<TokenStream> {
    steps.iter().flat_map(|step| step.node().scopes()).collect()
}

fn gaps<'s>(step: &'s Step<'_>) -> Vec<&'s Gap<'s>> {
    match step {
        Step::Gap(gap) => vec![gap],
        step => step.node().inside().into_iter().flatten().flat_map(gaps).collect(),
    }
}

/// Returns the variables of the step that hold the end of the enclosing extent.
fn enclosed<'s>(step: &'s Step<'_>) -> Vec<&'s proc_macro2::Ident> {
    match step {
        Step::Body(body) => body.enclosed.iter().collect(),
        Step::Cond(cond) => {
            let of_lead = match &cond.condition {
                Condition::Lead { at: Some((_, enclosed)), .. } => Some(enclosed),
                _ => None,
            };
            cond.steps.iter().flat_map(enclosed).chain(of_lead).collect()
        }
        _ => Vec::new(),
    }
}

/// Returns the fields in the step with `until(.., between)`.
fn between<'s>(step: &'s Step<'_>) -> Vec<&'s Body<'s>> {
    if let Step::Cond(cond) = step {
        return cond.steps.iter().flat_map(between).collect();
    }
    let body = if let Step::Body(body) = step { Some(body) } else { None };
    body.filter(|body| body.ends_between()).into_iter().collect()
}
