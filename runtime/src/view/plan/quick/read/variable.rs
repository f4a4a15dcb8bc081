//! Variables of a slow-path program, and the calls that read them.

use alloc::vec::Vec;

use super::{Cursor, Scanning, above};
use crate::schema::Op;
use crate::view::plan::code::Code;
use crate::view::plan::quick::{Kind, Scan, is_left, nested};
use crate::view::plan::types::Ty;

impl Scanning<'_> {
    pub(super) fn variable(&mut self, var: &Code, ty: Option<&Ty>, value: &Code) -> Option<()> {
        self.forget(var);
        match value {
            Code::Small(inner) if matches!(**inner, Code::On(..)) => None,
            Code::On(of, method, arguments) => self.called(var, of, method, arguments),
            value => self.computed(var, ty, value),
        }
    }

    /// Sets a variable to the value of an expression that reads nothing.
    fn computed(&mut self, var: &Code, ty: Option<&Ty>, value: &Code) -> Option<()> {
        let is_place = matches!(value, Code::Property(..));
        let value = self.pure(value)?;
        if is_place {
            self.places.push((var.clone(), value));
            return Some(());
        }
        if matches!(value, Code::Binary(op, ..) if op.compares()) {
            self.truths.push(var.clone());
        }
        self.behind(Scan::Let(var.clone(), ty.cloned(), value));
        Some(())
    }

    /// Sets a variable to the result of a call of the reader `of`.
    fn called(&mut self, var: &Code, of: &Code, method: &'static str, arguments: &[Code]) -> Option<()> {
        if let Code::On(reader, extent, asked) = of {
            let (from, to) = self.place(reader, extent, asked, var)?;
            return self.all_of(var, method, from, to);
        }
        let reader = self.reader(of)?;
        if let Some(kind) = Kind::of(method, arguments) {
            return self.read(reader, kind, Some(var.clone()));
        }
        match (method, arguments) {
            ("rest" | "text", []) => {
                self.flush();
                let cursor = self.cursor(reader)?;
                self.within(&cursor);
                self.set(reader, cursor.end.clone(), true);
                self.all_of(var, method, cursor.place(), cursor.end)
            }
            ("length", [number, rule @ ..]) => self.length(var, number, rule),
            ("limited", [Code::Int(most), Code::Bool(is_open)]) => {
                let from = self.fresh("limited_from");
                let cursor = self.cursor(reader)?;
                self.push(Scan::Let(from.clone(), None, cursor.place()));
                if *is_open {
                    self.fail(above(cursor.end.minus(from.clone()), Code::Int(*most)));
                }
                self.limit = Some((from, Code::Int(*most)));
                Some(())
            }
            ("extent" | "before" | "until", _) => {
                let Code::Var(name) = var else { return None };
                let (at, end) = self.place(of, method, arguments, var)?;
                self.cursors.push(Cursor { name: name.clone(), at, fits: true, plus: 0, end });
                Some(())
            }
            ("more", []) => {
                self.flush();
                let cursor = self.cursor(reader)?;
                self.push(Scan::Let(var.clone(), None, Code::binary(Op::Less, cursor.place(), cursor.end)));
                Some(())
            }
            ("flag", [number, Code::Int(yes), Code::Int(no)]) => self.flag(var, number, *yes, *no),
            ("nested", [Code::Reads(read)]) => self.nested(var, reader, read),
            ("whole", [_, Code::Reads(read)]) => match &**read {
                Code::On(_, "array", arguments) => self.list(var, reader, "array", arguments),
                _ => None,
            },
            ("counted" | "all" | "array", _) => self.list(var, reader, method, arguments),
            _ => None,
        }
    }

    /// Converts the number of a flag, which is `yes` or `no`.
    fn flag(&mut self, var: &Code, number: &Code, yes: i128, no: i128) -> Option<()> {
        let number = self.pure(number)?;
        let is = |other: i128| Code::binary(Op::Equal, number.clone(), Code::Int(other));
        let says = if !self.truths.contains(&number) {
            self.fail(Code::And([is(yes).negated(), is(no).negated()].into()));
            is(yes)
        } else if yes == 1 && no == 0 {
            number
        } else {
            return None;
        };
        self.behind(Scan::Let(var.clone(), None, says));
        self.truths.push(var.clone());
        Some(())
    }

    fn nested(&mut self, var: &Code, reader: usize, read: &Code) -> Option<()> {
        let Code::Frame(name, "read", given) = read else { return None };
        (given.len() == 1).then_some(())?;
        self.flush();
        let known = nested(name, self.frames, &mut self.depth)?.clone();
        let cursor = self.cursor(reader)?;
        let behind = self.beside(var, "end");
        let (value, frame, at) = (var.clone(), name.clone(), cursor.place());
        self.push(Scan::Frame { value, behind: behind.clone(), frame, at, end: cursor.end });
        self.set(reader, behind, false);
        if reader == 0 {
            self.least += known.least;
        }
        Some(())
    }

    /// Converts an expression that reads nothing.
    pub(super) fn pure(&self, code: &Code) -> Option<Code> {
        let small = self.small.clone();
        let (cursors, places) = (self.cursors.clone(), self.places.clone());
        code.rebuilt(&mut |code| match code {
            Code::Var(_) => {
                places.iter().rev().find(|(var, _)| var == code).map(|(_, place)| Ok(place.clone()))
            }
            Code::Property(of, property) => {
                let Code::Var(name) = &**of else { return Some(Err(())) };
                let name = if name == "within_max" { "r" } else { name };
                let cursor = cursors.iter().find(|cursor| cursor.name == name);
                Some(match (cursor, *property) {
                    (Some(cursor), "at") => Ok(cursor.place()),
                    (Some(cursor), "end") => Ok(cursor.end.clone()),
                    // The slow path reports errors, so no position is needed here.
                    (Some(_), "mark") => Ok(Code::Int(0)),
                    _ => Err(()),
                })
            }
            Code::Call("cut", arguments) => match arguments.as_slice() {
                [run, shift, width] if small.contains(run) => {
                    Some(Ok(Code::Call("cut_small", [run.clone(), shift.clone(), width.clone()].into())))
                }
                _ => None,
            },
            Code::Frame(name, "of", arguments) => match arguments.as_slice() {
                [_, tag, _] => {
                    // The slow path reports errors, so no position is needed here.
                    let tag = match tag {
                        Code::Call("cut", parts) if parts.first().is_some_and(|run| small.contains(run)) => {
                            Code::Call("cut_small", parts.clone())
                        }
                        Code::Var(_) | Code::Local(_) => tag.clone(),
                        _ => return Some(Err(())),
                    };
                    let nowhere = Code::Call("nowhere", Vec::new());
                    Some(Ok(Code::Frame(name.clone(), "of", [nowhere, tag, Code::Int(0)].into())))
                }
                _ => Some(Err(())),
            },
            code if is_left(code) => Some(Err(())),
            _ => None,
        })
        .ok()
    }
}
