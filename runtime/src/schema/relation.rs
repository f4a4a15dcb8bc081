//! Relations between the fields of a frame.

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
    /// Returns the field with this name and index; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, index: usize) -> Self {
        Self { name, index }
    }
}

/// As named in expressions: `_0` in tuples.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let escape = if self.name.starts_with(|first: char| first.is_ascii_digit()) { "_" } else { "" };
        write!(f, "{escape}{}", self.name)
    }
}

/// The bytes that a length or a checksum covers.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Covers {
    /// As written in the declaration.
    pub text: &'static str,
    /// As data.
    pub what: Covered,
}

impl Covers {
    /// Bytes of a frame; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, what: Covered) -> Self {
        Self { text, what }
    }
}

/// The bytes of a frame that are covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Covered {
    /// The content of the field at this index, without its prefix, delimiter and fill.
    Content(usize),
    /// All bytes of some fields.
    Fields {
        /// The index of the first field, or `None` for the start of the frame.
        from: Option<usize>,
        /// The index after the last field, or `None` for the end of the frame.
        to: Option<usize>,
    },
    /// In the head of a frame: everything after it.
    Behind,
}

impl fmt::Display for Covers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// Fields of a struct or variant that a length encloses: they never read beyond it. Two scopes are
/// either nested or disjoint.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Scope {
    /// The field with the length.
    pub len: Target,
    /// Where the counted bytes begin.
    pub start: Start,
    /// The index of the first field inside.
    pub from: usize,
    /// The index after the last field inside.
    pub to: usize,
    /// Whether leftover bytes are ignored.
    pub lenient: bool,
}

impl Scope {
    /// Creates a range of enclosed fields; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(len: Target, start: Start, from: usize, to: usize, lenient: bool) -> Self {
        Self { len, start, from, to, lenient }
    }
}

/// The position at which the counted bytes of a length begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// At the first enclosed field.
    Here,
    /// At the first byte of the frame.
    Frame,
    /// At the first byte of the field at this index.
    Field(usize),
}

/// How a number relates to a length or count: `number = (bytes + own) / scale + bias`, where `own`
/// is its own size if it is inclusive.
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
    /// For numbers of a user's type: encodes a length or count.
    #[doc(hidden)]
    pub say: Option<Say>,
}

impl LengthRule {
    /// The number is the number of bytes or items.
    pub const PLAIN: Self = Self { inclusive: false, scale: 1, bias: 0, max: None, none: None, say: None };

    /// Creates a rule; used by generated code.
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

    /// Returns the number of bytes or items according to `number`; `own` is the size of the number
    /// itself. `None` if it is impossible or exceeds the limit.
    pub(crate) fn counted(&self, number: i128, own: usize) -> Option<usize> {
        let units = number.checked_sub(i128::try_from(self.bias).ok()?)?;
        let bytes = usize::try_from(units).ok()?.checked_mul(self.scale)?;
        let counted = bytes.checked_sub(if self.inclusive { own } else { 0 })?;
        Some(counted).filter(|counted| self.max.is_none_or(|max| *counted <= max))
    }

    /// Returns the number for this many bytes or items.
    #[cfg(feature = "json")]
    pub(crate) fn number(&self, counted: usize, own: usize) -> Option<usize> {
        let bytes = counted.checked_add(if self.inclusive { own } else { 0 })?;
        (bytes.checked_rem(self.scale)? == 0).then(|| bytes / self.scale)?.checked_add_signed(self.bias)
    }
}

/// A user's constant.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Constant {
    /// As written in the declaration.
    pub text: &'static str,
    value: fn() -> Option<Number>,
}

impl Constant {
    /// Creates a constant; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, value: fn() -> Option<Number>) -> Self {
        Self { text, value }
    }

    /// Returns its value, if it is a number or a boolean.
    #[must_use]
    pub fn value(&self) -> Option<Number> {
        (self.value)()
    }

    /// Returns its value as an integer.
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
    /// The condition. It counts as true if it uses an absent field.
    pub condition: Expr,
    /// The error message.
    pub message: &'static str,
    /// The name of the field with the attribute, if it is not a check of the whole type.
    pub field: Option<&'static str>,
}

impl Check {
    /// Creates an invariant.
    #[must_use]
    pub const fn new(condition: Expr, message: &'static str, field: Option<&'static str>) -> Self {
        Self { condition, message, field }
    }
}

/// As written in the declaration.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "check({}, {:?})", self.condition, self.message)
    }
}

/// The enum whose variant a tag selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TagOf {
    /// The type itself.
    Own,
    /// An enum in another field.
    Field(Target),
}

/// The context of a frame or a hand-written module.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Given {
    /// What selects the variant of an enum.
    pub tag: Option<Chooser>,
    /// The values of its context, in order.
    pub values: &'static [Expr],
    /// The index of the value that is an element of an earlier list, and that list.
    pub element: Option<(usize, Target)>,
}

impl Given {
    /// Nothing.
    pub const NOTHING: Self = Self { tag: None, values: &[], element: None };

    /// Returns the context of a frame; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(tag: Option<Chooser>, values: &'static [Expr]) -> Self {
        Self { tag, values, element: None }
    }

    /// Sets the element of an earlier list; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn element(mut self, value: usize, of: Target) -> Self {
        self.element = Some((value, of));
        self
    }
}

/// A field whose byte order is known only at run time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ordered {
    /// The expression of type [`Order`](super::Order).
    pub order: Expr,
    /// The field in little-endian order. The field that contains this is the one in big-endian
    /// order.
    pub little: Field,
}

impl Ordered {
    /// Creates a field in little-endian order; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(order: Expr, little: Field) -> Self {
        Self { order, little }
    }
}

/// The source of the tag that selects the variant of an enum.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Chooser {
    /// An earlier field of role `TagOf`.
    Field(Target),
    /// An expression.
    Expr(&'static Expr),
}
