//! Numbers that are computed before anything is written, such as tags and counts.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::schema::known::flag_numbers;
use crate::schema::{Chooser, Covered, Extent, Field, LengthRule, Presence, Role, TagOf, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{named_by, named_in, number_of_none, number_ty, own, path, rule_arguments};
use crate::view::plan::types::Ty;
use crate::view::plan::write::{Writing, named_if_overflows, w};
use crate::view::plan::{Result, Unsayable};

impl Writing<'_> {
    /// Computes in advance the numbers that depend only on values, not on positions.
    pub(super) fn foresee(&mut self) -> Result<()> {
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
            let order = field.ordered.map(|ordered| &ordered.order);
            let named = when.into_iter().chain(size).chain(tag).chain(order).chain(field.given.values);
            named.for_each(|expr| named_by(expr, &mut asked));
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

    /// Computes the `Auto` at `index` in advance, and first everything that it depends on. Returns
    /// `false` if it can only be computed later. If it `must` be known in advance, this is an
    /// error.
    pub(super) fn know(&mut self, index: usize, must: bool, depth: usize) -> Result<bool> {
        let Some(field) = self.fields.get(index) else { return Ok(true) };
        let is_known = matches!(field.role, Role::Value | Role::Magic(_) | Role::Pad);
        if is_known || self.ahead.contains(&index) {
            return Ok(true);
        }
        let late =
            || Unsayable::new("another field needs this number before it can be computed").within(field.name);
        if depth > self.fields.len() {
            return Err(late());
        }
        let mut named = Vec::new();
        if let Presence::When(condition) = field.presence {
            named_by(condition, &mut named);
        }
        match field.role {
            // A provided function receives the whole frame, so no dependencies on single fields are
            // known.
            Role::Calc(expr) => named_in(&expr.tree, &mut named),
            Role::LenOf(covers, _) if must => match covers.what {
                Covered::Content(target) => {
                    if let Some(target) = self.fields.get(target) {
                        let given = target.given;
                        if let Some(Chooser::Field(tag)) = given.tag {
                            named.push(tag.index);
                        }
                        if let Some(Chooser::Expr(expr)) = given.tag {
                            named_by(expr, &mut named);
                        }
                        given.values.iter().for_each(|value| named_by(value, &mut named));
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
        self.out.extend(named_if_overflows(&number, self.path(field)));
        self.out.push(Stmt::Let(Code::Local(field.name.to_string()), None, number));
        self.ahead.push(index);
        Ok(true)
    }

    /// Encodes a field in advance, into a part of its own.
    pub(super) fn part_of(&mut self, index: usize) -> Result<()> {
        let Some(field) = self.fields.get(index) else { return Ok(()) };
        if self.parts.contains(&index) {
            return Ok(());
        }
        self.parts.push(index);
        self.run("field", [path(field)]);
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

    /// Returns the number of an `Auto` that depends on values or on the size of an encoded part.
    pub(super) fn auto_number(&self, field: &'static Field) -> Result<Code> {
        let target = |index: usize| {
            let target = self.fields.get(index).ok_or_else(|| Unsayable::new("there is no such field"))?;
            let is_optional = !matches!(target.presence, Presence::Always);
            Ok::<_, Unsayable>((target, Code::Me.member(target.name), is_optional))
        };
        match &field.role {
            Role::TagOf(TagOf::Field(of)) => {
                let (of, value, is_optional) = target(of.index)?;
                let Type::Frame(schema) = of.ty else {
                    return Err(Unsayable::new("the field with this tag is not an enum"));
                };
                if matches!(field.ty, Type::Frame(_)) {
                    return Err(Unsayable::new("the tag has a user-defined type and cannot be translated"));
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
                    return Err(Unsayable::new("a length over several fields is not known in advance"));
                };
                let (of, _, is_optional) = target(of)?;
                let size = self.var("size", of.name);
                let own = own(rule, &field.ty)?;
                let nothing = is_optional.then(|| size.clone().absent());
                self.units(size, rule, own, nothing)
            }
            Role::PresenceOf(of, some, none) => {
                let (_, value, _) = target(of.index)?;
                let (yes, no) = flag_numbers(*some, *none).ok_or_else(|| {
                    Unsayable::new("a value of the flag is not a plain number and cannot be translated")
                })?;
                let is_truth = number_ty(&field.ty) == Some(crate::schema::Ty::Bool);
                let number =
                    |number: i128| if is_truth { Code::Bool(number != 0) } else { Code::Int(number) };
                Ok(value.absent().or(number(no), number(yes)))
            }
            Role::Calc(expr) => {
                let number = self.plan.number(expr, &self.names(), number_ty(&field.ty));
                self.plan.or_brought(number, self.schema, Some(field.name), Code::Me)
            }
            _ => Err(Unsayable::new("this number is not known in advance")),
        }
    }

    /// Returns the number that encodes `size` by the rule of a length or count. If the condition
    /// `nothing` is true at run time, it is the number for an absent value.
    pub(super) fn units(
        &self,
        size: Code,
        rule: &LengthRule,
        own: usize,
        nothing: Option<Code>,
    ) -> Result<Code> {
        if rule.say.is_some() {
            return Err(Unsayable::new("the length field has a user-defined type and cannot be translated"));
        }
        let rest = rule_arguments(rule, own);
        let none = rule.none.map(number_of_none).transpose()?;
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
}
