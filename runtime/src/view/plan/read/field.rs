//! Reading of fields: their presence, and the lengths, counts and flags in them.

use alloc::boxed::Box;
use alloc::string::ToString;
use alloc::vec::Vec;

use crate::schema::known::flag_numbers;
use crate::schema::steps::{Slot, Step};
use crate::schema::{Field, LengthRule, Presence, Role, TagOf, Type};
use crate::view::plan::code::{Code, Stmt};
use crate::view::plan::facts::{number_of_none, own, path, rule_arguments};
use crate::view::plan::read::Reading;
use crate::view::plan::types::{Ty, is_plain};
use crate::view::plan::{Result, Unsayable};

impl Reading<'_> {
    pub(super) fn field(&mut self, slot: Slot, field: &'static Field, behind: &[Step]) -> Result<()> {
        self.run("field", [path(field)]);
        let is_always = matches!(field.presence, Presence::Always);
        if is_always || field.says_absence() {
            self.gap(slot, field)?;
        }
        self.note_begin(slot, field);
        let prefix = match field.says_absence() {
            true => Some(self.prefix(field)?),
            false => None,
        };
        match self.presence(field, prefix.as_ref())? {
            Some(condition) => self.optional(slot, field, condition, prefix, behind),
            None => {
                let value = self.value(slot, field, prefix, behind)?;
                if let Some(value) = value {
                    self.noted(slot, field, value)?;
                }
                self.note_end(slot, field)
            }
        }
    }

    /// Returns the condition for the presence of a field, or `None` if it is always present.
    fn presence(&self, field: &'static Field, prefix: Option<&Code>) -> Result<Option<Code>> {
        Ok(match field.presence {
            Presence::Always => None,
            Presence::When(condition) => Some(self.plan.truth(condition, &self.locals())?),
            Presence::Flag(flag, _) => Some(self.var("says", flag.name)),
            Presence::Length(len, _) => Some(self.var("size", len.name).absent().negated()),
            Presence::Prefix(_) => prefix.map(|prefix| prefix.clone().absent().negated()),
            Presence::Optional => Some(self.r().on("more", [])),
            Presence::Lead(lead) => Some(self.r().on("lead", [Code::Bytes(lead.to_vec())])),
        })
    }

    /// Reads a field that may be absent. Its variable then has a default value.
    fn optional(
        &mut self,
        slot: Slot,
        field: &'static Field,
        condition: Code,
        prefix: Option<Code>,
        behind: &[Step],
    ) -> Result<()> {
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
        if !field.says_absence() {
            self.gap(slot, field)?;
        }
        let value = self.value(slot, field, prefix, behind)?;
        let mut stmts = core::mem::replace(&mut self.out, outer);
        let Some(value) = value else {
            self.out.push(Stmt::If(has, stmts, Vec::new()));
            (self.later, self.sums) = (later, sums);
            return Ok(());
        };
        let local = Code::Local(field.name.to_string());
        let (ty, default) = self.default(field)?;
        self.out.push(Stmt::Let(local.clone(), Some(ty), default));
        self.declare(slot, field);
        stmts.push(Stmt::Set(local, value));
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

    /// Returns the type and the default value of the variable for a field that may be absent.
    fn default(&self, field: &'static Field) -> Result<(Ty, Code)> {
        let ty = self.plan.type_of(&field.ty)?;
        Ok(match (field.role, &ty) {
            (Role::Value, _) => (Ty::Option(Box::new(ty)), Code::Nothing),
            (_, Ty::Bool) => (ty, Code::Bool(false)),
            (_, Ty::Bytes) => (ty, Code::Bytes(Vec::new())),
            (_, _) => (ty, Code::Int(0)),
        })
    }

    /// Stores the value of a field in a variable. A length, count, offset or flag is also converted
    /// for the field that it describes.
    pub(super) fn noted(&mut self, slot: Slot, field: &'static Field, value: Code) -> Result<()> {
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

    /// Converts the length, count, offset or flag in a field, and stores it in a variable. If the
    /// field itself is absent, the variable has a default value, such as 0.
    pub(super) fn said(&mut self, field: &'static Field, there: Option<&Code>) -> Result<()> {
        let local = Code::Local(field.name.to_string());
        let (stem, said, otherwise) = match &field.role {
            Role::LenOf(_, rule) => ("size", self.length(local, rule, own(rule, &field.ty)?)?, Code::Int(0)),
            Role::CountOf(_, rule) => ("size", self.count(local, rule)?, Code::Int(0)),
            Role::OffsetOf(_, rule) => match rule.none {
                Some(none) => {
                    let none = number_of_none(none)?;
                    ("size", Code::Call("none_if", [local, Code::Int(none)].into()), Code::Nothing)
                }
                None => return Ok(()),
            },
            Role::PresenceOf(_, some, none) => {
                let (yes, no) = flag_numbers(*some, *none).ok_or_else(|| {
                    Unsayable::new("a value of the flag is not a plain number and cannot be translated")
                })?;
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

    pub(super) fn length(&self, number: Code, rule: &LengthRule, own: usize) -> Result<Code> {
        let mut arguments = Vec::from([number]);
        if let Some(none) = rule.none {
            arguments.push(Code::Int(number_of_none(none)?));
        }
        arguments.extend(rule_arguments(rule, own));
        Ok(self.r().on(if rule.none.is_some() { "length_or_none" } else { "length" }, arguments))
    }

    pub(super) fn count(&self, number: Code, rule: &LengthRule) -> Result<Code> {
        self.length(number, rule, 0)
    }

    /// Reads the prefix of a field, and returns the variable with the length or count.
    pub(super) fn prefix(&mut self, field: &'static Field) -> Result<Code> {
        let prefix = field.prefix().ok_or_else(|| Unsayable::new("the field has no prefix"))?;
        if prefix.rule.say.is_some() || matches!(prefix.ty, Type::Frame(_)) {
            return Err(Unsayable::new("the length field has a user-defined type and cannot be translated"));
        }
        let number =
            self.leaf(&prefix.ty, &self.r(), self.plan.little_prefix(field, &self.locals())?.as_ref())?;
        let said = self.length(number, &prefix.rule, own(&prefix.rule, &prefix.ty)?)?;
        let size = self.var("size", field.name);
        self.out.push(Stmt::Let(size.clone(), None, said));
        Ok(size)
    }
}
