//! The typed layout (IR): what stands on the wire, in order, as a tree of steps.
//!
//! It holds the user's syntax and names for generated variables, never
//! generated code. `lower` makes it, `coalesce` joins its runs, `kind` turns
//! it into code.

use proc_macro2::{Ident, Span};
use syn::{Expr, LitStr, Pat, Path, Type};

use crate::ast::{Field, Variant};
use crate::attr::{Encoding, Ending, FieldRange, Filling, Order};

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

/// Where another field begins, in bytes from the start of the frame.
#[derive(Clone)]
pub(crate) struct Offset<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    /// The variable of that field, if it is an `Option`.
    pub(crate) optional: Option<Ident>,
    pub(crate) bias: Option<&'a Expr>,
    /// The number that stands for an absent field.
    pub(crate) none: Option<&'a Expr>,
    /// The variable of where the number stands.
    pub(crate) at: Ident,
    /// The variable of the number unless it is that of an absent field.
    pub(crate) var: Ident,
}

/// What stands in front of a field that begins where earlier numbers say.
pub(crate) struct Gap<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) offsets: Vec<Offset<'a>>,
    /// What says that the field takes no bytes, so that it may begin anywhere.
    pub(crate) empty: Option<Empty<'a>>,
}

/// What says that a field takes no bytes.
pub(crate) enum Empty<'a> {
    /// The size in this variable.
    Length(Ident),
    Said(Expression<'a>),
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

/// A tag of some bits, read ahead of the bit run that it begins.
pub(crate) struct Peek<'a>(pub(crate) Tag<'a>);

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

/// A number on the wire.
#[derive(Clone)]
pub(crate) struct Number {
    /// Its type in Rust.
    pub(crate) ty: Type,
    pub(crate) format: Format,
    /// Whether its size is known, so that it can stand in a run.
    pub(crate) fixed: bool,
}

/// The format of a number; the name of a type in the runtime's `wire`.
#[derive(Clone)]
pub(crate) enum Format {
    Order(Option<Order>),
    Odd {
        bytes: usize,
        order: Option<Order>,
    },
    Varint {
        max: Option<Expr>,
        padded: bool,
    },
    Zigzag,
    Quic,
    Dec {
        digits: Option<Expr>,
    },
    Hex {
        lower: bool,
        digits: Option<Expr>,
    },
    Bcd {
        bytes: Expr,
        fill: Option<Expr>,
        swapped: bool,
    },
    /// It fills as many bytes as there are.
    InBytes(Option<Order>),
    /// Text in another encoding than UTF-8.
    Text(Encoding),
    /// Items of so many bits one behind the other.
    Packed {
        width: Expr,
        lsb: bool,
        /// Whether the last byte is filled up, and whether that is checked.
        counted: bool,
        strict: bool,
    },
    As {
        ty: Type,
        order: Option<Order>,
    },
    /// An item of a list as a hidden type says.
    Item {
        ident: Ident,
        generics: Box<syn::Generics>,
    },
    /// The items of an array, each in this format.
    Each(Box<Self>),
    /// Some bits of the run of bit fields that is being read or written.
    Bits(Bits),
    /// One of two, by the byte order in a variable. Where only sizes and descriptions are asked for, it is that of `now`.
    Either {
        order: Ident,
        big: Box<Self>,
        little: Box<Self>,
        now: Order,
    },
}

impl Format {
    /// The format where the byte order is no matter, or is that of `now`.
    pub(crate) fn now(&self) -> &Self {
        match self {
            Self::Either { big, now: Order::Big, .. } => big,
            Self::Either { little, now: Order::Little, .. } => little,
            other => other,
        }
    }
}

/// Where the bits of a field are in their run.
#[derive(Clone)]
pub(crate) struct Bits {
    pub(crate) width: Quantity<u32>,
    pub(crate) shift: Quantity<u32>,
    /// The size of the run.
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    /// Whether the first bits are the lowest.
    pub(crate) lsb: bool,
}

/// So many bits or bytes.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Quantity<T> {
    Known(T),
    /// The constant that says it: the compiler knows it, the macro does not.
    Constant(Ident),
}

/// A constant for bit fields whose widths are constants of the user's.
pub(crate) struct BitConstant<'a> {
    pub(crate) name: Ident,
    /// Where it is wrong if it is.
    pub(crate) span: Span,
    pub(crate) value: BitValue<'a>,
}

/// What such a constant is.
pub(crate) enum BitValue<'a> {
    /// The width of a field, whose type has so many bits.
    Width { expr: &'a Expr, most: u32 },
    /// The sum of the widths between a field and the lowest bit.
    Shift(Vec<Quantity<u32>>),
    /// The bytes that fields of these widths fill.
    Run { widths: Vec<Quantity<u32>>, ordered: bool, continuous: bool },
}

/// A constant on the wire.
pub(crate) enum MagicValue<'a> {
    /// Bytes, or a number that says its type.
    Constant(&'a Expr),
    /// A number of the type given. Where that is not the user's, the value may have another.
    Number { value: &'a Expr, number: Number, typed: bool },
}

/// A number that says how long or how many something is.
#[derive(Clone)]
pub(crate) struct Length<'a> {
    pub(crate) place: Place<'a>,
    /// The field to name when a value is too long.
    pub(crate) blame: String,
    pub(crate) number: Number,
    /// What ends a number in digits.
    pub(crate) until: Option<DelimiterBytes<'a>>,
    /// The variable that holds the length itself.
    pub(crate) var: Ident,
    pub(crate) rule: Rule<'a>,
    pub(crate) counts: Counts,
    /// On encode: known in front, or written once what it counts is.
    pub(crate) known: Known<'a>,
    /// The number that stands for an absent `Option`.
    pub(crate) none: Option<&'a Expr>,
    pub(crate) role: LengthRole<'a>,
    /// Whether something else says where that ends, so that this is only compared.
    pub(crate) apart: bool,
}

/// What a length counts.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Bytes,
    Items,
}

/// What `Auto`s say of a field: each must be what encoding would write.
pub(crate) struct Agreement<'a> {
    /// The variable of the field.
    pub(crate) local: Ident,
    /// Whether it is an `Option`.
    pub(crate) optional: bool,
    pub(crate) claims: Vec<Claim<'a>>,
}

/// What one `Auto` says of another field.
pub(crate) struct Claim<'a> {
    /// Which field the `Auto` is.
    pub(crate) index: usize,
    pub(crate) place: Place<'a>,
    /// The variable of where it stands.
    pub(crate) at: Ident,
    /// Whether it may be absent itself, and then says nothing.
    pub(crate) when: bool,
    pub(crate) says: Says<'a>,
}

/// What an `Auto` says.
pub(crate) enum Says<'a> {
    /// How long or how many it is.
    Size { length: Box<Length<'a>>, measure: Measure<'a> },
    /// Which variant of this type it is, as the variable of another `Auto` says too.
    Tag { first: Option<(Ident, &'a Type)> },
    /// Whether it is there, in this variable.
    Presence(Ident),
    /// Where it begins; this number stands for an absent field.
    Offset { ty: Type, none: Option<&'a Expr> },
}

/// How the size of what was read is found out.
pub(crate) enum Measure<'a> {
    /// It ended where the `Auto` said.
    Ended,
    /// From one position to another.
    Bytes(Ident, Ident),
    /// It says so itself.
    Content(Box<Content<'a>>),
    /// It counts its items.
    Items,
}

/// When the encoder knows a length.
#[derive(Clone)]
pub(crate) enum Known<'a> {
    /// Before its number is written: the size of this field.
    Ahead(Content<'a>),
    /// Before its number is written, by measuring the steps of its scope.
    Measured,
    /// After what it counts is written.
    Patched,
}

/// Another field, as the schema names it.
#[derive(Clone, Copy)]
pub(crate) struct Target<'a> {
    pub(crate) name: &'a str,
    /// Its index among the fields on the wire.
    pub(crate) index: usize,
}

/// The fields that a length or checksum is about.
#[derive(Clone, Copy)]
pub(crate) struct Covers<'a> {
    pub(crate) range: &'a FieldRange,
    pub(crate) what: Covered,
}

/// The same by their indices among the fields on the wire.
#[derive(Clone, Copy)]
pub(crate) enum Covered {
    Content(usize),
    /// The first one, and the one behind the last; nothing for the ends of the frame.
    Fields(Option<usize>, Option<usize>),
}

/// What a length is in the schema.
#[derive(Clone)]
pub(crate) enum LengthRole<'a> {
    /// A part of the field it stands in front of.
    Prefix,
    /// A field of its own.
    Of(Covers<'a>),
    /// The count of a field.
    CountOf(Target<'a>),
    /// A word of the type.
    Head,
}

/// How a number relates to the bytes it counts.
#[derive(Clone, Default)]
pub(crate) struct Rule<'a> {
    pub(crate) inclusive: bool,
    pub(crate) scale: Option<&'a Expr>,
    pub(crate) bias: Option<&'a Expr>,
    pub(crate) max: Option<&'a Expr>,
    /// Whether what is left of those bytes is ignored.
    pub(crate) lenient: bool,
}

/// A field seen as something that has a size.
#[derive(Clone)]
pub(crate) struct Content<'a> {
    pub(crate) local: Ident,
    pub(crate) ty: &'a Type,
    pub(crate) format: Format,
    /// Whether the field is an `Option` of it.
    pub(crate) optional: bool,
    /// The context its type asks for.
    pub(crate) given: Given<'a>,
    /// The type of the field, where what is read and written is converted from and to that.
    pub(crate) converts: Option<Converts<'a>>,
    /// What separates its items, if it is such a list.
    pub(crate) separated: Option<DelimiterBytes<'a>>,
}

/// What a value that stands as another is in memory.
#[derive(Clone, Copy)]
pub(crate) struct Converts<'a> {
    pub(crate) to: &'a Type,
    pub(crate) by_ref: bool,
}

impl Content<'_> {
    /// Whether it is a list whose items are handed something.
    pub(crate) fn is_list_with(&self) -> bool {
        match self.given {
            Given::Item(_) => true,
            Given::Context { .. } => crate::ast::list_item(self.ty).is_some(),
            Given::Nothing | Given::With { .. } => false,
        }
    }
}

/// What reading a value takes besides its bytes.
#[derive(Clone)]
pub(crate) enum Given<'a> {
    Nothing,
    /// A nested frame is handed a tag, then these values.
    Context {
        tag: Option<Chooser<'a>>,
        values: Vec<Expression<'a>>,
    },
    /// The items of a list with words of their own are handed references to these fields.
    Item(Vec<Expression<'a>>),
    /// A hand-written module does it, and is handed these values and, with
    /// `origin`, the bytes of the frame so far.
    With {
        module: &'a Path,
        origin: bool,
        values: Vec<Expression<'a>>,
    },
}

/// Where the variant of a nested enum comes from.
#[derive(Clone)]
pub(crate) enum Chooser<'a> {
    Field(Ident, Target<'a>),
    Expr(Expression<'a>),
}

/// An expression of the user's and the fields it names.
#[derive(Clone)]
pub(crate) struct Expression<'a> {
    pub(crate) expr: &'a Expr,
    pub(crate) uses: Vec<Use<'a>>,
    pub(crate) tree: Tree,
}

/// A value that an expression names.
#[derive(Clone)]
pub(crate) struct Use<'a> {
    /// The name as it stands in the expression: one for each mention.
    pub(crate) plain: Ident,
    /// Its variable.
    pub(crate) local: Ident,
    pub(crate) what: Named<'a>,
    /// Its type in expressions, if the schema may know it.
    pub(crate) ty: Option<&'a Type>,
    /// Whether its variable is a reference in any case.
    pub(crate) reference: bool,
    /// Whether its element at the place of an item is meant.
    pub(crate) element: bool,
}

/// What a name in an expression is in the schema.
#[derive(Clone)]
pub(crate) enum Named<'a> {
    /// A field, by its name and its index among those on the wire.
    Field(&'a str, usize),
    /// The field that keeps the variant's tag.
    Tag(&'a str),
    /// A value that the parent hands over.
    Context(usize),
    /// The item of a list that may be the last.
    Item,
    /// Nothing that is on the wire.
    Nothing,
}

/// An expression as the schema holds it.
#[derive(Clone)]
pub(crate) enum Tree {
    /// A number, and the type of its suffix by its name in schemas.
    Number(u128, Option<&'static str>),
    Bool(bool),
    /// One of the values that the expression names, by index.
    Use(usize),
    Member(Box<Tree>, Ident),
    Len(Box<Tree>),
    Constant(syn::ExprPath),
    Cast(Box<Tree>, &'static str),
    Not(Box<Tree>),
    Negative(Box<Tree>),
    Binary(Op, Box<Tree>, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
    /// What only Rust can say.
    Opaque,
}

/// An operator, by its name in schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Tree {
    pub(crate) fn binary(op: Op, left: Self, right: Self) -> Self {
        Self::Binary(op, Box::new(left), Box::new(right))
    }

    /// Whether the schema holds all of it.
    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Opaque => false,
            Self::Number(..) | Self::Bool(_) | Self::Use(_) | Self::Constant(_) => true,
            Self::Member(of, _) | Self::Len(of) | Self::Cast(of, _) | Self::Not(of) | Self::Negative(of) => {
                of.is_whole()
            }
            Self::Binary(_, left, right) => left.is_whole() && right.is_whole(),
            Self::If(condition, yes, no) => condition.is_whole() && yes.is_whole() && no.is_whole(),
        }
    }
}

/// A self-delimiting value.
pub(crate) struct Value<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
}

/// A value that fills an extent.
pub(crate) struct Body<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) content: Content<'a>,
    pub(crate) extent: Extent<'a>,
    pub(crate) lenient: bool,
    /// The variables that note where the content starts and ends.
    pub(crate) marks: Option<(Ident, Ident)>,
    /// Other lengths of the content that are written once it is.
    pub(crate) patched: Vec<Length<'a>>,
}

/// Where a body ends.
pub(crate) enum Extent<'a> {
    /// A length in front of it.
    Prefixed(Box<Length<'a>>),
    /// A length in an earlier field.
    LenOf(Box<Length<'a>>),
    /// An expression.
    Len(Expression<'a>, Option<StopBytes<'a>>),
    Until(DelimiterBytes<'a>),
    Fixed {
        len: &'a Expr,
        fill: Option<&'a Expr>,
        stop: Option<StopBytes<'a>>,
    },
    Rest,
    /// Up to where the field behind it begins.
    UpTo(Box<Offset<'a>>),
    /// A number of as many bytes as an expression says.
    InBytes(Expression<'a>),
}

impl Extent<'_> {
    /// The same of text whose code units have two bytes, where an order is given.
    pub(crate) fn in_units(mut self, units: Option<Order>) -> Self {
        match &mut self {
            Self::Until(delimiter) => delimiter.units = units,
            Self::Len(_, Some(stop)) | Self::Fixed { stop: Some(stop), .. } => stop.until.units = units,
            _ => {}
        }
        self
    }
}

/// The bytes of a delimiter: any of several, the first of which is written.
#[derive(Clone)]
pub(crate) struct DelimiterBytes<'a> {
    pub(crate) any: Vec<&'a Expr>,
    pub(crate) ending: Ending,
    pub(crate) optional: bool,
    /// The byte order of the code units that it consists of, if these have two bytes.
    pub(crate) units: Option<Order>,
}

impl<'a> DelimiterBytes<'a> {
    /// What is consumed, and no part of the value.
    pub(crate) fn consumed(expr: &'a Expr) -> Self {
        Self { any: crate::attr::alternatives(expr), ending: Ending::Consumed, optional: false, units: None }
    }

    /// Whether there is one, which is consumed.
    pub(crate) fn is_plain(&self) -> bool {
        self.any.len() == 1
            && matches!(self.ending, Ending::Consumed)
            && !self.optional
            && self.units.is_none()
    }

    pub(crate) fn is_between(&self) -> bool {
        matches!(self.ending, Ending::Between(_))
    }
}

/// What may end a value within a place of its own.
pub(crate) struct StopBytes<'a> {
    pub(crate) until: DelimiterBytes<'a>,
    pub(crate) fill: Option<&'a Expr>,
}

/// A list with a count.
pub(crate) struct List<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) item: &'a Type,
    pub(crate) content: Content<'a>,
    pub(crate) count: Count<'a>,
    /// The variables that note where the items start and end.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// Where a list's count stands.
pub(crate) enum Count<'a> {
    Prefixed(Box<Length<'a>>),
    InField(Box<Length<'a>>),
    Expr(Expression<'a>),
}

/// A list that ends with an item.
pub(crate) struct Items<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) item: &'a Type,
    /// The item for any lifetime, if it can be told from others by its bytes alone.
    pub(crate) any: Option<Type>,
    pub(crate) content: Content<'a>,
    pub(crate) end: End<'a>,
    /// The variables that note where the items start and end.
    pub(crate) marks: Option<(Ident, Ident)>,
}

/// The item that ends a list.
pub(crate) enum End<'a> {
    /// The item for which this holds, which stays in the list.
    Kept(&'a syn::ExprClosure),
    /// An item equal to this, which does not.
    Dropped(&'a Expr),
}

impl End<'_> {
    /// What holds for the last item, over that item as the only value it names.
    pub(crate) fn tree(&self) -> Tree {
        crate::lower::last_item(self)
    }
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
    /// When the bytes begin so. The variable notes where they would stand, unless nothing follows.
    Lead { lead: DelimiterBytes<'a>, at: Option<Ident> },
    /// When the flag in this variable is set.
    Flag { var: Ident, by: Target<'a>, text: String },
    /// When the length in this variable is not the number for absence.
    /// The length is in an earlier field, or in front of the field itself.
    Length { var: Ident, by: Option<Target<'a>>, text: String },
}

/// A flag that says whether a field is there.
pub(crate) struct PresenceFlag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) of: Target<'a>,
    pub(crate) target: Ident,
    /// The variable that holds whether it is there.
    pub(crate) var: Ident,
    /// Whether something else says so too, so that this is only compared.
    pub(crate) apart: bool,
    pub(crate) some: Option<&'a Expr>,
    pub(crate) none: Option<&'a Expr>,
}

/// A tag in front of what it chooses.
pub(crate) struct Tag<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) of: TagOf<'a>,
}

/// What a tag chooses.
pub(crate) enum TagOf<'a> {
    /// The variant of the type itself; the number's type is the tag's.
    /// It is a number, or a byte string where it has none.
    Own { number: Option<Number>, ty: Type },
    /// The variant of a field.
    Field { number: Number, target: Ident, of: Target<'a>, optional: bool, apart: bool },
}

/// The variants of an enum.
pub(crate) struct Match<'a> {
    /// The variable that holds the tag.
    pub(crate) tag: Ident,
    pub(crate) arms: Vec<Arm<'a>>,
}

/// The tags of an enum.
pub(crate) struct Tags<'a> {
    pub(crate) ty: TagType,
    /// One for each variant.
    pub(crate) arms: Vec<ArmTag<'a>>,
}

/// What tags are compared as.
#[derive(Clone)]
pub(crate) enum TagType {
    /// Numbers of this type.
    Number(Type),
    /// Byte strings of this type.
    Bytes(Type),
    /// Several of these at once.
    Tuple(Type, Vec<Self>),
}

/// A constant of the tag's type that has the value of one of the user's.
#[derive(Clone)]
pub(crate) struct TagConstant {
    pub(crate) name: Ident,
    pub(crate) ty: TagType,
    pub(crate) value: Expr,
}

/// One variant.
pub(crate) struct Arm<'a> {
    pub(crate) variant: &'a Variant,
    pub(crate) index: usize,
    pub(crate) steps: Vec<Step<'a>>,
}

/// The tags of a variant.
#[derive(Clone)]
pub(crate) enum ArmTag<'a> {
    /// A pattern of the user's, and the field that keeps which tag it was.
    Pattern {
        /// With the names of `constants` in their places.
        pattern: Pat,
        /// As the user wrote it.
        text: String,
        constants: Vec<TagConstant>,
        kept: Option<&'a Field>,
    },
    /// A discriminant, counted on from an expression.
    Discriminant { base: Option<&'a Expr>, plus: usize },
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

/// An invariant.
pub(crate) struct Assertion<'a> {
    pub(crate) expression: Expression<'a>,
    pub(crate) message: &'a LitStr,
    /// The field it speaks of, and the variable of where that starts.
    pub(crate) field: Option<(&'a str, Ident)>,
    /// The variable of that field if it may be absent: it then speaks of what is there.
    pub(crate) optional: Option<Ident>,
}

/// A checksum and its place.
#[derive(Clone)]
pub(crate) struct Checksum<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) algorithm: &'a Path,
    pub(crate) over: Covers<'a>,
    /// Which field it is, and which it covers.
    pub(crate) index: usize,
    pub(crate) covers: std::ops::RangeInclusive<usize>,
    /// The variable of where it stands itself.
    pub(crate) at: Ident,
    /// Where what it covers starts; the frame's start if nowhere.
    pub(crate) from: Option<Ident>,
    /// Where that ends; the frame's end if nowhere.
    pub(crate) to: Option<Ident>,
    pub(crate) seed: Option<Expression<'a>>,
    /// When it is there, if not always.
    pub(crate) when: Option<Expression<'a>>,
}

/// A number computed from other fields.
pub(crate) struct Calc<'a> {
    pub(crate) place: Place<'a>,
    pub(crate) number: Number,
    pub(crate) expression: Expression<'a>,
    pub(crate) verify: bool,
    /// The variable of where it stands.
    pub(crate) at: Ident,
}

/// Bit fields that fill whole bytes together.
pub(crate) struct BitRun<'a> {
    pub(crate) bytes: Quantity<usize>,
    pub(crate) little: bool,
    pub(crate) fields: Vec<BitField<'a>>,
}

/// One bit field: an atom whose number has so many bits.
pub(crate) struct BitField<'a> {
    pub(crate) atom: Atom<'a>,
}
