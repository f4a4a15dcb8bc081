//! Fast-path writers, converted from slow-path writers.

mod calls;
mod joined;

use alloc::boxed::Box;
use alloc::collections::BTreeMap;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use self::joined::finished;
use super::{Frames, Kind, QuickFrame, is_left, type_of};
use crate::schema::Op;
use crate::view::plan::Item;
use crate::view::plan::code::{Code, Stmt};

/// A fast-path writer of a frame: its variables, its checks, and its output.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::view) struct Put {
    pub(in crate::view) lets: Vec<(Code, Code)>,
    pub(in crate::view) fails: Vec<Code>,
    pub(in crate::view) pieces: Vec<Piece>,
}

/// A part of the output.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Piece {
    Run(Vec<(Kind, Value)>),
    Bytes(Code),
    Text(Code),
    Frame(String, Code),
    /// A list of numbers, with their count if it is fixed.
    Numbers(Kind, Code, Option<i128>),
    Frames(String, Code, Option<i128>),
    /// A choice: the first branch with a true condition. The writer gives up if no condition is
    /// true.
    Choice(Vec<(Code, Put)>),
}

/// A value of a run.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) enum Value {
    /// A value that an expression computes.
    Code(Code),
    Bits(Vec<Bits>),
    /// The number of items of a list, a number to add, and the maximum.
    Count(Code, i128, Option<i128>),
    /// The total size of the pieces with these indices, a number to add, and the maximum.
    Size(Vec<usize>, i128, Option<i128>),
}

/// A bit field of a run: its value, its width, and its distance from the lowest bit.
#[derive(Clone, Debug, PartialEq)]
pub(in crate::view) struct Bits {
    pub(in crate::view) value: Code,
    pub(in crate::view) width: u32,
    pub(in crate::view) shift: u32,
}

/// A part of the output before runs are joined. Until then, `Value::Size` contains indices of units
/// instead of pieces.
enum Unit {
    /// A value of fixed size. It is `None` for reserved space until its value is known.
    Fixed(Kind, Option<Value>),
    Piece(Piece),
}

#[derive(Default)]
struct Level {
    put: Put,
    units: Vec<Unit>,
    /// Indices of the units that were written, for the writer and for each part.
    written: BTreeMap<String, Vec<usize>>,
    marks: BTreeMap<String, usize>,
    sizes: BTreeMap<String, Vec<usize>>,
    kept: BTreeMap<String, usize>,
}

struct Putting<'f> {
    frames: &'f Frames,
    level: Level,
    /// The members that already have a variable.
    named: Vec<String>,
    numbers: Vec<(Code, Value)>,
    depth: usize,
}

/// Returns the fast-path writer of a frame, or `None` if a statement is not supported.
pub(super) fn put(item: &Item, frames: &Frames) -> Option<(Put, QuickFrame)> {
    let mut putting =
        Putting { frames, level: Level::default(), named: Vec::new(), numbers: Vec::new(), depth: 0 };
    let put = putting.level(&item.write)?;
    let least = |piece: &Piece| match piece {
        Piece::Run(values) => values.iter().map(|(kind, _)| kind.size()).sum(),
        _ => 0,
    };
    let least = put.pieces.iter().map(least).sum();
    let row = put.lets.iter().all(|(_, code)| matches!(code, Code::Member(..)))
        && put.pieces.iter().all(|piece| matches!(piece, Piece::Run(_)));
    Some((put, QuickFrame { ty: type_of(item), depth: putting.depth + 1, least, row }))
}

/// Converts the result of an expression, which is a number of arbitrary size, to the kind of number
/// that the field needs.
fn sized(kind: &Kind, value: Value) -> Value {
    let computes = |code: &Code| {
        !matches!(code, Code::Local(_) | Code::Var(_) | Code::Int(_) | Code::Bool(_) | Code::Frame(..))
    };
    match (kind, value) {
        (Kind::Int { bytes: 8, .. }, Value::Code(code)) if computes(&code) => {
            Value::Code(Code::Big(Box::new(code)))
        }
        (Kind::Int { .. }, Value::Code(code)) if computes(&code) => Value::Code(Code::Small(Box::new(code))),
        (_, value) => value,
    }
}

fn writer(code: &Code) -> Option<&str> {
    match code {
        Code::Var(name) => Some(name),
        _ => None,
    }
}

impl Putting<'_> {
    /// Converts the statements of a block to a writer.
    fn level(&mut self, stmts: &[Stmt]) -> Option<Put> {
        let outer = core::mem::take(&mut self.level);
        self.level.written.insert(String::from("w"), Vec::new());
        let (named, numbers) = (self.named.len(), self.numbers.len());
        for stmt in stmts {
            self.stmt(stmt)?;
        }
        self.named.truncate(named);
        self.numbers.truncate(numbers);
        finished(core::mem::replace(&mut self.level, outer))
    }

    fn stmt(&mut self, stmt: &Stmt) -> Option<()> {
        match stmt {
            Stmt::Do(code) => self.does(code),
            Stmt::Let(var, _, value) => self.variable(var, value),
            Stmt::WriteRun(to, run) => {
                for number in run {
                    let little = number.little && number.bytes > 1;
                    let kind = Kind::Int { bytes: number.bytes, signed: number.signed, little };
                    let value = Value::Code(self.pure(&number.code)?);
                    self.unit(writer(to)?, Unit::Fixed(kind, Some(value)))?;
                }
                Some(())
            }
            Stmt::If(condition, yes, no) => {
                let mut cases = Vec::new();
                self.cases(condition, yes, no, &mut cases)?;
                self.unit("w", Unit::Piece(Piece::Choice(cases))).map(|_| ())
            }
            Stmt::Declare(..) | Stmt::Set(..) | Stmt::ReadRun(..) | Stmt::Return(_) => None,
        }
    }

    fn cases(
        &mut self,
        condition: &Code,
        yes: &[Stmt],
        no: &[Stmt],
        cases: &mut Vec<(Code, Put)>,
    ) -> Option<()> {
        let condition = self.pure(condition)?;
        let put = self.level(yes)?;
        cases.push((condition, put));
        match no {
            [Stmt::If(condition, yes, no)] => self.cases(condition, yes, no, cases),
            [Stmt::Do(Code::On(_, "no_variant", _))] => Some(()),
            no => {
                let put = self.level(no)?;
                cases.push((Code::Bool(true), put));
                Some(())
            }
        }
    }

    fn unit(&mut self, to: &str, unit: Unit) -> Option<usize> {
        let id = self.level.units.len();
        self.level.units.push(unit);
        self.level.written.get_mut(to)?.push(id);
        Some(id)
    }

    /// Converts an expression. Each member of the value is read into a variable once.
    fn pure(&mut self, code: &Code) -> Option<Code> {
        let (named, lets, numbers) = (&mut self.named, &mut self.level.put.lets, &self.numbers);
        code.rebuilt(&mut |code| match code {
            Code::Member(of, name) if **of == Code::Me => {
                if !named.contains(name) {
                    named.push(name.clone());
                    lets.push((Code::Local(name.clone()), code.clone()));
                }
                Some(Ok(Code::Local(name.clone())))
            }
            Code::Local(_) => {
                let known = numbers.iter().rev().find(|(local, _)| local == code);
                Some(match known {
                    Some((_, Value::Code(known))) => Ok(known.clone()),
                    _ => Err(()),
                })
            }
            code if is_left(code) => Some(Err(())),
            _ => None,
        })
        .ok()
    }

    fn variable(&mut self, var: &Code, value: &Code) -> Option<()> {
        let name = match (var, value) {
            (Code::Var(_), Code::Frame(_, "tag", _)) => {
                let tag = match value {
                    // The argument is the whole value, so nothing has to be converted.
                    Code::Frame(_, _, of) if of.as_slice() == [Code::Me] => value.clone(),
                    value => self.pure(value)?,
                };
                self.level.put.lets.push((var.clone(), tag));
                return Some(());
            }
            (Code::Var(name), _) => name.clone(),
            (Code::Local(_), value) => {
                let number = self.number(value)?;
                self.numbers.push((var.clone(), number));
                return Some(());
            }
            _ => return None,
        };
        let Code::On(of, method, arguments) = value else { return None };
        let of = writer(of)?.to_string();
        match (*method, arguments.as_slice()) {
            ("part", _) => {
                self.level.written.insert(name, Vec::new());
            }
            ("size", []) => {
                let ids = self.level.written.get(&of)?.clone();
                self.level.sizes.insert(name, ids);
            }
            ("mark", []) => {
                let at = self.level.written.get(&of)?.len();
                self.level.marks.insert(name, at);
            }
            ("hold", [Code::Int(count)]) => {
                let count = usize::try_from(*count).ok()?;
                let id = self.unit(&of, Unit::Fixed(Kind::Skip(count), None))?;
                self.level.kept.insert(name, id);
            }
            ("span", _) => {
                let ids = self.span(arguments)?;
                self.level.sizes.insert(name, ids);
            }
            _ => return None,
        }
        Some(())
    }

    /// Returns the units that were written between two positions.
    fn span(&self, marks: &[Code]) -> Option<Vec<usize>> {
        let [from, to] = marks else { return None };
        let place = |code: &Code| self.level.marks.get(writer(code)?).copied();
        Some(self.level.written.get("w")?.get(place(from)?..place(to)?)?.to_vec())
    }

    /// Converts a number, which may be a count of items or the size of other pieces.
    fn number(&mut self, code: &Code) -> Option<Value> {
        match code {
            Code::On(of, "size", _) => {
                Some(Value::Size(self.level.written.get(writer(of)?)?.clone(), 0, None))
            }
            Code::On(_, "span", marks) => Some(Value::Size(self.span(marks)?, 0, None)),
            Code::Var(name) if self.level.sizes.contains_key(name) => {
                Some(Value::Size(self.level.sizes.get(name)?.clone(), 0, None))
            }
            Code::Call("length_of", of) => Some(Value::Count(self.pure(of.first()?)?, 0, None)),
            Code::On(_, "units", arguments) => {
                let (counted, rule) = arguments.split_first()?;
                let int = |index: usize, usual: i128| match rule.get(index) {
                    None => Some(usual),
                    Some(Code::Int(number)) => Some(*number),
                    Some(_) => None,
                };
                let (own, bias) = (int(0, 0)?, int(2, 0)?);
                (int(1, 1)? == 1).then_some(())?;
                let limit = match rule.get(3) {
                    None | Some(Code::Nothing) => None,
                    Some(Code::Int(most)) => Some(*most),
                    Some(_) => return None,
                };
                Some(match self.number(counted)? {
                    Value::Size(of, 0, None) => Value::Size(of, own + bias, limit),
                    Value::Count(of, 0, None) => Value::Count(of, own + bias, limit),
                    _ => return None,
                })
            }
            Code::Local(_) => {
                let known = self.numbers.iter().rev().find(|(local, _)| local == code);
                known.map(|(_, value)| value.clone())
            }
            code => {
                let value = self.pure(code)?;
                let is_tag = matches!(value, Code::Frame(..));
                Some(Value::Code(if is_tag { self.bound("_tag", value) } else { value }))
            }
        }
    }

    /// Declares a variable for a value that is used more than once.
    fn bound(&mut self, stem: &str, value: Code) -> Code {
        let named = Code::Var(alloc::format!("{stem}{}", self.level.put.lets.len()));
        self.level.put.lets.push((named.clone(), value));
        named
    }

    /// Splits a run of bits into its parts.
    fn bits(&mut self, code: &Code, bits: &mut Vec<Bits>) -> Option<()> {
        match code {
            Code::Binary(Op::BitOr, left, right) => {
                self.bits(left, bits)?;
                self.bits(right, bits)
            }
            Code::On(_, "bits", arguments) => {
                let [value, Code::Int(width), Code::Int(shift), Code::Bool(false)] = arguments.as_slice()
                else {
                    return None;
                };
                let Value::Code(mut value) = self.number(value)? else { return None };
                if !matches!(value, Code::Local(_) | Code::Var(_)) {
                    value = self.bound("_bits", value);
                }
                let (width, shift) = (u32::try_from(*width).ok()?, u32::try_from(*shift).ok()?);
                bits.push(Bits { value, width, shift });
                Some(())
            }
            _ => None,
        }
    }
}
