//! Fast-path readers, converted from slow-path readers.

mod ends;
mod program;
mod variable;

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use self::program::{ending, names};
use super::{Frames, Kind, QuickFrame, Scan, type_of};
use crate::schema::Op;
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::types::Ty;
use crate::view::plan::{Item, Shape};

/// A reader of the slow path, as the fast path tracks it: its position, and the end of its bytes.
#[derive(Clone, PartialEq)]
struct Cursor {
    name: String,
    at: Code,
    /// Whether `at` is known not to be after `end`.
    fits: bool,
    /// The number of bytes read since `at`.
    plus: usize,
    end: Code,
}

impl Cursor {
    fn place(&self) -> Code {
        plus(self.at.clone(), self.plus)
    }

    /// Returns `true` if the position is known not to be after the end.
    fn is_within(&self) -> bool {
        self.fits && self.plus == 0
    }
}

/// An unfinished run: its reader, its start and end, and its values.
struct Run {
    reader: usize,
    at: Code,
    end: Code,
    values: Vec<(Kind, Option<Code>)>,
}

struct Scanning<'f> {
    frames: &'f Frames,
    out: Vec<Scan>,
    run: Option<Run>,
    /// Statements that are placed after the run.
    then: Vec<Scan>,
    cursors: Vec<Cursor>,
    /// Variables with numbers that every language can represent exactly.
    small: Vec<Code>,
    /// Variables with numbers that may be negative.
    signed: Vec<Code>,
    truths: Vec<Code>,
    /// Variables that only stand for an expression, such as a position. The expression replaces the
    /// variable at each use.
    places: Vec<(Code, Code)>,
    taken: Vec<String>,
    least: usize,
    depth: usize,
    /// For a frame with `max`: the variable with its start, and the limit.
    limit: Option<(Code, Code)>,
}

/// Returns the fast-path reader of a frame, or `None` if a statement is not supported.
pub(super) fn scan(item: &Item, frames: &Frames) -> Option<(Vec<Scan>, QuickFrame)> {
    let mut taken = Vec::new();
    names(&item.read, &mut taken);
    let reader =
        Cursor { name: String::from("r"), at: Code::var("at"), fits: false, plus: 0, end: Code::var("end") };
    let mut scanning = Scanning {
        frames,
        out: Vec::new(),
        run: None,
        then: Vec::new(),
        cursors: Vec::from([reader]),
        small: Vec::new(),
        signed: Vec::new(),
        truths: Vec::new(),
        places: Vec::new(),
        taken,
        least: 0,
        depth: 0,
        limit: None,
    };
    scanning.block(&item.read)?;
    let out = scanning.out;
    let row = matches!(item.shape, Shape::Struct(_)) && is_row(&out);
    let known = QuickFrame { ty: type_of(item), depth: scanning.depth + 1, least: scanning.least, row };
    Some((out, known))
}

/// Returns `true` if the frame is a single run, and the values of the run are the fields in their
/// order.
fn is_row(scans: &[Scan]) -> bool {
    let [Scan::Run(_, _, values), Scan::Done(Code::Make(_, _, fields), _)] = scans else { return false };
    let read = values.iter().filter_map(|(_, var)| var.as_ref());
    let plain = |kind: &Kind| match kind {
        Kind::Int { bytes, .. } => *bytes != 3,
        Kind::Float { bytes, .. } => *bytes == 8,
        Kind::Bytes(_) | Kind::Skip(_) => true,
        Kind::Truth | Kind::Constant(_) => false,
    };
    values.iter().all(|(kind, _)| plain(kind)) && read.eq(fields.iter().map(|(_, code)| code))
}

/// Returns `true` if this is a size or number that the codec computes, not an expression of the
/// declaration.
fn is_small(code: &Code) -> bool {
    match code {
        Code::Int(_) | Code::Var(_) => true,
        Code::Binary(Op::Add | Op::Subtract, left, right) => is_small(left) && is_small(right),
        _ => false,
    }
}

fn plus(at: Code, count: usize) -> Code {
    added(at, Code::size(count))
}

/// Returns the sum of two expressions. Literals are added up.
fn added(at: Code, count: Code) -> Code {
    match (at, count) {
        (at, Code::Int(0)) => at,
        (Code::Binary(Op::Add, at, first), Code::Int(second)) => match *first {
            Code::Int(first) => Code::binary(Op::Add, *at, Code::Int(first + second)),
            first => Code::binary(Op::Add, Code::Binary(Op::Add, at, first.into()), Code::Int(second)),
        },
        (at, count) => Code::binary(Op::Add, at, count),
    }
}

fn above(left: Code, right: Code) -> Code {
    Code::binary(Op::Greater, left, right)
}

impl Scanning<'_> {
    fn fresh(&mut self, stem: &str) -> Code {
        let mut name = stem.to_string();
        while self.taken.contains(&name) {
            name.push('_');
        }
        self.taken.push(name.clone());
        Code::Var(name)
    }

    /// Returns a new variable that is named after another variable.
    fn beside(&mut self, of: &Code, stem: &str) -> Code {
        match of {
            Code::Local(name) | Code::Var(name) => {
                let escape = if name.starts_with(|first: char| first.is_ascii_digit()) { "f" } else { "" };
                self.fresh(&format!("{escape}{name}_{stem}"))
            }
            _ => self.fresh(stem),
        }
    }

    fn flush(&mut self) {
        if let Some(run) = self.run.take() {
            self.out.push(Scan::Run(run.at, run.end, run.values));
        }
        self.out.append(&mut self.then);
    }

    fn push(&mut self, scan: Scan) {
        self.flush();
        self.out.push(scan);
    }

    /// Adds a statement that only uses variables. It is placed after the current run, and the run
    /// may still continue.
    fn behind(&mut self, scan: Scan) {
        self.then.push(scan);
        if self.run.is_none() {
            self.flush();
        }
    }

    /// Adds a statement that gives up if the condition holds.
    fn fail(&mut self, condition: Code) {
        self.behind(Scan::Fail(condition));
    }

    /// Adds a statement that gives up if a length or count is negative.
    fn natural(&mut self, number: &Code) {
        let is_natural = match number {
            Code::Int(number) => *number >= 0,
            number => self.small.contains(number) && !self.signed.contains(number),
        };
        if !is_natural {
            self.fail(Code::binary(Op::Less, number.clone(), Code::Int(0)));
            self.signed.retain(|signed| signed != number);
        }
    }

    /// Drops the known facts about a variable, because another variable of the same name is
    /// declared.
    fn forget(&mut self, var: &Code) {
        for known in [&mut self.small, &mut self.signed, &mut self.truths] {
            known.retain(|of| of != var);
        }
        self.places.retain(|(of, _)| of != var);
    }

    fn reader(&self, code: &Code) -> Option<usize> {
        let Code::Var(name) = code else { return None };
        let name = if name == "within_max" { "r" } else { name };
        self.cursors.iter().position(|cursor| cursor.name == name)
    }

    fn cursor(&self, reader: usize) -> Option<Cursor> {
        self.cursors.get(reader).cloned()
    }

    /// Moves a reader to a position. `fits` is set if the position is known not to be after the
    /// end.
    fn set(&mut self, reader: usize, at: Code, fits: bool) {
        if let Some(cursor) = self.cursors.get_mut(reader) {
            (cursor.at, cursor.fits, cursor.plus) = (at, fits, 0);
        }
    }

    /// Adds a statement that gives up if the position is after the end.
    fn within(&mut self, cursor: &Cursor) {
        if !cursor.is_within() {
            self.fail(above(cursor.place(), cursor.end.clone()));
        }
    }

    /// Reads a value of fixed size.
    fn read(&mut self, reader: usize, kind: Kind, var: Option<Code>) -> Option<()> {
        let fits = |run: &Run| {
            let other = run.values.iter().rev().find_map(|(kind, _)| kind.little());
            run.reader == reader && (other.is_none() || kind.little().is_none() || other == kind.little())
        };
        if !self.run.as_ref().is_some_and(fits) {
            self.flush();
        }
        let cursor = self.cursor(reader)?;
        let size = kind.size();
        if let Some(var) = &var {
            self.forget(var);
        }
        if let (Some(var), Kind::Int { bytes: ..=4, signed, .. }) = (&var, &kind) {
            self.small.push(var.clone());
            if *signed {
                self.signed.push(var.clone());
            }
        }
        if kind == Kind::Truth {
            self.truths.extend(var.clone());
        }
        let begin = || Run { reader, at: cursor.place(), end: cursor.end.clone(), values: Vec::new() };
        self.run.get_or_insert_with(begin).values.push((kind, var));
        self.cursors.get_mut(reader)?.plus += size;
        // `least` counts only the bytes that the reader of the whole frame reads, not those within
        // extents.
        if reader == 0 {
            self.least += size;
        }
        Some(())
    }

    /// Converts the statements of a block. Returns `false` if the statements after the block are
    /// never reached, and `None` if a statement is not supported.
    fn block(&mut self, stmts: &[Stmt]) -> Option<bool> {
        let (outer, mut goes) = (self.cursors.len(), true);
        let mut stmts = stmts;
        while let Some((stmt, rest)) = stmts.split_first() {
            let ending = match stmt {
                Stmt::If(..) => ending(stmt, rest),
                Stmt::Declare(..) => rest.split_first().and_then(|(stmt, rest)| ending(stmt, rest)),
                _ => None,
            };
            stmts = if ending.is_some() { &[] } else { rest };
            goes &= self.stmt(ending.as_ref().unwrap_or(stmt))?;
        }
        if goes {
            for cursor in self.cursors.split_off(outer) {
                self.within(&cursor);
            }
        }
        self.cursors.truncate(outer);
        self.flush();
        Some(goes)
    }

    fn stmt(&mut self, stmt: &Stmt) -> Option<bool> {
        match stmt {
            Stmt::Do(code) => return self.does(code),
            Stmt::Let(var, ty, value) => self.variable(var, ty.as_ref(), value)?,
            Stmt::Declare(var, ty) => {
                self.forget(var);
                self.push(Scan::Declare(var.clone(), ty.clone()));
            }
            Stmt::Set(var, value @ Code::On(..)) => {
                let read = self.beside(var, "read");
                self.variable(&read, None, value)?;
                self.push(Scan::Set(var.clone(), read));
            }
            Stmt::Set(var, value) => {
                let value = self.pure(value)?;
                self.push(Scan::Set(var.clone(), value));
            }
            Stmt::If(condition, yes, no) => return self.choice(condition, yes, no),
            Stmt::ReadRun(of, run) => {
                let reader = self.reader(of)?;
                for number in run {
                    let kind = Kind::Int {
                        bytes: number.bytes,
                        signed: number.signed,
                        little: number.little && number.bytes > 1,
                    };
                    self.read(reader, kind, Some(number.code.clone()))?;
                }
            }
            Stmt::WriteRun(..) => return None,
            Stmt::Return(value) => {
                let value = self.pure(value)?;
                // Bytes may follow an enclosed extent within the frame. A field that exceeds the
                // extent would then still find bytes, so its end is compared here.
                for cursor in self.cursors.get(1..).unwrap_or_default().to_vec() {
                    self.within(&cursor);
                }
                let behind = self.cursor(0)?.place();
                self.push(Scan::Done(value, behind));
                return Some(false);
            }
        }
        Some(true)
    }

    fn does(&mut self, code: &Code) -> Option<bool> {
        let Code::On(of, method, arguments) = code else { return None };
        let reader = self.reader(of)?;
        match (*method, arguments.as_slice()) {
            ("enter" | "leave" | "field" | "name" | "back_to", _) => {}
            ("magic", [Code::Bytes(bytes)]) => self.read(reader, Kind::Constant(bytes.clone()), None)?,
            ("pad", [Code::Int(count), Code::Int(fill), Code::Bool(strict)]) => {
                let count = usize::try_from(*count).ok().filter(|count| *count <= 64)?;
                let fill = u8::try_from(*fill).ok()?;
                let kind = if *strict { Kind::Constant(alloc::vec![fill; count]) } else { Kind::Skip(count) };
                self.read(reader, kind, None)?;
            }
            ("finish", []) => {
                let cursor = self.cursor(reader)?;
                if cursor.place() != cursor.end {
                    self.fail(Code::binary(Op::NotEqual, cursor.place(), cursor.end.clone()));
                }
                self.set(reader, cursor.end, true);
            }
            ("same", [_, Code::Bytes(_), ..]) => return None,
            ("same", [found, expected, ..]) => {
                let (found, expected) = (self.pure(found)?, self.pure(expected)?);
                self.fail(match self.small.contains(&found) && is_small(&expected) {
                    true => Code::binary(Op::NotEqual, found, expected),
                    false => Code::Call("same_tag", [found, expected].into()).negated(),
                });
            }
            ("check", [holds, ..]) => {
                let holds = self.pure(holds)?;
                self.fail(holds.negated());
            }
            ("follow", [_]) => {
                let (from, most) = self.limit.take()?;
                let used = self.cursor(reader)?.place().minus(from);
                self.fail(above(used, most));
            }
            ("unknown", _) => {
                self.push(Scan::GiveUp);
                return Some(false);
            }
            _ => return None,
        }
        Some(true)
    }

    /// Converts an `if`. Its branches may end at different positions, so the position after it
    /// becomes a variable.
    fn choice(&mut self, condition: &Code, yes: &[Stmt], no: &[Stmt]) -> Option<bool> {
        let condition = self.pure(condition)?;
        self.flush();
        let outer = core::mem::take(&mut self.out);
        let (before, least) = (self.cursors.clone(), self.least);
        let mut branches = Vec::new();
        for stmts in [yes, no] {
            // What is known about variables in one branch does not hold in the other branch.
            let (small, signed, truths) = (self.small.clone(), self.signed.clone(), self.truths.clone());
            let (places, limit) = (self.places.clone(), self.limit.clone());
            let goes = self.block(stmts)?;
            (self.small, self.signed, self.truths) = (small, signed, truths);
            (self.places, self.limit) = (places, limit);
            let after = core::mem::replace(&mut self.cursors, before.clone());
            branches.push((goes, core::mem::take(&mut self.out), after));
            self.least = least;
        }
        self.out = outer;
        for (index, cursor) in before.iter().enumerate() {
            let moved = |after: &[Cursor]| after.get(index).map(Cursor::place) != Some(cursor.place());
            if !branches.iter().any(|(goes, _, after)| *goes && moved(after)) {
                continue;
            }
            let here = self.fresh("here");
            self.out.push(Scan::Let(here.clone(), Some(Ty::Int(32, false)), cursor.place()));
            for (goes, out, after) in &mut branches {
                if *goes && moved(after) {
                    out.push(Scan::Set(here.clone(), after.get(index)?.place()));
                }
            }
            self.set(index, here, false);
        }
        let goes = branches.iter().any(|(goes, ..)| *goes);
        let mut bodies = branches.into_iter().map(|(_, out, _)| out);
        let (yes, no) = (bodies.next()?, bodies.next()?);
        self.out.push(Scan::If(condition, yes, no));
        Some(goes)
    }
}
