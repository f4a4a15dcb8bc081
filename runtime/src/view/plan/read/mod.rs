//! The program that reads a frame.

mod agree;
mod bits;
mod field;
mod offset;
mod rest;
mod types;
mod value;

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;

use super::code::{Code, Stmt};
use super::enums::{fits, is_wide, takes_others};
use super::expr::Names;
use super::facts::{absent, constant, ends, free, optional, path};
use super::runs::joined;
use super::tidy::tidy;
use super::types::{Ty, is_plain};
use super::{Plan, Result, Unsayable};
use crate::schema::steps::{Enclosed, Slot, Step, steps};
use crate::schema::{Body, Check, Covered, Field, Role, Schema, Start, TagOf, Type, Variant};

/// The program of a reader while it is generated.
pub(super) struct Reading<'p> {
    pub(super) plan: &'p Plan,
    schema: &'p Schema,
    name: &'p str,
    fields: &'static [Field],
    checks: &'static [Check],
    /// Reader that the next field is read from.
    reader: String,
    /// Reader of the whole frame, within the length or delimiter that encloses all fields.
    frame_reader: String,
    /// Name of the tag, if the next run begins with its bits.
    tag_of_run: Option<&'static str>,
    out: Vec<Stmt>,
    /// Whether any statement needs the start of the frame.
    asks_start: Cell<bool>,
    /// Comparisons that are made after all fields have been read.
    later: Vec<Stmt>,
    sums: Vec<Stmt>,
}

/// The names in a reader's expressions: fields are variables.
struct Locals<'a>(&'a [Field]);

impl Names for Locals<'_> {
    fn field(&self, index: usize) -> Result<Code> {
        let field = self.0.get(index).ok_or_else(|| Unsayable::new("there is no such field"))?;
        match field.role {
            Role::Magic(bytes) => constant(bytes, &field.ty),
            _ => Ok(Code::Local(field.name.to_string())),
        }
    }

    fn ty(&self, index: usize) -> Option<Type> {
        self.0.get(index).map(|field| field.ty)
    }
}

/// Returns `true` if `is` is true for the covered bytes of any length or checksum.
fn asked(schema: &Schema, fields: &[Field], is: impl Fn(Covered) -> bool) -> bool {
    let covered = |field: &Field| match field.role {
        Role::LenOf(covers, _) | Role::Checksum(_, covers) => is(covers.what),
        _ => false,
    };
    schema.head.iter().chain(fields).any(covered)
}

impl Plan {
    pub(super) fn read_frame(&self, name: &str, schema: &Schema) -> Result<Vec<Stmt>> {
        let (fields, checks) = match schema.body {
            Body::Struct(fields) => (fields, schema.checks),
            Body::Enum(_) => (&[][..], &[][..]),
        };
        let mut reading = Reading {
            plan: self,
            schema,
            name,
            fields,
            checks,
            reader: String::from("r"),
            frame_reader: String::from("r"),
            tag_of_run: None,
            out: Vec::new(),
            asks_start: Cell::new(false),
            later: Vec::new(),
            sums: Vec::new(),
        };
        reading.frame()?;
        Ok(tidy(joined(reading.out)))
    }
}

impl Reading<'_> {
    fn r(&self) -> Code {
        Code::var(&*self.reader)
    }

    fn run(&mut self, method: &'static str, arguments: impl Into<Vec<Code>>) {
        let statement = Stmt::Do(self.r().on(method, arguments));
        self.out.push(statement);
    }

    fn var(&self, stem: &str, field: &str) -> Code {
        Code::Var(free(self.fields, stem, field))
    }

    fn locals(&self) -> Locals<'static> {
        Locals(self.fields)
    }

    /// Returns the variable for the start of the frame. It is declared only if it is used.
    fn start(&self) -> Code {
        self.asks_start.set(true);
        Code::var("start")
    }

    fn frame(&mut self) -> Result<()> {
        self.run("enter", []);
        if let Some(max) = self.schema.max {
            let limited = self.r().on("limited", [Code::size(max), Code::Bool(self.schema.open)]);
            self.out.push(Stmt::Let(Code::var("within_max"), None, limited));
            self.reader = String::from("within_max");
            self.frame_reader = self.reader.clone();
        }
        let is_handed_a_tag = matches!(self.schema.body, Body::Enum(_))
            && !self.schema.head.iter().any(|field| matches!(field.role, Role::TagOf(TagOf::Own)));
        if is_handed_a_tag {
            let at = self.r().property("at");
            self.out.push(Stmt::Let(Code::var("tag_at"), None, at));
        }
        self.steps(&steps(self.schema))?;
        if let Body::Struct(_) = self.schema.body {
            self.finish_fields()?;
        }
        if self.schema.max.is_some() {
            let from = self.r();
            self.reader = String::from("r");
            self.run("follow", [from]);
        }
        self.run("leave", []);
        if self.asks_start.get() {
            self.out.insert(1, Stmt::Let(Code::var("start"), None, Code::var("r").property("at")));
        }
        let value = match self.schema.body {
            Body::Enum(_) => Code::var("value"),
            Body::Struct([field]) if field.is_item => Code::Local(field.name.to_string()),
            Body::Struct(_) => Code::Make(self.name.to_string(), None, self.made("")),
        };
        self.out.push(Stmt::Return(value));
        Ok(())
    }

    /// Adds the checks that are made after all fields have been read.
    fn finish_fields(&mut self) -> Result<()> {
        for check in self.checks.iter().filter(|check| check.field.is_none()) {
            let at = self.start();
            self.check(check, at)?;
        }
        let unscoped: Vec<_> = self.fields.iter().enumerate().collect();
        for (index, field) in unscoped {
            if let Role::LenOf(covers, _) = field.role {
                if let Covered::Fields { from, to } = covers.what {
                    let is_scope = self.scopes().iter().any(|scope| scope.len.index == index);
                    if !is_scope {
                        let (from, to) = (self.begin_of(from), self.end_of(to));
                        let (found, at) = (self.var("size", field.name), self.var("at", field.name));
                        self.run("same", [found, to.minus(from), at, path(field)]);
                    }
                }
            }
        }
        let later = core::mem::take(&mut self.later);
        self.out.extend(later);
        let sums = core::mem::take(&mut self.sums);
        self.out.extend(sums);
        Ok(())
    }

    fn scopes(&self) -> &'static [crate::schema::Scope] {
        match self.schema.body {
            Body::Struct(_) => self.schema.scopes,
            Body::Enum(_) => self.variant().map_or(&[], |variant| variant.scopes),
        }
    }

    /// Returns the code for the frame or the variant that was read.
    fn whole(&self) -> Code {
        let (variant, keeps) = match self.variant() {
            Some(variant) => (Some(variant.name.to_string()), variant.keeps),
            None => (None, ""),
        };
        Code::Make(self.name.to_string(), variant, self.made(keeps))
    }

    /// Returns the variant that is being read.
    fn variant(&self) -> Option<&'static Variant> {
        let Body::Enum(variants) = self.schema.body else { return None };
        variants.iter().find(|variant| core::ptr::eq(variant.fields, self.fields))
    }

    /// Returns the fields of the value that was read.
    fn made(&self, keeps: &str) -> Vec<(String, Code)> {
        let mut made = Vec::new();
        if !keeps.is_empty() {
            made.push((keeps.to_string(), Code::var("tag")));
        }
        for field in self.fields.iter().filter(|field| matches!(field.role, Role::Value)) {
            made.push((field.name.to_string(), Code::Local(field.name.to_string())));
        }
        if made.iter().all(|(name, _)| name.starts_with(|first: char| first.is_ascii_digit())) {
            made.sort_by_key(|(name, _)| name.parse::<usize>().unwrap_or(0));
        }
        made
    }

    fn steps(&mut self, steps: &[Step]) -> Result<()> {
        for (index, step) in steps.iter().enumerate() {
            let behind = steps.get(index + 1..).unwrap_or_default();
            match step {
                Step::Field(slot, field) => {
                    self.field(*slot, field, behind).map_err(|error| error.within(field.name))?;
                }
                Step::Bits(run) => self.bits(run)?,
                Step::Scope(scope) => self.scope(scope)?,
                Step::Delimited(delimiter, steps) => {
                    self.run("field", [Code::text("until")]);
                    let until = self.r().on("until", [ends(delimiter)]);
                    self.around_all(until, "delimited", "until", true, steps)?;
                }
                Step::Choice(variants) => self.choice(variants)?,
            }
        }
        Ok(())
    }

    /// Reads steps within an extent that encloses all fields of the frame, such as the extent of
    /// `#[frame(len_prefixed)]`.
    fn around_all(
        &mut self,
        extent: Code,
        stem: &str,
        path: &str,
        strict: bool,
        steps: &[Step],
    ) -> Result<()> {
        let inner = free(self.fields, "in", stem);
        let outer = core::mem::replace(&mut self.frame_reader, inner);
        self.inside(extent, stem, path, strict, steps)?;
        self.frame_reader = outer;
        Ok(())
    }

    /// Reads steps within an extent. If `strict` is set, leftover bytes are an error.
    fn inside(&mut self, extent: Code, stem: &str, path: &str, strict: bool, steps: &[Step]) -> Result<()> {
        let name = free(self.fields, "in", stem);
        self.out.push(Stmt::Let(Code::var(&*name), None, extent));
        let outer = core::mem::replace(&mut self.reader, name);
        self.steps(steps)?;
        if strict {
            self.run("field", [Code::text(path)]);
            self.run("finish", []);
        }
        self.reader = outer;
        Ok(())
    }

    fn scope(&mut self, scope: &Enclosed) -> Result<()> {
        let len = scope.len;
        self.run("field", [Code::text(len.name)]);
        let size = self.var("size", len.name);
        let from = match scope.start {
            Start::Here => None,
            Start::Frame => Some(self.start()),
            Start::Field(index) => Some(self.begin_of(Some(index))),
        };
        let size = match from {
            Some(from) => size.minus(self.r().property("at").minus(from)),
            None => size,
        };
        let extent = self.r().on("extent", [size]);
        match scope.slot {
            Slot::Head(_) => self.around_all(extent, len.name, len.name, !len.lenient, &scope.steps),
            Slot::Field(_) => self.inside(extent, len.name, len.name, !len.lenient, &scope.steps),
        }
    }

    fn choice(&mut self, variants: &[(&'static Variant, Vec<Step>)]) -> Result<()> {
        let (tag, at) = (Code::var("tag"), Code::var("tag_at"));
        let value = Code::var("value");
        if is_plain(self.schema) {
            let made = Code::Frame(self.name.to_string(), "of", [self.r(), tag, at].into());
            self.out.push(Stmt::Let(value, None, made));
            return Ok(());
        }
        self.out.push(Stmt::Declare(value, Ty::Frame(self.name.to_string())));
        let Body::Enum(all) = self.schema.body else { return Ok(()) };
        let (others, known): (Vec<_>, Vec<_>) =
            variants.iter().partition(|(variant, _)| takes_others(variant));
        let mut chain = match others.first() {
            Some((variant, steps)) => self.arm(variant, steps).map_err(|error| error.within(variant.name))?,
            None => {
                let unknown = self.r().on("unknown", [Code::text(self.schema.name), tag.clone(), at]);
                Vec::from([Stmt::Do(unknown)])
            }
        };
        for (variant, steps) in known.into_iter().rev() {
            let arm = self.arm(variant, steps).map_err(|error| error.within(variant.name))?;
            let fits = fits(&tag, variant, all, is_wide(self.schema))?;
            chain = Vec::from([Stmt::If(fits, arm, chain)]);
        }
        self.out.extend(chain);
        Ok(())
    }

    /// Returns the statements that read a variant and construct the value.
    fn arm(&mut self, variant: &'static Variant, steps: &[Step]) -> Result<Vec<Stmt>> {
        let outer = core::mem::take(&mut self.out);
        let (fields, checks) = (self.fields, self.checks);
        (self.fields, self.checks) = (variant.fields, variant.checks);
        let tag_of_run = self.tag_of_run;
        self.steps(steps)?;
        self.tag_of_run = tag_of_run;
        self.finish_fields()?;
        let made = self.made(variant.keeps);
        let made = Code::Make(self.name.to_string(), Some(variant.name.to_string()), made);
        self.out.push(Stmt::Set(Code::var("value"), made));
        (self.fields, self.checks) = (fields, checks);
        Ok(core::mem::replace(&mut self.out, outer))
    }

    /// Returns the start of a field, or the start of the frame if `index` is `None`.
    fn begin_of(&self, index: Option<usize>) -> Code {
        match index.and_then(|index| self.fields.get(index)) {
            Some(field) => self.var("at", field.name),
            None => self.start(),
        }
    }

    fn end_of(&self, behind: Option<usize>) -> Code {
        match behind.and_then(|behind| self.fields.get(behind.checked_sub(1)?)) {
            Some(field) => self.var("end", field.name),
            None => self.r().property("at"),
        }
    }

    fn note_begin(&mut self, slot: Slot, field: &Field) {
        let asks = |covered: Covered| match (covered, slot) {
            (Covered::Fields { from, .. }, Slot::Field(index)) => from == Some(index),
            _ => false,
        };
        let is_compared = !matches!(field.role, Role::Value | Role::Pad | Role::Magic(_));
        let is_scope = self.scopes().iter().any(
            |scope| matches!((scope.start, slot), (Start::Field(from), Slot::Field(index)) if from == index),
        );
        let is_checked = self.checks.iter().any(|check| check.field == Some(field.name));
        if is_compared || is_scope || is_checked || asked(self.schema, self.fields, asks) {
            let at = if let (Role::TagOf(TagOf::Own), Slot::Head(_)) = (field.role, slot) {
                Code::var("tag_at")
            } else {
                self.var("at", field.name)
            };
            self.out.push(Stmt::Let(at, None, self.r().property("at")));
        }
    }

    /// Adds the statements after a field: they store its end, compare it with its `Auto`s, and make
    /// its checks.
    fn note_end(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let Slot::Field(index) = slot else { return Ok(()) };
        if asked(
            self.schema,
            self.fields,
            |covered| matches!(covered, Covered::Fields { to, .. } if to == Some(index + 1)),
        ) {
            let end = self.var("end", field.name);
            self.out.push(Stmt::Let(end, None, self.r().property("at")));
        }
        self.agree(index, field)?;
        for check in self.checks.iter().filter(|check| check.field == Some(field.name)) {
            self.check(check, self.var("at", field.name))?;
        }
        Ok(())
    }

    /// Adds an invariant. A condition on an absent field counts as true.
    fn check(&mut self, check: &Check, at: Code) -> Result<()> {
        let said = self.plan.truth(&check.condition, &self.locals());
        let (holds, names) = match (said, check.field) {
            (Ok(holds @ Code::CallBrought(..)), Some(field)) => (holds, optional(self.fields, field)),
            (Ok(holds), _) => (holds, absent(self.fields, &check.condition.tree)),
            (said, None) => (self.plan.or_brought(said, self.schema, None, self.whole())?, Vec::new()),
            (Err(error), Some(_)) => return Err(error),
        };
        let mut cases: Vec<_> =
            names.into_iter().map(|field| Code::Local(field.name.to_string()).absent()).collect();
        cases.push(holds);
        let holds = if cases.len() > 1 { Code::Or(cases) } else { cases.remove(0) };
        let name = Code::text(check.field.unwrap_or(""));
        let back = self.back_if_overflows(&holds, &at, name.clone());
        self.out.extend(back);
        self.run("check", [holds, Code::text(check.message), at, name]);
        Ok(())
    }

    /// Returns the statement that makes an overflow in an expression an error at `at`, for an
    /// expression that is computed after later fields have been read.
    fn back_if_overflows(&self, expression: &Code, at: &Code, name: Code) -> Vec<Stmt> {
        match expression.may_overflow() {
            true => Vec::from([Stmt::Do(self.r().on("back_to", [at.clone(), name]))]),
            false => Vec::new(),
        }
    }
}
