//! Reading bytes by the schema alone, as far as it goes: what shows the
//! fields in front of a fault.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::cells::{field_bits, type_bits};
use super::expr::Expr;
use super::plan::{
    From, Run, Scope, Step, counts_bytes, fixed_len, len_expr, prefix_expr, said_by, says_absence, steps,
};
use super::recorder::{Place, Row};
use super::tag;
use super::value::{Value, read};
use crate::schema::{Body, Extent, Field, Part, Presence, Role, Schema, Type};
use crate::source::Source;

/// The rows of `bytes`, up to where the schema does not say what comes next.
pub(super) fn dissect(schema: &'static Schema, bytes: &[u8]) -> Vec<Row> {
    let mut reader =
        Reader { bytes, at: 0, limit: bytes.len(), place: Place::new(schema), rows: Vec::new(), depth: 0 };
    // Where it stops is no matter: what was read until then is there.
    let _ = reader.frame(schema, None);
    reader.rows
}

/// The schema does not say what comes next, or the bytes are not there.
struct Stop;

/// The fields of a frame so far: where each began, and what it says.
#[derive(Default)]
struct Known<'a>(Vec<(String, usize, Option<Value<'a>>)>);

impl<'a> Known<'a> {
    fn find(&self, name: &str) -> Result<&(String, usize, Option<Value<'a>>), Stop> {
        self.0.iter().rev().find(|(known, ..)| known == name).ok_or(Stop)
    }

    fn start(&self, name: &str) -> Result<usize, Stop> {
        self.find(name).map(|(_, start, _)| *start)
    }

    fn value(&self, name: &str) -> Result<&Value<'a>, Stop> {
        self.find(name)?.2.as_ref().ok_or(Stop)
    }

    /// What an expression over the fields comes to.
    fn number(&self, expression: Option<Expr>) -> Result<i128, Stop> {
        let number = |name: &str| self.value(name).ok()?.number();
        expression.and_then(|expression| expression.value(&number)).ok_or(Stop)
    }

    fn size(&self, expression: Option<Expr>) -> Result<usize, Stop> {
        self.number(expression).and_then(|value| usize::try_from(value).map_err(|_| Stop))
    }
}

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
    limit: usize,
    place: Place,
    rows: Vec<Row>,
    depth: u16,
}

impl<'a> Reader<'a> {
    fn left(&self) -> &'a [u8] {
        self.bytes.get(self.at..self.limit).unwrap_or_default()
    }

    /// Notes that the next `len` bytes are a part of a field, and gives them.
    fn take(&mut self, field: &Field, part: Part, len: usize) -> Result<&'a [u8], Stop> {
        let bytes = self.left().get(..len).ok_or(Stop)?;
        self.rows.push(self.place.row(field, part, self.at..self.at + len));
        self.at += len;
        Ok(bytes)
    }

    /// Reads within the next `len` bytes, and goes on behind them.
    fn within(&mut self, len: usize, read: impl FnOnce(&mut Self) -> Result<(), Stop>) -> Result<(), Stop> {
        if len > self.left().len() {
            return Err(Stop);
        }
        let limit = core::mem::replace(&mut self.limit, self.at + len);
        read(self)?;
        self.at = core::mem::replace(&mut self.limit, limit);
        Ok(())
    }

    fn frame(&mut self, schema: &Schema, tag: Option<Value<'a>>) -> Result<(), Stop> {
        self.depth += 1;
        if self.depth > Source::MAX_DEPTH {
            return Err(Stop);
        }
        let mut known = Known::default();
        known.0.push((String::new(), self.at, None));
        if let (Body::Enum(_), Some(tag)) = (schema.body, tag) {
            known.0.push(("tag".to_string(), self.at, Some(tag)));
        }
        let steps = steps(schema);
        if schema.until.is_empty() {
            self.steps(&steps, &mut known, schema)?;
        } else {
            let len = self.find(schema.until);
            self.within(len, |reader| reader.steps(&steps, &mut known, schema))?;
            self.take(&Field::new("until", Type::Bytes), Part::Value, schema.until.len())?;
        }
        self.depth -= 1;
        Ok(())
    }

    /// How many bytes stand in front of a delimiter: all, if it is missing.
    fn find(&self, delimiter: &[u8]) -> usize {
        let left = self.left();
        left.windows(delimiter.len().max(1)).position(|window| window == delimiter).unwrap_or(left.len())
    }

    fn steps(&mut self, steps: &[Step], known: &mut Known<'a>, schema: &Schema) -> Result<(), Stop> {
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            match step {
                Step::Field(field) => self.field(field, behind, known, schema)?,
                Step::Bits(run) => self.bits(run, known)?,
                Step::Scope(scope) => self.scope(scope, known, schema)?,
                Step::Choice(variants) => {
                    let tag = known.value("tag")?.clone();
                    let chosen = tag::variant(schema, &tag).ok_or(Stop)?;
                    if !chosen.keeps.is_empty() {
                        known.0.push((chosen.keeps.to_string(), self.at, Some(tag)));
                    }
                    let (_, steps) =
                        variants.iter().find(|(each, _)| each.name == chosen.name).ok_or(Stop)?;
                    self.steps(steps, known, schema)?;
                }
            }
        }
        Ok(())
    }

    fn scope(&mut self, scope: &Scope, known: &mut Known<'a>, schema: &Schema) -> Result<(), Stop> {
        let start = match scope.from {
            From::Here => self.at,
            From::Frame => known.start("")?,
            From::Field(name) => known.start(name)?,
        };
        let len = known.size(Some(said_by(&scope.len)))?.checked_sub(self.at - start).ok_or(Stop)?;
        self.within(len, |reader| reader.steps(&scope.steps, known, schema))
    }

    fn bits(&mut self, run: &Run, known: &mut Known<'a>) -> Result<(), Stop> {
        let bytes = self.left().get(..run.bytes).ok_or(Stop)?;
        for field in &run.fields {
            known.0.push((field.name.to_string(), self.at, Some(Value::of(&field.ty, bytes))));
            self.rows.push(self.place.row(field, Part::Value, self.at..self.at + run.bytes));
        }
        self.at += if run.ends { run.bytes } else { 0 };
        Ok(())
    }

    fn field(
        &mut self,
        field: &Field,
        behind: &[Step],
        known: &mut Known<'a>,
        schema: &Schema,
    ) -> Result<(), Stop> {
        let start = self.at;
        if says_absence(field) {
            self.prefix(field, known)?;
        }
        let there = match field.presence {
            Presence::Always => true,
            Presence::Optional => !self.left().is_empty(),
            Presence::When(condition) => known.number(Expr::parse(condition))? != 0,
        };
        if !there {
            return Ok(());
        }
        if !says_absence(field) {
            self.prefix(field, known)?;
        }
        let value = self.value(field, behind, known, schema)?;
        known.0.push((field.name.to_string(), start, value));
        Ok(())
    }

    /// The value of a field within its extent, and what stands behind it.
    fn value(
        &mut self,
        field: &Field,
        behind: &[Step],
        known: &Known<'a>,
        schema: &Schema,
    ) -> Result<Option<Value<'a>>, Stop> {
        let tag = super::frames::fields(schema)
            .find(|other| matches!(other.role, Role::TagOf(target) if target == field.name))
            .and_then(|tag| known.value(tag.name).ok().cloned());
        match field.extent {
            Extent::Own if matches!(field.role, Role::Magic(_)) => {
                let len = field_bits(field).ok_or(Stop)? / 8;
                Ok(Some(Value::Bytes(self.take(field, Part::Value, len)?)))
            }
            Extent::Own => self.own(field, &field.ty, tag),
            Extent::LenPrefixed(prefix) => self.content(field, known.size(prefix_expr(field, &prefix))?, tag),
            Extent::CountPrefixed(prefix) => {
                self.items(field, Some(known.size(prefix_expr(field, &prefix))?))
            }
            Extent::Len(text) => self.content(field, known.size(len_expr(text, schema))?, tag),
            Extent::Count(text) => self.items(field, Some(known.size(Expr::parse(text))?)),
            Extent::Until(delimiter) => {
                let value = self.content(field, self.find(delimiter), tag)?;
                self.take(field, Part::Until, delimiter.len())?;
                Ok(value)
            }
            Extent::UntilItem(..) => Err(Stop),
            Extent::Fixed(len, fill) => self.fixed(field, len, fill, tag),
            Extent::Align(to) => {
                let used = self.at - known.start("")?;
                let fill = used.checked_next_multiple_of(to).ok_or(Stop)? - used;
                self.content(field, fill, tag)
            }
            Extent::Rest => {
                let behind = fixed_len(behind).ok_or(Stop)?;
                self.content(field, self.left().len().checked_sub(behind).ok_or(Stop)?, tag)
            }
        }
    }

    /// A value in `len` bytes, less what only fills them up.
    fn fixed(
        &mut self,
        field: &Field,
        len: usize,
        fill: u8,
        tag: Option<Value<'a>>,
    ) -> Result<Option<Value<'a>>, Stop> {
        let whole = self.left().get(..len).ok_or(Stop)?;
        let filled = matches!(field.ty, Type::Bytes | Type::Text) && matches!(field.role, Role::Value);
        let used = match filled {
            true => whole.iter().rposition(|byte| *byte != fill).map_or(0, |at| at + 1),
            false => len,
        };
        let value = self.content(field, used, tag)?;
        if used < len {
            self.take(field, Part::Fill, len - used)?;
        }
        Ok(value)
    }

    /// The length or count in front of a field, if it has one.
    fn prefix(&mut self, field: &Field, known: &mut Known<'a>) -> Result<(), Stop> {
        let (prefix, part, name) = match field.extent {
            Extent::LenPrefixed(prefix) => (prefix, Part::Len, "len"),
            Extent::CountPrefixed(prefix) => (prefix, Part::Count, "count"),
            _ => return Ok(()),
        };
        let start = self.at;
        let (value, rest) = read(&prefix.ty, self.left()).ok_or(Stop)?;
        self.take(field, part, self.left().len() - rest.len())?;
        known.0.push((format!("{}.{name}", field.name), start, Some(value)));
        Ok(())
    }

    /// A value that says itself where it ends.
    fn own(&mut self, field: &Field, ty: &Type, tag: Option<Value<'a>>) -> Result<Option<Value<'a>>, Stop> {
        match ty {
            Type::Unit => Ok(None),
            Type::Frame(schema) => {
                let start = self.at;
                self.place.enter(field);
                self.frame(schema(), tag)?;
                self.place.leave();
                if self.at == start {
                    self.take(field, Part::Value, 0)?;
                }
                Ok(None)
            }
            Type::Array(Type::Frame(_), count) => self.items(field, Some(*count)),
            _ => {
                let len = match type_bits(ty) {
                    Some(bits) => bits / 8,
                    None => self.left().len() - read(ty, self.left()).ok_or(Stop)?.1.len(),
                };
                let bytes = self.take(field, Part::Value, len)?;
                Ok(Some(Value::of(ty, bytes)))
            }
        }
    }

    /// What fills the next `len` bytes.
    fn content(
        &mut self,
        field: &Field,
        len: usize,
        tag: Option<Value<'a>>,
    ) -> Result<Option<Value<'a>>, Stop> {
        match field.ty {
            Type::Frame(_) => {
                self.within(len, |reader| reader.own(field, &field.ty, tag).map(|_| ()))?;
                Ok(None)
            }
            Type::List(Type::Frame(_)) if len > 0 => {
                self.within(len, |reader| reader.items(field, None).map(|_| ()))?;
                Ok(None)
            }
            _ => {
                let bytes = self.take(field, Part::Value, len)?;
                Ok(Some(Value::of(&field.ty, bytes)))
            }
        }
    }

    /// `count` items, or all there are.
    fn items(&mut self, field: &Field, count: Option<usize>) -> Result<Option<Value<'a>>, Stop> {
        if let (true, Some(count)) = (counts_bytes(field), count) {
            return self.content(field, count, None);
        }
        let (Type::List(item) | Type::Array(item, _)) = field.ty else { return Err(Stop) };
        let Type::Frame(schema) = item else {
            let len = type_bits(item)
                .map(|bits| bits / 8)
                .zip(count)
                .and_then(|(len, count)| len.checked_mul(count));
            self.take(field, Part::Value, len.ok_or(Stop)?)?;
            return Ok(None);
        };
        if count == Some(0) {
            self.take(field, Part::Value, 0)?;
            return Ok(None);
        }
        self.place.enter(field);
        let mut index = 0;
        while count.map_or(!self.left().is_empty(), |count| index < count) {
            let start = self.at;
            self.place.item(index);
            self.frame(schema(), None)?;
            self.place.leave();
            index += 1;
            if self.at == start {
                return Err(Stop);
            }
        }
        self.place.leave();
        Ok(None)
    }
}
