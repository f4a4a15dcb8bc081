//! How a frame is written: first what can be known ahead, then the fields, then the numbers whose place was kept.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;
use core::cell::Cell;

use super::code::{Code, Stmt};
use super::enums::{fits, has_tag, is_wide};
use super::expr::Names;
use super::read::{
    Items, absent, constant, free, is_byte, list, number_format, number_ty, order, own, place_of_sum,
    text_format,
};
use super::types::{Ty, by_hand, is_plain};
use super::{Plan, Result, Unsayable};
use crate::schema::frames::separator;
use crate::schema::known::flag_numbers;
use crate::schema::steps::{Enclosed, Run, Slot, Step, steps};
use crate::schema::{
    BitKind, Bits, Body, Check, Chooser, Covered, Ending, Expr, Extent, Field, LengthRule, Node, Op, Order,
    Presence, Role, Schema, Start, TagOf, Type, Variant,
};

struct Writing<'p> {
    plan: &'p Plan,
    schema: &'p Schema,
    fields: &'static [Field],
    checks: &'static [Check],
    variant: Option<&'static Variant>,
    out: Vec<Stmt>,
    /// Whether anything asks where the frame begins.
    asks_start: Cell<bool>,
    /// The numbers whose place was kept, those of varying size first.
    lengths: Vec<(bool, Vec<Stmt>)>,
    later: Vec<Stmt>,
    sums: Vec<(usize, Code)>,
    /// The `Auto`s that are known ahead.
    ahead: Vec<usize>,
    /// The fields whose bytes are made ahead.
    parts: Vec<usize>,
    /// The bits of the tag that the first run of a variant begins with.
    tag_bits: Option<(Bits, Code)>,
}

/// Fields are members of the value, `Auto`s variables.
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

/// The sum of some bytes.
pub(super) fn checksum(algorithm: &str, bytes: Code) -> Result<Code> {
    let name = algorithm.rsplit("::").next().unwrap_or(algorithm).trim();
    let simple = match name {
        "Internet" => Some("sum_internet"),
        "Adler32" => Some("sum_adler32"),
        "Sum8" => Some("sum_sum8"),
        "Xor8" => Some("sum_xor8"),
        _ => None,
    };
    if let Some(simple) = simple {
        return Ok(Code::Call(simple, [bytes].into()));
    }
    let crc = crate::checksum::parameters(name).ok_or_else(|| {
        Unsayable::new(alloc::format!("the checksum `{algorithm}` is not one of `framewright::checksum`"))
    })?;
    let number = |number: u128| Code::Num(i128::try_from(number).unwrap_or(0));
    Ok(Code::Call(
        "crc",
        [
            bytes,
            Code::Int(crc.width.into()),
            number(crc.poly),
            number(crc.init),
            Code::Bool(crc.refin),
            Code::Bool(crc.refout),
            number(crc.xorout),
        ]
        .into(),
    ))
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
        Ok(writing.out)
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

    /// Where the frame begins.
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

    /// What is written when all fields are: lengths, checks, sums.
    fn finish(&mut self) -> Result<()> {
        for check in self.checks {
            let within = |error: Unsayable| match check.field {
                Some(field) => error.within(field),
                None => error,
            };
            let holds = self.plan.truth(&check.condition, &self.names()).map_err(within)?;
            let mut cases: Vec<_> = absent(self.fields, &check.condition.tree)
                .into_iter()
                .map(|field| Code::Me.member(field.name).absent())
                .collect();
            cases.push(holds);
            let holds = if cases.len() > 1 { Code::Or(cases) } else { cases.remove(0) };
            let name = Code::text(check.field.unwrap_or(""));
            self.later.push(Stmt::Do(w().on("check", [holds, Code::text(check.message), name])));
        }
        let mut lengths = core::mem::take(&mut self.lengths);
        lengths.sort_by_key(|(varies, _)| !varies);
        self.out.extend(lengths.into_iter().flat_map(|(_, stmts)| stmts));
        let later = core::mem::take(&mut self.later);
        self.out.extend(later);
        let mut sums = core::mem::take(&mut self.sums);
        // A sum over another sum comes behind it.
        let covers = |index: &usize| {
            let Some(Role::Checksum(_, covers)) = self.fields.get(*index).map(|field| field.role) else {
                return 0;
            };
            let Covered::Fields { from, to } = covers.what else { return 0 };
            let inside =
                |other: usize| from.is_none_or(|from| from <= other) && to.is_none_or(|to| other < to);
            self.fields
                .iter()
                .enumerate()
                .filter(|(other, field)| {
                    matches!(field.role, Role::Checksum(..)) && other != index && inside(*other)
                })
                .count()
        };
        sums.sort_by_key(|(index, _)| covers(index));
        for (_, sum) in sums {
            self.out.push(match self.variant {
                // Lengths in front of the variant come first.
                Some(_) => Stmt::Do(w().on("last", [Code::Later(Vec::from([sum]))])),
                None => Stmt::Do(sum),
            });
        }
        Ok(())
    }

    /// Computes what hangs on values alone.
    fn foresee(&mut self) -> Result<()> {
        self.ahead.clear();
        self.parts.clear();
        let mut asked = Vec::new();
        for field in self.fields {
            let when = match field.presence {
                Presence::When(condition) if !matches!(field.role, Role::Value) => Some(condition),
                _ => None,
            };
            let size = match (field.role, field.extent) {
                (Role::Pad, Extent::Len(len)) => Some(len),
                (_, Extent::Len(len)) if field.stop.is_some() || field.lenient => Some(len),
                _ => None,
            };
            let tag = match field.given.tag {
                Some(Chooser::Expr(expr)) => Some(expr),
                Some(Chooser::Field(tag)) => {
                    asked.push(tag.index);
                    None
                }
                None => None,
            };
            let named = when.into_iter().chain(size).chain(tag).chain(field.given.values);
            named.for_each(|expr| named_in(&expr.tree, &mut asked));
        }
        for index in asked {
            self.know(index, true, 0)?;
        }
        for (index, field) in self.fields.iter().enumerate() {
            if matches!(field.role, Role::TagOf(_) | Role::CountOf(..) | Role::PresenceOf(..) | Role::Calc(_))
            {
                self.know(index, false, 0)?;
            }
        }
        Ok(())
    }

    /// Computes an `Auto` ahead, and before it what it hangs on. What must not be ahead may come late.
    fn know(&mut self, index: usize, must: bool, depth: usize) -> Result<bool> {
        let Some(field) = self.fields.get(index) else { return Ok(true) };
        let is_known = matches!(field.role, Role::Value | Role::Magic(_) | Role::Pad);
        if is_known || self.ahead.contains(&index) {
            return Ok(true);
        }
        let late = || {
            Unsayable::new("a number that is known only when the frame is written is asked for before")
                .within(field.name)
        };
        if depth > self.fields.len() {
            return Err(late());
        }
        let mut named = Vec::new();
        if let Presence::When(condition) = field.presence {
            named_in(&condition.tree, &mut named);
        }
        match field.role {
            Role::Calc(expr) => named_in(&expr.tree, &mut named),
            Role::LenOf(covers, _) if must => match covers.what {
                Covered::Content(target) => {
                    if let Some(target) = self.fields.get(target) {
                        let given = target.given;
                        if let Some(Chooser::Field(tag)) = given.tag {
                            named.push(tag.index);
                        }
                        if let Some(Chooser::Expr(expr)) = given.tag {
                            named_in(&expr.tree, &mut named);
                        }
                        given.values.iter().for_each(|value| named_in(&value.tree, &mut named));
                    }
                }
                _ => return Err(late()),
            },
            Role::Checksum(..) | Role::LenOf(..) if must => return Err(late()),
            Role::Checksum(..) | Role::LenOf(..) => return Ok(false),
            _ => {}
        }
        for other in named {
            if !self.know(other, must, depth + 1)? {
                return Ok(false);
            }
        }
        if let (Role::LenOf(covers, _), true) = (field.role, must) {
            if let Covered::Content(target) = covers.what {
                self.part_of(target)?;
            }
        }
        let number = self.auto_number(field).map_err(|error| error.within(field.name))?;
        let number = match field.presence {
            Presence::When(condition) => {
                let there = self.plan.truth(condition, &self.names())?;
                let zero = if number_ty(&field.ty) == Some(crate::schema::Ty::Bool) {
                    Code::Bool(false)
                } else {
                    Code::Int(0)
                };
                there.or(number, zero)
            }
            _ => number,
        };
        self.out.push(Stmt::Let(Code::Local(field.name.to_string()), None, number));
        self.ahead.push(index);
        Ok(true)
    }

    /// Makes the bytes of a field ahead.
    fn part_of(&mut self, index: usize) -> Result<()> {
        let Some(field) = self.fields.get(index) else { return Ok(()) };
        if self.parts.contains(&index) {
            return Ok(());
        }
        self.parts.push(index);
        self.run("field", [Code::text(field.name)]);
        let part = self.var("part", field.name);
        let size = self.var("size", field.name);
        self.out.push(Stmt::Let(part.clone(), None, w().on("part", [])));
        let content = self.content(field, &part)?;
        if matches!(field.presence, Presence::Always) {
            self.out.extend(content);
            self.out.push(Stmt::Let(size, None, part.on("size", [])));
        } else {
            let is_there = Code::Me.member(field.name).absent().negated();
            let size_ty = Ty::Option(Box::new(Ty::Int(32, false)));
            self.out.push(Stmt::Let(size.clone(), Some(size_ty), Code::Nothing));
            let mut content = content;
            content.push(Stmt::Set(size, part.on("size", [])));
            self.out.push(Stmt::If(is_there, content, Vec::new()));
        }
        Ok(())
    }

    /// The number of an `Auto` that hangs on values, or on a size that is known.
    fn auto_number(&self, field: &'static Field) -> Result<Code> {
        let target = |index: usize| {
            let target = self.fields.get(index).ok_or_else(|| Unsayable::new("there is no such field"))?;
            let is_optional = !matches!(target.presence, Presence::Always);
            Ok::<_, Unsayable>((target, Code::Me.member(target.name), is_optional))
        };
        match &field.role {
            Role::TagOf(TagOf::Field(of)) => {
                let (of, value, is_optional) = target(of.index)?;
                let Type::Frame(schema) = of.ty else {
                    return Err(Unsayable::new("a tag of what is no enum"));
                };
                if matches!(field.ty, Type::Frame(_)) {
                    return Err(Unsayable::new("a tag of a type of your own is said in Rust only"));
                }
                let tag = Code::Frame(self.plan.name(schema()), "tag", [value.clone()].into());
                let zero = match field.ty {
                    Type::Array(_, len) => Code::Bytes(alloc::vec![0; len]),
                    _ => Code::Int(0),
                };
                Ok(if is_optional { value.absent().or(zero, tag) } else { tag })
            }
            Role::CountOf(of, rule) => {
                let (_, value, is_optional) = target(of.index)?;
                let count = Code::Call("length_of", [value.clone()].into());
                self.units(count, rule, 0, is_optional.then(|| value.absent()))
            }
            Role::LenOf(covers, rule) => {
                let Covered::Content(of) = covers.what else {
                    return Err(Unsayable::new("a length of a range"));
                };
                let (of, _, is_optional) = target(of)?;
                let size = self.var("size", of.name);
                let own = own(rule, &field.ty)?;
                let nothing = is_optional.then(|| size.clone().absent());
                self.units(size, rule, own, nothing)
            }
            Role::PresenceOf(of, some, none) => {
                let (_, value, _) = target(of.index)?;
                let (yes, no) = flag_numbers(*some, *none)
                    .ok_or_else(|| Unsayable::new("a flag of a type of your own is said in Rust only"))?;
                let is_truth = number_ty(&field.ty) == Some(crate::schema::Ty::Bool);
                let number =
                    |number: i128| if is_truth { Code::Bool(number != 0) } else { Code::Int(number) };
                Ok(value.absent().or(number(no), number(yes)))
            }
            Role::Calc(expr) => self.plan.number(expr, &self.names(), number_ty(&field.ty)),
            _ => Err(Unsayable::new("a number of this kind")),
        }
    }

    /// The number that says a size, or the one for an absent value.
    fn units(&self, size: Code, rule: &LengthRule, own: usize, nothing: Option<Code>) -> Result<Code> {
        if rule.say.is_some() {
            return Err(Unsayable::new("a length of a type of your own is said in Rust only"));
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
        let none = match rule.none {
            Some(none) => {
                Some(none.number().ok_or_else(|| Unsayable::new("a length of a type of your own"))?)
            }
            None => None,
        };
        let number = match none {
            Some(none) => w().on("units_not", [[size, Code::Int(none)].as_slice(), rest.as_slice()].concat()),
            None if rest.is_empty() => size,
            None => w().on("units", [[size].as_slice(), rest.as_slice()].concat()),
        };
        Ok(match nothing {
            Some(nothing) => nothing.or(Code::Int(none.unwrap_or(0)), number),
            None => number,
        })
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
                    self.run("raw", [Code::Bytes(delimiter.to_vec())]);
                    let check = w()
                        .on("ends_at", [Code::var("until_from"), Code::var("until_to"), list(&[delimiter])]);
                    self.run("last", [Code::Later(Vec::from([check]))]);
                }
                Step::Choice(variants) => self.choice(variants)?,
            }
        }
        for delimiter in between {
            self.run("drop_between", [delimiter]);
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

    /// Writes a number into the place that was kept for it.
    fn late(&mut self, field: &'static Field, size: Code) -> Result<()> {
        let Role::LenOf(_, rule) = field.role else { return Err(Unsayable::new("a scope without a length")) };
        let within = |error: Unsayable| error.within(field.name);
        let number = self.units(size, &rule, own(&rule, &field.ty).map_err(within)?, None).map_err(within)?;
        self.fill(field, number).map_err(within)
    }

    fn fill(&mut self, field: &'static Field, number: Code) -> Result<()> {
        let local = Code::Local(field.name.to_string());
        let kept = self.var("kept", field.name);
        let mut stmts = Vec::from([Stmt::Do(w().on("field", [Code::text(field.name)]))]);
        let is_there = !matches!(field.presence, Presence::Always);
        let number = match is_there {
            true => kept.clone().absent().or(Code::Int(0), number),
            false => number,
        };
        stmts.push(Stmt::Let(local.clone(), None, number));
        // Bit fields are written with their run.
        if !matches!(field.ty, Type::Bits(_)) {
            let mut write = Vec::from([self.number(&field.ty, w(), Code::var("v"))?]);
            if let Extent::Until(delimiter) = field.extent {
                write.push(w().on("raw", [Code::Bytes(delimiter.to_vec())]));
            }
            let fill = Stmt::Do(w().on("fill", [kept.clone(), local, Code::Writes(write)]));
            stmts.push(match is_there {
                true => Stmt::If(kept.absent().negated(), Vec::from([fill]), Vec::new()),
                false => fill,
            });
        }
        let varies = self.size_of_place(field).is_none();
        self.lengths.push((varies, stmts));
        Ok(())
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
        // Lengths of ranges that no scope closes.
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

    fn field(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        self.run("field", [Code::text(field.name)]);
        self.note_begin(slot, field);
        match field.role {
            Role::Value => self.value(slot, field)?,
            Role::Magic(bytes) => {
                self.when(field, |_| Ok(Vec::from([w().on("raw", [Code::Bytes(bytes.to_vec())])])))?
            }
            Role::Pad => self.when(field, |writing| writing.padding(field).map(|pad| Vec::from([pad])))?,
            Role::TagOf(TagOf::Own) if matches!(slot, Slot::Head(_)) => {
                let tag = self.number(&field.ty, w(), Code::var("tag"))?;
                self.out.push(Stmt::Do(tag));
            }
            _ => self.auto(slot, field)?,
        }
        self.note_end(slot, field)
    }

    /// Writes what may hang on a condition.
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

    fn padding(&self, field: &Field) -> Result<Code> {
        let fill = |fill: u8| Code::Int(fill.into());
        Ok(match field.extent {
            Extent::Fixed(len, with) => w().on("pad", [Code::size(len), fill(with)]),
            Extent::Align(to) => {
                let varies = |field: &Field| {
                    matches!(field.role, Role::LenOf(..))
                        && self.size_of_place(field).is_none()
                        && !matches!(field.ty, Type::Bits(_))
                };
                if self.schema.head.iter().chain(self.fields).any(varies) {
                    return Err(Unsayable::new("alignment beside a length of varying size"));
                }
                w().on("align", [self.start(), Code::size(to), fill(field.fill)])
            }
            Extent::Len(len) => {
                let len = self.plan.size_said(len, &self.names())?;
                w().on("pad", [len, fill(field.fill)])
            }
            _ => return Err(Unsayable::new("padding of this kind")),
        })
    }

    /// A number that the codec computes.
    fn auto(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let index = if let Slot::Field(index) = slot { Some(index) } else { None };
        let local = Code::Local(field.name.to_string());
        if index.is_some_and(|index| self.ahead.contains(&index)) {
            if let Extent::Until(delimiter) = field.extent {
                let number = self.number(&field.ty, w(), local)?;
                return self.when(field, |_| {
                    Ok(Vec::from([number, w().on("raw", [Code::Bytes(delimiter.to_vec())])]))
                });
            }
            let number = self.number(&field.ty, w(), local)?;
            return self.when(field, |_| Ok(Vec::from([number])));
        }
        let kept = self.var("kept", field.name);
        let hold = w().on("hold", [Code::size(self.size_of_place(field).unwrap_or(0))]);
        let hold = match field.presence {
            Presence::When(condition) => self.plan.truth(condition, &self.names())?.or(hold, Code::Nothing),
            _ => hold,
        };
        self.out.push(Stmt::Let(kept.clone(), None, hold));
        match (field.role, index) {
            (Role::Checksum(algorithm, covers), Some(index)) => {
                self.sum(index, field, algorithm, covers.what, &kept)?;
            }
            (Role::Calc(_), Some(_)) => {
                let number = self.auto_number(field)?;
                self.fill(field, number)?;
            }
            _ => {}
        }
        Ok(())
    }

    fn sum(
        &mut self,
        index: usize,
        field: &'static Field,
        algorithm: &str,
        what: Covered,
        kept: &Code,
    ) -> Result<()> {
        if !field.given.values.is_empty() {
            return Err(Unsayable::new("a checksum with a seed is said in Rust only"));
        }
        let (from, to) = match what {
            Covered::Content(of) => match self.fields.get(of) {
                Some(of) => (self.var("from", of.name), self.var("to", of.name)),
                None => return Err(Unsayable::new("there is no such field")),
            },
            Covered::Fields { from, to } => {
                let to = match to {
                    Some(_) => self.end_of(to),
                    None if self.schema.until.is_empty() => Code::Nothing,
                    None => Code::var("until_to"),
                };
                (self.begin_of(from), to)
            }
            Covered::Behind => return Err(Unsayable::new("a sum in front of the frame")),
        };
        let sum = checksum(algorithm, w().on("covered", [from, to]))?;
        let fill = match field.ty {
            Type::Bits(bits) => {
                let bits = self.bits_of(&bits, sum);
                w().on("fill_bits", [kept.clone(), bits, Code::size(run_bytes(field)), run_order(field)])
            }
            _ => {
                let write = self.number(&field.ty, w(), Code::var("v"))?;
                w().on("fill", [kept.clone(), sum, Code::Writes(Vec::from([write]))])
            }
        };
        place_of_sum(field)?;
        let fill = match field.presence {
            Presence::Always => fill,
            _ => kept.clone().absent().or(Code::Nothing, fill),
        };
        self.sums.push((index, fill));
        Ok(())
    }

    /// Some bits at their place in a run.
    fn bits_of(&self, bits: &Bits, value: Code) -> Code {
        w().on(
            "bits",
            [
                value,
                Code::Int(bits.width.into()),
                Code::Int(bits.shift.into()),
                Code::Bool(matches!(bits.of, BitKind::Signed)),
            ],
        )
    }

    /// Bit fields of one run.
    fn bits(&mut self, run: &Run) -> Result<()> {
        let Some((_, first)) = run.fields.first() else { return Ok(()) };
        let Type::Bits(whole) = first.ty else { return Ok(()) };
        if !run.ends {
            self.tag_bits = Some((whole, Code::var("tag")));
            return Ok(());
        }
        for (slot, field) in &run.fields {
            self.note_begin(*slot, field);
        }
        let mut parts = Vec::new();
        if let Some((tag, value)) = self.tag_bits.take() {
            let behind = u32::try_from(whole.run.saturating_sub(tag.run) * 8).unwrap_or(0);
            let shift = if tag.order == Order::Big { tag.shift + behind } else { tag.shift };
            parts.push(self.bits_of(&Bits { shift, ..tag }, value));
        }
        let mut is_late = false;
        let mut sums = Vec::new();
        for (slot, field) in &run.fields {
            let (Type::Bits(bits), Slot::Field(index)) = (field.ty, *slot) else { continue };
            let local = Code::Local(field.name.to_string());
            let value = match field.role {
                Role::Value => {
                    let value = Code::Me.member(field.name);
                    let value = match bits.of.as_enum() {
                        Some(schema) => Code::Frame(self.plan.name(schema), "tag", [value].into()),
                        None => value,
                    };
                    match field.none {
                        Some(none) => {
                            let none = none
                                .number()
                                .ok_or_else(|| Unsayable::new("a number of a type of your own"))?;
                            w().on("or_none", [value, Code::Int(none)])
                        }
                        None => value,
                    }
                }
                Role::Pad => continue,
                Role::Magic(bytes) => constant(bytes, &field.ty)?,
                Role::Checksum(algorithm, covers) => {
                    sums.push((index, *field, algorithm, covers.what));
                    continue;
                }
                _ => {
                    if !self.ahead.contains(&index) {
                        is_late = true;
                        if let Role::Calc(_) = field.role {
                            let number = self.auto_number(field)?;
                            self.fill(field, number)?;
                        }
                    }
                    local
                }
            };
            parts.push(self.bits_of(&bits, value));
        }
        let value = parts
            .into_iter()
            .reduce(|left, right| Code::binary(Op::BitOr, left, right))
            .unwrap_or(Code::Num(0));
        let kept = self.var("kept", first.name);
        let arguments = [Code::size(run.bytes), order(whole.order)];
        self.run("field", [Code::text(first.name)]);
        if is_late || !sums.is_empty() {
            self.out.push(Stmt::Let(kept.clone(), None, w().on("hold", [Code::size(run.bytes)])));
            let [bytes, by] = arguments;
            let fill = Stmt::Do(w().on("fill_bits", [kept.clone(), value, bytes, by]));
            // Behind the lengths that are part of it.
            match is_late {
                true => self.later.push(fill),
                false => self.out.push(fill),
            }
        } else {
            let [bytes, by] = arguments;
            self.run("uint", [value, bytes, by]);
        }
        for (index, field, algorithm, what) in sums {
            self.sum(index, field, algorithm, what, &kept)?;
        }
        for (slot, field) in &run.fields {
            self.note_end(*slot, field)?;
        }
        Ok(())
    }

    fn value(&mut self, slot: Slot, field: &'static Field) -> Result<()> {
        let value = Code::Me.member(field.name);
        let index = if let Slot::Field(index) = slot { index } else { usize::MAX };
        let is_measured = self.is_asked(|covered| covered == Covered::Content(index));
        let is_ahead = self.parts.contains(&index);
        let is_optional = !matches!(field.presence, Presence::Always);
        let size = self.var("size", field.name);
        if is_measured && is_optional && !is_ahead {
            let ty = Ty::Option(Box::new(Ty::Int(32, false)));
            self.out.push(Stmt::Let(size.clone(), Some(ty), Code::Nothing));
        }
        if let (true, Extent::UntilAny(delimiter)) = (is_optional, field.extent) {
            let places: &[&str] = match delimiter.ending {
                Ending::Left => &["left", "left_end"],
                Ending::Between => &["delimiter"],
                Ending::Consumed | Ending::Separates => &[],
            };
            for place in places {
                let place = self.var(place, field.name);
                self.out.push(Stmt::Let(place, Some(Ty::Any), Code::Nothing));
            }
        }
        let outer = core::mem::take(&mut self.out);
        let later = core::mem::take(&mut self.later);
        self.present(field, index, is_measured, is_ahead, is_optional)?;
        let stmts = core::mem::replace(&mut self.out, outer);
        let inside = core::mem::replace(&mut self.later, later);
        if is_optional {
            self.optional(field, &value, stmts, inside)?;
        } else {
            self.out.extend(stmts);
            self.later.extend(inside);
        }
        // Lengths of this field that stand in front of it, and behind it.
        for (auto, says) in self.fields.iter().enumerate() {
            let Role::LenOf(covers, _) = says.role else { continue };
            if covers.what == Covered::Content(index) && !self.ahead.contains(&auto) {
                let number = self.auto_number(says).map_err(|error| error.within(says.name))?;
                self.fill(says, number)?;
            }
        }
        Ok(())
    }

    /// A field that may be absent.
    fn optional(
        &mut self,
        field: &'static Field,
        value: &Code,
        stmts: Vec<Stmt>,
        later: Vec<Stmt>,
    ) -> Result<()> {
        let is_there = value.clone().absent().negated();
        let mut absent = Vec::new();
        let (mut there, mut later) = (Vec::new(), later);
        match field.presence {
            Presence::When(condition) => {
                let condition = self.plan.truth(condition, &self.names())?;
                let held = w().on("present", [condition, is_there.clone(), Code::text(field.name)]);
                self.later.push(Stmt::Do(held));
            }
            Presence::Prefix(_) => {
                if let Some((prefix, none)) =
                    field.prefix().and_then(|prefix| Some((prefix, prefix.rule.none?)))
                {
                    let none =
                        none.number().ok_or_else(|| Unsayable::new("a length of a type of your own"))?;
                    absent.push(Stmt::Do(self.number(&prefix.ty, w(), Code::Int(none))?));
                }
            }
            Presence::Optional => {
                let from = self.var("optional", field.name);
                self.out.push(Stmt::Let(from.clone(), None, w().on("mark", [])));
                there.push(Stmt::Do(w().on("not_ended", [])));
                absent.push(Stmt::Do(w().on("ended", [])));
                later.push(Stmt::Do(w().on("takes_bytes", [from])));
            }
            Presence::Lead(lead) => {
                let at = self.var("lead", field.name);
                self.out.push(Stmt::Let(at.clone(), None, w().on("mark", [])));
                there.push(Stmt::Do(w().on("raw", [Code::Bytes(lead.to_vec())])));
                let check = w().on("no_lead", [at, Code::Bytes(lead.to_vec()), Code::text(field.name)]);
                self.later.push(Stmt::If(
                    is_there.clone().negated(),
                    Vec::from([Stmt::Do(check)]),
                    Vec::new(),
                ));
            }
            Presence::Always | Presence::Flag(..) | Presence::Length(..) => {}
        }
        there.extend(stmts);
        self.out.push(Stmt::If(is_there.clone(), there, absent));
        if !later.is_empty() {
            self.later.push(Stmt::If(is_there, later, Vec::new()));
        }
        Ok(())
    }

    /// A field that is there, within its extent.
    fn present(
        &mut self,
        field: &'static Field,
        index: usize,
        is_measured: bool,
        is_ahead: bool,
        is_optional: bool,
    ) -> Result<()> {
        let set = |to: Code, value: Code| match is_optional {
            true => Stmt::Set(to, value),
            false => Stmt::Let(to, None, value),
        };
        let (from, to) = (self.var("from", field.name), self.var("to", field.name));
        let is_covered = self.fields.iter().any(
            |other| matches!(other.role, Role::Checksum(_, covers) if covers.what == Covered::Content(index)),
        );
        let size = self.var("size", field.name);
        if let (Extent::Own, false) = (field.extent, is_ahead) {
            if is_measured {
                self.out.push(Stmt::Let(from.clone(), None, w().on("mark", [])));
            }
            let content = self.content(field, &w())?;
            self.out.extend(content);
            if is_measured {
                self.out.push(Stmt::Let(to.clone(), None, w().on("mark", [])));
                self.out.push(set(size, w().on("span", [from, to])));
            }
            return Ok(());
        }
        let part = self.var("part", field.name);
        if !is_ahead {
            self.out.push(Stmt::Let(part.clone(), None, w().on("part", [])));
            let content = self.content(field, &part)?;
            self.out.extend(content);
            if is_measured {
                self.out.push(set(size, part.clone().on("size", [])));
            }
        }
        self.place(field, &part, is_covered.then_some((&from, &to)))
    }

    /// Puts the bytes of a field where they stand, with what its extent writes around them.
    fn place(&mut self, field: &'static Field, part: &Code, covered: Option<(&Code, &Code)>) -> Result<()> {
        let (value, names) = (Code::Me.member(field.name), self.names());
        let part_size = part.clone().on("size", []);
        if let Some(prefix) = field.prefix() {
            if matches!(prefix.ty, Type::Frame(_)) {
                return Err(Unsayable::new("a length of a type of your own is said in Rust only"));
            }
            let counted = match field.extent {
                Extent::CountPrefixed(_) if !field.counts_bytes() => {
                    Code::Call("length_of", [value.clone()].into())
                }
                _ => part_size.clone(),
            };
            let number = self.units(counted, &prefix.rule, own(&prefix.rule, &prefix.ty)?, None)?;
            let write = self.number(&prefix.ty, w(), number)?;
            self.out.push(Stmt::Do(write));
        }
        if let Some((from, _)) = covered {
            self.out.push(Stmt::Let(from.clone(), None, w().on("mark", [])));
        }
        match field.extent {
            Extent::Until(delimiter) => self.run("delimited", [part.clone(), list(&[delimiter])]),
            Extent::UntilAny(delimiter) => match delimiter.ending {
                Ending::Consumed => self.run("delimited", [part.clone(), list(delimiter.any)]),
                Ending::Left => {
                    let left = self.var("left", field.name);
                    self.out.push(later_let(field, left.clone(), w().on("mark", [])));
                    self.run("put", [part.clone()]);
                    let end = self.var("left_end", field.name);
                    self.out.push(later_let(field, end.clone(), w().on("mark", [])));
                    let optional = Code::Bool(delimiter.optional);
                    let check = w().on("left", [left, end, list(delimiter.any), optional]);
                    self.later.push(Stmt::Do(check));
                }
                Ending::Between => {
                    let placed = self.var("delimiter", field.name);
                    let put = w().on("between", [part.clone(), list(delimiter.any)]);
                    self.out.push(later_let(field, placed, put));
                }
                Ending::Separates => self.run("put", [part.clone()]),
            },
            Extent::Fixed(len, fill) => match field.stop {
                Some(stop) => self.run(
                    "stopped",
                    [part.clone(), Code::size(len), list(stop.delimiter.any), Code::Int(stop.fill.into())],
                ),
                None if field.fills => {
                    self.run("fixed", [part.clone(), Code::size(len), Code::Int(fill.into())]);
                }
                None if field.lenient => self.run("filled", [part.clone(), Code::size(len)]),
                None => self.run("exact", [part.clone(), Code::size(len)]),
            },
            Extent::Len(len) => match field.stop {
                Some(stop) => {
                    let len = self.plan.size_said(len, &names)?;
                    let fill = Code::Int(stop.fill.into());
                    self.run("stopped", [part.clone(), len, list(stop.delimiter.any), fill]);
                }
                None if field.lenient => {
                    let len = self.plan.size_said(len, &names)?;
                    self.run("filled", [part.clone(), len]);
                }
                None => {
                    self.run("put", [part.clone()]);
                    self.said(field, part_size, len)?;
                }
            },
            Extent::Count(count) => {
                self.run("put", [part.clone()]);
                let counted = match field.counts_bytes() {
                    true => part_size,
                    false => Code::Call("length_of", [value].into()),
                };
                self.said(field, counted, count)?;
            }
            Extent::Own
            | Extent::LenPrefixed(_)
            | Extent::CountPrefixed(_)
            | Extent::LenOf(_)
            | Extent::CountOf(_)
            | Extent::UntilItem(..)
            | Extent::Rest => self.run("put", [part.clone()]),
            Extent::Align(_) => return Err(Unsayable::new("an extent of this kind")),
        }
        if let Some((from, to)) = covered {
            let behind = w().on("mark_behind", [from.clone(), part.clone().on("size", [])]);
            self.out.push(Stmt::Let(to.clone(), None, behind));
        }
        Ok(())
    }

    /// Compares a size with what an expression says, once all is known.
    fn said(&mut self, field: &Field, size: Code, expr: &Expr) -> Result<()> {
        let said = self.plan.number(expr, &self.names(), None)?;
        self.later.push(Stmt::Do(w().on("said", [size, said, Code::text(field.name)])));
        Ok(())
    }

    /// The value of a field without what stands around it.
    fn content(&self, field: &'static Field, to: &Code) -> Result<Vec<Stmt>> {
        let value = Code::Me.member(field.name);
        let one = |code: Code| Ok(Vec::from([Stmt::Do(code)]));
        match field.ty {
            Type::List(item) => {
                let write = Code::Writes(self.item(item, field)?);
                match (field.extent, separator(item)) {
                    (_, Some(each)) => one(to.clone().on("separated", [value, list(each.any), write])),
                    (Extent::UntilItem(_, Some(last)), _) => {
                        let last = last().ok_or_else(|| Unsayable::new("an end of a type of your own"))?;
                        one(to.clone().on("items_to", [value, write, Code::Bytes(last)]))
                    }
                    (Extent::UntilItem(end, None), _) => {
                        let ends = Code::Item(Box::new(self.plan.truth(end, &Items(item))?));
                        one(to.clone().on("items_until", [value, write, ends]))
                    }
                    _ => one(to.clone().on("items", [value, write])),
                }
            }
            Type::Array(item, count) if !is_byte(item) => {
                let write = Code::Writes(self.item(item, field)?);
                one(to.clone().on("array", [value, Code::size(count), write]))
            }
            Type::Frame(schema) => one(self.frame_call(schema(), field, to.clone(), value)?),
            Type::Custom => {
                let object = self.plan.brought(field.name).ok_or_else(|| by_hand(field))?;
                let object = Code::Brought(object.to_string(), "", Vec::new());
                one(to.clone().on("by_hand", [object, value]))
            }
            ref ty => {
                let value = match field.none {
                    Some(none) => {
                        let none =
                            none.number().ok_or_else(|| Unsayable::new("a number of a type of your own"))?;
                        w().on("or_none", [value, Code::Int(none)])
                    }
                    None => value,
                };
                Ok(self.leaf(ty, to.clone(), value)?.into_iter().map(Stmt::Do).collect())
            }
        }
    }

    fn frame_call(&self, schema: &Schema, field: &'static Field, to: Code, value: Code) -> Result<Code> {
        let mut arguments = Vec::from([value, to]);
        arguments.extend(self.plan.given(schema, field, &self.names())?);
        Ok(Code::Frame(self.plan.name(schema), "write", arguments))
    }

    fn item(&self, item: &Type, field: &'static Field) -> Result<Vec<Code>> {
        match item {
            Type::Frame(schema) => Ok(Vec::from([self.frame_call(schema(), field, w(), Code::var("v"))?])),
            item => self.leaf(item, w(), Code::var("v")),
        }
    }

    fn number(&self, ty: &Type, to: Code, value: Code) -> Result<Code> {
        let mut codes = self.leaf(ty, to, value)?;
        match (codes.pop(), codes.is_empty()) {
            (Some(code), true) => Ok(code),
            _ => Err(Unsayable::new("a number of this type")),
        }
    }

    fn leaf(&self, ty: &Type, to: Code, value: Code) -> Result<Vec<Code>> {
        let one = |code: Code| Ok(Vec::from([code]));
        match ty {
            Type::Unit => Ok(Vec::new()),
            Type::Int { bytes, signed, order: by } => {
                let mut arguments = Vec::from([value, Code::size(*bytes)]);
                arguments.extend(by.filter(|by| *by == Order::Little).map(order));
                one(to.on(if *signed { "sint" } else { "uint" }, arguments))
            }
            Type::Float { bytes, order: by } => {
                one(to.on(if *bytes == 4 { "f32" } else { "f64" }, [value, order(*by)]))
            }
            Type::Bool => one(to.on("truth", [value])),
            Type::Ipv4 => one(to.on("ipv4", [value])),
            Type::Ipv6 => one(to.on("ipv6", [value])),
            Type::Number(format) => {
                let (method, arguments) = number_format(format)?;
                one(to.on(method, [[value].as_slice(), arguments.as_slice()].concat()))
            }
            Type::Array(item, count) if is_byte(item) => one(to.on("sized", [value, Code::size(*count)])),
            Type::Array(item, count) => {
                let write = Code::Writes(self.leaf(item, w(), Code::var("v"))?);
                one(to.on("array", [value, Code::size(*count), write]))
            }
            Type::Tuple(items) => {
                let mut codes = Vec::from([to.clone().on("arity", [value.clone(), Code::size(items.len())])]);
                for (index, item) in items.iter().enumerate() {
                    codes.extend(self.leaf(item, to.clone(), Code::Part(Box::new(value.clone()), index))?);
                }
                Ok(codes)
            }
            Type::Frame(schema) => one(Code::Frame(self.plan.name(schema()), "write", [value, to].into())),
            Type::Bytes => one(to.on("raw", [value])),
            Type::Text => one(to.on("text", [value])),
            Type::Encoded(format) => {
                let (method, arguments) = text_format(format)?;
                one(to.on(method, [[value].as_slice(), arguments.as_slice()].concat()))
            }
            Type::List(_) | Type::Custom | Type::Bits(_) => {
                Err(Unsayable::new(alloc::format!("a value of the type `{ty}` here")))
            }
        }
    }
}

/// A variable that is asked for later, also where the field may be absent.
fn later_let(field: &Field, var: Code, value: Code) -> Stmt {
    match field.presence {
        Presence::Always => Stmt::Let(var, None, value),
        _ => Stmt::Set(var, value),
    }
}

fn run_bytes(field: &Field) -> usize {
    if let Type::Bits(bits) = field.ty { bits.run } else { 0 }
}

fn run_order(field: &Field) -> Code {
    match field.ty {
        Type::Bits(bits) => order(bits.order),
        _ => Code::text("big"),
    }
}

/// The fields that an expression names.
fn named_in(node: &Node, named: &mut Vec<usize>) {
    match *node {
        Node::Field(operand) => named.push(operand.index),
        Node::Cast(of, _) | Node::Not(of) | Node::Negative(of) | Node::Len(of) | Node::Member(of, ..) => {
            named_in(of, named);
        }
        Node::Binary(_, left, right) => [left, right].into_iter().for_each(|node| named_in(node, named)),
        Node::If(condition, yes, no) => {
            [condition, yes, no].into_iter().for_each(|node| named_in(node, named));
        }
        Node::Number(..) | Node::Bool(_) | Node::Tag(_) | Node::Context(_) => {}
        Node::Item(_) | Node::Constant(_) | Node::Opaque => {}
    }
}
