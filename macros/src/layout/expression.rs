//! The user's expressions, with the names in them resolved.

use proc_macro2::Ident;
use syn::{Expr, Type};

/// An expression and the values that it names.
#[derive(Clone)]
pub(crate) struct Expression<'a> {
    pub(crate) expr: &'a Expr,
    pub(crate) uses: Vec<Use<'a>>,
    pub(crate) tree: Tree,
}

impl Expression<'_> {
    /// Returns `true` if the expression names the field with this variable.
    pub(crate) fn names_field(&self, local: &Ident) -> bool {
        self.uses.iter().any(|named| named.local == *local)
    }
}

/// A name in an expression, resolved to a value.
#[derive(Clone)]
pub(crate) struct Use<'a> {
    /// The identifier in the expression. Each mention of a name has its own entry.
    pub(crate) plain: Ident,
    pub(crate) local: Ident,
    pub(crate) what: Named<'a>,
    /// Type of the value, if known.
    pub(crate) ty: Option<&'a Type>,
    pub(crate) on_wire: OnWire,
    /// Whether the variable is always a reference.
    pub(crate) reference: bool,
    /// Whether the value is the element of a list that belongs to an item: `size` in
    /// `each(size in sizes, len(size))`.
    pub(crate) element: bool,
}

/// What of a value is on the wire.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnWire {
    /// The value itself.
    Value,
    /// A number that is converted to the value. The value may be the same number, but its members are
    /// not on the wire.
    Number,
    /// A value of another type, which only Rust can convert.
    Other,
}

/// What a name means in the schema.
#[derive(Clone)]
pub(crate) enum Named<'a> {
    /// A field: its name, and its index among the fields on the wire.
    Field(&'a str, usize),
    /// The field that keeps the variant's tag.
    Tag(&'a str),
    /// The context value with this index.
    Context(usize),
    /// An item, in a condition for the last item of a list.
    Item,
    /// A field with `skip`.
    Nothing,
}

/// An expression as the schema represents it.
#[derive(Clone)]
pub(crate) enum Tree {
    /// A number, and the name of its suffix type.
    Number(u128, Option<&'static str>),
    Bool(bool),
    /// The value with this index in `Expression::uses`.
    Use(usize),
    Member(Box<Tree>, Ident),
    Len(Box<Tree>),
    /// `is_some()` of an `Option`.
    IsSome(Box<Tree>),
    Constant(syn::ExprPath),
    Cast(Box<Tree>, &'static str),
    Not(Box<Tree>),
    Negative(Box<Tree>),
    Binary(Op, Box<Tree>, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
    /// A part that the schema cannot represent, but that has a value like any other: text, the length
    /// of a constant, whether a part of a field is there.
    Known,
    /// A part that the schema cannot represent, and only Rust can compute.
    Opaque,
}

/// An operator, with its name in schemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Or,
    And,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    BitOr,
    BitXor,
    BitAnd,
    ShiftLeft,
    ShiftRight,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Tree {
    pub(crate) fn binary(op: Op, left: Self, right: Self) -> Self {
        Self::Binary(op, Box::new(left), Box::new(right))
    }

    /// Returns `true` if readers of a schema can compute the expression from what is on the wire.
    pub(crate) fn is_on_wire(&self, uses: &[Use<'_>]) -> bool {
        let is_on_wire = |of: &Self| of.is_on_wire(uses);
        match self {
            Self::Known | Self::Opaque => false,
            Self::Number(..) | Self::Bool(_) | Self::Constant(_) | Self::IsSome(_) => true,
            Self::Use(index) => uses.get(*index).is_some_and(|named| named.on_wire != OnWire::Other),
            Self::Member(of, _) => match **of {
                Self::Use(index) => uses.get(index).is_some_and(|named| named.on_wire == OnWire::Value),
                _ => is_on_wire(of),
            },
            Self::Len(of) | Self::Cast(of, _) | Self::Not(of) | Self::Negative(of) => is_on_wire(of),
            Self::Binary(_, left, right) => is_on_wire(left) && is_on_wire(right),
            Self::If(condition, yes, no) => is_on_wire(condition) && is_on_wire(yes) && is_on_wire(no),
        }
    }

    /// Returns `true` if all parts of the expression are known to the macro.
    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Opaque => false,
            Self::Number(..) | Self::Bool(_) | Self::Use(_) | Self::Constant(_) | Self::Known => true,
            Self::Member(of, _) | Self::Len(of) | Self::IsSome(of) | Self::Cast(of, _) => of.is_whole(),
            Self::Not(of) | Self::Negative(of) => of.is_whole(),
            Self::Binary(_, left, right) => left.is_whole() && right.is_whole(),
            Self::If(condition, yes, no) => condition.is_whole() && yes.is_whole() && no.is_whole(),
        }
    }
}
