//! Reading of extents and lists.

use alloc::boxed::Box;

use super::{Cursor, Scanning, above, added, plus};
use crate::schema::Op;
use crate::view::plan::code::Code;
use crate::view::plan::quick::{Kind, Scan, nested};
use crate::view::plan::types::Ty;

/// Subtracts a constant from a number.
fn less(number: Code, count: i128) -> Code {
    match count {
        ..=0 => added(number, Code::Int(-count)),
        count => number.minus(Code::Int(count)),
    }
}

impl Scanning<'_> {
    /// Returns the start and the end of an extent, and moves the reader behind the extent.
    pub(super) fn place(
        &mut self,
        of: &Code,
        extent: &str,
        asked: &[Code],
        var: &Code,
    ) -> Option<(Code, Code)> {
        let reader = self.reader(of)?;
        match (extent, asked) {
            ("extent", [size]) => {
                let size = match size {
                    Code::On(_, "length", given) => {
                        let (number, rule) = given.split_first()?;
                        let size = self.beside(var, "size");
                        self.length(&size, number, rule)?;
                        self.pure(&size)?
                    }
                    size => self.pure(size)?,
                };
                let cursor = self.cursor(reader)?;
                let (from, to) = (cursor.place(), self.beside(var, "end"));
                self.natural(&size);
                self.push(Scan::Let(to.clone(), None, added(from.clone(), size)));
                self.fail(above(to.clone(), cursor.end));
                self.set(reader, to.clone(), true);
                Some((from, to))
            }
            ("before", [Code::Int(behind)]) => {
                self.flush();
                let mut cursor = self.cursor(reader)?;
                if *behind != 0 {
                    let to = self.beside(var, "end");
                    self.push(Scan::Let(to.clone(), None, cursor.end.minus(Code::Int(*behind))));
                    (cursor.end, cursor.fits) = (to, false);
                }
                self.within(&cursor);
                self.set(reader, cursor.end.clone(), true);
                Some((cursor.place(), cursor.end))
            }
            ("until", [Code::List(delimiters)]) => {
                let [Code::Bytes(delimiter)] = delimiters.as_slice() else { return None };
                self.flush();
                let cursor = self.cursor(reader)?;
                let (from, to) = (cursor.place(), self.beside(var, "end"));
                let found = [Code::Bytes(delimiter.clone()), from.clone(), cursor.end.clone()].into();
                self.push(Scan::Let(to.clone(), None, Code::Call("index_of", found)));
                self.fail(Code::binary(Op::Less, to.clone(), Code::Int(0)));
                self.set(reader, plus(to.clone(), delimiter.len()), true);
                Some((from, to))
            }
            _ => None,
        }
    }

    /// Reads all bytes from `from` to `to`, as bytes or as text.
    pub(super) fn all_of(&mut self, var: &Code, method: &str, from: Code, to: Code) -> Option<()> {
        let made = match method {
            "rest" => "slice",
            "text" => "text_of",
            _ => return None,
        };
        self.push(Scan::Let(var.clone(), None, Code::Call(made, [from, to].into())));
        Some(())
    }

    /// Sets `var` to the length or count that `number` stands for by `rule`.
    pub(super) fn length(&mut self, var: &Code, number: &Code, rule: &[Code]) -> Option<()> {
        let int = |index: usize, usual: i128| match rule.get(index) {
            None => Some(usual),
            Some(Code::Int(number)) => Some(*number),
            Some(_) => None,
        };
        let (own, scale, bias) = (int(0, 0)?, int(1, 1)?, int(2, 0)?);
        let most = match rule.get(3) {
            None | Some(Code::Nothing) => None,
            Some(most) => Some(most.clone()),
        };
        let is_plain = (own, scale, bias) == (0, 1, 0);
        let number = match number {
            Code::On(of, method, arguments) => {
                let kind = Kind::of(method, arguments)?;
                matches!(kind, Kind::Int { bytes: ..=4, .. }).then_some(())?;
                let reader = self.reader(of)?;
                let number = if is_plain { var.clone() } else { self.beside(var, "number") };
                self.read(reader, kind, Some(number.clone()))?;
                number
            }
            Code::Big(of) | Code::Small(of) if self.small.contains(of) => (**of).clone(),
            of if self.small.contains(of) => of.clone(),
            _ => return None,
        };
        self.natural(&number);
        if is_plain && number != *var {
            self.places.push((var.clone(), number));
        } else if !is_plain {
            let units = less(number, bias);
            let size = if scale == 1 { units } else { Code::binary(Op::Multiply, units, Code::Int(scale)) };
            self.behind(Scan::Let(var.clone(), None, less(size, own)));
            if bias > 0 || own > 0 {
                self.fail(Code::binary(Op::Less, var.clone(), Code::Int(0)));
            }
            self.small.push(var.clone());
        }
        if let Some(most) = most {
            let size = self.pure(var)?;
            self.fail(above(size, most));
        }
        Some(())
    }

    /// Reads a list: a given number of items, or all items up to the end.
    pub(super) fn list(&mut self, var: &Code, reader: usize, method: &str, arguments: &[Code]) -> Option<()> {
        let (count, read) = match (method, arguments) {
            ("counted", [count, _, _, Code::Reads(read), Code::Bool(false)]) => {
                let count = self.pure(count)?;
                self.natural(&count);
                (Some(count), read)
            }
            ("array", [count, _, Code::Reads(read)]) => (Some(count.clone()), read),
            ("all", [_, Code::Reads(read), Code::Bool(false)]) => (None, read),
            _ => return None,
        };
        self.flush();
        let cursor = self.cursor(reader)?;
        let (items, from) = (var.clone(), cursor.place());
        let (size, frame) = match &**read {
            Code::On(_, method, arguments) => {
                let of = Kind::of(method, arguments)?;
                of.is_listed().then_some(())?;
                let size = of.size();
                let to = self.fixed(var, &cursor, size, count.clone())?;
                self.push(Scan::Numbers { items, of, count, from, to: to.clone() });
                self.set(reader, to, true);
                return Some(());
            }
            Code::Frame(name, "read", given) if given.len() == 1 => {
                let known = nested(name, self.frames, &mut self.depth)?.clone();
                if known.least == 0 {
                    return None;
                }
                (known, name.clone())
            }
            _ => return None,
        };
        let (known, frame, ty) = (size.clone(), frame, Ty::List(Box::new(size.ty.clone())));
        if known.row {
            let to = self.fixed(var, &cursor, known.least, count)?;
            self.push(Scan::Rows { items, ty, frame, from, to: to.clone() });
            self.set(reader, to, true);
            return Some(());
        }
        let behind = self.beside(var, "end");
        let end = cursor.end.clone();
        let all = count.is_none();
        self.push(Scan::Frames { items, ty, frame, behind: behind.clone(), from, count, end: end.clone() });
        if all {
            self.fail(Code::binary(Op::NotEqual, behind, end.clone()));
            self.set(reader, end, true);
        } else {
            self.set(reader, behind, false);
        }
        Some(())
    }

    /// Returns the position after `count` items of `size` bytes, and adds a check that they fit.
    /// Without a count, the items extend to the end of the reader.
    fn fixed(&mut self, var: &Code, cursor: &Cursor, size: usize, count: Option<Code>) -> Option<Code> {
        let from = cursor.place();
        let Some(count) = count else {
            let left = cursor.end.clone().minus(from);
            self.within(cursor);
            if size > 1 {
                let over = Code::binary(Op::Remainder, left, Code::size(size));
                self.fail(Code::binary(Op::NotEqual, over, Code::Int(0)));
            }
            return Some(cursor.end.clone());
        };
        let to = self.beside(var, "end");
        let bytes = match (count, size) {
            (count, 1) => count,
            (Code::Int(count), size) => Code::Int(count.checked_mul(i128::try_from(size).ok()?)?),
            (count, size) => Code::binary(Op::Multiply, Code::size(size), count),
        };
        self.push(Scan::Let(to.clone(), None, added(from, bytes)));
        self.fail(above(to.clone(), cursor.end.clone()));
        Some(to)
    }
}
