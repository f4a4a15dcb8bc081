//! The model of a declaration: types and fields with words, before it is written as Rust.
//!
//! Fields refer to each other by number, so that they keep their meaning when
//! others come or go; names are made when the source is written.

/// Some types; the last of them is the tested frame, the others are nested in it.
#[derive(Clone)]
pub(crate) struct Declaration {
    pub(crate) types: Vec<Type>,
    /// Whether constants stand where literals would.
    pub(crate) constants: bool,
}

/// One `#[derive(Frame)]`.
#[derive(Clone)]
pub(crate) struct Type {
    pub(crate) name: String,
    /// Whether it has a type parameter `T`.
    pub(crate) generic: bool,
    /// Whether its bounds are written out.
    pub(crate) bound: bool,
    /// Whether it borrows.
    pub(crate) lifetime: bool,
    pub(crate) words: Words,
    pub(crate) body: Body,
}

/// The words of `#[frame(..)]`.
#[derive(Clone, Default)]
pub(crate) struct Words {
    pub(crate) order: Option<Order>,
    /// `order = ..`: big-endian if the first value that is handed over is even.
    pub(crate) order_by_ctx: bool,
    pub(crate) lsb: bool,
    /// What is written before the fields, in that order.
    pub(crate) head: Vec<Head>,
    pub(crate) max: Option<usize>,
    /// Values handed over by the type around it.
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
    /// The delimiter after everything that follows these words.
    Until(Vec<u8>),
}

/// How the tag of a variant is written.
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
    /// Numbers, of which the first is written if none is kept.
    Numbers(Vec<i128>),
    Range(i128, i128),
    Bytes(Vec<u8>),
    Any,
    /// Rust's discriminant, which may be explicit.
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

/// The number of a field; unique in its declaration.
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
    /// These bytes come before it.
    Lead(Vec<u8>),
    /// This number means an absent value.
    Number(i128),
    /// An `Auto` or a length determines it.
    Elsewhere,
}

#[derive(Clone)]
pub(crate) enum Role {
    /// A value of the user's.
    Value {
        ty: Ty,
        wire: Wire,
        extent: Extent,
        given: Given,
    },
    /// What the codec writes.
    Auto {
        num: Option<Format>,
        extent: Extent,
        derived: Derived,
    },
    /// A bit field, which may begin a new run of a number of bytes.
    Bits {
        width: u32,
        begins: Option<usize>,
        of: BitsOf,
    },
    /// The tag of the variant.
    Kept(Ty),
    Skip(Ty),
}

#[derive(Clone)]
pub(crate) enum BitsOf {
    Value(Ty),
    /// The number's type, unless it is bits of padding or a constant.
    Auto(Option<Num>, Derived),
}

/// How many values a type is handed at the most.
pub(crate) const HANDED: usize = 2;

/// The context of a nested type.
#[derive(Clone, Default)]
pub(crate) struct Given {
    pub(crate) tag: Option<Expr>,
    pub(crate) ctx: Vec<Expr>,
    /// Whether it is inside `each(..)`.
    pub(crate) each: bool,
    /// `#[with(xor)]`, a module that is generated with the declarations.
    pub(crate) xor: bool,
    /// `#[with(since, origin)]`, another one, to which it matters how many bytes there are in front.
    pub(crate) since: bool,
    /// `#[wire(Masked)]`, a frame that is generated with the declarations.
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
    /// A type of the declaration, by index.
    Frame(usize),
    /// An instance of a generic one.
    FrameOf(usize, Box<Ty>),
    /// The type parameter.
    Param,
    /// `Millis`: a newtype of `u32`. `Even`: an even `u16`.
    Millis,
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
    /// Only in an `Auto`.
    Bool,
}

/// How a number is written, apart from its type.
#[derive(Clone, PartialEq)]
pub(crate) struct Wire {
    pub(crate) form: Form,
    pub(crate) order: Option<Turn>,
}

/// A byte order that one number has of its own.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum Turn {
    To(Order),
    /// Big-endian if this earlier number is even.
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
    /// `#[wire(u32)]`: the type is converted from and to that number.
    As(Num),
    /// A number of bytes with two decimal digits each; also for text.
    Bcd {
        bytes: usize,
        fill: bool,
        swapped: bool,
    },
    /// As many bytes as an earlier field gives.
    Bytes(Id),
    /// Text in another encoding.
    Text(Encoding),
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    Ascii,
    Latin1,
    /// In code units of two bytes, in the order of the type or another order.
    Utf16(Option<Order>),
}

/// A number with its type.
#[derive(Clone, PartialEq)]
pub(crate) struct Format {
    pub(crate) num: Num,
    pub(crate) wire: Wire,
}

/// Where a value ends.
#[derive(Clone)]
pub(crate) enum Extent {
    /// It has a fixed size, is self-delimiting, or an earlier `Auto` determines its end.
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
    /// One of several delimiters, of which the first is written.
    UntilAny {
        any: Vec<Vec<u8>>,
        ending: Ending,
    },
    /// A place in which the value may end early. Its size is a constant or from earlier fields.
    Stopped {
        size: Expr,
        until: u8,
        fill: u8,
    },
    /// One item for each element of an earlier list, which is its size in bytes.
    In(Id),
    /// For the items of a list: consecutive items of this many bits.
    Bits(u32),
    /// A list whose items have words or are separated.
    Items {
        within: Box<Extent>,
        each: Box<Extent>,
        separator: Option<Vec<u8>>,
    },
    UntilItem(i128),
    /// The last item is greater than this, the others are not.
    UntilGreater(i128),
    Fixed {
        len: usize,
        fill: Option<u8>,
        lenient: bool,
    },
    Rest,
}

/// What happens to a delimiter.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Consumed,
    /// It may be missing at the end.
    Optional,
    /// It is left for the next field.
    Left,
    /// It is present if something follows.
    Between,
}

/// The words of a length.
#[derive(Clone, Default)]
pub(crate) struct Rule {
    pub(crate) inclusive: bool,
    pub(crate) scale: usize,
    pub(crate) bias: i128,
    pub(crate) max: Option<usize>,
    pub(crate) none: Option<i128>,
    pub(crate) lenient: bool,
}

/// What an `Auto` is.
#[derive(Clone)]
pub(crate) enum Derived {
    LenOf(Range, Rule),
    CountOf(Id, Option<i128>),
    /// The offset of a field, and what is added to it.
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
    /// Several fields, or all of them up to or from one.
    Closed(Option<Id>, Option<Id>),
    HalfOpen(Id, Id),
}

/// An expression over fields.
#[derive(Clone)]
pub(crate) enum Expr {
    Field(Id),
    /// `field.len()`, of bytes, text or a list.
    LenOf(Id),
    /// `field.is_some()`.
    IsSome(Id),
    /// `usize::from(..)`.
    Usize(Box<Expr>),
    /// `u8::from(..)`, of a `bool`.
    Byte(Box<Expr>),
    Int(i128),
    /// Arithmetic and comparison by operator.
    Op(Box<Expr>, &'static str, Box<Expr>),
    /// `a.wrapping_add(b)` of bytes.
    Wrapping(Box<Expr>, Box<Expr>),
    /// `!..`, of a byte.
    NotByte(Box<Expr>),
    /// `!..`, of a `bool`.
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

    /// Returns the least and the greatest value; for `u128` limited to those of `i128`.
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

/// Returns the least and the greatest number of `bits` bits.
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

    /// Returns the order that is written, where that is no other number's to say.
    pub(crate) fn said(&self) -> Option<Order> {
        match self.order {
            Some(Turn::To(order)) => Some(order),
            Some(Turn::By(_)) | None => None,
        }
    }

    /// Returns `true` if it is a number of several bytes that has a byte order.
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

    /// Returns how many bytes it takes, if that is fixed.
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
    /// Returns the fields of the struct, or of each variant.
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

    /// Returns its tag, if it is an enum with a tag.
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

    /// Returns `true` if it is a frame by itself.
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

    /// Returns how many bits it has in its run.
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

    /// Returns `true` if its value is an `Option`.
    pub(crate) fn is_option(&self) -> bool {
        !matches!(self.presence, Presence::Always) && self.derived().is_none()
    }
}
