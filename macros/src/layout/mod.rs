//! The layout of a type: a tree of steps in the order of their bytes on the wire.
//!
//! The layout contains the user's syntax and the names of generated variables, but no generated
//! code. `lower` makes the layout, `coalesce` joins its runs, and `codegen` generates code from it.

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
pub(crate) use expression::{Expression, Named, OnWire, Op, Tree, Use};
pub(crate) use length::{Agreement, Claim, Counts, Length, LengthRole, Measure, Rule, Says, WhenKnown};
pub(crate) use number::{BitConstant, BitField, BitRun, BitValue, Bits, Format, Number, Quantity};
pub(crate) use tag::{Arm, ArmTag, Match, Peek, Tag, TagConstant, TagOf, TagType, Tags};

/// The layout of a type: first the words of `#[frame(..)]`, then the fields or variants.
pub(crate) struct Layout<'a> {
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) tags: Option<Tags<'a>>,
    /// Whether the parent passes the tag.
    pub(crate) tag_from_parent: bool,
    /// Variables for positions in the frame.
    pub(crate) marks: Vec<Ident>,
    /// Context values of the type. The tag is not among them.
    pub(crate) context: Vec<ContextValue<'a>>,
    /// Constants of bit fields with constant widths, as in `#[bits(WIDTH)]`.
    pub(crate) bits: Vec<BitConstant<'a>>,
    /// The expression of `#[frame(order = ..)]`.
    pub(crate) order: Option<Expression<'a>>,
    /// The expressions of `order = ..` on fields.
    pub(crate) orders: Vec<FieldOrder<'a>>,
    /// The layout for little-endian order, if a byte order is known only at run time. `self` is
    /// then the layout for big-endian order.
    pub(crate) little: Option<Box<Layout<'a>>>,
}

impl Layout<'_> {
    pub(crate) fn has_two_orders(&self) -> bool {
        self.order.is_some() || !self.orders.is_empty()
    }
}

/// The `order = ..` of one field.
pub(crate) struct FieldOrder<'a> {
    /// Index of the variant that contains the field; 0 for structs.
    pub(crate) variant: usize,
    pub(crate) slot: Slot,
    /// Variable that holds the byte order.
    pub(crate) var: Ident,
    pub(crate) expression: Expression<'a>,
}

pub(crate) struct ContextValue<'a> {
    pub(crate) plain: &'a Ident,
    pub(crate) ty: &'a Type,
    pub(crate) local: Ident,
    /// Whether the parent passes a reference.
    pub(crate) reference: bool,
    /// Whether the value is `size` of `each(size in sizes, ..)`. It is then an `Option`, which is
    /// `None` if `sizes` has fewer elements than the list has items.
    pub(crate) element: bool,
}

/// A step of the parser, and the corresponding step of the encoder.
pub(crate) enum Step<'a> {
    /// Consecutive atoms. They are read and written as one array.
    Run(Vec<Atom<'a>>),
    /// A self-delimiting value, such as a nested frame.
    Value(Value<'a>),
    /// A variable-length length or count, such as a varint.
    Length(Length<'a>),
    /// A variable-length tag.
    Tag(Tag<'a>),
    /// A value that fills an extent.
    Body(Body<'a>),
    /// A list with a known number of items.
    List(List<'a>),
    /// A list that ends with a special item.
    Items(Items<'a>),
    /// Fields that a length covers.
    Scope(Scope<'a>),
    /// Fields up to a delimiter.
    Delimited(Delimited<'a>),
    /// A field that may be absent.
    Cond(Cond<'a>),
    /// A tag of fewer than 8 bits. It is read before the variant is chosen, and its byte is read
    /// again as part of the variant's first bit run.
    Peek(Peek<'a>),
    /// The variants of an enum.
    Match(Match<'a>),
    /// Padding of variable size.
    Fill(Fill<'a>),
    /// Bytes before the offset of a field, which are ignored.
    Gap(Gap<'a>),
    /// The comparison of `Auto` fields with the field that they describe.
    Agree(Agreement<'a>),
    /// A field with `skip`.
    Skip(Skip<'a>),
}

impl<'a> Step<'a> {
    /// Returns a run of one atom. `coalesce` joins it with its neighbours.
    pub(crate) fn atom(atom: Atom<'a>) -> Self {
        Self::Run(vec![atom])
    }

    /// Returns the atoms of a run, or an empty slice for other steps.
    pub(crate) fn atoms(&self) -> &[Atom<'a>] {
        if let Self::Run(atoms) = self { atoms } else { &[] }
    }
}

/// A part of a run. Its size is known before any byte is read.
pub(crate) enum Atom<'a> {
    /// A number that is not an `Auto`.
    Leaf(Leaf<'a>),
    /// Bytes or text of a fixed size.
    Filled(Filled<'a>),
    Length(Length<'a>),
    /// The tag of the type itself, or of another field.
    Tag(Tag<'a>),
    Magic(Magic<'a>),
    Pad(Pad<'a>),
    /// A `presence_of` field.
    Presence(PresenceFlag<'a>),
    Checksum(Checksum<'a>),
    /// A `calc` field.
    Calc(Calc<'a>),
    /// Bit fields that together fill whole bytes.
    Bits(BitRun<'a>),
    /// An `offset_of` field.
    Offset(Offset<'a>),
    /// A check of fields that have been read. It has no bytes.
    Check(Assertion<'a>),
    /// A position that is stored in a variable. It has no bytes.
    Mark(Mark),
    /// The byte order of the following field. It has no bytes.
    Order(OrderOf<'a>),
}

impl<'a> Atom<'a> {
    /// Returns the bit fields of a run of bits, or the atom itself.
    pub(crate) fn parts(&self) -> Vec<&Self> {
        match self {
            Self::Bits(bits) => bits.fields.iter().map(|field| &field.atom).collect(),
            atom => vec![atom],
        }
    }
}

/// The byte order of a field, which is computed just before the field is read or written.
pub(crate) struct OrderOf<'a> {
    /// Name of the field in errors.
    pub(crate) name: String,
    pub(crate) var: Ident,
    pub(crate) expression: Expression<'a>,
}

/// A number that is not an `Auto`.
pub(crate) struct Leaf<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    /// The number that is written if the field is `None`.
    pub(crate) none: Option<&'a Expr>,
    /// The user's type that the number is converted to.
    pub(crate) converts: Option<&'a Type>,
}

pub(crate) struct Magic<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) value: MagicValue<'a>,
}

/// Padding of a fixed size.
pub(crate) struct Pad<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) len: Padding<'a>,
    pub(crate) filling: &'a Filling,
}

/// A position that is stored in this variable.
pub(crate) struct Mark(pub(crate) Ident);

/// A field with `skip`.
pub(crate) struct Skip<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) ty: &'a Type,
}

/// Bytes or text of a small fixed size. Shorter values are padded.
pub(crate) struct Filled<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
    pub(crate) len: &'a Expr,
    pub(crate) fill: Option<&'a Expr>,
}

/// The size of padding.
pub(crate) enum Padding<'a> {
    Bytes(&'a Expr),
    Bits(Bits),
}

/// A field, or a word of the type that has bytes on the wire, such as `tag`.
#[derive(Clone)]
pub(crate) struct Place<'a> {
    pub(crate) local: Ident,
    /// Name of the field in errors.
    pub(crate) name: String,
    /// Index of the field in the schema.
    pub(crate) slot: Slot,
    pub(crate) doc: &'a str,
    pub(crate) span: Span,
    /// Whether the field is an `Auto` that the user declared.
    pub(crate) auto: bool,
    /// Whether the size of other fields depends on this field.
    pub(crate) early: bool,
    /// The `offset_of` field that says where this field begins.
    pub(crate) begins: Option<Target<'a>>,
    /// The bits of a bit field.
    pub(crate) bits: Option<Bits>,
}

/// An index into the schema: into the words of the type, or into the fields of a struct or variant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Slot {
    Head(usize),
    Field(usize),
}

/// The value of a `magic`.
pub(crate) enum MagicValue<'a> {
    /// A byte string, or an integer with a suffix.
    Constant(&'a Expr),
    /// An integer of the given type. `typed` is whether the user gave this type; if not, the
    /// literal may have another type.
    Number { value: &'a Expr, number: Number, typed: bool },
}

/// A reference to another field, as the schema represents it.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    /// Index among the fields on the wire.
    pub(crate) index: usize,
}

/// Fields that a length covers: the range of a `len_of`, or the fields of a type with
/// `#[frame(len_prefixed)]`.
pub(crate) struct Scope<'a> {
    pub(crate) length: Length<'a>,
    /// Variable for the start of the counted bytes, if they start before the fields in `steps`.
    pub(crate) from: Option<Ident>,
    pub(crate) steps: Vec<Step<'a>>,
    pub(crate) lenient: bool,
    /// Whether the length field is directly before `steps`.
    pub(crate) adjacent: bool,
}

/// Fields of a type with `#[frame(until(..))]`.
pub(crate) struct Delimited<'a> {
    pub(crate) delimiter: DelimiterBytes<'a>,
    pub(crate) steps: Vec<Step<'a>>,
    /// Variables for the positions before and after the fields.
    pub(crate) from: Ident,
    pub(crate) to: Ident,
}

/// A field that may be absent.
pub(crate) struct Cond<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) condition: Condition<'a>,
    pub(crate) steps: Vec<Step<'a>>,
}

/// What decides whether a field is present.
pub(crate) enum Condition<'a> {
    /// The value of this expression.
    When(Expression<'a>),
    /// Whether bytes are left.
    Optional,
    /// Whether the bytes begin with this lead. `at` are the variables for the position of the lead
    /// and for the end of the enclosing extent. It is `None` if nothing follows the field.
    Lead { lead: DelimiterBytes<'a>, at: Option<(Ident, Ident)> },
    /// A `presence_of` field, whose flag is in this variable.
    Flag { var: Ident, by: Target<'a>, text: String },
    /// The length in this variable, which is `None` for an absent field. The length is the earlier
    /// field `by`, or the prefix of the field itself if `by` is `None`.
    Length { var: Ident, by: Option<Target<'a>>, text: String },
}

/// Padding of variable size.
pub(crate) struct Fill<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) amount: Amount<'a>,
    pub(crate) filling: &'a Filling,
}

pub(crate) enum Amount<'a> {
    /// Alignment: up to a multiple of this number of bytes from the start of the frame.
    UpTo(&'a Expr),
    /// The number of bytes that this expression gives.
    Bytes(Expression<'a>),
}
