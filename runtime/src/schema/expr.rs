//! The expressions of a declaration as typed trees.

use core::fmt;

use super::measure::IsLast;
use super::relation::{Constant, Target};

/// An expression of the declaration, both as text and as a tree.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Expr {
    /// Text as written in the declaration.
    pub text: &'static str,
    /// Tree of the expression.
    pub tree: Node,
    /// Fields that the expression names, if the tree does not represent all of it. Codecs in other
    /// languages then call a function with these fields as arguments.
    pub names: &'static [Target],
    /// For the condition that ends a list: a function that tells from the bytes of an item whether
    /// it is the last one, if the bytes alone show this.
    #[doc(hidden)]
    pub is_last: Option<IsLast>,
}

impl Expr {
    /// Creates an expression; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(text: &'static str, tree: Node) -> Self {
        Self { text, tree, names: &[], is_last: None }
    }

    /// Sets the fields that the expression names; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn naming(self, names: &'static [Target]) -> Self {
        Self { names, ..self }
    }

    /// Sets the function that recognises the last item of a list; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn recognised_by(self, is_last: Option<IsLast>) -> Self {
        Self { is_last, ..self }
    }
}

/// A node of an expression.
///
/// Operands have their Rust types, and both sides of an operator have the same type, except for
/// shifts. A number without a type has the type of the other side, or `i32` if nothing determines
/// it.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Node {
    /// An integer, and the type of its suffix.
    Number(u128, Option<Int>),
    /// `true` or `false`.
    Bool(bool),
    /// A field of the same frame.
    Field(Operand),
    /// The field that keeps the tag of the variant. This field has no bytes of its own.
    Tag(Operand),
    /// A context value from the parent.
    Context(Operand),
    /// The item that the condition of `#[until(|item| ..)]` tests.
    Item(Option<Ty>),
    /// A field of a nested frame: `header.flags`.
    Member(&'static Node, &'static str, fn() -> Option<Ty>),
    /// The number of items or bytes of a field, as in `items.len()`.
    Len(&'static Node),
    /// A test whether an optional field is present, as in `x.is_some()`.
    IsSome(&'static Node),
    /// A user-defined constant: its path, and its value if it is a number. A path to a variant
    /// without fields is also a constant.
    Constant(Constant),
    /// A conversion by `as`, or by `usize::from`.
    Cast(&'static Node, Ty),
    /// The operator `!`, of a boolean or an integer.
    Not(&'static Node),
    /// The operator `-` with one operand.
    Negative(&'static Node),
    /// A binary operator.
    Binary(Op, &'static Node, &'static Node),
    /// An `if` with its `else`.
    If(&'static Node, &'static Node, &'static Node),
    /// Any other expression, such as a function call.
    Opaque,
}

/// A named value in an expression.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Operand {
    /// Name of the field in the schema. A tuple field is `0` here, and `_0` in the text of the
    /// expression.
    pub name: &'static str,
    /// Index among the fields of the frame or variant, or among the context values.
    pub index: usize,
    /// Type of the value, if it is a number or a boolean.
    pub ty: Option<Ty>,
}

impl Operand {
    /// Creates a named value; used by generated code.
    #[doc(hidden)]
    #[must_use]
    pub const fn new(name: &'static str, index: usize, ty: Option<Ty>) -> Self {
        Self { name, index, ty }
    }
}

/// The type of a value in an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ty {
    /// An integer.
    Int(Int),
    /// A boolean.
    Bool,
    /// A byte order.
    Order,
}

/// An integer type. `usize` and `isize` have 64 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Int {
    /// `u8`
    U8,
    /// `u16`
    U16,
    /// `u32`
    U32,
    /// `u64`
    U64,
    /// `u128`
    U128,
    /// `usize`
    Usize,
    /// `i8`
    I8,
    /// `i16`
    I16,
    /// `i32`
    I32,
    /// `i64`
    I64,
    /// `i128`
    I128,
    /// `isize`
    Isize,
}

impl Int {
    /// Returns the width in bits.
    #[must_use]
    pub const fn bits(self) -> u32 {
        match self {
            Self::U8 | Self::I8 => 8,
            Self::U16 | Self::I16 => 16,
            Self::U32 | Self::I32 => 32,
            Self::U64 | Self::I64 | Self::Usize | Self::Isize => 64,
            Self::U128 | Self::I128 => 128,
        }
    }

    /// Returns `true` if the type is signed.
    #[must_use]
    pub const fn is_signed(self) -> bool {
        matches!(self, Self::I8 | Self::I16 | Self::I32 | Self::I64 | Self::I128 | Self::Isize)
    }

    /// Returns the smallest and the largest number.
    pub(crate) const fn range(self) -> (i128, u128) {
        range(self.bits(), self.is_signed())
    }
}

/// A value of an expression, with its type. A `bool` is 0 or 1, and
/// [`Order::Big`](super::Order::Big) is 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Number {
    /// Bits of the value, in two's complement for signed types. Bits beyond the width of the type
    /// are zero.
    pub bits: u128,
    /// Type of the value.
    pub ty: Ty,
}

/// A binary operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Op {
    /// `||`
    Or,
    /// `&&`
    And,
    /// `==`
    Equal,
    /// `!=`
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
    /// `|`
    BitOr,
    /// `^`
    BitXor,
    /// `&`
    BitAnd,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/`
    Divide,
    /// `%`
    Remainder,
}

impl Op {
    /// Returns the Rust symbol.
    pub(crate) const fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::BitOr => "|",
            Self::BitXor => "^",
            Self::BitAnd => "&",
            Self::ShiftLeft => "<<",
            Self::ShiftRight => ">>",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }
}

/// Returns the smallest and the largest number with this many bits.
pub(crate) const fn range(bits: u32, signed: bool) -> (i128, u128) {
    let unused = 128u32.saturating_sub(bits);
    if signed { (i128::MIN >> unused, u128::MAX >> unused >> 1) } else { (0, u128::MAX >> unused) }
}

impl Op {
    /// Returns `true` if the operator is a comparison. The operands of a comparison may have any
    /// type.
    pub(crate) const fn compares(self) -> bool {
        use Op::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual, NotEqual};
        matches!(self, Equal | NotEqual | Less | LessOrEqual | Greater | GreaterOrEqual)
    }
}

impl Node {
    /// Returns `true` if the expression uses the number in the field at `index`.
    #[cfg(any(feature = "testing", all(feature = "cli", feature = "net")))]
    pub(crate) fn names(&self, index: usize) -> bool {
        match self {
            Self::Field(operand) => operand.index == index,
            Self::Cast(of, _) | Self::Not(of) | Self::Negative(of) => of.names(index),
            Self::Binary(_, left, right) => left.names(index) || right.names(index),
            Self::If(condition, yes, no) => condition.names(index) || yes.names(index) || no.names(index),
            // These use the size, the presence or a member of a field, not a number in it.
            Self::Len(_) | Self::IsSome(_) | Self::Member(..) => false,
            Self::Number(..) | Self::Bool(_) | Self::Tag(_) | Self::Context(_) => false,
            Self::Item(_) | Self::Constant(_) | Self::Opaque => false,
        }
    }

    /// Returns the type of the value, or `None` if it is unknown or the value is a number without a
    /// type.
    pub(crate) fn ty(&self) -> Option<Ty> {
        match self {
            Self::Number(_, int) => int.map(Ty::Int),
            Self::Bool(_) => Some(Ty::Bool),
            Self::Field(operand) | Self::Tag(operand) | Self::Context(operand) => operand.ty,
            Self::Item(ty) => *ty,
            Self::Member(_, _, ty) => ty(),
            Self::Len(_) => Some(Ty::Int(Int::Usize)),
            Self::IsSome(_) => Some(Ty::Bool),
            Self::Constant(constant) => constant.value().map(|number| number.ty),
            Self::Cast(_, ty) => Some(*ty),
            Self::Not(value) | Self::Negative(value) => value.ty(),
            Self::Binary(Op::Or | Op::And, ..) => Some(Ty::Bool),
            Self::Binary(op, ..) if op.compares() => Some(Ty::Bool),
            Self::Binary(Op::ShiftLeft | Op::ShiftRight, left, _) => left.ty(),
            Self::Binary(_, left, right) | Self::If(_, left, right) => left.ty().or_else(|| right.ty()),
            Self::Opaque => None,
        }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.text)
    }
}
