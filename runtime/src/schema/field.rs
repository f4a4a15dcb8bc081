//! Fields, with their type, extent, role and presence.

use alloc::vec::Vec;

use super::Schema;
use super::delimiter::{Delimiter, Stop};
use super::expr::Expr;
use super::relation::{Constant, Covers, Given, LengthRule, Ordered, TagOf, Target};
use super::types::{Order, Type};

/// One field of a type.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Field {
    /// Rust name of the field; `0`, `1` in tuples.
    pub name: &'static str,
    /// Doc comment of the field.
    pub doc: &'static str,
    /// Type of the field on the wire.
    pub ty: Type,
    /// Extent of the field.
    pub extent: Extent,
    /// For a byte order that is known only at run time: the expression that decides it, and the
    /// field as it is in little-endian order.
    pub ordered: Option<&'static Ordered>,
    /// Earlier field of role [`Role::OffsetOf`] with the offset of this field. Bytes before that
    /// offset are ignored, and a field without bytes may have any offset.
    pub begins: Option<Target>,
    /// Role of the field.
    pub role: Role,
    /// Condition for the presence of the field.
    pub presence: Presence,
    /// Whether decoding ignores some bytes of the field.
    pub lenient: bool,
    /// Context values that the field passes to its type or to its hand-written module.
    pub given: Given,
    /// Whether a shorter value is padded, for fields of a fixed size.
    pub fills: bool,
    /// Whether the field describes the items of a list with `each`. It is then the only field of a
    /// hidden frame, which is not a Rust type.
    pub is_item: bool,
    /// Delimiter that may end the value before the end of its extent, which has a fixed or given
    /// size.
    pub stop: Option<&'static Stop>,
    /// Number that stands for an absent value. The field is encoded even if its value is absent.
    pub none: Option<Constant>,
    /// Padding byte, if `extent` does not contain it.
    #[doc(hidden)]
    pub fill: u8,
}

/// The end of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Extent {
    /// The type is self-delimiting.
    Own,
    /// A length in bytes precedes the field.
    LenPrefixed(Prefix),
    /// A count of items precedes the field.
    CountPrefixed(Prefix),
    /// The length is in an earlier field of role [`Role::LenOf`].
    LenOf(Target),
    /// The number of items is in an earlier field of role [`Role::CountOf`].
    CountOf(Target),
    /// An expression gives the length in bytes.
    Len(&'static Expr),
    /// An expression gives the number of items.
    Count(&'static Expr),
    /// The field ends with a delimiter, which is consumed.
    Until(&'static [u8]),
    /// The field ends with one of several delimiters, or with a delimiter that has options.
    UntilAny(&'static Delimiter),
    /// The list ends with the first item for which the condition is true. If that item is not part
    /// of the value, the function returns its bytes, or `None` if they depend on type parameters.
    UntilItem(&'static Expr, Option<fn() -> Option<Vec<u8>>>),
    /// The field has a fixed size in bytes. A shorter value is padded with the byte.
    Fixed(usize, u8),
    /// Alignment: the field extends to the next offset in the frame that is a multiple of this
    /// number of bytes.
    Align(usize),
    /// The field goes to the end of the enclosing extent.
    Rest,
}

/// A function that encodes a length or count, and returns `None` if the field cannot hold it.
pub type Say = fn(usize) -> Option<Vec<u8>>;

/// The length or count before a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Prefix {
    /// Type of the encoded length or count.
    pub ty: Type,
    /// Relation between the encoded number and the length or count.
    pub rule: LengthRule,
}

/// The role of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Role {
    /// A value that the program sets.
    Value,
    /// The length in bytes of other fields.
    LenOf(Covers, LengthRule),
    /// The number of items of another field.
    CountOf(Target, LengthRule),
    /// The offset of another field, in bytes from the start of the frame.
    OffsetOf(Target, LengthRule),
    /// The tag of another field, or of the type itself.
    TagOf(TagOf),
    /// The presence of another field, and the numbers for present and absent if they are not 1 and
    /// 0.
    PresenceOf(Target, Option<Constant>, Option<Constant>),
    /// A checksum of other fields, with the name of its algorithm.
    Checksum(&'static str, Covers),
    /// A constant.
    Magic(&'static [u8]),
    /// Padding.
    Pad,
    /// A number that is computed from other fields.
    Calc(&'static Expr),
}

/// The condition for the presence of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Presence {
    /// The field is always present.
    Always,
    /// The field is present if this condition is true.
    When(&'static Expr),
    /// An earlier field of role [`Role::PresenceOf`] determines the presence. The text is the
    /// condition.
    Flag(Target, &'static str),
    /// The field is present if an earlier length or count is not the number for an absent value.
    /// The text is the condition.
    Length(Target, &'static str),
    /// The field is present if its own prefix is not the number for an absent value. The text is
    /// the condition.
    Prefix(&'static str),
    /// The field is present if bytes are left in the enclosing extent.
    Optional,
    /// The field is present if the bytes begin with this constant, which is consumed.
    Lead(&'static [u8]),
}

/// A part of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// The constant before the value, if it is present.
    Lead,
    /// The value.
    Value,
    /// The length before the value.
    Len,
    /// The count before the value.
    Count,
    /// The delimiter after the value.
    Until,
    /// The padding after the value.
    Fill,
}

impl Field {
    /// Creates a field that is always present and self-delimiting.
    #[must_use]
    pub const fn new(name: &'static str, ty: Type) -> Self {
        Self {
            name,
            doc: "",
            ty,
            extent: Extent::Own,
            ordered: None,
            begins: None,
            role: Role::Value,
            presence: Presence::Always,
            lenient: false,
            given: Given::NOTHING,
            fills: false,
            is_item: false,
            stop: None,
            none: None,
            fill: 0,
        }
    }

    /// Sets the doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// Sets the earlier field with the offset of this field.
    #[must_use]
    pub const fn begins(mut self, offset: Target) -> Self {
        self.begins = Some(offset);
        self
    }

    /// Sets the field in little-endian order. `self` is the field in big-endian order.
    #[must_use]
    pub const fn in_either_order(mut self, ordered: &'static Ordered) -> Self {
        self.ordered = Some(ordered);
        self
    }

    /// Sets the extent.
    #[must_use]
    pub const fn extent(mut self, extent: Extent) -> Self {
        self.extent = extent;
        self
    }

    /// Sets the context values that the field passes to its type or to its hand-written module.
    #[must_use]
    pub const fn given(mut self, given: Given) -> Self {
        self.given = given;
        self
    }

    /// Sets whether a shorter value is padded to its fixed size.
    #[must_use]
    pub const fn fills(mut self, fills: bool) -> Self {
        self.fills = fills;
        self
    }

    /// Sets the delimiter that may end the value before its extent.
    #[must_use]
    pub const fn stop(mut self, stop: &'static Stop) -> Self {
        self.stop = Some(stop);
        self
    }

    /// Sets the number that stands for an absent value.
    #[must_use]
    pub const fn none(mut self, none: Option<Constant>) -> Self {
        self.none = none;
        self
    }

    /// Sets the padding byte.
    #[doc(hidden)]
    #[must_use]
    pub const fn fill(mut self, fill: u8) -> Self {
        self.fill = fill;
        self
    }

    /// Marks the field as the only one of the hidden frame that describes list items.
    #[must_use]
    pub const fn item(mut self) -> Self {
        self.is_item = true;
        self
    }

    /// Sets the role.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// Sets whether decoding ignores some bytes of the field.
    #[must_use]
    pub const fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// Sets the presence.
    #[must_use]
    pub const fn presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}

impl Field {
    /// Returns the field in this byte order.
    pub(crate) fn in_order(&'static self, order: Order) -> &'static Self {
        match (order, self.ordered) {
            (Order::Little, Some(ordered)) => &ordered.little,
            _ => self,
        }
    }

    /// Returns the rule of a length, count or offset field.
    pub(crate) fn rule(&self) -> Option<&LengthRule> {
        match &self.role {
            Role::LenOf(_, rule) | Role::CountOf(_, rule) | Role::OffsetOf(_, rule) => Some(rule),
            _ => None,
        }
    }

    /// Returns the prefix of the field.
    pub(crate) fn prefix(&self) -> Option<&Prefix> {
        match &self.extent {
            Extent::LenPrefixed(prefix) | Extent::CountPrefixed(prefix) => Some(prefix),
            _ => None,
        }
    }

    /// Returns `true` if the prefix is present even if the field is absent.
    pub(crate) fn says_absence(&self) -> bool {
        self.prefix().is_some_and(|prefix| prefix.rule.none.is_some())
    }

    /// Returns the bytes of the field, if it is a constant.
    pub(super) const fn constant(&self) -> &'static [u8] {
        match (self.role, self.presence, self.ty) {
            (_, _, Type::Bits(_)) => &[],
            _ if self.ordered.is_some() => &[],
            (Role::Magic(bytes), Presence::Always, _) => bytes,
            _ => &[],
        }
    }

    /// Returns the frame of the field, if the field is always present and has no extent.
    pub(super) fn own_frame(&self) -> Option<&'static Schema> {
        match (self.ty, self.presence, self.extent) {
            (Type::Frame(schema), Presence::Always, Extent::Own) => Some(schema()),
            _ => None,
        }
    }
}

impl Presence {
    /// Returns the condition as text.
    pub(crate) fn text(&self) -> &'static str {
        match self {
            Self::Always | Self::Optional | Self::Lead(_) => "",
            Self::When(condition) => condition.text,
            Self::Flag(_, text) | Self::Length(_, text) | Self::Prefix(text) => text,
        }
    }
}

impl Prefix {
    /// Creates the length or count before a field.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(ty: Type, rule: LengthRule) -> Self {
        Self { ty, rule }
    }
}
