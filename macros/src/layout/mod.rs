//! The typed layout (IR): a tree of steps, in the order of their bytes on the wire.
//!
//! The layout holds the user's syntax and names for generated variables, never generated code.
//! `lower` makes it, `coalesce` joins its runs, and `codegen` turns it into code.

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
pub(crate) use length::{Agreement, Claim, Counts, Length, LengthRole, Measure, Rule, Says, WhenKnown};
pub(crate) use number::{BitConstant, BitField, BitRun, BitValue, Bits, Format, Number, Quantity};
pub(crate) use tag::{Arm, ArmTag, Match, Peek, Tag, TagConstant, TagOf, TagType, Tags};

/// The layout of a whole type: its `#[frame(..)]` words, then its fields or variants.
pub(crate) struct Layout<'a> {
    pub(crate) steps: Vec<Step<'a>>,
    /// Tags of the variants, for enums.
    pub(crate) tags: Option<Tags<'a>>,
    /// Whether the tag comes from the parent.
    pub(crate) tag_from_parent: bool,
    /// Variables for positions.
    pub(crate) marks: Vec<Ident>,
    /// Context values, except the tag.
    pub(crate) context: Vec<ContextValue<'a>>,
    /// Constants for bit fields whose widths are constants in the user's code.
    pub(crate) bits: Vec<BitConstant<'a>>,
    /// Expression for the byte order of the whole type, if it is known only at run time.
    pub(crate) order: Option<Expression<'a>>,
    /// Expressions for the byte orders of single fields that are known only at run time.
    pub(crate) orders: Vec<FieldOrder<'a>>,
    /// The layout in little-endian order, if a byte order is known only at run time. `self` is then
    /// the layout in big-endian order.
    pub(crate) little: Option<Box<Layout<'a>>>,
}

impl Layout<'_> {
    /// Returns `true` if any byte order is known only at run time.
    pub(crate) fn has_two_orders(&self) -> bool {
        self.order.is_some() || !self.orders.is_empty()
    }
}

/// The expression for the byte order of one field.
pub(crate) struct FieldOrder<'a> {
    /// Index of the variant that has the field; 0 for structs.
    pub(crate) variant: usize,
    pub(crate) slot: Slot,
    /// Variable that holds the order.
    pub(crate) var: Ident,
    pub(crate) expression: Expression<'a>,
}

/// A context value.
pub(crate) struct ContextValue<'a> {
    pub(crate) plain: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) local: Ident,
    /// Whether the value is passed as a reference.
    pub(crate) reference: bool,
    /// Whether the value is an element of a list. Each item receives the element with its own
    /// index, or `None` if the list is shorter.
    pub(crate) element: bool,
}

/// One step of parsing, and its counterpart in encoding.
pub(crate) enum Step<'a> {
    /// Consecutive atoms, read and written as one array.
    Run(Vec<Atom<'a>>),
    /// A self-delimiting value.
    Value(Value<'a>),
    /// A length or count of varying size.
    Length(Length<'a>),
    /// A tag of varying size.
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
    /// Padding of varying size.
    Fill(Fill<'a>),
    /// Bytes before the offset of a field. They are ignored.
    Gap(Gap<'a>),
    /// The check of earlier `Auto`s against the field that they describe.
    Agree(Agreement<'a>),
    /// A field that is not on the wire.
    Skip(Skip<'a>),
}

impl<'a> Step<'a> {
    /// Returns a run of one atom; `coalesce` joins it with its neighbours.
    pub(crate) fn atom(atom: Atom<'a>) -> Self {
        Self::Run(vec![atom])
    }

    /// Returns the atoms of a run, and none for other steps.
    pub(crate) fn atoms(&self) -> &[Atom<'a>] {
        if let Self::Run(atoms) = self { atoms } else { &[] }
    }
}

/// An item on the wire whose size is known before any byte is seen.
pub(crate) enum Atom<'a> {
    /// A number of the user's.
    Leaf(Leaf<'a>),
    /// Bytes or text of a fixed size.
    Filled(Filled<'a>),
    /// A length or a count.
    Length(Length<'a>),
    /// The tag of the type itself or of another field.
    Tag(Tag<'a>),
    /// A constant.
    Magic(Magic<'a>),
    /// Bytes without a meaning.
    Pad(Pad<'a>),
    /// A flag for the presence of another field.
    Presence(PresenceFlag<'a>),
    /// A checksum.
    Checksum(Checksum<'a>),
    /// A number computed from other fields.
    Calc(Calc<'a>),
    /// Bit fields that fill whole bytes.
    Bits(BitRun<'a>),
    /// The offset of another field.
    Offset(Offset<'a>),
    /// An invariant over the values that have been read. It has no bytes.
    Check(Assertion<'a>),
    /// A position that something refers to. It has no bytes.
    Mark(Mark),
    /// The byte order of the following bytes. It has no bytes.
    Order(OrderOf<'a>),
}

/// The byte order of a field, which is computed once the field is reached.
pub(crate) struct OrderOf<'a> {
    /// Name of the field in errors.
    pub(crate) name: String,
    /// Variable that holds the byte order.
    pub(crate) var: Ident,
    pub(crate) expression: Expression<'a>,
}

/// A number of the user's.
pub(crate) struct Leaf<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    /// Number that stands for an absent `Option`.
    pub(crate) none: Option<&'a Expr>,
    /// User's type that is converted from and to the number.
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

/// The variable for a position.
pub(crate) struct Mark(pub(crate) Ident);

/// A field that is not on the wire.
pub(crate) struct Skip<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) ty: &'a Type,
}

/// Bytes or text of a small fixed size. Shorter values are filled up.
pub(crate) struct Filled<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
    pub(crate) len: &'a Expr,
    pub(crate) fill: Option<&'a Expr>,
}

/// The amount of padding.
pub(crate) enum Padding<'a> {
    Bytes(&'a Expr),
    Bits(Bits),
}

/// A field, or a word of the type that stands for one.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    /// Variable of the field in generated code.
    pub(crate) local: Ident,
    /// Name of the field in errors.
    pub(crate) name: String,
    /// Index of the description of the field in the schema.
    pub(crate) slot: Slot,
    pub(crate) doc: &'a str,
    pub(crate) span: Span,
    /// Whether the field is an `Auto` of the user's struct.
    pub(crate) auto: bool,
    /// Whether expressions need the value of the field while sizes are computed.
    pub(crate) early: bool,
    /// The `Auto` that is the offset of the field.
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
    /// Bytes, or a number that has a type.
    Constant(&'a Expr),
    /// A number of the given type. Unless the user gave it, the value may have another type.
    Number { value: &'a Expr, number: Number, typed: bool },
}

/// A reference to another field, by the name that the schema uses.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    /// Index of the field among those on the wire.
    pub(crate) index: usize,
}

/// Steps within an extent whose length is a number.
pub(crate) struct Scope<'a> {
    pub(crate) length: Length<'a>,
    /// Start of the counted bytes, if it is before the scope.
    pub(crate) from: Option<Ident>,
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) lenient: bool,
    /// Whether the length comes directly before the scope, with no field between them.
    pub(crate) adjacent: bool,
}

/// Steps up to a delimiter.
pub(crate) struct Delimited<'a> {
    pub(crate) delimiter: DelimiterBytes<'a>,
    pub(crate) steps: Vec<Step<'a>>,
    /// Variables for the start and end of the steps.
    pub(crate) from: Ident,
    pub(crate) to: Ident,
}

/// Steps of a field that may be absent.
pub(crate) struct Cond<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) condition: Condition<'a>,
    pub(crate) steps: Vec<Step<'a>>,
}

/// The condition for the presence of a field.
pub(crate) enum Condition<'a> {
    /// The field is present if this expression is true.
    When(Expression<'a>),
    /// The field is present if bytes are left.
    Optional,
    /// The field is present if the bytes begin with this lead. The variables hold the position of
    /// the lead and the end of the enclosing extent, unless nothing follows.
    Lead { lead: DelimiterBytes<'a>, at: Option<(Ident, Ident)> },
    /// The field is present if the flag in this variable is set.
    Flag { var: Ident, by: Target<'a>, text: String },
    /// The field is present if the length in this variable is not the number for absence. The
    /// length is an earlier field or the prefix of the field.
    Length { var: Ident, by: Option<Target<'a>>, text: String },
}

/// Padding of varying size.
pub(crate) struct Fill<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) amount: Amount<'a>,
    pub(crate) filling: &'a Filling,
}

/// The amount of padding of varying size.
pub(crate) enum Amount<'a> {
    /// Bytes up to a multiple of this number, counted from the start of the frame.
    UpTo(&'a Expr),
    /// The number of bytes that this expression gives.
    Bytes(Expression<'a>),
}
