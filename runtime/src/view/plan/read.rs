//! How a frame is read.

use alloc::boxed::Box;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::cell::Cell;

use super::code::{Code, Stmt};
use super::enums::{fits, is_wide};
use super::expr::Names;
use super::types::{Ty, by_hand, is_plain};
use super::{Plan, Result, Unsayable};
use crate::schema::frames::separator;
use crate::schema::known::flag_numbers;
use crate::schema::steps::{Enclosed, Run, Slot, Step, steps};
use crate::schema::{
    Body, Check, Chooser, Covered, Ending, Extent, Field, LengthRule, Node, Order, Presence, Role, Schema,
    Start, TagOf, Type, Variant,
};

/// A reader being planned.
pub(super) struct Reading<'p> {
    pub(super) plan: &'p Plan,
    schema: &'p Schema,
    name: &'p str,
    fields: &'static [Field],
    checks: &'static [Check],
    /// The reader that the next field is read from.
    reader: String,
    out: Vec<Stmt>,
    /// Whether anything asks where the frame begins.
    asks_start: Cell<bool>,
    /// What is compared when all is read.
    later: Vec<Stmt>,
    sums: Vec<Stmt>,
}

/// Fields are variables.
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

/// The number of a constant.
pub(super) fn constant(bytes: &[u8], ty: &Type) -> Result<Code> {
    let order = match ty {
        Type::Int { order, .. } => order.unwrap_or(Order::Big),
        Type::Bits(bits) => bits.order,
        _ => return Ok(Code::Bytes(bytes.to_vec())),
    };
    crate::schema::value::unsigned(bytes, order)
        .and_then(|number| i128::try_from(number).ok())
        .map(Code::Int)
        .ok_or_else(|| Unsayable::new("a constant too large for a number"))
}

/// A name for a variable that no field has.
pub(super) fn free(fields: &[Field], stem: &str, field: &str) -> String {
    let escape = if field.starts_with(|first: char| first.is_ascii_digit()) { "f" } else { "" };
    let mut name = format!("{escape}{field}_{stem}");
    while fields.iter().any(|field| field.name == name) {
        name.push('_');
    }
    name
}

/// The words of a byte order.
pub(super) fn order(order: Order) -> Code {
    Code::text(if order == Order::Little { "little" } else { "big" })
}

pub(super) fn list(delimiters: &[&[u8]]) -> Code {
    Code::List(delimiters.iter().map(|bytes| Code::Bytes(bytes.to_vec())).collect())
}

/// The fewest bytes of a value.
pub(super) fn least(ty: &Type) -> usize {
    match ty {
        Type::Frame(schema) => schema().min_len,
        Type::Number(format) => format.min_len,
        Type::Array(item, count) => least(item).saturating_mul(*count),
        Type::Tuple(items) => items.iter().map(least).sum(),
        ty => ty.bits().unwrap_or(0) / 8,
    }
}

/// Whether two positions in a frame are asked for.
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
            out: Vec::new(),
            asks_start: Cell::new(false),
            later: Vec::new(),
            sums: Vec::new(),
        };
        reading.frame()?;
        Ok(reading.out)
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

    /// Where the frame begins.
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

    /// What is checked when all fields are read.
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
                        self.run("same", [found, to.minus(from), at, Code::text(field.name)]);
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
            Body::Enum(variants) => variants
                .iter()
                .find(|variant| core::ptr::eq(variant.fields, self.fields))
                .map_or(&[], |variant| variant.scopes),
        }
    }

    /// The fields of the value that was read.
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
                    let until = self.r().on("until", [list(&[delimiter])]);
                    self.inside(until, "delimited", "until", true, steps)?;
                }
                Step::Choice(variants) => self.choice(variants)?,
            }
        }
        Ok(())
    }

    /// Steps within an extent.
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
        self.inside(extent, len.name, len.name, !len.lenient, &scope.steps)
    }

    fn choice(&mut self, variants: &[(&'static Variant, Vec<Step>)]) -> Result<()> {
        let (tag, at) = (Code::var("tag"), Code::var("tag_at"));
        let value = Code::var("value");
        if is_plain(self.schema) {
            let made = Code::Frame(self.name.to_string(), "of", [self.r(), tag, at].into());
            self.out.push(Stmt::Let(value, None, made));
            return Ok(());
        }
        self.out.push(Stmt::Declare(value.clone(), Ty::Frame(self.name.to_string())));
        let mut chain =
            Vec::from([Stmt::Do(self.r().on("unknown", [Code::text(self.schema.name), tag.clone(), at]))]);
        let Body::Enum(all) = self.schema.body else { return Ok(()) };
        for (variant, steps) in variants.iter().rev() {
            let outer = core::mem::take(&mut self.out);
            let (fields, checks) = (self.fields, self.checks);
            (self.fields, self.checks) = (variant.fields, variant.checks);
            self.steps(steps).map_err(|error| error.within(variant.name))?;
            self.finish_fields().map_err(|error| error.within(variant.name))?;
            let made = self.made(variant.keeps);
            let made = Code::Make(self.name.to_string(), Some(variant.name.to_string()), made);
            self.out.push(Stmt::Set(value.clone(), made));
            (self.fields, self.checks) = (fields, checks);
            let arm = core::mem::replace(&mut self.out, outer);
            let fits = fits(&tag, variant, all, is_wide(self.schema))?;
            chain = Vec::from([Stmt::If(fits, arm, chain)]);
        }
        self.out.extend(chain);
        Ok(())
    }

    /// Bit fields of one run.
    fn bits(&mut self, run: &Run) -> Result<()> {
        let Some((_, first)) = run.fields.first() else { return Ok(()) };
        let Type::Bits(bits) = first.ty else { return Ok(()) };
        self.run("field", [Code::text(first.name)]);
        for (slot, field) in &run.fields {
            self.note_begin(*slot, field);
        }
        let whole = self.var("bits", first.name);
        let method = if run.ends { "uint" } else { "peek" };
        let number = self.r().on(method, [Code::size(run.bytes), order(bits.order)]);
        self.out.push(Stmt::Let(whole.clone(), None, number));
        for (index, (slot, field)) in run.fields.iter().enumerate() {
            let Type::Bits(bits) = field.ty else { continue };
            if index > 0 {
                self.run("name", [Code::text(field.name)]);
            }
            let mut arguments = Vec::from([
                whole.clone(),
                Code::size(usize::try_from(bits.shift).unwrap_or(0)),
                Code::size(usize::try_from(bits.width).unwrap_or(0)),
            ]);
            let is_big = bits.width > 48;
            let cut = if bits.of.is_signed() { "cut_signed" } else { "cut" };
            let cut = match (cut, is_big) {
                ("cut", true) => "cut_big",
                ("cut_signed", true) => "cut_signed_big",
                (cut, _) => cut,
            };
            if let Some(schema) = bits.of.as_enum() {
                let number = Code::Call("cut", core::mem::take(&mut arguments));
                let at = self.r().property("mark");
                let value = Code::Frame(self.plan.name(schema), "of", [self.r(), number, at].into());
                self.noted(*slot, field, value)?;
                continue;
            }
            let number = Code::Call(cut, arguments);
            let value = match bits.of {
                crate::schema::BitKind::Bool => {
                    Code::binary(crate::schema::Op::NotEqual, number, Code::Int(0))
                }
                _ => number,
            };
            match field.role {
                Role::Pad if field.lenient => {}
                Role::Pad => {
                    let (mark, name) = (self.r().property("mark"), Code::text(field.name));
                    self.run("same", [value, Code::Int(0), mark, name]);
                }
                Role::Magic(bytes) => {
                    let (expected, mark) = (constant(bytes, &field.ty)?, self.r().property("mark"));
                    self.run("same", [value, expected, mark, Code::text(field.name)]);
                }
                _ => self.noted(*slot, field, value)?,
            }
        }
        for (slot, field) in &run.fields {
            self.note_end(*slot, field)?;
        }
        Ok(())
    }

    /// The position where a field begins.
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

    /// What is known when a field has been read.
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

    /// An invariant; of what is absent anything holds.
    fn check(&mut self, check: &Check, at: Code) -> Result<()> {
        let holds = self.plan.truth(&check.condition, &self.locals())?;
        let mut cases: Vec<_> = absent(self.fields, &check.condition.tree)
            .into_iter()
            .map(|field| Code::Local(field.name.to_string()).absent())
            .collect();
        cases.push(holds);
        let holds = if cases.len() > 1 { Code::Or(cases) } else { cases.remove(0) };
        let name = Code::text(check.field.unwrap_or(""));
        self.run("check", [holds, Code::text(check.message), at, name]);
        Ok(())
    }

    fn field(&mut self, slot: Slot, field: &'static Field, behind: &[Step]) -> Result<()> {
        self.run("field", [Code::text(field.name)]);
        self.note_begin(slot, field);
        let mut prefix = None;
        if field.says_absence() {
            prefix = Some(self.prefix(field)?);
        }
        let condition = match field.presence {
            Presence::Always => None,
            Presence::When(condition) => Some(self.plan.truth(condition, &self.locals())?),
            Presence::Flag(flag, _) => Some(self.var("says", flag.name)),
            Presence::Length(len, _) => Some(self.var("size", len.name).absent().negated()),
            Presence::Prefix(_) => prefix.clone().map(|prefix| prefix.absent().negated()),
            Presence::Optional => Some(self.r().on("more", [])),
            Presence::Lead(lead) => Some(self.r().on("lead", [Code::Bytes(lead.to_vec())])),
        };
        let Some(condition) = condition else {
            let value = self.value(slot, field, prefix, behind)?;
            if let Some(value) = value {
                self.noted(slot, field, value)?;
            }
            return self.note_end(slot, field);
        };
        let is_value = matches!(field.role, Role::Value);
        let local = Code::Local(field.name.to_string());
        let has = match condition {
            Code::Not(ref size) if matches!(**size, Code::IsNothing(_)) => condition,
            condition => {
                let has = self.var("there", field.name);
                self.out.push(Stmt::Let(has.clone(), None, condition));
                has
            }
        };
        let outer = core::mem::take(&mut self.out);
        let (later, sums) = (core::mem::take(&mut self.later), core::mem::take(&mut self.sums));
        let value = self.value(slot, field, prefix, behind)?;
        let stmts = core::mem::replace(&mut self.out, outer);
        let Some(value) = value else {
            self.out.push(Stmt::If(has, stmts, Vec::new()));
            (self.later, self.sums) = (later, sums);
            return Ok(());
        };
        let ty = self.plan.type_of(&field.ty)?;
        let (ty, default) = match (is_value, &ty) {
            (true, _) => (Ty::Option(Box::new(ty)), Code::Nothing),
            (false, Ty::Bool) => (ty, Code::Bool(false)),
            (false, Ty::Bytes) => (ty, Code::Bytes(Vec::new())),
            (false, _) => (ty, Code::Int(0)),
        };
        self.out.push(Stmt::Let(local.clone(), Some(ty), default));
        let before = core::mem::replace(&mut self.out, stmts);
        self.out.push(Stmt::Set(local, value));
        let stmts = core::mem::replace(&mut self.out, before);
        self.out.push(Stmt::If(has.clone(), stmts, Vec::new()));
        self.said(field, Some(&has))?;
        let guard = |inside: Vec<Stmt>, outside: Vec<Stmt>| {
            let mut all = outside;
            if !inside.is_empty() {
                all.push(Stmt::If(has.clone(), inside, Vec::new()));
            }
            all
        };
        self.later = guard(core::mem::take(&mut self.later), later);
        self.sums = guard(core::mem::take(&mut self.sums), sums);
        self.note_end(slot, field)
    }

    /// Keeps what was read, and what it says of others.
    fn noted(&mut self, slot: Slot, field: &'static Field, value: Code) -> Result<()> {
        if let (Role::TagOf(TagOf::Own), Slot::Head(_)) = (field.role, slot) {
            let is_big = matches!(field.ty, Type::Int { bytes: 7.., .. });
            let value = if is_big && is_plain(self.schema) { Code::Small(Box::new(value)) } else { value };
            self.out.push(Stmt::Let(Code::var("tag"), None, value));
            return Ok(());
        }
        let local = Code::Local(field.name.to_string());
        self.out.push(Stmt::Let(local, None, value));
        self.said(field, None)
    }

    /// The length, count or presence that a number says; 0 if the number itself is absent.
    fn said(&mut self, field: &'static Field, there: Option<&Code>) -> Result<()> {
        let local = Code::Local(field.name.to_string());
        let (stem, said, otherwise) = match &field.role {
            Role::LenOf(_, rule) => ("size", self.length(local, rule, own(rule, &field.ty)?)?, Code::Int(0)),
            Role::CountOf(_, rule) => ("size", self.count(local, rule)?, Code::Int(0)),
            Role::PresenceOf(_, some, none) => {
                let (yes, no) = flag_numbers(*some, *none)
                    .ok_or_else(|| Unsayable::new("a flag of a type of your own"))?;
                let said = self.r().on("flag", [local, Code::Int(yes), Code::Int(no)]);
                ("says", said, Code::Bool(false))
            }
            _ => return Ok(()),
        };
        let said = match there {
            Some(there) => there.clone().or(said, otherwise),
            None => said,
        };
        self.out.push(Stmt::Let(self.var(stem, field.name), None, said));
        Ok(())
    }

    fn length(&self, number: Code, rule: &LengthRule, own: usize) -> Result<Code> {
        let mut arguments = Vec::from([number]);
        if let Some(none) = rule.none {
            let none = none.number().ok_or_else(|| Unsayable::new("a length of a type of your own"))?;
            arguments.push(Code::Int(none));
        }
        let mut rest = Vec::from([
            Code::size(own),
            Code::size(rule.scale),
            Code::Int(i128::try_from(rule.bias).unwrap_or(0)),
            rule.max.map_or(Code::Nothing, Code::size),
        ]);
        let usual = [Code::Int(0), Code::Int(1), Code::Int(0), Code::Nothing];
        while rest.last().is_some() && rest.last() == usual.get(rest.len() - 1) {
            rest.pop();
        }
        arguments.extend(rest);
        Ok(self.r().on(if rule.none.is_some() { "length_or_none" } else { "length" }, arguments))
    }

    fn count(&self, number: Code, rule: &LengthRule) -> Result<Code> {
        self.length(number, rule, 0)
    }

    /// The number in front of a field, as the length or count that it says.
    fn prefix(&mut self, field: &'static Field) -> Result<Code> {
        let prefix = field.prefix().ok_or_else(|| Unsayable::new("no prefix"))?;
        if prefix.rule.say.is_some() || matches!(prefix.ty, Type::Frame(_)) {
            return Err(Unsayable::new("a length of a type of your own is said in Rust only"));
        }
        let number = self.leaf(&prefix.ty, &self.r())?;
        let said = self.length(number, &prefix.rule, own(&prefix.rule, &prefix.ty)?)?;
        let size = self.var("size", field.name);
        self.out.push(Stmt::Let(size.clone(), None, said));
        Ok(size)
    }

    /// The value of a field; nothing for what has none.
    fn value(
        &mut self,
        slot: Slot,
        field: &'static Field,
        prefix: Option<Code>,
        behind: &[Step],
    ) -> Result<Option<Code>> {
        let names = self.locals();
        match field.role {
            Role::Magic(bytes) => {
                self.run("magic", [Code::Bytes(bytes.to_vec())]);
                return Ok(None);
            }
            Role::Pad => {
                let strict = Code::Bool(!field.lenient);
                let fill = |fill: u8| Code::Int(fill.into());
                match field.extent {
                    Extent::Fixed(len, with) => self.run("pad", [Code::size(len), fill(with), strict]),
                    Extent::Align(to) => {
                        let len = Code::Call(
                            "fill_to",
                            [self.r().property("at").minus(self.start()), Code::size(to)].into(),
                        );
                        self.run("pad", [len, fill(field.fill), strict]);
                    }
                    Extent::Len(len) => {
                        let len = self.plan.number(len, &names, None)?;
                        let len = self.r().on("length", [len]);
                        self.run("pad", [len, fill(field.fill), strict]);
                    }
                    _ => return Err(Unsayable::new("padding of this kind")),
                }
                return Ok(None);
            }
            _ => {}
        }
        let content = matches!(slot, Slot::Field(index)
            if asked(self.schema, self.fields, |covered| covered == Covered::Content(index)));
        if let Extent::Own | Extent::UntilItem(..) = field.extent {
            return self.own(field, content).map(Some);
        }
        let prefix = match (prefix, field.prefix()) {
            (None, Some(_)) => Some(self.prefix(field)?),
            (prefix, _) => prefix,
        };
        let counted = match field.extent {
            Extent::CountPrefixed(_) => prefix.clone(),
            Extent::CountOf(count) => Some(self.var("size", count.name)),
            Extent::Count(count) => {
                let count = self.plan.number(count, &names, None)?;
                Some(self.r().on("length", [count]))
            }
            _ => None,
        };
        if has_units(&field.ty)
            && (field.fills
                || field.stop.is_some()
                || matches!(field.extent, Extent::Until(_) | Extent::UntilAny(_)))
        {
            return Err(Unsayable::new("what ends text of two bytes a character is said in Rust only"));
        }
        if let (Some(count), false) = (counted.clone(), field.counts_bytes()) {
            let (Type::List(item) | Type::Array(item, _)) = field.ty else {
                return Err(Unsayable::new("a count of what is no list"));
            };
            self.note_content(field, content, "from");
            let read = self.item(item, field)?;
            let deep = Code::Bool(matches!(item, Type::Frame(_)));
            let empty = Code::Bool(is_empty(item));
            let value = self.r().on("counted", [count, Code::size(least(item)), deep, read, empty]);
            let local = self.var("list", field.name);
            self.out.push(Stmt::Let(local.clone(), None, value));
            self.note_content(field, content, "to");
            return Ok(Some(local));
        }
        let extent = match field.extent {
            Extent::LenPrefixed(_) => {
                let size = prefix.ok_or_else(|| Unsayable::new("no prefix"))?;
                self.r().on("extent", [size])
            }
            Extent::LenOf(len) => {
                let size = self.var("size", len.name);
                self.r().on("extent", [size])
            }
            Extent::Len(len) => {
                let len = self.plan.number(len, &names, None)?;
                let extent = self.r().on("extent", [self.r().on("length", [len])]);
                match field.stop {
                    Some(stop) => extent.on("stopped", [list(stop.delimiter.any)]),
                    None => extent,
                }
            }
            Extent::Until(delimiter) => self.r().on("until", [list(&[delimiter])]),
            Extent::UntilAny(delimiter) => {
                let ending = match delimiter.ending {
                    Ending::Consumed => "consumed",
                    Ending::Left => "left",
                    Ending::Between => "between",
                    Ending::Separates => "separates",
                };
                let optional = Code::Bool(delimiter.optional);
                self.r().on("until", [list(delimiter.any), Code::text(ending), optional])
            }
            Extent::Fixed(len, fill) => {
                let extent = self.r().on("extent", [Code::size(len)]);
                match field.stop {
                    Some(stop) => extent.on("stopped", [list(stop.delimiter.any)]),
                    None if field.fills => extent.on("trimmed", [Code::Int(fill.into())]),
                    None => extent,
                }
            }
            Extent::Rest => self.r().on("before", [self.behind(behind)?]),
            Extent::CountPrefixed(_) | Extent::CountOf(_) | Extent::Count(_) => {
                let size = counted.ok_or_else(|| Unsayable::new("no count"))?;
                self.r().on("extent", [size])
            }
            Extent::Own | Extent::UntilItem(..) | Extent::Align(_) => {
                return Err(Unsayable::new("an extent of this kind"));
            }
        };
        if !content {
            match field.ty {
                Type::Bytes => return Ok(Some(extent.on("rest", []))),
                Type::Text => return Ok(Some(extent.on("text", []))),
                _ => {}
            }
        }
        let name = self.var("in", field.name);
        self.out.push(Stmt::Let(name.clone(), None, extent));
        if content {
            for (stem, position) in [("from", "at"), ("to", "end")] {
                let var = self.var(stem, field.name);
                self.out.push(Stmt::Let(var, None, name.clone().property(position)));
            }
        }
        self.fills(field, name).map(Some)
    }

    fn note_content(&mut self, field: &Field, content: bool, stem: &str) {
        if content {
            let var = self.var(stem, field.name);
            self.out.push(Stmt::Let(var, None, self.r().property("at")));
        }
    }

    /// The value that fills an extent.
    fn fills(&mut self, field: &'static Field, reader: Code) -> Result<Code> {
        let ty = &field.ty;
        let value = match ty {
            Type::Bytes => return Ok(reader.on("rest", [])),
            Type::Text => return Ok(reader.on("text", [])),
            Type::List(item) => {
                let (read, deep) = (self.item(item, field)?, matches!(item, Type::Frame(_)));
                return Ok(match separator(item) {
                    Some(each) => reader.on("separated", [list(each.any), read]),
                    None => reader.on("all", [Code::Bool(deep), read, Code::Bool(is_empty(item))]),
                });
            }
            Type::Custom => {
                let brought = self.brought(field)?;
                return Ok(reader.clone().on("by_hand", [brought, Code::Bool(true)]));
            }
            _ => self.read_own(field, &reader)?,
        };
        let local = self.var("value", field.name);
        self.out.push(Stmt::Let(local.clone(), None, value));
        if !field.lenient {
            self.out.push(Stmt::Do(reader.on("finish", [])));
        }
        Ok(local)
    }

    fn brought(&self, field: &Field) -> Result<Code> {
        if !field.given.values.is_empty() {
            return Err(Unsayable::new("code written by hand that is handed values is said in Rust only"));
        }
        let object = self.plan.brought(field.name).ok_or_else(|| by_hand(field))?;
        Ok(Code::Brought(object.to_string(), "", Vec::new()))
    }

    /// A self-delimiting value.
    fn own(&mut self, field: &'static Field, content: bool) -> Result<Code> {
        self.note_content(field, content, "from");
        let value = match (field.extent, field.ty) {
            (Extent::UntilItem(end, last), Type::List(item)) => {
                let (read, deep) = (self.item(item, field)?, Code::Bool(matches!(item, Type::Frame(_))));
                match last {
                    Some(last) => {
                        let last = last().ok_or_else(|| Unsayable::new("an end of a type of your own"))?;
                        self.r().on("items_to", [deep, read, Code::Bytes(last)])
                    }
                    None => {
                        let ends = self.plan.truth(end, &Items(item))?;
                        self.r().on("items_until", [deep, read, Code::Item(Box::new(ends))])
                    }
                }
            }
            (_, Type::Custom) => {
                let brought = self.brought(field)?;
                self.r().on("by_hand", [brought, Code::Bool(false)])
            }
            _ => self.read_own(field, &self.r())?,
        };
        if !content {
            return Ok(value);
        }
        let local = self.var("value", field.name);
        self.out.push(Stmt::Let(local.clone(), None, value));
        self.note_content(field, content, "to");
        Ok(local)
    }

    /// A number with its absent value, or whatever else has an end of its own.
    fn read_own(&self, field: &'static Field, reader: &Code) -> Result<Code> {
        let value = match field.ty {
            Type::Frame(schema) => self.nested(schema(), field, reader)?,
            Type::Array(item, count) if !is_byte(item) => {
                let read = self.item(item, field)?;
                array(reader.clone(), &field.ty, count, matches!(item, Type::Frame(_)), read)
            }
            ref ty => self.leaf(ty, reader)?,
        };
        match field.none {
            Some(none) => {
                let none = none.number().ok_or_else(|| Unsayable::new("a number of a type of your own"))?;
                Ok(Code::Call("none_if", [value, Code::Int(none)].into()))
            }
            None => Ok(value),
        }
    }

    /// A frame with what it is handed.
    fn nested(&self, schema: &Schema, field: &'static Field, reader: &Code) -> Result<Code> {
        let read = self.frame_call(schema, field, Code::var("r"))?;
        Ok(reader.clone().on("nested", [Code::Reads(Box::new(read))]))
    }

    fn frame_call(&self, schema: &Schema, field: &'static Field, reader: Code) -> Result<Code> {
        let mut arguments = Vec::from([reader]);
        arguments.extend(self.plan.given(schema, field, &self.locals())?);
        Ok(Code::Frame(self.plan.name(schema), "read", arguments))
    }

    /// What reads an item of a list.
    fn item(&self, item: &Type, field: &'static Field) -> Result<Code> {
        let r = Code::var("r");
        let read = match item {
            Type::Frame(schema) => self.frame_call(schema(), field, r)?,
            item => self.leaf(item, &r)?,
        };
        Ok(Code::Reads(Box::new(read)))
    }

    /// A value without context.
    pub(super) fn leaf(&self, ty: &Type, r: &Code) -> Result<Code> {
        let r = r.clone();
        Ok(match ty {
            Type::Unit => Code::Nothing,
            Type::Int { bytes, signed, order: by } => {
                let method = match (signed, *bytes > 6) {
                    (false, false) => "uint",
                    (false, true) => "uint_big",
                    (true, false) => "sint",
                    (true, true) => "sint_big",
                };
                let mut arguments = Vec::from([Code::size(*bytes)]);
                arguments.extend(by.filter(|by| *by == Order::Little).map(order));
                r.on(method, arguments)
            }
            Type::Float { bytes, order: by } => r.on(if *bytes == 4 { "f32" } else { "f64" }, [order(*by)]),
            Type::Bool => r.on("truth", []),
            Type::Ipv4 => r.on("ipv4", []),
            Type::Ipv6 => r.on("ipv6", []),
            Type::Number(format) => {
                let number = number_format(format)?;
                let read = r.on(number.0, number.1);
                if format.ty.bits() > 32 { read } else { Code::Small(Box::new(read)) }
            }
            Type::Array(item, count) if is_byte(item) => r.on("take", [Code::size(*count)]),
            Type::Array(item, count) => {
                let read = Code::Reads(Box::new(self.leaf(item, &Code::var("r"))?));
                array(r, ty, *count, matches!(item, Type::Frame(_)), read)
            }
            Type::Tuple(items) => {
                let read = |r: &Code| {
                    Ok(Code::Tuple(items.iter().map(|item| self.leaf(item, r)).collect::<Result<_>>()?))
                };
                match fixed(ty) {
                    Some(size) => {
                        r.on("whole", [Code::size(size), Code::Reads(Box::new(read(&Code::var("r"))?))])
                    }
                    None => read(&r)?,
                }
            }
            Type::Frame(schema) => {
                let name = self.plan.name(schema());
                let read = Code::Frame(name, "read", [Code::var("r")].into());
                r.on("nested", [Code::Reads(Box::new(read))])
            }
            Type::Bytes => r.on("rest", []),
            Type::Text => r.on("text", []),
            Type::Encoded(format) => {
                let (method, arguments) = text_format(format)?;
                r.on(method, arguments)
            }
            Type::List(_) | Type::Custom | Type::Bits(_) => {
                return Err(Unsayable::new(format!("a value of the type `{ty}` here")));
            }
        })
    }

    /// The size of what stands behind a field that takes the rest.
    fn behind(&self, steps: &[Step]) -> Result<Code> {
        let mut fixed = 0;
        let mut parts = Vec::new();
        for step in steps {
            let (size, condition) = match step {
                Step::Bits(run) if run.ends => (Code::size(run.bytes), None),
                Step::Field(_, field) => {
                    let size = match (field.extent, field.bits()) {
                        (_, Some(bits)) => Code::size(bits / 8),
                        (Extent::LenOf(len), _) => self.var("size", len.name),
                        (Extent::Len(len), _) => {
                            self.r().on("length", [self.plan.number(len, &self.locals(), None)?])
                        }
                        (Extent::Fixed(len, _), _) => Code::size(len),
                        (Extent::Own, _) => Code::size(
                            field
                                .ty
                                .bits()
                                .ok_or_else(|| Unsayable::new("what follows has no known size"))?
                                / 8,
                        ),
                        _ => return Err(Unsayable::new("what follows has no known size")),
                    };
                    let condition = match field.presence {
                        Presence::Always => None,
                        Presence::When(condition) => Some(self.plan.truth(condition, &self.locals())?),
                        Presence::Flag(flag, _) => Some(self.var("says", flag.name)),
                        _ => return Err(Unsayable::new("what follows has no known size")),
                    };
                    (size, condition)
                }
                _ => return Err(Unsayable::new("what follows has no known size")),
            };
            match (size, condition) {
                (Code::Int(size), None) => fixed += size,
                (size, None) => parts.push(size),
                (size, Some(condition)) => parts.push(condition.or(size, Code::Int(0))),
            }
        }
        Ok(parts
            .into_iter()
            .fold(Code::Int(fixed), |sum, part| Code::binary(crate::schema::Op::Add, sum, part)))
    }

    /// Compares what `Auto`s say of a field with what was read.
    fn agree(&mut self, index: usize, field: &'static Field) -> Result<()> {
        // What stands later is compared where it stands.
        if let Some(of) = described(field) {
            if of < index {
                if let Some(target) = self.fields.get(of) {
                    self.claims(of, target, Some(index))?;
                }
            }
        }
        if matches!(field.role, Role::Value) {
            self.claims(index, field, None)?;
        }
        if let Role::Calc(expr) = field.role {
            if !field.lenient {
                let ty = number_ty(&field.ty);
                let expected = self.plan.number(expr, &self.locals(), ty)?;
                let (local, at) = (Code::Local(field.name.to_string()), self.var("at", field.name));
                let same = self.r().on("same", [local, expected, at, Code::text(field.name)]);
                self.later.push(Stmt::Do(same));
            }
        }
        if let Role::Checksum(algorithm, covers) = field.role {
            if !field.given.values.is_empty() {
                return Err(Unsayable::new("a checksum with a seed is said in Rust only"));
            }
            let (from, to) = self.covered(covers.what);
            let (at, len) = (self.var("at", field.name), Code::size(place_of_sum(field)?));
            let bytes = Code::var("r").on("covered", [from, to, at.clone(), len]);
            let sum = super::write::checksum(algorithm, bytes)?;
            let local = Code::Local(field.name.to_string());
            let same = Code::var("r").on("same", [local, sum, at, Code::text(field.name)]);
            self.sums.push(Stmt::Do(same));
        }
        Ok(())
    }

    fn covered(&self, what: Covered) -> (Code, Code) {
        match what {
            Covered::Content(index) => match self.fields.get(index) {
                Some(field) => (self.var("from", field.name), self.var("to", field.name)),
                None => (self.start(), self.start()),
            },
            Covered::Fields { from, to } => (self.begin_of(from), self.end_of(to)),
            Covered::Behind => (self.start(), self.r().property("at")),
        }
    }

    /// What the `Auto`s in front of a field, or the one at `only`, say of it.
    fn claims(&mut self, index: usize, field: &'static Field, only: Option<usize>) -> Result<()> {
        let is_optional = !matches!(field.presence, Presence::Always);
        let (mut there, mut absent) = (Vec::new(), Vec::new());
        for (auto, says) in self.fields.iter().enumerate() {
            let is_asked = only.map_or(auto < index, |only| auto == only);
            if described(says) != Some(index) || !is_asked {
                continue;
            }
            let is_used = used_by(field, auto);
            let (local, at) = (Code::Local(says.name.to_string()), self.var("at", says.name));
            let size = self.var("size", says.name);
            let same = |found: Code, expected: Code| {
                let same = self.r().on("same", [found, expected, at.clone(), Code::text(says.name)]);
                let same = Stmt::Do(same);
                match says.presence {
                    Presence::Always => same,
                    // An `Auto` hangs on a condition of its own.
                    _ => Stmt::If(self.var("there", says.name), Vec::from([same]), Vec::new()),
                }
            };
            match &says.role {
                Role::LenOf(_, rule) => {
                    if !is_used {
                        let (from, to) = (self.var("from", field.name), self.var("to", field.name));
                        there.push(same(size.clone(), to.minus(from)));
                    }
                    absent.push(same(size, if rule.none.is_some() { Code::Nothing } else { Code::Int(0) }));
                }
                Role::CountOf(_, rule) => {
                    if !is_used {
                        let local = Code::Local(field.name.to_string());
                        there.push(same(size.clone(), Code::Call("length_of", [local].into())));
                    }
                    absent.push(same(size, if rule.none.is_some() { Code::Nothing } else { Code::Int(0) }));
                }
                Role::TagOf(_) => {
                    if let (false, Type::Frame(schema)) = (is_used, field.ty) {
                        let value = Code::Local(field.name.to_string());
                        let tag = Code::Frame(self.plan.name(schema()), "tag", [value].into());
                        there.push(same(local.clone(), tag));
                    }
                    let zero = match says.ty.bits() {
                        Some(bits) if matches!(says.ty, Type::Array(..)) => {
                            Code::Bytes(alloc::vec![0; bits / 8])
                        }
                        _ => Code::Int(0),
                    };
                    absent.push(same(local, zero));
                }
                Role::PresenceOf(..) => {
                    let flag = self.var("says", says.name);
                    there.push(same(flag.clone(), Code::Bool(true)));
                    absent.push(same(flag, Code::Bool(false)));
                    if is_used {
                        there.pop();
                        absent.pop();
                    }
                }
                _ => {}
            }
        }
        if !is_optional {
            self.out.extend(there);
        } else if !(there.is_empty() && absent.is_empty()) {
            let is_absent = Code::Local(field.name.to_string()).absent();
            self.out.push(match there.is_empty() {
                true => Stmt::If(is_absent, absent, Vec::new()),
                false => Stmt::If(is_absent.negated(), there, absent),
            });
        }
        Ok(())
    }
}

/// An item of a list in the condition that ends it.
pub(super) struct Items<'a>(pub(super) &'a Type);

impl Names for Items<'_> {
    fn field(&self, _: usize) -> Result<Code> {
        Ok(Code::var("item"))
    }

    fn ty(&self, _: usize) -> Option<Type> {
        Some(*self.0)
    }
}

/// The field that an `Auto` describes.
pub(super) fn described(field: &Field) -> Option<usize> {
    match field.role {
        Role::LenOf(covers, _) => match covers.what {
            Covered::Content(index) => Some(index),
            _ => None,
        },
        Role::CountOf(target, _) | Role::PresenceOf(target, ..) | Role::TagOf(TagOf::Field(target)) => {
            Some(target.index)
        }
        _ => None,
    }
}

/// Whether a field is read by what an `Auto` says.
fn used_by(field: &Field, auto: usize) -> bool {
    let by_extent = matches!(field.extent, Extent::LenOf(by) | Extent::CountOf(by) if by.index == auto);
    let by_presence =
        matches!(field.presence, Presence::Flag(by, _) | Presence::Length(by, _) if by.index == auto);
    let by_tag = matches!(field.given.tag, Some(Chooser::Field(by)) if by.index == auto);
    by_extent || by_presence || by_tag
}

/// The fields that may be absent which an expression names.
pub(super) fn absent(fields: &'static [Field], node: &Node) -> Vec<&'static Field> {
    let may_be_absent = |field: &&Field| {
        matches!(field.role, Role::Value)
            && (!matches!(field.presence, Presence::Always) || field.none.is_some())
    };
    match *node {
        Node::Field(operand) => fields.get(operand.index).filter(may_be_absent).into_iter().collect(),
        Node::Cast(of, _) | Node::Not(of) | Node::Negative(of) | Node::Len(of) | Node::Member(of, ..) => {
            absent(fields, of)
        }
        Node::Binary(_, left, right) => [absent(fields, left), absent(fields, right)].concat(),
        Node::If(condition, yes, no) => {
            [absent(fields, condition), absent(fields, yes), absent(fields, no)].concat()
        }
        Node::Number(..) | Node::Bool(_) | Node::Tag(_) | Node::Context(_) => Vec::new(),
        Node::Item(_) | Node::Constant(_) | Node::Opaque => Vec::new(),
    }
}

/// The bytes of what is read as a whole: values of fixed size without frames in them.
fn fixed(ty: &Type) -> Option<usize> {
    let plain = match ty {
        Type::Array(item, _) => fixed(item).is_some(),
        Type::Tuple(items) => items.iter().all(|item| fixed(item).is_some()),
        Type::Frame(_) => false,
        // Decimals are read one by one.
        Type::Number(format) if format.name.starts_with("bcd") => false,
        ty => ty.bits().is_some(),
    };
    plain.then(|| ty.bits().map(|bits| bits / 8)).flatten()
}

/// Reads an array, as a whole where its size is fixed.
fn array(reader: Code, ty: &Type, count: usize, deep: bool, read: Code) -> Code {
    let items = |reader: Code| reader.on("array", [Code::size(count), Code::Bool(deep), read]);
    match fixed(ty) {
        Some(size) => {
            let read = Code::Reads(Box::new(items(Code::var("r"))));
            reader.on("whole", [Code::size(size), read])
        }
        None => items(reader),
    }
}

pub(super) fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Int { bytes: 1, signed: false, .. })
}

/// Whether an item takes no bytes, whatever it is.
fn is_empty(ty: &Type) -> bool {
    match ty {
        Type::Frame(schema) => schema().max_len == Some(0),
        ty => ty.bits() == Some(0),
    }
}

/// The bytes of its own number that a length counts too.
pub(super) fn own(rule: &LengthRule, ty: &Type) -> Result<usize> {
    match (rule.inclusive, ty.bits()) {
        (false, _) => Ok(0),
        (true, Some(bits)) => Ok(bits / 8),
        (true, None) => Err(Unsayable::new("a length of varying size that counts itself")),
    }
}

/// The bytes that a sum takes.
pub(super) fn place_of_sum(field: &Field) -> Result<usize> {
    match field.ty {
        Type::Bits(bits) => Ok(bits.run),
        ty => ty.bits().map(|bits| bits / 8).ok_or_else(|| Unsayable::new("a sum of varying size")),
    }
}

/// The type of a number in expressions.
pub(super) fn number_ty(ty: &Type) -> Option<crate::schema::Ty> {
    use crate::schema::{Int, Ty};
    let int = match ty {
        Type::Number(format) => format.ty,
        Type::Bool => return Some(Ty::Bool),
        Type::Bits(bits) if matches!(bits.of, crate::schema::BitKind::Bool) => return Some(Ty::Bool),
        Type::Int { bytes, signed, .. } => match (bytes, signed) {
            (1, false) => Int::U8,
            (2, false) => Int::U16,
            (3 | 4, false) => Int::U32,
            (5..=8, false) => Int::U64,
            (_, false) => Int::U128,
            (1, true) => Int::I8,
            (2, true) => Int::I16,
            (3 | 4, true) => Int::I32,
            (5..=8, true) => Int::I64,
            (_, true) => Int::I128,
        },
        _ => return None,
    };
    Some(Ty::Int(int))
}

/// Whether characters of a text have two bytes.
fn has_units(ty: &Type) -> bool {
    matches!(ty, Type::Encoded(format) if format.units.is_some())
}

/// The nibble that fills up decimals, or 0, and whether the low one comes first.
fn nibbles(name: &str) -> [Code; 2] {
    let fill = name.split_once("fill = 0x").and_then(|(_, fill)| fill.trim_end_matches(')').chars().next());
    let fill = fill.and_then(|fill| fill.to_digit(16)).unwrap_or(0);
    [Code::Int(fill.into()), Code::Bool(name.contains("swapped"))]
}

/// What reads and writes a text, and what it is told.
pub(super) fn text_format(format: &crate::schema::TextFormat) -> Result<(&'static str, Vec<Code>)> {
    Ok(match format.name {
        name @ ("ascii" | "latin1" | "utf16be" | "utf16le") => ("encoded", [Code::text(name)].into()),
        name if name.starts_with("bcd") => {
            let [fill, swapped] = nibbles(name);
            ("bcd_text", [Code::size(format.min_len), fill, swapped].into())
        }
        name => return Err(Unsayable::new(format!("text in the encoding `{name}` is said in Rust only"))),
    })
}

/// What reads and writes a format of numbers, and what it is told.
pub(super) fn number_format(format: &crate::schema::NumberFormat) -> Result<(&'static str, Vec<Code>)> {
    let (least, most) =
        (Code::Int(format.least), i128::try_from(format.most).map_or(Code::Nothing, Code::Int));
    let bytes = format.max_len.map_or(Code::Int(0), Code::size);
    Ok(match format.name {
        "varint" => ("varint", [bytes, most].into()),
        crate::wire::PADDED_VARINT => ("varint", [bytes, most, Code::Bool(true)].into()),
        "zigzag" => ("zigzag", [bytes, Code::Int(format.ty.bits().into())].into()),
        "quic" => ("quic", [most].into()),
        "dec" => ("digits", [Code::Int(10), bytes, least, most].into()),
        "hex" => ("digits", [Code::Int(16), bytes, least, most].into()),
        name if name.starts_with("bcd") => {
            let [fill, swapped] = nibbles(name);
            ("bcd", [bytes, fill, swapped, most].into())
        }
        "hex(lower)" => ("digits", [Code::Int(16), bytes, least, most, Code::Bool(true)].into()),
        name => return Err(Unsayable::new(format!("numbers in the format `{name}` are said in Rust only"))),
    })
}
