//! A field: what stands there, where it ends, what it is for, and whether it is there.

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
    /// The Rust name of the field; `0`, `1` in tuples.
    pub name: &'static str,
    /// Its doc comment.
    pub doc: &'static str,
    /// What stands on the wire.
    pub ty: Type,
    /// Where it ends.
    pub extent: Extent,
    /// What says its byte order, where that is known once bytes are read, and what it is in little-endian order.
    pub ordered: Option<&'static Ordered>,
    /// The earlier field of role [`Role::OffsetOf`] that says where it begins. What lies in front of that is ignored, and a
    /// field of no bytes may begin anywhere.
    pub begins: Option<Target>,
    /// What it is for.
    pub role: Role,
    /// Whether it is always there.
    pub presence: Presence,
    /// Whether decoding ignores some of its bytes.
    pub lenient: bool,
    /// What its type or its module is handed.
    pub given: Given,
    /// For fields of a fixed size, whether a shorter value is filled up.
    pub fills: bool,
    /// Whether it is an item of a list with words of its own (`each`), and the frame that it is alone in no type in Rust.
    pub is_item: bool,
    /// For a field of a given size, what may end its value before that.
    pub stop: Option<&'static Stop>,
    /// The number that stands for an absent value, which is always there itself.
    pub none: Option<Constant>,
    /// The byte that padding is written as, where its extent does not say.
    #[doc(hidden)]
    pub fill: u8,
}

/// Where a field ends.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Extent {
    /// The type itself says.
    Own,
    /// A length in bytes stands in front.
    LenPrefixed(Prefix),
    /// A count of items stands in front.
    CountPrefixed(Prefix),
    /// As many bytes as an earlier field of role [`Role::LenOf`] says.
    LenOf(Target),
    /// As many items as an earlier field of role [`Role::CountOf`] says.
    CountOf(Target),
    /// As many bytes as an expression says.
    Len(&'static Expr),
    /// As many items as an expression says.
    Count(&'static Expr),
    /// Up to these bytes.
    Until(&'static [u8]),
    /// Up to one of several delimiters, or one that is not simply consumed.
    UntilAny(&'static Delimiter),
    /// Up to the item described. If it is no part of the value, the function
    /// gives its bytes, where they can be known without the types of a generic type.
    UntilItem(&'static Expr, Option<fn() -> Option<Vec<u8>>>),
    /// A fixed number of bytes, filled up with a byte.
    Fixed(usize, u8),
    /// Up to a multiple of so many bytes from the frame's start.
    Align(usize),
    /// To the end of what encloses it.
    Rest,
}

/// The bytes of the number that says a length or count, where there is one.
pub type Say = fn(usize) -> Option<Vec<u8>>;

/// A length or count in front of a field.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Prefix {
    /// The number on the wire.
    pub ty: Type,
    /// What the number says.
    pub rule: LengthRule,
}

/// What a field is for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Role {
    /// It carries a value of the user's.
    Value,
    /// The byte length of other fields.
    LenOf(Covers, LengthRule),
    /// The item count of another field.
    CountOf(Target, LengthRule),
    /// Where another field begins, in bytes from the start of the frame.
    OffsetOf(Target, LengthRule),
    /// The tag of another field, or of the type itself.
    TagOf(TagOf),
    /// Whether another field is there, and the numbers for yes and no where
    /// they are not 1 and 0.
    PresenceOf(Target, Option<Constant>, Option<Constant>),
    /// A checksum, by the name of its algorithm, of other fields.
    Checksum(&'static str, Covers),
    /// These bytes, always.
    Magic(&'static [u8]),
    /// Bytes without a meaning.
    Pad,
    /// Computed from other fields.
    Calc(&'static Expr),
}

/// Whether a field is there.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Presence {
    /// Always.
    Always,
    /// When this holds.
    When(&'static Expr),
    /// When an earlier field of role [`Role::PresenceOf`] says so; with the
    /// condition as text.
    Flag(Target, &'static str),
    /// When an earlier length or count is not the number for an absent value;
    /// with the condition as text.
    Length(Target, &'static str),
    /// When its own prefix is not the number for an absent value; with the
    /// condition as text.
    Prefix(&'static str),
    /// When bytes are left.
    Optional,
    /// When the bytes begin so, which are consumed.
    Lead(&'static [u8]),
}

/// Which part of a field some bytes are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Part {
    /// What stands in front of it where it is there.
    Lead,
    /// The value.
    Value,
    /// The length in front of it.
    Len,
    /// The count in front of it.
    Count,
    /// The delimiter behind it.
    Until,
    /// What fills it up.
    Fill,
}

impl Field {
    /// A field that is always there and whose type says where it ends.
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

    /// With a doc comment.
    #[must_use]
    pub const fn doc(mut self, doc: &'static str) -> Self {
        self.doc = doc;
        self
    }

    /// With the earlier field that says where it begins.
    #[must_use]
    pub const fn begins(mut self, offset: Target) -> Self {
        self.begins = Some(offset);
        self
    }

    /// With what it is in little-endian order; it is in big-endian order itself.
    #[must_use]
    pub const fn in_either_order(mut self, ordered: &'static Ordered) -> Self {
        self.ordered = Some(ordered);
        self
    }

    /// With an extent.
    #[must_use]
    pub const fn extent(mut self, extent: Extent) -> Self {
        self.extent = extent;
        self
    }

    /// With what its type or its module is handed.
    #[must_use]
    pub const fn given(mut self, given: Given) -> Self {
        self.given = given;
        self
    }

    /// With whether a shorter value is filled up to its fixed size.
    #[must_use]
    pub const fn fills(mut self, fills: bool) -> Self {
        self.fills = fills;
        self
    }

    /// With what may end its value before its extent does.
    #[must_use]
    pub const fn stop(mut self, stop: &'static Stop) -> Self {
        self.stop = Some(stop);
        self
    }

    /// With the number that stands for an absent value.
    #[must_use]
    pub const fn none(mut self, none: Option<Constant>) -> Self {
        self.none = none;
        self
    }

    /// With the byte that padding is written as.
    #[doc(hidden)]
    #[must_use]
    pub const fn fill(mut self, fill: u8) -> Self {
        self.fill = fill;
        self
    }

    /// As the item of a list, alone in its frame.
    #[must_use]
    pub const fn item(mut self) -> Self {
        self.is_item = true;
        self
    }

    /// With a role.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.role = role;
        self
    }

    /// With bytes that decoding ignores.
    #[must_use]
    pub const fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }

    /// With a presence.
    #[must_use]
    pub const fn presence(mut self, presence: Presence) -> Self {
        self.presence = presence;
        self
    }
}

impl Field {
    /// What it is in a byte order.
    pub(crate) fn in_order(&'static self, order: Order) -> &'static Self {
        match (order, self.ordered) {
            (Order::Little, Some(ordered)) => &ordered.little,
            _ => self,
        }
    }

    /// The rule of its role, if that is a length or count.
    pub(crate) fn rule(&self) -> Option<&LengthRule> {
        match &self.role {
            Role::LenOf(_, rule) | Role::CountOf(_, rule) | Role::OffsetOf(_, rule) => Some(rule),
            _ => None,
        }
    }

    /// The number in front of it.
    pub(crate) fn prefix(&self) -> Option<&Prefix> {
        match &self.extent {
            Extent::LenPrefixed(prefix) | Extent::CountPrefixed(prefix) => Some(prefix),
            _ => None,
        }
    }

    /// Whether its prefix stands there even if the field does not, to say just that.
    pub(crate) fn says_absence(&self) -> bool {
        self.prefix().is_some_and(|prefix| prefix.rule.none.is_some())
    }

    /// The bytes it always is.
    pub(super) const fn constant(&self) -> &'static [u8] {
        match (self.role, self.presence, self.ty) {
            (_, _, Type::Bits(_)) => &[],
            _ if self.ordered.is_some() => &[],
            (Role::Magic(bytes), Presence::Always, _) => bytes,
            _ => &[],
        }
    }

    /// The frame that it always is, and nothing around it.
    pub(super) fn own_frame(&self) -> Option<&'static Schema> {
        match (self.ty, self.presence, self.extent) {
            (Type::Frame(schema), Presence::Always, Extent::Own) => Some(schema()),
            _ => None,
        }
    }
}

impl Presence {
    /// The condition, for people.
    pub(crate) fn text(&self) -> &'static str {
        match self {
            Self::Always | Self::Optional | Self::Lead(_) => "",
            Self::When(condition) => condition.text,
            Self::Flag(_, text) | Self::Length(_, text) | Self::Prefix(text) => text,
        }
    }
}

impl Prefix {
    /// A length or count in front of a field.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(ty: Type, rule: LengthRule) -> Self {
        Self { ty, rule }
    }
}
