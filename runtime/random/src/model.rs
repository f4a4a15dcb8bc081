//! The model of a declaration: types and fields with words, before they are written as Rust.
//!
//! Fields refer to each other by number, so that the references stay valid when other fields are
//! added or removed. Names are made when the source is written.

/// A list of types. The last type is the tested frame, and the other types are nested in it.
#[derive(Clone)]
pub(crate) struct Declaration {
    pub(crate) types: Vec<Type>,
    /// Whether constants are used in place of literals.
    pub(crate) constants: bool,
}

/// A type that derives `Frame`.
#[derive(Clone)]
pub(crate) struct Type {
    pub(crate) name: String,
    /// Whether the type has a type parameter `T`.
    pub(crate) generic: bool,
    /// Whether the bounds of `T` are written out.
    pub(crate) bound: bool,
    /// Whether the type borrows.
    pub(crate) lifetime: bool,
    pub(crate) words: Words,
    pub(crate) body: Body,
}

/// The words of `#[frame(..)]`.
#[derive(Clone, Default)]
pub(crate) struct Words {
    pub(crate) order: Option<Order>,
    /// Whether the type has `order = ..`: big-endian if the first context value is even.
    pub(crate) order_by_ctx: bool,
    pub(crate) lsb: bool,
    /// The parts that are written before the fields, in their order.
    pub(crate) head: Vec<Head>,
    pub(crate) max: Option<usize>,
    /// The values that the enclosing type passes.
    pub(crate) ctx: Vec<(Id, Num)>,
    pub(crate) check: Option<Expr>,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Big,
    Little,
}

#[derive(Clone)]
pub(crate) enum Head {
    MagicBytes(Vec<u8>),
    MagicNumber(i128, Num),
    Tag(TagKind),
    Len(Format, Rule),
    /// The delimiter that ends everything after the previous parts of the head.
    Until(Vec<u8>),
}

/// The format of the tag of a variant.
#[derive(Clone)]
pub(crate) enum TagKind {
    Number(Format),
    Bits(u32),
    Bytes(usize),
}

#[derive(Clone)]
pub(crate) enum Body {
    Struct(Fields),
    Enum(Vec<Variant>),
}

#[derive(Clone)]
pub(crate) struct Variant {
    pub(crate) name: String,
    pub(crate) tag: Pattern,
    pub(crate) fields: Fields,
    pub(crate) check: Option<Expr>,
}

#[derive(Clone)]
pub(crate) enum Pattern {
    /// Several numbers. The first one is written if the variant does not keep its tag.
    Numbers(Vec<i128>),
    Range(i128, i128),
    Bytes(Vec<u8>),
    Any,
    /// The discriminant in Rust, and whether it is explicit.
    Plain(i128, bool),
}

#[derive(Clone, Default)]
pub(crate) struct Fields {
    pub(crate) style: Style,
    pub(crate) list: Vec<Field>,
}

#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Style {
    #[default]
    Named,
    Tuple,
    Unit,
}

/// The number of a field, which is unique in its declaration.
pub(crate) type Id = usize;

#[derive(Clone)]
pub(crate) struct Field {
    pub(crate) id: Id,
    pub(crate) role: Role,
    pub(crate) presence: Presence,
    pub(crate) check: Option<Expr>,
}

#[derive(Clone)]
pub(crate) enum Presence {
    Always,
    When(Expr),
    Optional,
    /// Present if these bytes come before the field.
    Lead(Vec<u8>),
    /// Absent if the number has this value.
    Number(i128),
    /// An `Auto` or a length determines the presence.
    Elsewhere,
}

#[derive(Clone)]
pub(crate) enum Role {
    /// An ordinary value.
    Value {
        ty: Ty,
        wire: Wire,
        extent: Extent,
        given: Given,
    },
    /// A derived value.
    Auto {
        num: Option<Format>,
        extent: Extent,
        derived: Derived,
    },
    /// A bit field, which may begin a new run of `begins` bytes.
    Bits {
        width: u32,
        begins: Option<usize>,
        of: BitsOf,
    },
    /// The tag, which the variant keeps.
    Kept(Ty),
    Skip(Ty),
}

#[derive(Clone)]
pub(crate) enum BitsOf {
    Value(Ty),
    /// A derived value. The number has a type, except for padding and constants.
    Auto(Option<Num>, Derived),
}

/// The maximum number of values that are passed to a type.
pub(crate) const HANDED: usize = 2;

/// The context of a nested type.
#[derive(Clone, Default)]
pub(crate) struct Given {
    pub(crate) tag: Option<Expr>,
    pub(crate) ctx: Vec<Expr>,
    /// Whether the context is inside `each(..)`.
    pub(crate) each: bool,
    /// Whether the field has `#[with(xor)]`, a module that is generated with the declarations.
    pub(crate) xor: bool,
    /// Whether the field has `#[with(since, origin)]`, a generated module that uses the number of
    /// bytes before the field.
    pub(crate) since: bool,
    /// Whether the field has `#[wire(Masked)]`, a frame that is generated with the declarations.
    pub(crate) masked: bool,
}

#[derive(Clone, PartialEq)]
pub(crate) enum Ty {
    Num(Num),
    Bool,
    NonZero(Num),
    Ipv4,
    Ipv6,
    Bytes(BytesTy),
    Text(TextTy),
    Array(Box<Ty>, usize),
    Tuple(Vec<Ty>),
    Boxed(Box<Ty>),
    List(Box<Ty>),
    /// A type of the declaration, by its index.
    Frame(usize),
    /// A generic type of the declaration, with its argument.
    FrameOf(usize, Box<Ty>),
    /// The type parameter.
    Param,
    /// The generated type `Millis`, a newtype of `u32`.
    Millis,
    /// The generated type `Even`, an even `u16`.
    Even,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum BytesTy {
    Vec,
    Bytes,
    Slice,
    Cow,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum TextTy {
    String,
    Str,
    Cow,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Num {
    U8,
    U16,
    U32,
    U64,
    U128,
    I8,
    I16,
    I32,
    I64,
    I128,
    F32,
    F64,
    /// A `bool`, which only an `Auto` can be.
    Bool,
}

/// The format of a number, apart from its type.
#[derive(Clone, PartialEq)]
pub(crate) struct Wire {
    pub(crate) form: Form,
    pub(crate) order: Option<Turn>,
}

/// The byte order of a single number.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Turn {
    To(Order),
    /// Big-endian if the number in this earlier field is even.
    By(Id),
}

#[derive(Clone, PartialEq)]
pub(crate) enum Form {
    Plain,
    Odd(usize),
    Varint(Option<usize>),
    /// A varint that also accepts longer forms.
    Padded,
    Zigzag,
    Quic,
    Mqtt,
    Dec,
    Hex {
        lower: bool,
    },
    /// The format of `#[wire(u32)]`: the value is converted to and from this number type.
    As(Num),
    /// Decimal digits, two in each byte, of a number or of text.
    Bcd {
        bytes: usize,
        fill: bool,
        swapped: bool,
    },
    /// A number whose size in bytes is given by an earlier field.
    Bytes(Id),
    /// Text in another encoding than UTF-8.
    Text(Encoding),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Ascii,
    Latin1,
    /// UTF-16 in this byte order, or in the byte order of the type.
    Utf16(Option<Order>),
}

/// A number type with its format.
#[derive(Clone, PartialEq)]
pub(crate) struct Format {
    pub(crate) num: Num,
    pub(crate) wire: Wire,
}

/// The extent of a value.
#[derive(Clone)]
pub(crate) enum Extent {
    /// No extent: the value has a fixed size, is self-delimiting, or is described by an earlier
    /// `Auto`.
    None,
    LenPrefixed {
        number: Option<Format>,
        rule: Rule,
    },
    CountPrefixed {
        number: Format,
        max: Option<usize>,
        none: Option<i128>,
    },
    Len(Expr),
    Count(Expr),
    Until(Vec<u8>),
    /// Several delimiters. Encoding writes the first.
    UntilAny {
        any: Vec<Vec<u8>>,
        ending: Ending,
    },
    /// A slot that may be larger than the value, as in `fixed(N, until = ..)`. Its size is a
    /// constant, or given by earlier fields.
    Stopped {
        size: Expr,
        until: u8,
        fill: u8,
    },
    /// A list with one item for each element of an earlier list. The element is the item's size in
    /// bytes.
    In(Id),
    /// For the items of a list: this many bits each, without gaps.
    Bits(u32),
    /// A list whose items have their own extent, or are separated.
    Items {
        within: Box<Extent>,
        each: Box<Extent>,
        separator: Option<Vec<u8>>,
    },
    UntilItem(i128),
    /// Up to an item that is greater than this number.
    UntilGreater(i128),
    Fixed {
        len: usize,
        fill: Option<u8>,
        lenient: bool,
    },
    Rest,
}

/// The treatment of a delimiter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Consumed,
    /// The delimiter may be missing at the end.
    Optional,
    /// The delimiter is left for the next field.
    Left,
    /// The delimiter is present if something follows.
    Between,
}

/// The words that a length may have.
#[derive(Clone, Default)]
pub(crate) struct Rule {
    pub(crate) inclusive: bool,
    pub(crate) scale: usize,
    pub(crate) bias: i128,
    pub(crate) max: Option<usize>,
    pub(crate) none: Option<i128>,
    pub(crate) lenient: bool,
}

/// The kind of an `Auto`.
#[derive(Clone)]
pub(crate) enum Derived {
    LenOf(Range, Rule),
    CountOf(Id, Option<i128>),
    /// The offset of a field, and the bias that is added to it.
    OffsetOf(Id, i128),
    TagOf(Id),
    PresenceOf(Id, Option<i128>, Option<i128>),
    Checksum(Sum, Range, Option<u8>),
    MagicNumber(i128),
    MagicBytes(Vec<u8>),
    Pad {
        len: Option<Expr>,
        strict: bool,
        fill: Option<u8>,
    },
    Align {
        to: usize,
        strict: bool,
        fill: Option<u8>,
    },
    Calc(Expr, bool),
}

#[derive(Clone, Copy)]
pub(crate) enum Sum {
    Sum8,
    Xor8,
    Internet,
    Adler32,
    Crc32,
    Crc16Modbus,
    Crc8Smbus,
}

#[derive(Clone, Copy)]
pub(crate) enum Range {
    /// The content of one field.
    Content(Id),
    /// Several fields: from this field, or from the first, up to and including this field, or the
    /// last.
    Closed(Option<Id>, Option<Id>),
    HalfOpen(Id, Id),
}

/// An expression over fields.
#[derive(Clone)]
pub(crate) enum Expr {
    Field(Id),
    /// `field.len()` of bytes, text or a list.
    LenOf(Id),
    /// `field.is_some()`.
    IsSome(Id),
    /// `usize::from(..)`.
    Usize(Box<Expr>),
    /// `u8::from(..)` of a `bool`.
    Byte(Box<Expr>),
    Int(i128),
    /// Arithmetic and comparison by operator.
    Op(Box<Expr>, &'static str, Box<Expr>),
    /// `a.wrapping_add(b)` with bytes.
    Wrapping(Box<Expr>, Box<Expr>),
    /// `!..` of a byte.
    NotByte(Box<Expr>),
    /// `!..` of a `bool`.
    Not(Box<Expr>),
}

impl Num {
    pub(crate) fn bytes(self) -> usize {
        match self {
            Self::U8 | Self::I8 | Self::Bool => 1,
            Self::U16 | Self::I16 => 2,
            Self::U32 | Self::I32 | Self::F32 => 4,
            Self::U64 | Self::I64 | Self::F64 => 8,
            Self::U128 | Self::I128 => 16,
        }
    }

    pub(crate) fn signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::I128)
    }

    pub(crate) fn is_float(self) -> bool {
        matches!(self, Self::F32 | Self::F64)
    }

    /// Returns the least and the greatest value. For `u128`, the greatest value is `i128::MAX`.
    pub(crate) fn limits(self) -> (i128, i128) {
        if self == Self::Bool { (0, 1) } else { limits(8 * self.bytes(), self.signed()) }
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16 => "u16",
            Self::U32 => "u32",
            Self::U64 => "u64",
            Self::U128 => "u128",
            Self::I8 => "i8",
            Self::I16 => "i16",
            Self::I32 => "i32",
            Self::I64 => "i64",
            Self::I128 => "i128",
            Self::F32 => "f32",
            Self::F64 => "f64",
            Self::Bool => "bool",
        }
    }
}

/// Returns the least and the greatest number with `bits` bits.
pub(crate) fn limits(bits: usize, signed: bool) -> (i128, i128) {
    match (bits, signed) {
        (128.., true) => (i128::MIN, i128::MAX),
        (127.., false) => (0, i128::MAX),
        (bits, true) => (-(1 << (bits - 1)), (1 << (bits - 1)) - 1),
        (bits, false) => (0, (1 << bits) - 1),
    }
}

impl Wire {
    pub(crate) const PLAIN: Self = Self { form: Form::Plain, order: None };

    /// Returns the byte order of the wire format, or `None` if the order is not fixed.
    pub(crate) fn said(&self) -> Option<Order> {
        match self.order {
            Some(Turn::To(order)) => Some(order),
            Some(Turn::By(_)) | None => None,
        }
    }

    /// Returns `true` if the number has several bytes and takes its byte order from the type.
    pub(crate) fn may_turn(&self, num: Num) -> bool {
        let is_wide = match self.form {
            Form::Plain => num.bytes() > 1,
            Form::Odd(_) => true,
            _ => false,
        };
        is_wide && self.order.is_none()
    }
}

impl Format {
    pub(crate) fn plain(num: Num) -> Self {
        Self { num, wire: Wire::PLAIN }
    }

    /// Returns the size in bytes, or `None` if the format is variable-length.
    pub(crate) fn fixed(&self) -> Option<usize> {
        match self.wire.form {
            Form::Plain => Some(self.num.bytes()),
            Form::Odd(bytes) => Some(bytes),
            Form::As(num) => Some(num.bytes()),
            Form::Bcd { bytes, .. } => Some(bytes),
            _ => None,
        }
    }
}

impl Type {
    /// Returns the fields of the struct, or of all variants.
    pub(crate) fn all_fields(&self) -> Vec<&Fields> {
        match &self.body {
            Body::Struct(fields) => vec![fields],
            Body::Enum(variants) => variants.iter().map(|variant| &variant.fields).collect(),
        }
    }

    pub(crate) fn all_fields_mut(&mut self) -> Vec<&mut Fields> {
        match &mut self.body {
            Body::Struct(fields) => vec![fields],
            Body::Enum(variants) => variants.iter_mut().map(|variant| &mut variant.fields).collect(),
        }
    }

    /// Returns the format of the tag that an enum itself writes, or `None` if it writes no tag.
    pub(crate) fn own_tag(&self) -> Option<&TagKind> {
        self.words.head.iter().find_map(|word| match word {
            Head::Tag(tag) => Some(tag),
            _ => None,
        })
    }

    /// Returns `true` if the enclosing type must choose the variant.
    pub(crate) fn wants_tag(&self) -> bool {
        matches!(self.body, Body::Enum(_)) && self.own_tag().is_none()
    }

    /// Returns `true` if the type is a frame on its own.
    pub(crate) fn is_frame(&self) -> bool {
        !self.wants_tag() && self.words.ctx.is_empty()
    }

    pub(crate) fn is_bounded(&self) -> bool {
        self.words.head.iter().any(|word| matches!(word, Head::Len(..) | Head::Until(_)))
    }
}

impl Fields {
    pub(crate) fn get(&self, id: Id) -> Option<(usize, &Field)> {
        self.list.iter().enumerate().find(|(_, field)| field.id == id)
    }
}

impl Field {
    pub(crate) fn is_bits(&self) -> bool {
        matches!(self.role, Role::Bits { .. })
    }

    /// Returns the number of bits that the field takes in its run.
    pub(crate) fn bit_width(&self) -> u32 {
        match &self.role {
            Role::Bits { width, of: BitsOf::Value(Ty::Array(_, len)), .. } => {
                width * u32::try_from(*len).unwrap_or(1)
            }
            Role::Bits { width, .. } => *width,
            _ => 0,
        }
    }

    pub(crate) fn derived(&self) -> Option<&Derived> {
        match &self.role {
            Role::Auto { derived, .. } | Role::Bits { of: BitsOf::Auto(_, derived), .. } => Some(derived),
            _ => None,
        }
    }

    /// Returns `true` if the value of the field is an `Option`.
    pub(crate) fn is_option(&self) -> bool {
        !matches!(self.presence, Presence::Always) && self.derived().is_none()
    }
}
