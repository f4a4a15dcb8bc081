//! Relations between the fields of a frame, as data.

use core::fmt;

use super::expr::{Expr, Number};
use super::value::Value;
use super::{Field, Say};

/// A reference to a field of the same struct or variant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Target {
    /// Name of the field; `0`, `1` in tuples.
    pub name: &'static str,
    /// Index of the field.
    pub index: usize,
}

impl Target {
    /// Creates a reference to the field with this name and index; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, index: usize) -> Self {
        Self { name, index }
    }
}

/// Writes the name as in expressions: `_0` in tuples.
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
    /// Text as written in the declaration.
    pub text: &'static str,
    /// Covered bytes as data.
    pub what: Covered,
}

impl Covers {
    /// Creates a range of covered bytes; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, what: Covered) -> Self {
        Self { text, what }
    }
}

/// The covered bytes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Covered {
    /// The content of the field at this index, without prefix, delimiter and padding.
    Content(usize),
    /// All bytes of consecutive fields.
    Fields {
        /// The index of the first field, or `None` for the start of the frame.
        from: Option<usize>,
        /// The index after the last field, or `None` for the end of the frame.
        to: Option<usize>,
    },
    /// Everything after the field with the length or checksum, which is in the head of the frame.
    Behind,
}

impl fmt::Display for Covers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}

/// Fields of a struct or variant that a length encloses. They never read beyond the end that the
/// length gives. Two scopes are either nested or disjoint.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Scope {
    /// Field with the length.
    pub len: Target,
    /// Start of the counted bytes.
    pub start: Start,
    /// Index of the first field inside.
    pub from: usize,
    /// Index after the last field inside.
    pub to: usize,
    /// Whether leftover bytes are ignored.
    pub lenient: bool,
}

impl Scope {
    /// Creates a scope of enclosed fields; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(len: Target, start: Start, from: usize, to: usize, lenient: bool) -> Self {
        Self { len, start, from, to, lenient }
    }
}

/// The start of the bytes that a length counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Start {
    /// The bytes begin at the first enclosed field.
    Here,
    /// The bytes begin at the first byte of the frame.
    Frame,
    /// The bytes begin at the first byte of the field at this index.
    Field(usize),
}

/// The relation between an encoded number and the length or count that it stands for: `number =
/// (counted + own) / scale + bias`. `own` is the size of the length field or count field itself if
/// the rule is inclusive, and 0 otherwise.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct LengthRule {
    /// Whether a length covers the length field itself.
    pub inclusive: bool,
    /// Number of bytes in a unit.
    pub scale: usize,
    /// Number that is added to the number of units.
    pub bias: isize,
    /// Limit of `max`, in bytes or items.
    pub max: Option<usize>,
    /// Number that stands for an absent value.
    pub none: Option<Constant>,
    /// Function that encodes a length or count, if the length field or count field has a
    /// user-defined type.
    #[doc(hidden)]
    pub say: Option<Say>,
}

impl LengthRule {
    /// The rule of a length or count that is encoded as it is, without scale or bias.
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

    /// Returns the number of bytes or items that the encoded `number` stands for. `own` is the size
    /// of the length field or count field itself. Returns `None` for a number that stands for no
    /// valid size, or for more than the limit.
    pub(crate) fn counted(&self, number: i128, own: usize) -> Option<usize> {
        let units = number.checked_sub(i128::try_from(self.bias).ok()?)?;
        let bytes = usize::try_from(units).ok()?.checked_mul(self.scale)?;
        let counted = bytes.checked_sub(if self.inclusive { own } else { 0 })?;
        Some(counted).filter(|counted| self.max.is_none_or(|max| *counted <= max))
    }

    /// Returns the number to encode for `counted` bytes or items, the inverse of
    /// [`counted`](Self::counted).
    #[cfg(feature = "json")]
    pub(crate) fn number(&self, counted: usize, own: usize) -> Option<usize> {
        let bytes = counted.checked_add(if self.inclusive { own } else { 0 })?;
        (bytes.checked_rem(self.scale)? == 0).then(|| bytes / self.scale)?.checked_add_signed(self.bias)
    }
}

/// A user-defined constant.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Constant {
    /// Text as written in the declaration.
    pub text: &'static str,
    value: fn() -> Option<Number>,
    float: fn() -> Option<u128>,
}

impl Constant {
    /// Creates a constant; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, value: fn() -> Option<Number>) -> Self {
        Self { text, value, float: || None }
    }

    /// Sets the function that returns the bits of a float; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn or_float(self, float: fn() -> Option<u128>) -> Self {
        Self { float, ..self }
    }

    /// Returns the value, if it is an integer or a boolean.
    #[must_use]
    pub fn value(&self) -> Option<Number> {
        (self.value)()
    }

    /// For a path such as `Kind::Open`, returns the name of the variant that it may stand for.
    pub(crate) fn variant(&self) -> Option<&'static str> {
        let (_, name) = self.text.rsplit_once("::")?;
        let name = name.trim();
        Some(name.strip_prefix("r#").unwrap_or(name))
    }

    /// Returns the value as an integer.
    pub(crate) fn number(&self) -> Option<i128> {
        self.value()?.signed()
    }

    /// Returns the value as an integer in 128 bits, two's complement.
    pub(crate) fn wide(&self) -> Option<u128> {
        self.value()?.wide()
    }

    /// Returns the bits of a float.
    pub(crate) fn float(&self) -> Option<u128> {
        (self.float)()
    }

    /// Returns `true` if a value is this number. Floats are compared by their bits.
    pub(crate) fn is(&self, value: &Value<'_>) -> bool {
        match value {
            Value::Single(float) => self.float() == Some(float.to_bits().into()),
            Value::Double(float) => self.float() == Some(float.to_bits().into()),
            other => other.wide().is_some_and(|number| self.wide() == Some(number)),
        }
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
    /// Condition of the invariant. A condition on an absent field counts as true.
    pub condition: Expr,
    /// Error message.
    pub message: &'static str,
    /// Name of the field with the `check` attribute, or `None` if it is an attribute of the type.
    pub field: Option<&'static str>,
}

impl Check {
    /// Creates an invariant.
    #[must_use]
    pub const fn new(condition: Expr, message: &'static str, field: Option<&'static str>) -> Self {
        Self { condition, message, field }
    }
}

/// Writes the invariant as in the declaration.
impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "check({}, {:?})", self.condition, self.message)
    }
}

/// The enum that a tag belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TagOf {
    /// The type itself.
    Own,
    /// An enum in another field.
    Field(Target),
}

/// The context that a field passes to a frame or to a hand-written module.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Given {
    /// Source of the tag that selects the variant of an enum.
    pub tag: Option<Chooser>,
    /// Context values, in order.
    pub values: &'static [Expr],
    /// Index of the context value that is an element of an earlier list, and the field with that
    /// list. Each item of the field receives the element with the same index.
    pub element: Option<(usize, Target)>,
}

impl Given {
    /// The context without any values.
    pub const NOTHING: Self = Self { tag: None, values: &[], element: None };

    /// Creates the context of a frame; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(tag: Option<Chooser>, values: &'static [Expr]) -> Self {
        Self { tag, values, element: None }
    }

    /// Sets the context value that is an element of an earlier list; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn element(mut self, value: usize, of: Target) -> Self {
        self.element = Some((value, of));
        self
    }
}

/// The description of a field whose byte order is known only at run time.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Ordered {
    /// Expression of type [`Order`](super::Order).
    pub order: Expr,
    /// The field in little-endian order. The field that contains this `Ordered` is the field in
    /// big-endian order.
    pub little: Field,
}

impl Ordered {
    /// Creates the byte order of a field, with the field in little-endian order; used by generated
    /// code.
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
