//! The user's expressions, as the schema represents them.

use proc_macro2::Ident;
use syn::{Expr, Type};

/// An expression of the user's and the fields that it names.
#[derive(Clone)]
pub(crate) struct Expression<'a> {
    pub(crate) expr: &'a Expr,
    pub(crate) uses: Vec<Use<'a>>,
    pub(crate) tree: Tree,
}

/// A value that an expression names.
#[derive(Clone)]
pub(crate) struct Use<'a> {
    /// Name as written in the expression, with an entry for each mention.
    pub(crate) plain: Ident,
    /// Variable that holds the value.
    pub(crate) local: Ident,
    pub(crate) what: Named<'a>,
    /// Type of the value in expressions, if the schema may know it.
    pub(crate) ty: Option<&'a Type>,
    /// Whether the variable is always a reference.
    pub(crate) reference: bool,
    /// Whether the name means the element with the same index as an item.
    pub(crate) element: bool,
}

/// The meaning of a name in the schema.
#[derive(Clone)]
pub(crate) enum Named<'a> {
    /// A field, by its name and its index among those on the wire.
    Field(&'a str, usize),
    /// The field that keeps the variant's tag.
    Tag(&'a str),
    /// A context value.
    Context(usize),
    /// The item of a list that may be its last.
    Item,
    /// A value that is not on the wire.
    Nothing,
}

/// An expression as the schema represents it.
#[derive(Clone)]
pub(crate) enum Tree {
    /// A number, and the type of its suffix by its name in schemas.
    Number(u128, Option<&'static str>),
    Bool(bool),
    /// One of the values that the expression names, by index.
    Use(usize),
    Member(Box<Tree>, Ident),
    Len(Box<Tree>),
    /// A test whether a value that may be absent is present.
    IsSome(Box<Tree>),
    Constant(syn::ExprPath),
    Cast(Box<Tree>, &'static str),
    Not(Box<Tree>),
    Negative(Box<Tree>),
    Binary(Op, Box<Tree>, Box<Tree>),
    If(Box<Tree>, Box<Tree>, Box<Tree>),
    /// Something that only Rust can compute.
    Opaque,
}

/// An operator, by its name in schemas.
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

    /// Returns `true` if the schema represents the whole expression.
    pub(crate) fn is_whole(&self) -> bool {
        match self {
            Self::Opaque => false,
            Self::Number(..) | Self::Bool(_) | Self::Use(_) | Self::Constant(_) => true,
            Self::Member(of, _) | Self::Len(of) | Self::IsSome(of) | Self::Cast(of, _) => of.is_whole(),
            Self::Not(of) | Self::Negative(of) => of.is_whole(),
            Self::Binary(_, left, right) => left.is_whole() && right.is_whole(),
            Self::If(condition, yes, no) => condition.is_whole() && yes.is_whole() && no.is_whole(),
        }
    }
}
