//! The model of a declaration: types and fields with words, before they are written as Rust.
//!
//! Fields refer to each other by number, so that the references stay valid when other fields are
//! added or removed. Names are made when the source is written.

mod derived;
mod extent;
mod types;

pub(crate) use self::derived::{Derived, Expr, Range, Sum};
pub(crate) use self::extent::{Ending, Extent, Rule};
pub(crate) use self::types::{BytesTy, Encoding, Form, Format, Num, Order, TextTy, Turn, Ty, Wire, limits};

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
