//! The small language that plans are written in: what Python and TypeScript both can say.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::runs::Number;
use super::types::Ty;
use crate::schema::{Int, Op};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Code {
    /// A variable of the plan's own.
    Var(String),
    /// A variable that is named after a field.
    Local(String),
    /// The value that is encoded.
    Me,
    /// A field of a value.
    Member(Box<Code>, String),
    /// A whole number that is a size, an index or a bit count.
    Int(i128),
    /// A whole number of an expression of the user's.
    Num(i128),
    Bool(bool),
    Str(String),
    Bytes(Vec<u8>),
    Nothing,
    List(Vec<Code>),
    Tuple(Vec<Code>),
    /// A part of a tuple.
    Part(Box<Code>, usize),
    /// A function that the language brings.
    Call(&'static str, Vec<Code>),
    /// A method of a reader or writer, or a property where there are no brackets.
    On(Box<Code>, &'static str, Vec<Code>),
    Property(Box<Code>, &'static str),
    /// A function of another frame: `read`, `write`, `tag` or `of`.
    Frame(String, &'static str, Vec<Code>),
    /// One of the objects that a caller brought, and a call of one.
    Brought(usize),
    CallBrought(usize, Vec<Code>),
    /// A function that reads: it gives a value.
    Reads(Box<Code>),
    /// A function that writes the value `v`.
    Writes(Vec<Code>),
    /// A function that does something later.
    Later(Vec<Code>),
    /// A condition on the item of a list.
    Item(Box<Code>),
    And(Vec<Code>),
    Or(Vec<Code>),
    Not(Box<Code>),
    /// A comparison, or arithmetic that cannot leave its type.
    Binary(Op, Box<Code>, Box<Code>),
    /// Arithmetic of a type, which may overflow.
    Checked(Op, Int, Box<Code>, Box<Code>),
    /// The bits that are not set, in a type.
    Flip(Int, Box<Code>),
    Negative(Int, Box<Code>),
    /// A number as one of another type.
    Cast(Int, Box<Code>),
    If(Box<Code>, Box<Code>, Box<Code>),
    /// The operand of an expression as a number of any size, and back as a small one.
    Big(Box<Code>),
    Small(Box<Code>),
    IsNothing(Box<Code>),
    /// A variant of an enum of plain values.
    Name(String, String),
    /// Whether a value is a variant.
    Is(Box<Code>, String, String),
    /// A struct, or a variant of an enum, of its fields.
    Make(String, Option<String>, Vec<(String, Code)>),
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Stmt {
    Do(Code),
    /// A new variable.
    Let(Code, Option<Ty>, Code),
    /// A new variable without a value.
    Declare(Code, Ty),
    Set(Code, Code),
    If(Code, Vec<Stmt>, Vec<Stmt>),
    /// New variables, read from a reader as one.
    ReadRun(Code, Vec<Number>),
    /// Values written to a writer as one.
    WriteRun(Code, Vec<Number>),
    Return(Code),
}

impl Code {
    pub(super) fn var(name: impl Into<String>) -> Self {
        Self::Var(name.into())
    }

    pub(super) fn on(self, method: &'static str, arguments: impl Into<Vec<Self>>) -> Self {
        Self::On(Box::new(self), method, arguments.into())
    }

    pub(super) fn property(self, name: &'static str) -> Self {
        Self::Property(Box::new(self), name)
    }

    pub(super) fn member(self, name: &str) -> Self {
        Self::Member(Box::new(self), name.to_string())
    }

    pub(super) fn size(number: usize) -> Self {
        Self::Int(i128::try_from(number).unwrap_or(i128::MAX))
    }

    pub(super) fn text(text: &str) -> Self {
        Self::Str(text.to_string())
    }

    pub(super) fn binary(op: Op, left: Self, right: Self) -> Self {
        Self::Binary(op, Box::new(left), Box::new(right))
    }

    pub(super) fn minus(self, other: Self) -> Self {
        Self::binary(Op::Subtract, self, other)
    }

    pub(super) fn absent(self) -> Self {
        Self::IsNothing(Box::new(self))
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            other => Self::Not(Box::new(other)),
        }
    }

    pub(super) fn or(self, yes: Self, no: Self) -> Self {
        Self::If(Box::new(self), Box::new(yes), Box::new(no))
    }
}
