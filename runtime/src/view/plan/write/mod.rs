//! The program that writes a frame. It first computes the numbers that can be known in advance,
//! then writes the fields, and finally fills the reserved space.

mod ahead;
pub(super) mod auto;
mod bits;
mod late;
mod types;
mod value;

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cell::Cell;

use self::late::Late;
use super::code::{Code, Stmt};
use super::enums::{fits, has_tag, is_wide};
use super::expr::Names;
use super::facts::{constant, described, ends, free, path};
use super::runs::joined;
use super::types::is_plain;
use super::{Plan, Result, Unsayable};
use crate::schema::steps::{Enclosed, Slot, Step, steps};
use crate::schema::{
    Bits, Body, Check, Covered, Ending, Extent, Field, Op, Presence, Role, Schema, Start, TagOf, Type,
    Variant,
};

struct Writing<'p> {
    plan: &'p Plan,
    schema: &'p Schema,
    fields: &'static [Field],
    checks: &'static [Check],
    variant: Option<&'static Variant>,
    out: Vec<Stmt>,
    /// Whether any statement needs the start of the frame.
    asks_start: Cell<bool>,
    /// The numbers that are written into reserved space.
    lengths: Vec<Late>,
    later: Vec<Stmt>,
    sums: Vec<(usize, Code)>,
    /// Indices of the `Auto`s that are computed in advance.
    ahead: Vec<usize>,
    /// Indices of the fields that are encoded in advance.
    parts: Vec<usize>,
    /// Bits of the tag, if the first run of each variant begins with them.
    tag_bits: Option<(Bits, Code)>,
}

/// The names in expressions: fields are members of the value, and `Auto`s are variables.
struct Values(&'static [Field]);

impl Names for Values {
    fn field(&self, index: usize) -> Result<Code> {
        let field = self.0.get(index).ok_or_else(|| Unsayable::new("there is no such field"))?;
        match field.role {
            Role::Value => Ok(Code::Me.member(field.name)),
            Role::Magic(bytes) => constant(bytes, &field.ty),
            _ => Ok(Code::Local(field.name.to_string())),
        }
    }

    fn ty(&self, index: usize) -> Option<Type> {
        self.0.get(index).map(|field| field.ty)
    }
}

impl Plan {
    pub(super) fn write_frame(&self, schema: &Schema) -> Result<Vec<Stmt>> {
        let (fields, checks) = match schema.body {
            Body::Struct(fields) => (fields, schema.checks),
            Body::Enum(_) => (&[][..], &[][..]),
        };
        let mut writing = Writing {
            plan: self,
            schema,
            fields,
            checks,
            variant: None,
            out: Vec::new(),
            asks_start: Cell::new(false),
            lengths: Vec::new(),
            later: Vec::new(),
            sums: Vec::new(),
            ahead: Vec::new(),
            parts: Vec::new(),
            tag_bits: None,
        };
        writing.frame()?;
        Ok(joined(writing.out))
    }
}

fn w() -> Code {
    Code::var("w")
}

impl Writing<'_> {
    fn run(&mut self, method: &'static str, arguments: impl Into<Vec<Code>>) {
        self.out.push(Stmt::Do(w().on(method, arguments)));
    }

    fn var(&self, stem: &str, field: &str) -> Code {
        Code::Var(free(self.fields, stem, field))
    }

    fn names(&self) -> Values {
        Values(self.fields)
    }

    /// Returns the variable for the start of the frame. It is declared only if it is used.
    fn start(&self) -> Code {
        self.asks_start.set(true);
        Code::var("start")
    }

    fn frame(&mut self) -> Result<()> {
        self.run("enter", []);
        if has_tag(self.schema) {
            let name = self.plan.name(self.schema);
            let tag = Code::Frame(name, "tag", [Code::Me].into());
            self.out.push(Stmt::Let(Code::var("tag"), None, tag));
        }
        if let Body::Struct(_) = self.schema.body {
            self.foresee()?;
        }
        self.steps(&steps(self.schema))?;
        self.finish()?;
        self.run("leave", []);
        if let Some(max) = self.schema.max {
            let start = self.start();
            self.run("at_most", [start, Code::size(max)]);
        }
        if self.asks_start.get() {
            self.out.insert(1, Stmt::Let(Code::var("start"), None, w().on("mark", [])));
        }
        Ok(())
    }

    fn steps(&mut self, steps: &[Step]) -> Result<()> {
        let mut between = Vec::new();
        for step in steps {
            match step {
                Step::Field(slot, field) => {
                    self.field(*slot, field).map_err(|error| error.within(field.name))?;
                    if let Extent::UntilAny(delimiter) = field.extent {
                        if delimiter.ending == Ending::Between {
                            between.push(self.var("delimiter", field.name));
                        }
                    }
                }
                Step::Bits(run) => self.bits(run)?,
                Step::Scope(scope) => self.scope(scope)?,
                Step::Delimited(delimiter, steps) => {
                    self.out.push(Stmt::Let(Code::var("until_from"), None, w().on("mark", [])));
                    self.steps(steps)?;
                    self.out.push(Stmt::Let(Code::var("until_to"), None, w().on("mark", [])));
                    self.run("raw", [Code::Bytes(delimiter.written().to_vec())]);
                    let (from, to) = (Code::var("until_from"), Code::var("until_to"));
                    let whole = w().on("named", [Code::text("")]);
                    let check = whole.on("ends_at", [from, to, ends(delimiter)]);
                    self.run("last", [Code::Later(Vec::from([check]))]);
                }
                Step::Choice(variants) => self.choice(variants)?,
            }
        }
        for delimiter in between {
            self.run("drop_between", [delimiter]);
        }
        // To find the end of a `left` field or the presence of a field with `lead`, decoding looks
        // at the bytes after the field. `enclosed` is where those bytes end.
        for step in steps {
            let Step::Field(_, field) = step else { continue };
            let is_left =
                matches!(field.extent, Extent::UntilAny(delimiter) if delimiter.ending == Ending::Left);
            if is_left || matches!(field.presence, Presence::Lead(_)) {
                let enclosed = self.var("enclosed", field.name);
                self.out.push(Stmt::Let(enclosed, None, w().on("mark", [])));
            }
        }
        Ok(())
    }

    fn scope(&mut self, scope: &Enclosed) -> Result<()> {
        let len = scope.len;
        let from = match scope.start {
            Start::Here => {
                let from = self.var("from", len.name);
                self.out.push(Stmt::Let(from.clone(), None, w().on("mark", [])));
                from
            }
            Start::Frame => self.start(),
            Start::Field(index) => self.begin_of(Some(index)),
        };
        self.steps(&scope.steps)?;
        let to = self.var("to", len.name);
        self.out.push(Stmt::Let(to.clone(), None, w().on("mark", [])));
        self.late(len, w().on("span", [from, to]))
    }

    fn size_of_place(&self, field: &Field) -> Option<usize> {
        match field.extent {
            Extent::Own => field.ty.bits().map(|bits| bits / 8),
            _ => None,
        }
    }

    fn choice(&mut self, variants: &[(&'static Variant, Vec<Step>)]) -> Result<()> {
        if is_plain(self.schema) && !has_tag(self.schema) {
            let own = Code::Frame(self.plan.name(self.schema), "tag", [Code::Me].into());
            self.run("chosen", [Code::binary(Op::Equal, Code::var("tag"), own)]);
        }
        if is_plain(self.schema) {
            return Ok(());
        }
        let Body::Enum(all) = self.schema.body else { return Ok(()) };
        let name = self.plan.name(self.schema);
        let mut chain = Vec::from([Stmt::Do(w().on("no_variant", [Code::text(self.schema.name)]))]);
        let tag_bits = self.tag_bits.take();
        for (variant, steps) in variants.iter().rev() {
            let outer = core::mem::take(&mut self.out);
            let lengths = core::mem::take(&mut self.lengths);
            (self.fields, self.checks, self.variant) = (variant.fields, variant.checks, Some(*variant));
            self.tag_bits.clone_from(&tag_bits);
            if !has_tag(self.schema) {
                let tag = Code::var("tag");
                let mut chosen = Vec::from([fits(&tag, variant, all, is_wide(self.schema))?]);
                if !variant.keeps.is_empty() {
                    let kept = Code::Me.member(variant.keeps);
                    chosen.push(Code::Call("same_tag", [tag, kept].into()));
                }
                let chosen = if chosen.len() > 1 { Code::And(chosen) } else { chosen.remove(0) };
                self.run("chosen", [chosen]);
            }
            let within = |error: Unsayable| error.within(variant.name);
            self.foresee().map_err(within)?;
            self.steps(steps).map_err(within)?;
            self.finish().map_err(within)?;
            (self.fields, self.checks, self.variant) = (&[], &[], None);
            self.lengths = lengths;
            let arm = core::mem::replace(&mut self.out, outer);
            let is = Code::Is(Box::new(Code::Me), name.clone(), variant.name.to_string());
            chain = Vec::from([Stmt::If(is, arm, chain)]);
        }
        self.out.extend(chain);
        Ok(())
    }

    fn begin_of(&self, index: Option<usize>) -> Code {
        match index.and_then(|index| self.fields.get(index)) {
            Some(field) => self.var("at", field.name),
            None => self.start(),
        }
    }

    fn end_of(&self, behind: Option<usize>) -> Code {
        match behind.and_then(|behind| self.fields.get(behind.checked_sub(1)?)) {
            Some(field) => self.var("end", field.name),
            None => w().on("mark", []),
        }
    }

    fn is_asked(&self, is: impl Fn(Covered) -> bool) -> bool {
        self.fields.iter().any(|field| match field.role {
            Role::LenOf(covers, _) | Role::Checksum(_, covers) => is(covers.what),
            _ => false,
        })
    }

    fn note_begin(&mut self, slot: Slot, field: &Field) {
        let Slot::Field(index) = slot else { return };
        let scopes = self.variant.map_or(self.schema.scopes, |variant| variant.scopes);
        let is_scope = scopes.iter().any(|scope| scope.start == Start::Field(index));
        if is_scope
            || self.is_asked(|covered| matches!(covered, Covered::Fields { from, .. } if from == Some(index)))
        {
            let at = self.var("at", field.name);
            self.out.push(Stmt::Let(at, None, w().on("mark", [])));
        }
    }

    fn note_end(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let Slot::Field(index) = slot else { return Ok(()) };
        if self.is_asked(|covered| matches!(covered, Covered::Fields { to, .. } if to == Some(index + 1))) {
            let end = self.var("end", field.name);
            self.out.push(Stmt::Let(end, None, w().on("mark", [])));
        }
        // A length over several fields that form no scope is written after the last of these
        // fields.
        for (auto, says) in self.fields.iter().enumerate() {
            let Role::LenOf(covers, _) = says.role else { continue };
            let scopes = self.variant.map_or(self.schema.scopes, |variant| variant.scopes);
            let is_scope = scopes.iter().any(|scope| scope.len.index == auto);
            let Covered::Fields { from, to } = covers.what else { continue };
            let last = to.unwrap_or(self.fields.len()).max(auto + 1);
            if !is_scope && last == index + 1 {
                let size = w().on("span", [self.begin_of(from), self.end_of(to)]);
                self.late(says, size)?;
            }
        }
        Ok(())
    }

    /// Returns the name of a field in the paths of errors. A length, count or tag has no member in the
    /// value, so it is an error of the field that it describes.
    fn path(&self, field: &Field) -> Code {
        match (field.role, described(field)) {
            (Role::LenOf(..) | Role::CountOf(..) | Role::TagOf(_), Some(of)) => {
                self.fields.get(of).map_or(path(field), path)
            }
            _ => path(field),
        }
    }

    fn field(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        self.run("field", [self.path(field)]);
        self.note_begin(slot, field);
        match field.role {
            Role::Value => self.value(slot, field)?,
            Role::Magic(_) => {
                let magic = self.plan.magic(field, &self.names())?;
                self.when(field, |_| Ok(Vec::from([w().on("raw", [magic])])))?
            }
            Role::Pad => self.when(field, |writing| writing.padding(field).map(|pad| Vec::from([pad])))?,
            Role::TagOf(TagOf::Own) if matches!(slot, Slot::Head(_)) => {
                let tag = self.number_of(field, Code::var("tag"))?;
                self.out.push(Stmt::Do(tag));
            }
            _ => self.auto(slot, field)?,
        }
        self.note_end(slot, field)
    }

    /// Writes a field. If it has a `when` condition, writes it only if the condition is true.
    fn when(&mut self, field: &'static Field, write: impl FnOnce(&Self) -> Result<Vec<Code>>) -> Result<()> {
        let stmts: Vec<_> = write(self)?.into_iter().map(Stmt::Do).collect();
        match field.presence {
            Presence::When(condition) => {
                let there = self.plan.truth(condition, &self.names())?;
                self.out.push(Stmt::If(there, stmts, Vec::new()));
            }
            _ => self.out.extend(stmts),
        }
        Ok(())
    }
}

/// Returns the statement that makes an overflow in an expression an error of the field `name`, for an
/// expression that is not computed where the field is written.
fn named_if_overflows(expression: &Code, name: Code) -> Option<Stmt> {
    expression.may_overflow().then(|| Stmt::Do(w().on("field", [name])))
}

/// Returns the statement that sets a variable for use after the field. If the field may be absent,
/// the variable is already declared.
fn later_let(field: &Field, var: Code, value: Code) -> Stmt {
    match field.presence {
        Presence::Always => Stmt::Let(var, None, value),
        _ => Stmt::Set(var, value),
    }
}
