//! What the fields of a frame say of each other.

use core::fmt;

use super::expr::{Expr, Number};
use super::{Field, Say};

/// A field of the same struct or variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Its name; `0`, `1` in tuples.
    pub name: &'static str,
    /// Its index.
    pub index: usize,
}

impl Target {
    /// The field of that name and index; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, index: usize) -> Self {
        Self { name, index }
    }
}

/// As expressions name it: `_0` in tuples.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escape = if self.name.starts_with(|first: char| first.is_ascii_digit()) { "_" } else { "" };
        write!(f, "{escape}{}", self.name)
    }
}

/// The bytes that a length or a checksum is about.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Covers {
    /// As it is written in the declaration.
    pub text: &'static str,
    /// The same as data.
    pub what: Covered,
}

impl Covers {
    /// Bytes of a frame; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, what: Covered) -> Self {
        Self { text, what }
    }
}

/// Which bytes of a frame are meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Covered {
    /// What is inside of the field at this index, without its prefix,
    /// delimiter and filling.
    Content(usize),
    /// Every byte that some fields put on the wire.
    Fields {
        /// The index of the first, or the first byte of the frame.
        from: Option<usize>,
        /// The index behind the last, or the last byte of the frame.
        to: Option<usize>,
    },
    /// In the head of a frame: everything that follows.
    Behind,
}

impl fmt::Display for Covers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// Fields of a struct or variant that a length encloses: nothing inside reads
/// beyond it. Scopes lie within each other or apart.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Scope {
    /// The field that says the length.
    pub len: Target,
    /// Where its bytes begin to count.
    pub start: Start,
    /// The index of the first field inside.
    pub from: usize,
    /// The index behind the last field inside.
    pub to: usize,
    /// Whether bytes that are left inside are ignored.
    pub lenient: bool,
}

impl Scope {
    /// Enclosed fields; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(len: Target, start: Start, from: usize, to: usize, lenient: bool) -> Self {
        Self { len, start, from, to, lenient }
    }
}

/// Where the bytes of a length begin to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// Where what it encloses begins.
    Here,
    /// At the first byte of the frame.
    Frame,
    /// At the first byte of the field at this index.
    Field(usize),
}

/// What a number says of how long or how many something is:
/// `number = (bytes + own) / scale + bias`, `own` being its own bytes if it is inclusive.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LengthRule {
    /// Whether it counts its own bytes.
    pub inclusive: bool,
    /// Bytes per unit.
    pub scale: usize,
    /// Added to the number of units.
    pub bias: isize,
    /// The limit of `max`, in bytes or items.
    pub max: Option<usize>,
    /// The number that stands for an absent value.
    pub none: Option<Constant>,
    /// For numbers of a type of the user's, the bytes that say a length or count.
    #[doc(hidden)]
    pub say: Option<Say>,
}

impl LengthRule {
    /// The number is the number of bytes or items.
    pub const PLAIN: Self = Self { inclusive: false, scale: 1, bias: 0, max: None, none: None, say: None };

    /// A rule; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(
        inclusive: bool,
        scale: usize,
        bias: isize,
        max: Option<usize>,
        none: Option<Constant>,
        say: Option<Say>,
    ) -> Self {
        Self { inclusive, scale, bias, max, none, say }
    }

    /// The bytes or items that a number says, of which `own` may be its own;
    /// nothing if it cannot be or is not allowed.
    pub(crate) fn counted(&self, number: i128, own: usize) -> Option<usize> {
        let units = number.checked_sub(i128::try_from(self.bias).ok()?)?;
        let bytes = usize::try_from(units).ok()?.checked_mul(self.scale)?;
        let counted = bytes.checked_sub(if self.inclusive { own } else { 0 })?;
        Some(counted).filter(|counted| self.max.is_none_or(|max| *counted <= max))
    }

    /// The number that says so many bytes or items.
    #[cfg(feature = "json")]
    pub(crate) fn number(&self, counted: usize, own: usize) -> Option<usize> {
        let bytes = counted.checked_add(if self.inclusive { own } else { 0 })?;
        (bytes.checked_rem(self.scale)? == 0).then(|| bytes / self.scale)?.checked_add_signed(self.bias)
    }
}

/// A constant of the user's.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Constant {
    /// As it is written in the declaration.
    pub text: &'static str,
    value: fn() -> Option<Number>,
}

impl Constant {
    /// A constant; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, value: fn() -> Option<Number>) -> Self {
        Self { text, value }
    }

    /// Its value, if it is a number or a truth.
    #[must_use]
    pub fn value(&self) -> Option<Number> {
        (self.value)()
    }

    /// Its value as a whole number.
    pub(crate) fn number(&self) -> Option<i128> {
        self.value()?.signed()
    }
}

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// An invariant over the fields of a struct or variant.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Check {
    /// What must hold. Where it names a field that is absent, anything does.
    pub condition: Expr,
    /// What is said where it does not.
    pub message: &'static str,
    /// The name of the field that it stands on, if it is not one of the whole.
    pub field: Option<&'static str>,
}

impl Check {
    /// An invariant.
    #[must_use]
    pub const fn new(condition: Expr, message: &'static str, field: Option<&'static str>) -> Self {
        Self { condition, message, field }
    }
}

/// As it is written in the declaration.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "check({}, {:?})", self.condition, self.message)
    }
}

/// What a tag chooses the variant of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TagOf {
    /// The type itself.
    Own,
    /// An enum in another field.
    Field(Target),
}

/// What a frame or a hand-written module is handed.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Given {
    /// What chooses the variant of an enum.
    pub tag: Option<Chooser>,
    /// The values of its context, in order.
    pub values: &'static [Expr],
    /// Which of them is the element at the place of the item, and of which earlier list.
    pub element: Option<(usize, Target)>,
}

impl Given {
    /// Nothing.
    pub const NOTHING: Self = Self { tag: None, values: &[], element: None };

    /// What a frame is handed; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(tag: Option<Chooser>, values: &'static [Expr]) -> Self {
        Self { tag, values, element: None }
    }

    /// With the element of an earlier list; what derived code says.
    #[doc(hidden)]
    #[must_use]
    pub const fn element(mut self, value: usize, of: Target) -> Self {
        self.element = Some((value, of));
        self
    }
}

/// What a field is in either byte order, where that is known once bytes are read.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ordered {
    /// What says the order: one of [`Order`](super::Order).
    pub order: Expr,
    /// The field in little-endian order. What holds this is the field in big-endian order.
    pub little: Field,
}

impl Ordered {
    /// A field in little-endian order; what derived code makes.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(order: Expr, little: Field) -> Self {
        Self { order, little }
    }
}

/// What chooses the variant of an enum.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Chooser {
    /// An earlier field of role `TagOf`.
    Field(Target),
    /// An expression.
    Expr(&'static Expr),
}
