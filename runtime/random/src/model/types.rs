//! Types of fields, and the formats of their values on the wire.

use super::Id;

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

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Order {
    Big,
    Little,
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
