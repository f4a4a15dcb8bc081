//! Conversion of the calls of a slow-path writer to the output of a fast-path writer.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use super::{Piece, Putting, Unit, Value, sized, writer};
use crate::schema::Op;
use crate::view::plan::code::Code;
use crate::view::plan::quick::{Kind, nested};

impl Putting<'_> {
    pub(super) fn does(&mut self, code: &Code) -> Option<()> {
        let (of, method, arguments) = match code {
            Code::On(of, method, arguments) => (writer(of)?.to_string(), *method, arguments.as_slice()),
            Code::Frame(name, "write", arguments) => {
                let [value, to] = arguments.as_slice() else { return None };
                nested(name, self.frames, &mut self.depth)?;
                let value = self.pure(value)?;
                return self.unit(writer(to)?, Unit::Piece(Piece::Frame(name.clone(), value))).map(|_| ());
            }
            _ => return None,
        };
        match (method, arguments) {
            ("enter" | "leave" | "field", _) => return Some(()),
            ("raw", [Code::Bytes(bytes)]) => {
                let unit = Unit::Fixed(Kind::Constant(bytes.clone()), Some(Value::Code(Code::Nothing)));
                self.unit(&of, unit)?;
            }
            ("raw", [value]) => {
                let value = self.pure(value)?;
                self.unit(&of, Unit::Piece(Piece::Bytes(value)))?;
            }
            ("text", [value]) => {
                let value = self.pure(value)?;
                self.unit(&of, Unit::Piece(Piece::Text(value)))?;
            }
            ("pad", [Code::Int(count), Code::Int(fill)]) => {
                let count = usize::try_from(*count).ok().filter(|count| *count <= 64)?;
                let bytes = alloc::vec![u8::try_from(*fill).ok()?; count];
                self.unit(&of, Unit::Fixed(Kind::Constant(bytes), Some(Value::Code(Code::Nothing))))?;
            }
            ("put", [part]) => self.put(&of, part)?,
            ("exact", [part, Code::Int(count)]) => {
                let length = self.length(writer(part)?)?;
                self.level.put.fails.push(Code::binary(Op::NotEqual, length, Code::Int(*count)));
                self.put(&of, part)?;
            }
            ("delimited", [part, Code::List(delimiters)]) => self.delimited(&of, part, delimiters)?,
            ("said", [Code::Var(written), said, _]) => {
                let ids = self.level.sizes.get(written)?.clone();
                let length = self.length_of(&ids)?;
                let said = self.pure(said)?;
                self.level.put.fails.push(Code::binary(Op::NotEqual, Code::Big(Box::new(length)), said));
            }
            ("check", [holds, ..]) => {
                let holds = self.pure(holds)?;
                self.level.put.fails.push(holds.negated());
            }
            ("present", [condition, there, _]) => {
                let (condition, there) = (self.pure(condition)?, self.pure(there)?);
                self.level.put.fails.push(Code::binary(Op::NotEqual, condition, there));
            }
            ("fill", [Code::Var(kept), number, Code::Writes(write)]) => {
                let [Code::On(_, method, arguments)] = write.as_slice() else { return None };
                let (_, rest) = arguments.split_first()?;
                let kind = Kind::of(method, rest)?;
                let value = sized(&kind, self.number(number)?);
                let id = *self.level.kept.get(kept)?;
                match self.level.units.get_mut(id)? {
                    Unit::Fixed(held, place @ None) if held.size() == kind.size() => {
                        (*held, *place) = (kind, Some(value));
                    }
                    _ => return None,
                }
            }
            ("items", [list, Code::Writes(write)]) => self.list(&of, list, None, write)?,
            ("array", [list, Code::Int(count), Code::Writes(write)]) => {
                self.list(&of, list, Some(*count), write)?;
            }
            ("uint", [run @ (Code::Binary(Op::BitOr, ..) | Code::On(_, "bits", _)), rest @ ..]) => {
                let mut bits = Vec::new();
                self.bits(run, &mut bits)?;
                let kind = Kind::of("uint", rest).filter(|kind| kind.size() <= 4)?;
                self.unit(&of, Unit::Fixed(kind, Some(Value::Bits(bits))))?;
            }
            (method, [value, rest @ ..]) => {
                let kind = Kind::of(method, rest)?;
                let value = sized(&kind, self.number(value)?);
                self.unit(&of, Unit::Fixed(kind, Some(value)))?;
            }
            _ => return None,
        }
        Some(())
    }

    fn put(&mut self, to: &str, part: &Code) -> Option<()> {
        let ids = self.level.written.get(writer(part)?)?.clone();
        self.level.written.get_mut(to)?.extend(ids);
        Some(())
    }

    /// Returns the length of a part that consists of one byte string, and `None` for other parts.
    fn length(&self, part: &str) -> Option<Code> {
        self.length_of(self.level.written.get(part)?)
    }

    fn length_of(&self, ids: &[usize]) -> Option<Code> {
        let [id] = ids else { return None };
        match self.level.units.get(*id)? {
            Unit::Piece(Piece::Bytes(value)) => Some(Code::Call("len", [value.clone()].into())),
            _ => None,
        }
    }

    fn delimited(&mut self, to: &str, part: &Code, delimiters: &[Code]) -> Option<()> {
        let [Code::Bytes(delimiter)] = delimiters else { return None };
        let ids = self.level.written.get(writer(part)?)?.clone();
        let [id] = ids.as_slice() else { return None };
        let fail = match self.level.units.get(*id)? {
            Unit::Piece(Piece::Bytes(value)) => {
                Code::Call("holds", [value.clone(), Code::Bytes(delimiter.clone())].into())
            }
            Unit::Piece(Piece::Text(value)) if delimiter.is_ascii() => {
                let text = core::str::from_utf8(delimiter).ok()?;
                Code::Call("holds_text", [value.clone(), Code::text(text)].into())
            }
            _ => return None,
        };
        self.level.put.fails.push(fail);
        self.put(to, part)?;
        let unit = Unit::Fixed(Kind::Constant(delimiter.clone()), Some(Value::Code(Code::Nothing)));
        self.unit(to, unit).map(|_| ())
    }

    fn list(&mut self, to: &str, list: &Code, count: Option<i128>, write: &[Code]) -> Option<()> {
        let list = self.pure(list)?;
        let item = Code::var("v");
        let piece = match write {
            [Code::On(_, method, arguments)] if arguments.first() == Some(&item) => {
                let kind = Kind::of(method, arguments.get(1..)?)?;
                kind.is_listed().then_some(())?;
                Piece::Numbers(kind, list, count)
            }
            [Code::Frame(name, "write", arguments)] if arguments.len() == 2 => {
                let known = nested(name, self.frames, &mut self.depth)?;
                (known.least > 0).then_some(())?;
                Piece::Frames(name.clone(), list, count)
            }
            _ => return None,
        };
        self.unit(to, Unit::Piece(piece)).map(|_| ())
    }
}
