//! The typed layout (IR): what stands on the wire, in order, as a tree of steps.
//!
//! It holds the user's syntax and names for generated variables, never
//! generated code. `lower` makes it, `coalesce` joins its runs, `codegen` turns
//! it into code.

mod content;
mod derived;
mod expression;
mod length;
mod number;
mod tag;

use proc_macro2::{Ident, Span};
use syn::{Expr, Type};

use crate::attr::Filling;

pub(crate) use content::{
    Body, Chooser, Content, Converts, Count, DelimiterBytes, End, Extent, Given, Items, List, StopBytes,
    Value,
};
pub(crate) use derived::{Assertion, Calc, Checksum, Covered, Covers, Empty, Gap, Offset, PresenceFlag};
pub(crate) use expression::{Expression, Named, Op, Tree, Use};
pub(crate) use length::{Agreement, Claim, Counts, Known, Length, LengthRole, Measure, Rule, Says};
pub(crate) use number::{BitConstant, BitField, BitRun, BitValue, Bits, Format, Number, Quantity};
pub(crate) use tag::{Arm, ArmTag, Match, Peek, Tag, TagConstant, TagOf, TagType, Tags};

/// The layout of a whole type: what its `#[frame(..)]` words write, then its
/// fields or variants.
pub(crate) struct Layout<'a> {
    pub(crate) steps: Vec<Step<'a>>,
    /// The tags, for enums.
    pub(crate) tags: Option<Tags<'a>>,
    /// Whether the tag is handed over by the parent.
    pub(crate) tag_from_parent: bool,
    /// The variables that note positions.
    pub(crate) marks: Vec<Ident>,
    /// The values that the parent hands over besides the tag.
    pub(crate) context: Vec<ContextValue<'a>>,
    /// The constants for bit fields whose widths are constants of the user's.
    pub(crate) bits: Vec<BitConstant<'a>>,
    /// What says the byte order of the whole type, where that is known at run time only.
    pub(crate) order: Option<Expression<'a>>,
    /// The same for single fields.
    pub(crate) orders: Vec<FieldOrder<'a>>,
    /// Where such an order says anything: the layout in little-endian order. This one is that in big-endian order.
    pub(crate) little: Option<Box<Layout<'a>>>,
}

impl Layout<'_> {
    /// Whether some byte order is known at run time only.
    pub(crate) fn has_two_orders(&self) -> bool {
        self.order.is_some() || !self.orders.is_empty()
    }
}

/// What says the byte order of one field.
pub(crate) struct FieldOrder<'a> {
    /// The variant that the field is of; 0 for structs.
    pub(crate) variant: usize,
    pub(crate) slot: Slot,
    /// The variable that holds the order.
    pub(crate) var: Ident,
    pub(crate) expression: Expression<'a>,
}

/// A value that the parent hands over.
pub(crate) struct ContextValue<'a> {
    pub(crate) plain: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) local: Ident,
    /// Whether it is a reference to that.
    pub(crate) reference: bool,
    /// Whether it is the element of a list at the place of the item that is handed it, if there is one.
    pub(crate) element: bool,
}

/// One step of parsing, and its mirror in encoding.
pub(crate) enum Step<'a> {
    /// Atoms one after the other, read and written as one array.
    Run(Vec<Atom<'a>>),
    /// A self-delimiting value.
    Value(Value<'a>),
    /// A number whose size varies and which says how long or how many.
    Length(Length<'a>),
    /// A tag whose size varies.
    Tag(Tag<'a>),
    /// A value that fills an extent of bytes.
    Body(Body<'a>),
    /// A list with a count.
    List(List<'a>),
    /// A list that ends with an item.
    Items(Items<'a>),
    /// Steps within an extent of bytes.
    Scope(Scope<'a>),
    /// Steps up to a delimiter.
    Delimited(Delimited<'a>),
    /// Steps that may be absent.
    Cond(Cond<'a>),
    /// A tag of some bits, read ahead of the bit run that it begins.
    Peek(Peek<'a>),
    /// One of several variants.
    Match(Match<'a>),
    /// Padding whose size varies.
    Fill(Fill<'a>),
    /// Bytes up to where a field begins, which are ignored.
    Gap(Gap<'a>),
    /// What `Auto`s in front say of a field that has been read.
    Agree(Agreement<'a>),
    /// A field that is not on the wire.
    Skip(Skip<'a>),
}

impl<'a> Step<'a> {
    /// A run of one atom; `coalesce` joins it with its neighbours.
    pub(crate) fn atom(atom: Atom<'a>) -> Self {
        Self::Run(vec![atom])
    }

    /// The atoms, if it is a run.
    pub(crate) fn atoms(&self) -> &[Atom<'a>] {
        if let Self::Run(atoms) = self { atoms } else { &[] }
    }
}

/// Something of a size known before any byte is seen.
pub(crate) enum Atom<'a> {
    /// A number of the user's.
    Leaf(Leaf<'a>),
    /// Bytes or text of a fixed size.
    Filled(Filled<'a>),
    /// A number that says how long or how many.
    Length(Length<'a>),
    /// The tag of the type itself, or of another field.
    Tag(Tag<'a>),
    /// A constant.
    Magic(Magic<'a>),
    /// Bytes without a meaning.
    Pad(Pad<'a>),
    /// Whether another field is there.
    Presence(PresenceFlag<'a>),
    /// A checksum's place.
    Checksum(Checksum<'a>),
    /// A number computed from other fields.
    Calc(Calc<'a>),
    /// Bit fields that fill whole bytes.
    Bits(BitRun<'a>),
    /// Where another field begins.
    Offset(Offset<'a>),
    /// No bytes: an invariant over what has been read.
    Check(Assertion<'a>),
    /// No bytes: a position that something refers to.
    Mark(Mark),
    /// No bytes: the byte order of what follows.
    Order(OrderOf<'a>),
}

/// The byte order of a field, which is known once it is reached.
pub(crate) struct OrderOf<'a> {
    /// The name of the field in errors.
    pub(crate) name: String,
    /// The variable that holds it.
    pub(crate) var: Ident,
    pub(crate) expression: Expression<'a>,
}

/// A number of the user's.
pub(crate) struct Leaf<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    /// The number that stands for an absent `Option`.
    pub(crate) none: Option<&'a Expr>,
    /// The type of the user's that is converted from and to the number.
    pub(crate) converts: Option<&'a Type>,
}

/// A constant and its place.
pub(crate) struct Magic<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) value: MagicValue<'a>,
}

/// Padding of a known size.
pub(crate) struct Pad<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) len: Padding<'a>,
    pub(crate) filling: &'a Filling,
}

/// The variable that notes a position.
pub(crate) struct Mark(pub(crate) Ident);

/// A field that is not on the wire.
pub(crate) struct Skip<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) ty: &'a Type,
}

/// Bytes or text of a small fixed size, filled up where they are shorter.
pub(crate) struct Filled<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
    pub(crate) len: &'a Expr,
    pub(crate) fill: Option<&'a Expr>,
}

/// How much padding there is.
pub(crate) enum Padding<'a> {
    Bytes(&'a Expr),
    Bits(Bits),
}

/// A field, or a word of the type that stands for one.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    /// The variable in generated code.
    pub(crate) local: Ident,
    /// The name in errors.
    pub(crate) name: String,
    /// Where the schema describes it.
    pub(crate) slot: Slot,
    pub(crate) doc: &'a str,
    pub(crate) span: Span,
    /// Whether it is an `Auto` of the user's struct.
    pub(crate) auto: bool,
    /// Whether expressions need its value while sizes are computed.
    pub(crate) early: bool,
    /// The `Auto` that says where it begins.
    pub(crate) begins: Option<Target<'a>>,
}

/// An index into the schema's fields.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Head(usize),
    Field(usize),
}

/// A constant on the wire.
pub(crate) enum MagicValue<'a> {
    /// Bytes, or a number that says its type.
    Constant(&'a Expr),
    /// A number of the type given. Where that is not the user's, the value may have another.
    Number { value: &'a Expr, number: Number, typed: bool },
}

/// Another field, as the schema names it.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    /// Its index among the fields on the wire.
    pub(crate) index: usize,
}

/// Steps within an extent given by a number.
pub(crate) struct Scope<'a> {
    pub(crate) length: Length<'a>,
    /// Where the counted bytes begin, if before the scope does.
    pub(crate) from: Option<Ident>,
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) lenient: bool,
    /// Whether its number stands right in front of it.
    pub(crate) adjacent: bool,
}

/// Steps up to a delimiter.
pub(crate) struct Delimited<'a> {
    pub(crate) delimiter: DelimiterBytes<'a>,
    pub(crate) steps: Vec<Step<'a>>,
    /// The variables that note where they start and end.
    pub(crate) from: Ident,
    pub(crate) to: Ident,
}

/// Steps of a field that may be absent.
pub(crate) struct Cond<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) condition: Condition<'a>,
    pub(crate) steps: Vec<Step<'a>>,
}

/// Whether a field is there.
pub(crate) enum Condition<'a> {
    /// When this holds.
    When(Expression<'a>),
    /// When bytes are left.
    Optional,
    /// When the bytes begin so. The variables note where they would stand and where what encloses them ends, unless
    /// nothing follows.
    Lead { lead: DelimiterBytes<'a>, at: Option<(Ident, Ident)> },
    /// When the flag in this variable is set.
    Flag { var: Ident, by: Target<'a>, text: String },
    /// When the length in this variable is not the number for absence.
    /// The length is in an earlier field, or in front of the field itself.
    Length { var: Ident, by: Option<Target<'a>>, text: String },
}

/// Padding whose size varies.
pub(crate) struct Fill<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) amount: Amount<'a>,
    pub(crate) filling: &'a Filling,
}

/// How much padding there is.
pub(crate) enum Amount<'a> {
    /// Up to a multiple of this, from the frame's start.
    UpTo(&'a Expr),
    /// As many bytes as this says.
    Bytes(Expression<'a>),
}
