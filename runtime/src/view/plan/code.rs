//! The small language that plans are written in. It has only constructs that both Python and
//! TypeScript can express.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::runs::Number;
use super::types::Ty;
use crate::schema::{Int, Op};

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Code {
    /// A variable of the plan.
    Var(String),
    /// A variable with the name of a field.
    Local(String),
    /// The value that is encoded.
    Me,
    /// A field of a value.
    Member(Box<Code>, String),
    /// An integer that is a size, an index or a bit count.
    Int(i128),
    /// An integer in an expression of the declaration.
    Num(i128),
    Bool(bool),
    Str(String),
    Bytes(Vec<u8>),
    Nothing,
    List(Vec<Code>),
    Tuple(Vec<Code>),
    /// A component of a tuple.
    Part(Box<Code>, usize),
    /// A call of a function of the language's runtime.
    Call(&'static str, Vec<Code>),
    /// A call of a method of a reader or writer.
    On(Box<Code>, &'static str, Vec<Code>),
    /// A property of a reader or writer.
    Property(Box<Code>, &'static str),
    /// A call of a function of another frame: `read`, `write`, `tag` or `of`.
    Frame(String, &'static str, Vec<Code>),
    /// One of the objects that a caller provides.
    Brought(usize),
    /// A call of one of these objects.
    CallBrought(usize, Vec<Code>),
    /// A function that reads a value and returns it.
    Reads(Box<Code>),
    /// A function that writes the value `v`.
    Writes(Vec<Code>),
    /// A function without arguments that is called later.
    Later(Vec<Code>),
    /// A function that tests an item of a list.
    Item(Box<Code>),
    And(Vec<Code>),
    Or(Vec<Code>),
    Not(Box<Code>),
    /// A comparison, or arithmetic that cannot overflow.
    Binary(Op, Box<Code>, Box<Code>),
    /// Arithmetic in an integer type, with a check for overflow.
    Checked(Op, Int, Box<Code>, Box<Code>),
    /// An integer of this type with all bits inverted.
    Flip(Int, Box<Code>),
    Negative(Int, Box<Code>),
    /// A conversion to another integer type.
    Cast(Int, Box<Code>),
    If(Box<Code>, Box<Code>, Box<Code>),
    /// A conversion to a number of arbitrary size, in which expressions compute.
    Big(Box<Code>),
    /// A conversion of such a number to a small number, such as a size.
    Small(Box<Code>),
    IsNothing(Box<Code>),
    /// A variant of a fieldless enum.
    Name(String, String),
    /// A test whether an enum value is a given variant.
    Is(Box<Code>, String, String),
    /// A new struct, or a new variant of an enum, with these fields.
    Make(String, Option<String>, Vec<(String, Code)>),
}

/// A statement.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Stmt {
    Do(Code),
    /// Declares a variable with its value.
    Let(Code, Option<Ty>, Code),
    /// Declares a variable without a value.
    Declare(Code, Ty),
    Set(Code, Code),
    If(Code, Vec<Stmt>, Vec<Stmt>),
    /// Declares variables, and reads their values with one call.
    ReadRun(Code, Vec<Number>),
    /// Writes several values with one call.
    WriteRun(Code, Vec<Number>),
    Return(Code),
}

impl Stmt {
    /// Calls `visit` with all expressions of the statement, except for declared variables.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&Code)) {
        match self {
            Self::Do(code) | Self::Let(_, _, code) | Self::Return(code) => code.each(visit),
            Self::Set(var, code) => {
                var.each(visit);
                code.each(visit);
            }
            Self::If(condition, yes, no) => {
                condition.each(visit);
                yes.iter().chain(no).for_each(|stmt| stmt.each(visit));
            }
            Self::WriteRun(to, run) => {
                to.each(visit);
                run.iter().for_each(|number| number.code.each(visit));
            }
            Self::ReadRun(of, _) => of.each(visit),
            Self::Declare(..) => {}
        }
    }
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

    pub(in crate::view) fn binary(op: Op, left: Self, right: Self) -> Self {
        Self::Binary(op, Box::new(left), Box::new(right))
    }

    pub(in crate::view) fn minus(self, other: Self) -> Self {
        Self::binary(Op::Subtract, self, other)
    }

    pub(super) fn absent(self) -> Self {
        Self::IsNothing(Box::new(self))
    }

    pub(super) fn negated(self) -> Self {
        match self {
            Self::Not(inner) => *inner,
            Self::And(codes) if codes.iter().all(|code| matches!(code, Self::Not(_))) => {
                Self::Or(codes.into_iter().map(Self::negated).collect())
            }
            other => Self::Not(Box::new(other)),
        }
    }

    /// Returns `true` for a sum to the left of another sum or of a comparison. It needs no brackets.
    pub(in crate::view) fn is_sum_before(&self, op: Op) -> bool {
        let is_sum = |op: Op| matches!(op, Op::Add | Op::Subtract);
        matches!(self, Self::Binary(own, ..) if is_sum(*own)) && (is_sum(op) || op.compares())
    }

    pub(super) fn or(self, yes: Self, no: Self) -> Self {
        Self::If(Box::new(self), Box::new(yes), Box::new(no))
    }
}

impl Code {
    /// Calls `visit` with this expression and all its parts.
    pub(super) fn each(&self, visit: &mut dyn FnMut(&Self)) {
        visit(self);
        match self {
            Self::Var(_) | Self::Local(_) | Self::Me | Self::Int(_) | Self::Num(_) | Self::Bool(_) => {}
            Self::Str(_) | Self::Bytes(_) | Self::Nothing | Self::Name(..) | Self::Brought(_) => {}
            Self::Member(of, _) | Self::Part(of, _) | Self::Property(of, _) | Self::Is(of, ..) => {
                of.each(visit)
            }
            Self::Not(of) | Self::Flip(_, of) | Self::Negative(_, of) | Self::Cast(_, of) => of.each(visit),
            Self::Big(of) | Self::Small(of) | Self::IsNothing(of) => of.each(visit),
            Self::Reads(of) | Self::Item(of) => of.each(visit),
            Self::Binary(_, left, right) | Self::Checked(_, _, left, right) => {
                left.each(visit);
                right.each(visit);
            }
            Self::If(condition, yes, no) => [condition, yes, no].into_iter().for_each(|of| of.each(visit)),
            Self::On(of, _, codes) => {
                of.each(visit);
                codes.iter().for_each(|code| code.each(visit));
            }
            Self::List(codes) | Self::Tuple(codes) | Self::Call(_, codes) | Self::Frame(_, _, codes) => {
                codes.iter().for_each(|code| code.each(visit));
            }
            Self::And(codes) | Self::Or(codes) | Self::Writes(codes) | Self::Later(codes) => {
                codes.iter().for_each(|code| code.each(visit));
            }
            Self::CallBrought(_, codes) => codes.iter().for_each(|code| code.each(visit)),
            Self::Make(_, _, fields) => fields.iter().for_each(|(_, code)| code.each(visit)),
        }
    }

    /// Returns `true` if this expression may have no value, because a number does not fit its type or
    /// the rule of its length field, or a tag is not one of its variant.
    pub(super) fn may_overflow(&self) -> bool {
        let mut may = false;
        self.each(&mut |code| {
            may |= match code {
                Self::Checked(..) | Self::Negative(..) => true,
                Self::On(_, method, _) => matches!(*method, "units" | "units_not"),
                Self::Frame(_, function, _) => *function == "tag",
                _ => false,
            }
        });
        may
    }

    /// Returns this expression with changed parts. `change` returns the replacement of a part, or
    /// `None` to continue with the inner parts of that part. The result is an error if `change`
    /// refuses a part.
    pub(super) fn rebuilt(
        &self,
        change: &mut dyn FnMut(&Self) -> Option<core::result::Result<Self, ()>>,
    ) -> core::result::Result<Self, ()> {
        if let Some(changed) = change(self) {
            return changed;
        }
        let mut one = |code: &Self| code.rebuilt(change).map(Box::new);
        Ok(match self {
            Self::Member(of, name) => Self::Member(one(of)?, name.clone()),
            Self::Part(of, index) => Self::Part(one(of)?, *index),
            Self::Not(of) => Self::Not(one(of)?),
            Self::Flip(int, of) => Self::Flip(*int, one(of)?),
            Self::Negative(int, of) => Self::Negative(*int, one(of)?),
            Self::Cast(int, of) => Self::Cast(*int, one(of)?),
            Self::Big(of) => Self::Big(one(of)?),
            Self::Small(of) => Self::Small(one(of)?),
            Self::IsNothing(of) => Self::IsNothing(one(of)?),
            Self::Is(of, name, variant) => Self::Is(one(of)?, name.clone(), variant.clone()),
            Self::Binary(op, left, right) => Self::Binary(*op, one(left)?, one(right)?),
            Self::Checked(op, int, left, right) => Self::Checked(*op, *int, one(left)?, one(right)?),
            Self::If(condition, yes, no) => Self::If(one(condition)?, one(yes)?, one(no)?),
            Self::And(codes) => Self::And(all(codes, change)?),
            Self::Or(codes) => Self::Or(all(codes, change)?),
            Self::List(codes) => Self::List(all(codes, change)?),
            Self::Tuple(codes) => Self::Tuple(all(codes, change)?),
            Self::Call(name, codes) => Self::Call(name, all(codes, change)?),
            Self::Frame(name, function, codes) => Self::Frame(name.clone(), function, all(codes, change)?),
            Self::Make(name, variant, fields) => {
                let fields = fields.iter().map(|(name, code)| Ok((name.clone(), code.rebuilt(change)?)));
                Self::Make(name.clone(), variant.clone(), fields.collect::<core::result::Result<_, ()>>()?)
            }
            Self::Var(_) | Self::Local(_) | Self::Me | Self::Int(_) | Self::Num(_) | Self::Bool(_) => {
                self.clone()
            }
            Self::Str(_) | Self::Bytes(_) | Self::Nothing | Self::Name(..) => self.clone(),
            // Reads, writes and provided objects are refused.
            Self::On(..) | Self::Property(..) | Self::Brought(_) | Self::CallBrought(..) => return Err(()),
            Self::Reads(_) | Self::Writes(_) | Self::Later(_) | Self::Item(_) => return Err(()),
        })
    }
}

fn all(
    codes: &[Code],
    change: &mut dyn FnMut(&Code) -> Option<core::result::Result<Code, ()>>,
) -> core::result::Result<Vec<Code>, ()> {
    codes.iter().map(|code| code.rebuilt(change)).collect()
}
